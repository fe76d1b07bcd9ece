/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Legendre nodes by Newton's method (Golub and Welsch 1969 for larger n; GSL's tables abort the process where
 * memory fails, which a library must not).
 *
 * 1. Start from cos(pi (i + 3/4)/(n + 1/2)), good to O(n^-2).
 * 2. Newton on P_n by its three-term recurrence; the weight is 2/((1 - x^2) P_n'(x)^2). */
#include <math.h>
#include "legendre_rule.h"

/* P_n(x) and its derivative, |x| < 1 */
static void legendre(size_t n, double x, double *value, double *slope)
{
    double before = 1, now = x;
    for (size_t k = 2; k <= n; k++) {
        double next = ((2 * (double)k - 1) * x * now - ((double)k - 1) * before) / (double)k;
        before = now;
        now = next;
    }
    *value = now;
    *slope = (double)n * (before - x * now) / (1 - x * x);
}

void fj_legendre_rule(size_t n, double *x, double *w)
{
    enum { ITERATIONS = 8 };
    for (size_t i = 0; i < n; i++) {
        double at = -cos(M_PI * ((double)i + 0.75) / ((double)n + 0.5)), value, slope;
        for (int k = 0; k < ITERATIONS; k++) {
            legendre(n, at, &value, &slope);
            at -= value / slope;
        }
        legendre(n, at, &value, &slope);
        x[i] = at;
        w[i] = 2 / ((1 - at * at) * slope * slope);
    }
}
