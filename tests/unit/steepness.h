/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rounding of s does to a density, at a singular or steep place. */
#ifndef FJ_TESTS_STEEPNESS_H
#define FJ_TESTS_STEEPNESS_H

#include <freejac/spectrum.h>
#include <math.h>

/* |d log density/d log s|, dimensionless, the largest of differences over steps of s from 1e-7 to 1e-13: at least one
 * lies within an edge's distance. */
static inline double fj_steepness(const fj_spectrum *law, double s, double density)
{
    double step = 1e-7, slope = 0;
    for (int tries = 0; tries < 5; tries++, step /= 30) {
        const double around[2] = {s * (1 - step), s * (1 + step)};
        fj_spectrum_point at[2];
        if (fj_spectrum_eval(law, around, 2, at) == FJ_OK && at[0].density > 0 && at[1].density > 0)
            slope = fmax(slope, fabs(at[1].density - at[0].density) / (2 * step * density));
    }
    return slope;
}

#endif
