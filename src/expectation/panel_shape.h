/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels on the axis of x = sqrt(q) h, where no q is in them. */
#ifndef FJ_EXPECTATION_PANEL_SHAPE_H
#define FJ_EXPECTATION_PANEL_SHAPE_H

#include "rule_internal.h"

/* All that a panel's polynomial depends on. */
typedef struct fj_panel_key {
    const fj_activation *activation;
    size_t piece;
    double from, to; /* x */
    double size;     /* of phi' as a whole: a power of root 2 */
    int far;         /* for poles only */
    int far_out;     /* the rounding of x may show */
    int may_narrow;  /* where phi' is small all around, narrower ones may know it to its own size */
} fj_panel_key;

typedef struct fj_panel_shape {
    fj_panel_key key;
    int fits; /* a polynomial is resolved, with no more than one critical point; if not, nothing below is set */
    int is_flat;    /* it does not vary to speak of */
    fj_panel panel; /* its centre and half width are those of x */
    int has_wide, is_wide;
    int has_t, has_deviation;
    double t[FJ_SETS][FJ_ORDER_B], deviation[FJ_SETS][FJ_ORDER_B]; /* t, t - t(0), at its nodes */
} fj_panel_shape;

/* The shape with that key: the one kept, or a new one. It stays where it is as long as the store. NULL: no memory. Cost of a new one:
 * some 60 to 130 values of phi'. */
fj_panel_shape *fj_panel_shape_get(fj_panel_shapes *shapes, const fj_panel_key *key);
/* Fills t, and if asked for deviation, where they are not yet. */
void fj_panel_shape_nodes(fj_panel_shape *shape, const fj_view *view);
/* Is a panel for poles only as good as narrower ones would be? On the axis it is monotone, its error relative to what it is largest. */
int fj_panel_shape_is_wide(fj_panel_shape *shape);

#endif
