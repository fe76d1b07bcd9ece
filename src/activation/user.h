/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An activation that is not in the table: a formula, or callbacks. What the table says of the built-in ones is found by
 * looking at phi (shape.c). */
#ifndef FJ_ACTIVATION_USER_H
#define FJ_ACTIVATION_USER_H

#include "activation_internal.h"
#include "formula.h"

typedef struct fj_user {
    fj_activation_kind kind; /* of its own */
    fj_formula *formula;     /* or, where NULL, the callbacks */
    fj_activation_custom custom;
    char *name;
    fj_parity parity;
    double disagreement; /* of slope and continuation, in units of phi' nearby */
} fj_user;

/* phi, phi', phi'' at x. */
fj_jet fj_user_jet(const fj_activation *a, double x);
void fj_user_destroy(fj_user *user);

/* Finds kinks, flats, pieces, parity and range, and refuses what has no law (shape.c); `declared` kinks are taken in
 * addition. FJ_UNSUPPORTED or FJ_INVALID with a sentence. */
fj_status fj_shape_find(fj_activation *a, const double *declared, size_t count, fj_detail *detail);
/* Range of t, limits far out, and the scale on which phi varies (shape_range.c). */
void fj_shape_range(fj_activation *a);
void fj_shape_scale(fj_activation *a);

/* Of the continuation that callbacks give (continuation.c): phi'' from it, and whether it is one. */
double fj_user_curvature_continued(const fj_activation *a, double x);
fj_status fj_user_continuation_check(fj_activation *a, fj_detail *detail);

/* "expr:FORMULA[;kinks=x,...]" */
fj_status fj_activation_create_formula(const char *spec, fj_activation **out, fj_detail *detail);

#endif
