/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two preactivations of equal variance q and correlation c: u1 = sqrt(q) h1, u2 = sqrt(q) (c h1 + sqrt(1 - c^2) h2). */
#ifndef FJ_MEANFIELD_PAIR_H
#define FJ_MEANFIELD_PAIR_H

#include <freejac/correlation.h>
#include "average.h"
#include "hermite.h"

/* Expectations of phi over a pair, each accurate relative to itself where it is small. */
typedef struct fj_pair_values {
    double apart;    /* E[(phi(u1) - phi(u2))^2]/2 = E phi^2 - E[phi(u1) phi(u2)], c -> 1 */
    double together; /* E[(phi(u1) + phi(u2))^2]/2 = E phi^2 + E[phi(u1) phi(u2)], c -> -1 */
    double slope;    /* E[phi'(u1) phi'(u2)] */
} fj_pair_values;

enum { FJ_PAIR_TABLE_TERMS = 28, FJ_PAIR_TABLE_PIECES = 16 };
typedef enum fj_pair_table_state {
    FJ_PAIR_TABLE_NONE,
    FJ_PAIR_TABLE_READY,
    FJ_PAIR_TABLE_FAILED
} fj_pair_table_state;

/* The chord by Chebyshev pieces in the angle between the inputs. */
typedef struct fj_pair_table {
    fj_pair_table_state state;
    size_t pieces;
    double end[FJ_PAIR_TABLE_PIECES + 1];
    double coefficient[FJ_PAIR_TABLE_PIECES][FJ_PAIR_TABLE_TERMS];
} fj_pair_table;

/* What is kept from one correlation to the next at one q. */
typedef struct fj_pair {
    const fj_activation *activation;
    double q;
    fj_averages averages;
    fj_hermite hermite; /* terms = 0: none yet */
    int hermite_failed;
    int values_only; /* the slope is not wanted, and may be NaN */
    int integrals;   /* double integrals taken so far, with values_only */
    fj_pair_table table;
} fj_pair;

/* q > 0; averages: those at q. hint: number of terms that served at a similar q, or 0. */
void fj_pair_init(fj_pair *pair, const fj_activation *activation, double q,
                  const fj_averages *averages, size_t hint);

/* The values at c. FJ_NO_CONVERGENCE where none of the routes resolves them to 1e-11. Cost: some hundred nanoseconds
 * where the Hermite coefficients at hand suffice; 5 to 500 microseconds to get them; 50 microseconds to some
 * milliseconds by double integrals. */
fj_status fj_pair_at(fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* ---- the routes; each fills `out`, for any c within [-1, 1] unless it says so ---- */

/* Piecewise linear phi. */
fj_status fj_pair_flat(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* Power series in c; computes coefficients as needed. FJ_NO_CONVERGENCE where FJ_HERMITE_MOST do not suffice. */
fj_status fj_pair_series(fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* Polar coordinates, for phi that has no kink off the origin and does not oscillate; c >= 0 if phi is odd or even. */
fj_status fj_pair_polar(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* Nested adaptive integrals; any phi; c >= 0 if phi is odd or even. */
fj_status fj_pair_nested(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* Polar or nested, whichever serves. */
fj_status fj_pair_integrate(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* Makes the table, or marks it as failed; costs some hundred double integrals. Then values from it, without slope. */
void fj_pair_table_make(fj_pair *pair);
void fj_pair_table_at(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out);

/* phi(x + shift) - phi(x) and the same of phi' (slope may be NULL), accurate also where shift is small. */
void fj_pair_difference(const fj_activation *activation, double x, double shift, double *value,
                        double *slope);

#endif
