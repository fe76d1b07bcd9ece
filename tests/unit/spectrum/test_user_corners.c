/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of formulas in corners where they once were wrong or refused: phi' next to 1, kinks far outside the gaussian, falls over many
 * decades beside an extremum of t. */
#include <freejac/freejac.h>
#include <string.h>
#include "legendre_rule.h"
#include "network_make.h"
#include "sample.h"

/* phi' that varies little about 1: orthogonal layers have a gap down to s = 0, and L gaussian ones are next to linear, with a density
 * that goes like s^(2/(L + 1) - 1) at s = 0. */
START_TEST(slopes_next_to_one)
{
    static const char *const formula[] = {"expr:x+0.1*tanh(x)", "expr:x-0.1*x*sigmoid(0.3*x)",
                                          "expr:x+0.1*sin(x)"};
    fj_activation *a = fj_test_make(formula[_i]);
    for (uint64_t depth = 1; depth < 20; depth += 3) {
        fj_network_run network = fj_test_network(a, FJ_WEIGHTS_ORTHOGONAL, depth, 0.5);
        fj_spectrum *law = fj_test_spectrum(&network);
        const fj_spectrum_interval *interval;
        ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
        ck_assert(interval->s_min > 0);
        fj_spectrum_destroy(law);
        network.weights = FJ_WEIGHTS_GAUSSIAN;
        law = fj_test_spectrum(&network);
        const double power = 2.0 / (double)(depth + 1);
        for (double log_s = -30; log_s > -400; log_s *= 1.31) {
            const double at[2] = {log_s * (double)depth, log_s * (double)depth - 10};
            fj_spectrum_point point[2];
            double quantile;
            ck_assert_int_eq(fj_spectrum_eval_log(law, at, 2, point), FJ_OK);
            fj_assert_near(point[1].density_log10 / point[0].density_log10, exp(-10 * power), 1e-8,
                           formula[_i]);
            /* F is s/power times the density; 1 - F is known to rounding */
            fj_assert_within(point[0].cdf, point[0].density_log10 / M_LN10 / power, 1e-11,
                             formula[_i]);
            if (point[0].cdf < 1e-12)
                continue;
            ck_assert_int_eq(fj_spectrum_quantile(law, point[0].cdf, &quantile), FJ_OK);
            fj_assert_within((quantile - at[0]) * point[0].density_log10, 0, 1e-14, formula[_i]);
        }
        fj_spectrum_destroy(law);
    }
    fj_activation_destroy(a);
}
END_TEST

/* One orthogonal layer at a q so small that kinks lie hundreds of standard deviations out: F is that of phi without them. */
START_TEST(kinks_beyond_the_gaussian)
{
    static const char *const formula[][2] = {
        {"expr:tanh(min(max(x,-0.254),2.53))^2", "expr:tanh(x)^2"},
        {"expr:where(x<-3,0,where(x>3,x,x*(x+3)/6))", "expr:x*(x+3)/6"},
        {"expr:max(-1,min(1,x))+0.1*x^2", "expr:x+0.1*x^2"}};
    static const double s[] = {0.01, 0.3, 0.9999, 1.0001, 1.3, 2.7, 17, 130, 280};
    fj_activation *one = fj_test_make(formula[_i][0]), *two = fj_test_make(formula[_i][1]);
    for (double q = 1e-3; q > 1e-8; q /= 7) {
        fj_network_run network = fj_test_network(one, FJ_WEIGHTS_ORTHOGONAL, 1, q);
        fj_spectrum *law = fj_test_spectrum(&network), *plain;
        network = fj_test_network(two, FJ_WEIGHTS_ORTHOGONAL, 1, q);
        plain = fj_test_spectrum(&network);
        for (size_t i = 0; i < sizeof s / sizeof *s; i++) {
            fj_spectrum_point a, b;
            if (fj_spectrum_eval(law, &s[i], 1, &a) == FJ_OK &&
                fj_spectrum_eval(plain, &s[i], 1, &b) == FJ_OK)
                fj_assert_within(a.cdf, b.cdf, 1e-10, formula[_i][0]);
        }
        for (double p = 1e-3; p < 1; p += 0.0731) {
            double a, b;
            ck_assert_int_eq(fj_spectrum_quantile(law, p, &a), FJ_OK);
            ck_assert_int_eq(fj_spectrum_quantile(plain, p, &b), FJ_OK);
            fj_assert_within(a, b, 1e-9, formula[_i][0]);
        }
        fj_spectrum_destroy(plain);
        fj_spectrum_destroy(law);
    }
    fj_activation_destroy(two);
    fj_activation_destroy(one);
}
END_TEST

/* Where the law falls from 10 to 1e-14 within 1e-10 of u, angles below 1e-17 are rounding: none of the points above is lost to them. */
START_TEST(points_beside_an_extremum)
{
    fj_activation *a = fj_test_make("expr:erf(x+2.94)*tanh(-x)");
    fj_network_run network = fj_test_network(a, FJ_WEIGHTS_ORTHOGONAL, 2, 0.002345);
    fj_spectrum *law = fj_test_spectrum(&network);
    double last = 0;
    for (int i = 0; i <= 3000; i++) {
        const double log_s = 0.00439056 + 7.5e-9 * i / 3000;
        fj_spectrum_point at;
        ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &at), FJ_OK);
        ck_assert_msg(at.cdf >= last && at.error < 1e-7, "log s = %.17g: F = %.17g, error %g",
                      log_s, at.cdf, at.error);
        last = at.cdf;
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Layers of x tanh(x), whose phi' is 0 at 0, and of x + 0.3 sin(2 x), whose phi' has zeros beside the axis: next to lambda = 0 the n of
 * the former goes like root u, that of the latter like u, so that log z = (1 + layers of the former) log n and density per log lambda
 * goes like that power, but for parts of the size of n. What rounding leaves of n at tiny u is in the estimates. */
START_TEST(power_laws_next_to_zero)
{
    static const char *const formula[] = {"expr:x*tanh(x)", "expr:x+0.3*sin(2*x)"};
    static const double STEP = 0.01;
    const int pairs = _i + 1;
    const double power = 1.0 / (1 + pairs);
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int i = 0; i < 2 * pairs; i++)
        fj_test_net_add(&net, formula[i % 2], FJ_WEIGHTS_ORTHOGONAL, 0.3 + 0.4 * i, 1, 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    size_t known = 0;
    for (double log_density = -20; log_density > -38; log_density -= 0.0317) {
        const double log_s = log_density / power / 2, at[2] = {log_s, log_s - STEP / 2};
        fj_spectrum_point point[2];
        (void)fj_spectrum_eval_log(law, at, 2, point);
        if (point[0].status != FJ_OK || point[1].status != FJ_OK)
            continue;
        known++;
        const double ratio = point[1].density_log10 / point[0].density_log10;
        fj_assert_within(ratio / exp(-STEP * power) - 1, 0,
                         point[0].error + point[1].error + 10 * STEP * exp(log_density), net.what);
    }
    ck_assert_uint_gt(known, 50);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* phi' that changes its sign at 0: of one gaussian layer the density goes like s^(2/3 - 1) next to s = 0, and is known there as well as
 * anywhere. (The pole of 1/(u - t) stood next to the end of a panel, and the density was lost where F is below 1e-9.) */
START_TEST(zeros_at_the_origin)
{
    static const char *const formula[] = {"expr:log(cosh(x))", "expr:x*erf(x)", "expr:sqrt(1+x^2)",
                                          "expr:x^2",          "expr:cos(x)",   "expr:x*tanh(x)"};
    fj_activation *a = fj_test_make(formula[_i]);
    for (double q = 0.013; q < 5; q *= 4.1) {
        fj_network_run network = fj_test_network(a, FJ_WEIGHTS_GAUSSIAN, 1, q);
        fj_spectrum *law = fj_test_spectrum(&network);
        for (double log_s = -42; log_s > -300; log_s *= 1.31) {
            const double at[2] = {log_s, log_s - 10}, power = 2.0 / 3;
            fj_spectrum_point point[2];
            ck_assert_int_eq(fj_spectrum_eval_log(law, at, 2, point), FJ_OK);
            fj_assert_near(point[1].density_log10 / point[0].density_log10, exp(-10 * power), 1e-10,
                           formula[_i]);
            ck_assert(point[0].error < 1e-11 && point[1].error < 1e-11);
            fj_assert_within(point[0].cdf, point[0].density_log10 / M_LN10 / power, 1e-13,
                             formula[_i]);
        }
        fj_spectrum_destroy(law);
    }
    fj_activation_destroy(a);
}
END_TEST

/* Far down, where u is so small that densities are not known, nothing else is lost: F rises from quantile to quantile by what the
 * density says. (Both patches next to such a place were refused, and half the law of the first network with them.) */
START_TEST(known_above_what_is_not)
{
    static const struct {
        const char *formula;
        double sigma_w, sigma_b, q;
        int depth;
    } nets[] = {{"expr:x*erf(x)", 0.9, 0.3, 0.5, 15},
                {"expr:tanh(x)*relu(x)", 0.9, 0.3, 0.5, 15},
                {"expr:exp(-x^2)", 1.5, 0.3, 2, 20},
                {"expr:tanh(x)^3", 1.1, 0.4, 1, 6}};
    enum { STEPS = 24, NODES = 12 };
    double x[NODES], w[NODES], q = nets[_i].q, p_before = NAN, before = NAN;
    fj_activation *a = fj_test_make(nets[_i].formula);
    fj_network network;
    fj_network_init(&network, 1);
    for (int i = 0; i < nets[_i].depth; i++) {
        fj_averages v;
        ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
        const double sigma_w = nets[_i].sigma_w;
        const fj_network_run run = {a, FJ_WEIGHTS_ORTHOGONAL,    1, sigma_w, nets[_i].sigma_b, 1,
                                    q, sigma_w * sigma_w * v.mu1};
        ck_assert_int_eq(fj_network_add(&network, &run, NULL), FJ_OK);
        ck_assert_int_eq(fj_length_map(a, sigma_w, nets[_i].sigma_b, q, &q), FJ_OK);
    }
    fj_spectrum *law;
    ck_assert_int_eq(fj_spectrum_create(&network, &law, NULL), FJ_OK);
    const fj_spectrum_atom *atom;
    const double at_zero = fj_spectrum_atoms(law, &atom) ? atom[0].mass : 0;
    fj_legendre_rule(NODES, x, w);
    for (double p = 0.001; p < 1; p += 0.0333) {
        double log_s, mass = 0;
        if (p < at_zero)
            continue;
        ck_assert_msg(fj_spectrum_quantile(law, p, &log_s) == FJ_OK, "%s, p = %g", nets[_i].formula,
                      p);
        for (int i = 0; i < STEPS * NODES && !isnan(before); i++) {
            const double width = (log_s - before) / STEPS,
                         here = before + width * (i / NODES + (1 + x[i % NODES]) / 2);
            fj_spectrum_point point;
            ck_assert_int_eq(fj_spectrum_eval_log(law, &here, 1, &point), FJ_OK);
            mass += w[i % NODES] / 2 * width * point.density_log10 / M_LN10;
        }
        if (!isnan(before))
            fj_assert_within(mass, p - p_before, 1e-9, nets[_i].formula);
        before = log_s;
        p_before = p;
    }
    fj_spectrum_destroy(law);
    fj_network_clear(&network);
    fj_activation_destroy(a);
}
END_TEST

/* Towards s = 0 the density per unit s stays, or grows, while that per unit log lambda falls below all that is followed: there it is not
 * known, and never told as 0. */
START_TEST(no_zero_where_the_density_shows)
{
    typedef struct row {
        const char *activation;
        int weights;
        double sigma_w, sigma_b, width;
    } row;
    enum { ROWS = 8, G = FJ_WEIGHTS_GAUSSIAN, O = FJ_WEIGHTS_ORTHOGONAL };
    static const row nets[3][ROWS] = {
        {{"expr:cos(x)", O, 1.206, 0.3, 100}, {"expr:cos(x)", G, 1.31, 0.3, 83.3}},
        {{"expr:sqrt(1+x^2)", G, 1.529, 0, 42.4},
         {"gelu", G, 1.104, 0, 85.9},
         {"expr:sqrt(1+x^2)", G, 1.529, 0, 85.9},
         {"gelu", G, 0.985, 0, 85.9}},
        {{"arctan", G, 1.416, 0, 100},
         {"expr:tanh(x)+0.1*sin(3*x)", O, 1.052, 0, 100},
         {"expr:tanh(x)+0.1*sin(3*x)", O, 1.444, 0.3, 100},
         {"expr:atan(x)*x/(1+abs(x))", G, 1.31, 0, 100},
         {"expr:tanh(x)+0.1*sin(3*x)", O, 1.574, 0.3, 100},
         {"expr:tanh(x)+0.1*sin(3*x)", O, 1.155, 0, 100},
         {"expr:atan(x)*x/(1+abs(x))", G, 1.123, 0.05, 100},
         {"arctan", O, 1.08, 0.05, 100}}};
    static const double q0[3] = {1.759, 0.688, 0.098}, down_to[3] = {-120, -100, -20};
    fj_activation *made[ROWS] = {NULL};
    fj_network network;
    fj_network_init(&network, 100);
    for (int i = 0; i < ROWS && nets[_i][i].activation; i++) {
        const row *r = &nets[_i][i];
        for (int k = 0; k < i && !made[i]; k++)
            if (strcmp(nets[_i][k].activation, r->activation) == 0)
                made[i] = made[k];
        if (!made[i])
            made[i] = fj_test_make(r->activation);
        const fj_network_run run = {made[i],    r->weights, 1,      r->sigma_w,
                                    r->sigma_b, r->width,   q0[_i], 1};
        ck_assert_int_eq(fj_network_follow(&network, &run, NULL), FJ_OK);
    }
    fj_spectrum *law;
    ck_assert_int_eq(fj_spectrum_create(&network, &law, NULL), FJ_OK);
    for (int decade = -1; decade >= -300; decade -= 3) {
        const double log_s = decade * M_LN10;
        fj_spectrum_point point;
        (void)fj_spectrum_eval_log(law, &log_s, 1, &point);
        ck_assert_msg(point.status == FJ_OK || decade < down_to[_i], "s = 1e%d: not known", decade);
        ck_assert_msg(point.status != FJ_OK || point.density > 1e-3, "s = 1e%d: %g", decade,
                      point.density);
    }
    fj_spectrum_destroy(law);
    fj_network_clear(&network);
    for (int i = 0; i < ROWS; i++) {
        int again = 0;
        for (int k = 0; k < i; k++)
            again |= made[k] == made[i];
        if (!again)
            fj_activation_destroy(made[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("corners of formulas");
    TCase *tcase = tcase_create("laws");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, slopes_next_to_one, 0, 3);
    tcase_add_loop_test(tcase, kinks_beyond_the_gaussian, 0, 3);
    tcase_add_test(tcase, points_beside_an_extremum);
    tcase_add_loop_test(tcase, power_laws_next_to_zero, 0, 4);
    tcase_add_loop_test(tcase, zeros_at_the_origin, 0, 6);
    tcase_add_loop_test(tcase, known_above_what_is_not, 0, 4);
    tcase_add_loop_test(tcase, no_zero_where_the_density_shows, 0, 3);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
