/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The polynomial that continues t off a panel.
 *
 * 1. Values of phi' at the panel's Chebyshev points. If phi' keeps its sign there and beside the panel, of log t; else of phi'.
 * 2. Their polynomial of degree 20; or, where the activation gives phi' off the axis, the one of its values on the ellipse within
 *    which poles matter (panel_continued.c), which must be the same function on the axis. That one is not asked for where it cannot
 *    be both that function and resolved.
 * 3. It is resolved if its last coefficients are rounding: of phi', and, far out, of x = sqrt(q) h, which matters where phi' varies fast
 *    at large x (x sin(x)). Nearer, where panels have probability, they must agree about the largest t to the last digits. */
#include <float.h>
#include <math.h>
#include <string.h>
#include "panel_polynomial.h"

enum { POINTS = FJ_PANEL_POINTS, ROOM = FJ_PANEL_ROOM };

/* Trailing coefficients below this fraction of the largest mean the polynomial is resolved. */
static const double RESOLVED = 4e-15;
/* Far out, where there are poles only, of weight below rounding: x itself is rounded there, and sin(x) with it. */
static const double LOOSE = 1e-12;
/* phi' itself is interpolated where log phi' is not: then it may vary by this factor. */
static const double SPAN_MOST = 100;
/* Of phi' as a whole: where it is smaller, panels are cut to know it to its own size. */
static const double SMALL = 1e-2;
/* Both values of phi' are noisy, log t is by twice that. */
static const double NOISE_TIMES = 4;

/* out = sum of c[k] table[k] */
static void rows_add(const double *c, const double table[POINTS][ROOM], double out[ROOM])
{
    memset(out, 0, ROOM * sizeof *out);
    for (int k = 0; k < POINTS; k++)
        for (int i = 0; i < ROOM; i++)
            out[i] += c[k] * table[k][i];
}

static double allowed_of(const fj_panel_key *key)
{
    return RESOLVED + NOISE_TIMES * fj_activation_noise(key->activation);
}

/* Are c the coefficients of what has the values f, to what slope and continuation have in common? They are not if a singularity
 * lies within the ellipse. */
static int agrees(const fj_panel_key *key, const fj_panel *panel, const double *f, double most,
                  double scale, const double *c)
{
    const double allowed = allowed_of(key);
    double sum[ROOM];
    rows_add(c, fj_panel_tables_get()->by_degree, sum);
    for (int i = 0; i < POINTS; i++) {
        const double apart = fabs(sum[i] - f[i]);
        double unit = panel->logarithmic ? 1 : scale;
        if (panel->logarithmic && !(apart <= allowed)) /* in units of the largest phi' again */
            unit = exp((most - f[i]) / 2) * fmax(1, fabs(f[i]));
        if (!(apart <= allowed * unit))
            return 0;
    }
    return 1;
}

static double tail_of(const double *c)
{
    return fmax(fabs(c[POINTS - 1]), fmax(fabs(c[POINTS - 2]), fabs(c[POINTS - 3])));
}

static double largest_of(const double *c, double scale)
{
    for (int k = 0; k < POINTS; k++)
        scale = fmax(scale, fabs(c[k]));
    return scale;
}

/* Can a polynomial that agrees() with f not be resolved to the part `most_tail`, whatever it is? Its coefficients c differ from
 * those of f by no more than twice the mean of what is allowed at a point. */
static int out_of_reach(const fj_panel_key *key, const fj_panel *panel, double least, double most,
                        double scale, const double *c, double most_tail)
{
    static const double ROUNDING = 2;
    double unit = scale; /* the largest of agrees() */
    if (panel->logarithmic)
        unit = exp((most - least) / 2) * fmax(1, fmax(fabs(least), fabs(most)));
    const double apart = 2 * allowed_of(key) * unit;
    return tail_of(c) > ROUNDING * (most_tail * (largest_of(c, scale) + apart) + apart);
}

/* What the rounding of x moves f by, at most, on a panel far out. */
static double moved_by_rounding(const fj_panel_key *key, const fj_panel *panel, const double *f)
{
    const double *point = fj_panel_tables_get()->point;
    double slope = 0;
    if (!key->far_out)
        return 0;
    for (int i = 1; i < POINTS; i++)
        slope = fmax(slope, fabs((f[i] - f[i - 1]) / (point[i] - point[i - 1])));
    return slope * DBL_EPSILON * (fabs(panel->centre) / panel->half + 1);
}

/* The polynomial of f, given at the Chebyshev points, and its Chebyshev coefficients c; returns whether it is resolved relative to
 * `scale`, or to its coefficients where they are larger. */
static int resolve(const fj_panel_key *key, const double *f, double scale, int loose,
                   fj_panel *panel, double c[ROOM])
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const double most_tail = loose ? LOOSE : RESOLVED;
    double least = INFINITY, most = -INFINITY;
    int continued = fj_activation_is_continued(key->activation);
    for (int i = 0; i < POINTS; i++) {
        least = fmin(least, f[i]);
        most = fmax(most, f[i]);
    }
    rows_add(f, tables->by_point, c);
    for (int k = 0; k < POINTS; k++)
        c[k] *= (k ? 2.0 : 1.0) / POINTS;
    if (continued) {
        double around[ROOM];
        if (out_of_reach(key, panel, least, most, scale, c, most_tail))
            return 0;
        fj_panel_continued(key->activation, panel, around);
        continued = agrees(key, panel, f, most, scale, around);
        if (continued)
            memcpy(c, around, sizeof around);
        else if (key->activation->user)
            return 0;
    }
    const double largest = largest_of(c, scale), tail = tail_of(c);
    const double moved = moved_by_rounding(key, panel, f);
    /* trailing coefficients that are rounding would grow off the axis */
    const double rounding = fmax((loose ? LOOSE / 8 : FJ_PANEL_NOISE) * largest, moved / 4);
    for (int k = POINTS - 1; k > 0 && !continued && fabs(c[k]) < rounding; k--)
        c[k] = 0;
    if (!(tail < fmax(most_tail * largest, moved)))
        return 0;
    double monomials[ROOM];
    rows_add(c, tables->monomial, monomials);
    memset(panel->polynomial, 0, sizeof panel->polynomial);
    memcpy(panel->polynomial, monomials, FJ_PANEL_POINTS * sizeof *monomials);
    return 1;
}

/* Does phi' have a zero without change of sign, or at a kink, on the panel or beside it? Where the least |phi'| of the
 * neighbourhood lies inside it, or at a kink that ends it, and is next to nothing. */
static int touches_zero(const fj_panel_key *key, const fj_panel *panel, double most)
{
    enum { LOOKS = 16, HALVINGS = 50 };
    const fj_activation *a = key->activation;
    const fj_piece *piece = &a->piece[key->piece];
    const double reach = panel->half * FJ_PANEL_RHO / 2;
    const double first = nextafter(piece->from, INFINITY), last = nextafter(piece->to, -INFINITY);
    const double from = fmax(panel->centre - reach, first);
    const double to = fmin(panel->centre + reach, last);
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
int fj_panel_fit(const fj_panel_key *key, fj_panel *panel, double c[FJ_PANEL_ROOM])
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const fj_activation *a = key->activation;
    const fj_piece *piece = &a->piece[key->piece];
    const int loose = key->far && a->user;
    double f[POINTS], least = INFINITY, most = -INFINITY;
    int positive = 0;
    for (int i = 0; i < POINTS; i++) {
        f[i] = fj_activation_slope(a, panel->centre + panel->half * tables->point[i]);
        least = fmin(least, fabs(f[i]));
        most = fmax(most, fabs(f[i]));
        positive += f[i] > 0;
    }
    /* logarithms unless a zero of phi' is on the panel or beside it, where the logarithm would be singular */
    for (int side = -1; side <= 1; side += 2) {
        double x = panel->centre + side * panel->half * FJ_PANEL_RHO / 2;
        x = fmax(fmin(x, nextafter(piece->to, -INFINITY)), nextafter(piece->from, INFINITY));
        positive += fj_activation_slope(a, x) > 0;
    }
    panel->logarithmic = (positive == 0 || positive == POINTS + 2) && least > 0;
    if (panel->logarithmic) {
        double g[POINTS];
        for (int i = 0; i < POINTS; i++)
            g[i] = 2 * log(fabs(f[i]));
        if (resolve(key, g, 1, loose, panel, c))
            return 1;
        /* close to a zero farther out log phi' is noisy; phi' itself serves where it varies little */
        if (most > SPAN_MOST * least && !touches_zero(key, panel, most))
            return 0;
        panel->logarithmic = 0;
    }
    /* the rounding of phi' is that of its terms, which cancel near a zero; but where it is small all around, it may be known to
     * its own size: narrower panels show whether it is */
    panel->unit = key->may_narrow && most < SMALL * key->size ? most : fmax(most, key->size);
    return resolve(key, f, panel->unit, loose, panel, c);
}
