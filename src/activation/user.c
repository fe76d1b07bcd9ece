/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activations that are not in the table.
 *
 * 1. "expr:FORMULA;kinks=..": parse the formula and the kinks; callbacks: check that they belong together.
 * 2. shape.c finds what the table would say.
 * 3. phi'' of callbacks that have none: the derivative of the polynomial through nine values of phi' around x, on one side of
 *    every kink (weights by B. Fornberg, Math. Comp. 51 (1988) 699). */
#include "user.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "detail.h"

enum { STENCIL = 9, STENCIL_HALF = 4, DECLARED_MAX = FJ_PIECES_MAX };
/* Distance of its points in units of the scale on which phi varies: the error, (1/30)^8 of phi'', meets the rounding. */
static const double STENCIL_STEP = 1.0 / 40;

static double curvature_difference(const fj_activation *a, double x)
{
    const fj_activation_custom *custom = &a->user->custom;
    double kink[FJ_FLATS_MAX + FJ_PIECES_MAX], from = -INFINITY, to = INFINITY;
    size_t kinks = fj_activation_kinks(a, kink, sizeof kink / sizeof *kink);
    for (size_t i = 0; i < kinks; i++) {
        if (kink[i] <= x)
            from = kink[i];
        else
            to = fmin(to, kink[i]);
    }
    double step = STENCIL_STEP * a->parameter[0] * fmax(1, fabs(x) * 1e-3);
    step = fmin(step, (to - from) / (STENCIL + 1));
    double first = fmin(fmax(x - STENCIL_HALF * step, from), to - STENCIL * step), sum = 0;
    for (int j = 0; j < STENCIL; j++) { /* derivative of the j-th Lagrange polynomial */
        double weight = 0, base = first + j * step - x;
        for (int k = 0; k < STENCIL; k++) {
            double term = 1;
            if (k == j)
                continue;
            for (int m = 0; m < STENCIL; m++)
                if (m != j && m != k)
                    term *= -(first + m * step - x) / ((j - m) * step);
            weight += term / ((j - k) * step);
        }
        sum += weight * custom->slope(x + base, custom->context);
    }
    return sum;
}

static fj_jet custom_jet(const fj_activation *a, double x)
{
    const fj_activation_custom *c = &a->user->custom;
    double curvature;
    if (c->curvature)
        curvature = c->curvature(x, c->context);
    else if (c->continuation)
        curvature = fj_user_curvature_continued(a, x);
    else
        curvature = curvature_difference(a, x);
    return (fj_jet){c->value(x, c->context), c->slope(x, c->context), curvature};
}

fj_jet fj_user_jet(const fj_activation *a, double x)
{
    const fj_formula *formula = a->user->formula;
    fj_jet all[FJ_NODES_MAX];
    if (!formula)
        return custom_jet(a, x);
    fj_formula_jets(formula, x, all);
    const fj_jet at = all[formula->count - 1];
    if (isfinite(at.value) && !(isfinite(at.slope) && isfinite(at.curvature))) {
        /* sqrt(x^2) at 0: a kink that the formula does not know to be one */
        const double right = x + fabs(x) * 0x1p-40 + 1e-30;
        fj_formula_jets(formula, right, all);
        return (fj_jet){at.value, all[formula->count - 1].slope, all[formula->count - 1].curvature};
    }
    return at;
}

void fj_user_destroy(fj_user *user)
{
    if (!user)
        return;
    if (!user->formula && user->custom.destroy)
        user->custom.destroy(user->custom.context);
    free(user->formula);
    free(user->name);
    free(user);
}

static double scale_own(const double *parameter)
{
    return parameter[0];
}

/* An activation with room for what comes; NULL without memory. */
static fj_activation *user_make(const char *name, size_t length, int with_formula)
{
    fj_activation *a = calloc(1, sizeof *a);
    fj_user *user = calloc(1, sizeof *user);
    char *copy = malloc(length + 1);
    fj_formula *formula = with_formula ? calloc(1, sizeof *formula) : NULL;
    if (!a || !user || !copy || (with_formula && !formula)) {
        free(a);
        free(user);
        free(copy);
        free(formula);
        return NULL;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    user->name = copy;
    user->formula = formula;
    user->kind.scale = scale_own;
    a->user = user;
    a->kind = &user->kind;
    a->parameter[0] = 1;
    return a;
}

/* "kinks=1,2.5": into kink; the numbers end at the end of text. */
static fj_status kinks_read(const char *text, double *kink, size_t *count, fj_detail *detail)
{
    static const char KEY[] = "kinks=";
    while (isspace((unsigned char)*text))
        text++;
    if (strncmp(text, KEY, sizeof KEY - 1) != 0)
        return fj_fail(detail, FJ_UNKNOWN,
                       "after ';' stands kinks=K,.. (where phi' jumps), not '%.40s'", text);
    text += sizeof KEY - 1;
    for (;;) {
        char *end;
        double x = strtod(text, &end);
        if (end == text || !isfinite(x))
            return fj_fail(detail, FJ_INVALID, "kinks needs finite numbers, got '%.40s'", text);
        if (*count == DECLARED_MAX)
            return fj_fail(detail, FJ_UNSUPPORTED, "more than %d kinks", DECLARED_MAX);
        kink[(*count)++] = x;
        while (isspace((unsigned char)*end))
            end++;
        if (!*end)
            return FJ_OK;
        if (*end != ',')
            return fj_fail(detail, FJ_INVALID, "kinks needs numbers and commas, got '%.40s'", end);
        text = end + 1;
    }
}

/* 1 if the text would break a line of output, or a terminal. */
static int has_control(const char *text)
{
    for (; *text; text++)
        if (iscntrl((unsigned char)*text))
            return 1;
    return 0;
}

fj_status fj_activation_create_formula(const char *spec, fj_activation **out, fj_detail *detail)
{
    const char *formula = spec + strcspn(spec, ":") + 1;
    size_t length = strcspn(formula, ";"), count = 0, whole = strlen(spec);
    double kink[DECLARED_MAX];
    if (has_control(spec))
        return fj_fail(detail, FJ_INVALID, "the formula must be one line, without tabs");
    while (whole > 0 && spec[whole - 1] == ' ')
        whole--;
    fj_activation *a = user_make(spec, whole, 1);
    if (!a)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for an activation");
    fj_status status = fj_formula_parse(formula, length, a->user->formula, detail);
    if (status == FJ_OK && formula[length])
        status = kinks_read(formula + length + 1, kink, &count, detail);
    if (status == FJ_OK)
        status = fj_shape_find(a, kink, count, detail);
    if (status != FJ_OK) {
        fj_activation_destroy(a);
        return status;
    }
    *out = a;
    return FJ_OK;
}

/* Is slope the derivative of value? At points off the kinks, to what a difference can tell. */
static fj_status slope_check(const fj_activation *a, fj_detail *detail)
{
    const fj_activation_custom *c = &a->user->custom;
    const double step = 1e-5, enough = 1e-4;
    for (double x = -5.3137; x < 5.4; x += 0.4271) {
        double from = c->value(x - step, c->context), to = c->value(x + step, c->context);
        double difference = (to - from) / (2 * step), slope = c->slope(x, c->context);
        double before = c->slope(x - step, c->context), after = c->slope(x + step, c->context);
        double allowed = enough * (fabs(before) + fabs(slope) + fabs(after)) + 1e-9 +
                         1e-10 * (fabs(from) + fabs(to)) + fabs(after - before);
        if (!(fabs(difference - slope) <= allowed))
            return fj_fail(detail, FJ_INVALID,
                           "slope is not the derivative of value: at x = %g it is %g, differences "
                           "of value give %g",
                           x, slope, difference);
    }
    return FJ_OK;
}

fj_status fj_activation_create_custom(const fj_activation_custom *custom, fj_activation **out,
                                      fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the activation (out is NULL)");
    *out = NULL;
    if (!custom || !custom->value || !custom->slope)
        return fj_fail(detail, FJ_INVALID, "value and slope must be given");
    if (!custom->name || !*custom->name || has_control(custom->name))
        return fj_fail(detail, FJ_INVALID, "the name must be one line");
    if (custom->kink_count > DECLARED_MAX || (custom->kink_count && !custom->kinks))
        return fj_fail(detail, FJ_INVALID, "%zu kinks: give at most %d", custom->kink_count,
                       DECLARED_MAX);
    for (size_t i = 0; i < custom->kink_count; i++)
        if (!isfinite(custom->kinks[i]))
            return fj_fail(detail, FJ_INVALID, "kinks[%zu] = %g is not finite", i,
                           custom->kinks[i]);
    fj_activation *a = user_make(custom->name, strlen(custom->name), 0);
    if (!a)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for an activation");
    a->user->custom = *custom;
    fj_status status = fj_shape_find(a, custom->kinks, custom->kink_count, detail);
    if (status == FJ_OK)
        status = slope_check(a, detail);
    if (status == FJ_OK && custom->continuation)
        status = fj_user_continuation_check(a, detail);
    a->user->custom.name = a->user->name;
    a->user->custom.kinks = NULL;
    a->user->custom.kink_count = 0;
    if (status != FJ_OK) {
        a->user->custom.destroy = NULL; /* the context stays the caller's */
        fj_activation_destroy(a);
        return status;
    }
    *out = a;
    return FJ_OK;
}
