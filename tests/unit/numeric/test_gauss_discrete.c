/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss quadrature of sums over points: exact for polynomials up to its degree and no further, against Gauss-Legendre where the points
 * are such nodes, fewer nodes where points coincide to rounding. */
#include "gauss_discrete.h"
#include "../tap.h"
#include "legendre_rule.h"

enum { POINTS = 60, NODES = 12 };

static double power_sum(const double *x, const double *w, size_t n, int degree)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i] * pow(x[i], degree);
    return sum;
}

/* Random points on [-1, 1] with random weights. */
static void points_make(fj_test_random *r, double *x, double *w)
{
    for (size_t i = 0; i < POINTS; i++) {
        x[i] = fj_test_uniform(r, -1, 1);
        w[i] = fj_test_loguniform(r, 0.01, 10);
    }
}

START_TEST(polynomials_below_twice_the_nodes_are_exact)
{
    fj_test_random r = fj_test_random_make();
    double x[POINTS], w[POINTS], y[NODES], v[NODES];
    r.state += (uint64_t)_i;
    points_make(&r, x, w);
    for (size_t nodes = 1; nodes <= NODES; nodes++) {
        size_t n = nodes;
        ck_assert_int_eq(fj_gauss_discrete(x, w, POINTS, &n, y, v), FJ_OK);
        ck_assert_uint_eq(n, nodes);
        const double total = power_sum(x, w, POINTS, 0);
        for (int degree = 0; degree < 2 * (int)n; degree++)
            fj_assert_within(power_sum(y, v, n, degree), power_sum(x, w, POINTS, degree),
                             2e-14 * total, "degree");
        /* the next one is not: the leading polynomial's square is missed */
        const double miss = power_sum(y, v, n, 2 * (int)n) - power_sum(x, w, POINTS, 2 * (int)n);
        ck_assert_msg(fabs(miss) > 1e-12 * total, "%zu nodes miss %.1e only", n, miss);
        for (size_t j = 0; j < n; j++)
            ck_assert_msg(v[j] > 0 && fabs(y[j]) < 1, "node %.17g, weight %.17g", y[j], v[j]);
    }
}
END_TEST

/* 2 n Legendre nodes are exact for the polynomials that make n of them. */
START_TEST(legendre_from_more_legendre)
{
    double x[2 * NODES], w[2 * NODES], y[NODES], v[NODES], node[NODES], weight[NODES];
    size_t n = NODES;
    fj_legendre_rule(2 * NODES, x, w);
    fj_legendre_rule(NODES, node, weight);
    ck_assert_int_eq(fj_gauss_discrete(x, w, 2 * NODES, &n, y, v), FJ_OK);
    for (size_t j = 0; j < NODES; j++) {
        fj_assert_within(y[j], node[j], 1e-14, "node");
        fj_assert_within(v[j], weight[j], 1e-14, "weight");
    }
}
END_TEST

START_TEST(points_that_coincide_give_fewer_nodes)
{
    double x[POINTS], w[POINTS], y[NODES], v[NODES];
    size_t n = NODES;
    for (size_t i = 0; i < POINTS; i++) { /* three places */
        x[i] = 0.3 + 0.2 * (double)(i % 3) + 1e-17 * (double)i;
        w[i] = 1 + (double)(i % 2);
    }
    ck_assert_int_eq(fj_gauss_discrete(x, w, POINTS, &n, y, v), FJ_OK);
    ck_assert_uint_eq(n, 3);
    for (size_t j = 0; j < n; j++) {
        fj_assert_within(y[j], 0.3 + 0.2 * (double)j, 1e-14, "node");
        fj_assert_within(v[j], 30, 1e-12, "weight");
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gauss_discrete");
    TCase *tcase = tcase_create("gauss_discrete");
    tcase_add_loop_test(tcase, polynomials_below_twice_the_nodes_are_exact, 0, 5);
    tcase_add_test(tcase, legendre_from_more_legendre);
    tcase_add_test(tcase, points_that_coincide_give_fewer_nodes);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
