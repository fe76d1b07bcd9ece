/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict:
 *   1. the distance is within what networks of this width have, or not;
 *   2. if not, is it a common factor, or are the values squares? Then they follow the law otherwise;
 *   3. what else speaks for a difference: an unstable fixed point, too little width for the depth, zeros. */
#include "cli_verdict.h"
#include <math.h>
#include <stdio.h>

static const double FACTOR_MOST =
    4; /* standard deviations of the factor that finite width explains */
static const double LIMIT_MOST = 0.5;      /* a distance expected to be so large tells nothing */
static const double DEPTH_TO_WIDTH = 0.25; /* above it little of the theory's accuracy is left */

static double limit_of(const fj_comparison *c)
{
    return isnan(c->ks_expected) ? c->ks_independent : c->ks_expected;
}

static void instability_tell(const out_compare *result, out_lines *reasons)
{
    const fj_meanfield *point = result->point;
    const fj_layer_drift *last = &result->drift[OUT_DRIFT_LAST];
    if (!(point->slope > 1) || point->stable)
        return;
    if (result->drift_known)
        out_lines_add(reasons,
                      "the network drifts: the fixed point q* = %.6g is unstable (the length map's "
                      "slope there is %.4g, above 1), so that q moves away from it: %.4g in layer "
                      "%llu, theory %.4g",
                      point->q_star, point->slope, last->q, (unsigned long long)last->layer,
                      last->q_theory);
    else
        out_lines_add(reasons,
                      "the fixed point q* = %.6g is unstable (the length map's slope there is "
                      "%.4g, above 1): real networks drift away from it",
                      point->q_star, point->slope);
}

static void width_tell(const out_compare *result, out_lines *reasons)
{
    const double share = result->heading.depth / result->width;
    if (share > DEPTH_TO_WIDTH)
        out_lines_add(reasons,
                      "too narrow for its depth: L/N = %.3g; networks scatter widely about the law "
                      "unless L/N is small",
                      share);
}

/* 1 if the zeros are not those that the widths force: of these no network has fewer, and where nothing else makes zeros,
 * none has more. */
static bool zeros_differ(const out_compare *result, const fj_spectrum *law)
{
    const fj_comparison *c = &result->comparison;
    const fj_network *network = fj_spectrum_network(law);
    const double log_zero = -INFINITY, half = 0.5 / result->width;
    const double share = (double)(c->zeros + c->below_rounding) / (double)c->values;
    double least = 1;
    fj_spectrum_point at;
    for (size_t r = 0; network && r < network->runs; r++)
        least = fmin(least, network->run[r].width / network->width);
    if (fj_spectrum_eval_log(law, &log_zero, 1, &at) != FJ_OK)
        return false;
    return share < 1 - least - half ||
           (c->below_rounding == 0 && at.cdf < 1 - least + half && share > at.cdf + half);
}

static void zeros_tell(const out_compare *result, const fj_spectrum *law, out_lines *reasons)
{
    const fj_comparison *c = &result->comparison;
    const double log_zero = -INFINITY,
                 share = (double)(c->zeros + c->below_rounding) / (double)c->values;
    fj_spectrum_point at;
    if (fj_spectrum_eval_log(law, &log_zero, 1, &at) != FJ_OK)
        return;
    if (zeros_differ(result, law) || (fabs(share - at.cdf) > limit_of(c) && c->below_rounding == 0))
        out_lines_add(reasons,
                      "%.4g%% of the values are 0, the theory has %.4g%%: other widths, or zeros "
                      "left out or added?",
                      100 * share, 100 * at.cdf);
    if (c->below_rounding)
        out_lines_add(reasons,
                      "%zu of %zu values lie below rounding (s_max eps N): counted, not compared",
                      c->below_rounding, c->values);
}

static bool factor_large(const fj_comparison *c)
{
    const double expected = c->log_factor_expected;
    return fabs(c->log_factor_mean) > FACTOR_MOST * expected / sqrt((double)c->samples) + 1e-3;
}

static void factor_tell(const out_compare *result, out_lines *reasons)
{
    const fj_comparison *c = &result->comparison;
    const double factor = exp(c->log_factor_mean), depth = result->heading.depth;
    if (!factor_large(c) && c->ks_distance <= limit_of(c))
        return;
    if (c->ks_rescaled > limit_of(c) || isnan(c->ks_rescaled))
        return;
    if (result->values_file)
        out_lines_add(reasons,
                      "all values are %.5g times the theory (%.6g a layer): another scale of the "
                      "weights? Divided by it they agree (distance %.4g)",
                      factor, exp(c->log_factor_mean / depth), c->ks_rescaled);
    else
        out_lines_add(reasons,
                      "all values are %.5g times the theory: lengths drifted in networks of "
                      "finite width. Divided by it they agree (distance %.4g)",
                      factor, c->ks_rescaled);
}

void cli_verdict_find(out_compare *result, const fj_spectrum *law, char *verdict, size_t size,
                      out_lines *reasons)
{
    const fj_comparison *c = &result->comparison;
    const double limit = limit_of(c);
    const bool zeros_wrong = zeros_differ(result, law);
    const bool telling = limit <= LIMIT_MOST;
    result->agrees = telling && c->ks_distance <= limit && !zeros_wrong;
    result->verdict = verdict;
    result->reasons = reasons;
    if (isnan(c->ks_distance))
        snprintf(verdict, size, "no verdict: there is nothing to compare");
    else if (!telling)
        snprintf(
            verdict, size,
            "no verdict: so few values, or networks so narrow or with lengths so unsteady, may "
            "be far from the law (distance %.4g, expected up to %.4g)",
            c->ks_distance, limit);
    else if (zeros_wrong)
        snprintf(verdict, size, "differs: the zeros are not those of these widths (distance %.4g)",
                 c->ks_distance);
    else if (result->agrees)
        snprintf(verdict, size,
                 "agrees: the distance %.4g is within what networks of this width have (%.4g)",
                 c->ks_distance, limit);
    else
        snprintf(verdict, size,
                 "differs: the distance %.4g is above what networks of this width have (%.4g)",
                 c->ks_distance, limit);
    instability_tell(result, reasons);
    if (telling && !result->agrees) {
        if (result->values_file && c->ks_squares <= limit)
            out_lines_add(reasons,
                          "the values look like eigenvalues lambda = s^2: their square roots agree "
                          "(distance %.4g)",
                          c->ks_squares);
        else
            factor_tell(result, reasons);
    }
    width_tell(result, reasons);
    zeros_tell(result, law, reasons);
    if (telling && !result->agrees && reasons->count == 0)
        out_lines_add(reasons, "neither a common factor nor squares explain it: is it the network "
                               "that was described (activation, q, depth, widths)?");
}
