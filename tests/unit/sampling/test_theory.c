/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampled networks against the law of infinite width: Kolmogorov's distance of all singular values, and m_2/m_1^2.
 *
 * Singular values repel each other, so that those of one network follow the law more closely than independent numbers
 * would; what remains is the drift of lengths, which moves them all. The limits are the means of the distance and of
 * |ratio/theory - 1| over 40 seeds, plus five standard deviations; both columns were measured (FJ_TEST_PRINT=1 prints the values
 * of a seed, FJ_TEST_SEED chooses it). Wrong weights, q or depth are beyond them: so is one layer more, tested below. */
#include <freejac/freejac.h>
#include "sanitizer.h"
#include "statistics.h"

static const double ATOM = 1e-6; /* relative: values so near are on it */

typedef struct theory_case {
    const char *activation;
    fj_weights weights;
    double q;
    uint64_t depth;
    size_t width, samples;
    double distance, ratio; /* limits */
} theory_case;

static const theory_case CASES[] = {
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 0.025, 16, 400, 3, 0.024, 0.003},
    {"tanh", FJ_WEIGHTS_GAUSSIAN, 0.025, 4, 400, 3, 0.009, 0.019},
    {"relu", FJ_WEIGHTS_ORTHOGONAL, 1, 8, 400, 3, 0.087, 0.085},
    {"relu", FJ_WEIGHTS_GAUSSIAN, 1, 4, 400, 3, 0.072, 0.073},
    {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 0.25, 10, 400, 3, 0.060, 0.052},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 1, 8, 400, 3, 0.008, 0.069},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 1, 1, 400, 3, 0.007, 0.007},
    {"erf", FJ_WEIGHTS_ORTHOGONAL, 0.5, 8, 400, 3, 0.044, 0.049},
    {"elu", FJ_WEIGHTS_ORTHOGONAL, 0.5, 3, 400, 3, 0.035, 0.033},
};

static double cdf_at(const fj_spectrum *law, double log_s)
{
    fj_spectrum_point point;
    ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
    return point.cdf;
}

/* The atom that a value is on; NULL if there is none. */
static const fj_spectrum_atom *atom_of(const fj_spectrum *law, double log_s)
{
    const fj_spectrum_atom *atom;
    const size_t n = fj_spectrum_atoms(law, &atom);
    for (size_t i = 0; i < n; i++)
        if (atom[i].log_s == log_s || fabs(atom[i].log_s - log_s) < ATOM)
            return &atom[i];
    return NULL;
}

/* Kolmogorov's distance of n values, ascending, of which rounding hides those below `from`. */
static double distance_of(const fj_spectrum *law, const double *log_s, size_t n, size_t from)
{
    double distance = from ? fabs(cdf_at(law, log_s[from]) - (double)from / (double)n) : 0;
    for (size_t i = from; i < n;) {
        const fj_spectrum_atom *atom = atom_of(law, log_s[i]);
        size_t next = i + 1;
        while (atom && next < n && atom_of(law, log_s[next]) == atom)
            next++;
        const double above = cdf_at(law, atom ? atom->log_s : log_s[i]),
                     below = atom ? above - atom->mass : above;
        distance = fmax(distance, fabs(below - (double)i / (double)n));
        distance = fmax(distance, fabs(above - (double)next / (double)n));
        i = next;
    }
    return distance;
}

typedef struct compared {
    double distance, ratio;
} compared;

/* Samples of depth + extra layers against the law of depth. */
static compared compare_case(const theory_case *c, uint64_t extra)
{
    const char *seed = getenv("FJ_TEST_SEED");
    fj_activation *a = NULL;
    fj_meanfield point;
    fj_network network, sampled;
    fj_spectrum *law;
    fj_samples *samples;
    fj_detail detail = {""};
    ck_assert_int_eq(fj_activation_create(c->activation, &a, NULL), FJ_OK);
    ck_assert_int_eq(fj_meanfield_critical(a, c->q, &point, NULL), FJ_OK);
    ck_assert_int_eq(fj_network_identical(a, c->weights, c->depth, &point, &network), FJ_OK);
    ck_assert_int_eq(fj_network_identical(a, c->weights, c->depth + extra, &point, &sampled),
                     FJ_OK);
    ck_assert_int_eq(fj_spectrum_create(&network, &law, NULL), FJ_OK);
    fj_sampling_options options = fj_sampling_options_default();
    options.width = (double)c->width;
    options.samples = c->samples;
    options.seed = seed ? strtoull(seed, NULL, 10) : 20171113;
    ck_assert_msg(fj_samples_create(&sampled, &options, &samples, &detail) == FJ_OK, "%s",
                  detail.text);
    const double *log_s;
    double m[2], theory[2], ratio = 0;
    const size_t n = fj_samples_values(samples, &log_s);
    size_t zeros = 0, noise = 0;
    for (size_t k = 0; k < c->samples; k++) {
        const fj_sample *sample = fj_samples_get(samples, k);
        zeros += sample->zeros;
        noise += sample->noise;
        ck_assert_int_eq(fj_sample_moments(sample, 2, m), FJ_OK);
        ratio += m[1] / (m[0] * m[0]) / (double)c->samples;
    }
    ck_assert_int_eq(fj_spectrum_moments(law, 2, theory), FJ_OK);
    const compared out = {distance_of(law, log_s, n, noise ? zeros + noise : 0),
                          fabs(ratio / (theory[1] / (theory[0] * theory[0])) - 1)};
    fj_samples_destroy(samples);
    fj_spectrum_destroy(law);
    fj_network_clear(&network);
    fj_network_clear(&sampled);
    fj_activation_destroy(a);
    return out;
}

START_TEST(follows_the_law)
{
    const theory_case *c = &CASES[_i];
    const compared got = compare_case(c, 0);
    if (getenv("FJ_TEST_PRINT"))
        printf("# %d %s distance %.5f ratio %.5f\n", _i, c->activation, got.distance, got.ratio);
    fj_assert_within(got.distance, 0, c->distance, c->activation);
    fj_assert_within(got.ratio, 0, c->ratio, c->activation);
}
END_TEST

/* The limits are tight enough to tell a network of one layer more. */
START_TEST(one_layer_more)
{
    const theory_case *c = &CASES[_i];
    const compared got = compare_case(c, 1);
    if (getenv("FJ_TEST_PRINT"))
        printf("# %d %s one more: distance %.5f ratio %.5f\n", _i, c->activation, got.distance,
               got.ratio);
    ck_assert_msg(got.distance > c->distance || got.ratio > c->ratio,
                  "%s: distance %.4f and ratio %.4f of a deeper network pass", c->activation,
                  got.distance, got.ratio);
}
END_TEST

int main(void)
{
    const int cases = (int)(sizeof CASES / sizeof *CASES);
    Suite *suite = suite_create("theory");
    TCase *tc = tcase_create("theory");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, follows_the_law, 0, cases);
    tcase_add_loop_test(tc, one_layer_more, 0, cases);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
