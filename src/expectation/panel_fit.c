/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polynomial that continues t off a panel.
 *
 * 1. Values of phi' at the panel's Chebyshev points. If phi' keeps its sign there and beside the panel, of log t; else of phi'.
 * 2. Their polynomial of degree 20; or, where the activation gives phi' off the axis, the one of its values on the ellipse within
 *    which poles matter (panel_continued.c), which must be the same function on the axis.
 * 3. It is resolved if its last coefficients are rounding. */
#include <math.h>
#include <string.h>
#include "rule_internal.h"

enum { POINTS = FJ_PANEL_DEGREE + 1 };

/* Trailing coefficients below this fraction of the largest mean the polynomial is resolved. */
static const double RESOLVED = 4e-15;
/* Far out, where there are poles only, of weight below rounding: x itself is rounded there, and sin(x) with it. */
static const double LOOSE = 1e-12;
/* phi' itself is interpolated where log phi' is not: then it may vary by this factor. */
static const double SPAN_MOST = 100;
/* Both values of phi' are noisy, log t is by twice that. */
static const double NOISE_TIMES = 4;

/* Chebyshev coefficients to monomials, in place of a longer recurrence: T_0..T_n by their three-term relation. */
static void chebyshev_to_monomial(const double *c, double *p)
{
    double before[POINTS] = {1}, now[POINTS] = {0, 1}, next[POINTS];
    memset(p, 0, POINTS * sizeof *p);
    p[0] = c[0];
    for (int k = 1; k < POINTS; k++) {
        for (int i = 0; i < POINTS; i++)
            p[i] += c[k] * now[i];
        for (int i = 0; i < POINTS; i++)
            next[i] = (i ? 2 * now[i - 1] : 0) - before[i];
        memcpy(before, now, sizeof before);
        memcpy(now, next, sizeof now);
    }
}

/* cos(pi j/(2 POINTS)), with the angle reduced exactly */
static double chebyshev(int j)
{
    j %= 4 * POINTS;
    return sin(M_PI / 2 * (POINTS - (j > 2 * POINTS ? 4 * POINTS - j : j)) / POINTS);
}

/* Are c the coefficients of what has the values f, to what slope and continuation have in common? They are not if a singularity
 * lies within the ellipse. */
static int agrees(const fj_rule *rule, const fj_panel *panel, const double *f, double scale,
                  const double *c)
{
    const double allowed = RESOLVED + NOISE_TIMES * fj_activation_noise(rule->activation);
    double most = -INFINITY;
    for (int i = 0; i < POINTS; i++)
        most = fmax(most, f[i]);
    for (int i = 0; i < POINTS; i++) {
        double sum = 0;
        for (int k = 0; k < POINTS; k++)
            sum += c[k] * chebyshev(k * (2 * i + 1));
        /* of a logarithm, in units of the largest phi' again */
        const double unit =
            panel->logarithmic ? exp((most - f[i]) / 2) * fmax(1, fabs(f[i])) : scale;
        if (!(fabs(sum - f[i]) <= allowed * unit))
            return 0;
    }
    return 1;
}

/* The polynomial of f, given at the Chebyshev points; returns whether it is resolved relative to `scale`, or to its
 * coefficients where they are larger. */
static int resolve(const fj_rule *rule, const double *f, double scale, int loose, fj_panel *panel)
{
    double c[POINTS], largest = scale;
    int continued = fj_activation_is_continued(rule->activation);
    if (continued) {
        fj_panel_continued(rule, panel, c);
        continued = agrees(rule, panel, f, scale, c);
        if (!continued && rule->activation->user)
            return 0;
    }
    if (!continued) {
        for (int k = 0; k < POINTS; k++) {
            c[k] = 0;
            for (int i = 0; i < POINTS; i++)
                c[k] += f[i] * chebyshev(k * (2 * i + 1));
            c[k] *= (k ? 2.0 : 1.0) / POINTS;
        }
    }
    for (int k = 0; k < POINTS; k++)
        largest = fmax(largest, fabs(c[k]));
    const double tail = fmax(fabs(c[POINTS - 1]), fmax(fabs(c[POINTS - 2]), fabs(c[POINTS - 3])));
    /* trailing coefficients that are rounding would grow off the axis */
    const double rounding = loose ? LOOSE / 8 : FJ_PANEL_NOISE;
    for (int k = POINTS - 1; k > 0 && !continued && fabs(c[k]) < rounding * largest; k--)
        c[k] = 0;
    chebyshev_to_monomial(c, panel->polynomial);
    return tail < (loose ? LOOSE : RESOLVED) * largest;
}

/* Does phi' have a zero without change of sign, or at a kink, on the panel or beside it? Where the least |phi'| of the
 * neighbourhood lies inside it, or at a kink that ends it, and is next to nothing. */
static int touches_zero(const fj_rule *rule, const fj_piece *piece, const fj_panel *panel,
                        double most)
{
    enum { LOOKS = 16, HALVINGS = 50 };
    const fj_activation *a = rule->activation;
    const double reach = panel->half * FJ_PANEL_RHO / 2;
    const double first = nextafter(piece->from, INFINITY), last = nextafter(piece->to, -INFINITY);
    const double from = fmax(rule->root_q * (panel->centre - reach), first);
    const double to = fmin(rule->root_q * (panel->centre + reach), last);
    double least = INFINITY, place = from, step = (to - from) / LOOKS;
    for (int i = 0; i <= LOOKS; i++) {
        const double x = i < LOOKS ? from + i * step : to, f = fabs(fj_activation_slope(a, x));
        if (f < least)
            least = f, place = x;
    }
    if ((place == from && from > first) || (place == to && to < last))
        return 0;
    for (int i = 0; i < HALVINGS; i++) { /* downhill, on the side that falls */
        step /= 2;
        const double left = fmax(place - step, from), right = fmin(place + step, to);
        const double at_left = fabs(fj_activation_slope(a, left));
        const double at_right = fabs(fj_activation_slope(a, right));
        if (at_left < least)
            least = at_left, place = left;
        if (at_right < least)
            least = at_right, place = right;
    }
    return least < FJ_PANEL_TOUCH * most;
}

/* Fits the panel's polynomial at Chebyshev points; returns whether it is resolved. */
int fj_panel_fit(const fj_rule *rule, const fj_piece *piece, int loose, fj_panel *panel)
{
    double f[POINTS], least = INFINITY, most = -INFINITY;
    int positive = 0;
    for (int i = 0; i < POINTS; i++) {
        double xi = chebyshev(2 * i + 1);
        f[i] = fj_activation_slope(rule->activation,
                                   rule->root_q * (panel->centre + panel->half * xi));
        least = fmin(least, fabs(f[i]));
        most = fmax(most, fabs(f[i]));
        positive += f[i] > 0;
    }
    /* logarithms unless a zero of phi' is on the panel or beside it, where the logarithm would be singular */
    for (int side = -1; side <= 1; side += 2) {
        double x = rule->root_q * (panel->centre + side * panel->half * FJ_PANEL_RHO / 2);
        x = fmax(fmin(x, nextafter(piece->to, -INFINITY)), nextafter(piece->from, INFINITY));
        positive += fj_activation_slope(rule->activation, x) > 0;
    }
    panel->logarithmic = (positive == 0 || positive == POINTS + 2) && least > 0;
    if (panel->logarithmic) {
        double g[POINTS];
        for (int i = 0; i < POINTS; i++)
            g[i] = 2 * log(fabs(f[i]));
        if (resolve(rule, g, 1, loose, panel))
            return 1;
        /* close to a zero farther out log phi' is noisy; phi' itself serves where it varies little */
        if (most > SPAN_MOST * least && !touches_zero(rule, piece, panel, most))
            return 0;
        panel->logarithmic = 0;
    }
    /* the rounding of phi' is that of its terms, which cancel near a zero */
    return resolve(rule, f, fmax(most, sqrt(rule->mu1)), loose, panel);
}
