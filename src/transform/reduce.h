/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many layers that differ in q only, as few: Gauss quadrature over q. */
#ifndef FJ_TRANSFORM_REDUCE_H
#define FJ_TRANSFORM_REDUCE_H

#include "gather.h"

/* One unknown of the whole stack from those of the reduced one: log u = sum_j weight[from + j] log u_(first + j), j < nodes. */
typedef struct fj_expansion {
    size_t first, nodes, from;
} fj_expansion;

typedef struct fj_reduction {
    fj_stack stack; /* its counts are no whole numbers */
    size_t rules;
    fj_rule **rule; /* those made for it; the other groups borrow the whole stack's */
    size_t unknowns;
    fj_expansion *expansion; /* of each unknown of the whole stack */
    size_t weights;
    double *weight;
} fj_reduction;

/* A stack with the same log z(m), but for an error that falls geometrically with the nodes, so many that it is likely below rounding in
 * the bulk of a law, and `more`. It is for the caller to see by the whole stack how far that is true.
 * *out = NULL, with FJ_OK, where that would not have far fewer unknowns. Ownership: the caller's, freed by
 * fj_reduction_destroy. FJ_NO_MEMORY, FJ_NO_CONVERGENCE, FJ_RANGE. Cost: a rule a node. */
fj_status fj_reduce(const fj_gathered *gathered, int more, fj_reduction **out);
void fj_reduction_destroy(fj_reduction *reduction);

/* The point of the whole stack that belongs to one of the reduced stack, near it or on the same part of the real axis: a start
 * for Newton's method. */
void fj_reduction_expand(const fj_reduction *reduction, const fj_stack_point *from,
                         fj_stack_point *to);

#endif
