/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a panel's nodes miss of the integral of density log(h0 - h) for h0 next to the panel, by product integration.
 *
 * 1. The density on the panel is a Legendre series of degree 31 to rounding: it varies by no more than exp(+-8). Its coefficients d_k come
 *    from 32 Gauss-Legendre points.
 * 2. The integrals of P_k(x) log(z - x) over [-1, 1] are 2 (Q_(k+1)(z) - Q_(k-1)(z))/(2 k + 1), k > 0, by parts, with Legendre's functions
 *    of the second kind Q_0 = log((z + 1)/(z - 1))/2, Q_1 = z Q_0 - 1 and their recurrence. Upwards its rounding grows like rho^k, rho the
 *    ellipse through z, while d_k fall faster: for rho < 1.5 no more than a few digits' worth of a unit are lost. (DLMF 14.10.3.)
 * 3. From that the nodes' own sum is subtracted. Both are rounded as the panel's largest density: for E log t that is as good as its sum is. For
 * the potential of 10^6 layers it is not, and panel_cut.c goes another way, which keeps the size of what is missed. */
#include <float.h>
#include <math.h>
#include "lanes.h"
#include "panel_polynomial.h"

enum { POINTS = FJ_PANEL_FINE };

/* The d_k over half. */
static void density_fit(const fj_panel *panel, double d[POINTS])
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    double even[POINTS / 2], odd[POINTS / 2];
    for (int j = 0; j < POINTS / 2; j++) {
        const double apart = panel->half * tables->fine_x[j];
        const double left = fj_gaussian_density(panel->centre - apart),
                     right = fj_gaussian_density(panel->centre + apart);
        even[j] = right + left;
        odd[j] = right - left;
    }
    for (int k = 0; k < POINTS; k++) {
        const double *part = k % 2 ? odd : even;
        fj_lanes sum = fj_lanes_all(0);
        for (int j = 0; j < POINTS / 2; j += FJ_LANES)
            sum += fj_lanes_load(tables->fine_fit[k] + j) * fj_lanes_load(part + j);
        d[k] = fj_lanes_sum(sum);
    }
}

/* The distance from an end, which is not 0. */
static double complex beside(double re, double im)
{
    return re == 0 && im == 0 ? CMPLX(DBL_MIN, im) : CMPLX(re, im);
}

/* Step 2: the sum of d_k times the integrals. */
static double complex series(const double d[POINTS], double complex z)
{
    const double re = creal(z), im = cimag(z);
    const double complex left = beside(re + 1, im), right = beside(re - 1, im);
    const double complex up = clog(left), down = clog(right);
    double complex before = (up - down) / 2, now = z * before - 1;
    double complex sum = d[0] * (left * up - right * down - 2);
    for (int k = 1; k < POINTS; k++) {
        const double up_by = (2 * k + 1.0) / (k + 1), less = k / (k + 1.0);
        const double complex next = up_by * (z * now) - less * before;
        sum += d[k] * 2 / (2 * k + 1) * (next - before);
        before = now;
        now = next;
    }
    return sum;
}

/* Step 3: the sum of weight density log(z - x) over the nodes. */
static double complex nodes_sum(const fj_panel *panel, int set, double complex z)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const double *node = tables->legendre_x[set], *weight = tables->legendre_w[set];
    const fj_lanes re = fj_lanes_all(creal(z)), im = fj_lanes_all(cimag(z));
    double size = 0, angle = 0;
    for (size_t i = 0; i < fj_panels_order(set); i += FJ_LANES) {
        const fj_lanes x = re - fj_lanes_load(node + i), square = x * x + im * im,
                       turn = fj_lanes_atan2(im, x);
        for (size_t l = 0; l < FJ_LANES; l++) {
            const double part =
                weight[i + l] * fj_gaussian_density(panel->centre + panel->half * node[i + l]);
            size += part * log(square[l]) / 2;
            angle += part * turn[l];
        }
    }
    return CMPLX(size, angle);
}

int fj_panel_is_near(double complex xi)
{
    static const double RHO = 1.5; /* distances from both ends, in sum: */
    return cabs(xi - 1) + cabs(xi + 1) < RHO + 1 / RHO;
}

double complex fj_panel_log_miss(const fj_panel *panel, int set, double complex xi)
{
    double d[POINTS];
    density_fit(panel, d);
    return panel->half * (series(d, xi) - nodes_sum(panel, set, xi));
}
