/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chebyshev interpolation (L. N. Trefethen, Approximation Theory and Approximation Practice, chapters 3 and 4).
 *
 * 1. Coefficients by the discrete cosine sum: at the Lobatto points the T_k are orthogonal if end points count half.
 * 2. Sums by Clenshaw's recurrence, the derivative by differentiating it. */
#include "chebyshev.h"
#include <math.h>

double fj_chebyshev_point(size_t j, size_t n)
{
    /* as a sine, exactly odd about the middle */
    return sin(M_PI * ((double)n - 2 * (double)j) / (2 * (double)n));
}

void fj_chebyshev_fit(const double *value, size_t n, double *c)
{
    for (size_t k = 0; k <= n; k++) {
        double sum = 0;
        for (size_t j = 0; j <= n; j++) {
            const double x = fj_chebyshev_point(j * k % (2 * n), n); /* cos(pi j k/n) */
            sum += (j == 0 || j == n ? 0.5 : 1) * value[j] * x;
        }
        c[k] = sum * (k == 0 || k == n ? 1 : 2) / (double)n;
    }
}

double fj_chebyshev_at(const double *c, size_t n, double x, double *slope)
{
    double b1 = 0, b2 = 0, d1 = 0, d2 = 0;
    for (size_t k = n; k > 0; k--) {
        const double d = 2 * b1 + 2 * x * d1 - d2, b = c[k] + 2 * x * b1 - b2;
        d2 = d1, d1 = d;
        b2 = b1, b1 = b;
    }
    if (slope)
        *slope = b1 + x * d1 - d2;
    return c[0] + x * b1 - b2;
}
