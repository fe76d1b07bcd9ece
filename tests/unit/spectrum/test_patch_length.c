/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long patches may be: foretold from series that are too long or too short, held against the series of that length. */
#include "chebyshev.h"
#include "patch_length.h"
#include "patches.h"
#include "../tap.h"

enum { FINE = 63, LAST = FJ_PATCH_DEGREE - 2 };
static const double NOISE = 2e-14;

static double lorentz(double x)
{
    return 1 / (1 + x * x);
}

static double root(double x)
{
    return sqrt(1 + x * x) + x;
}

static double logarithm(double x)
{
    return log(1 + x * x) - 3 * x;
}

/* singularities at 0.5 +- i, off the middle */
static double aside(double x)
{
    return lorentz(x - 0.5);
}

static double (*const functions[])(double) = {lorentz, root, logarithm, aside};

/* The first coefficients of f on [-half, half], from twice as many as are looked at. */
static void series(double (*f)(double), double half, double *c)
{
    double value[FINE + 1];
    for (size_t j = 0; j <= FINE; j++)
        value[j] = f(half * fj_chebyshev_point(j, FINE));
    fj_chebyshev_fit(value, FINE, c);
}

static double tail(const double *c)
{
    return fmax(fabs(c[LAST]), fabs(c[LAST - 1]));
}

/* From lengths as they occur (a patch grows to at most twice its length): somewhat less than what is foretold would do, and a third
 * more would not. */
START_TEST(what_would_do_is_foretold)
{
    double c[FINE + 1];
    for (double half = 0.2; half < 1.6; half *= 1.1) {
        series(functions[_i], half, c);
        const double reach = fj_patch_reach(c, LAST, NOISE), would_do = half * reach;
        ck_assert_msg(half < 1 ? reach > 0.4 : reach < 0.8, "from %g: %g", half, reach);
        series(functions[_i], 0.85 * would_do, c);
        ck_assert_msg(tail(c) < NOISE, "from %g: %g is too long, tail %g", half, would_do, tail(c));
        series(functions[_i], 1.35 * would_do, c);
        ck_assert_msg(tail(c) > NOISE, "from %g: %g is too short", half, would_do);
    }
}
END_TEST

START_TEST(nothing_but_rounding_may_be_any_longer)
{
    const double c[LAST + 1] = {3, 1e-15, -1e-14};
    ck_assert(fj_patch_reach(c, LAST, NOISE) == INFINITY);
    fj_patch_length length = {NAN};
    ck_assert(fj_patch_length_next(&length, 2, INFINITY) > 2);
    ck_assert(fj_patch_length_next(&length, 2, INFINITY) <= 4);
}
END_TEST

/* Rounding of some times the size that was said stops the last coefficients from falling any further, however short the patch: one
 * after another is not to shrink to nothing. */
START_TEST(rounding_that_is_underestimated_is_seen)
{
    fj_patch_length length = {NAN};
    double c[FINE + 1], half = 0.4;
    for (int i = 0; i < 30; i++) {
        series(functions[_i], half, c);
        for (size_t k = 1; k <= LAST; k++)
            c[k] += 4 * NOISE * cos(1.7 * (double)k);
        half = fj_patch_length_next(&length, half, fj_patch_reach(c, LAST, NOISE));
        ck_assert_msg(half > 0.15 && half < 1.5, "patch %d: %g", i, half);
    }
}
END_TEST

/* Singularities that come nearer make the next one shorter than this one could have been; one that is refused becomes shorter,
 * but not by orders. */
START_TEST(lengths_follow_the_trend)
{
    fj_patch_length steady = {NAN}, falling = {NAN};
    (void)fj_patch_length_next(&steady, 1, 1.2);
    (void)fj_patch_length_next(&falling, 2, 1.2);
    const double on = fj_patch_length_next(&steady, 1, 1.2),
                 shorter = fj_patch_length_next(&falling, 1, 1.2);
    ck_assert_msg(on > 1 && on < 1.2, "%g", on);
    ck_assert_msg(shorter < 0.6 * on && shorter >= 0.5 * on, "%g after %g", shorter, on);
    const double misfits[] = {1.01, 100, 1e12, INFINITY, NAN};
    const double reaches[] = {1e-9, 0.5, 0.99, 1, 3, INFINITY, NAN};
    for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++)
        for (size_t k = 0; k < sizeof reaches / sizeof *reaches; k++) {
            const double now = fj_patch_length_shorter(4, reaches[k], misfits[i]);
            ck_assert_msg(now >= 0.8 && now <= 3.2, "misfit %g, reach %g: %g", misfits[i],
                          reaches[k], now);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("patch_length");
    TCase *all = tcase_create("patch_length");
    tcase_add_loop_test(all, what_would_do_is_foretold, 0, sizeof functions / sizeof *functions);
    tcase_add_test(all, nothing_but_rounding_may_be_any_longer);
    tcase_add_loop_test(all, rounding_that_is_underestimated_is_seen, 0,
                        sizeof functions / sizeof *functions);
    tcase_add_test(all, lengths_follow_the_trend);
    suite_add_tcase(suite, all);
    return fj_run_tap(suite);
}
