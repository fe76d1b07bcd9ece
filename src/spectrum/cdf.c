/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distribution function by itself.
 *
 * 1. A point is refused where its density is not known to within its own size: beside a place where that diverges, or leaps. F goes on
 *    there, and is what the solution at the point says.
 * 2. Where there is no solution (rounding next to such a place, or at an atom inside an interval, where u is a mass of t) F is between
 *    that of the nearest places on both sides which have one. */
#include "cdf.h"
#include <float.h>
#include <math.h>
#include "spectrum_internal.h"

static const double BESIDE_MOST = 4096; /* units of rounding */

static double cdf_at(const fj_spectrum *spectrum, double big_x)
{
    fj_law_point at;
    fj_spectrum_at(spectrum, big_x, &at);
    return at.cdf;
}

/* F on one side of it, as near as it is known; NaN if it is not. */
static double beside(const fj_spectrum *spectrum, double big_x, double side)
{
    const double unit = DBL_EPSILON * (1 + fabs(big_x));
    double cdf = NAN;
    for (double step = unit; step <= BESIDE_MOST * unit && isnan(cdf); step *= 2)
        cdf = cdf_at(spectrum, big_x + side * step);
    return cdf;
}

int fj_cdf_find(const fj_spectrum *spectrum, double log_s, double cdf[2])
{
    const double big_x = fj_place_of(spectrum, log_s);
    cdf[0] = cdf[1] = cdf_at(spectrum, big_x);
    if (!isnan(cdf[0]))
        return 1;
    cdf[0] = beside(spectrum, big_x, -1);
    cdf[1] = beside(spectrum, big_x, 1);
    if (!isnan(cdf[0]) && !isnan(cdf[1]))
        return 1;
    cdf[0] = cdf[1] = NAN;
    return 0;
}
