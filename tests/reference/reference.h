/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared declarations of the makers of the tables in data/.
 *
 * The makers compute the laws of THEORY.md a second time, by a route of its own: quadrature on the real h axis only, in
 * MPFR, and a root bracketed in the angle theta. That route is the library's layer src/precise, which uses nothing of the
 * double-precision layers but the list of activations' names.
 *
 * maker.c        activations, the three precisions used
 * choose.c       which s to tabulate
 * table_*.c      one table each; make_reference.c runs them on threads
 */
#ifndef FREEJAC_REFERENCE_H
#define FREEJAC_REFERENCE_H

#include <stdio.h>
#include "precise_internal.h"

enum { MAX_POINTS = 40 };

struct activation {
    const char *name;
    fj_precise_spec spec;
    fj_precise_smooth smooth; /* where phi' is not constant */
    bool deep;                /* tabulated at depth 1000000 too */
};

extern const struct activation activations[];
extern const int n_activations;

enum { RULE_QUICK, RULE_FINE, RULE_CHECK, N_RULES };
extern fj_precise_rule rules[N_RULES];
void rules_make(void);
void rules_free(void);

/* Says so and exits. */
void out_of_memory(void);
fj_precise_law *law_make(const struct activation *act, double q, const fj_precise_rule *rule);

struct choice {
    double s;
    long double log_r, psi;
};
int choose_points(fj_precise_law *law, const fj_precise_layers *layers,
                  const fj_precise_edge *edges, int n_edges, struct choice *points);

/* True when a and b agree to 1e-25 relative (absolute with absolute = true). */
bool digits_agree(const mpfr_t a, const mpfr_t b, bool absolute);
void print_number(FILE *out, const mpfr_t x);

/* Each writes the rows of one (activation, q); returns the number of rows left out. */
int table_critical(FILE **out, const struct activation *act, double q);
int table_expectation(FILE **out, const struct activation *act, double q);
/* out[0..3]: spectrum, edges, atoms, moments */
int table_spectrum(FILE **out, const struct activation *act, double q);

#endif
