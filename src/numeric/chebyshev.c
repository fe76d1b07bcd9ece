/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chebyshev interpolation (L. N. Trefethen, Approximation Theory and Approximation Practice, chapters 3 and 4).
 *
 * 1. Coefficients by the discrete cosine sum: at the Lobatto points the T_k are orthogonal if end points count half.
 * 2. Sums by Clenshaw's recurrence, the derivative by differentiating it.
 * 3. From values and slopes at other points: Hermite's polynomial, evaluated at the Lobatto points.
 * 4. The integral of T_k is (T_(k+1)/(k+1) - T_(k-1)/(k-1))/2; read backwards, that gives derivatives. */
#include "chebyshev.h"
#include <math.h>

double fj_chebyshev_point(size_t j, size_t n)
{
    /* as a sine, exactly odd about the middle */
    return sin(M_PI * ((double)n - 2 * (double)j) / (2 * (double)n));
}

void fj_chebyshev_fit(const double *value, size_t n, double *c)
{
    double cosine[2 * FJ_CHEBYSHEV_MOST] = {1}; /* the point 0 */
    for (size_t j = 1; j <= n; j++)
        cosine[j] = cosine[2 * n - j] = fj_chebyshev_point(j, n);
    for (size_t k = 0; k <= n; k++) {
        double sum = 0;
        for (size_t j = 0, at = 0; j <= n; j++) { /* at = j k mod 2n */
            sum += (j == 0 || j == n ? 0.5 : 1) * value[j] * cosine[at];
            at += k;
            at -= at >= 2 * n ? 2 * n : 0;
        }
        c[k] = sum * (k == 0 || k == n ? 1 : 2) / (double)n;
    }
}

void fj_chebyshev_hermite(const double *x, size_t n, size_t i, double *value, double *slope)
{
    double by_value[FJ_CHEBYSHEV_MOST + 1], by_slope[FJ_CHEBYSHEV_MOST + 1];
    const size_t degree = 2 * n - 1;
    for (size_t p = 0; p <= degree; p++)
        fj_hermite_weights(x, n, i, fj_chebyshev_point(p, degree), &by_value[p], &by_slope[p]);
    fj_chebyshev_fit(by_value, degree, value);
    fj_chebyshev_fit(by_slope, degree, slope);
}

void fj_hermite_weights(const double *x, size_t n, size_t i, double at, double *weight,
                        double *weight_slope)
{
    double lagrange = 1, sum = 0;
    for (size_t j = 0; j < n; j++)
        if (j != i) {
            const double inverse = 1 / (x[i] - x[j]);
            lagrange *= (at - x[j]) * inverse;
            sum += inverse;
        }
    *weight = (1 - 2 * (at - x[i]) * sum) * lagrange * lagrange;
    *weight_slope = (at - x[i]) * lagrange * lagrange;
}

void fj_chebyshev_integrate(const double *c, size_t n, double *integral)
{
    integral[0] = 0;
    for (size_t k = 1; k <= n + 1; k++) {
        const double before = (k == 1 ? 2 : 1) * c[k - 1], after = k + 1 <= n ? c[k + 1] : 0;
        integral[k] = (before - after) / (2 * (double)k);
    }
}

void fj_chebyshev_differentiate(const double *c, size_t n, double *derivative)
{
    derivative[n] = 0;
    for (size_t k = n; k > 0; k--)
        derivative[k - 1] = (k + 1 <= n ? derivative[k + 1] : 0) + 2 * (double)k * c[k];
    derivative[0] /= 2;
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
