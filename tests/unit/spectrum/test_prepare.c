/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws prepared for many points: their series against the points they are made to spare, on random laws; that they cover what
 * they should; memory that fails. */
#include "patches.h"
#include <freejac/freejac.h>
#include "../allocation.h"
#include "../sample.h"

enum { POINTS = 60 };

/* A law of identical layers; the activation is the caller's too. */
static fj_spectrum *random_law(int i, fj_activation **a, char *what, size_t room)
{
    static const uint64_t depths[] = {1, 2, 3, 10, 64, 200, 5000, 1000000};
    fj_test_random r = fj_test_random_make();
    char spec[96];
    r.state += 0x9e3779b97f4a7c15u * 211 * (uint64_t)(i + 1);
    const size_t kind = (size_t)fj_test_uniform(&r, 0, (double)fj_activation_count());
    fj_test_spec(&r, kind, spec, sizeof spec);
    *a = fj_test_make(spec);
    const fj_weights weights =
        fj_test_uniform(&r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    const uint64_t depth = depths[(size_t)fj_test_uniform(&r, 0, 8)];
    fj_network_run net = fj_test_network(*a, weights, depth, fj_test_loguniform(&r, 1e-3, 10));
    fj_test_network_name(&net, what, room);
    return fj_test_spectrum(&net);
}

/* Places over the support, towards its edges, and down the tail. */
static size_t places_choose(const fj_spectrum *law, double *log_s)
{
    const fj_spectrum_interval *interval;
    const size_t intervals = fj_spectrum_intervals(law, &interval);
    size_t n = 0;
    for (size_t k = 0; k < intervals && k < 3; k++) {
        const double high = fmin(interval[k].log_s_max, 300),
                     low = fmax(interval[k].log_s_min, high - 20);
        for (int i = 0; i < POINTS / 3; i++)
            log_s[n++] = low + (high - low) * (1 - cos(M_PI * (i + 0.5) / (POINTS / 3))) / 2;
    }
    return n;
}

START_TEST(series_and_points_agree)
{
    fj_activation *a;
    char what[160];
    double log_s[POINTS];
    fj_spectrum_point solved[POINTS], read[POINTS];
    fj_spectrum *law = random_law(_i, &a, what, sizeof what);
    const size_t n = places_choose(law, log_s);
    (void)fj_spectrum_eval_log(law, log_s, n, solved);
    ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
    (void)fj_spectrum_eval_log(law, log_s, n, read);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(solved[i].status != FJ_OK || read[i].status == FJ_OK, "%s at log s = %.17g",
                      what, log_s[i]);
        if (solved[i].status != FJ_OK)
            continue;
        const double error = solved[i].error + read[i].error;
        fj_assert_near(read[i].density_log10, solved[i].density_log10, error, what);
        if (error < 1e-11) /* nothing but rounding is known to be at work: to rounding, nearly */
            fj_assert_near(read[i].density_log10, solved[i].density_log10, error / 2, what);
        fj_assert_within(read[i].cdf, solved[i].cdf, 1e-13 + error * solved[i].density_log10, what);
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(quantiles_agree)
{
    fj_activation *a;
    char what[160];
    fj_spectrum *law = random_law(_i, &a, what, sizeof what);
    double before[9], after;
    fj_status status[9];
    for (int i = 0; i < 9; i++)
        status[i] = fj_spectrum_quantile(law, 0.1 * (i + 1), &before[i]);
    ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
    for (int i = 0; i < 9; i++) {
        if (status[i] != FJ_OK)
            continue;
        ck_assert_int_eq(fj_spectrum_quantile(law, 0.1 * (i + 1), &after), FJ_OK);
        if (isfinite(before[i]))
            fj_assert_within(after, before[i], 1e-9 * (1 + fabs(before[i])), what);
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Between the quantiles 0.001 and 0.999 nearly all is read from series; with F(s) = p at each of them. */
static const struct {
    const char *activation;
    fj_weights weights;
    uint64_t depth;
    double q;
} covered[] = {
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 200, 0.025},
    {"tanh", FJ_WEIGHTS_GAUSSIAN, 10, 0.5},
    {"erf", FJ_WEIGHTS_ORTHOGONAL, 10, 0.3},
    {"relu", FJ_WEIGHTS_GAUSSIAN, 50, 1},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 5, 1},
    {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 20, 0.5},
    {"elu", FJ_WEIGHTS_GAUSSIAN, 10, 0.5},
    {"selu", FJ_WEIGHTS_ORTHOGONAL, 200, 0.5},
    {"gelu", FJ_WEIGHTS_ORTHOGONAL, 10, 0.5},
    {"gelu", FJ_WEIGHTS_ORTHOGONAL, 1000000,
     0.5}, /* F is known to the rounding of 10^6 potentials */
    {"silu", FJ_WEIGHTS_GAUSSIAN, 10, 0.5},
    {"softsign", FJ_WEIGHTS_GAUSSIAN, 10, 0.1},
    {"expr:x*tanh(log(1+exp(x)))", FJ_WEIGHTS_ORTHOGONAL, 10, 0.5},
};

START_TEST(series_cover_the_law)
{
    fj_activation *a = fj_test_make(covered[_i].activation);
    fj_network_run net = fj_test_network(a, covered[_i].weights, covered[_i].depth, covered[_i].q);
    char what[160];
    fj_test_network_name(&net, what, sizeof what);
    fj_spectrum *law = fj_test_spectrum(&net);
    ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
    int read = 0, asked = 0;
    for (double p = 0.001; p < 1; p += 0.002) {
        double log_s;
        fj_law_point at = {0, 0, 0, FJ_NO_CONVERGENCE};
        ck_assert_int_eq(fj_spectrum_quantile(law, p, &log_s), FJ_OK);
        for (size_t k = 0; k < law->branches; k++) {
            const fj_branch *b = &law->branch[k];
            if (!(2 * log_s > b->big_x_low && 2 * log_s < b->big_x_high))
                continue;
            ck_assert_msg(b->series != NULL, "%s: no series", what);
            fj_patches_point(b->series, 2 * log_s, b->cdf_low, b->cdf_high, &at);
            asked++;
            read += at.status == FJ_OK;
            if (at.status == FJ_OK)
                fj_assert_within(at.cdf, p, 1e-10, what);
        }
    }
    ck_assert_msg(asked > 200 && read > 0.97 * asked, "%s: %d of %d", what, read, asked);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(nothing_to_prepare)
{
    fj_activation *a = fj_test_make("tanh");
    fj_network_run net = fj_test_network(a, FJ_WEIGHTS_ORTHOGONAL, 1, 0.1);
    fj_spectrum *one = fj_test_spectrum(&net), *limit = NULL;
    ck_assert_int_eq(fj_limit_create(FJ_LIMIT_SMOOTH, 0.5, &limit, NULL), FJ_OK);
    ck_assert_int_eq(fj_spectrum_prepare(NULL), FJ_INVALID);
    ck_assert_int_eq(fj_spectrum_prepare(one), FJ_OK);
    ck_assert_int_eq(fj_spectrum_prepare(limit), FJ_OK);
    ck_assert(one->branch[0].series == NULL && limit->branch[0].series == NULL);
    fj_spectrum_destroy(limit);
    fj_spectrum_destroy(one);
    fj_activation_destroy(a);
}
END_TEST

/* The law is as good as before; a second call finishes what the first could not. */
START_TEST(memory_that_fails)
{
    fj_activation *a = fj_test_make("tanh");
    fj_network_run net = fj_test_network(a, FJ_WEIGHTS_GAUSSIAN, 10, 0.3);
    const double s[3] = {0.3, 1, 1.7};
    long k = 0;
    for (; k < 50; k++) {
        fj_spectrum *law = fj_test_spectrum(&net);
        fj_spectrum_point before[3], after[3];
        ck_assert_int_eq(fj_spectrum_eval(law, s, 3, before), FJ_OK);
        allocations_left = k;
        const fj_status status = fj_spectrum_prepare(law);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || status == FJ_NO_MEMORY, "allocation %ld", k);
        ck_assert_int_eq(fj_spectrum_eval(law, s, 3, after), FJ_OK);
        for (int i = 0; i < 3; i++)
            fj_assert_near(after[i].density, before[i].density, 1e-12, "density");
        ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
        const fj_patches *series = law->branch[0].series;
        ck_assert(series != NULL);
        ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
        ck_assert(law->branch[0].series == series); /* once */
        fj_spectrum_destroy(law);
        if (status == FJ_OK)
            break;
    }
    ck_assert_msg(k >= 2 && k < 50, "%ld allocations", k);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prepare");
    TCase *tcase = tcase_create("prepare");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, series_and_points_agree, 0, fj_test_times(60));
    tcase_add_loop_test(tcase, quantiles_agree, 0, fj_test_times(20));
    tcase_add_loop_test(tcase, series_cover_the_law, 0, sizeof covered / sizeof *covered);
    tcase_add_test(tcase, nothing_to_prepare);
    tcase_add_test(tcase, memory_that_fails);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
