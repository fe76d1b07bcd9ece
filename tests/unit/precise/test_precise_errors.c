/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every status of arbitrary precision, provoked. */
#include "precise_sample.h"
#include "allocation.h"

static const fj_precise_network good = {"tanh", FJ_WEIGHTS_ORTHOGONAL, 3, "0.3", NULL, NULL};

static fj_status create(const fj_precise_network *network, unsigned digits)
{
    fj_precise_options options = fj_precise_options_default();
    fj_precise *precise = (fj_precise *)&options; /* must be overwritten */
    fj_detail detail = {""};
    options.digits = digits;
    const fj_status status = fj_precise_create(network, &options, &precise, &detail);
    ck_assert(status == FJ_OK || precise == NULL);
    ck_assert_msg(status == FJ_OK || detail.text[0], "status %d without a detail", status);
    fj_precise_destroy(precise);
    return status;
}

START_TEST(wrong_numbers)
{
    static const char *const bad[] = {
        "",    "-1",  "0",    "nan",  "inf",   "1x", "0x",   "1e",
        "0b1", "1,5", " 0.3", "0.3 ", "@inf@", ".",  "1..2", "1e999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fj_precise_network network = good;
        network.q = bad[i];
        ck_assert_msg(create(&network, 20) == FJ_INVALID, "q = '%s'", bad[i]);
        network.q = NULL;
        network.sigma_w = bad[i];
        ck_assert_msg(create(&network, 20) == FJ_INVALID, "sigma_w = '%s'", bad[i]);
        network.sigma_w = "1.1";
        network.sigma_b = bad[i];
        ck_assert_msg(strcmp(bad[i], "0") == 0 || create(&network, 20) == FJ_INVALID,
                      "sigma_b = '%s'", bad[i]);
    }
    fj_precise_network network = good;
    network.q = NULL; /* and no sigma_w */
    ck_assert_int_eq(create(&network, 20), FJ_INVALID);
}
END_TEST

START_TEST(wrong_networks)
{
    fj_precise_network network = good;
    fj_precise *precise = NULL;
    ck_assert_int_eq(create(&good, 20), FJ_OK);
    ck_assert_int_eq(create(&good, 0), FJ_INVALID);
    ck_assert_int_eq(create(&good, FJ_PRECISE_DIGITS_MAX + 1), FJ_INVALID);
    ck_assert_int_eq(fj_precise_create(NULL, NULL, &precise, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_precise_create(&good, NULL, NULL, NULL), FJ_INVALID);
    network.depth = 0;
    ck_assert_int_eq(create(&network, 20), FJ_INVALID);
    network.depth = 1000000000000001;
    ck_assert_int_eq(create(&network, 20), FJ_INVALID);
    network = good;
    network.activation = NULL;
    ck_assert_int_eq(create(&network, 20), FJ_INVALID);
    network.activation = "tanhh";
    ck_assert_int_eq(create(&network, 20), FJ_UNKNOWN);
    network.activation = "elu:beta=1";
    ck_assert_int_eq(create(&network, 20), FJ_UNKNOWN);
    network.activation = "elu:alpha=-1";
    ck_assert_int_eq(create(&network, 20), FJ_INVALID);
    network.activation = "expr:x^2";
    ck_assert_int_eq(create(&network, 20), FJ_UNSUPPORTED);
    network.activation = "softplus";
    ck_assert_int_eq(create(&network, 20), FJ_INFEASIBLE);
    network = (fj_precise_network){"relu", FJ_WEIGHTS_GAUSSIAN, 3, NULL, "1.5", "0.1"};
    ck_assert_int_eq(create(&network, 20), FJ_NO_FIXED_POINT);
    network.activation = "gelu";
    network.sigma_w = "3";
    ck_assert_int_eq(create(&network, 20), FJ_NO_FIXED_POINT);
}
END_TEST

static int stop(void *context, size_t done, size_t all)
{
    (void)context;
    (void)done;
    (void)all;
    return 1;
}

START_TEST(queries)
{
    fj_precise *p = precise_make(&good, 20);
    fj_precise_point point[2];
    fj_precise_number number;
    const char *const wrong[] = {"0.5", "-0.5"}, *const none[] = {"0.5", NULL},
                      *const right[] = {"0.5", "0.6"};
    ck_assert_int_eq(fj_precise_eval(p, wrong, 2, NULL, point, NULL), FJ_INVALID);
    ck_assert_ptr_null(point[0].density.text); /* nothing is computed */
    ck_assert_int_eq(fj_precise_eval(p, none, 2, NULL, point, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_precise_eval(NULL, right, 2, NULL, point, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_precise_eval(p, right, 0, NULL, NULL, NULL), FJ_OK);
    fj_precise_options options = fj_precise_options_default();
    options.progress = stop;
    ck_assert_int_eq(fj_precise_eval(p, right, 2, &options, point, NULL), FJ_CANCELLED);
    fj_precise_points_clear(point, 2);
    ck_assert_int_eq(fj_precise_quantile(p, "1.0000000000000000000000000000001", &number),
                     FJ_INVALID);
    ck_assert_int_eq(fj_precise_quantile(p, "-1", &number), FJ_INVALID);
    ck_assert_int_eq(fj_precise_quantile(p, NULL, &number), FJ_INVALID);
    ck_assert_int_eq(fj_precise_quantile(p, "0.5", NULL), FJ_INVALID);
    ck_assert_int_eq(fj_precise_quantile(p, "1", &number), FJ_OK);
    const fj_precise_interval *interval;
    fj_precise_intervals(p, &interval);
    ck_assert_str_eq(number.text, interval[0].s_max.text);
    fj_precise_numbers_clear(&number, 1);
    ck_assert_int_eq(fj_precise_moments(NULL, 1, &number), FJ_INVALID);
    ck_assert_int_eq(fj_precise_moments(p, 0, NULL), FJ_OK);
    fj_precise_destroy(p);
    fj_precise_destroy(NULL);
    fj_precise_numbers_clear(NULL, 3);
    fj_precise_points_clear(NULL, 3);
}
END_TEST

/* A mean beyond MPFR's range, E log lambda with mass at 0, a place that exponents cannot hold. */
START_TEST(out_of_range)
{
    const fj_precise_network growing = {"linear", FJ_WEIGHTS_ORTHOGONAL, 1000000000000, NULL, "0.5",
                                        NULL},
                             relu = {"relu", FJ_WEIGHTS_GAUSSIAN, 3, "1", NULL, NULL};
    fj_precise *p = precise_make(&growing, 10);
    ck_assert_int_eq(fj_precise_lambda(p)->mean.status, FJ_RANGE);
    ck_assert_ptr_null(fj_precise_lambda(p)->mean.text);
    fj_precise_destroy(p);
    p = precise_make(&relu, 10);
    ck_assert_int_eq(fj_precise_lambda(p)->mean_log.status, FJ_RANGE);
    fj_precise_destroy(p);
}
END_TEST

/* Where the quadrature cannot follow: sin with so large a q that its periods are not to be counted. */
START_TEST(not_established)
{
    const fj_precise_network network = {"linear", FJ_WEIGHTS_GAUSSIAN, 20, "1", NULL, NULL};
    fj_precise *p = precise_make(&network, 10);
    fj_precise_point point;
    fj_detail detail = {""};
    const char *const far = "1e-100000";
    const fj_status status = fj_precise_eval(p, &far, 1, NULL, &point, &detail);
    ck_assert_int_eq(status, FJ_NO_CONVERGENCE); /* F = 1e-9000 */
    ck_assert_int_eq(point.cdf.status, FJ_NO_CONVERGENCE);
    ck_assert_ptr_null(point.cdf.text);
    ck_assert(detail.text[0] != '\0');
    fj_precise_points_clear(&point, 1);
    fj_precise_destroy(p);
}
END_TEST

/* Everything once; FJ_OK, or what went wrong first. */
static fj_status everything(const fj_precise_network *network)
{
    fj_precise_options options = fj_precise_options_default();
    fj_precise *p = NULL;
    fj_precise_point point = {0};
    fj_precise_number number[3] = {{0}};
    const char *const s = "0.5";
    options.digits = 5;
    options.threads = 1;
    fj_status status = fj_precise_create(network, &options, &p, NULL);
    if (status == FJ_OK)
        status = fj_precise_eval(p, &s, 1, &options, &point, NULL);
    if (status == FJ_OK)
        status = fj_precise_moments(p, 2, number);
    if (status == FJ_OK)
        status = fj_precise_quantile(p, "0.6", &number[2]);
    fj_precise_points_clear(&point, 1);
    fj_precise_numbers_clear(number, 3);
    fj_precise_destroy(p);
    return status;
}

/* The k-th allocation of the library's own fails (MPFR's are not wrapped). */
START_TEST(no_memory)
{
    static const fj_precise_network networks[] = {
        {"relu", FJ_WEIGHTS_GAUSSIAN, 2, "1", NULL, NULL},
        {"tanh", FJ_WEIGHTS_GAUSSIAN, 2, NULL, "1.2", "0.2"},
        {"gelu", FJ_WEIGHTS_ORTHOGONAL, 1, "1.5", NULL, NULL}};
    fj_status status = FJ_NO_MEMORY;
    for (long k = 0; status != FJ_OK; k += 1 + (_i == 0 ? 0 : k / 4)) {
        allocations_left = k;
        status = everything(&networks[_i]);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || status == FJ_NO_MEMORY, "after %ld allocations: %s", k,
                      fj_status_message(status));
        ck_assert_int_lt(k, 1000000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arbitrary precision: errors");
    TCase *tcase = tcase_create("errors");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, wrong_numbers);
    tcase_add_test(tcase, wrong_networks);
    tcase_add_test(tcase, queries);
    tcase_add_test(tcase, out_of_range);
    tcase_add_test(tcase, not_established);
    tcase_add_loop_test(tcase, no_memory, 0, 3);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
