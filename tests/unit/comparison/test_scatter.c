/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How networks of finite width scatter about their law, where it can be said otherwise:
 *   1. averages over a layer's neurons against those of mean field theory, and against closed
 *      forms of relu;
 *   2. F of the law of another q, by that law itself;
 *   3. one orthogonal layer: F is that of independent numbers, less what a fixed length forbids;
 *   4. equal layers by doubling and one by one;
 *   5. the median of numbers of which its deviation is known. */
#include <freejac/freejac.h>
#include "average.h"
#include "response.h"
#include "scatter.h"
#include "tap.h"

/* Smooth functions come to 1e-9 and better, but nodes lie h/64 apart: a kink at h = 1/sqrt(q)
 * costs h^2/128 of what lies beyond. */
static const double NODES = 0.01;

static const char *const NAMES[] = {"tanh", "erf", "gelu", "elu", "sin", "relu", "hard-tanh"};

/* f = arg(1 - t/u) far outside is t times -Im 1/u. */
START_TEST(averages_of_neurons)
{
    static const double QS[] = {0.1, 0.6, 8};
    const double q = QS[_i % 3], small = 1e-7, kinks = fmax(NODES, 1 / (128 * q));
    fj_activation *a;
    fj_averages v;
    fj_joint j;
    double c[3];
    const double complex inverse[] = {CMPLX(0, -small), CMPLX(0, -2 * small)};
    fj_neurons *neurons = malloc(sizeof *neurons);
    ck_assert_ptr_nonnull(neurons);
    ck_assert_int_eq(fj_activation_create(NAMES[_i / 3], &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    ck_assert_int_eq(fj_central_moments(a, q, 3, c), FJ_OK);
    fj_neurons_make(a, q, neurons);
    fj_neurons_joint(neurons, inverse, 2, &j);
    fj_assert_within(neurons->mean_length / v.phi2, 1, NODES, "E phi^2");
    fj_assert_within(j.ff[0][0] / (small * small) / c[2], 1, kinks, "Var t");
    fj_assert_within(j.ff[1][0] / j.ff[0][0], 2, 1e-5, "places");
    fj_assert_within(j.fh[0] / small, 2 * v.mu1_log_slope, kinks * sqrt(2 * c[2]), "Cov(t, h^2)");
    fj_assert_within(j.gh, 2 * q * v.length_slope / v.phi2, NODES * sqrt(2 * j.gg), "phi^2, h^2");
    if (_i / 3 == 5) { /* relu: E phi^4 = 3/2, E phi^2 t = E phi^2 = 1/2, of h */
        fj_assert_within(j.gg, 5, NODES * 5, "Var phi^2");
        fj_assert_within(j.fg[0] / small, 0.5, NODES, "Cov(t, phi^2)");
    }
    free(neurons);
    fj_activation_destroy(a);
}
END_TEST

/* The law at another q, with the same weights: each layer's t is moved by (dq/q) d/d log q of
 * its law, so that F moves by -1/pi (dq/q) sum_l N_l/N_0 E[arg(1 - t/u_l) (h^2 - 1)]/2. */
START_TEST(moved_lengths)
{
    static const struct {
        const char *name;
        fj_weights weights;
        double q, width[3];
    } cases[] = {{"tanh", FJ_WEIGHTS_ORTHOGONAL, 0.7, {1, 1, 1}},
                 {"tanh", FJ_WEIGHTS_GAUSSIAN, 0.7, {1, 1, 1}},
                 {"gelu", FJ_WEIGHTS_GAUSSIAN, 0.9, {2, 1.5, 1}},
                 {"hard-tanh", FJ_WEIGHTS_GAUSSIAN, 0.8, {1, 2, 1}},
                 {"elu", FJ_WEIGHTS_ORTHOGONAL, 0.9, {0.8, 1, 1}}};
    const double step = 1e-3;
    fj_activation *a;
    fj_averages v;
    fj_spectrum *law[3];
    fj_neurons *neurons = malloc(sizeof *neurons);
    ck_assert_ptr_nonnull(neurons);
    ck_assert_int_eq(fj_activation_create(cases[_i].name, &a, NULL), FJ_OK);
    for (int k = 0; k < 3; k++) {
        fj_network network;
        const double q = cases[_i].q * exp(step * (k - 1));
        ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
        fj_network_init(&network, 1);
        for (int l = 0; l < 3; l++) {
            const fj_network_run run = {a,   cases[_i].weights,  1, 1.2,
                                        0.1, cases[_i].width[l], q, 1.44 * v.mu1};
            ck_assert_int_eq(fj_network_add(&network, &run, NULL), FJ_OK);
        }
        ck_assert_int_eq(fj_spectrum_create(&network, &law[k], NULL), FJ_OK);
        fj_network_clear(&network);
    }
    fj_response *response;
    const fj_network *network = fj_spectrum_network(law[1]);
    fj_neurons_make(a, cases[_i].q, neurons);
    ck_assert_int_eq(fj_response_create(law[1], &response), FJ_OK);
    for (double p = 0.45; p < 1; p += 0.12) {
        double log_s, moved = 0;
        fj_spectrum_point low, high;
        ck_assert_int_eq(fj_spectrum_quantile(law[1], p, &log_s), FJ_OK);
        ck_assert_int_eq(fj_spectrum_eval_log(law[0], &log_s, 1, &low), FJ_OK);
        ck_assert_int_eq(fj_spectrum_eval_log(law[2], &log_s, 1, &high), FJ_OK);
        if (!isfinite(log_s))
            continue;
        ck_assert_int_eq(fj_response_solve(response, 2 * log_s, 1e-5), FJ_OK);
        for (size_t r = 0; r < network->runs; r++) {
            fj_joint j;
            const double complex inverse = fj_response_inverse(response, r);
            fj_neurons_joint(neurons, &inverse, 1, &j);
            moved -= (double)network->run[r].count * network->run[r].width * j.fh[0] / (2 * M_PI);
        }
        fj_assert_within(moved, (high.cdf - low.cdf) / (2 * step), 0.01, cases[_i].name);
    }
    fj_response_destroy(response);
    for (int k = 0; k < 3; k++)
        fj_spectrum_destroy(law[k]);
    fj_activation_destroy(a);
    free(neurons);
}
END_TEST

static fj_spectrum *law_make(const fj_activation *a, fj_weights weights, double q, uint64_t depth,
                             int apart)
{
    fj_meanfield point;
    fj_network network;
    fj_spectrum *law;
    ck_assert_int_eq(fj_meanfield_critical(a, q, &point, NULL), FJ_OK);
    ck_assert_int_eq(fj_network_identical(a, weights, apart ? 1 : depth, &point, &network), FJ_OK);
    fj_network_run run[40];
    fj_network many = {1, depth, 0, run};
    for (uint64_t i = 0; apart && i < depth; i++)
        run[i] = network.run[0];
    ck_assert_int_eq(fj_spectrum_create(apart ? &many : &network, &law, NULL), FJ_OK);
    fj_network_clear(&network);
    return law;
}

/* tanh: t falls with |h|, so that t > lambda means |h| < c with probability 1 - p; Cov of that
 * with h^2 is -2 c density(c). */
START_TEST(one_orthogonal_layer)
{
    const double q = 0.5, count = 100;
    fj_activation *a;
    fj_meanfield point;
    ck_assert_int_eq(fj_activation_create("tanh", &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_meanfield_critical(a, q, &point, NULL), FJ_OK);
    fj_spectrum *law = law_make(a, FJ_WEIGHTS_ORTHOGONAL, q, 1, 0);
    const double share = 1 - point.sigma_b * point.sigma_b / q;
    fj_scatter scatter = {.n = 5};
    double c[5];
    for (int i = 0; i < 5; i++) {
        c[i] = 1.8 - 0.3 * i;
        scatter.log_s[i] = log(point.sigma_w * fj_activation_slope(a, sqrt(q) * c[i]));
    }
    ck_assert_int_eq(fj_scatter_find(law, count, &scatter), FJ_OK);
    for (int i = 0; i < 5; i++) {
        const double p = erfc(c[i] / sqrt(2)), slope = exp(-c[i] * c[i] / 2) / sqrt(2 * M_PI);
        const double fixed = share * 2 * c[i] * slope;
        fj_assert_within(scatter.cdf[i], sqrt((p * (1 - p) - fixed * fixed / 2) / count),
                         0.02 / sqrt(count), "F");
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(layers_by_doubling)
{
    static const uint64_t DEPTHS[] = {2, 3, 7, 37};
    const uint64_t depth = DEPTHS[_i / 4];
    fj_activation *a;
    ck_assert_int_eq(fj_activation_create(_i % 2 ? "tanh" : "elu", &a, NULL), FJ_OK);
    fj_scatter scatter[2];
    for (int apart = 0; apart < 2; apart++) {
        fj_spectrum *law = law_make(a, _i % 4 / 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
                                    0.4, depth, apart);
        scatter[apart] = (fj_scatter){.n = 3};
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(fj_spectrum_quantile(law, 0.25 * (i + 1), &scatter[apart].log_s[i]),
                             FJ_OK);
        ck_assert_int_eq(fj_scatter_find(law, 100, &scatter[apart]), FJ_OK);
        fj_spectrum_destroy(law);
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            fj_assert_within(scatter[0].covariance[i][k] / scatter[1].covariance[i][k], 1, 1e-6,
                             "covariance");
    fj_activation_destroy(a);
}
END_TEST

/* All the same: that one. Independent: 2 variances of 1, their mean; of three the median has
 * 0.6700 (1 - sqrt(3)/pi = 0.4487). */
START_TEST(medians)
{
    fj_scatter one = {.n = 0, .matrices = 0.3};
    fj_assert_within(fj_scatter_median(&one), 0.3, 1e-15, "nowhere");
    fj_scatter same = {.n = 13, .matrices = 0.4};
    for (int i = 0; i < 13; i++)
        for (int k = 0; k < 13; k++)
            same.covariance[i][k] = 0.09;
    fj_assert_within(fj_scatter_median(&same), 0.5, 0.01, "together");
    fj_scatter two = {.n = 2, .covariance = {{1, 0}, {0, 1}}};
    fj_assert_within(fj_scatter_median(&two), sqrt(0.5), 0.02, "two");
    fj_scatter three = {.n = 3, .covariance = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    fj_assert_within(fj_scatter_median(&three), sqrt(1 - sqrt(3) / M_PI), 0.02, "three");
}
END_TEST

/* Every number that comes is a number, wherever the law stands: deep, shallow, q small and
 * large. */
START_TEST(everywhere)
{
    static const double QS[] = {1e-6, 0.1, 3};
    static const uint64_t DEPTHS[] = {1, 2, 50, 1000, 1000000};
    fj_activation *a;
    ck_assert_int_eq(fj_activation_create(NAMES[_i], &a, NULL), FJ_OK);
    for (int i = 0; i < 30; i++) {
        fj_meanfield point;
        const double q = QS[i % 3];
        const uint64_t depth = DEPTHS[i / 3 % 5];
        ck_assert_int_eq(fj_meanfield_critical(a, q, &point, NULL), FJ_OK);
        fj_spectrum *law =
            law_make(a, i / 15 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, q, depth, 0);
        const double log_s[] = {-0.1, 0.1};
        const size_t count = 2;
        fj_comparison c;
        ck_assert_int_eq(fj_compare_values(law, log_s, &count, 1, &c, NULL), FJ_OK);
        ck_assert(c.ks_expected > 0 && c.ks_expected <= 1);
        /* where the fixed point repels lengths the factor may be anything */
        ck_assert_msg(c.log_factor_expected >= 0 || (!point.stable && depth > 50), "%s %g",
                      NAMES[_i], q);
        fj_spectrum_destroy(law);
    }
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scatter");
    TCase *tc = tcase_create("scatter");
    const int names = (int)(sizeof NAMES / sizeof *NAMES);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, averages_of_neurons, 0, 3 * names);
    tcase_add_loop_test(tc, moved_lengths, 0, 5);
    tcase_add_test(tc, one_orthogonal_layer);
    tcase_add_loop_test(tc, layers_by_doubling, 0, 16);
    tcase_add_test(tc, medians);
    tcase_add_loop_test(tc, everywhere, 0, names);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
