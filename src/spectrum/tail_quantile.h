/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles far down a lower tail (tail_quantile.c). */
#ifndef FJ_SPECTRUM_TAIL_QUANTILE_H
#define FJ_SPECTRUM_TAIL_QUANTILE_H

#include "spectrum_internal.h"

/* From this probability on F is known to nine digits of it, mostly ten. */
#define FJ_TAIL_QUANTILE 1e-6

/* Is a quantile of that branch to be found here? It must be the lowest, without an edge, and nothing below it; of a network, since F of a
 * universal law keeps its digits. */
int fj_tail_quantile_serves(const fj_spectrum *spectrum, const fj_branch *branch, double p);

/* From *big_x, the quantile of a larger probability, to that of p: log lambda. FJ_NO_CONVERGENCE: some density below is not known, or
 * it falls to nothing before. O(1000) points. */
fj_status fj_tail_quantile(const fj_spectrum *spectrum, const fj_branch *branch, double p,
                           double *big_x);

#endif
