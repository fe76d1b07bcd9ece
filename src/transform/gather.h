/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a network's runs to the groups of layers that its law is made of. */
#ifndef FJ_TRANSFORM_GATHER_H
#define FJ_TRANSFORM_GATHER_H

#include <freejac/network.h>
#include "stack.h"

/* The law of t at one activation and q. */
typedef struct fj_origin {
    const fj_activation *activation;
    double q, mu1, variance; /* of t */
    double at_zero;          /* P(t = 0) */
    fj_rule *rule;
} fj_origin;

/* A stack with what it is made from. */
typedef struct fj_gathered {
    fj_stack stack;
    size_t origins;
    fj_origin *origin;
    size_t *origin_of;       /* of each group */
    fj_panel_shapes *shapes; /* what their rules share, and more of them would; NULL once settled */
    double relative_variance; /* Var lambda/(E lambda)^2 */
    int square;               /* all widths are equal */
} fj_gathered;

/* Groups the layers of a checked network: equal ones count together, wherever they stand; those whose factor is 1 (phi' of
 * constant modulus between orthogonal weights that keep the width) are left out. No group at all: lambda is one number.
 * Ownership: *out is the caller's, freed by fj_gathered_destroy; NULL on failure. FJ_NO_MEMORY, FJ_NO_CONVERGENCE,
 * FJ_RANGE. Cost: a rule for each activation and q that differ. */
fj_status fj_gather(const fj_network *network, fj_gathered **out, fj_detail *detail);
/* No more rules like these will be made: frees what they would share. */
void fj_gathered_settle(fj_gathered *gathered);
void fj_gathered_destroy(fj_gathered *gathered);

#endif
