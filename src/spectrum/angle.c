/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The angle of the curve at a given radius |u| = exp(x): the one zero of Im log z(exp(x + i theta)) in (0, pi).
 *
 * 1. arg z/sin(theta) increases with theta (THEORY 3.2), so Im log z is negative below the zero and positive above it:
 *    every evaluation tightens a bracket that cannot lose the zero.
 * 2. Newton in theta (the derivative is Re dlog z/dw); where it leaves the bracket, the geometric mean of its ends, so
 *    that angles of 1e-200, far out in a tail, are found as fast as those of order one.
 * 3. If arg z is still positive at an angle below the underflow of double, there is no zero, or none that counts. */
#include <math.h>
#include "spectrum_internal.h"

static const double THETA_LEAST = 1e-290, IMAGINARY_LEAST = 1e-305; /* of u */
static const double THETA_FAINT = 1e-150;
static const double THETA_TOLERANCE = FJ_ANGLE_EXACT;
enum { ITERATIONS_MAX = 200 };

fj_status fj_angle_find(const fj_layers *layers, double x, double enough, double *theta,
                        fj_composed *at)
{
    const double least = fmax(THETA_LEAST, IMAGINARY_LEAST * exp(-x));
    double low = 0, high = M_PI, t = *theta;
    if (!(t > least && t < M_PI))
        t = 0.5;
    double before = INFINITY;
    for (int i = 0; i < ITERATIONS_MAX; i++) {
        fj_layers_compose(layers, CMPLX(x, t), at);
        double f = cimag(at->log_z), slope = creal(at->slope);
        if (isnan(f) && t < THETA_FAINT) { /* u on a mass of t, to rounding */
            *theta = 0;
            return FJ_OK;
        }
        if (isnan(f))
            return FJ_NO_CONVERGENCE;
        if (f > 0)
            high = t;
        else
            low = t;
        double step = -f / slope, next = t + step;
        if (fabs(step) <= enough * t || high - low <= THETA_TOLERANCE * low) {
            *theta = t;
            return FJ_OK;
        }
        /* rounding decides the sign: accept once steps stop shrinking at that level */
        if (i > 8 && fabs(step) < 1e-11 * t && fabs(step) >= 0.5 * before) {
            *theta = t;
            return FJ_OK;
        }
        before = fabs(step);
        if (!(next > low && next < high) || (i > 30 && i % 3 == 0))
            next = sqrt(high > 0.01 && low == 0 ? high / 64 : fmax(low, least)) * sqrt(high);
        if (high < 4 * least) {
            *theta = 0;
            return FJ_OK;
        }
        t = next;
    }
    return FJ_NO_CONVERGENCE;
}
