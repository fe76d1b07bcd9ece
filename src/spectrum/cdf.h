/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distribution function by itself, also where the law gives no point. */
#ifndef FJ_SPECTRUM_CDF_H
#define FJ_SPECTRUM_CDF_H

#include <freejac/spectrum.h>

/* F at log s, not NaN: at least cdf[0], at most cdf[1], the same where it is known there. NaN both, and 0 is returned, if it is known
 * neither there nor close by. Cost: a point, where it is known; a few dozen at most. */
int fj_cdf_find(const fj_spectrum *spectrum, double log_s, double cdf[2]);

#endif
