/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the makers take from the library's arbitrary precision: activations, whose parameters are the doubles that the
 * tables are for, and three rules.
 */
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>

const struct activation activations[] = {
    {"linear", {FJ_SHAPE_LINEAR, NULL, NULL}, FJ_SMOOTH_NONE, true},
    {"relu", {FJ_SHAPE_LEAKY, "0", NULL}, FJ_SMOOTH_NONE, true},
    {"leaky-relu-0.01", {FJ_SHAPE_LEAKY, "0x1.47ae147ae147bp-7", NULL}, FJ_SMOOTH_NONE, false},
    {"leaky-relu-0.3", {FJ_SHAPE_LEAKY, "0x1.3333333333333p-2", NULL}, FJ_SMOOTH_NONE, false},
    {"hard-tanh", {FJ_SHAPE_HARD_TANH, NULL, NULL}, FJ_SMOOTH_NONE, true},
    {"tanh", {FJ_SHAPE_TANH, NULL, NULL}, FJ_SMOOTH_EVEN, true},
    {"erf", {FJ_SHAPE_ERF, NULL, NULL}, FJ_SMOOTH_EVEN, true},
    {"sigmoid", {FJ_SHAPE_SIGMOID, NULL, NULL}, FJ_SMOOTH_EVEN, false},
    {"arctan", {FJ_SHAPE_ARCTAN, NULL, NULL}, FJ_SMOOTH_EVEN, false},
    {"softsign", {FJ_SHAPE_SOFTSIGN, NULL, NULL}, FJ_SMOOTH_EVEN, false},
    {"sin", {FJ_SHAPE_SIN, NULL, NULL}, FJ_SMOOTH_EVEN, false},
    {"softplus", {FJ_SHAPE_SOFTPLUS, NULL, NULL}, FJ_SMOOTH_WHOLE, false},
    {"elu", {FJ_SHAPE_ELU, NULL, NULL}, FJ_SMOOTH_NEGATIVE, false},
    {"elu-0.5", {FJ_SHAPE_ELU, "0.5", NULL}, FJ_SMOOTH_NEGATIVE, false},
    {"selu",
     {FJ_SHAPE_ELU, "0x1.ac5afad782cf1p+0", "0x1.0cfabd6a91132p+0"},
     FJ_SMOOTH_NEGATIVE,
     false},
    {"gelu", {FJ_SHAPE_GELU, NULL, NULL}, FJ_SMOOTH_WHOLE, false},
    {"silu", {FJ_SHAPE_SILU, NULL, NULL}, FJ_SMOOTH_WHOLE, false},
};
const int n_activations = sizeof(activations) / sizeof(activations[0]);

/* Tolerances leave errors of 1e-24 (quick), 1e-40 (fine), 1e-46 (check). */
static const fj_precise_plan plans[N_RULES] = {
    {.n = 18,
     .test = 12,
     .prec = 256,
     .panels = 22,
     .reach = 21,
     .tolerance = 1e-8L,
     .floor = 1e-22L},
    {.n = 48,
     .test = 38,
     .prec = 208,
     .panels = 21,
     .reach = 21,
     .tolerance = 1e-17L,
     .floor = 1e-48L},
    {.n = 60,
     .test = 43,
     .prec = 272,
     .panels = 23,
     .reach = 22,
     .tolerance = 1e-17L,
     .floor = 1e-56L},
};

fj_precise_rule rules[N_RULES];

void rules_make(void)
{
    for (int r = 0; r < N_RULES; r++)
        if (fj_precise_rule_make(&rules[r], &plans[r]) != FJ_OK)
            out_of_memory();
}

void rules_free(void)
{
    for (int r = 0; r < N_RULES; r++)
        fj_precise_rule_free(&rules[r]);
}

void out_of_memory(void)
{
    fputs("out of memory\n", stderr);
    exit(1);
}

fj_precise_law *law_make(const struct activation *act, double q, const fj_precise_rule *rule)
{
    mpfr_t exact;
    mpfr_init2(exact, rule->plan.prec);
    mpfr_set_d(exact, q, MPFR_RNDN);
    fj_precise_law *law = fj_precise_law_make(&act->spec, exact, rule);
    mpfr_clear(exact);
    if (!law)
        out_of_memory();
    return law;
}
