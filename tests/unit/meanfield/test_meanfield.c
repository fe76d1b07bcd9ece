/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <freejac/meanfield.h>
#include <freejac/network.h>
#include <string.h>
#include "average.h"
#include "meanfield_make.h"

/* Half a unit of the last digit of a decimal. */
static double half_unit(const char *text)
{
    const char *dot = strchr(text, '.'), *e = strchr(text, 'e');
    long decimals = dot ? (e ? e - dot - 1 : (long)strlen(dot) - 1) : 0;
    return 0.5000001 * pow(10, (double)-decimals + (e ? atof(e + 1) : 0));
}

/* ---- the critical line: NUMBERS.md 1 ---- */

static const struct {
    const char *spec;
    double q;
    const char *sigma_w2, *sigma_b2, *spread; /* spread = mu_2/mu_1^2 - 1 */
} line[] = {
    {"tanh", 1.0 / 64, "1.030558", "4.651333e-6", "1.689370e-3"},
    {"tanh", 0.025, "1.048282", "1.812380e-5", "4.000261e-3"},
    {"tanh", 1.0 / 16, "1.115381", "2.368768e-4", "1.919015e-2"},
    {"tanh", 0.1, "1.177569", "8.322804e-4", "3.970912e-2"},
    {"tanh", 0.5, "1.687975", "3.804120e-2", ".2992441"},
    {"tanh", 1, "2.153303", ".1509646", ".5834799"},
    {"tanh", 2, "2.861162", ".5122649", "1.040523"},
    {"tanh", 4, "3.907006", "1.518030", "1.735882"},
    {"tanh", 0.0259209482, "1.05", "2.0105213e-5", NULL},
    {"tanh", 0.8213544265, "2.", "0.1037798052", NULL},
    {"tanh", 0.0536282632, "1.1", "1.5569169e-4", NULL},
    {"tanh", 0.3341527984, "1.5", "1.5817877e-2", NULL},
    {"erf", 1.0 / 64, "1.024250", "2.989629e-6", "1.096479e-3"},
    {"erf", 0.025, "1.038528", "1.190502e-5", "2.662005e-3"},
    {"erf", 0.1, "1.146368", "6.188931e-4", "2.986030e-2"},
    {"erf", 0.5, "1.603370", "3.506617e-2", ".2632345"},
    {"erf", 1, "2.035090", ".1483607", ".5346407"},
    {"hard-tanh", 0.1, "1.00156786", "1.348822e-4", "1.567857e-3"},
    {"hard-tanh", 0.25, "1.04766923", "8.895448e-3", "4.766923e-2"},
    {"relu", 1, "2.", "0.", "1."},
    {"relu", 7.5, "2.", "0.", "1."},
};

START_TEST(critical_points_of_the_table)
{
    fj_activation *a = make(line[_i].spec);
    fj_meanfield m = critical(a, line[_i].q);
    fj_averages v;
    ck_assert_int_eq(fj_averages_at(a, line[_i].q, &v), FJ_OK);
    fj_assert_within(m.sigma_w * m.sigma_w, atof(line[_i].sigma_w2), half_unit(line[_i].sigma_w2),
                     "sigma_w^2");
    fj_assert_within(m.sigma_b * m.sigma_b, atof(line[_i].sigma_b2), half_unit(line[_i].sigma_b2),
                     "sigma_b^2");
    if (line[_i].spread)
        fj_assert_within(v.mu2 / (v.mu1 * v.mu1) - 1, atof(line[_i].spread),
                         half_unit(line[_i].spread), "mu_2/mu_1^2 - 1");
    ck_assert(m.chi == 1 && m.q_star == line[_i].q && m.phase == FJ_PHASE_CRITICAL);
    ck_assert(m.stable == 1 && isnan(m.xi_c) && m.fixed_point_count == 1);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(critical_points_are_fixed_points)
{
    static const char *specs[] = {"tanh", "erf", "hard-tanh", "arctan", "softsign", "sin"};
    fj_test_random r = fj_test_random_make();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        fj_activation *a = make(specs[i]);
        for (int n = 0; n < 10; n++) {
            double least = i == 2 ? 0.05 : 1e-3; /* below, hard-tanh is linear */
            double q = fj_test_loguniform(&r, least, 20), next,
                   q0 = fj_test_loguniform(&r, 1e-3, 50);
            fj_meanfield m = critical(a, q), s = solve(a, m.sigma_w, m.sigma_b, q0);
            char what[96];
            snprintf(what, sizeof what, "%s, q = %.17g, q0 = %.17g", specs[i], q, q0);
            ck_assert_int_eq(fj_length_map(a, m.sigma_w, m.sigma_b, q, &next), FJ_OK);
            fj_assert_near(next, q, 4e-15, what);
            fj_assert_near(s.q_star, q, 4e-15 / (1 - m.slope), what);
            fj_assert_within(s.slope, m.slope, 1e-14 / (1 - m.slope), what);
            ck_assert_msg(s.phase == FJ_PHASE_CRITICAL, "%s: chi - 1 = %g", what, s.chi - 1);
            ck_assert_msg(s.stable == 1 && fabs(s.chi - 1) < 1e-11, "%s", what);
            if (m.slope > 1e-12) /* sin at large q: exp(-2 q) is below rounding */
                fj_assert_near(m.xi_q, -1 / log(m.slope), 1e-12, what);
        }
        fj_activation_destroy(a);
    }
}
END_TEST

START_TEST(unstable_critical_points_are_called_so)
{
    /* THEORY 6: slopes 1.067 and 1.097 */
    fj_activation *gelu = make("gelu"), *silu = make("silu");
    fj_meanfield m = critical(gelu, 1);
    fj_assert_within(m.slope, 1.067, 5e-4, "gelu");
    ck_assert(!m.stable && isnan(m.xi_q));
    m = critical(silu, 0.6);
    fj_assert_within(m.slope, 1.097, 5e-4, "silu");
    ck_assert(!m.stable);
    fj_activation_destroy(gelu);
    fj_activation_destroy(silu);
}
END_TEST

START_TEST(tiny_biases_are_none)
{
    /* hard-tanh: sigma_b^2 is about exp(-1/(2q)) and underflows; its rounding is not infeasible */
    fj_activation *a = make("hard-tanh");
    for (double q = 1e-4; q < 2e-3; q *= 1.0007) {
        fj_meanfield m = critical(a, q);
        ck_assert_msg(m.sigma_b >= 0 && m.sigma_b < 1e-50, "q = %.17g: sigma_b = %g", q, m.sigma_b);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(infeasible_points_say_why)
{
    static const char *specs[] = {"sigmoid", "softplus"};
    for (size_t i = 0; i < 2; i++) {
        fj_activation *a = make(specs[i]);
        fj_meanfield m;
        fj_detail detail = {""};
        ck_assert_int_eq(fj_meanfield_critical(a, 1, &m, &detail), FJ_INFEASIBLE);
        ck_assert_msg(strstr(detail.text, "sigma_b^2 would be -") != NULL, "%s", detail.text);
        ck_assert(isnan(m.sigma_w) && isnan(m.q_star) && isnan(m.chi));
        ck_assert_int_eq(fj_meanfield_critical(a, 1, &m, NULL), FJ_INFEASIBLE);
        fj_activation_destroy(a);
    }
    fj_activation *a = make("sigmoid"); /* the q it points to works */
    fj_meanfield m;
    fj_detail detail = {""};
    fj_meanfield_critical(a, 1, &m, &detail);
    double near =
        atof(strstr(detail.text, "there is one at q = ") + strlen("there is one at q = "));
    critical(a, near * 1.01);
    fj_activation_destroy(a);
}
END_TEST

/* ---- given sigma_w, sigma_b ---- */

START_TEST(homogeneous_networks)
{
    fj_activation *relu = make("relu"), *linear = make("linear");
    fj_meanfield m = solve(relu, M_SQRT2, 0, 2.385);
    ck_assert(m.q_star == 2.385 && m.slope == 1 && m.stable == 1 && m.phase == FJ_PHASE_CRITICAL);
    m = solve(relu, 1.2, 0.3, 1); /* q = sigma_b^2/(1 - sigma_w^2/2) */
    fj_assert_near(m.q_star, 0.09 / 0.28, 4e-15, "relu");
    fj_assert_near(m.chi, 0.72, 4e-16, "chi");
    fj_assert_near(m.xi_c, -1 / log(0.72), 4e-15, "xi_c");
    ck_assert(m.phase == FJ_PHASE_ORDERED && m.c_star == 1 && m.stable);
    m = solve(linear, 0.5, 0, 3);
    ck_assert(m.q_star == 0 && m.slope == 0.25);
    fj_detail detail = {""};
    ck_assert_int_eq(fj_meanfield_solve(relu, 1.5, 0.1, 1, &m, &detail), FJ_NO_FIXED_POINT);
    ck_assert_msg(strstr(detail.text, "factor sigma_w^2 E[phi'^2] = 1.125 in every layer") != NULL,
                  "%s", detail.text);
    ck_assert(isnan(m.q_star));
    ck_assert_int_eq(fj_meanfield_solve(relu, M_SQRT2, 0.1, 1, &m, &detail), FJ_NO_FIXED_POINT);
    ck_assert_msg(strstr(detail.text, "sigma_b^2 = 0.01") != NULL, "%s", detail.text);
    fj_activation_destroy(relu);
    fj_activation_destroy(linear);
}
END_TEST

START_TEST(origin_without_bias)
{
    fj_activation *tanh_ = make("tanh");
    fj_meanfield m = solve(tanh_, 0.9, 0, 1);
    ck_assert(m.q_star == 0 && m.phase == FJ_PHASE_ORDERED && m.stable);
    fj_assert_near(m.chi, 0.81, 4e-16, "chi = sigma_w^2 phi'(0)^2");
    m = solve(tanh_, 1, 0, 1);
    ck_assert(m.q_star == 0 && m.chi == 1 && m.slope == 1 && m.stable &&
              m.phase == FJ_PHASE_CRITICAL);
    /* just above: sigma_w^2 (1 - 2 q + 17 q^2/3) = 1, in far fewer steps than the recursion's 1/delta */
    for (double delta = 1e-3; delta > 1e-11; delta /= 10) {
        m = solve(tanh_, sqrt(1 + delta), 0, 1);
        fj_assert_near(m.q_star, delta / 2 * (1 + delta * 5 / 12),
                       6 * delta * delta + 2e-15 / delta, "q* = delta/2");
        ck_assert_int_eq((int)m.fixed_point_count, 2);
        ck_assert(m.fixed_points[0].q == 0 && m.stable);
        if (delta > 1e-6) /* below, chi = 1 + delta^2/12 cannot be told from 1 */
            ck_assert(m.phase == FJ_PHASE_CHAOTIC && m.c_star == 0);
    }
    /* from q0 = 0 it stays there, though it is unstable */
    m = solve(tanh_, 1.5, 0, 0);
    ck_assert(m.q_star == 0 && !m.stable);
    fj_activation_destroy(tanh_);
}
END_TEST

START_TEST(basins_follow_the_recursion)
{
    /* gelu, sigma_w = 1.5, sigma_b = 0: 0 is stable, 1.40 is not, beyond it q grows without bound */
    fj_activation *gelu = make("gelu");
    fj_meanfield m = solve(gelu, 1.5, 0, 1.3);
    ck_assert_int_eq((int)m.fixed_point_count, 2);
    ck_assert(m.q_star == 0 && m.stable && m.fixed_points[1].slope > 1);
    double edge = m.fixed_points[1].q;
    m = solve(gelu, 1.5, 0, edge);
    ck_assert(m.q_star == edge && !m.stable);
    fj_detail detail = {""};
    ck_assert_int_eq(fj_meanfield_solve(gelu, 1.5, 0, 1.5, &m, &detail), FJ_NO_FIXED_POINT);
    ck_assert_msg(strstr(detail.text, "start below q = 1.40") != NULL, "%s", detail.text);
    fj_activation_destroy(gelu);
}
END_TEST

/* Iterates the length map by hand; *step is the last change. */
static double iterate(const fj_activation *a, double sigma_w, double sigma_b, double q,
                      double *step)
{
    *step = NAN;
    for (int n = 0; n < 3000 && q < 1e9 && *step != 0; n++) {
        double before = q;
        ck_assert_int_eq(fj_length_map(a, sigma_w, sigma_b, q, &q), FJ_OK);
        *step = q - before;
    }
    return q;
}

START_TEST(solving_is_iterating)
{
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    fj_activation *a = make(info.name);
    fj_test_random r = fj_test_random_make();
    for (int n = 0; n < 5; n++) {
        double sigma_w = fj_test_uniform(&r, 0.3, 1.3), sigma_b = fj_test_uniform(&r, 0.05, 1);
        double q0 = fj_test_loguniform(&r, 1e-3, 10), step;
        double q = iterate(a, sigma_w, sigma_b, q0, &step);
        fj_meanfield m;
        fj_detail detail = {""};
        fj_status status = fj_meanfield_solve(a, sigma_w, sigma_b, q0, &m, &detail);
        char what[128];
        snprintf(what, sizeof what, "%s, sigma_w = %.17g, sigma_b = %.17g, q0 = %.17g", info.name,
                 sigma_w, sigma_b, q0);
        if (status == FJ_NO_FIXED_POINT) {
            ck_assert_msg(step > 0, "%s: %s", what, detail.text);
        } else {
            ck_assert_msg(status == FJ_OK, "%s: %s", what, detail.text);
            /* where the iteration still moves it moves towards q*, by (1 - slope) of what is left */
            double left = fabs(step) / (1 - m.slope);
            fj_assert_within(q, m.q_star, 1.5 * left + 1e-14 * q / (1 - m.slope), what);
        }
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(chaotic_correlations_of_erf)
{
    /* E[erf erf] = (2/pi) asin(c b/(1 + b)), b = pi q/2: the correlation map in closed form */
    fj_activation *a = make("erf");
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 8; i++) {
        double sigma_w = fj_test_uniform(&r, 1.2, 4), sigma_b = fj_test_uniform(&r, 0.01, 0.3);
        fj_meanfield m = solve(a, sigma_w, sigma_b, 1);
        if (m.phase != FJ_PHASE_CHAOTIC)
            continue;
        double b = M_PI * m.q_star / 2, k = b / (1 + b), c = m.c_star;
        double next = (sigma_w * sigma_w * 2 / M_PI * asin(c * k) + sigma_b * sigma_b) / m.q_star;
        double slope = sigma_w * sigma_w * 2 / M_PI * k / sqrt(1 - c * c * k * k) / m.q_star;
        char what[96];
        snprintf(what, sizeof what, "sigma_w = %.17g, sigma_b = %.17g", sigma_w, sigma_b);
        fj_assert_within(next, c, 2e-14, what);
        fj_assert_near(m.xi_c, -1 / log(slope), 1e-12, what);
        ck_assert_msg(c > 0 && c < 1 && slope < 1, "%s", what);
    }
    /* c* close to 1, just above the critical line: a point of it with sigma_w^2 raised by 1e-6 */
    fj_meanfield m = critical(a, 0.5);
    m = solve(a, m.sigma_w * sqrt(1 + 1e-6), m.sigma_b, 1);
    double b = M_PI * m.q_star / 2, k = b / (1 + b), e = 1 - m.c_star;
    /* (asin k - asin(c k))/(1 - c) = slope of the chord, by the subtraction formula */
    double c = m.c_star, chord = asin(k * sqrt(1 - c * c * k * k) - c * k * sqrt(1 - k * k)) / e;
    ck_assert(m.phase == FJ_PHASE_CHAOTIC && e > 1e-7 && e < 1e-4);
    fj_assert_near(m.sigma_w * m.sigma_w * 2 / M_PI * chord / m.q_star, 1, 1e-9, "chord");
    fj_activation_destroy(a);
}
END_TEST

START_TEST(chaotic_correlations_of_others)
{
    /* sin: E[sin sin] = exp(-q) sinh(q c); hard-tanh and selu without bias: c* = 0 where E phi = 0 */
    fj_activation *a = make("sin");
    fj_meanfield m = solve(a, 2, 0.4, 1);
    double q = m.q_star, c = m.c_star;
    ck_assert(m.phase == FJ_PHASE_CHAOTIC);
    fj_assert_within((4 * exp(-q) * sinh(q * c) + 0.16) / q, c, 2e-14, "sin");
    fj_assert_near(m.xi_c, -1 / log(4 * exp(-q) * cosh(q * c)), 1e-12, "sin");
    fj_activation_destroy(a);
    a = make("hard-tanh");
    m = solve(a, 2, 0, 1);
    ck_assert(m.phase == FJ_PHASE_CHAOTIC && m.c_star == 0);
    fj_averages v; /* slope at c = 0: sigma_w^2 (E phi')^2 */
    ck_assert_int_eq(fj_averages_at(a, m.q_star, &v), FJ_OK);
    fj_assert_near(m.xi_c, -1 / log(4 * v.mu1 * v.mu1), 1e-12, "hard-tanh");
    fj_activation_destroy(a);
}
END_TEST

/* ---- misuse, networks ---- */

/* Where a stable and an unstable length meet, they part like a square root; no pair is missed however close. */
START_TEST(fixed_points_meet_and_part)
{
    fj_activation *a = make("gelu");
    fj_meanfield m;
    double low = 1.7, high = 1.8;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        fj_meanfield_solve(a, middle, 0.1, 0.01, &m, NULL);
        *(m.fixed_point_count > 0 ? &low : &high) = middle;
    }
    double rate = NAN;
    for (double distance = 1e-4; distance > 1e-13; distance /= 10) {
        m = solve(a, low * (1 - distance), 0.1, 0.01);
        ck_assert_msg(m.fixed_point_count == 2, "distance %g: %zu", distance, m.fixed_point_count);
        double apart = (m.fixed_points[1].q - m.fixed_points[0].q) / sqrt(distance);
        ck_assert(isnan(rate) || fabs(apart / rate - 1) < 3e-3);
        ck_assert(m.fixed_points[0].slope < 1 && m.fixed_points[1].slope > 1 && m.stable);
        rate = apart;
    }
    m.q_star = 0;
    ck_assert_int_eq(fj_meanfield_solve(a, high * (1 + 1e-9), 0.1, 0.01, &m, NULL),
                     FJ_NO_FIXED_POINT);
    ck_assert(m.fixed_point_count == 0 && isnan(m.q_star));
    fj_activation_destroy(a);
}
END_TEST

START_TEST(misuse_is_refused)
{
    fj_activation *a = make("tanh");
    fj_meanfield m;
    double q;
    const double wrong[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(fj_meanfield_solve(a, wrong[i], 0, 1, &m, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_meanfield_solve(a, 1, wrong[i], 1, &m, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_meanfield_solve(a, 1, 0, wrong[i], &m, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_meanfield_critical(a, wrong[i], &m, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_length_map(a, 1, 0, wrong[i], &q), FJ_INVALID);
        ck_assert(isnan(q) && isnan(m.q_star));
    }
    ck_assert_int_eq(fj_meanfield_solve(a, 0, 0, 1, &m, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_meanfield_solve(NULL, 1, 0, 1, &m, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_meanfield_solve(a, 1, 0, 1, NULL, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_meanfield_critical(a, 0, &m, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_meanfield_critical(a, 1, NULL, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_meanfield_critical(a, 1e300, &m, NULL), FJ_RANGE);
    ck_assert_int_eq(fj_length_map(a, 1, 0, 1, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_length_map(a, 1e200, 0, 1, &q), FJ_RANGE);
    ck_assert(isnan(q));
    fj_activation_destroy(a);
}
END_TEST

START_TEST(networks_take_their_point)
{
    fj_activation *a = make("tanh");
    fj_meanfield m = critical(a, 0.025);
    fj_network net;
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_GAUSSIAN, 200, &m, &net), FJ_OK);
    const fj_network_run *run = net.run;
    ck_assert(net.runs == 1 && run->activation == a && run->weights == FJ_WEIGHTS_GAUSSIAN);
    ck_assert(run->count == 200 && run->sigma_w == m.sigma_w && run->sigma_b == m.sigma_b);
    ck_assert(run->q == 0.025 && run->chi == 1 && run->width == net.width);
    fj_network_clear(&net);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_GAUSSIAN, 0, &m, &net), FJ_INVALID);
    ck_assert_int_eq(fj_network_identical(NULL, FJ_WEIGHTS_GAUSSIAN, 1, &m, &net), FJ_INVALID);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_GAUSSIAN, 1, NULL, &net), FJ_INVALID);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_GAUSSIAN, 1, &m, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_network_identical(a, (fj_weights)7, 1, &m, &net), FJ_INVALID);
    m.q_star = NAN;
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_GAUSSIAN, 1, &m, &net), FJ_INVALID);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meanfield");
    TCase *points = tcase_create("critical line"), *given = tcase_create("given sigmas");
    TCase *rest = tcase_create("misuse");
    suite_add_tcase(suite, points);
    tcase_add_loop_test(points, critical_points_of_the_table, 0, sizeof line / sizeof *line);
    tcase_add_test(points, critical_points_are_fixed_points);
    tcase_add_test(points, unstable_critical_points_are_called_so);
    tcase_add_test(points, tiny_biases_are_none);
    tcase_add_test(points, infeasible_points_say_why);
    suite_add_tcase(suite, given);
    tcase_set_timeout(given, 60);
    tcase_add_test(given, homogeneous_networks);
    tcase_add_test(given, origin_without_bias);
    tcase_add_test(given, basins_follow_the_recursion);
    tcase_add_loop_test(given, solving_is_iterating, 0, (int)fj_activation_count());
    tcase_add_test(given, fixed_points_meet_and_part);
    tcase_add_test(given, chaotic_correlations_of_erf);
    tcase_add_test(given, chaotic_correlations_of_others);
    suite_add_tcase(suite, rest);
    tcase_add_test(rest, misuse_is_refused);
    tcase_add_test(rest, networks_take_their_point);
    return fj_run_tap(suite);
}
