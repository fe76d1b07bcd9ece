/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arbitrary precision against closed forms, at 200 digits and more. */
#include "precise_sample.h"

enum { DIGITS = 200, BITS = 900 };

static fj_precise *make(const char *activation, fj_weights weights, uint64_t depth, unsigned digits)
{
    return precise_make(&(fj_precise_network){activation, weights, depth, "1", NULL, NULL}, digits);
}

/* density and cdf at s (text) */
static void assert_point(const fj_precise *p, const char *s, const mpfr_t density, const mpfr_t cdf,
                         unsigned digits, const char *what)
{
    fj_precise_point point;
    ck_assert_int_eq(fj_precise_eval(p, &s, 1, NULL, &point, NULL), FJ_OK);
    precise_assert_text(point.density, density, digits, what);
    if (cdf)
        precise_assert_text(point.cdf, cdf, digits, what);
    fj_precise_points_clear(&point, 1);
}

/* A text of s with as many digits as make it exact for the purpose, so that the closed form may start from a phi. */
static void text_of(const mpfr_t s, char *text, size_t room)
{
    mpfr_snprintf(text, room, "%.250Re", s);
}

/* lambda = sin((L+1)p)^(L+1)/(sin p sin(Lp)^L), density 2 s sin(p)^2 sin(Lp)^(L-1)/(pi sin((L+1)p)^L) in s */
START_TEST(fuss_catalan)
{
    static const unsigned long depths[] = {1, 2, 5, 30};
    const unsigned long depth = depths[_i];
    fj_precise *p = make("linear", FJ_WEIGHTS_GAUSSIAN, depth, DIGITS);
    mpfr_t phi, a, b, c, s, density;
    mpfr_inits2(BITS, phi, a, b, c, s, density, (mpfr_ptr)0);
    for (int k = 1; k <= 3; k++) {
        mpfr_const_pi(phi, MPFR_RNDN);
        mpfr_mul_ui(phi, phi, (unsigned long)k, MPFR_RNDN);
        mpfr_div_ui(phi, phi, 4 * (depth + 1), MPFR_RNDN);
        mpfr_sin(a, phi, MPFR_RNDN);
        mpfr_mul_ui(b, phi, depth, MPFR_RNDN);
        mpfr_sin(b, b, MPFR_RNDN);
        mpfr_mul_ui(c, phi, depth + 1, MPFR_RNDN);
        mpfr_sin(c, c, MPFR_RNDN);
        mpfr_pow_ui(s, b, depth, MPFR_RNDN);
        mpfr_mul(s, s, a, MPFR_RNDN);
        mpfr_pow_ui(density, c, depth + 1, MPFR_RNDN);
        mpfr_div(s, density, s, MPFR_RNDN);
        mpfr_sqrt(s, s, MPFR_RNDN);
        mpfr_sqr(density, a, MPFR_RNDN);
        mpfr_pow_ui(a, b, depth - 1, MPFR_RNDN);
        mpfr_mul(density, density, a, MPFR_RNDN);
        mpfr_pow_ui(a, c, depth, MPFR_RNDN);
        mpfr_div(density, density, a, MPFR_RNDN);
        mpfr_mul(density, density, s, MPFR_RNDN);
        mpfr_mul_2ui(density, density, 1, MPFR_RNDN);
        mpfr_const_pi(a, MPFR_RNDN);
        mpfr_div(density, density, a, MPFR_RNDN);
        char text[300];
        text_of(s, text, sizeof text);
        assert_point(p, text, density, NULL, DIGITS, "Fuss-Catalan");
    }
    /* s_max^2 = (L+1)^(L+1)/L^L */
    const fj_precise_interval *interval;
    ck_assert_uint_eq(fj_precise_intervals(p, &interval), 1);
    ck_assert_str_eq(interval[0].s_min.text, "0");
    mpfr_set_ui(a, depth + 1, MPFR_RNDN);
    mpfr_pow_ui(a, a, depth + 1, MPFR_RNDN);
    mpfr_set_ui(b, depth, MPFR_RNDN);
    mpfr_pow_ui(b, b, depth, MPFR_RNDN);
    mpfr_div(a, a, b, MPFR_RNDN);
    mpfr_sqrt(a, a, MPFR_RNDN);
    precise_assert_text(interval[0].s_max, a, DIGITS, "s_max");
    mpfr_clears(phi, a, b, c, s, density, (mpfr_ptr)0);
    fj_precise_destroy(p);
}
END_TEST

/* binom((L+1) k, k)/(L k + 1), exactly representable: nothing but zeros after them */
START_TEST(fuss_catalan_moments)
{
    enum { N = 12 };
    static const unsigned long depths[] = {1, 3, 20, 1000000};
    const unsigned long depth = depths[_i];
    fj_precise *p = make("linear", FJ_WEIGHTS_GAUSSIAN, depth, DIGITS);
    fj_precise_number moment[N];
    ck_assert_int_eq(fj_precise_moments(p, N, moment), FJ_OK);
    mpfr_t want;
    mpfr_init2(want, BITS);
    for (unsigned long k = 1; k <= N; k++) {
        mpfr_set_ui(want, 1, MPFR_RNDN);
        for (unsigned long j = 0; j < k; j++) {
            mpfr_mul_ui(want, want, (depth + 1) * k - j, MPFR_RNDN);
            mpfr_div_ui(want, want, j + 1, MPFR_RNDN);
        }
        mpfr_div_ui(want, want, depth * k + 1, MPFR_RNDN);
        precise_assert_text(moment[k - 1], want, DIGITS, "moment");
    }
    const fj_precise_summary *summary = fj_precise_lambda(p);
    mpfr_set_ui(want, depth, MPFR_RNDN);
    precise_assert_text(summary->variance, want, DIGITS, "variance");
    mpfr_neg(want, want, MPFR_RNDN);
    precise_assert_text(summary->mean_log, want, DIGITS, "mean log");
    mpfr_clear(want);
    fj_precise_numbers_clear(moment, N);
    fj_precise_destroy(p);
}
END_TEST

/* s = 2 sin x: density sqrt(4 - s^2)/pi, F = (2 x + sin 2x)/pi (linear); relu: Marchenko-Pastur of ratio 1/2, whose edges
 * are sqrt(2) +- 1 with sigma_w^2 = 2, by its F in closed form */
START_TEST(marchenko_pastur)
{
    fj_precise *p = make("linear", FJ_WEIGHTS_GAUSSIAN, 1, DIGITS);
    static const char *const places[] = {"1e-30", "0.37", "1.9", "0x1.fffffp+0"};
    mpfr_t s, x, pi, density, cdf;
    mpfr_inits2(BITS, s, x, pi, density, cdf, (mpfr_ptr)0);
    mpfr_const_pi(pi, MPFR_RNDN);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        mpfr_set_str(s, places[i], 0, MPFR_RNDN);
        mpfr_div_2ui(x, s, 1, MPFR_RNDN);
        mpfr_asin(x, x, MPFR_RNDN);
        mpfr_cos(density, x, MPFR_RNDN);
        mpfr_mul_2ui(density, density, 1, MPFR_RNDN);
        mpfr_div(density, density, pi, MPFR_RNDN);
        mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
        mpfr_sin(cdf, x, MPFR_RNDN);
        mpfr_add(cdf, cdf, x, MPFR_RNDN);
        mpfr_div(cdf, cdf, pi, MPFR_RNDN);
        assert_point(p, places[i], density, cdf, DIGITS, places[i]);
    }
    fj_precise_destroy(p);
    p = make("relu", FJ_WEIGHTS_GAUSSIAN, 1, DIGITS);
    const fj_precise_interval *interval;
    const fj_precise_atom *atom;
    ck_assert_uint_eq(fj_precise_intervals(p, &interval), 1);
    mpfr_sqrt_ui(x, 2, MPFR_RNDN);
    mpfr_sub_ui(s, x, 1, MPFR_RNDN);
    precise_assert_text(interval[0].s_min, s, DIGITS, "lower edge");
    mpfr_add_ui(s, x, 1, MPFR_RNDN);
    precise_assert_text(interval[0].s_max, s, DIGITS, "upper edge");
    ck_assert_uint_eq(fj_precise_atoms(p, &atom), 1);
    ck_assert_str_eq(atom[0].s.text, "0");
    ck_assert_double_eq(precise_double(atom[0].mass), 0.5);
    /* at s = 1: sqrt((lambda_+ - 1)(1 - lambda_-))/(2 pi) = sqrt(4)/(2 pi) = 1/pi, twice over for d lambda = 2 s ds, but
     * half for sigma_w^2/2 = 1 the scale: density of lambda sqrt((l_+ - l)(l - l_-))/(4 pi l) with sigma_w^2 = 2 */
    mpfr_ui_div(density, 1, pi, MPFR_RNDN);
    assert_point(p, "1", density, NULL, DIGITS, "relu");
    mpfr_clears(s, x, pi, density, cdf, (mpfr_ptr)0);
    fj_precise_destroy(p);
}
END_TEST

/* relu, two orthogonal layers: half an arcsine law of lambda on (0, 4), and mass 1/2 at 0: F = 1/2 + asin(s/2)/pi */
START_TEST(arcsine)
{
    fj_precise *p = make("relu", FJ_WEIGHTS_ORTHOGONAL, 2, 100);
    mpfr_t s, pi, density, cdf;
    mpfr_inits2(BITS, s, pi, density, cdf, (mpfr_ptr)0);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_set_str(s, "1.2", 10, MPFR_RNDN);
    mpfr_div_2ui(cdf, s, 1, MPFR_RNDN);
    mpfr_asin(cdf, cdf, MPFR_RNDN);
    mpfr_div(cdf, cdf, pi, MPFR_RNDN);
    mpfr_add_d(cdf, cdf, 0.5, MPFR_RNDN);
    mpfr_sqr(s, s, MPFR_RNDN);
    mpfr_ui_sub(s, 4, s, MPFR_RNDN);
    mpfr_rec_sqrt(density, s, MPFR_RNDN);
    mpfr_div(density, density, pi, MPFR_RNDN);
    assert_point(p, "1.2", density, cdf, 100, "arcsine");
    /* F(s) = 3/4 at s = sqrt(2) */
    fj_precise_number quantile;
    ck_assert_int_eq(fj_precise_quantile(p, "0.75", &quantile), FJ_OK);
    mpfr_sqrt_ui(s, 2, MPFR_RNDN);
    precise_assert_text(quantile, s, 100, "quantile");
    fj_precise_numbers_clear(&quantile, 1);
    ck_assert_int_eq(fj_precise_quantile(p, "0.5", &quantile), FJ_OK);
    ck_assert_str_eq(quantile.text, "0");
    fj_precise_numbers_clear(&quantile, 1);
    mpfr_clears(s, pi, density, cdf, (mpfr_ptr)0);
    fj_precise_destroy(p);
}
END_TEST

/* On edges and atoms, and beside them by much less than the digits asked for. */
START_TEST(edges_and_atoms)
{
    fj_precise *p = make("linear", FJ_WEIGHTS_GAUSSIAN, 1, 30);
    static const char *const places[] = {
        "2", "0", "1.9999999999999999999999999999999999999999999999999999", "3"};
    fj_precise_point point[4];
    ck_assert_int_eq(fj_precise_eval(p, places, 4, NULL, point, NULL), FJ_OK);
    ck_assert_str_eq(point[0].density.text, "0");
    ck_assert_str_eq(point[0].cdf.text, "1.00000000000000000000000000000e+00");
    ck_assert_int_eq(point[1].density.status, FJ_RANGE); /* an edge at 0: no value here */
    ck_assert_str_eq(point[1].cdf.text, "0");
    ck_assert_int_eq(point[1].log10_s.status, FJ_RANGE);
    mpfr_t s, pi;
    mpfr_inits2(BITS, s, pi, (mpfr_ptr)0);
    mpfr_const_pi(pi, MPFR_RNDN);
    mpfr_set_str(s, places[2], 10, MPFR_RNDN);
    mpfr_sqr(s, s, MPFR_RNDN);
    mpfr_ui_sub(s, 4, s, MPFR_RNDN);
    mpfr_sqrt(s, s, MPFR_RNDN);
    mpfr_div(s, s, pi, MPFR_RNDN);
    precise_assert_text(point[2].density, s, 30, "beside the edge");
    ck_assert_str_eq(point[3].density.text, "0");
    mpfr_clears(s, pi, (mpfr_ptr)0);
    fj_precise_points_clear(point, 4);
    fj_precise_destroy(p);
    p = make("linear", FJ_WEIGHTS_ORTHOGONAL, 7, 25);
    const fj_precise_atom *atom;
    ck_assert_uint_eq(fj_precise_atoms(p, &atom), 1);
    ck_assert_double_eq(precise_double(atom[0].s), 1);
    ck_assert_str_eq(fj_precise_lambda(p)->variance.text, "0");
    ck_assert_str_eq(fj_precise_lambda(p)->mean_log.text, "0");
    static const char *const around[] = {"0.999999999999999999999999999999999999999999", "1",
                                         "1.5"};
    ck_assert_int_eq(fj_precise_eval(p, around, 3, NULL, point, NULL), FJ_OK);
    ck_assert_str_eq(point[0].cdf.text, "0");
    ck_assert_double_eq(precise_double(point[1].cdf), 1);
    ck_assert_double_eq(precise_double(point[2].cdf), 1);
    fj_precise_points_clear(point, 3);
    fj_precise_destroy(p);
}
END_TEST

/* SELU's constants: E phi = 0 and E phi^2 = 1 at q = 1, whence sigma_w = 1, q* = 1 with E phi^2 = q. */
START_TEST(selu_keeps_one)
{
    const fj_precise_network network = {"selu", FJ_WEIGHTS_ORTHOGONAL, 1, NULL, "1", NULL};
    fj_precise *p = precise_make(&network, 40);
    ck_assert_str_eq(fj_precise_where(p)->q_star.text,
                     "1.000000000000000000000000000000000000000e+00");
    /* the push-forward ends at scale alpha */
    const fj_precise_interval *interval;
    ck_assert_uint_eq(fj_precise_intervals(p, &interval), 1);
    mpfr_t a, b;
    mpfr_inits2(BITS, a, b, (mpfr_ptr)0);
    mpfr_set_str(a, "1.0507009873554804934193349852946", 10, MPFR_RNDN);
    mpfr_set_str(b, "1.6732632423543772848170429916717", 10, MPFR_RNDN);
    mpfr_mul(a, a, b, MPFR_RNDN);
    mpfr_set_str(b, interval[0].s_max.text, 10, MPFR_RNDN);
    mpfr_div(a, a, b, MPFR_RNDN);
    mpfr_sub_ui(a, a, 1, MPFR_RNDN);
    ck_assert_double_lt(fabs(mpfr_get_d(a, MPFR_RNDN)), 1e-31);
    mpfr_clears(a, b, (mpfr_ptr)0);
    fj_precise_destroy(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arbitrary precision: closed forms");
    TCase *tcase = tcase_create("forms");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, fuss_catalan, 0, 4);
    tcase_add_loop_test(tcase, fuss_catalan_moments, 0, 4);
    tcase_add_test(tcase, marchenko_pastur);
    tcase_add_test(tcase, arcsine);
    tcase_add_test(tcase, edges_and_atoms);
    tcase_add_test(tcase, selu_keeps_one);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
