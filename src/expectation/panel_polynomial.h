/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a panel's polynomial; and what is the same for all panels: where polynomials are sampled, and the linear maps between
 * samples and coefficients. */
#ifndef FJ_EXPECTATION_PANEL_POLYNOMIAL_H
#define FJ_EXPECTATION_PANEL_POLYNOMIAL_H

#include "panel_shape.h"

enum {
    FJ_PANEL_POINTS = FJ_PANEL_DEGREE + 1,
    FJ_PANEL_ROOM = 22, /* a row of coefficients: a multiple of FJ_LANES, zeros behind */
    FJ_PANEL_HALF = 32, /* points of half an ellipse on which phi' is continued */
    FJ_PANEL_RIM = 24,  /* quarter turns on the ellipse in as many steps, for critical points */
    FJ_PANEL_RIM_ROOM = 26,
    FJ_PANEL_FINE = 32 /* points that resolve the density on a panel */
};

/* T_k are Chebyshev polynomials of xi; rows are by the first index. */
typedef struct fj_panel_tables {
    double point[FJ_PANEL_POINTS];                    /* zeros of T_21, descending */
    double by_point[FJ_PANEL_POINTS][FJ_PANEL_ROOM];  /* [i][k]: T_k at point i */
    double by_degree[FJ_PANEL_POINTS][FJ_PANEL_ROOM]; /* [k][i]: the same */
    double monomial[FJ_PANEL_POINTS][FJ_PANEL_ROOM];  /* [k][i]: T_k's coefficient of xi^i */
    /* points of the ellipse's upper half, from right to left, none on the axis; a function with the values f there has the
     * coefficients c_k = sum of Re f_j fourier_re[j][k] + Im f_j fourier_im[j][k] */
    double ellipse_re[FJ_PANEL_HALF], ellipse_im[FJ_PANEL_HALF];
    double fourier_re[FJ_PANEL_HALF][FJ_PANEL_ROOM], fourier_im[FJ_PANEL_HALF][FJ_PANEL_ROOM];
    double legendre_x[FJ_SETS][FJ_ORDER_B], legendre_w[FJ_SETS][FJ_ORDER_B]; /* nodes of a panel */
    /* [k][j]: what the values at fine_x[j] and -fine_x[j], added (even k) or subtracted, count for in the Legendre coefficient k */
    double fine_x[FJ_PANEL_FINE / 2], fine_fit[FJ_PANEL_FINE][FJ_PANEL_FINE / 2];
    /* [k][i]: T_k on the ellipse, at the angle pi i/48, i = 0..24 */
    double rim_re[FJ_PANEL_POINTS][FJ_PANEL_RIM_ROOM], rim_im[FJ_PANEL_POINTS][FJ_PANEL_RIM_ROOM];
} fj_panel_tables;

/* Made once in a process, at the first call; shared by all threads. */
const fj_panel_tables *fj_panel_tables_get(void);

/* The polynomial at a real xi. */
static inline double fj_panel_value(const fj_panel *panel, double x)
{
    double y = panel->polynomial[FJ_PANEL_DEGREE];
    for (int k = FJ_PANEL_DEGREE - 1; k >= 0; k--)
        y = y * x + panel->polynomial[k];
    return y;
}

/* Below, c are the Chebyshev coefficients of a panel's polynomial. */

/* Fits the polynomial of a panel whose centre and half width are those of x; returns whether it is resolved: nothing is set where it is
 * not (panel_fit.c). */
int fj_panel_fit(const fj_panel_key *key, fj_panel *panel, double c[FJ_PANEL_ROOM]);
/* c from phi' off the axis; NaN where that is (panel_continued.c). */
void fj_panel_continued(const fj_activation *activation, const fj_panel *panel,
                        double c[FJ_PANEL_ROOM]);

/* What the panel's nodes miss of the integral of density log(h0 - h), for h0 near it, from the half plane that the sign of Im xi tells: to
 * rounding of the panel's largest density (panel_log.c). */
int fj_panel_is_near(double complex xi);
double complex fj_panel_log_miss(const fj_panel *panel, int set, double complex xi);

/* Sets radius, and least, most, and tall on the ellipse; these three for a far panel, in its strip around the axis; the number of
 * critical points inside the ellipse; sets the only one, returns 0 if there is none (panel_critical.c). */
void fj_panel_bounds(fj_panel *panel, const double *c);
void fj_panel_strip_bounds(fj_panel *panel);
int fj_panel_critical_count(const double *c);
int fj_panel_critical_find(fj_panel *panel);

#endif
