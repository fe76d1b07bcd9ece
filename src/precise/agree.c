/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may be called established, and its text.
 *
 * 1. Numbers are computed in two runs, which differ in bits, in the number of nodes and in where the panels stand. One
 *    counts when both agree relatively beyond the digits wanted; of the better run that many are printed.
 * 2. What agrees less has lost digits: as many as both runs aimed at beyond those that agree. The next pair aims at so
 *    many more. Where nothing agrees, or the computation itself asks for more, the digits double.
 * 3. Levels are few and end at a few times the first: then the number is not established, and says so.
 */
#include "precise_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Agreement asked for beyond the digits printed. */
static const double SPARE_DIGITS = 2;
/* How far levels go: this many times the first, or so many digits more. */
static const double MOST_TIMES = 2.5, MOST_MORE = 420;

/* Relative digits that a and b share; infinity where they are equal. */
static double digits_shared(const mpfr_t a, const mpfr_t b)
{
    if (mpfr_equal_p(a, b) || (mpfr_nan_p(a) && mpfr_nan_p(b)))
        return INFINITY;
    if (!mpfr_number_p(a) || !mpfr_number_p(b) || mpfr_zero_p(b))
        return 0;
    mpfr_t d;
    mpfr_init2(d, 64);
    mpfr_sub(d, a, b, MPFR_RNDN);
    mpfr_div(d, d, b, MPFR_RNDN);
    mpfr_abs(d, d, MPFR_RNDN);
    mpfr_log10(d, d, MPFR_RNDN);
    const double shared = -mpfr_get_d(d, MPFR_RNDN);
    mpfr_clear(d);
    return shared;
}

/* Scientific notation, whatever the locale. */
fj_status fj_precise_text(fj_precise_number *number, const mpfr_t x, unsigned digits)
{
    number->text = NULL;
    number->status = FJ_OK;
    if (mpfr_nan_p(x) || mpfr_inf_p(x))
        return number->status = FJ_RANGE;
    if (mpfr_zero_p(x)) {
        number->text = strdup("0");
        return number->status = number->text ? FJ_OK : FJ_NO_MEMORY;
    }
    const size_t room = digits + 32;
    mpfr_exp_t exponent;
    /* one digit alone cannot be asked for: round twice, to two and then by hand */
    char *figures = mpfr_get_str(NULL, &exponent, 10, digits, x, MPFR_RNDN);
    number->text = malloc(room);
    if (!figures || !number->text) {
        number->status = FJ_NO_MEMORY;
    } else {
        const char *p = figures + (*figures == '-');
        snprintf(number->text, room, "%s%c%s%se%+03lld", *figures == '-' ? "-" : "", *p,
                 digits > 1 ? "." : "", p + 1, (long long)exponent - 1);
    }
    mpfr_free_str(figures);
    return number->status;
}

/* The pair of runs of a level computes; the shared digits of what is not yet settled, at least. */
static fj_status compare_level(fj_precise_desk *desk, int level, fj_precise_compute *compute,
                               void *context, size_t n, mpfr_t *value, fj_precise_number **out,
                               double *shared)
{
    fj_precise_run *pair;
    *shared = 0;
    fj_status status = fj_precise_desk_pair(desk, level, &pair);
    for (int which = 0; which < 2 && status == FJ_OK; which++) {
        for (size_t i = 0; i < n; i++) {
            mpfr_set_prec(value[which * n + i], pair[which].rule.plan.prec);
            mpfr_set_nan(value[which * n + i]);
        }
        status = compute(context, desk, &pair[which], value + which * n);
        if (pair[which].law->status != FJ_OK) {
            status = pair[which].law->status;
            pair[which].law->status = FJ_OK;
        }
        fj_precise_law_trim(pair[which].law);
    }
    if (status != FJ_OK)
        return status;
    *shared = INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (out[i]->status != FJ_NO_CONVERGENCE)
            continue;
        const double digits = digits_shared(value[i], value[n + i]);
        if (digits < desk->problem->digits + SPARE_DIGITS)
            *shared = fmin(*shared, digits);
        else if (fj_precise_text(out[i], value[n + i], desk->problem->digits) == FJ_NO_MEMORY)
            return FJ_NO_MEMORY;
    }
    return FJ_OK;
}

/* The next level worth trying after `shared` digits at this one. */
static int next_level(const fj_precise_problem *problem, int level, double shared)
{
    const double aimed = fj_precise_level_digits(problem, level);
    double wanted = problem->digits + SPARE_DIGITS + fmax(0, aimed - shared) * 1.05 + 4;
    if (shared <= 0)
        wanted = 2 * aimed;
    do
        level++;
    while (level < FJ_PRECISE_LEVELS && fj_precise_level_digits(problem, level) < wanted);
    return level;
}

fj_status fj_precise_establish(fj_precise_desk *desk, fj_precise_compute *compute, void *context,
                               size_t n, fj_precise_number **out)
{
    const double first = fj_precise_level_digits(desk->problem, 0);
    const double most = fmax(MOST_TIMES * first, first + MOST_MORE);
    mpfr_t *value = fj_precise_array(2 * n, 64);
    for (size_t i = 0; i < n; i++)
        *out[i] = (fj_precise_number){NULL, FJ_NO_CONVERGENCE};
    if (!value)
        return FJ_NO_MEMORY;
    fj_status status = FJ_OK;
    for (int level = 0; level < FJ_PRECISE_LEVELS;) {
        double shared;
        if (level > 0 && fj_precise_level_digits(desk->problem, level) > most)
            break;
        status = compare_level(desk, level, compute, context, n, value, out, &shared);
        if ((status != FJ_OK && status != FJ_NO_CONVERGENCE) || isinf(shared))
            break;
        level = next_level(desk->problem, level, shared);
    }
    fj_precise_array_free(value, 2 * n);
    desk->quick.law->status = FJ_OK;
    fj_precise_law_trim(desk->quick.law);
    return status == FJ_NO_CONVERGENCE ? FJ_OK : status;
}

void fj_precise_numbers_clear(fj_precise_number *number, size_t n)
{
    for (size_t i = 0; number && i < n; i++) {
        free(number[i].text);
        number[i] = (fj_precise_number){NULL, FJ_OK};
    }
}
