/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of a comparison, on values whose answer is known. */
#include <freejac/freejac.h>
#include <float.h>
#include "statistics.h"

typedef struct fixture {
    fj_activation *a;
    fj_network network;
    fj_spectrum *law;
} fixture;

static fixture make(const char *name, fj_weights weights, double q, uint64_t depth)
{
    fixture f;
    fj_meanfield point;
    ck_assert_int_eq(fj_activation_create(name, &f.a, NULL), FJ_OK);
    ck_assert_int_eq(fj_meanfield_critical(f.a, q, &point, NULL), FJ_OK);
    ck_assert_int_eq(fj_network_identical(f.a, weights, depth, &point, &f.network), FJ_OK);
    ck_assert_int_eq(fj_spectrum_create(&f.network, &f.law, NULL), FJ_OK);
    return f;
}

static void end(fixture *f)
{
    fj_spectrum_destroy(f->law);
    fj_network_clear(&f->network);
    fj_activation_destroy(f->a);
}

enum { N = 200 };

/* relu at depth 2: the density diverges at s = 2, where values of samples gather; F there is known all the same. */
START_TEST(beside_a_pole)
{
    fixture f = make("relu", FJ_WEIGHTS_ORTHOGONAL, 1, 2);
    const double places[] = {2, nextafter(2, 0), nextafter(nextafter(2, 0), 0), nextafter(2, 3)};
    fj_comparison c;
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        const double log_s[] = {log(places[k]), log(0.5), -INFINITY, -INFINITY};
        const size_t count = 4;
        ck_assert_int_eq(fj_compare_values(f.law, log_s, &count, 1, &c, NULL), FJ_OK);
        /* half an arcsine law of lambda on (0, 4): F(1/2) = 1/2 + acos(1 - lambda/2)/(2 pi); two values of four below it */
        const double cdf = 0.5 + acos(1 - 0.125) / (2 * M_PI);
        fj_assert_within(c.ks_distance, fmax(1 - 0.75, fmax(cdf - 0.5, 0.75 - cdf)), 1e-6, "pole");
    }
    end(&f);
}
END_TEST

/* Values at the middle quantiles are 1/(2N) from the law; scaled ones have that factor; squares are squares. */
START_TEST(exact_quantiles)
{
    fixture f = make("tanh", FJ_WEIGHTS_ORTHOGONAL, 0.1, 10);
    double log_s[N], scaled[N], squares[N], distance;
    const size_t count = N;
    fj_comparison c;
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(fj_spectrum_quantile(f.law, (i + 0.5) / N, &log_s[i]), FJ_OK);
        scaled[i] = log_s[i] + 0.7;
        squares[i] = 2 * log_s[i];
    }
    ck_assert_int_eq(fj_compare_values(f.law, log_s, &count, 1, &c, NULL), FJ_OK);
    /* quantiles are good to 1e-10 */
    fj_assert_within(c.ks_distance, 0.5 / N, 1e-9, "distance");
    fj_assert_within(c.log_factor_mean, 0, 0.02, "factor");   /* the rank p n is half a step off */
    fj_assert_within(c.ratio, c.theory_ratio, 1e-3, "ratio"); /* the rule of midpoints */
    const double base = c.log_factor_mean;
    ck_assert_int_eq(fj_compare_values(f.law, scaled, &count, 1, &c, NULL), FJ_OK);
    fj_assert_within(c.log_factor_mean, base + 0.7, 1e-12, "scaled");
    ck_assert(c.ks_distance > 0.5 && c.ks_rescaled < 2.0 / N);
    ck_assert_int_eq(fj_compare_distance(f.law, scaled, &count, 1, 0.7, &distance), FJ_OK);
    fj_assert_within(distance, 0.5 / N, 1e-9, "divided");
    ck_assert_int_eq(fj_compare_values(f.law, squares, &count, 1, &c, NULL), FJ_OK);
    fj_assert_within(c.ks_squares, 0.5 / N, 1e-9, "squares");
    end(&f);
}
END_TEST

/* A law that is one atom: values within 1e-6 are on it, others are as far away as can be. */
START_TEST(one_atom)
{
    fixture f = make("linear", FJ_WEIGHTS_ORTHOGONAL, 1, 5);
    const double near[3] = {9e-7, 0, -9e-7}, off[4] = {0, 0, 0, 2e-6};
    size_t count = 3;
    fj_comparison c;
    ck_assert_int_eq(fj_compare_values(f.law, near, &count, 1, &c, NULL), FJ_OK);
    ck_assert_uint_eq(c.on_atoms, 3);
    fj_assert_within(c.ks_distance, 0, 1e-14, "on the atom");
    count = 4;
    ck_assert_int_eq(fj_compare_values(f.law, off, &count, 1, &c, NULL), FJ_OK);
    ck_assert_uint_eq(c.on_atoms, 3);
    fj_assert_within(c.ks_distance, 0.25, 1e-14, "one off");
    fj_assert_within(c.edge.mean, 1, 1e-15, "the atom is the edge");
    end(&f);
}
END_TEST

/* relu: half of the mass is at 0; too few zeros are a distance, noise is counted and not compared. */
START_TEST(zeros_and_noise)
{
    fixture f = make("relu", FJ_WEIGHTS_GAUSSIAN, 1, 2);
    double log_s[N];
    const size_t count = N;
    fj_comparison c;
    for (int i = 0; i < N; i++)
        if (fj_spectrum_quantile(f.law, (i + 0.5) / N, &log_s[i]) != FJ_OK)
            ck_abort();
    ck_assert_int_eq(fj_compare_values(f.law, log_s, &count, 1, &c, NULL), FJ_OK);
    ck_assert_uint_eq(c.zeros, N / 2);
    fj_assert_within(c.ks_distance, 0.5 / N, 1e-9, "with zeros");
    for (int i = 0; i < N / 2; i++)
        log_s[i] = -40 - i;
    ck_assert_int_eq(fj_compare_values(f.law, log_s, &count, 1, &c, NULL), FJ_OK);
    ck_assert_uint_eq(c.below_rounding, N / 2);
    ck_assert_uint_eq(c.zeros, 0);
    fj_assert_within(c.ks_distance, 0.5 / N, 1e-9, "with noise");
    for (int i = 0; i < N / 2; i++)
        log_s[i] = log_s[N - 1];
    ck_assert_int_eq(fj_compare_values(f.law, log_s, &count, 1, &c, NULL), FJ_OK);
    fj_assert_within(c.ks_distance, 1 - 0.5 / N - 0.5 + 1.0 / N, 0.51 / N, "no zeros");
    end(&f);
}
END_TEST

/* Marchenko and Pastur: rho = sqrt(4 - lambda)/(2 pi sqrt(lambda)), so a = 1/(4 pi). Of depth L the edge is
 * (L+1)^(L+1)/L^L and, from rho(lambda(phi)) at small phi, lambda = lambda_+ (1 - k phi^2), rho = r phi. */
START_TEST(edges)
{
    for (int depth = 1; depth <= 32; depth *= 2) {
        fixture f = make("linear", FJ_WEIGHTS_GAUSSIAN, 1, (uint64_t)depth);
        const double L = depth, top = pow(L + 1, L + 1) / pow(L, L);
        const double pi = acos(-1), k = L * (L + 1) / 2; /* log lambda = log top - k phi^2 + ... */
        const double r =
            pow(L, L - 1) / (pi * pow(L + 1, L)); /* sin^2 (L phi)^(L-1)/((L+1) phi)^L */
        const double a = r / sqrt(top * k);
        fj_edge edge;
        ck_assert_int_eq(fj_edge_predict(f.law, 400, &edge), FJ_OK);
        fj_assert_within(exp(edge.log_a) / a, 1, 1e-6, "a");
        fj_assert_within(edge.s * edge.s / top, 1, 1e-12, "edge");
        fj_assert_within(edge.shift * top, 1.2065336 * pow(pi * a * 400, -2.0 / 3), 1e-5 * top,
                         "shift");
        end(&f);
    }
    fixture f = make("relu", FJ_WEIGHTS_ORTHOGONAL, 1, 2); /* diverges at its edge */
    fj_edge edge;
    ck_assert_int_eq(fj_edge_predict(f.law, 400, &edge), FJ_OK);
    ck_assert(isnan(edge.mean) && isnan(edge.log_a) && !edge.valid);
    end(&f);
}
END_TEST

START_TEST(refusals)
{
    fixture f = make("tanh", FJ_WEIGHTS_ORTHOGONAL, 0.1, 2);
    const double good[2] = {0, 0.1}, bad[2] = {0, NAN}, infinite[2] = {INFINITY, 0};
    const size_t two = 2, none = 0;
    double distance;
    fj_comparison c;
    fj_detail detail = {""};
    ck_assert_int_eq(fj_compare_values(f.law, bad, &two, 1, &c, &detail), FJ_INVALID);
    ck_assert(strlen(detail.text) > 0 && isnan(c.ks_distance));
    ck_assert_int_eq(fj_compare_values(f.law, infinite, &two, 1, &c, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_compare_values(f.law, good, &none, 1, &c, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_compare_values(f.law, good, &two, 0, &c, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_compare_values(NULL, good, &two, 1, &c, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_compare_values(f.law, good, &two, 1, NULL, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_compare_samples(f.law, NULL, &c, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_compare_distance(f.law, good, &two, 1, NAN, &distance), FJ_INVALID);
    ck_assert_int_eq(fj_edge_predict(f.law, 0, &c.edge), FJ_INVALID);
    ck_assert_int_eq(fj_edge_predict(f.law, NAN, &c.edge), FJ_INVALID);
    end(&f);
}
END_TEST

/* Samples, and their logarithms as values, are the same; layers beyond the last are refused. */
START_TEST(samples_and_values)
{
    fixture f = make("hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 0.25, 6);
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 120;
    options.samples = 2;
    fj_samples *samples;
    ck_assert_int_eq(fj_samples_create(&f.network, &options, &samples, NULL), FJ_OK);
    double log_s[240];
    const size_t count[2] = {120, 120};
    for (int i = 0; i < 240; i++)
        log_s[i] = fj_samples_get(samples, (size_t)(i / 120))->log_s[i % 120];
    fj_comparison a, b;
    ck_assert_int_eq(fj_compare_samples(f.law, samples, &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_compare_values(f.law, log_s, count, 2, &b, NULL), FJ_OK);
    ck_assert(a.ks_distance == b.ks_distance && a.ratio == b.ratio && a.zeros == b.zeros);
    /* the top atom is met to 1e-12 */
    fj_assert_within(a.s_max_mean / a.edge.s, 1, 1e-12, "atom");
    ck_assert(a.edge.is_atom && a.on_atoms > 100);
    fj_layer_drift layer;
    ck_assert_int_eq(fj_compare_layer(&f.network, samples, 5, &layer), FJ_OK);
    ck_assert_uint_eq(layer.layer, 6);
    fj_assert_within(layer.q_theory, 0.25, 1e-15, "q");
    ck_assert_int_eq(fj_compare_layer(&f.network, samples, 6, &layer), FJ_INVALID);
    fj_samples_destroy(samples);
    end(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("comparison");
    TCase *tc = tcase_create("comparison");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, exact_quantiles);
    tcase_add_test(tc, beside_a_pole);
    tcase_add_test(tc, one_atom);
    tcase_add_test(tc, zeros_and_noise);
    tcase_add_test(tc, edges);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, samples_and_values);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
