/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables that all panels share. On the ellipse T_k = (z^k + z^-k)/2 with z = rho exp(i angle). */
#include "panel_polynomial.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include "legendre_rule.h"

enum { POINTS = FJ_PANEL_POINTS, HALF = FJ_PANEL_HALF, RIM = FJ_PANEL_RIM };

static fj_panel_tables tables;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* cos(pi j/(2 quarter)), with the angle reduced exactly */
static double cosine(int j, int quarter)
{
    j = abs(j) % (4 * quarter);
    return sin(M_PI / 2 * (quarter - (j > 2 * quarter ? 4 * quarter - j : j)) / quarter);
}

static double sine(int j, int quarter)
{
    return cosine(j - quarter, quarter);
}

static void axis_make(void)
{
    for (int i = 0; i < POINTS; i++) {
        tables.point[i] = cosine(2 * i + 1, POINTS);
        for (int k = 0; k < POINTS; k++)
            tables.by_point[i][k] = tables.by_degree[k][i] = cosine(k * (2 * i + 1), POINTS);
    }
    tables.monomial[0][0] = tables.monomial[1][1] = 1;
    for (int k = 2; k < POINTS; k++)
        for (int i = 0; i <= k; i++)
            tables.monomial[k][i] =
                (i ? 2 * tables.monomial[k - 1][i - 1] : 0) - tables.monomial[k - 2][i];
}

static void ellipse_make(void)
{
    const double rho = FJ_PANEL_RHO;
    double power = 1;
    for (int k = 0; k < POINTS; k++, power *= rho) {
        for (int j = 0; j < HALF; j++) {
            const double scale = (k ? 2 : 1) / (HALF * power);
            tables.fourier_re[j][k] = scale * cosine(k * (2 * j + 1), HALF);
            tables.fourier_im[j][k] = scale * sine(k * (2 * j + 1), HALF);
        }
        for (int i = 0; i <= RIM; i++) {
            tables.rim_re[k][i] = (power + 1 / power) / 2 * cosine(k * i, RIM);
            tables.rim_im[k][i] = (power - 1 / power) / 2 * sine(k * i, RIM);
        }
    }
    for (int j = 0; j < HALF; j++) {
        tables.ellipse_re[j] = (rho + 1 / rho) / 2 * cosine(2 * j + 1, HALF);
        tables.ellipse_im[j] = (rho - 1 / rho) / 2 * sine(2 * j + 1, HALF);
    }
}

static void fine_make(void)
{
    enum { FINE = FJ_PANEL_FINE };
    double x[FINE], w[FINE];
    fj_legendre_rule(FINE, x, w);
    for (int j = 0; j < FINE / 2; j++) {
        const double node = x[FINE / 2 + j];
        double before = 0, now = 1; /* Legendre's polynomials */
        tables.fine_x[j] = node;
        for (int k = 0; k < FINE; k++) {
            tables.fine_fit[k][j] = (2 * k + 1) / 2.0 * w[FINE / 2 + j] * now;
            const double next = ((2 * k + 1) * node * now - k * before) / (k + 1);
            before = now;
            now = next;
        }
    }
}

static void tables_make(void)
{
    fine_make();
    axis_make();
    ellipse_make();
    for (int set = 0; set < FJ_SETS; set++)
        fj_legendre_rule(fj_panels_order(set), tables.legendre_x[set], tables.legendre_w[set]);
}

const fj_panel_tables *fj_panel_tables_get(void)
{
    pthread_once(&once, tables_make);
    return &tables;
}
