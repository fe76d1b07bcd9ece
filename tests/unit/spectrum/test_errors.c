/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every status of a law provoked, and memory that fails at the k-th allocation. */
#include <freejac/freejac.h>
#include <string.h>
#include "../allocation.h"
#include "../tap.h"

/* Five identical layers, to be changed; borrowed by ONE_RUN. */
static fj_network_run layers_make(fj_activation **a, const char *name, double q)
{
    fj_meanfield point;
    ck_assert_int_eq(fj_activation_create(name, a, NULL), FJ_OK);
    ck_assert_int_eq(fj_meanfield_critical(*a, q, &point, NULL), FJ_OK);
    return (fj_network_run){*a, FJ_WEIGHTS_ORTHOGONAL, 5, point.sigma_w, 0, 1, q, 1};
}
#define ONE_RUN(layers) (&(fj_network){1, 1, 0, (layers)})

static void refused(const fj_network *network, const char *why)
{
    fj_spectrum *law = (fj_spectrum *)&law;
    fj_detail detail = {""};
    ck_assert_msg(fj_spectrum_create(network, &law, &detail) == FJ_INVALID, "accepted: %s", why);
    ck_assert_msg(law == NULL, "*out is not NULL: %s", why);
    ck_assert_msg(detail.text[0] != '\0', "nothing said: %s", why);
}

START_TEST(networks_outside_the_domain)
{
    fj_activation *a;
    fj_network_run good = layers_make(&a, "tanh", 0.1), bad = good;
    refused(NULL, "no network");
    refused(&(fj_network){1, 0, 0, NULL}, "no layers");
    refused(&(fj_network){0, 1, 0, &good}, "input width 0");
    refused(&(fj_network){NAN, 1, 0, &good}, "input width NaN");
    bad.activation = NULL;
    refused(ONE_RUN(&bad), "no activation");
    bad = good, bad.count = 0;
    refused(ONE_RUN(&bad), "depth 0");
    bad = good, bad.q = -1;
    refused(ONE_RUN(&bad), "q < 0");
    bad = good, bad.q = NAN;
    refused(ONE_RUN(&bad), "q NaN");
    bad = good, bad.sigma_w = 0;
    refused(ONE_RUN(&bad), "sigma_w 0");
    bad = good, bad.chi = INFINITY;
    refused(ONE_RUN(&bad), "chi infinite");
    bad = good, bad.chi = -1;
    refused(ONE_RUN(&bad), "chi < 0");
    bad = good, bad.width = -1;
    refused(ONE_RUN(&bad), "width < 0");
    bad = good, bad.weights = (fj_weights)7;
    refused(ONE_RUN(&bad), "weights 7");
    ck_assert_int_eq(fj_spectrum_create(ONE_RUN(&good), NULL, NULL), FJ_INVALID);
    fj_spectrum *law;
    bad = good, bad.count = 1000000000000001;
    ck_assert_int_eq(fj_spectrum_create(ONE_RUN(&bad), &law, NULL), FJ_UNSUPPORTED);
    ck_assert_ptr_null(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(questions_outside_the_domain)
{
    fj_activation *a;
    fj_network_run layers = layers_make(&a, "tanh", 0.1);
    fj_spectrum *law;
    ck_assert_int_eq(fj_spectrum_create(ONE_RUN(&layers), &law, NULL), FJ_OK);
    static const double bad_p[] = {-1e-9, 1.1, NAN, INFINITY};
    double x, bad_s[] = {1, -1}, nan_s = NAN;
    fj_spectrum_point point[2] = {{.s = 42}, {.s = 42}};
    for (size_t i = 0; i < 4; i++) {
        x = 0;
        ck_assert_int_eq(fj_spectrum_quantile(law, bad_p[i], &x), FJ_INVALID);
        ck_assert_msg(isnan(x), "a failure is never a number: %g", x);
    }
    ck_assert_int_eq(fj_spectrum_eval(law, bad_s, 2, point), FJ_INVALID);
    ck_assert_msg(point[0].s == 42, "something was written");
    ck_assert_int_eq(fj_spectrum_eval(law, &nan_s, 1, point), FJ_INVALID);
    ck_assert_int_eq(fj_spectrum_eval_log(law, &nan_s, 1, point), FJ_INVALID);
    ck_assert_int_eq(fj_spectrum_eval(NULL, bad_s, 1, point), FJ_INVALID);
    ck_assert_int_eq(fj_spectrum_moments(law, 3, NULL), FJ_INVALID);
    fj_spectrum_destroy(law);
    fj_spectrum_destroy(NULL);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(moments_that_overflow)
{
    fj_activation *a;
    fj_network_run layers = layers_make(&a, "relu", 1);
    layers.count = 1000000;
    fj_spectrum *law;
    double m[60];
    ck_assert_int_eq(fj_spectrum_create(ONE_RUN(&layers), &law, NULL), FJ_OK);
    ck_assert_int_eq(fj_spectrum_moments(law, 60, m), FJ_RANGE);
    ck_assert_msg(isfinite(m[0]) && m[59] == INFINITY, "%g, %g", m[0], m[59]);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(points_that_cannot_be_followed)
{
    fj_activation *a;
    fj_network_run layers = layers_make(&a, "linear", 1);
    layers.weights = FJ_WEIGHTS_GAUSSIAN;
    layers.count = 1;
    fj_spectrum *law;
    fj_spectrum_point point;
    double s = 1e-307;
    ck_assert_int_eq(fj_spectrum_create(ONE_RUN(&layers), &law, NULL), FJ_OK);
    ck_assert_int_eq(fj_spectrum_eval(law, &s, 1, &point), FJ_NO_CONVERGENCE);
    ck_assert_int_eq(point.status, FJ_NO_CONVERGENCE);
    ck_assert_msg(isnan(point.density) && isnan(point.cdf), "a failure is never a number");
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(memory_that_fails)
{
    static const char *const activations[] = {"tanh", "elu", "relu", "gelu"};
    static const double q[] = {0.1, 0.5, 1, 1};
    fj_activation *a;
    fj_network_run layers = layers_make(&a, activations[_i], q[_i]);
    long k = 0;
    for (; k < 100; k++) {
        fj_spectrum *law = (fj_spectrum *)&law; /* must become NULL on failure */
        fj_detail detail = {""};
        double m[5];
        allocations_left = k;
        fj_status status = fj_spectrum_create(ONE_RUN(&layers), &law, &detail);
        const int said = detail.text[0] != '\0', made = law != NULL;
        if (status == FJ_OK)
            status = fj_spectrum_moments(law, 5, m);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || status == FJ_NO_MEMORY, "allocation %ld: %s", k,
                      fj_status_message(status));
        ck_assert_msg(made || said, "allocation %ld: no law, and nothing said", k);
        fj_spectrum_destroy(law);
        if (status == FJ_OK)
            break;
    }
    ck_assert_msg(k >= 3 && k < 100, "%ld allocations", k);
    fj_activation_destroy(a);
}
END_TEST

/* Layers that differ, and in width: series of every interval are allocated as they grow. */
START_TEST(memory_that_fails_where_layers_differ)
{
    fj_activation *a, *b;
    fj_network_run runs[2] = {layers_make(&a, "tanh", 0.1), layers_make(&b, "hard-tanh", 0.5)};
    const fj_network network = {1, 2, 0, runs};
    runs[1].width = 0.7;
    long k = 0;
    for (; k < 2000; k++) {
        fj_spectrum *law = (fj_spectrum *)&law; /* must become NULL on failure */
        fj_detail detail = {""};
        double m[5];
        allocations_left = k;
        fj_status status = fj_spectrum_create(&network, &law, &detail);
        const int said = detail.text[0] != '\0', made = law != NULL;
        if (status == FJ_OK)
            status = fj_spectrum_moments(law, 5, m);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || status == FJ_NO_MEMORY, "allocation %ld: %s", k,
                      fj_status_message(status));
        ck_assert_msg(made != said, "allocation %ld: law %d, said %d", k, made, said);
        fj_spectrum_destroy(law);
        if (status == FJ_OK)
            break;
    }
    ck_assert_msg(k >= 10 && k < 2000, "%ld allocations", k);
    fj_activation_destroy(a);
    fj_activation_destroy(b);
}
END_TEST

START_TEST(memory_that_fails_at_a_limit)
{
    static const fj_limit_class classes[] = {FJ_LIMIT_SMOOTH, FJ_LIMIT_BERNOULLI, FJ_LIMIT_RESNET};
    long k = 0;
    for (; k < 100; k++) {
        fj_spectrum *law = (fj_spectrum *)&law; /* must become NULL on failure */
        fj_detail detail = {""};
        allocations_left = k;
        fj_status status = fj_limit_create(classes[_i], 0.7, &law, &detail);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || (status == FJ_NO_MEMORY && !law && detail.text[0]),
                      "allocation %ld: %s", k, fj_status_message(status));
        fj_spectrum_destroy(law);
        if (status == FJ_OK)
            break;
    }
    ck_assert_msg(k >= 2 && k < 100, "%ld allocations", k);
}
END_TEST

START_TEST(messages)
{
    for (int i = 0; i < FJ_STATUS_COUNT; i++)
        ck_assert_uint_gt(strlen(fj_status_message((fj_status)i)), 3);
    ck_assert_str_eq(fj_status_message((fj_status)-1), "unknown status");
    ck_assert_str_eq(fj_status_message(FJ_STATUS_COUNT), "unknown status");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("errors");
    TCase *tcase = tcase_create("errors");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, networks_outside_the_domain);
    tcase_add_test(tcase, questions_outside_the_domain);
    tcase_add_test(tcase, moments_that_overflow);
    tcase_add_test(tcase, points_that_cannot_be_followed);
    tcase_add_loop_test(tcase, memory_that_fails, 0, 4);
    tcase_add_test(tcase, memory_that_fails_where_layers_differ);
    tcase_add_loop_test(tcase, memory_that_fails_at_a_limit, 0, 3);
    tcase_add_test(tcase, messages);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
