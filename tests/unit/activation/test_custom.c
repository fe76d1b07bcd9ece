/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activations by callbacks: the same as formulas and built-in ones; wrong arguments; memory that runs out; threads. */
#include <freejac/freejac.h>
#include <pthread.h>
#include <string.h>
#include "allocation.h"
#include "sample.h"

typedef struct context {
    double a;
    int destroyed;
} context;

static double tanh_value(double x, void *c)
{
    return tanh(((context *)c)->a * x);
}

static double tanh_slope(double x, void *c)
{
    double a = ((context *)c)->a;
    return a / (cosh(a * x) * cosh(a * x));
}

static double tanh_curvature(double x, void *c)
{
    return -2 * ((context *)c)->a * tanh_value(x, c) * tanh_slope(x, c);
}

static double elu_value(double x, void *c)
{
    (void)c;
    return x > 0 ? x : 0.5 * expm1(x);
}

static double elu_slope(double x, void *c)
{
    (void)c;
    return x >= 0 ? 1 : 0.5 * exp(x);
}

static double step_value(double x, void *c)
{
    (void)c;
    return x >= 0.3;
}

static double zero(double x, void *c)
{
    (void)c, (void)x;
    return 0;
}

static double nothing(double x, void *c)
{
    (void)c, (void)x;
    return NAN;
}

static void destroy(void *c)
{
    ((context *)c)->destroyed++;
}

static void same_law(const fj_activation *one, const fj_activation *two, double q, double tolerance)
{
    for (int k = 0; k < 6; k++) {
        const uint64_t depths[] = {1, 3, 40};
        fj_weights weights = k % 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
        fj_network_run n1 = fj_test_network(one, weights, depths[k / 2], q);
        fj_network_run n2 = fj_test_network(two, weights, depths[k / 2], q);
        char what[160];
        fj_test_network_name(&n2, what, sizeof what);
        fj_spectrum *s1 = fj_test_spectrum(&n1), *s2 = fj_test_spectrum(&n2);
        fj_assert_near(fj_spectrum_variance(s2), fj_spectrum_variance(s1), tolerance, what);
        for (double p = 0.05; p < 1; p += 0.1) {
            double x1, x2;
            ck_assert_int_eq(fj_spectrum_quantile(s1, p, &x1), fj_spectrum_quantile(s2, p, &x2));
            fj_assert_within(x2, x1, tolerance * (1 + fabs(x1)), what);
            fj_spectrum_point a, b;
            x1 += 1e-3;
            if (!isfinite(x1) || fj_spectrum_eval_log(s1, &x1, 1, &a) != FJ_OK)
                continue;
            ck_assert_int_eq(fj_spectrum_eval_log(s2, &x1, 1, &b), FJ_OK);
            fj_assert_within(b.density_log10, a.density_log10, tolerance * a.density_log10, what);
            fj_assert_within(b.cdf, a.cdf, tolerance, what);
        }
        fj_spectrum_destroy(s1);
        fj_spectrum_destroy(s2);
    }
}

START_TEST(smooth_callbacks)
{
    context c = {1, 0};
    char name[] = "my tanh";
    fj_activation_custom custom = {.name = name,
                                   .value = tanh_value,
                                   .slope = tanh_slope,
                                   .curvature = _i ? tanh_curvature : NULL,
                                   .context = &c,
                                   .destroy = destroy};
    fj_activation *a, *built_in = fj_test_make("tanh");
    fj_detail detail = {""};
    ck_assert_msg(fj_activation_create_custom(&custom, &a, &detail) == FJ_OK, "%s", detail.text);
    name[0] = '?'; /* copied */
    ck_assert_str_eq(fj_activation_name(a), "my tanh");
    ck_assert_int_eq(fj_activation_parity(a), FJ_PARITY_ODD);
    for (double x = -5; x < 5; x += 0.37)
        fj_assert_within(fj_activation_curvature(a, x), fj_activation_curvature(built_in, x), 1e-11,
                         "phi''");
    same_law(built_in, a, 0.3, 1e-10);
    same_law(built_in, a, 2.1, 1e-10);
    ck_assert_int_eq(c.destroyed, 0);
    fj_activation_destroy(a);
    fj_activation_destroy(built_in);
    ck_assert_int_eq(c.destroyed, 1);
}
END_TEST

/* With the kink declared, and left to be found. */
START_TEST(kinked_callbacks)
{
    const double kink = 0;
    fj_activation_custom custom = {.name = "elu",
                                   .value = elu_value,
                                   .slope = elu_slope,
                                   .kinks = &kink,
                                   .kink_count = (size_t)_i};
    fj_activation *a, *built_in = fj_test_make("elu:alpha=0.5");
    fj_detail detail = {""};
    double x;
    ck_assert_msg(fj_activation_create_custom(&custom, &a, &detail) == FJ_OK, "%s", detail.text);
    ck_assert_uint_eq(fj_activation_kinks(a, &x, 1), 1);
    ck_assert(x == 0);
    for (x = -3; x < 3; x += 0.37)
        fj_assert_within(fj_activation_curvature(a, x), fj_activation_curvature(built_in, x), 1e-11,
                         "phi''");
    same_law(built_in, a, 0.8, 1e-10);
    fj_activation_destroy(a);
    fj_activation_destroy(built_in);
}
END_TEST

static void refused(fj_activation_custom custom, fj_status status, const char *words)
{
    context c = {1, 0};
    fj_activation *a = (fj_activation *)&a;
    fj_detail detail = {""};
    custom.context = &c;
    custom.destroy = destroy;
    ck_assert_msg(fj_activation_create_custom(&custom, &a, &detail) == status, "%s: %s", words,
                  detail.text);
    ck_assert_msg(!a && strstr(detail.text, words), "%s: %s", words, detail.text);
    ck_assert_int_eq(c.destroyed, 0); /* the context stays the caller's */
}

START_TEST(wrong_callbacks)
{
    const double bad = INFINITY;
    const fj_activation_custom good = {.name = "t", .value = tanh_value, .slope = tanh_slope};
    fj_activation_custom c = good;
    fj_activation *a;
    ck_assert_int_eq(fj_activation_create_custom(NULL, &a, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_activation_create_custom(&good, NULL, NULL), FJ_INVALID);
    c.value = NULL;
    refused(c, FJ_INVALID, "value and slope");
    c = good, c.slope = NULL;
    refused(c, FJ_INVALID, "value and slope");
    c = good, c.name = NULL;
    refused(c, FJ_INVALID, "name");
    c.name = "a\nb";
    refused(c, FJ_INVALID, "name");
    c = good, c.kinks = &bad, c.kink_count = 1;
    refused(c, FJ_INVALID, "kinks[0]");
    c.kinks = NULL;
    refused(c, FJ_INVALID, "1 kinks");
    c = good, c.slope = elu_slope;
    refused(c, FJ_INVALID, "slope is not the derivative");
    c = good, c.value = nothing;
    refused(c, FJ_UNSUPPORTED, "not a finite number");
    c = good, c.value = c.slope = zero;
    refused(c, FJ_UNSUPPORTED, "constant");
    const double at = 0.3;
    c = good, c.value = step_value, c.slope = elu_slope, c.kinks = &at, c.kink_count = 1;
    refused(c, FJ_UNSUPPORTED, "jumps at x = 0.3");
}
END_TEST

/* tanh', from exp(-2z), to the right of the imaginary axis and by symmetry to its left */
static void tanh_continued(double re, double im, double at, double out[2], void *c)
{
    (void)c, (void)at;
    const double size = exp(-2 * fabs(re)), turn = re < 0 ? 2 * im : -2 * im;
    const double a = 1 + size * cos(turn), b = size * sin(turn); /* 4 e/(1 + e)^2 */
    const double x = a * a - b * b, y = 2 * a * b, square = x * x + y * y;
    out[0] = 4 * size * (cos(turn) * x + sin(turn) * y) / square;
    out[1] = 4 * size * (sin(turn) * x - cos(turn) * y) / square;
}

static void real_part_only(double re, double im, double at, double out[2], void *c)
{
    tanh_continued(re, im, at, out, c);
    out[1] = 0;
}

static void conjugate(double re, double im, double at, double out[2], void *c)
{
    tanh_continued(re, -im, at, out, c);
}

static void one_sided(double re, double im, double at, double out[2], void *c)
{
    tanh_continued(re, fabs(im), at, out, c);
}

static void off_by_little(double re, double im, double at, double out[2], void *c)
{
    tanh_continued(re, im, at, out, c);
    out[0] += 1e-7;
}

static void no_number(double re, double im, double at, double out[2], void *c)
{
    tanh_continued(re, im, at, out, c);
    out[0] = im == 0 ? out[0] : NAN;
}

START_TEST(wrong_continuations)
{
    static const struct {
        void (*continuation)(double re, double im, double at, double out[2], void *context);
        const char *words;
    } wrong[] = {{real_part_only, "not analytic"},
                 {conjugate, "not analytic"},
                 {one_sided, "not analytic"},
                 {off_by_little, "not slope on the real axis"},
                 {no_number, "not analytic"}};
    fj_activation_custom c = {.name = "t", .value = tanh_value, .slope = tanh_slope};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        c.continuation = wrong[i].continuation;
        refused(c, FJ_INVALID, wrong[i].words);
    }
}
END_TEST

static void elu_continued(double re, double im, double at, double out[2], void *c)
{
    (void)c;
    out[0] = at >= 0 ? 1 : 0.5 * exp(re) * cos(im); /* of the piece, beyond the kink too */
    out[1] = at >= 0 ? 0 : 0.5 * exp(re) * sin(im);
}

static void elu_cut(double re, double im, double at, double out[2], void *c)
{
    (void)at;
    elu_continued(re, im, re, out, c);
}

/* phi'' comes from the continuation too; between kinks it is that of the piece asked for. */
START_TEST(continued_callbacks)
{
    context tanh_context = {1, 0};
    const fj_activation_custom custom[] = {
        {.name = "tanh",
         .value = tanh_value,
         .slope = tanh_slope,
         .context = &tanh_context,
         .continuation = tanh_continued},
        {.name = "elu", .value = elu_value, .slope = elu_slope, .continuation = elu_continued}};
    fj_activation *a, *built_in = fj_test_make(_i ? "elu:alpha=0.5" : "tanh");
    fj_detail detail = {""};
    ck_assert_msg(fj_activation_create_custom(&custom[_i], &a, &detail) == FJ_OK, "%s",
                  detail.text);
    for (double x = -5; x < 5; x += 0.37)
        fj_assert_within(fj_activation_curvature(a, x), fj_activation_curvature(built_in, x), 2e-11,
                         "phi''");
    same_law(built_in, a, 0.3, 1e-11);
    same_law(built_in, a, 2.1, 1e-11);
    fj_activation_destroy(a);
    fj_activation_destroy(built_in);
    fj_activation_custom cut = custom[1];
    cut.continuation = elu_cut;
    refused(cut, FJ_INVALID, "not analytic");
}
END_TEST

START_TEST(memory_that_fails)
{
    context c = {1, 0};
    const fj_activation_custom custom = {
        .name = "t", .value = tanh_value, .slope = tanh_slope, .context = &c, .destroy = destroy};
    long k = 0;
    for (; k < 50; k++) {
        fj_activation *a = (fj_activation *)&a;
        fj_detail detail = {""};
        allocations_left = k;
        fj_status status = _i ? fj_activation_create("expr:max(x,tanh(x))", &a, &detail)
                              : fj_activation_create_custom(&custom, &a, &detail);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || (status == FJ_NO_MEMORY && !a && detail.text[0]),
                      "allocation %ld: %s", k, detail.text);
        ck_assert_int_eq(c.destroyed, 0);
        fj_activation_destroy(a);
        c.destroyed = 0;
        if (status == FJ_OK)
            break;
    }
    ck_assert_msg(k >= 4 && k < 50, "%ld allocations", k);
}
END_TEST

static void *ask(void *shared)
{
    static const double Q = 0.6;
    double sum = 0, log_s;
    fj_activation *own = fj_test_make("expr:x*tanh(softplus(x))");
    for (int k = 0; k < 20; k++) {
        const fj_activation *a = k % 2 ? own : shared;
        fj_network_run network = fj_test_network(a, FJ_WEIGHTS_GAUSSIAN, 5, Q);
        fj_spectrum *law = fj_test_spectrum(&network);
        ck_assert_int_eq(fj_spectrum_quantile(law, 0.7, &log_s), FJ_OK);
        sum += log_s;
        fj_spectrum_destroy(law);
    }
    fj_activation_destroy(own);
    double *out = malloc(sizeof *out);
    *out = sum;
    return out;
}

START_TEST(threads_agree)
{
    enum { THREADS = 4 };
    pthread_t thread[THREADS];
    fj_activation *shared = fj_test_make("expr:x*tanh(log(1+exp(x)))");
    double first = NAN;
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, ask, shared), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        ck_assert_int_eq(pthread_join(thread[i], &result), 0);
        if (i == 0)
            first = *(double *)result;
        ck_assert(*(double *)result == first);
        free(result);
    }
    fj_activation_destroy(shared);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("custom");
    TCase *tcase = tcase_create("custom");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, smooth_callbacks, 0, 2);
    tcase_add_loop_test(tcase, kinked_callbacks, 0, 2);
    tcase_add_loop_test(tcase, continued_callbacks, 0, 2);
    tcase_add_test(tcase, wrong_callbacks);
    tcase_add_test(tcase, wrong_continuations);
    tcase_add_loop_test(tcase, memory_that_fails, 0, 2);
    tcase_add_test(tcase, threads_agree);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
