/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where sampling keeps what it finds. */
#ifndef FJ_SAMPLING_RESULTS_H
#define FJ_SAMPLING_RESULTS_H

#include <freejac/sampling.h>
#include "plan.h"

/* How many numbers a sample has: s, log_s (inputs each), q, chi (as many as there are recorded layers each), in this order
 * from fj_sample.s on. */
size_t fj_results_numbers(const fj_plan *plan);

/* Empty results for `count` samples. FJ_NO_MEMORY: *out, which may be NULL, is still to be destroyed. */
fj_status fj_results_create(const fj_plan *plan, size_t count, fj_samples **out);

/* What follows from the singular values of one sample; and from those of all. */
void fj_results_finish_sample(fj_sample *sample, size_t outputs, size_t rank);
void fj_results_finish(fj_samples *samples);

/* A sample to be filled. */
fj_sample *fj_results_sample(fj_samples *samples, size_t i);
double *fj_results_of(fj_samples *samples, size_t i);

#endif
