/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of built-in activations: phi, phi', phi'' on the real axis, where phi' is constant or smooth, and which
 * complex poles are known in closed form. To add one: three functions, a shape and a row in its family's file, its name here
 * and in kinds.h, and a row in the tests. */
#include "kinds.h"
#include <math.h>

void fj_shape_add_flat(fj_activation *a, double from, double to, double slope)
{
    a->flat[a->flats++] = (fj_flat){from, to, slope};
}

void fj_shape_add_piece(fj_activation *a, double from, double to)
{
    a->piece[a->pieces++] = (fj_piece){.from = from, .to = to};
}

void fj_shape_smooth(fj_activation *a)
{
    fj_shape_add_piece(a, -INFINITY, INFINITY);
}

const fj_activation_kind *const fj_activation_kinds[] = {
    &fj_kind_linear,   &fj_kind_relu,    &fj_kind_leaky,  &fj_kind_hard_tanh, &fj_kind_tanh,
    &fj_kind_erf,      &fj_kind_sigmoid, &fj_kind_arctan, &fj_kind_softsign,  &fj_kind_sin,
    &fj_kind_softplus, &fj_kind_elu,     &fj_kind_selu,   &fj_kind_gelu,      &fj_kind_silu};

const size_t fj_activation_kinds_count = sizeof fj_activation_kinds / sizeof(fj_activation_kind *);
