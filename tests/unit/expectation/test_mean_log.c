/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E log(t/mu1), by the nodes of rules and without, against integration that is graded about every zero of phi' and every kink. */
#include "average.h"
#include "legendre_rule.h"
#include "rule_make.h"

enum { ORDER = 40, MARKS = 64, STEPS = 4000 };
static const double REACH = 14; /* exp(-98) */

static double slope_at(const fj_activation *a, double root_q, double h)
{
    return fj_activation_slope(a, root_q * h);
}

/* Zeros by their changes of sign, to rounding; and kinks. */
static int marks_find(const fj_activation *a, double root_q, double mark[MARKS])
{
    int n = 0;
    mark[n++] = -REACH;
    for (int i = 0; i < STEPS; i++) {
        double left = REACH * (2 * (i - 0.3) / STEPS - 1), /* 0 is no grid point */
            right = left + 2 * REACH / STEPS;
        for (size_t k = 0; k < a->pieces; k++)
            if (a->piece[k].to / root_q > left && a->piece[k].to / root_q <= right && n < MARKS - 1)
                mark[n++] = a->piece[k].to / root_q;
        const int rises = slope_at(a, root_q, right) > 0;
        if (slope_at(a, root_q, left) == 0 || (slope_at(a, root_q, left) > 0) == rises)
            continue;
        for (int j = 0; j < 60; j++) {
            const double middle = (left + right) / 2;
            if ((slope_at(a, root_q, middle) > 0) == rises)
                right = middle;
            else
                left = middle;
        }
        if (n < MARKS - 1 && left - mark[n - 1] > 1e-9)
            mark[n++] = left;
    }
    mark[n++] = REACH;
    return n;
}

typedef struct sums {
    long double log_t, t;
} sums;

static void panel_add(const fj_activation *a, double root_q, double from, double to, sums *s)
{
    double x[ORDER], w[ORDER];
    fj_legendre_rule(ORDER, x, w);
    for (int i = 0; i < ORDER; i++) {
        const double h = from + (to - from) * (1 + x[i]) / 2, slope = slope_at(a, root_q, h);
        const long double weight = fabs(to - from) / 2 * w[i] * expl(-(long double)h * h / 2);
        if (slope != 0) /* nearer to a zero than doubles are to each other */
            s->log_t += weight * 2 * logl(fabs(slope));
        s->t += weight * slope * slope;
    }
}

/* From a mark to half way to the next one: panels that double in length, up to a quarter of what phi' varies over. */
static void flank_add(const fj_activation *a, double root_q, double mark, double end, sums *s)
{
    const double most = 0.25 * fmin(1, 1 / root_q), length = fabs(end - mark);
    double from = 0, to = 1e-20;
    while (from < length) {
        panel_add(a, root_q, mark + copysign(from, end - mark), mark + copysign(to, end - mark), s);
        const double step = fmin(to, most);
        from = to;
        to = fmin(from + step, fmax(length, from));
        if (to == from)
            break;
    }
}

static double mean_log_slowly(const fj_activation *a, double q)
{
    double mark[MARKS];
    const double root_q = sqrt(q);
    const int n = marks_find(a, root_q, mark);
    sums s = {0, 0};
    for (int i = 0; i + 1 < n; i++) {
        const double middle = (mark[i] + mark[i + 1]) / 2;
        flank_add(a, root_q, mark[i], middle, &s);
        flank_add(a, root_q, mark[i + 1], middle, &s);
    }
    const long double root = sqrtl(2 * acosl(-1));
    return (double)(s.log_t / root - logl(s.t / root));
}

static const char *const NAMES[] = {"gelu",           "silu",         "elu",
                                    "selu",           "softsign",     "softplus",
                                    "expr:x*tanh(x)", "expr:x+x^3/3", "expr:x*exp(-abs(x))"};
/* At the first of them integration was off by 1.5e-12 for gelu: the density was not resolved beside the zero. */
static const double QS[] = {0.0365247, 1e-3, 0.02, 0.3, 1, 4.7};

/* Where phi' has a double zero, or two that nearly meet, nodes do not know it, and say so. */
static const char *const DOUBLE[] = {"expr:x^3/(1+x^2)", "expr:tanh(x)^3", "expr:x^3/3-1e-8*x",
                                     "expr:x^3/3-1e-6*x", "expr:x^3/3-1e-3*x"};

START_TEST(double_zeros)
{
    fj_activation *a = fj_test_make(DOUBLE[_i]);
    for (double q = 0.02; q < 5; q *= 3) {
        double mu1, mean_log, without;
        fj_rule *rule = make_rule(a, q, &mu1);
        ck_assert_int_eq(fj_rule_mean_log(rule, &mean_log), FJ_OK);
        ck_assert_int_eq(fj_mean_log_slope2(a, q, &without), FJ_OK);
        fj_assert_within(mean_log, without - log(mu1), 2e-13 * fabs(without), DOUBLE[_i]);
        fj_rule_destroy(rule);
    }
    fj_activation_destroy(a);
}
END_TEST

/* A flat of slope 0 has a mass, if one of 1e-4000: t is 0 there. */
START_TEST(flats_of_slope_zero)
{
    fj_activation *a = fj_test_make("expr:where(x<-3,0,where(x>3,x,x*(x+3)/6))");
    double mu1, mean_log;
    fj_rule *rule = make_rule(a, 4e-4, &mu1);
    ck_assert_int_eq(fj_rule_mean_log(rule, &mean_log), FJ_OK);
    ck_assert(mean_log == -INFINITY);
    fj_rule_destroy(rule);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(rules_have_it)
{
    fj_activation *a = fj_test_make(NAMES[_i]);
    for (size_t i = 0; i < sizeof QS / sizeof *QS; i++) {
        double mu1, mean_log;
        fj_rule *rule = make_rule(a, QS[i], &mu1);
        ck_assert_int_eq(fj_rule_mean_log(rule, &mean_log), FJ_OK);
        const double want = mean_log_slowly(a, QS[i]);
        fj_assert_within(mean_log, want, 2e-14, NAMES[_i]);
        ck_assert_int_eq(fj_mean_log_slope2(a, QS[i], &mean_log), FJ_OK);
        fj_assert_within(mean_log - log(mu1), want, 2e-14, NAMES[_i]);
        fj_rule_destroy(rule);
    }
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mean_log");
    TCase *tests = tcase_create("mean_log");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, rules_have_it, 0, sizeof NAMES / sizeof *NAMES);
    tcase_add_test(tests, flats_of_slope_zero);
    tcase_add_loop_test(tests, double_zeros, 0, sizeof DOUBLE / sizeof *DOUBLE);
    return fj_run_tap(suite);
}
