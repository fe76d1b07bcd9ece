/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The correlation map against closed forms, and the routes to it against each other. */
#include <freejac/meanfield.h>
#include "../sample.h"
#include "activation_internal.h"
#include "meanfield_internal.h"

/* 1 - c from the middle out to both ends. */
static const double distances[] = {1e-300, 1e-20, 1e-12, 1e-8,     1e-3,        0.05,        0.3,
                                   1,      1.5,   1.9,   2 - 1e-3, 2 - 0x1p-26, 2 - 0x1p-40, 2};
enum { DISTANCES = sizeof distances / sizeof *distances };
static const double lengths[] = {1e-6, 1e-3, 0.1, 0.7, 2.385, 10, 40, 100};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* c with 1 + c given where that is the smaller distance. */
static fj_correlation turned(double above)
{
    fj_correlation c = fj_correlation_below_one(above);
    return (fj_correlation){-c.c, c.above, c.below};
}

static fj_correlation step(const fj_activation *a, double q, const fj_correlation *c)
{
    fj_correlation next;
    fj_status status = fj_correlation_map(a, 1.3, 0, q, c, &next);
    ck_assert_msg(status == FJ_OK, "%s, q = %.17g, c = %.17g: %s", fj_activation_name(a), q, c->c,
                  fj_status_message(status));
    return next;
}

static void check(const char *spec, double q, const fj_correlation *c, double below, double above)
{
    fj_activation *a = fj_test_make(spec);
    fj_correlation next = step(a, q, c);
    char what[128];
    snprintf(what, sizeof what, "%s, q = %.17g, 1 - c = %.17g", spec, q, c->below);
    fj_assert_near(next.below, below, 1e-13, what);
    fj_assert_near(next.above, above, 1e-13, what);
    fj_assert_within(next.c, below < above ? 1 - below : above - 1, 1e-13, what);
    fj_activation_destroy(a);
}

/* ---- closed forms ---- */

/* E[erf erf] = (2/pi) asin(k c), k = b/(1 + b), b = pi q/2 for erf(sqrt(pi)/2 x); asin x - asin y by the subtraction formula */
START_TEST(erf_is_the_arcsine)
{
    for (int i = 0; i < 2 * DISTANCES; i++) {
        fj_correlation c = i < DISTANCES ? fj_correlation_below_one(distances[i])
                                         : turned(distances[i - DISTANCES]);
        double q = lengths[_i], b = M_PI * q / 2, k = b / (1 + b), inner = 1 / (1 + b);
        double rest = sqrt((1 - k) * (1 + k)), root = sqrt(1 - c.c * c.c * k * k);
        if (q > 1) /* 1 - k */
            rest = sqrt(inner * (1 + k));
        double apart = k * c.below * c.above / (root + c.c * rest), whole = asin(k);
        double below = c.c > 0 ? asin(apart) / whole : (whole - asin(k * c.c)) / whole;
        apart = k * c.below * c.above / (root - c.c * rest);
        double above = c.c < 0 ? asin(apart) / whole : (whole + asin(k * c.c)) / whole;
        check("erf", q, &c, below, above);
    }
}
END_TEST

/* Cho and Saul 2009: E = (sin t + (pi - t) cos t)/(2 pi), c = cos t */
START_TEST(relu_is_the_arccosine)
{
    for (int i = 0; i < DISTANCES; i++) {
        fj_correlation c = fj_correlation_below_one(distances[i]);
        double t = c.c > 0 ? 2 * asin(sqrt(c.below / 2)) : M_PI - 2 * asin(sqrt(c.above / 2));
        double t2 = t * t, bend = sin(t) - t * cos(t);
        if (t < 0.3)
            bend = t * t2 *
                   (1 / 3. - t2 * (1 / 30. - t2 * (1 / 840. - t2 * (1 / 45360. - t2 / 3991680))));
        double below = c.below - bend / M_PI;
        fj_activation *relu = fj_test_make("relu");
        fj_correlation next = step(relu, lengths[_i], &c);
        fj_assert_near(next.below, below, 1e-13, "relu");
        fj_assert_within(next.above, 2 - below, 1e-13, "relu");
        fj_activation_destroy(relu);
    }
}
END_TEST

/* E[sin sin] = exp(-q) sinh(q c) */
START_TEST(sin_is_the_hyperbolic_sine)
{
    for (int i = 0; i < 2 * DISTANCES; i++) {
        fj_correlation c = i < DISTANCES ? fj_correlation_below_one(distances[i])
                                         : turned(distances[i - DISTANCES]);
        double q = lengths[_i];
        double below = 2 * cosh(q * c.above / 2) * sinh(q * c.below / 2) / sinh(q);
        double above = 2 * sinh(q * c.above / 2) * cosh(q * c.below / 2) / sinh(q);
        check("sin", q, &c, below, above);
    }
}
END_TEST

START_TEST(linear_keeps_the_correlation)
{
    for (int i = 0; i < 2 * DISTANCES; i++) {
        fj_correlation c = i < DISTANCES ? fj_correlation_below_one(distances[i])
                                         : turned(distances[i - DISTANCES]);
        check("linear", lengths[_i], &c, c.below, c.above);
    }
}
END_TEST

START_TEST(biases_pull_together)
{
    fj_activation *a = fj_test_make("erf");
    const double q = 0.8, sigma_w = 1.7, sigma_b = 0.6;
    fj_correlation c = fj_correlation_of(-0.4), next;
    double b = M_PI * q / 2, k = b / (1 + b), w2 = sigma_w * sigma_w * 2 / M_PI, q_next;
    ck_assert_int_eq(fj_correlation_map(a, sigma_w, sigma_b, q, &c, &next), FJ_OK);
    ck_assert_int_eq(fj_length_map(a, sigma_w, sigma_b, q, &q_next), FJ_OK);
    double want = (w2 * asin(-0.4 * k) + sigma_b * sigma_b) / (w2 * asin(k) + sigma_b * sigma_b);
    fj_assert_within(next.c, want, 2e-15, "c");
    fj_assert_near(next.below, 1 - want, 4e-15, "1 - c");
    fj_assert_near(next.above, 1 + want, 4e-15, "1 + c");
    fj_activation_destroy(a);
}
END_TEST

/* ---- the routes ---- */

static void routes_compare(const fj_activation *a, double q, const fj_correlation *c)
{
    fj_averages v;
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    fj_pair_values chosen, other;
    static fj_pair pair;
    fj_pair_init(&pair, a, q, &v, 0);
    char what[160];
    snprintf(what, sizeof what, "%s, q = %.17g, 1 - c = %.17g", fj_activation_name(a), q, c->below);
    ck_assert_msg(fj_pair_at(&pair, c, &chosen) == FJ_OK, "%s", what);
    int routes = 0;
    for (int route = 0; route < 4; route++) {
        fj_pair_init(&pair, a, q, &v, 0);
        fj_status status = FJ_UNSUPPORTED;
        int piecewise_linear = a->pieces == 0;
        if (route == 0 && piecewise_linear)
            status = fj_pair_flat(&pair, c, &other);
        if (route == 1)
            status = fj_pair_series(&pair, c, &other);
        if (route == 2 && strcmp(fj_activation_name(a), "hard-tanh") != 0 &&
            strcmp(fj_activation_name(a), "sin") != 0)
            status = fj_pair_polar(&pair, c, &other);
        if (route == 3)
            status = fj_pair_nested(&pair, c, &other);
        if (status != FJ_OK)
            continue;
        routes++;
        fj_assert_near(other.apart, chosen.apart, 5e-14, what);
        fj_assert_within(other.slope, chosen.slope, 5e-14 * v.mu1, what);
    }
    ck_assert_msg(routes >= 2, "%s: only %d routes", what, routes);
}

START_TEST(routes_agree)
{
    fj_test_random r = fj_test_random_make();
    r.state += (uint64_t)_i;
    for (int n = 0; n < fj_test_times(6); n++) {
        char spec[64];
        fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
        fj_activation *a = fj_test_make(spec);
        double q = fj_test_loguniform(&r, 1e-6, 100);
        double below = n % 3 == 0   ? fj_test_uniform(&r, 0, 1)
                       : n % 3 == 1 ? fj_test_loguniform(&r, 1e-14, 1)
                                    : fj_test_uniform(&r, 1, 2);
        if (fj_activation_parity(a) != FJ_PARITY_NONE)
            below = fmin(below, 2 - below);
        fj_correlation c = fj_correlation_below_one(below);
        routes_compare(a, q, &c);
        fj_activation_destroy(a);
    }
}
END_TEST

/* What deep networks use once their length has settled. */
START_TEST(tables_agree)
{
    static const char *specs[] = {"elu:alpha=0.7", "selu", "softsign", "tanh", "gelu", "silu"};
    fj_activation *a = fj_test_make(specs[_i]);
    fj_test_random r = fj_test_random_make();
    double q = fj_test_loguniform(&r, 0.05, 10);
    static fj_pair pair;
    fj_averages v;
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    fj_pair_init(&pair, a, q, &v, 0);
    fj_pair_table_make(&pair);
    ck_assert_int_eq(pair.table.state, FJ_PAIR_TABLE_READY);
    for (int n = 0; n < 40; n++) {
        double below = n % 2 ? fj_test_loguniform(&r, 1e-18, 1) : fj_test_uniform(&r, 0, 2);
        if (fj_activation_parity(a) != FJ_PARITY_NONE)
            below = fmin(below, 2 - below);
        fj_correlation c = fj_correlation_below_one(below);
        fj_pair_values got, want;
        fj_pair_table_at(&pair, &c, &got);
        ck_assert_int_eq(fj_pair_at(&pair, &c, &want), FJ_OK);
        char what[96];
        snprintf(what, sizeof what, "%s, q = %.17g, 1 - c = %.17g", specs[_i], q, below);
        fj_assert_near(got.apart, want.apart, 2e-14, what);
    }
    fj_activation_destroy(a);
}
END_TEST

/* hard-tanh at huge q is the sign of its argument, off by O(1/sqrt(q)): E = (2/pi) asin(c) - O(1/sqrt(q)) */
START_TEST(hard_tanh_at_large_q)
{
    fj_activation *a = fj_test_make("hard-tanh");
    static fj_pair pair;
    for (double q = 1e4; q < 1e17; q *= 100) {
        fj_averages v;
        ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
        for (int i = 0; i <= 10; i++) {
            fj_correlation c = fj_correlation_of(i / 10.);
            fj_pair_values got, other;
            fj_pair_init(&pair, a, q, &v, 0);
            ck_assert_int_eq(fj_pair_at(&pair, &c, &got), FJ_OK);
            char what[64];
            snprintf(what, sizeof what, "q = %g, c = %g", q, c.c);
            double product = v.phi2 - got.apart;
            fj_assert_within(product, 2 / M_PI * asin(c.c), 2 / sqrt(q) + 1e-15, what);
            if (q < 1e7 && i < 10) { /* the series, by its end that is not near 1 */
                ck_assert_int_eq(fj_pair_series(&pair, &c, &other), FJ_OK);
                fj_assert_near(got.apart, other.apart, 2e-14, what);
            }
        }
    }
    fj_meanfield m; /* c* to all digits: c = (2/pi) asin(c) + sigma_b^2/q */
    ck_assert_int_eq(fj_meanfield_solve(a, 1e5, 3, 1, &m, NULL), FJ_OK);
    fj_assert_near(m.c_star, 9 / m.q_star / (1 - 2 / M_PI), 1e-4, "c*");
    fj_activation_destroy(a);
}
END_TEST

/* The slope is the map's derivative: a central difference of fourth order. */
START_TEST(slope_is_the_derivative)
{
    static const char *specs[] = {"tanh", "hard-tanh", "elu", "gelu", "softsign", "sin", "relu"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        fj_activation *a = fj_test_make(specs[i]);
        static fj_pair pair;
        const double q = 0.9, h = 2e-3, at = 0.37;
        fj_averages v;
        fj_pair_values p[5];
        ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
        fj_pair_init(&pair, a, q, &v, 0);
        for (int k = 0; k < 5; k++) {
            fj_correlation c = fj_correlation_of(at + (k - 2) * h);
            ck_assert_int_eq(fj_pair_at(&pair, &c, &p[k]), FJ_OK);
        }
        double difference =
            (8 * (p[1].apart - p[3].apart) - (p[0].apart - p[4].apart)) / (12 * h * q);
        fj_assert_near(difference, p[2].slope, 1e-10, specs[i]);
        fj_activation_destroy(a);
    }
}
END_TEST

START_TEST(misuse_is_refused)
{
    fj_activation *a = fj_test_make("tanh");
    fj_correlation c = fj_correlation_of(0.5), next;
    const double wrong[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(fj_correlation_map(a, wrong[i], 0, 1, &c, &next), FJ_INVALID);
        ck_assert_int_eq(fj_correlation_map(a, 1, wrong[i], 1, &c, &next), FJ_INVALID);
        ck_assert_int_eq(fj_correlation_map(a, 1, 0, wrong[i], &c, &next), FJ_INVALID);
        fj_correlation outside = fj_correlation_of(1.5 * wrong[i]);
        ck_assert(isnan(outside.c) && isnan(outside.below));
        ck_assert_int_eq(fj_correlation_map(a, 1, 0, 1, &outside, &next), FJ_INVALID);
        ck_assert(isnan(next.c) && isnan(next.below) && isnan(next.above));
    }
    ck_assert(isnan(fj_correlation_below_one(-1e-9).c) && isnan(fj_correlation_below_one(2.1).c));
    ck_assert_int_eq(fj_correlation_map(a, 1, 0, 0, &c, &next), FJ_INVALID);
    ck_assert_int_eq(fj_correlation_map(NULL, 1, 0, 1, &c, &next), FJ_INVALID);
    ck_assert_int_eq(fj_correlation_map(a, 1, 0, 1, NULL, &next), FJ_INVALID);
    ck_assert_int_eq(fj_correlation_map(a, 1, 0, 1, &c, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_correlation_map(a, 1, 0, 1, &c, &c), FJ_OK); /* in place */
    ck_assert(c.c > 0.3 && c.c < 0.5);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("correlation");
    TCase *closed = tcase_create("closed forms"), *routes = tcase_create("routes");
    suite_add_tcase(suite, closed);
    tcase_set_timeout(closed, 60);
    tcase_add_loop_test(closed, erf_is_the_arcsine, 0, LENGTHS);
    tcase_add_loop_test(closed, relu_is_the_arccosine, 0, LENGTHS);
    tcase_add_loop_test(closed, sin_is_the_hyperbolic_sine, 0, LENGTHS);
    tcase_add_loop_test(closed, linear_keeps_the_correlation, 0, LENGTHS);
    tcase_add_test(closed, biases_pull_together);
    suite_add_tcase(suite, routes);
    tcase_set_timeout(routes, 120);
    tcase_add_loop_test(routes, routes_agree, 0, (int)fj_activation_count());
    tcase_add_loop_test(routes, tables_agree, 0, 6);
    tcase_add_test(routes, hard_tanh_at_large_q);
    tcase_add_test(routes, slope_is_the_derivative);
    tcase_add_test(routes, misuse_is_refused);
    return fj_run_tap(suite);
}
