/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every unit test shares: running a suite with TAP on stdout, seeded random numbers, comparisons that print what
 * one needs to see. */
#ifndef FJ_TESTS_TAP_H
#define FJ_TESTS_TAP_H

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0: the outcome is in the TAP output. */
static inline int fj_run_tap(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    srunner_free(runner);
    return 0;
}

/* splitmix64 (Steele, Lea, Flood 2014); FJ_TEST_SEED chooses the sequence. */
typedef struct fj_test_random {
    uint64_t seed, state;
} fj_test_random;

static inline fj_test_random fj_test_random_make(void)
{
    const char *text = getenv("FJ_TEST_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : 20171113;
    return (fj_test_random){seed, seed};
}

/* uniform on [from, to) */
static inline double fj_test_uniform(fj_test_random *r, double from, double to)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return from + (to - from) * (double)(z >> 11) * 0x1p-53;
}

/* log-uniform on [from, to) */
static inline double fj_test_loguniform(fj_test_random *r, double from, double to)
{
    return exp(fj_test_uniform(r, log(from), log(to)));
}

/* |got - want| <= tolerance; `what` names the case. */
static inline void fj_assert_within(double got, double want, double tolerance, const char *what)
{
    double ulps = fabs(got - want) / (fabs(want) * DBL_EPSILON + DBL_MIN);
    if (!(fabs(got - want) <= tolerance) && !(got == want))
        ck_abort_msg("%s: got %.17g, want %.17g, off by %.3g (%.3g ulp), allowed %.3g", what, got,
                     want, got - want, ulps, tolerance);
}

/* relative */
static inline void fj_assert_near(double got, double want, double tolerance, const char *what)
{
    fj_assert_within(got, want, tolerance * fabs(want), what);
}

#endif
