/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trajectories against single steps of the two maps, against closed forms, and where they end. */
#include <freejac/correlation.h>
#include <freejac/meanfield.h>
#include <freejac/trajectory.h>
#include "../sample.h"

enum { DEPTH = 60 };

static fj_trajectory *start(const fj_activation *a, double sigma_w, double sigma_b, double q0,
                            double c0)
{
    fj_trajectory *t;
    fj_detail detail = {""};
    ck_assert_msg(fj_trajectory_create(a, sigma_w, sigma_b, q0, c0, &t, &detail) == FJ_OK, "%s",
                  detail.text);
    return t;
}

static void follow(const char *spec, const double at[4], size_t n, fj_layer *layers)
{
    fj_activation *a = fj_test_make(spec);
    fj_trajectory *t = start(a, at[0], at[1], at[2], at[3]);
    fj_status status = fj_trajectory_next(t, n, layers);
    ck_assert_msg(status == FJ_OK, "%s: %s", spec, fj_status_message(status));
    fj_trajectory_destroy(t);
    fj_activation_destroy(a);
}

/* Every layer follows from the one before by the public maps. */
START_TEST(steps_are_the_maps)
{
    fj_test_random r = fj_test_random_make();
    r.state += (uint64_t)_i;
    char spec[64], what[160];
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    fj_activation *a = fj_test_make(spec);
    for (int n = 0; n < 3; n++) {
        /* unbounded phi must not diverge: double integrals at huge q are slow */
        double most = fj_activation_parity(a) == FJ_PARITY_ODD ? 2 : 1.2;
        double sigma_w = fj_test_uniform(&r, 0.5, most),
               sigma_b = n * fj_test_uniform(&r, 0.05, 0.5);
        double q0 = fj_test_loguniform(&r, 1e-3, 8), c0 = fj_test_uniform(&r, -1, 1);
        fj_trajectory *t = start(a, sigma_w, sigma_b, q0, c0);
        fj_layer layer[DEPTH];
        ck_assert_int_eq(fj_trajectory_next(t, 1, layer), FJ_OK);
        ck_assert(layer[0].q == q0 && layer[0].c == c0);
        ck_assert_int_eq(fj_trajectory_next(t, 7, layer + 1), FJ_OK); /* in pieces */
        ck_assert_int_eq(fj_trajectory_next(t, DEPTH - 8, layer + 8), FJ_OK);
        for (int l = 0; l + 1 < DEPTH; l++) {
            double q, mu1 = sigma_w * sigma_w;
            fj_averages v;
            snprintf(what, sizeof what, "%s, sigma_w = %.17g, sigma_b = %.17g, layer %d", spec,
                     sigma_w, sigma_b, l + 1);
            ck_assert_int_eq(fj_length_map(a, sigma_w, sigma_b, layer[l].q, &q), FJ_OK);
            fj_assert_near(layer[l + 1].q, q, 1e-15, what);
            ck_assert_int_eq(fj_averages_at(a, layer[l].q, &v), FJ_OK);
            fj_assert_near(layer[l].chi, mu1 * v.mu1, 1e-15, what);
            fj_correlation c = fj_correlation_of(layer[l].c), next;
            if (layer[l].c > 0)
                c = fj_correlation_below_one(layer[l].one_minus_c);
            if (layer[l].q < 1e-30) /* the trajectory takes the limit there */
                continue;
            ck_assert_int_eq(fj_correlation_map(a, sigma_w, sigma_b, layer[l].q, &c, &next), FJ_OK);
            fj_assert_within(layer[l + 1].c, next.c, 1e-13, what);
            fj_assert_near(layer[l + 1].one_minus_c, next.below, 1e-13, what);
        }
        fj_trajectory_destroy(t);
    }
    fj_activation_destroy(a);
}
END_TEST

static const double correlations[] = {1, 0, -1, 1 - 1e-12, -0.3, 0.8};

/* q -> w asin(k) + b^2, c -> (w asin(k c) + b^2)/q_next, w = 2 sigma_w^2/pi, k = pi q/(2 + pi q) */
START_TEST(erf_layer_by_layer)
{
    static const double sigma[][2] = {{0.8, 0.2}, {1.02, 0.05}, {2, 0.3}, {1.5, 0}, {0.9, 0}};
    for (size_t i = 0; i < sizeof sigma / sizeof *sigma; i++) {
        fj_layer layer[DEPTH];
        const double at[] = {sigma[i][0], sigma[i][1], 1.7, correlations[_i]};
        follow("erf", at, DEPTH, layer);
        double w = at[0] * at[0] * 2 / M_PI, b = at[1] * at[1], q = at[2], c = at[3], e = 1 - c;
        for (int l = 0; l < DEPTH; l++) {
            char what[96];
            snprintf(what, sizeof what, "sigma_w = %g, sigma_b = %g, c0 = %g, layer %d", at[0],
                     at[1], at[3], l + 1);
            fj_assert_near(layer[l].q, q, 1e-12, what);
            fj_assert_within(layer[l].c, c, 1e-12, what);
            if (c > 0.5)
                fj_assert_near(layer[l].one_minus_c, e, 1e-11, what);
            double k = M_PI * q / (2 + M_PI * q), next = w * asin(k) + b;
            double apart = k * e * (1 + c) /
                           (sqrt(1 - k * k * c * c) + c * sqrt(2 * (1 + k) / (2 + M_PI * q)));
            e = c > 0 ? w * asin(apart) / next : w * (asin(k) - asin(k * c)) / next;
            c = c > 0 ? 1 - e : (w * asin(k * c) + b) / next;
            q = next;
        }
    }
}
END_TEST

/* q -> sigma_w^2 q/2 + b^2, E[relu relu] = q (sin t + (pi - t) cos t)/(2 pi) */
START_TEST(relu_layer_by_layer)
{
    static const double sigma[][2] = {{1.2, 0.2}, {M_SQRT2, 0}, {2, 0.3}, {0.7, 0}};
    for (size_t i = 0; i < sizeof sigma / sizeof *sigma; i++) {
        fj_layer layer[DEPTH];
        const double at[] = {sigma[i][0], sigma[i][1], 0.6, correlations[_i]};
        follow("relu", at, DEPTH, layer);
        double w = at[0] * at[0], b = at[1] * at[1], q = at[2], c = at[3];
        for (int l = 0; l < DEPTH; l++) {
            fj_assert_near(layer[l].q, q, 1e-13, "q");
            fj_assert_near(layer[l].chi, w / 2, 1e-15, "chi");
            fj_assert_within(layer[l].c, c, 1e-11, "c");
            double t = acos(fmax(-1, fmin(1, c))), next = w * q / 2 + b;
            c = (w * q * (sin(t) + (M_PI - t) * c) / (2 * M_PI) + b) / next;
            q = next;
        }
    }
}
END_TEST

START_TEST(ends_are_kept)
{
    static const char *specs[] = {"tanh", "hard-tanh", "sin", "linear"};
    fj_layer layer[DEPTH];
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const double same[] = {1.4, 0.1, 0.5, 1}, opposite[] = {1.4, 0, 0.5, -1};
        follow(specs[i], same, DEPTH, layer);
        ck_assert(layer[DEPTH - 1].c == 1 && layer[DEPTH - 1].one_minus_c == 0);
        follow(specs[i], opposite, DEPTH, layer); /* odd phi without bias */
        ck_assert(layer[DEPTH - 1].c == -1);
    }
}
END_TEST

/* sigma_w = 1, tanh: q -> q - 2 q^2 + ..., so 1/q grows by 2 a layer, with logarithmic corrections; never at rest. */
START_TEST(algebraic_approaches_are_followed)
{
    enum { DEEP = 20000 };
    fj_layer *layer = calloc(DEEP, sizeof *layer);
    const double at[] = {1, 0, 1, 0.5};
    follow("tanh", at, DEEP, layer);
    for (int l = 1; l < DEEP; l++)
        ck_assert_msg(layer[l].q < layer[l - 1].q && layer[l].q > 0, "layer %d", l + 1);
    double gained = 1 / layer[DEEP - 1].q - 1 / layer[DEEP / 2 - 1].q;
    fj_assert_near(gained, DEEP, 1e-3, "1/q over the second half");
    /* relu on its critical line: t = acos(c) -> t - t^2/(3 pi): t grows as 3 pi/l, so 1 - c = 9 pi^2/(2 l^2) */
    const double relu[] = {M_SQRT2, 0, 1, -0.5};
    follow("relu", relu, DEEP, layer);
    double l = DEEP, want = 9 * M_PI * M_PI / (2 * l * l);
    fj_assert_near(layer[DEEP - 1].one_minus_c, want, 5e-3, "relu: 1 - c");
    free(layer);
}
END_TEST

START_TEST(deep_networks_settle)
{
    enum { CHUNK = 1000 };
    fj_activation *a = fj_test_make("tanh");
    fj_trajectory *t = start(a, 1.5, 0.2, 3, 0.2);
    fj_layer layer[CHUNK];
    fj_meanfield m;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(fj_trajectory_next(t, CHUNK, layer), FJ_OK);
    ck_assert(fj_trajectory_settled(t));
    for (int i = 0; i < 10000; i++) /* ten million layers */
        ck_assert_int_eq(fj_trajectory_next(t, CHUNK, layer), FJ_OK);
    ck_assert_int_eq(fj_meanfield_solve(a, 1.5, 0.2, 3, &m, NULL), FJ_OK);
    fj_assert_near(layer[CHUNK - 1].q, m.q_star, 1e-14, "q*");
    fj_assert_near(layer[CHUNK - 1].chi, m.chi, 1e-14, "chi");
    fj_assert_within(layer[CHUNK - 1].c, m.c_star, 1e-12, "c*");
    fj_trajectory_destroy(t);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(divergence_ends_in_a_status)
{
    enum { DEEP = 3000 };
    static fj_layer layer[DEEP];
    static const char *specs[] = {"relu", "gelu", "linear"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        fj_activation *a = fj_test_make(specs[i]);
        fj_trajectory *t = start(a, 2, 0.5, 1, i == 1 ? 1 : 0.3); /* gelu: lengths only */
        ck_assert_int_eq(fj_trajectory_next(t, DEEP, layer), FJ_RANGE);
        int last = 0;
        while (last < DEEP && isfinite(layer[last].q))
            last++;
        ck_assert_msg(last > 50 && last < DEEP, "%s: %d", specs[i], last);
        double most = i == 1 ? 1e38 : 1e306;
        ck_assert_msg(layer[last - 1].q > most, "%s: %g", specs[i], layer[last - 1].q);
        for (int l = last; l < DEEP; l++)
            ck_assert(isnan(layer[l].q) && isnan(layer[l].chi) && isnan(layer[l].c));
        ck_assert(isfinite(layer[last - 1].c) && fj_trajectory_settled(t));
        fj_trajectory_destroy(t);
        fj_activation_destroy(a);
    }
}
END_TEST

/* Without a bias and below the critical line q underflows; correlations go on by the map's limit: unchanged for smooth
 * phi, the arccosine map for elu with alpha = 1/2, whose slopes at 0 are 1 and 1/2. */
START_TEST(vanishing_lengths)
{
    enum { DEEP = 2000 };
    static fj_layer layer[DEEP], other[DEEP];
    const double at[] = {0.5, 0, 1e-30, 0.4};
    follow("tanh", at, DEEP, layer);
    ck_assert(layer[DEEP - 1].q == 0 && layer[DEEP - 1].chi == 0.25);
    fj_assert_near(layer[DEEP - 1].c, 0.4, 1e-12, "tanh");
    follow("elu:alpha=0.5", at, DEEP, layer);
    follow("leaky-relu:slope=0.5", at, DEEP, other);
    for (int l = 0; l < DEEP; l += 100)
        fj_assert_near(layer[l].one_minus_c, other[l].one_minus_c, 1e-11, "elu");
    ck_assert(layer[DEEP - 1].q == 0 && layer[DEEP - 1].one_minus_c < 0.1);
}
END_TEST

START_TEST(q0_decides)
{
    /* gelu, sigma_w = 1.5, sigma_b = 0.05: a stable length, an unstable one, and beyond it none */
    fj_activation *a = fj_test_make("gelu");
    fj_meanfield m;
    fj_layer layer[400];
    ck_assert_int_eq(fj_meanfield_solve(a, 1.5, 0.05, 0.1, &m, NULL), FJ_OK);
    ck_assert(m.fixed_point_count == 2 && m.stable && m.q_star == m.fixed_points[0].q);
    ck_assert(m.fixed_points[1].slope > 1);
    double edge = m.fixed_points[1].q;
    const double below[] = {1.5, 0.05, edge * 0.99, 0}, above[] = {1.5, 0.05, edge * 1.01, 0};
    follow("gelu", below, 400, layer);
    fj_assert_near(layer[399].q, m.q_star, 1e-12, "below");
    follow("gelu", above, 400, layer);
    ck_assert(layer[399].q > 10 * edge);
    ck_assert_int_eq(fj_meanfield_solve(a, 1.5, 0.05, edge * 1.01, &m, NULL), FJ_NO_FIXED_POINT);
    ck_assert(m.fixed_point_count == 2 && isnan(m.q_star)); /* told though none is reached */
    /* sigma_w = 1.412, sigma_b = 0.4: two stable lengths, one ordered, one chaotic */
    enum { DEEP = 12000 };
    fj_layer *deep = calloc(DEEP, sizeof *deep);
    for (int side = 0; side < 2; side++) {
        const double at[] = {1.412, 0.4, side ? 2.6 : 2.45, 1};
        fj_meanfield one;
        ck_assert_int_eq(fj_meanfield_solve(a, at[0], at[1], at[2], &one, NULL), FJ_OK);
        ck_assert(one.fixed_point_count == 3 && one.stable);
        ck_assert(one.q_star == one.fixed_points[side ? 2 : 0].q && one.fixed_points[1].slope > 1);
        ck_assert(one.phase == (side ? FJ_PHASE_CHAOTIC : FJ_PHASE_ORDERED));
        follow("gelu", at, DEEP, deep);
        fj_assert_near(deep[DEEP - 1].q, one.q_star, 1e-8, "the one reached");
    }
    free(deep);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(misuse_is_refused)
{
    fj_activation *a = fj_test_make("tanh");
    fj_trajectory *t;
    fj_layer layer;
    fj_detail detail;
    const double wrong[] = {-1.5, NAN, INFINITY};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(fj_trajectory_create(a, wrong[i], 0, 1, 1, &t, &detail), FJ_INVALID);
        ck_assert_int_eq(fj_trajectory_create(a, 1, wrong[i], 1, 1, &t, &detail), FJ_INVALID);
        ck_assert_int_eq(fj_trajectory_create(a, 1, 0, wrong[i], 1, &t, &detail), FJ_INVALID);
        ck_assert_int_eq(fj_trajectory_create(a, 1, 0, 1, wrong[i], &t, &detail), FJ_INVALID);
        ck_assert_msg(t == NULL && strstr(detail.text, "c0") != NULL, "%s", detail.text);
    }
    ck_assert_int_eq(fj_trajectory_create(NULL, 1, 0, 1, 1, &t, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_trajectory_create(a, 1, 0, 1, 1, NULL, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_trajectory_next(NULL, 1, &layer), FJ_INVALID);
    t = start(a, 1, 0, 1, 1);
    ck_assert_int_eq(fj_trajectory_next(t, 1, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_trajectory_next(t, 0, NULL), FJ_OK);
    fj_trajectory_destroy(t);
    fj_trajectory_destroy(NULL);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trajectory");
    TCase *all = tcase_create("trajectories");
    suite_add_tcase(suite, all);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, steps_are_the_maps, 0, (int)fj_activation_count());
    tcase_add_loop_test(all, erf_layer_by_layer, 0, sizeof correlations / sizeof *correlations);
    tcase_add_loop_test(all, relu_layer_by_layer, 0, sizeof correlations / sizeof *correlations);
    tcase_add_test(all, ends_are_kept);
    tcase_add_test(all, algebraic_approaches_are_followed);
    tcase_add_test(all, deep_networks_settle);
    tcase_add_test(all, divergence_ends_in_a_status);
    tcase_add_test(all, vanishing_lengths);
    tcase_add_test(all, q0_decides);
    tcase_add_test(all, misuse_is_refused);
    return fj_run_tap(suite);
}
