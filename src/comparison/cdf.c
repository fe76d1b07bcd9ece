/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distribution function at values, also where the law gives no point:
 *   1. ask the law for all of them;
 *   2. beside a place where the density diverges it refuses points within some units of rounding. F goes on there: each
 *      such value gets F of the nearest places on both sides that are answered, which F at the value lies between. */
#include "comparison_internal.h"
#include <float.h>
#include <math.h>

static const double BESIDE_MOST = 4096; /* units of rounding */

/* F on one side of log_s, as near as it is answered; NaN if it is not. */
static double beside(const fj_spectrum *law, double log_s, double side)
{
    const double unit = DBL_EPSILON * (1 + fabs(log_s));
    for (double step = unit; step <= BESIDE_MOST * unit; step *= 2) {
        const double at = log_s + side * step;
        fj_spectrum_point point;
        if (fj_spectrum_eval_log(law, &at, 1, &point) == FJ_OK)
            return point.cdf;
    }
    return NAN;
}

fj_status fj_comparison_cdf(const fj_spectrum *law, const double *log_s, size_t n,
                            fj_spectrum_point *point, double *lower)
{
    fj_status status = fj_spectrum_eval_log(law, log_s, n, point);
    if (status != FJ_OK && status != FJ_NO_CONVERGENCE)
        return status;
    status = FJ_OK;
    for (size_t i = 0; i < n; i++) {
        lower[i] = point[i].cdf;
        if (point[i].status == FJ_OK)
            continue;
        lower[i] = beside(law, log_s[i], -1);
        point[i].cdf = beside(law, log_s[i], 1);
        if (isnan(lower[i]) || isnan(point[i].cdf))
            status = FJ_NO_CONVERGENCE;
    }
    return status;
}
