/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arbitrary precision against the library's double precision, which goes another route. */
#include "precise_sample.h"

enum { DIGITS = 14, MOMENTS = 4 };
static const double TOLERANCE = 1e-11;

typedef struct pair {
    fj_activation *activation;
    fj_network network;
    fj_spectrum *spectrum;
    fj_precise *precise;
    fj_meanfield point;
    char what[240];
} pair;

/* Makes both at q, or, where that is NaN, at the sigmas. False: there is no such network, and both say so. */
static bool pair_make(pair *p, const char *spec, fj_weights weights, uint64_t depth, double q,
                      double sigma_w, double sigma_b)
{
    char q_text[40], w_text[40], b_text[40];
    fj_precise_options options = fj_precise_options_default();
    fj_detail detail = {""};
    snprintf(q_text, sizeof q_text, "%a", q);
    snprintf(w_text, sizeof w_text, "%a", sigma_w);
    snprintf(b_text, sizeof b_text, "%a", sigma_b);
    snprintf(p->what, sizeof p->what,
             "%s, %s, depth %llu, q = %.17g, sigma_w = %.17g, sigma_b = %.17g", spec,
             weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal", (unsigned long long)depth,
             q, sigma_w, sigma_b);
    p->activation = fj_test_make(spec);
    const fj_status status =
        isnan(q) ? fj_meanfield_solve(p->activation, sigma_w, sigma_b, 1, &p->point, NULL)
                 : fj_meanfield_critical(p->activation, q, &p->point, NULL);
    options.digits = DIGITS;
    const fj_precise_network network = {spec,   weights, depth, isnan(q) ? NULL : q_text,
                                        w_text, b_text};
    const fj_status precise = fj_precise_create(&network, &options, &p->precise, &detail);
    ck_assert_msg(precise == status, "%s: %s, in double %s (%s)", p->what,
                  fj_status_message(precise), fj_status_message(status), detail.text);
    if (status != FJ_OK) {
        fj_activation_destroy(p->activation);
        return false;
    }
    ck_assert_int_eq(fj_network_identical(p->activation, weights, depth, &p->point, &p->network),
                     FJ_OK);
    ck_assert_int_eq(fj_spectrum_create(&p->network, &p->spectrum, NULL), FJ_OK);
    return true;
}

static void pair_free(pair *p)
{
    fj_precise_destroy(p->precise);
    fj_spectrum_destroy(p->spectrum);
    fj_network_clear(&p->network);
    fj_activation_destroy(p->activation);
}

static void same_whole(const pair *p)
{
    const fj_precise_meanfield *where = fj_precise_where(p->precise);
    const fj_precise_summary *summary = fj_precise_lambda(p->precise);
    const fj_spectrum_interval *there;
    const fj_precise_interval *here;
    const fj_spectrum_atom *atoms;
    const fj_precise_atom *precise_atoms;
    double m[MOMENTS];
    fj_precise_number number[MOMENTS];
    precise_assert_near(where->q_star, p->point.q_star, 1e-10, p->what, "q*");
    precise_assert_near(where->sigma_w, p->point.sigma_w, TOLERANCE, p->what, "sigma_w");
    precise_assert_near(where->sigma_b, p->point.sigma_b, 1e-9, p->what, "sigma_b");
    precise_assert_near(where->chi, p->point.chi, TOLERANCE, p->what, "chi");
    fj_assert_within(precise_double(where->slope), p->point.slope, TOLERANCE, p->what);
    const size_t n = fj_spectrum_intervals(p->spectrum, &there);
    ck_assert_msg(fj_precise_intervals(p->precise, &here) == n, "%s: intervals", p->what);
    for (size_t i = 0; i < n; i++) {
        precise_assert_near(here[i].s_min, there[i].s_min, TOLERANCE, p->what, "s_min");
        precise_assert_near(here[i].s_max, there[i].s_max, TOLERANCE, p->what, "s_max");
    }
    const size_t k = fj_spectrum_atoms(p->spectrum, &atoms);
    ck_assert_msg(fj_precise_atoms(p->precise, &precise_atoms) == k, "%s: atoms", p->what);
    for (size_t i = 0; i < k; i++) {
        precise_assert_near(precise_atoms[i].s, atoms[i].s, TOLERANCE, p->what, "atom");
        precise_assert_near(precise_atoms[i].mass, atoms[i].mass, TOLERANCE, p->what, "mass");
    }
    precise_assert_near(summary->mean, fj_spectrum_mean(p->spectrum), 1e-10, p->what, "mean");
    precise_assert_near(summary->variance, fj_spectrum_variance(p->spectrum), 1e-10, p->what,
                        "variance");
    precise_assert_near(summary->mean_log, fj_spectrum_mean_log(p->spectrum), 1e-10, p->what,
                        "mean log");
    ck_assert_int_eq(fj_spectrum_moments(p->spectrum, MOMENTS, m), FJ_OK);
    ck_assert_int_eq(fj_precise_moments(p->precise, MOMENTS, number), FJ_OK);
    for (int i = 0; i < MOMENTS; i++)
        precise_assert_near(number[i], m[i], 1e-10, p->what, "moment");
    fj_precise_numbers_clear(number, MOMENTS);
}

/* Quantiles, and the law at these places. */
static void same_points(const pair *p)
{
    static const char *const shares[] = {"0.1", "0.52", "0.93"};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        double log_s;
        fj_precise_number quantile;
        fj_precise_point here;
        fj_spectrum_point there;
        char text[40];
        const fj_status status = fj_spectrum_quantile(p->spectrum, strtod(shares[i], NULL), &log_s);
        if (status != FJ_OK || log_s < -600)
            continue;
        const double s = exp(log_s);
        ck_assert_msg(fj_precise_quantile(p->precise, shares[i], &quantile) == FJ_OK,
                      "%s: quantile %s: %s", p->what, shares[i],
                      fj_status_message(quantile.status));
        precise_assert_near(quantile, s, 1e-9, p->what, "quantile");
        fj_precise_numbers_clear(&quantile, 1);
        ck_assert_int_eq(fj_spectrum_eval(p->spectrum, &s, 1, &there), FJ_OK);
        snprintf(text, sizeof text, "%a", s);
        const fj_status eval =
            fj_precise_eval(p->precise, (const char *const[]){text}, 1, NULL, &here, NULL);
        const bool edge = there.density == 0 || there.error > 1e-9 || isinf(there.density);
        if (!edge) {
            ck_assert_msg(eval == FJ_OK, "%s: at s = %.17g: %s", p->what, s,
                          fj_status_message(eval));
            precise_assert_near(here.density, there.density, fmax(TOLERANCE, 10 * there.error),
                                p->what, "density");
            precise_assert_near(here.density_log10, there.density_log10,
                                fmax(TOLERANCE, 10 * there.error), p->what, "density_log10");
            fj_assert_within(precise_double(here.cdf), there.cdf, TOLERANCE, p->what);
            fj_assert_within(precise_double(here.log10_s), log10(s),
                             TOLERANCE * (1 + fabs(log10(s))), p->what);
        }
        fj_precise_points_clear(&here, 1);
    }
}

static void compare(const char *spec, fj_weights weights, uint64_t depth, double q, double sigma_w,
                    double sigma_b)
{
    pair p;
    if (!pair_make(&p, spec, weights, depth, q, sigma_w, sigma_b))
        return;
    same_whole(&p);
    same_points(&p);
    pair_free(&p);
}

START_TEST(critical_networks)
{
    fj_test_random r = fj_test_random_make();
    static const uint64_t depths[] = {1, 2, 3, 7, 40, 1000};
    for (int i = 0; i < fj_test_times(15); i++) {
        char spec[64];
        fj_test_spec(&r, (size_t)i % fj_activation_count(), spec, sizeof spec);
        compare(spec, fj_test_uniform(&r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
                depths[(int)fj_test_uniform(&r, 0, 6)], fj_test_loguniform(&r, 0.02, 3), 1, 0);
    }
}
END_TEST

START_TEST(networks_at_sigmas)
{
    fj_test_random r = fj_test_random_make();
    r.state += 99;
    static const uint64_t depths[] = {1, 2, 5, 12};
    for (int i = 0; i < fj_test_times(15); i++) {
        char spec[64];
        fj_test_spec(&r, (size_t)i % fj_activation_count(), spec, sizeof spec);
        compare(spec, fj_test_uniform(&r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
                depths[(int)fj_test_uniform(&r, 0, 4)], NAN, fj_test_uniform(&r, 0.6, 2),
                fj_test_uniform(&r, 0.05, 0.6));
    }
}
END_TEST

/* Where q* is 0, or the first fixed point below or above 1 of several. */
START_TEST(fixed_points)
{
    compare("tanh", FJ_WEIGHTS_GAUSSIAN, 3, NAN, 0.9, 0);
    compare("tanh", FJ_WEIGHTS_ORTHOGONAL, 3, NAN, 1.01, 0);
    compare("relu", FJ_WEIGHTS_GAUSSIAN, 2, NAN, 1.3, 0.2);
    compare("relu", FJ_WEIGHTS_GAUSSIAN, 2, NAN, 1.5, 0.2);
    compare("linear", FJ_WEIGHTS_GAUSSIAN, 4, NAN, 1, 0);
    compare("linear", FJ_WEIGHTS_ORTHOGONAL, 4, NAN, 1, 0.5);
    compare("gelu", FJ_WEIGHTS_ORTHOGONAL, 2, NAN, 1.45, 0);
    compare("silu", FJ_WEIGHTS_ORTHOGONAL, 2, NAN, 1.2, 1.5);
    compare("selu", FJ_WEIGHTS_ORTHOGONAL, 2, NAN, 1, 0);
    compare("softplus", FJ_WEIGHTS_GAUSSIAN, 2, NAN, 2.5, 0);
    compare("sin", FJ_WEIGHTS_ORTHOGONAL, 1, NAN, 4, 1);
}
END_TEST

/* Far below what s can be in double, a unit of rounding in u counts thousands of times: estimates say so. */
START_TEST(tails_of_deep_networks)
{
    static const struct {
        const char *spec;
        fj_weights weights;
        uint64_t depth;
        double q, share;
    } tails[] = {{"gelu", FJ_WEIGHTS_GAUSSIAN, 20000, 0.5, 1e-4},
                 {"gelu", FJ_WEIGHTS_ORTHOGONAL, 20000, 0.5, 1e-2},
                 {"gelu", FJ_WEIGHTS_GAUSSIAN, 20000, 0.243, 1e-4},
                 {"silu", FJ_WEIGHTS_ORTHOGONAL, 20000, 2.8, 1e-4},
                 {"sin", FJ_WEIGHTS_GAUSSIAN, 20000, 0.8, 1e-2},
                 {"tanh", FJ_WEIGHTS_GAUSSIAN, 20000, 0.5, 1e-2}};
    pair p;
    double log_s;
    char s[40];
    fj_spectrum_point there;
    fj_precise_point here;
    ck_assert(pair_make(&p, tails[_i].spec, tails[_i].weights, tails[_i].depth, tails[_i].q, 1, 0));
    ck_assert_int_eq(fj_spectrum_quantile(p.spectrum, tails[_i].share, &log_s), FJ_OK);
    const double digits = ceil(log_s / M_LN10);
    ck_assert_msg(digits < -1000, "%s: s = 10^%g", p.what, digits);
    snprintf(s, sizeof s, "1e%.0f", digits);
    log_s = digits * M_LN10;
    ck_assert_int_eq(fj_spectrum_eval_log(p.spectrum, &log_s, 1, &there), FJ_OK);
    ck_assert_int_eq(fj_precise_eval(p.precise, (const char *const[]){s}, 1, NULL, &here, NULL),
                     FJ_OK);
    precise_assert_near(here.density_log10, there.density_log10, there.error, p.what, s);
    ck_assert_msg(there.error < 2e-9, "%s: error %g", p.what, there.error);
    fj_assert_within(precise_double(here.cdf), there.cdf, TOLERANCE, p.what);
    fj_precise_points_clear(&here, 1);
    pair_free(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arbitrary precision against double");
    TCase *tcase = tcase_create("networks");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, critical_networks);
    tcase_add_test(tcase, networks_at_sigmas);
    tcase_add_test(tcase, fixed_points);
    tcase_add_loop_test(tcase, tails_of_deep_networks, 0, 6);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
