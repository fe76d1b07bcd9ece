/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A panel's polynomial from phi' off the axis.
 *
 * 1. With xi = (z + 1/z)/2 the Chebyshev series sum c_k T_k(xi) is sum c_k (z^k + z^-k)/2. Values at 2 N points of the circle
 *    |z| = rho, which xi takes to the ellipse, give c_k rho^k/2 as their k-th Fourier coefficient.
 * 2. So noise of the values enters c_k divided by rho^k: on the whole ellipse the polynomial is as good as phi' is. Values on the axis
 *    alone would determine it there to noise times rho^20 only, and its derivatives on the axis to noise times 20^2.
 * 3. For log t the logarithm is followed around the ellipse; conjugate halves need one evaluation. */
#include <math.h>
#include <string.h>
#include "lanes.h"
#include "panel_polynomial.h"

enum { HALF = FJ_PANEL_HALF };

/* 2 log of the values re, im in their order, continuously, f > 0 before the first. */
static void logarithms(double re[HALF], double im[HALF])
{
    double turn = 0, before = 0;
    for (int j = 0; j < HALF; j += FJ_LANES) {
        const fj_lanes angle = fj_lanes_atan2(fj_lanes_load(im + j), fj_lanes_load(re + j));
        for (int l = 0; l < FJ_LANES; l++) {
            const double square = re[j + l] * re[j + l] + im[j + l] * im[j + l];
            re[j + l] = square > 1e-250 && square < 1e250 ? log(square)
                                                          : 2 * log(hypot(re[j + l], im[j + l]));
            turn += 2 * M_PI * round((before - angle[l]) / (2 * M_PI));
            before = angle[l];
            im[j + l] = 2 * (angle[l] + turn);
        }
    }
}

void fj_panel_continued(const fj_activation *activation, const fj_panel *panel,
                        double c[FJ_PANEL_ROOM])
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const double at = panel->centre;
    const double sign = panel->logarithmic && fj_activation_slope(activation, at) < 0 ? -1 : 1;
    double re[HALF], im[HALF];
    for (int j = 0; j < HALF; j++) {
        const double complex f = fj_activation_continuation(
            activation, at,
            CMPLX(at + panel->half * tables->ellipse_re[j], panel->half * tables->ellipse_im[j]));
        re[j] = sign * creal(f);
        im[j] = sign * cimag(f);
    }
    if (panel->logarithmic)
        logarithms(re, im);
    memset(c, 0, FJ_PANEL_ROOM * sizeof *c);
    for (int j = 0; j < HALF; j++)
        for (int k = 0; k < FJ_PANEL_ROOM; k++)
            c[k] += re[j] * tables->fourier_re[j][k] + im[j] * tables->fourier_im[j][k];
}
