/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this layer share: samples as sets of logarithms. */
#ifndef FJ_COMPARISON_INTERNAL_H
#define FJ_COMPARISON_INTERNAL_H

#include <freejac/comparison.h>

/* The values of one sample, descending, all of them; hidden at or below log_noise. */
typedef struct fj_value_set {
    const double *log_s;
    size_t count, zeros, noise; /* the last `zeros` are -infinity, the `noise` before them hidden */
    double log_noise;
    double log_factor; /* to divide by */
} fj_value_set;

/* Kolmogorov's distance of all values, each as exp(power (log_s - log_factor)); *log_s is where. `on_atoms` may be NULL. */
fj_status fj_comparison_distance(const fj_spectrum *law, const fj_value_set *sets, size_t samples,
                                 double power, double *distance, double *log_s, size_t *on_atoms);

/* The factor of each sample into sets[].log_factor (NaN where rounding hides all that could be compared). */
fj_status fj_comparison_factors(const fj_spectrum *law, fj_value_set *sets, size_t samples);

/* ks_expected and log_factor_expected of *out, for `count` values a sample; the edge is not needed. */
fj_status fj_comparison_expect(const fj_spectrum *law, double count, fj_comparison *out);

/* The atom that a value is on; NULL if there is none. */
const fj_spectrum_atom *fj_comparison_atom(const fj_spectrum *law, double log_s);

/* All of *out from the sets. */
fj_status fj_comparison_make(const fj_spectrum *law, fj_value_set *sets, size_t samples,
                             fj_comparison *out, fj_detail *detail);

#endif
