/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs at one q by interpolation, for the many layers of a deep network whose length has settled.
 *
 * 1. With c = cos(theta), the chord (E phi^2 - E[phi(u1) phi(u2)])/(q (1 - c)) is a smooth function of theta, kinks or not:
 *    what a kink adds is a power series in theta. It is E phi'^2 > 0 at theta = 0 and nowhere near 0, so that an absolute
 *    error of it is a relative one of 1 - c in the next layer.
 * 2. Chebyshev pieces of degree TERMS - 1; a piece whose last coefficients are not rounding is halved.
 * 3. Values come from the double integrals, some hundred times; then a layer costs as much as a cosine. */
#include <float.h>
#include <math.h>
#include "pair.h"

/* The last three coefficients of a piece, relative to its values. */
static const double LAST_MOST = 4e-15;
enum { TERMS = FJ_PAIR_TABLE_TERMS, PIECES = FJ_PAIR_TABLE_PIECES };

static fj_correlation correlation_at(double theta)
{
    double low = sin(theta / 2), high = cos(theta / 2);
    return (fj_correlation){cos(theta), 2 * low * low, 2 * high * high};
}

/* Fills one piece; FJ_NO_CONVERGENCE if it must be halved. */
static fj_status piece_fill(const fj_pair *pair, double from, double to, double *coefficient)
{
    double value[TERMS], most = 0, last = 0;
    for (int i = 0; i < TERMS; i++) {
        double theta = from + (to - from) / 2 * (1 + cos(M_PI * (i + 0.5) / TERMS));
        fj_correlation c = correlation_at(theta);
        fj_pair_values v;
        fj_status status = fj_pair_integrate(pair, &c, &v);
        if (status != FJ_OK)
            return FJ_RANGE; /* halving would not help */
        value[i] = v.apart / (pair->q * c.below);
        most = fmax(most, fabs(value[i]));
    }
    for (int k = 0; k < TERMS; k++) {
        double sum = 0;
        for (int i = 0; i < TERMS; i++)
            sum += value[i] * cos(M_PI * k * (i + 0.5) / TERMS);
        coefficient[k] = sum * (k ? 2.0 : 1.0) / TERMS;
        if (k + 3 >= TERMS)
            last = fmax(last, fabs(coefficient[k]));
    }
    return last <= LAST_MOST * most ? FJ_OK : FJ_NO_CONVERGENCE;
}

void fj_pair_table_make(fj_pair *pair)
{
    fj_pair_table *t = &pair->table;
    double end = fj_activation_parity(pair->activation) == FJ_PARITY_NONE ? M_PI : M_PI_2;
    double from = 0, to = end;
    t->state = FJ_PAIR_TABLE_FAILED;
    t->pieces = 0;
    t->end[0] = 0;
    while (from < end) {
        fj_status status =
            t->pieces < PIECES ? piece_fill(pair, from, to, t->coefficient[t->pieces]) : FJ_RANGE;
        if (status == FJ_NO_CONVERGENCE && to - from > end / PIECES) {
            to = from + (to - from) / 2;
        } else if (status == FJ_OK) {
            t->end[++t->pieces] = to;
            from = to;
            to = fmin(end, from + 2 * (t->end[t->pieces] - t->end[t->pieces - 1]));
        } else {
            return;
        }
    }
    t->state = FJ_PAIR_TABLE_READY;
}

void fj_pair_table_at(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    const fj_pair_table *t = &pair->table;
    double theta = c->c >= 0 ? 2 * asin(sqrt(c->below / 2)) : M_PI - 2 * asin(sqrt(c->above / 2));
    size_t piece = 0;
    while (piece + 1 < t->pieces && theta > t->end[piece + 1])
        piece++;
    double from = t->end[piece], to = t->end[piece + 1];
    double x = (2 * theta - from - to) / (to - from), one = 0, two = 0;
    for (int k = TERMS - 1; k > 0; k--) {
        double next = 2 * x * one - two + t->coefficient[piece][k];
        two = one;
        one = next;
    }
    double chord = x * one - two + t->coefficient[piece][0];
    out->apart = pair->q * c->below * chord;
    out->together = 2 * pair->averages.phi2 - out->apart;
    out->slope = NAN;
}
