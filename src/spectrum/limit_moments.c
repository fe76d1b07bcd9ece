/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments of the universal laws. Lagrange inversion, m_k = (1/k) [m^(k-1)] (m z(m))^k with m z = (1 + m) exp(P), gives sums of
 * positive terms, with a = k sigma_0^2:
 *     smooth      m_k = (1/k) sum_{j<k} binom(k, j+1) a^j/j!
 *     Bernoulli   m_k = (1/k) sum_{j<k} (k - j) a^j/j!
 * and mean^k times that. Each term is the one before times a ratio; sum and term are scaled together, so that nothing
 * overflows before the result does. */
#include <math.h>
#include "spectrum_internal.h"

static const double LARGE = 0x1p512;

static double moment(const fj_universal *law, double k)
{
    double a = k * law->sigma2, smooth = law->kind == FJ_UNIVERSAL_SMOOTH, term = k, sum = 0;
    int scalings = 0;
    for (double j = 0; j < k; j++) {
        sum += term;
        double next = smooth ? (k - 1 - j) / (j + 2) : (k - 1 - j) / (k - j);
        term *= next * (a / (j + 1));
        if (term > LARGE) {
            term /= LARGE;
            sum /= LARGE;
            scalings++;
        }
    }
    double value = sum / k * exp(k * law->log_mean);
    for (int i = 0; i < scalings && isfinite(value); i++)
        value *= LARGE;
    return value;
}

fj_status fj_limit_moments(const fj_universal *law, size_t n, double *m)
{
    fj_status status = FJ_OK;
    for (size_t k = 0; k < n; k++) {
        m[k] = status == FJ_OK ? moment(law, (double)k + 1) : INFINITY;
        if (!isfinite(m[k]))
            status = FJ_RANGE;
    }
    return status;
}
