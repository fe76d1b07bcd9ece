/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A panel's polynomial from phi' off the axis.
 *
 * 1. With xi = (z + 1/z)/2 the Chebyshev series sum c_k T_k(xi) is sum c_k (z^k + z^-k)/2. Values at 2 N points of the circle
 *    |z| = rho, which xi takes to the ellipse, give c_k rho^k/2 as their k-th Fourier coefficient.
 * 2. So noise of the values enters c_k divided by rho^k: on the whole ellipse the polynomial is as good as phi' is. Values on the axis
 *    alone would determine it there to noise times rho^20 only, and its derivatives on the axis to noise times 20^2.
 * 3. For log t the logarithm is followed around the ellipse; conjugate halves need one evaluation. */
#include <math.h>
#include "rule_internal.h"

enum { HALF = 32, POINTS = FJ_PANEL_DEGREE + 1 };

/* log of f's values in their order, continuously, f > 0 before the first; 2 log. */
static void logarithms(double complex *f)
{
    double turn = 0, before = 0;
    for (int j = 0; j < HALF; j++) {
        const double now = carg(f[j]);
        turn += 2 * M_PI * round((before - now) / (2 * M_PI));
        before = now;
        f[j] = 2 * CMPLX(log(cabs(f[j])), now + turn);
    }
}

void fj_panel_continued(const fj_rule *rule, const fj_panel *panel, double *c)
{
    const double at = rule->root_q * panel->centre;
    const double sign =
        panel->logarithmic && fj_activation_slope(rule->activation, at) < 0 ? -1 : 1;
    double complex f[HALF];
    for (int j = 0; j < HALF; j++) {
        const double complex z = FJ_PANEL_RHO * cexp(M_PI * I * (j + 0.5) / HALF);
        const double complex h = panel->centre + panel->half * (z + 1 / z) / 2;
        f[j] = sign * fj_activation_continuation(rule->activation, at, rule->root_q * h);
    }
    if (panel->logarithmic)
        logarithms(f);
    double power = 1;
    for (int k = 0; k < POINTS; k++) {
        double sum = 0;
        for (int j = 0; j < HALF; j++)
            sum += creal(f[j] * cexp(-M_PI * I * k * (j + 0.5) / HALF));
        c[k] = (k ? 2 : 1) * sum / HALF / power;
        power *= FJ_PANEL_RHO;
    }
}
