/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law against closed forms that share nothing with its code. */
#include <freejac/freejac.h>
#include <string.h>
#include "sample.h"

static fj_spectrum *law_of(const char *spec, fj_weights weights, uint64_t depth, double q,
                           fj_activation **a)
{
    ck_assert_int_eq(fj_activation_create(spec, a, NULL), FJ_OK);
    fj_network_run network = fj_test_network(*a, weights, depth, q);
    return fj_test_spectrum(&network);
}

/* Density per unit log10 s and cdf at log s. */
static fj_spectrum_point at(const fj_spectrum *law, double log_s)
{
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval_log(law, &log_s, 1, &point);
    ck_assert_msg(status == FJ_OK, "log s = %.17g: %s", log_s, fj_status_message(status));
    return point;
}

/* Fuss-Catalan in its angle p: log lambda, and lambda rho = sin(p) sin((L+1)p)/(pi sin(Lp)). */
START_TEST(fuss_catalan)
{
    static const uint64_t depths[] = {1, 2, 3, 7, 10, 100, 1000, 12345, 1000000};
    const uint64_t depth = depths[_i];
    const double L = (double)depth;
    fj_test_random random = fj_test_random_make();
    fj_activation *a;
    fj_spectrum *law = law_of("linear", FJ_WEIGHTS_GAUSSIAN, depth, 1, &a);
    char what[120];
    for (int k = 0; k < 200; k++) {
        double part = fj_test_uniform(&random, 0.002, 0.97), p = part * M_PI / (L + 1);
        /* sin((L+1)p)/sin(Lp) = 1 + small, with the small part accurate: it is taken to the power L + 1 */
        double rest = sin(L * p), small = sin(p) * cos(L * p) / rest - 2 * pow(sin(p / 2), 2);
        double top = rest * (1 + small);
        double log_lambda = (L + 1) * log1p(small) + log(rest / sin(p));
        double density = 2 * M_LN10 * sin(p) * top / (M_PI * rest);
        fj_spectrum_point point = at(law, log_lambda / 2);
        snprintf(what, sizeof what, "depth %g, p = %.17g", L, p);
        fj_assert_near(point.density_log10, density, 1e-11, what);
    }
    const fj_spectrum_interval *interval;
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
    snprintf(what, sizeof what, "log s_max at depth %g", L);
    fj_assert_within(interval[0].log_s_max, (log(L + 1) + L * log1p(1 / L)) / 2, 1e-13, what);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(marchenko_pastur)
{
    fj_activation *a;
    fj_spectrum *law = law_of("linear", FJ_WEIGHTS_GAUSSIAN, 1, 1, &a);
    for (int k = 1; k < 400; k++) {
        double s = 2.0 * k / 400;
        fj_spectrum_point point = at(law, log(s));
        fj_assert_near(point.density, sqrt(4 - s * s) / M_PI, 1e-12, "quarter circle");
        fj_assert_within(point.cdf, (s * sqrt(4 - s * s) / 2 + 2 * asin(s / 2)) / M_PI, 1e-14,
                         "its distribution function");
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* D W with half the rows: mass 1/2 at 0, and 1/2 Marchenko-Pastur between (sqrt2 -+ 1)^2. */
START_TEST(relu_gaussian_one_layer)
{
    fj_activation *a;
    fj_spectrum *law = law_of("relu", FJ_WEIGHTS_GAUSSIAN, 1, 1, &a);
    const fj_spectrum_interval *interval;
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
    fj_assert_near(interval[0].s_min, M_SQRT2 - 1, 1e-14, "lower edge");
    fj_assert_near(interval[0].s_max, M_SQRT2 + 1, 1e-14, "upper edge");
    double low = pow(M_SQRT2 - 1, 2), high = pow(M_SQRT2 + 1, 2);
    for (int k = 1; k < 200; k++) {
        double lambda = low + (high - low) * k / 200, s = sqrt(lambda);
        double rho = sqrt((high - lambda) * (lambda - low)) / (4 * M_PI * lambda);
        fj_assert_near(at(law, log(s)).density, 2 * s * rho, 2e-12, "density");
    }
    fj_assert_within(at(law, log(0.3)).cdf, 0.5, 1e-14, "the mass at 0");
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Half an arcsine law of lambda on (0, 4). */
START_TEST(relu_orthogonal_two_layers)
{
    fj_activation *a;
    fj_spectrum *law = law_of("relu", FJ_WEIGHTS_ORTHOGONAL, 2, 1, &a);
    for (int k = 1; k < 200; k++) {
        double s = 2.0 * k / 200, lambda = s * s;
        fj_spectrum_point point = at(law, log(s));
        fj_assert_near(point.density, s / (M_PI * sqrt(lambda * (4 - lambda))), 2e-12, "density");
        fj_assert_within(point.cdf, 0.5 + asin(s / 2) / M_PI, 1e-14, "distribution function");
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Bernoulli D^2, orthogonal, depth 2: S = ((1+m)/(p+m))^2 p^2, so z = (p+m)^2/(p^2 m (1+m)), a quadratic in m. */
START_TEST(bernoulli_two_layers)
{
    fj_test_random random = fj_test_random_make();
    double q = fj_test_uniform(&random, 0.4, 3), p = erf(1 / sqrt(2 * q));
    fj_activation *a;
    fj_spectrum *law = law_of("hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 2, q, &a);
    const fj_spectrum_atom *atom;
    size_t atoms = fj_spectrum_atoms(law, &atom);
    ck_assert_uint_eq(atoms, p > 0.5 ? 2 : 1);
    fj_assert_near(atom[0].mass, 1 - p, 1e-13, "mass at 0");
    if (p > 0.5) {
        fj_assert_near(atom[1].mass, 2 * p - 1, 1e-13, "mass of the atom");
        fj_assert_near(atom[1].s, 1 / p, 1e-13, "its place");
    }
    for (int k = 1; k < 100; k++) {
        /* (z p^2 - 1) m^2 + (z p^2 - 2p) m - p^2 = 0 */
        double lambda = 4 * (1 - p) / p * k / 100, A = lambda * p * p - 1,
               B = lambda * p * p - 2 * p;
        double discriminant = B * B + 4 * A * p * p;
        fj_spectrum_point point = at(law, log(lambda) / 2);
        double density = discriminant < 0 ? sqrt(-discriminant) / fabs(2 * A) / M_PI : 0;
        fj_assert_within(point.density * sqrt(lambda) / 2, density, 1e-11 * (1 + density),
                         "density");
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* sin at large q: its phase is even, t = cos^2 of it, and s = sqrt(2) |cos| of one layer has the arcsine law. */
START_TEST(sin_one_layer_is_an_arcsine)
{
    static const double q[] = {45, 99, 101, 401, 7000, 1e9};
    fj_activation *a;
    fj_spectrum *law = law_of("sin", FJ_WEIGHTS_ORTHOGONAL, 1, q[_i], &a);
    for (int k = 1; k < 50; k++) {
        const double s = M_SQRT2 * k / 50;
        fj_spectrum_point point = at(law, log(s));
        fj_assert_near(point.density, 2 / (M_PI * sqrt(2 - s * s)), 1e-11, "density");
        fj_assert_within(point.cdf, 2 / M_PI * asin(s / M_SQRT2), 1e-13, "distribution function");
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* .. and that of several layers depends on q no more. */
START_TEST(sin_settles_at_large_q)
{
    static const double q[] = {99, 150, 400, 1e4, 1e9};
    fj_activation *a, *b;
    const fj_weights weights = _i % 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    fj_spectrum *law = law_of("sin", weights, 4, 60, &a),
                *other = law_of("sin", weights, 4, q[_i / 2], &b);
    for (double p = 0.02; p < 1; p += 0.03) {
        double log_s;
        ck_assert_int_eq(fj_spectrum_quantile(law, p, &log_s), FJ_OK);
        const fj_spectrum_point one = at(law, log_s), two = at(other, log_s);
        fj_assert_near(two.density, one.density, one.error + two.error, "density");
        fj_assert_within(two.cdf, one.cdf, 1e-12, "distribution function");
    }
    fj_spectrum_destroy(law);
    fj_spectrum_destroy(other);
    fj_activation_destroy(a);
    fj_activation_destroy(b);
}
END_TEST

START_TEST(leaky_relu_one_layer_is_two_atoms)
{
    fj_activation *a;
    fj_spectrum *law = law_of("leaky-relu:slope=0.25", FJ_WEIGHTS_ORTHOGONAL, 1, 1, &a);
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 0);
    ck_assert_uint_eq(fj_spectrum_atoms(law, &atom), 2);
    double sigma = 1 / sqrt((1 + 0.0625) / 2);
    fj_assert_near(atom[0].s, 0.25 * sigma, 1e-14, "lower atom");
    fj_assert_near(atom[1].s, sigma, 1e-14, "upper atom");
    ck_assert_msg(atom[0].mass == 0.5 && atom[1].mass == 0.5, "masses");
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Edges and densities published or computed elsewhere, to the digits given. */
START_TEST(numbers_from_elsewhere)
{
    static const struct {
        const char *spec;
        fj_weights weights;
        uint64_t depth;
        double q, s_max, digit;
    } edge[] = {
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, 1.0 / 64, 1.095214, 6e-7},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 400, 0.0259, 2.571607, 6e-7},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 200, 0.1, 4.826972, 6e-7},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 100, 0.8214, 11.546656, 6e-7},
        {"tanh", FJ_WEIGHTS_GAUSSIAN, 200, 1.0 / 64, 23.365256, 6e-7},
        {"tanh", FJ_WEIGHTS_GAUSSIAN, 200, 0.1, 23.803750, 6e-7},
        {"relu", FJ_WEIGHTS_GAUSSIAN, 128, 1, 26.379607, 6e-7},
        {"relu", FJ_WEIGHTS_ORTHOGONAL, 32, 1, 9.253231, 6e-7},
        {"hard-tanh", FJ_WEIGHTS_GAUSSIAN, 32, 0.25, 9.61375, 6e-6},
        {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 1000, 0.25, 11.380404, 6e-7},
        {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 200, 1, 15.876292, 6e-7},
    };
    static const double lambda[] = {0.25, 0.5, 1, 1.5, 2, 3};
    static const double relu32[] = {.04510141, .02240898, .01106749,
                                    .00729926, .00542206, .00355422};
    fj_activation *a;
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
        fj_spectrum *law = law_of(edge[i].spec, edge[i].weights, edge[i].depth, edge[i].q, &a);
        const fj_spectrum_interval *interval;
        size_t n = fj_spectrum_intervals(law, &interval);
        fj_assert_within(interval[n - 1].s_max, edge[i].s_max, edge[i].digit, edge[i].spec);
        fj_spectrum_destroy(law);
        fj_activation_destroy(a);
    }
    fj_spectrum *law = law_of("relu", FJ_WEIGHTS_GAUSSIAN, 32, 1, &a);
    for (int i = 0; i < 6; i++) {
        fj_spectrum_point point = at(law, log(lambda[i]) / 2);
        fj_assert_within(point.density / (2 * sqrt(lambda[i])), relu32[i], 6e-9, "relu, depth 32");
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("closed_forms");
    TCase *tcase = tcase_create("closed_forms");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, fuss_catalan, 0, 9);
    tcase_add_test(tcase, marchenko_pastur);
    tcase_add_test(tcase, relu_gaussian_one_layer);
    tcase_add_test(tcase, relu_orthogonal_two_layers);
    tcase_add_loop_test(tcase, bernoulli_two_layers, 0, 3);
    tcase_add_loop_test(tcase, sin_one_layer_is_an_arcsine, 0, 6);
    tcase_add_loop_test(tcase, sin_settles_at_large_q, 0, 10);
    tcase_add_test(tcase, leaky_relu_one_layer_is_two_atoms);
    tcase_add_test(tcase, numbers_from_elsewhere);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
