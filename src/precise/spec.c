/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts into numbers and activations.
 *
 * 1. A number is decimal or hexadecimal in C's notation, all of the text; MPFR rounds it correctly at any
 *    precision. Its own extensions (infinities, other bases) are refused.
 * 2. An activation is first made by the library, which checks names, keys and domains; then its texts are
 *    taken over as they stand, the last of equal keys.
 */
#include "precise_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "detail.h"

static const struct {
    const char *name;
    fj_precise_spec spec; /* with the default parameter */
} kinds[] = {
    {"linear", {FJ_SHAPE_LINEAR, NULL, NULL}},      {"relu", {FJ_SHAPE_LEAKY, "0", NULL}},
    {"leaky-relu", {FJ_SHAPE_LEAKY, "0.01", NULL}}, {"hard-tanh", {FJ_SHAPE_HARD_TANH, NULL, NULL}},
    {"tanh", {FJ_SHAPE_TANH, NULL, NULL}},          {"erf", {FJ_SHAPE_ERF, NULL, NULL}},
    {"sigmoid", {FJ_SHAPE_SIGMOID, NULL, NULL}},    {"arctan", {FJ_SHAPE_ARCTAN, NULL, NULL}},
    {"softsign", {FJ_SHAPE_SOFTSIGN, NULL, NULL}},  {"sin", {FJ_SHAPE_SIN, NULL, NULL}},
    {"softplus", {FJ_SHAPE_SOFTPLUS, "1", NULL}},   {"elu", {FJ_SHAPE_ELU, "1", NULL}},
    {"selu", {FJ_SHAPE_SELU, NULL, NULL}},          {"gelu", {FJ_SHAPE_GELU, NULL, NULL}},
    {"silu", {FJ_SHAPE_SILU, NULL, NULL}},
};

/* Digits with at most one point among them; returns what follows, NULL without a digit. */
static const char *skip_digits(const char *p, bool hexadecimal)
{
    int digits = 0, points = 0;
    for (;; p++) {
        if (hexadecimal ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p))
            digits++;
        else if (*p != '.' || points++)
            break;
    }
    return digits ? p : NULL;
}

bool fj_precise_read(mpfr_t x, const char *text)
{
    const char *p = text + (*text == '-' || *text == '+');
    const bool hexadecimal = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
    p = skip_digits(hexadecimal ? p + 2 : p, hexadecimal);
    if (!p)
        return false;
    if (hexadecimal ? *p == 'p' || *p == 'P' : *p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        if (!isdigit((unsigned char)*p))
            return false;
        while (isdigit((unsigned char)*p))
            p++;
    }
    if (*p)
        return false;
    char *end;
    mpfr_strtofr(x, text, &end, hexadecimal ? 16 : 10, MPFR_RNDN);
    return *end == '\0' && mpfr_number_p(x);
}

fj_status fj_precise_spec_read(const char *text, fj_precise_spec *spec, char **copy,
                               fj_detail *detail)
{
    fj_activation *activation;
    *copy = NULL;
    if (!text)
        return fj_fail(detail, FJ_INVALID, "no activation given");
    if (strncmp(text, "expr:", 5) == 0)
        return fj_fail(detail, FJ_UNSUPPORTED,
                       "arbitrary precision knows the built-in activations only, no formula");
    fj_status status = fj_activation_create(text, &activation, detail);
    if (status != FJ_OK)
        return status;
    fj_activation_destroy(activation);
    *copy = strdup(text);
    if (!*copy)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for an activation");
    char *rest = *copy;
    const char *name = strsep(&rest, ":");
    size_t kind = 0;
    while (kind < sizeof kinds / sizeof *kinds && strcmp(kinds[kind].name, name) != 0)
        kind++;
    if (kind == sizeof kinds / sizeof *kinds)
        return fj_fail(detail, FJ_UNSUPPORTED, "arbitrary precision does not know '%s'", name);
    *spec = kinds[kind].spec;
    for (char *item; (item = strsep(&rest, ",")) != NULL;) {
        mpfr_t x;
        mpfr_init2(x, 64);
        spec->parameter = strchr(item, '=') + 1;
        const bool good = fj_precise_read(x, spec->parameter);
        mpfr_clear(x);
        if (!good)
            return fj_fail(detail, FJ_INVALID, "activation %s: '%s' is no number", name,
                           spec->parameter);
    }
    return FJ_OK;
}
