/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Range of t = phi'^2 and the scale on which phi varies, for activations that are not in the table.
 *
 * 1. Range: t at samples of every piece and next to its ends; its extrema, where phi'' changes sign between samples, by
 *    bisection; 0 where phi' changes sign.
 * 2. Far out, to 1e15: the largest |phi'| of three stretches of the axis. If it goes on growing from one to the next (by a
 *    logarithm at least), t has no upper bound.
 * 3. Scale: the half width on which a polynomial of degree 20 resolves phi' to 1e-10. Nearest singularities then lie about 1.4
 *    times as far from the axis. */
#include <math.h>
#include "user.h"

enum { POINTS = 21, SAMPLES = 2400 };
static const double NEAR = 60, SCALE_LEAST = 1e-3, RESOLVED = 1e-10;

static void include(fj_piece *piece, double slope)
{
    if (isnan(slope))
        return;
    piece->t_least = fmin(piece->t_least, slope * slope);
    piece->t_most = fmax(piece->t_most, slope * slope);
}

/* Below this part of its neighbours the least |phi'| is a zero that phi' touches. */
static const double TOUCH = 1e-12;

static void extremum(fj_activation *a, size_t i, double from, double to)
{
    const double around =
        fmin(fabs(fj_activation_slope(a, from)), fabs(fj_activation_slope(a, to)));
    const int negative = fj_activation_curvature(a, from) < 0;
    for (int k = 0; k < 60; k++) {
        const double middle = from + (to - from) / 2;
        if ((fj_activation_curvature(a, middle) < 0) == negative)
            from = middle;
        else
            to = middle;
    }
    const double slope = fj_activation_slope(a, to);
    include(&a->piece[i], fabs(slope) < TOUCH * around ? 0 : slope);
}

static void piece_range(fj_activation *a, size_t i)
{
    const fj_piece *piece = &a->piece[i];
    const double from = fmax(piece->from, -NEAR), to = fmin(piece->to, NEAR);
    double last = NAN, slope = NAN, curvature = NAN;
    if (isfinite(piece->from))
        include(&a->piece[i], fj_activation_slope(a, nextafter(piece->from, INFINITY)));
    if (isfinite(piece->to))
        include(&a->piece[i], fj_activation_slope(a, nextafter(piece->to, -INFINITY)));
    for (int k = 0; k < SAMPLES && from < to; k++) {
        const double x = from + (to - from) * (k + 0.3) / SAMPLES;
        const fj_jet at = fj_user_jet(a, x);
        include(&a->piece[i], (double)at.slope);
        if (k > 0 && (slope < 0) != (at.slope < 0) && slope != 0 && at.slope != 0)
            include(&a->piece[i], 0);
        if (k > 0 && ((curvature < 0 && at.curvature > 0) || (curvature > 0 && at.curvature < 0)))
            extremum(a, i, last, x);
        last = x;
        slope = (double)at.slope;
        curvature = (double)at.curvature;
    }
}

/* Step 2, on one side. */
static void far_range(fj_activation *a, size_t i, double side)
{
    enum { STRETCHES = 3, LOOKS = 128 };
    static const double ENDS[STRETCHES + 1] = {1.5, 5.5, 9.5, 13.5}; /* powers of ten */
    double largest[STRETCHES];
    int overflow = 0;
    for (int s = 0; s < STRETCHES; s++) {
        largest[s] = 0;
        for (int k = 0; k < LOOKS; k++) {
            const double x = pow(10, ENDS[s] + (ENDS[s + 1] - ENDS[s]) * (k + 0.5) / LOOKS);
            const double slope = fabs((double)fj_user_jet(a, side * x).slope);
            overflow |= isinf(slope);
            if (isfinite(slope)) {
                largest[s] = fmax(largest[s], slope);
                include(&a->piece[i], slope);
            }
        }
    }
    const double first = largest[1] - largest[0], second = largest[2] - largest[1];
    if (overflow || (first > 0.02 * largest[0] && second > 0.3 * first))
        a->piece[i].t_most = INFINITY;
    const double end = fj_activation_slope(a, side * 1e300);
    if (isfinite(end))
        include(&a->piece[i], end);
}

void fj_shape_range(fj_activation *a)
{
    for (size_t i = 0; i < a->pieces; i++) {
        a->piece[i].t_least = INFINITY;
        a->piece[i].t_most = -INFINITY;
        piece_range(a, i);
        if (isinf(a->piece[i].from))
            far_range(a, i, -1);
        if (isinf(a->piece[i].to))
            far_range(a, i, 1);
    }
}

/* Does a polynomial of degree 20 resolve phi' on (centre - half, centre + half)? */
static int resolves(const fj_activation *a, double centre, double half)
{
    double f[POINTS], largest = 0, tail = 0;
    for (int i = 0; i < POINTS; i++)
        f[i] = fj_activation_slope(a, centre + half * cos(M_PI * (i + 0.5) / POINTS));
    for (int k = 0; k < POINTS; k++) {
        double c = 0;
        for (int i = 0; i < POINTS; i++)
            c += f[i] * cos(M_PI * k * (i + 0.5) / POINTS);
        c = fabs(c) * 2 / POINTS;
        largest = fmax(largest, c);
        if (k >= POINTS - 3)
            tail = fmax(tail, c);
    }
    return tail <= RESOLVED * largest;
}

void fj_shape_scale(fj_activation *a)
{
    static const double REACH = 8, STEP = 0.5, SHRINK = 0.8;
    double scale = 1;
    for (double centre = -REACH; centre <= REACH; centre += STEP)
        for (size_t i = 0; i < a->pieces; i++) {
            const double from = a->piece[i].from, to = a->piece[i].to;
            if (!(centre > from && centre < to))
                continue;
            /* beside a kink the interval lies to one side of it */
            for (;;) {
                const double half = fmin(scale, (to - from) / 2);
                const double at = fmin(fmax(centre, from + half), to - half);
                if (half < scale || scale < SCALE_LEAST || resolves(a, at, half))
                    break;
                scale *= SHRINK;
            }
        }
    a->parameter[0] = fmax(scale, SCALE_LEAST);
}
