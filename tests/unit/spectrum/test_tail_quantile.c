/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles far down a lower tail: those of identical layers against arbitrary precision, the same networks as layers that differ, and
 * single layers, whose laws are known otherwise. */
#include "network_make.h"

enum { O = FJ_WEIGHTS_ORTHOGONAL, G = FJ_WEIGHTS_GAUSSIAN, PROBABILITIES = 4 };

static const double PROBABILITY[PROBABILITIES] = {1e-7, 1e-12, 1e-18, 1e-30};

/* log10 of quantiles by `freejac spectrum --q 0.1 --digits 17`, on the critical line */
static const struct {
    const char *activation, *other; /* the same function */
    int weights, depth;
    double log10_s[PROBABILITIES];
} laws[] = {
    {"tanh",
     "expr:tanh(x)",
     O,
     20,
     {-1.2898379685127082, -1.7315038115828789, -2.1741900384140996, -2.8902364999172048}},
    {"sin",
     "expr:sin(x)",
     O,
     20,
     {-3.8047855424566043, -36.402339647590762, -99.394292697432667, -225.39429268937444}},
    {"gelu",
     "expr:x*(1+erf(x/sqrt(2)))/2",
     O,
     20,
     {-63.013385316089969, -115.51336794331233, -178.51336794313860, -304.51336794313860}},
    {"sin",
     NULL,
     O,
     1,
     {-2.3247964396064060, -7.3244458520576407, -13.324445852057606, -25.324445852057606}},
    {"sin",
     NULL,
     G,
     1,
     {-6.8351211885423727, -13.397064044753714, -22.396818749915260, -40.396818749669826}},
    {"gelu",
     NULL,
     O,
     1,
     {-6.2803996147463286, -11.280399614745814, -17.280399614745814, -29.280399614745814}},
    {"gelu",
     NULL,
     G,
     1,
     {-9.8527730290244477, -17.352772512363201, -26.352772512358034, -44.352772512358034}},
};
enum { LAWS = sizeof laws / sizeof *laws };

/* Of log10 s: some digits of s, and rounding of its logarithm. */
static double allowed(double log10_s)
{
    return 1e-11 + 16 * DBL_EPSILON * fabs(log10_s);
}

static void assert_quantiles(const fj_spectrum *law, const double want[], const char *what)
{
    for (int i = 0; i < PROBABILITIES; i++) {
        double log_s;
        ck_assert_msg(fj_spectrum_quantile(law, PROBABILITY[i], &log_s) == FJ_OK,
                      "%s: no quantile of %g", what, PROBABILITY[i]);
        fj_assert_within(log_s / M_LN10, want[i], allowed(want[i]), what);
    }
}

static void layers_add(fj_test_net *net, int i)
{
    static const double Q = 0.1;
    const int both = laws[i].other ? 2 : 1;
    for (int k = 0; k < both; k++)
        fj_test_net_add(net, k ? laws[i].other : laws[i].activation, (fj_weights)laws[i].weights, Q,
                        1, 1, (uint64_t)(laws[i].depth / both));
}

START_TEST(against_arbitrary_precision)
{
    fj_test_net net;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, laws[_i].activation, (fj_weights)laws[_i].weights, 0.1, 1, 1,
                    (uint64_t)laws[_i].depth);
    fj_spectrum *law = fj_test_net_law(&net);
    assert_quantiles(law, laws[_i].log10_s, net.what);
    ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
    assert_quantiles(law, laws[_i].log10_s, net.what);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

START_TEST(as_layers_that_differ)
{
    fj_test_net net;
    if (!laws[_i].other)
        return;
    fj_test_net_init(&net, 1);
    layers_add(&net, _i);
    fj_spectrum *law = fj_test_net_law(&net);
    assert_quantiles(law, laws[_i].log10_s, net.what);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* From p = 1e-6 on quantiles are found otherwise: they meet. */
START_TEST(both_ways_meet)
{
    static const double LESS = 1e-9;
    fj_test_net net;
    double above, below;
    fj_test_net_init(&net, 1);
    layers_add(&net, _i);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_int_eq(fj_spectrum_quantile(law, 1e-6, &above), FJ_OK);
    ck_assert_int_eq(fj_spectrum_quantile(law, 1e-6 * (1 - LESS), &below), FJ_OK);
    /* F of doubles has ten digits there; density * ds = dF */
    fj_spectrum_point point;
    ck_assert_int_eq(fj_spectrum_eval_log(law, &above, 1, &point), FJ_OK);
    const double mass = (above - below) / M_LN10 * point.density_log10;
    fj_assert_within(mass, 1e-6 * LESS, 2e-15, net.what);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Where densities below are not known there is no quantile, rather than a wrong one. */
START_TEST(none_where_densities_are_not_known)
{
    fj_test_net net;
    double log_s = 0;
    fj_test_net_init(&net, 1);
    for (int i = 0; i < 9; i++)
        fj_test_net_add(&net, "expr:tanh(x)^3", (fj_weights)O, 0.1 + 0.01 * i, 1, 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_int_ne(fj_spectrum_quantile(law, 1e-30, &log_s), FJ_OK);
    ck_assert(isnan(log_s));
    ck_assert_int_eq(fj_spectrum_quantile(law, 1e-3, &log_s), FJ_OK);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tail_quantile");
    TCase *tests = tcase_create("tail_quantile");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, against_arbitrary_precision, 0, LAWS);
    tcase_add_loop_test(tests, as_layers_that_differ, 0, LAWS);
    tcase_add_loop_test(tests, both_ways_meet, 0, LAWS);
    tcase_add_test(tests, none_where_densities_are_not_known);
    return fj_run_tap(suite);
}
