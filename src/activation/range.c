/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The range of t = phi'^2 on each piece of a built-in activation, once for all q.
 *
 * 1. Its limits at the ends of the piece.
 * 2. Extrema, where phi'' changes sign between samples, by bisection to the last bit; 0 where phi' changes sign. */
#include <math.h>
#include "activation_internal.h"

static void include(fj_piece *piece, double slope)
{
    piece->t_least = fmin(piece->t_least, slope * slope);
    piece->t_most = fmax(piece->t_most, slope * slope);
}

/* The zero of phi'' in [from, to] with a change of sign. */
static double extremum(const fj_activation *a, double from, double to)
{
    const int negative = fj_activation_curvature(a, from) < 0;
    for (;;) {
        double middle = from + (to - from) / 2;
        if (middle <= from || middle >= to)
            return middle;
        if ((fj_activation_curvature(a, middle) < 0) == negative)
            from = middle;
        else
            to = middle;
    }
}

static void piece_range(const fj_activation *a, fj_piece *piece)
{
    enum { SAMPLES = 400 };
    static const double FAR = 1e300,
                        X_MOST = 12; /* every built-in phi is monotone in its slope beyond */
    double x0 = isfinite(piece->from) ? nextafter(piece->from, INFINITY) : -FAR;
    double x1 = isfinite(piece->to) ? nextafter(piece->to, -INFINITY) : FAR;
    include(piece, fj_activation_slope(a, x0));
    include(piece, fj_activation_slope(a, x1));
    x0 = fmax(x0, -X_MOST);
    x1 = fmin(x1, X_MOST);
    /* an odd number of steps off centre, so that 0 is no sample */
    for (int k = 0; k < SAMPLES; k++) {
        double x = x0 + (x1 - x0) * (k + 0.3) / SAMPLES;
        double next = x0 + (x1 - x0) * (k + 1.3) / SAMPLES;
        if (next >= x1)
            break;
        if ((fj_activation_slope(a, x) < 0) != (fj_activation_slope(a, next) < 0))
            include(piece, 0);
        if ((fj_activation_curvature(a, x) < 0) != (fj_activation_curvature(a, next) < 0))
            include(piece, fj_activation_slope(a, extremum(a, x, next)));
    }
}

void fj_activation_ranges_find(fj_activation *a)
{
    for (size_t i = 0; i < a->pieces; i++) {
        a->piece[i].t_least = INFINITY;
        a->piece[i].t_most = -INFINITY;
        piece_range(a, &a->piece[i]);
    }
}
