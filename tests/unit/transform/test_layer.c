/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composition over depth: log z(u) against its formula written out, its derivative against Cauchy's integral, and what
 * THEORY 3.2 rests the solver on: arg z/sin(theta) increases along every ray. */
#include "layer.h"
#include "../sample.h"

enum { CIRCLE = 32, RAY = 60 };

typedef struct setup {
    fj_activation *a;
    fj_rule *rule;
    fj_layers layers;
    double q, mu1, top; /* top: the largest t */
    char what[160];
} setup;

/* A random activation of kind i with random q, depth in 1..60 and weights. */
static setup setup_make(fj_test_random *r, size_t i)
{
    setup s;
    char spec[96];
    const fj_mass *mass;
    fj_averages v;
    double least;
    fj_test_spec(r, i, spec, sizeof spec);
    s.a = fj_test_make(spec);
    s.q = fj_test_loguniform(r, 1e-3, 30);
    ck_assert_int_eq(fj_averages_at(s.a, s.q, &v), FJ_OK);
    s.mu1 = v.mu1;
    ck_assert_int_eq(fj_rule_create(s.a, s.q, NULL, &s.rule), FJ_OK);
    fj_weights weights =
        fj_test_uniform(r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    double depth = floor(fj_test_uniform(r, 1, 61)), log_chi = fj_test_uniform(r, -0.1, 0.1);
    fj_layers_init(&s.layers, s.rule, s.mu1, weights, depth, log_chi);
    if (!fj_rule_range(s.rule, &least, &s.top))
        s.top = 0;
    size_t n = fj_rule_masses(s.rule, &mass);
    if (n > 0)
        s.top = fmax(s.top, mass[n - 1].t);
    snprintf(s.what, sizeof s.what, "%s, %s, depth %g, q = %.17g", spec,
             weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal", depth, s.q);
    return s;
}

static void setup_free(setup *s)
{
    fj_rule_destroy(s->rule);
    fj_activation_destroy(s->a);
}

/* log|u|: around the range of t, far above it as deep laws need, or far below */
static double random_radius(fj_test_random *r, const setup *s, int i)
{
    double x = log(s->top);
    switch (i % 4) {
    case 0:
        return x + fj_test_uniform(r, -0.5, 0.5);
    case 1:
        return x + fj_test_loguniform(r, 0.1, 15);
    default:
        return x - fj_test_loguniform(r, 0.1, 20);
    }
}

START_TEST(log_z_is_its_formula)
{
    /* m and n are each good to 1e-12 of their condition, and enter every layer */
    static const double ACCURACY = 1e-12;
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(40); i++) {
        setup s = setup_make(&r, (size_t)_i);
        double x = random_radius(&r, &s, i), depth = s.layers.depth;
        double complex w = CMPLX(x, fj_test_uniform(&r, 0.05, 3.1));
        fj_composed at;
        fj_layers_compose(&s.layers, w, &at);
        double complex m = at.at.m, n = at.at.n, u = cexp(w);
        double gaussian = s.layers.second == FJ_SECOND_RAW,
               log_sigma2 = s.layers.log_chi - log(s.mu1);
        double complex terms = log_sigma2 + clog(m * u) + (gaussian - 1) * clog(n);
        double complex want = clog(n / m) + depth * terms;
        double size = 2 + depth * (2 + fabs(log_sigma2) + fabs(x) + cabs(clog(m)) + cabs(clog(n))) *
                              (1 + cabs(at.at.dm / m) + cabs(at.at.dm / n));
        fj_assert_within(creal(at.log_z), creal(want), ACCURACY * size, s.what);
        fj_assert_within(cimag(at.log_z), cimag(want), ACCURACY * size, s.what);
        fj_assert_within(cabs(at.at.u / u - 1), 0, 4 * DBL_EPSILON * (1 + fabs(x)), s.what);
        ck_assert_msg(at.rounding >= DBL_EPSILON && at.rounding < 1e-9, "%s: rounding %g", s.what,
                      at.rounding);
        setup_free(&s);
    }
}
END_TEST

START_TEST(the_slope_is_the_derivative)
{
    static const double ACCURACY =
        1e-9; /* of the derivative of a law known to 1e-12 on a circle of 1e-2 and more */
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(40); i++) {
        setup s = setup_make(&r, (size_t)_i);
        double theta = fj_test_uniform(&r, 0.05, 3.1), radius = 0.3 * fmin(theta, M_PI - theta);
        double complex w = CMPLX(random_radius(&r, &s, i), theta), slope = 0;
        fj_composed at, around;
        fj_layers_compose(&s.layers, w, &at);
        double size = cabs(at.slope);
        for (int k = 0; k < CIRCLE; k++) {
            double complex e = cexp(2 * M_PI * I * (k + 0.5) / CIRCLE);
            fj_layers_compose(&s.layers, w + radius * e, &around);
            slope += (around.log_z - at.log_z) / e / (radius * CIRCLE);
            size = fmax(size, cabs(around.log_z - at.log_z) / radius);
        }
        char what[256];
        snprintf(what, sizeof what, "%s, w = %.17g + %.17g i", s.what, creal(w), theta);
        fj_assert_within(creal(at.slope), creal(slope), ACCURACY * size, what);
        fj_assert_within(cimag(at.slope), cimag(slope), ACCURACY * size, what);
        setup_free(&s);
    }
}
END_TEST

/* Rounding of arg z: what a relative error of 1e-12 in u gives, theta and pi - theta each to its own digits. */
static double argument_error(const fj_composed *at)
{
    return 1e-12 * (fabs(cimag(at->log_z)) + cabs(at->slope) * sin(cimag(at->at.w))) +
           4 * at->rounding;
}

START_TEST(arguments_grow_along_every_ray)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(12); i++) {
        setup s = setup_make(&r, (size_t)_i);
        double x = random_radius(&r, &s, i), before = -INFINITY, slack = 0;
        for (int k = 1; k < RAY; k++) {
            /* closer to both ends of (0, pi) */
            double theta = M_PI * (1 - cos(M_PI * k / RAY)) / 2;
            fj_composed at;
            char what[256];
            fj_layers_compose(&s.layers, CMPLX(x, theta), &at);
            double arg = cimag(at.log_z), error = argument_error(&at);
            snprintf(what, sizeof what, "%s, w = %.17g + %.17g i", s.what, x, theta);
            ck_assert_msg(arg <= theta + error, "%s: arg(z/u) = %.17g > 0", what, arg - theta);
            ck_assert_msg(arg / sin(theta) >= before - slack - error / sin(theta),
                          "%s: arg z/sin(theta) = %.17g after %.17g", what, arg / sin(theta),
                          before);
            before = arg / sin(theta);
            slack = error / sin(theta);
        }
        setup_free(&s);
    }
}
END_TEST

START_TEST(next_to_the_negative_axis_z_is_negative)
{
    /* log(z/u) is real on it: arg z -> pi, however deep, at the rate of the slope there */
    static const double ANGLE = 1e-6;
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(20); i++) {
        setup s = setup_make(&r, (size_t)_i);
        fj_composed at;
        fj_layers_compose(&s.layers, CMPLX(random_radius(&r, &s, i), M_PI - ANGLE), &at);
        double curved = ANGLE * ANGLE * (1 + cabs(at.slope)); /* and rounding, 1e-12 at most */
        fj_assert_within(cimag(at.log_z), M_PI - ANGLE * creal(at.slope), curved, s.what);
        ck_assert_msg(creal(at.at.m) < 0 && creal(at.at.n) > 0, "%s: m = %.17g", s.what,
                      creal(at.at.m));
        setup_free(&s);
    }
}
END_TEST

START_TEST(far_out_z_is_u)
{
    /* z = u chi^L/mu1 (1 + O(Var t/u)) at |u| -> infinity, to the last digits */
    static const double ROUNDING = 32 * DBL_EPSILON; /* of sums over a hundred nodes and more */
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(20); i++) {
        setup s = setup_make(&r, (size_t)_i);
        fj_composed at;
        double complex w =
            CMPLX(log(s.top) + fj_test_uniform(&r, 45, 200), fj_test_uniform(&r, 0, M_PI));
        fj_layers_compose(&s.layers, w, &at);
        double want = creal(w) - log(s.mu1) + s.layers.depth * s.layers.log_chi;
        fj_assert_within(creal(at.log_z), want, ROUNDING * (1 + fabs(creal(w))), s.what);
        fj_assert_within(cimag(at.log_z), cimag(w), ROUNDING * cimag(w), s.what);
        fj_assert_within(cabs(at.slope - 1), 0, ROUNDING, s.what);
        setup_free(&s);
    }
}
END_TEST

/* What the search for the upper edge rests on (support.c): from five times the largest t on, the slope rises to 1. */
START_TEST(the_slope_rises_above_all_of_t)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(20); i++) {
        setup s = setup_make(&r, (size_t)_i);
        double before = -INFINITY;
        for (double x = log(5 * s.top); x < log(s.top) + 40; x += 0.25) {
            fj_composed at;
            fj_layers_compose(&s.layers, x, &at);
            const double slope = creal(at.slope), rounding = 1e-12 * (1 + fabs(slope));
            ck_assert_msg(slope >= before - rounding && slope < 1 + rounding,
                          "%s: %.17g at x = %g after %.17g", s.what, slope, x, before);
            before = slope;
        }
        fj_assert_within(before, 1, 1e-10, s.what);
        setup_free(&s);
    }
}
END_TEST

START_TEST(one_layer_distribution_of_marchenko_and_pastur)
{
    /* linear, gaussian, depth 1: u = 1 + 1/m, z = (1 + m)^2/m; on the curve m = -1/2 + ... the law of 4 cos(phi)^2 */
    fj_activation *a = fj_test_make("linear");
    fj_rule *rule;
    fj_layers layers;
    ck_assert_int_eq(fj_rule_create(a, 1, NULL, &rule), FJ_OK);
    fj_layers_init(&layers, rule, 1, FJ_WEIGHTS_GAUSSIAN, 1, 0);
    for (int k = 1; k < 40; k++) {
        double phi = M_PI / 2 * k / 40, s = 2 * cos(phi); /* n = 1 + m = s exp(-i phi) */
        double complex n = s * cexp(-I * phi), u = n / (n - 1);
        fj_composed at;
        fj_layers_compose(&layers, clog(u), &at);
        fj_assert_within(creal(at.log_z), 2 * log(s), 1e-14 * (1 + 1 / s), "log lambda");
        fj_assert_within(cimag(at.log_z), 0, 1e-14 * (1 + 1 / s), "arg lambda");
        double want = (s * sqrt(4 - s * s) / 2 + 2 * asin(s / 2)) / M_PI;
        fj_assert_within(fj_layers_cdf(&layers, &at, 0), want, 1e-14, "F");
    }
    fj_rule_destroy(rule);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layer");
    TCase *tests = tcase_create("layer");
    const int kinds = (int)fj_activation_count();
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, log_z_is_its_formula, 0, kinds);
    tcase_add_loop_test(tests, the_slope_is_the_derivative, 0, kinds);
    tcase_add_loop_test(tests, arguments_grow_along_every_ray, 0, kinds);
    tcase_add_loop_test(tests, next_to_the_negative_axis_z_is_negative, 0, kinds);
    tcase_add_loop_test(tests, far_out_z_is_u, 0, kinds);
    tcase_add_loop_test(tests, the_slope_rises_above_all_of_t, 0, kinds);
    tcase_add_test(tests, one_layer_distribution_of_marchenko_and_pastur);
    return fj_run_tap(suite);
}
