/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rule knows of the law of t: its masses, its range, and where t takes a value. */
#include "rule_make.h"

static const struct {
    const char *spec;
    double least, most; /* range; least > most: none */
    double t[3], mass[3];
} laws[] = {
    {"linear", 1, 0, {1}, {1}},
    {"relu", 1, 0, {0, 1}, {0.5, 0.5}},
    {"leaky-relu:slope=0.5", 1, 0, {0.25, 1}, {0.5, 0.5}},
    {"leaky-relu:slope=2", 1, 0, {1, 4}, {0.5, 0.5}},
    {"leaky-relu:slope=1", 1, 0, {1}, {1}},
    {"hard-tanh", 1, 0, {0, 1}, {0.18242243945173574, 0.81757756054826426}}, /* erf(1/sqrt(2q)) */
    {"tanh", 0, 1, {0}, {0}},
    {"erf", 0, 1, {0}, {0}},
    {"sigmoid", 0, 0.0625, {0}, {0}},
    {"arctan", 0, 1, {0}, {0}},
    {"softsign", 0, 1, {0}, {0}},
    {"sin", 0, 1, {0}, {0}},
    {"softplus", 0, 1, {0}, {0}},
    {"elu:alpha=0.5", 0, 0.25, {1}, {0.5}},
    {"selu", 0, 3.0909132922879810, {1.1039725648297816}, {0.5}},
    {"gelu", 0, 1.274424569016225, {0}, {0}},  /* phi'' = 0 at sqrt(2) */
    {"silu", 0, 1.2096465301015282, {0}, {0}}, /* x tanh(x/2) = 2 */
};
static const double LAW_Q = 0.5625;

START_TEST(masses_and_range)
{
    double mu1, least, most, total = 0;
    const fj_mass *mass;
    fj_activation *a = fj_test_make(laws[_i].spec);
    fj_rule *rule = make_rule(a, LAW_Q, &mu1);
    const int has_range = fj_rule_range(rule, &least, &most);
    ck_assert_msg(has_range == (laws[_i].least <= laws[_i].most), "%s", laws[_i].spec);
    if (has_range) {
        fj_assert_within(least, laws[_i].least, 0, laws[_i].spec);
        fj_assert_near(most, laws[_i].most, 4 * DBL_EPSILON, laws[_i].spec);
    }
    size_t n = fj_rule_masses(rule, &mass);
    for (size_t i = 0; i < n; i++) {
        ck_assert(i < 3);
        fj_assert_near(mass[i].t, laws[_i].t[i], 4 * DBL_EPSILON, laws[_i].spec);
        fj_assert_near(mass[i].mass, laws[_i].mass[i], 4 * DBL_EPSILON, laws[_i].spec);
        total += mass[i].mass;
    }
    ck_assert_msg(has_range || fabs(total - 1) <= 2 * DBL_EPSILON, "%s: %.17g", laws[_i].spec,
                  total);
    ck_assert_msg(n == 3 || laws[_i].mass[n] == 0, "%s: %zu masses", laws[_i].spec, n);
    fj_rule_destroy(rule);
    fj_activation_destroy(a);
}
END_TEST

static double log_t(const fj_activation *a, double x)
{
    return a->kind->log_slope ? 2 * a->kind->log_slope(a->parameter, x)
                              : 2 * log(fabs(fj_activation_slope(a, x)));
}

/* How often t crosses the level on (-far, far), pieces only, by looking at many points. */
static size_t count_crossings(const fj_activation *a, double root_q, double level, double far)
{
    enum { STEPS = 200000 };
    size_t count = 0;
    for (size_t i = 0; i < a->pieces; i++) {
        double from = fmax(-far, a->piece[i].from / root_q),
               to = fmin(far, a->piece[i].to / root_q);
        int before = 0;
        for (int k = 0; k < STEPS; k++) {
            double h = from + (to - from) * (k + 0.5) / STEPS;
            int above = log_t(a, root_q * h) > level;
            count += k > 0 && above != before;
            before = above;
        }
    }
    return count;
}

START_TEST(crossings_are_solutions)
{
    enum { ROOM = 600 };
    static const double FAR = 30;
    static fj_crossing at[ROOM];
    fj_test_random r = fj_test_random_make();
    for (int n = 0; n < 6; n++) {
        double q = fj_test_loguniform(&r, 1e-3, 5), root_q = sqrt(q), mu1, least, most;
        fj_activation *a = fj_test_make(laws[_i].spec);
        fj_rule *rule = make_rule(a, q, &mu1);
        double level = -1;
        if (fj_rule_range(rule, &least, &most))
            level = log(most) - fj_test_loguniform(&r, 1e-2, 10 * fmin(1, q));
        size_t count = fj_rule_crossings(rule, level, at, ROOM), inside = 0;
        for (size_t i = 0; i < count && i < ROOM; i++) {
            double h = at[i].h, x = root_q * h, step = 1e-4;
            char what[160];
            snprintf(what, sizeof what, "%s, q = %.17g, log t = %.17g: h = %.17g", laws[_i].spec, q,
                     level, h);
            double f = fj_activation_slope(a, x), df = fj_activation_curvature(a, x);
            fj_assert_within(log_t(a, x), level,
                             accuracy(a) * (1 + fabs(level) + fabs(h * at[i].slope)), what);
            fj_assert_within(
                at[i].slope, 2 * root_q * df / f,
                accuracy(a) * (fabs(at[i].slope) + fabs(h * at[i].bend) + root_q / fabs(f)), what);
            double up = 2 * root_q * fj_activation_curvature(a, x + root_q * step) /
                        fj_activation_slope(a, x + root_q * step);
            double down = 2 * root_q * fj_activation_curvature(a, x - root_q * step) /
                          fj_activation_slope(a, x - root_q * step);
            double difference = (up - down) / (2 * step);
            fj_assert_within(at[i].bend, difference,
                             1e-5 * (1 + q + fabs(at[i].bend) + pow(at[i].slope, 2)), what);
            ck_assert_msg(i == 0 || at[i - 1].h < h, "%s: not ascending", what);
            inside += fabs(h) < FAR;
        }
        ck_assert_msg(inside == count_crossings(a, root_q, level, FAR),
                      "%s, q = %.17g, log t = %.17g: %zu crossings, not %zu", laws[_i].spec, q,
                      level, inside, count_crossings(a, root_q, level, FAR));
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crossings");
    TCase *law = tcase_create("law");
    suite_add_tcase(suite, law);
    tcase_add_loop_test(law, masses_and_range, 0, sizeof laws / sizeof *laws);
    tcase_add_loop_test(law, crossings_are_solutions, 0, sizeof laws / sizeof *laws);
    return fj_run_tap(suite);
}
