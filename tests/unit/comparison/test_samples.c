/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampled networks against their law, by the library's own comparison:
 *   1. networks of unequal layers: small distances, and a network that differs a little from the law's is refused;
 *   2. activations by formula, at a fixed point with biases;
 *   3. largest singular values, ratios and atoms of networks that others sampled too.
 *
 * Limits of 1: five seeds gave at most 0.022, 0.010, 0.020 and 0.026 in the order of the cases (FJ_TEST_PRINT=1 prints what
 * FJ_TEST_SEED gives), the false networks at least 0.10, 0.10, 0.15 and 0.50: these must be beyond twice the limit. */
#include <freejac/freejac.h>
#include <stdbool.h>
#include "average.h"
#include "statistics.h"

/* Of formulas: four seeds gave at most 0.029, the law of one layer less at least 0.058. */
static const double FORMULA_LIMIT = 0.045;

typedef struct layer_case {
    const char *activation;
    fj_weights weights;
    double sigma_w, sigma_b, width, false_width; /* width in the false network */
} layer_case;

typedef struct network_case {
    const char *name;
    double q, width; /* q of the first layer; N_0 */
    double limit;
    int layers;
    layer_case layer[6];
} network_case;

#define ORTHOGONAL FJ_WEIGHTS_ORTHOGONAL
#define GAUSSIAN   FJ_WEIGHTS_GAUSSIAN

static const network_case CASES[] = {
    {"bottleneck",
     0.5,
     300,
     0.03,
     2,
     {{"tanh", ORTHOGONAL, 1.3, 0.2, 90, 120}, {"tanh", ORTHOGONAL, 1.3, 0.2, 300, 300}}},
    {"gaussian bottleneck",
     0.5,
     300,
     0.03,
     3,
     {{"tanh", GAUSSIAN, 1.3, 0.2, 150, 180},
      {"erf", GAUSSIAN, 1.3, 0.2, 300, 300},
      {"tanh", GAUSSIAN, 1.3, 0.2, 200, 200}}},
    {"mixed",
     1,
     300,
     0.04,
     4,
     {{"tanh", ORTHOGONAL, 1.5, 0.1, 300, 300},
      {"relu", GAUSSIAN, 1.4, 0.1, 400, 300},
      {"hard-tanh", ORTHOGONAL, 1.1, 0.3, 350, 200},
      {"erf", ORTHOGONAL, 1.2, 0.1, 300, 300}}},
    {"away from its fixed point",
     3,
     300,
     0.04,
     6,
     {{"tanh", ORTHOGONAL, 1.5, 0.1, 300, 300},
      {"tanh", ORTHOGONAL, 1.5, 0.1, 300, 300},
      {"tanh", ORTHOGONAL, 1.5, 0.1, 300, 300},
      {"tanh", ORTHOGONAL, 1.5, 0.1, 300, 300},
      {"tanh", ORTHOGONAL, 1.5, 0.1, 300, 300},
      {"tanh", ORTHOGONAL, 1.5, 0.1, 300, 150}}},
};

static uint64_t seed(void)
{
    const char *text = getenv("FJ_TEST_SEED");
    return text ? strtoull(text, NULL, 10) : 20171113;
}

static void build(const network_case *c, bool wrong, fj_activation **a, fj_network *network)
{
    fj_network_init(network, c->width);
    for (int i = 0; i < c->layers; i++) {
        const layer_case *layer = &c->layer[i];
        ck_assert_int_eq(fj_activation_create(layer->activation, &a[i], NULL), FJ_OK);
        const fj_network_run run = {.activation = a[i],
                                    .weights = layer->weights,
                                    .count = 1,
                                    .sigma_w = layer->sigma_w,
                                    .sigma_b = layer->sigma_b,
                                    .width = wrong ? layer->false_width : layer->width,
                                    .q = c->q};
        ck_assert_int_eq(fj_network_follow(network, &run, NULL), FJ_OK);
    }
}

static fj_comparison compare_case(const network_case *c, bool wrong)
{
    fj_activation *a[6], *b[6];
    fj_network network, law_network;
    fj_spectrum *law;
    fj_samples *samples;
    fj_comparison out;
    build(c, false, a, &network);
    build(c, wrong, b, &law_network);
    ck_assert_int_eq(fj_spectrum_create(&law_network, &law, NULL), FJ_OK);
    fj_sampling_options options = fj_sampling_options_default();
    options.samples = 3;
    options.seed = seed();
    ck_assert_int_eq(fj_samples_create(&network, &options, &samples, NULL), FJ_OK);
    ck_assert_int_eq(fj_compare_samples(law, samples, &out, NULL), FJ_OK);
    fj_samples_destroy(samples);
    fj_spectrum_destroy(law);
    fj_network_clear(&network);
    fj_network_clear(&law_network);
    for (int i = 0; i < c->layers; i++) {
        fj_activation_destroy(a[i]);
        fj_activation_destroy(b[i]);
    }
    return out;
}

START_TEST(unequal_layers)
{
    const network_case *c = &CASES[_i];
    const fj_comparison right = compare_case(c, false), wrong = compare_case(c, true);
    if (getenv("FJ_TEST_PRINT"))
        printf("# %s: distance %.5f expected %.5f; false network %.5f\n", c->name,
               right.ks_distance, right.ks_expected, wrong.ks_distance);
    fj_assert_within(right.ks_distance, 0, c->limit, c->name);
    ck_assert_msg(right.ks_distance < right.ks_expected, "%s: more than expected", c->name);
    ck_assert_msg(wrong.ks_distance > 2 * c->limit && wrong.ks_distance > wrong.ks_expected,
                  "%s: the law of another network passes, distance %.4f", c->name,
                  wrong.ks_distance);
}
END_TEST

static const char *const FORMULAS[] = {
    "expr:x*tanh(log(1+exp(x)))",
    "expr:sin(x)+x",
    "expr:max(x,0.1*x)+0.2*sin(x)",
    "expr:x*step(x)*(1+tanh(x))",
    "expr:abs(x)+x/3",
    "expr:tanh(x)+0.3*max(x-1,0)",
    "expr:where(x<-1,-1,min(x,2))/2",
    "expr:x+x^3/30",
    "expr:where(x<-1,0,where(x>1,x,x*(x+1)/2))",
};

START_TEST(formulas)
{
    fj_activation *a;
    fj_averages v;
    fj_comparison right, wrong;
    fj_samples *samples;
    const double q = 0.7;
    ck_assert_int_eq(fj_activation_create(FORMULAS[_i / 2], &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    fj_network_run run = {
        a, _i % 2 ? GAUSSIAN : ORTHOGONAL, 3, sqrt(0.9 * q / v.phi2), sqrt(0.1 * q), 1,
        q, 0.9 * q / v.phi2 * v.mu1};
    const fj_network network = {1, 1, 0, &run};
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 300;
    options.samples = 3;
    options.seed = seed();
    ck_assert_int_eq(fj_samples_create(&network, &options, &samples, NULL), FJ_OK);
    for (int other = 0; other < 2; other++) { /* the law of a network with one layer less */
        fj_spectrum *law;
        run.count = other ? 2 : 3;
        ck_assert_int_eq(fj_spectrum_create(&network, &law, NULL), FJ_OK);
        ck_assert_int_eq(fj_compare_samples(law, samples, other ? &wrong : &right, NULL), FJ_OK);
        fj_spectrum_destroy(law);
    }
    if (getenv("FJ_TEST_PRINT"))
        printf("# %s, %s: distance %.5f; one layer less %.5f\n", FORMULAS[_i / 2],
               _i % 2 ? "gaussian" : "orthogonal", right.ks_distance, wrong.ks_distance);
    fj_assert_within(right.ks_distance, 0, FORMULA_LIMIT, FORMULAS[_i / 2]);
    ck_assert_msg(wrong.ks_distance > FORMULA_LIMIT, "%s: one layer less passes", FORMULAS[_i / 2]);
    fj_samples_destroy(samples);
    fj_activation_destroy(a);
}
END_TEST

/* Sampled elsewhere by another program, with the deviations of single networks. */
typedef struct known_case {
    const char *activation;
    fj_weights weights;
    double q, width;
    uint64_t depth;
    size_t samples;
    double ratio, ratio_within;   /* of m_2/m_1^2, and how far ours may be: relative */
    double lambda, lambda_within; /* of lambda_max; 0: the atom of the law, to 1e-12 */
} known_case;

/* lambda: the other program's mean; ours may differ by four of its deviations of a single network, divided by sqrt(samples),
 * for each of both means. ratio: by 2% for orthogonal networks, which scatter by 0.1 to 1%; by 25% for gaussian ones, whose
 * means over six networks it gives scatter by 10%. */
static const known_case KNOWN[] = {
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 0.025, 200, 8, 4, 1.0324, 0.02, 1.2719, 0.018},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 0.025, 200, 32, 4, 1.1285, 0.02, 1.7443, 0.17},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 0.025, 400, 100, 3, 1.3989, 0.02, 2.599, 0.25},
    {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 0.2, 200, 32, 4, 1.8726, 0.06, 0, 0},
    {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 0.25, 400, 10, 3, 1.4537, 0.06, 0, 0},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 1, 400, 32, 6, 33.3, 0.25, 73, 20},
};

START_TEST(known_networks)
{
    const known_case *c = &KNOWN[_i];
    fj_activation *a;
    fj_meanfield point;
    fj_network network;
    fj_spectrum *law;
    fj_samples *samples;
    fj_comparison out;
    ck_assert_int_eq(fj_activation_create(c->activation, &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_meanfield_critical(a, c->q, &point, NULL), FJ_OK);
    ck_assert_int_eq(fj_network_identical(a, c->weights, c->depth, &point, &network), FJ_OK);
    ck_assert_int_eq(fj_spectrum_create(&network, &law, NULL), FJ_OK);
    fj_sampling_options options = fj_sampling_options_default();
    options.width = c->width;
    options.samples = c->samples;
    options.seed = seed();
    ck_assert_int_eq(fj_samples_create(&network, &options, &samples, NULL), FJ_OK);
    ck_assert_int_eq(fj_compare_samples(law, samples, &out, NULL), FJ_OK);
    double lambda = 0;
    for (size_t k = 0; k < c->samples; k++)
        lambda += pow(fj_samples_get(samples, k)->s[0], 2) / (double)c->samples;
    if (getenv("FJ_TEST_PRINT"))
        printf("# %s %g: ratio %.4f (%.4f) lambda %.4f (%.4f) expected %.4f\n", c->activation,
               c->width, out.ratio, c->ratio, lambda, c->lambda, pow(out.edge.mean, 2));
    fj_assert_within(out.ratio / c->ratio, 1, c->ratio_within, "m_2/m_1^2");
    if (c->lambda > 0) {
        fj_assert_within(lambda, c->lambda, c->lambda_within, "lambda_max");
    } else {
        ck_assert(out.edge.is_atom);
        fj_assert_within(out.s_max_mean / out.edge.s, 1, 1e-12, "the atom");
    }
    ck_assert(out.ks_distance < out.ks_expected);
    fj_samples_destroy(samples);
    fj_spectrum_destroy(law);
    fj_network_clear(&network);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("networks");
    TCase *tc = tcase_create("networks");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, unequal_layers, 0, (int)(sizeof CASES / sizeof *CASES));
    tcase_add_loop_test(tc, formulas, 0, (int)(2 * sizeof FORMULAS / sizeof *FORMULAS));
    tcase_add_loop_test(tc, known_networks, 0, (int)(sizeof KNOWN / sizeof *KNOWN));
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
