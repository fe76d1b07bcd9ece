/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs by power series in c.
 *
 * 1. With b_j the Hermite coefficients of phi'(sqrt(q) h), Mehler's formula gives
 *        E[phi'(u1) phi'(u2)] = sum_j b_j^2 c^j,   E phi^2 - E[phi(u1) phi(u2)] = q sum_j b_j^2 (1 - c^(j+1))/(j+1).
 *    All terms are positive for c >= 0, and 1 - c^(j+1) = (1 - c) + c (1 - c^j): no cancellation as c -> 1.
 * 2. All terms beyond K add up to `rest` = E phi'^2 - sum_(j<K) b_j^2 (Parseval), so the second sum is wrong by at most
 *    q rest min(1 - c, 2/(K+1)), the first by rest |c|^K.
 * 3. Where phi has kinks, rest falls slowly; but away from c = 1 the same sum from the other end, Var phi - q sum_j b_j^2
 *    c^(j+1)/(j+1), is wrong by at most q rest |c|^(K+1)/(K+1) and by rounding of E phi^2.
 * 4. K doubles until one of the bounds holds. */
#include <float.h>
#include <math.h>
#include "average_internal.h"
#include "pair.h"

/* Bound of the remainder relative to the result: above the noise of `rest`, a difference of rounded sums. */
static const double REMAINDER = 4e-15;
/* Rounding of Var phi in units of E phi^2. */
static const double ROUNDING = 4 * DBL_EPSILON;

/* 1 if the K terms at hand suffice. */
static int series_sum(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    const fj_hermite *h = &pair->hermite;
    double power = 1, chord = c->below, slope = 0, apart = 0, product = 0;
    for (size_t j = 0; j < h->terms; j++) {
        double square = h->square[j], part = square / ((double)j + 1);
        slope += square * power; /* c^j */
        power *= c->c;
        apart += part * chord; /* 1 - c^(j+1) */
        product += part * power;
        chord = c->below + c->c * chord;
    }
    double q = pair->q, phi2 = pair->averages.phi2, terms = (double)h->terms;
    double error = q * h->rest * (c->c >= 0 ? fmin(c->below, 2 / (terms + 1)) : 2 / (terms + 1));
    double mean = pair->averages.mean_phi, variance = phi2 - mean * mean;
    double other_error = q * h->rest * fabs(power) * fabs(c->c) / (terms + 1) + ROUNDING * phi2;
    apart *= q;
    if (other_error < error) {
        apart = variance - q * product;
        error = other_error;
    }
    *out = (fj_pair_values){apart, 2 * phi2 - apart, slope};
    return error <= REMAINDER * apart && h->rest * fabs(power) <= REMAINDER * pair->averages.mu1;
}

fj_status fj_pair_series(fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    fj_hermite *h = &pair->hermite;
    if (h->terms > 0 && series_sum(pair, c, out))
        return FJ_OK;
    /* what |c|^K alone would need; kinks have nothing else */
    double needed = fabs(c->c) < 1 ? log(DBL_EPSILON) / log(fabs(c->c)) : INFINITY;
    int smooth = pair->activation->flats == 0 && pair->activation->pieces == 1;
    if (!smooth && needed > FJ_HERMITE_MOST)
        return FJ_NO_CONVERGENCE;
    int singular = pair->activation->kind->growth == FJ_GROWTH_SINGULAR;
    while (h->terms < FJ_HERMITE_MOST) {
        /* with singularities off the axis rest falls like exp(-a sqrt(K)): its logarithm doubles from 128 to 512 terms */
        double left = h->rest / pair->averages.mu1;
        if (singular && h->terms == FJ_HERMITE_MOST / 4 && left * left > REMAINDER &&
            needed > FJ_HERMITE_MOST)
            return FJ_NO_CONVERGENCE;
        size_t terms = h->terms ? 2 * h->terms : FJ_HERMITE_LEAST;
        while (!smooth && (double)terms < fmin(needed / 2, FJ_HERMITE_MOST)) /* sure not to do */
            terms *= 2;
        fj_status status = fj_hermite_at(pair->activation, pair->q, pair->averages.mu1, terms, h);
        if (status != FJ_OK) {
            h->terms = 0;
            pair->hermite_failed = 1;
            return status;
        }
        if (series_sum(pair, c, out))
            return FJ_OK;
    }
    return FJ_NO_CONVERGENCE;
}
