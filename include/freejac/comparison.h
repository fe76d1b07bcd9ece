/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: singular values of real networks against the exact law. */
#ifndef FREEJAC_COMPARISON_H
#define FREEJAC_COMPARISON_H

#include <stddef.h>
#include <stdint.h>
#include <freejac/sampling.h>
#include <freejac/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    FJ_COMPARISON_MOMENTS = 4 /* so many moments are compared */
};

/* The largest singular value that a network of finite width is expected to have. All NaN where the law has no
 * upper edge. */
typedef struct fj_edge {
    double s, log_s; /* itself, of the whole law, atoms included, and its natural logarithm */
    int is_atom; /* 1: an atom stands there; networks have their largest singular values on it */
    double
        log_a; /* rho(lambda) ~ a sqrt(lambda_+ - lambda), lambda_+ = s^2; NaN at an atom or another kind of edge */
    double mean,
        deviation; /* of s_max: Tracy and Widom's law (beta = 1) on the scale (pi a N)^(-2/3) in lambda */
    double shift; /* how far the mean of lambda_max lies below lambda_+, as a part of it */
    int valid;    /* 1 where shift <= 0.2: the law of the edge holds while depth/width is small */
} fj_edge;

/* Values of one or more networks against a law. Plain value; NaN where a number does not exist. */
typedef struct fj_comparison {
    size_t samples, values; /* how many networks, and singular values of all of them */
    size_t zeros;           /* values that are exactly 0 */
    size_t below_rounding; /* others below s_max eps N of their sample, eps = 2^-52: counted only */
    size_t on_atoms;       /* within 1e-6 relative of an atom at s > 0 */
    double
        ks_distance; /* sup |F_n - F| over s above what rounding hides; at atoms both one-sided limits count */
    double ks_log_s; /* where it is attained */
    double
        ks_independent; /* 1.358/sqrt(values): what 5% of samples of as many *independent* numbers exceed */
    double ks_expected; /* what networks of this width should stay below (see fj_compare_values) */
    double ks_rescaled; /* the distance once every sample is divided by its own factor */
    double ks_squares;  /* the distance if the values were lambda = s^2 */
    double log_factor_mean,
        log_factor_deviation;              /* natural logarithm of that factor, over samples */
    double log_factor_expected;            /* the standard deviation that finite width gives it */
    double moments[FJ_COMPARISON_MOMENTS]; /* m_k = mean of s^(2k), of the values */
    double theory_moments[FJ_COMPARISON_MOMENTS]; /* of the law */
    double ratio, theory_ratio; /* m_2/m_1^2; that of the samples is the mean of those of each */
    double s_max_mean,
        s_max_deviation;   /* of the largest values, over samples; deviation NaN for one */
    double s_max_rescaled; /* mean of s_max divided by the sample's factor */
    fj_edge edge;          /* of the law, with the prediction for this width */
} fj_comparison;

/* Compares values measured anywhere with a law. log_s: natural logarithms of singular values (-infinity for 0), in any order,
 * those of sample 0 first: count[k] >= 1 of sample k, which are all N_0 of its network.
 *
 * A sample's factor is the median of log s - log s(p) over 39 quantiles p = 0.025, 0.05, ...: drift of lengths, or another
 * normalisation, moves all singular values together.
 * log_factor_expected is that factor's standard deviation, to first order in 1/N: every layer's phi'^2 follow their law up
 * to the scatter of so many neurons, and so does the length q^l that they hand on (src/THEORY.md 6.1). NaN where lengths run
 * away from a fixed point that repels them.
 * ks_expected, with N values a sample and K samples: 4/N for the rigid rest, plus, added as squares, what follows: three
 * standard deviations of F over sqrt(K), by the same, where they are largest; and 2 sqrt(m (1 - m)/N) sqrt(1/K + log L) for an
 * atom of mass m at 0 (of which the narrowest layer of a network decides) and 2 sqrt(m (1 - m)/(N K)) for any other. An
 * estimate, checked on sampled networks: singular values repel each other, so that without drift they follow the law to
 * about 1/N, not 1/sqrt(N).
 *
 * FJ_INVALID: NULL, no sample, an empty one, NaN or +infinity; FJ_NO_MEMORY; FJ_NO_CONVERGENCE: some point or moment
 * of the law was not obtained (what needs it is NaN). detail may be NULL.
 * Cost: a point of the law (fj_spectrum_eval) for each value, three times, and 39 quantiles; O(n log n); some 150
 * evaluations of each different layer. */
FJ_API fj_status fj_compare_values(const fj_spectrum *law, const double *log_s, const size_t *count,
                                   size_t samples, fj_comparison *out, fj_detail *detail);

/* The same with networks sampled by fj_samples_create, whose own bounds of rounding hold. Cost and
 * statuses are the same. */
FJ_API fj_status fj_compare_samples(const fj_spectrum *law, const fj_samples *samples,
                                    fj_comparison *out, fj_detail *detail);

/* The edge of the law and the finite-width prediction for N = width singular values (with multiplicity). The
 * constant a is the limit of rho(lambda)/sqrt(lambda_+ - lambda), extrapolated from six points.
 * FJ_INVALID: NULL, width not above 0; FJ_NO_CONVERGENCE. Cost: six points.
 * Source: Tracy and Widom 1996; Johnstone 2001 for the scale. */
FJ_API fj_status fj_edge_predict(const fj_spectrum *law, double width, fj_edge *out);

/* Distance of the values of all samples to the law once they are divided by exp(log_factor). FJ_INVALID, FJ_NO_MEMORY,
 * FJ_NO_CONVERGENCE (then *distance is NaN). Arguments as above. Cost: a point of the law for each value. */
FJ_API fj_status fj_compare_distance(const fj_spectrum *law, const double *log_s,
                                     const size_t *count, size_t samples, double log_factor,
                                     double *distance);

/* One layer of sampled networks beside the theory: geometric means over samples. */
typedef struct fj_layer_drift {
    uint64_t layer;         /* 1 .. L */
    double q, q_theory;     /* mean of h_i^2 over the neurons, and the length map's */
    double chi, chi_theory; /* sigma_w^2 times the mean of phi'(h_i)^2, and the run's */
} fj_layer_drift;

/* The recorded layer i (0 <= i < fj_samples_layers) of samples of `network`. FJ_INVALID for any other i or a network of
 * fewer layers; else the statuses of fj_length_map. O(runs + samples), and a step of the length map a layer where a
 * homogeneous activation lets q move within a run. */
FJ_API fj_status fj_compare_layer(const fj_network *network, const fj_samples *samples, size_t i,
                                  fj_layer_drift *out);

#ifdef __cplusplus
}
#endif
#endif
