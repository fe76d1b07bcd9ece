/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brent's method: R. P. Brent, Algorithms for Minimization without Derivatives (1973), chapter 4.
 *
 * 1. Keep b, the best point; c, across the root from b; and a, the point before b.
 * 2. Try inverse quadratic interpolation (the secant while only two points differ); accept it if it falls inside the
 *    bracket and shrinks fast enough, else bisect.
 * 3. Stop when the bracket is a few units of the last place wide. */
#include "bracket.h"
#include <float.h>
#include <math.h>

/* Bisection alone halves the widest bracket of doubles in 2100 steps; Brent's bound is its square, never seen. */
enum { STEPS_MAX = 5000 };

/* The interpolated step from b, or NaN if it is not to be trusted; `before` is the step before the last. */
static double interpolated_step(double a, double b, double c, double fa, double fb, double fc,
                                double tolerance, double before)
{
    if (fabs(before) < tolerance || fabs(fa) <= fabs(fb))
        return NAN;
    double p, q, s = fb / fa;
    if (a == c) {
        p = (c - b) * s;
        q = 1 - s;
    } else {
        double u = fa / fc, r = fb / fc;
        p = s * ((c - b) * u * (u - r) - (b - a) * (r - 1));
        q = (u - 1) * (r - 1) * (s - 1);
    }
    if (p > 0)
        q = -q;
    p = fabs(p);
    double inside = 1.5 * (c - b) * q - fabs(tolerance * q), shrinking = fabs(before * q);
    return 2 * p < fmin(inside, shrinking) ? p / q : NAN;
}

fj_status fj_bracket_root(fj_real_function *f, void *context, double a, double b, double *root)
{
    double fa = f(context, a), fb = f(context, b), c = a, fc = fa, step = b - a, before = step;
    *root = NAN;
    if (isnan(fa) || isnan(fb))
        return FJ_NO_CONVERGENCE;
    if (fa != 0 && fb != 0 && (fa > 0) == (fb > 0))
        return FJ_INVALID;
    for (int i = 0; i < STEPS_MAX; i++) {
        if (fabs(fc) < fabs(fb)) {
            a = b, b = c, c = a;
            fa = fb, fb = fc, fc = fa;
        }
        double tolerance = 2 * DBL_EPSILON * fabs(b) + DBL_MIN, half = (c - b) / 2;
        if (fabs(half) <= tolerance || fb == 0) {
            *root = b;
            return FJ_OK;
        }
        double next = interpolated_step(a, b, c, fa, fb, fc, tolerance, before);
        before = isnan(next) ? half : step;
        step = isnan(next) ? half : next;
        a = b, fa = fb;
        b += fabs(step) > tolerance ? step : copysign(tolerance, half);
        fb = f(context, b);
        if (isnan(fb))
            return FJ_NO_CONVERGENCE;
        if ((fb > 0) == (fc > 0)) {
            c = a, fc = fa;
            before = step = b - a;
        }
    }
    return FJ_NO_CONVERGENCE;
}
