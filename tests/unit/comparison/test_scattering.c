/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the common factor of sampled networks' singular values scatters, against what finite width
 * is said to do (log_factor_expected), and how often honest networks are said to differ.
 *
 * The standard deviation of K networks has a relative error of 1/sqrt(2 (K - 1)): three of these
 * are allowed, and FIRST_ORDER on top, for what is expected is the first order in 1/N. Three
 * other seeds (FJ_TEST_SEED, FJ_TEST_PRINT=1) gave ratios from 0.82 to 1.12. Cases marked
 * `before` are those that an earlier estimate, v/N + (L_g/N)^2 with v the law's relative
 * variance without its gaussian weights, misses by more than that: it is tried here too, and
 * must fail. */
#include <freejac/freejac.h>
#include <stdbool.h>
#include "statistics.h"

static const double FIRST_ORDER = 0.1;

typedef struct part {
    const char *activation; /* NULL: no more */
    char weights;           /* o or g */
    uint64_t count;
    double sigma_w, sigma_b; /* 0: on the critical line at the network's q */
    double width;
} part;

typedef struct network_case {
    const char *name;
    double q, width;
    size_t samples;
    bool before;
    part part[4];
} network_case;

static const network_case CASES[] = {
    {"tanh gaussian", 0.1, 100, 200, true, {{"tanh", 'g', 6, 0, 0, 100}}},
    {"tanh orthogonal", 0.1, 100, 200, true, {{"tanh", 'o', 6, 0, 0, 100}}},
    {"tanh gaussian, bottleneck",
     0.1,
     150,
     150,
     true,
     {{"tanh", 'g', 2, 0, 0, 150}, {"tanh", 'g', 1, 0, 0, 20}, {"tanh", 'g', 3, 0, 0, 150}}},
    {"tanh orthogonal, deep", 0.2, 100, 120, true, {{"tanh", 'o', 64, 0, 0, 100}}},
    {"tanh orthogonal, steep", 4, 100, 200, true, {{"tanh", 'o', 8, 0, 0, 100}}},
    {"one layer", 0.5, 100, 200, true, {{"tanh", 'o', 1, 0, 0, 100}}},
    {"erf gaussian", 0.5, 100, 200, true, {{"erf", 'g', 8, 0, 0, 100}}},
    {"sin gaussian", 0.5, 100, 200, true, {{"sin", 'g', 6, 0, 0, 100}}},
    {"gelu orthogonal", 0.5, 150, 150, true, {{"gelu", 'o', 8, 0, 0, 150}}},
    {"elu gaussian", 0.5, 100, 200, true, {{"elu", 'g', 5, 0, 0, 100}}},
    {"hard-tanh gaussian", 0.5, 100, 200, true, {{"hard-tanh", 'g', 6, 0, 0, 100}}},
    {"relu orthogonal", 1, 150, 150, true, {{"relu", 'o', 4, 0, 0, 150}}},
    {"leaky-relu gaussian", 1, 100, 200, true, {{"leaky-relu", 'g', 6, 0, 0, 100}}},
    {"linear gaussian", 1, 100, 200, false, {{"linear", 'g', 8, 0, 0, 100}}},
    {"widening",
     0.3,
     100,
     200,
     true,
     {{"tanh", 'g', 2, 1.3, 0.2, 300}, {"tanh", 'g', 1, 1.3, 0.2, 100}}},
    {"narrowing",
     0.3,
     150,
     200,
     true,
     {{"tanh", 'o', 1, 1.3, 0.2, 100},
      {"tanh", 'o', 1, 1.3, 0.2, 50},
      {"tanh", 'o', 1, 1.3, 0.2, 150}}},
    {"mixed",
     1,
     100,
     200,
     true,
     {{"tanh", 'o', 1, 1.5, 0.1, 100},
      {"relu", 'g', 1, 1.4, 0.1, 150},
      {"erf", 'o', 2, 1.2, 0.1, 100}}},
    {"relu, then tanh",
     0.5,
     100,
     200,
     true,
     {{"relu", 'g', 3, 1.414, 0.1, 100}, {"tanh", 'g', 3, 1.2, 0.1, 100}}},
};

static uint64_t seed(void)
{
    const char *text = getenv("FJ_TEST_SEED");
    return text ? strtoull(text, NULL, 10) : 20171113;
}

typedef struct fixture {
    fj_activation *a[4];
    fj_network network;
    fj_spectrum *law;
    fj_samples *samples;
} fixture;

static fixture make(const network_case *c)
{
    fixture f = {.a = {NULL}};
    fj_network_init(&f.network, c->width);
    for (int i = 0; i < 4 && c->part[i].activation; i++) {
        const part *p = &c->part[i];
        fj_meanfield point = {.sigma_w = p->sigma_w, .sigma_b = p->sigma_b};
        ck_assert_int_eq(fj_activation_create(p->activation, &f.a[i], NULL), FJ_OK);
        if (p->sigma_w == 0)
            ck_assert_int_eq(fj_meanfield_critical(f.a[i], c->q, &point, NULL), FJ_OK);
        const fj_network_run run = {.activation = f.a[i],
                                    .weights = p->weights == 'g' ? FJ_WEIGHTS_GAUSSIAN
                                                                 : FJ_WEIGHTS_ORTHOGONAL,
                                    .count = p->count,
                                    .sigma_w = point.sigma_w,
                                    .sigma_b = point.sigma_b,
                                    .width = p->width,
                                    .q = c->q,
                                    .chi = point.chi};
        /* at an unstable fixed point the length map would leave it by rounding */
        if (p->sigma_w == 0 && !c->part[1].activation)
            ck_assert_int_eq(fj_network_add(&f.network, &run, NULL), FJ_OK);
        else
            ck_assert_int_eq(fj_network_follow(&f.network, &run, NULL), FJ_OK);
    }
    ck_assert_int_eq(fj_spectrum_create(&f.network, &f.law, NULL), FJ_OK);
    ck_assert_int_eq(fj_spectrum_prepare(f.law), FJ_OK);
    fj_sampling_options options = fj_sampling_options_default();
    options.samples = c->samples;
    options.seed = seed();
    ck_assert_int_eq(fj_samples_create(&f.network, &options, &f.samples, NULL), FJ_OK);
    return f;
}

static void end(fixture *f)
{
    fj_samples_destroy(f->samples);
    fj_spectrum_destroy(f->law);
    fj_network_clear(&f->network);
    for (int i = 0; i < 4; i++)
        fj_activation_destroy(f->a[i]);
}

/* The earlier estimate. */
static double before(const fixture *f)
{
    const double mean = fj_spectrum_mean(f->law);
    double last = 1, weights = 0, gaussian = 0;
    for (size_t r = 0; r < f->network.runs; r++) {
        const fj_network_run *run = &f->network.run[r];
        const double here = f->network.width / run->width;
        if (run->weights == FJ_WEIGHTS_GAUSSIAN)
            gaussian += last + here * (double)(run->count - 1);
        else
            weights += fmax(last - here, 0);
        last = here;
    }
    const double v = fj_spectrum_variance(f->law) / (mean * mean) - (weights + gaussian + last - 1);
    return sqrt(log1p(fmax(v, 0) / f->network.width + pow(gaussian / f->network.width, 2))) / 2;
}

START_TEST(measured_is_expected)
{
    const network_case *c = &CASES[_i];
    fixture f = make(c);
    fj_comparison out;
    ck_assert_int_eq(fj_compare_samples(f.law, f.samples, &out, NULL), FJ_OK);
    const double ratio = out.log_factor_deviation / out.log_factor_expected;
    const double old = out.log_factor_deviation / before(&f);
    const double within = FIRST_ORDER + 3 / sqrt(2 * (double)(c->samples - 1));
    if (getenv("FJ_TEST_PRINT"))
        printf("# %s: measured %.5f expected %.5f ratio %.3f (before %.3f)\n", c->name,
               out.log_factor_deviation, out.log_factor_expected, ratio, old);
    fj_assert_within(log(ratio), 0, within, c->name);
    ck_assert_msg(!c->before || fabs(log(old)) > within, "%s: so was it before", c->name);
    end(&f);
}
END_TEST

/* Each network by itself: three deviations leave 0.3 % in the tails, at the worst of thirteen
 * places. */
START_TEST(honest_networks_agree)
{
    const network_case *c = &CASES[_i];
    fixture f = make(c);
    size_t beyond = 0;
    double worst = 0;
    for (size_t k = 0; k < c->samples; k++) {
        const fj_sample *sample = fj_samples_get(f.samples, k);
        fj_comparison out;
        ck_assert_int_eq(fj_compare_values(f.law, sample->log_s, &sample->count, 1, &out, NULL),
                         FJ_OK);
        beyond += !(out.ks_distance <= out.ks_expected);
        worst = fmax(worst, out.ks_distance / out.ks_expected);
    }
    if (getenv("FJ_TEST_PRINT"))
        printf("# %s: %zu of %zu beyond, at most %.3f of what is expected\n", c->name, beyond,
               c->samples, worst);
    ck_assert_msg(beyond <= c->samples / 50, "%s: %zu of %zu networks differ", c->name, beyond,
                  c->samples);
    end(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scattering");
    TCase *tc = tcase_create("scattering");
    const int cases = (int)(sizeof CASES / sizeof *CASES);
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, measured_is_expected, 0, cases);
    tcase_add_loop_test(tc, honest_networks_agree, 0, cases);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
