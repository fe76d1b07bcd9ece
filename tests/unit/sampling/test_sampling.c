/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling as a whole: the same numbers for any number of threads and samples; products that leave the range of double;
 * refusals, cancelling, memory that runs out, OpenBLAS that cannot be loaded. */
#include <freejac/freejac.h>
#include <cblas.h>
#include <dlfcn.h>
#include <string.h>
#include "allocation.h"
#include "loader.h"
#include "sanitizer.h"
#include "statistics.h"
#include "sampling_make.h"

static void assert_same(const fj_samples *a, const fj_samples *b, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        const fj_sample *x = fj_samples_get(a, k), *y = fj_samples_get(b, k);
        ck_assert_uint_eq(x->count, y->count);
        ck_assert(memcmp(x->s, y->s, x->count * sizeof *x->s) == 0);
        ck_assert(memcmp(x->log_s, y->log_s, x->count * sizeof *x->s) == 0);
        ck_assert(memcmp(x->q, y->q, x->layers * sizeof *x->q) == 0);
        ck_assert(memcmp(x->chi, y->chi, x->layers * sizeof *x->chi) == 0);
        ck_assert(x->log_chi == y->log_chi);
    }
}

/* Depth 1 does all samples apart, depth 20 the last ones together. */
START_TEST(threads)
{
    const fj_weights weights = _i % 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    fj_network_run run = run_of(tanh_activation, weights, _i < 2 ? 20 : 1);
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 280;
    options.samples = 4;
    options.threads = 1;
    fj_samples *one = samples_of(&run, &options);
    for (unsigned n = 2; n <= 5; n++) {
        options.threads = n;
        fj_samples *more = samples_of(&run, &options);
        assert_same(one, more, 4);
        fj_samples_destroy(more);
    }
    options.threads = 0;
    options.samples = 1;
    fj_samples *first = samples_of(&run, &options);
    assert_same(one, first, 1);
    const fj_sample *a = fj_samples_get(one, 0), *b = fj_samples_get(one, 1);
    ck_assert(a->s[0] != b->s[0]);
    options.seed = 2;
    fj_samples *other = samples_of(&run, &options);
    ck_assert(fj_samples_get(other, 0)->s[0] != a->s[0]);
    ck_assert(fj_samples_get(one, 4) == NULL);
    fj_samples_destroy(other);
    fj_samples_destroy(first);
    fj_samples_destroy(one);
}
END_TEST

START_TEST(blas_threads_restored)
{
    openblas_set_num_threads(2);
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 2);
    fj_samples *samples = samples_of(&run, NULL);
    ck_assert_int_eq(openblas_get_num_threads(), 2);
    fj_samples_destroy(samples);
}
END_TEST

/* sigma_w^L is a factor of all singular values where phi(c x) = c phi(x), however small or large it is. */
START_TEST(far_from_critical)
{
    static const struct {
        double factor;
        uint64_t depth;
    } far[] = {{1e-3, 600}, {7.5, 600}, {0.5, 1500}, {1e90, 12}, {1e-90, 12}};
    const fj_weights weights = _i % 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    fj_sampling_options options = fj_sampling_options_default();
    fj_activation *leaky;
    ck_assert_int_eq(fj_activation_create("leaky-relu:slope=0.3", &leaky, NULL), FJ_OK);
    options.width = 12;
    for (size_t f = 0; f < sizeof far / sizeof *far; f++) {
        fj_network_run run = {leaky, weights, far[f].depth, 1.2, 0, 1, 1, 1};
        fj_samples *plain = samples_of(&run, &options);
        run.sigma_w *= far[f].factor;
        fj_samples *scaled = samples_of(&run, &options);
        const fj_sample *x = fj_samples_get(plain, 0), *y = fj_samples_get(scaled, 0);
        ck_assert_uint_lt(x->noise, x->count);
        ck_assert_uint_eq(y->noise, x->noise);
        for (size_t i = 0; i < x->count - x->noise; i++) {
            const double log_s = x->log_s[i] + (double)far[f].depth * log(far[f].factor);
            /* rounding of the largest value shows in the smaller ones */
            const double allowed = 1e-12 + 1e-13 * exp(x->log_s[0] - x->log_s[i]);
            fj_assert_within(y->log_s[i], log_s, allowed + 1e-13 * fabs(log_s), "log s");
            if (log_s > 710)
                ck_assert(isinf(y->s[i]));
            else if (log_s < -746)
                ck_assert(y->s[i] == 0);
            else
                fj_assert_near(y->s[i], exp(y->log_s[i]), 1e-11, "s");
        }
        fj_samples_destroy(plain);
        fj_samples_destroy(scaled);
    }
    fj_activation_destroy(leaky);
}
END_TEST

/* Where the sign of h decides and h vanishes nothing is made up: an ELU with a kink, in the ordered phase, very deep. */
START_TEST(state_vanishes)
{
    fj_activation *elu;
    ck_assert_int_eq(fj_activation_create("elu:alpha=0.5", &elu, NULL), FJ_OK);
    fj_network_run run = {elu, FJ_WEIGHTS_ORTHOGONAL, 4000, 0.5, 0, 5, 1, 1};
    const fj_network network = {5, 1, 0, &run};
    fj_samples *samples;
    ck_assert_int_eq(fj_samples_create(&network, NULL, &samples, NULL), FJ_RANGE);
    run.activation = tanh_activation; /* phi'(0) = 1 from both sides */
    ck_assert_int_eq(fj_samples_create(&network, NULL, &samples, NULL), FJ_OK);
    const fj_sample *x = fj_samples_get(samples, 0);
    ck_assert(x->q[x->layers - 1] == 0);
    fj_assert_near(x->log_s[0], 4000 * log(0.5), 1e-3, "log s of the largest");
    fj_samples_destroy(samples);
    fj_activation_destroy(elu);
}
END_TEST

START_TEST(outputs_fewer_than_inputs)
{
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_GAUSSIAN, 1);
    run.width = 7;
    const fj_network network = {10, 1, 0, &run};
    fj_samples *samples = NULL;
    ck_assert_int_eq(fj_samples_create(&network, NULL, &samples, NULL), FJ_OK);
    const fj_sample *x = fj_samples_get(samples, 0);
    ck_assert_uint_eq(x->count, 10);
    ck_assert_uint_eq(x->noise, 0);
    ck_assert_uint_eq(x->zeros, 3);
    for (size_t i = 0; i < 10; i++)
        ck_assert(i < 7 ? x->s[i] > 0 : x->s[i] == 0 && x->log_s[i] == -INFINITY);
    fj_samples_destroy(samples);
}
END_TEST

/* A layer passes on what as many singular values as neurons with phi' != 0 can carry; the others are 0, not rounding. */
START_TEST(dead_neurons)
{
    fj_activation *relu;
    ck_assert_int_eq(fj_activation_create("relu", &relu, NULL), FJ_OK);
    fj_network_run run = run_of(relu, FJ_WEIGHTS_ORTHOGONAL, 1);
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 60;
    for (options.seed = 1; options.seed <= 10; options.seed++) {
        fj_samples *samples = samples_of(&run, &options);
        const fj_sample *x = fj_samples_get(samples, 0);
        const double alive = x->chi[0] / (run.sigma_w * run.sigma_w) * 60;
        ck_assert_uint_eq(x->noise, 0);
        fj_assert_near((double)(x->count - x->zeros), alive, 1e-12, "neurons alive");
        for (size_t i = 0; i < x->count; i++) /* D W, W orthogonal */
            fj_assert_within(x->s[i], (double)i < alive - 0.5 ? run.sigma_w : 0, 1e-14, "s");
        fj_samples_destroy(samples);
    }
    fj_activation_destroy(relu);
}
END_TEST

START_TEST(moments_and_values)
{
    fj_network_run run = run_of(gelu_activation, FJ_WEIGHTS_GAUSSIAN, 3);
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 40;
    options.samples = 3;
    fj_samples *samples = samples_of(&run, &options);
    const double *log_s;
    double m[3], all = 0, expected = 0;
    ck_assert_uint_eq(fj_samples_values(samples, &log_s), 120);
    for (size_t i = 0; i < 120; i++) {
        all += log_s[i];
        ck_assert(i == 0 || log_s[i] >= log_s[i - 1]);
    }
    for (size_t k = 0; k < 3; k++) {
        const fj_sample *x = fj_samples_get(samples, k);
        double sum[3] = {0};
        for (size_t i = 0; i < 40; i++) {
            expected += x->log_s[i];
            for (int j = 0; j < 3; j++)
                sum[j] += pow(x->s[i], 2 * (j + 1)) / 40;
        }
        ck_assert_uint_eq(x->noise, 0);
        ck_assert_int_eq(fj_sample_moments(x, 3, m), FJ_OK);
        for (int j = 0; j < 3; j++)
            fj_assert_near(m[j], sum[j], 1e-12, "moment");
    }
    fj_assert_near(all, expected, 1e-12, "sum of all logarithms");
    fj_samples_destroy(samples);
    run.sigma_w = 1e60; /* lambda is about 1e240 */
    run.count = 2;
    samples = samples_of(&run, &options);
    ck_assert_int_eq(fj_sample_moments(fj_samples_get(samples, 0), 3, m), FJ_RANGE);
    ck_assert(m[0] > 1e230 && isfinite(m[0]) && isinf(m[1]) && isinf(m[2]));
    fj_samples_destroy(samples);
}
END_TEST

START_TEST(layers_listed)
{
    static const uint64_t depths[] = {1, 3, 1000, 1001, 2500};
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 2;
    for (size_t d = 0; d < 5; d++) {
        fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, depths[d]);
        fj_samples *samples = samples_of(&run, &options);
        const uint64_t *layer;
        const size_t n = fj_samples_layers(samples, &layer);
        ck_assert_uint_eq(n, depths[d] < 1000 ? depths[d] : 1000);
        ck_assert_uint_eq(layer[0], 1);
        ck_assert_uint_eq(layer[n - 1], depths[d]);
        for (size_t i = 1; i < n; i++)
            ck_assert_uint_gt(layer[i], layer[i - 1]);
        for (size_t i = 0; i < n; i++)
            ck_assert(fj_samples_get(samples, 0)->q[i] > 0);
        fj_samples_destroy(samples);
    }
}
END_TEST

START_TEST(refusals)
{
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 3);
    fj_network network = {1, 1, 0, &run}, empty = {1, 0, 0, NULL};
    const fj_sampling_options standard = fj_sampling_options_default();
    fj_sampling_options options = standard;
    ck_assert_int_eq(fj_samples_create(&network, NULL, NULL, NULL), FJ_INVALID);
    refuse(NULL, NULL, FJ_INVALID, "no network");
    refuse(&empty, NULL, FJ_INVALID, "no network");
    options.samples = 0;
    refuse(&network, &options, FJ_INVALID, "samples = 0");
    options = standard;
    options.width = 2.5;
    refuse(&network, &options, FJ_INVALID, "2.5 neurons");
    options.width = -3;
    refuse(&network, &options, FJ_INVALID, "width = -3");
    options.width = NAN;
    refuse(&network, &options, FJ_INVALID, "width = ");
    options.width = 1e7;
    refuse(&network, &options, FJ_UNSUPPORTED, "10000000 neurons");
    options.width = 1e5;
    options.memory = 1e9;
    refuse(&network, &options, FJ_NO_MEMORY, "width 100000 needs 1");
    options = standard;
    options.memory = -1;
    refuse(&network, &options, FJ_INVALID, "memory = -1");
    options = standard;
    options.input = (fj_input)17;
    refuse(&network, &options, FJ_INVALID, "input");
    options.input = FJ_INPUT_CIFAR10;
    refuse(&network, &options, FJ_INVALID, "directory");
    options.directory = "/nonexistent";
    refuse(&network, &options, FJ_UNREADABLE, "/nonexistent");
    options.width = 3073;
    refuse(&network, &options, FJ_UNSUPPORTED, "3072");
    run.sigma_b = 0.7;
    refuse(&network, NULL, FJ_INFEASIBLE, "sigma_b^2 = 0.49");
    run.sigma_b = sqrt(run.q); /* the input is then 0 */
    fj_samples *samples;
    ck_assert_int_eq(fj_samples_create(&network, NULL, &samples, NULL), FJ_OK);
    fj_samples_destroy(samples);
    run.count = UINT64_C(2000000000000000);
    refuse(&network, NULL, FJ_UNSUPPORTED, "layers");
    run = (fj_network_run){gelu_activation, FJ_WEIGHTS_ORTHOGONAL, 20, 1e40, 0, 1, 1, 1};
    options = standard;
    options.width = 8;
    refuse(&network, &options, FJ_RANGE, "sample 0");
}
END_TEST

/* A network is a plain value: widths in any unit. */
START_TEST(widths_by_ratio)
{
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 3);
    run.width = 0.15;
    fj_network network = {0.1, 1, 0, &run};
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 20;
    fj_samples *samples, *plain;
    ck_assert_int_eq(fj_samples_create(&network, &options, &samples, NULL), FJ_OK);
    run.width = 30;
    network.width = 20;
    ck_assert_int_eq(fj_samples_create(&network, NULL, &plain, NULL), FJ_OK);
    assert_same(samples, plain, 1);
    ck_assert_uint_eq(fj_samples_get(plain, 0)->count, 20);
    fj_samples_destroy(samples);
    fj_samples_destroy(plain);
}
END_TEST

typedef struct watched {
    size_t last, count, stop_at;
} watched;

static int watch(void *context, size_t done, size_t count)
{
    watched *w = context;
    ck_assert_uint_gt(done, w->last);
    ck_assert_uint_le(done, count);
    w->last = done;
    w->count = count;
    return done >= w->stop_at;
}

START_TEST(progress_and_cancel)
{
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 10);
    const fj_network network = {1, 1, 0, &run};
    fj_sampling_options options = fj_sampling_options_default();
    watched w = {0, 0, SIZE_MAX};
    options.width = 20;
    options.samples = 5;
    options.threads = 1;
    options.progress = watch;
    options.progress_context = &w;
    fj_samples *samples = samples_of(&run, &options);
    ck_assert_uint_eq(w.last, w.count);
    fj_samples_destroy(samples);
    for (unsigned n = 1; n <= 3; n++)
        for (size_t at = 1; at < w.count; at += 13) {
            watched stop = {0, 0, at};
            options.progress_context = &stop;
            options.threads = n;
            if (n > 1)
                stop.stop_at = 1; /* how much the calling thread gets to do is not known */
            fj_status status = fj_samples_create(&network, &options, &samples, NULL);
            ck_assert(status == FJ_CANCELLED || (n > 1 && stop.last == 0));
            ck_assert(n > 1 || stop.last == at || stop.last <= at + 3);
            fj_samples_destroy(samples);
        }
}
END_TEST

START_TEST(memory_runs_out)
{
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_GAUSSIAN, 2);
    const fj_network network = {1, 1, 0, &run};
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 10;
    options.samples = 2;
    options.threads = 2;
    int refused = 0;
    for (long k = 0; k < 200; k++) {
        fj_samples *samples = (fj_samples *)&samples;
        fj_detail detail = {""};
        allocations_left = k;
        fj_status status = fj_samples_create(&network, &options, &samples, &detail);
        allocations_left = -1;
        if (status == FJ_OK) {
            fj_samples_destroy(samples);
            break;
        }
        ck_assert_int_eq(status, FJ_NO_MEMORY);
        ck_assert_ptr_null(samples);
        ck_assert(detail.text[0] != '\0');
        refused++;
    }
    ck_assert_int_ge(refused, 30);
    ck_assert_int_lt(refused, 200);
}
END_TEST

START_TEST(openblas_missing)
{
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 2);
    const fj_network network = {20, 1, 0, &run};
    run.width = 20;
    library_missing = 1;
    refuse(&network, NULL, FJ_UNREADABLE, "OpenBLAS cannot be loaded: libnot-there");
    library_missing = 0;
    function_missing = "dgesdd";
    refuse(&network, NULL, FJ_UNREADABLE, "not_there");
    function_missing = NULL; /* and then it is there after all */
    fj_samples *samples;
    ck_assert_int_eq(fj_samples_create(&network, NULL, &samples, NULL), FJ_OK);
    fj_samples_destroy(samples);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sampling");
    TCase *tc = tcase_create("sampling");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, threads, 0, 4);
    tcase_add_test(tc, blas_threads_restored);
    tcase_add_loop_test(tc, far_from_critical, 0, 2);
    tcase_add_test(tc, state_vanishes);
    tcase_add_test(tc, outputs_fewer_than_inputs);
    tcase_add_test(tc, dead_neurons);
    tcase_add_test(tc, moments_and_values);
    tcase_add_test(tc, layers_listed);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, openblas_missing);
    tcase_add_test(tc, widths_by_ratio);
    tcase_add_test(tc, progress_and_cancel);
    tcase_add_test(tc, memory_runs_out);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
