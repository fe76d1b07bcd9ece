/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making an activation from its name.
 *
 * 1. Split "NAME:key=value,..." at the colon and find NAME in the table of kinds.
 * 2. Start from the default parameters and overwrite those named; each must be finite and within its bounds.
 * 3. Let the kind lay out where phi' is constant and where it is smooth, and write the canonical name. */
#include "activation_internal.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "detail.h"
#include "user.h"

static const fj_activation_kind *kind_find(const char *name, size_t length)
{
    for (size_t i = 0; i < fj_activation_kinds_count; i++) {
        const char *known = fj_activation_kinds[i]->info.name;
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return fj_activation_kinds[i];
    }
    return NULL;
}

/* Reads one "key=value" of the given length into a's parameters. */
static fj_status parameter_read(fj_activation *a, const char *text, size_t length,
                                fj_detail *detail)
{
    const fj_activation_kind *kind = a->kind;
    const char *equals = memchr(text, '=', length);
    size_t key_length = equals ? (size_t)(equals - text) : length;
    int which = -1;
    for (int i = 0; i < kind->parameters; i++)
        if (strlen(kind->key[i]) == key_length && strncmp(kind->key[i], text, key_length) == 0)
            which = i;
    if (which < 0)
        return fj_fail(detail, FJ_UNKNOWN, "activation %s has no parameter '%.*s'; it takes: %s",
                       kind->info.name, (int)key_length, text,
                       kind->parameters ? kind->info.parameters : "none");
    char value[64] = "";
    size_t value_length = equals ? length - key_length - 1 : 0;
    if (value_length > 0 && value_length < sizeof value)
        memcpy(value, equals + 1, value_length);
    char *end;
    double x = strtod(value, &end);
    if (end == value || *end || !isfinite(x))
        return fj_fail(detail, FJ_INVALID, "activation %s: %s needs a finite number, got '%.*s'",
                       kind->info.name, kind->key[which], (int)value_length,
                       equals ? equals + 1 : "");
    if (x < kind->least[which] || x > kind->most[which])
        return fj_fail(detail, FJ_INVALID, "activation %s: %s = %g lies outside [%g, %g]",
                       kind->info.name, kind->key[which], x, kind->least[which], kind->most[which]);
    a->parameter[which] = x;
    return FJ_OK;
}

/* The shortest decimal that reads back as x. */
static void number_write(char *out, size_t room, double x)
{
    if (x == floor(x) && fabs(x) < 1e15) {
        snprintf(out, room, "%.0f", x);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, room, "%.*g", digits, x);
        if (strtod(out, NULL) == x)
            return;
    }
}

static void name_write(fj_activation *a)
{
    size_t used = (size_t)snprintf(a->name, sizeof a->name, "%s", a->kind->info.name);
    for (int i = 0; i < a->kind->parameters; i++) {
        char number[32];
        number_write(number, sizeof number, a->parameter[i]);
        used += (size_t)snprintf(a->name + used, sizeof a->name - used, "%c%s=%s", i ? ',' : ':',
                                 a->kind->key[i], number);
    }
}

fj_status fj_activation_create(const char *spec, fj_activation **out, fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the activation (out is NULL)");
    *out = NULL;
    if (!spec)
        return fj_fail(detail, FJ_INVALID, "no activation given");
    if (strncmp(spec, "expr:", 5) == 0)
        return fj_activation_create_formula(spec, out, detail);
    size_t name_length = strcspn(spec, ":");
    const fj_activation_kind *kind = kind_find(spec, name_length);
    if (!kind)
        return fj_fail(detail, FJ_UNKNOWN, "no activation is called '%.*s'", (int)name_length,
                       spec);
    fj_activation *a = calloc(1, sizeof *a);
    if (!a)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for an activation");
    a->kind = kind;
    memcpy(a->parameter, kind->initial, sizeof a->parameter);
    fj_status status = FJ_OK;
    const char *rest = spec + name_length;
    while (*rest && status == FJ_OK) {
        rest++;
        size_t length = strcspn(rest, ",");
        status = parameter_read(a, rest, length, detail);
        rest += length;
    }
    if (status != FJ_OK) {
        free(a);
        return status;
    }
    kind->shape(a);
    fj_activation_ranges_find(a);
    name_write(a);
    *out = a;
    return FJ_OK;
}

void fj_activation_destroy(fj_activation *activation)
{
    if (activation)
        fj_user_destroy(activation->user);
    free(activation);
}

size_t fj_activation_count(void)
{
    return fj_activation_kinds_count;
}

fj_status fj_activation_describe(size_t i, fj_activation_info *info)
{
    if (i >= fj_activation_kinds_count || !info)
        return FJ_INVALID;
    *info = fj_activation_kinds[i]->info;
    return FJ_OK;
}

const char *fj_activation_name(const fj_activation *activation)
{
    return activation->user ? activation->user->name : activation->name;
}

double fj_activation_value(const fj_activation *activation, double x)
{
    if (activation->user)
        return (double)fj_user_jet(activation, x).value;
    return activation->kind->value(activation->parameter, x);
}

double fj_activation_slope(const fj_activation *activation, double x)
{
    if (activation->user)
        return (double)fj_user_jet(activation, x).slope;
    return activation->kind->slope(activation->parameter, x);
}

double fj_activation_curvature(const fj_activation *activation, double x)
{
    if (activation->user)
        return (double)fj_user_jet(activation, x).curvature;
    return activation->kind->curvature(activation->parameter, x);
}

void fj_activation_derivatives(const fj_activation *activation, double x, double *value,
                               double *slope, double *curvature)
{
    if (activation->user) {
        const fj_jet jet = fj_user_jet(activation, x);
        if (value)
            *value = (double)jet.value;
        *slope = (double)jet.slope;
        *curvature = (double)jet.curvature;
        return;
    }
    if (value)
        *value = fj_activation_value(activation, x);
    *slope = fj_activation_slope(activation, x);
    *curvature = fj_activation_curvature(activation, x);
}

double fj_activation_log_slope(const fj_activation *activation, double x)
{
    if (activation->user)
        return (double)logl(fabsl(fj_user_jet(activation, x).slope));
    if (activation->kind->log_slope)
        return activation->kind->log_slope(activation->parameter, x);
    return log(fabs(fj_activation_slope(activation, x)));
}

int fj_activation_is_unbounded(const fj_activation *activation)
{
    for (size_t i = 0; i < activation->pieces; i++)
        if (isinf(activation->piece[i].t_most))
            return 1;
    return 0;
}

fj_parity fj_activation_parity(const fj_activation *activation)
{
    if (activation->user)
        return activation->user->parity;
    /* leaky-relu with slope 1, the one case where a parameter makes the parity */
    if (activation->pieces == 0 && activation->flats == 1)
        return FJ_PARITY_ODD;
    return activation->kind->info.parity;
}

size_t fj_activation_kinks(const fj_activation *activation, double *x, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < activation->flats; i++)
        if (isfinite(activation->flat[i].to)) {
            if (found < n)
                x[found] = activation->flat[i].to;
            found++;
        }
    for (size_t i = 0; i < activation->pieces; i++)
        if (isfinite(activation->piece[i].to)) {
            size_t at = found; /* keep them ascending */
            while (at > 0 && at <= n && x[at - 1] > activation->piece[i].to) {
                if (at < n)
                    x[at] = x[at - 1];
                at--;
            }
            if (at < n)
                x[at] = activation->piece[i].to;
            found++;
        }
    return found;
}

int fj_activation_is_homogeneous(const fj_activation *activation)
{
    return activation->kind->homogeneous;
}
