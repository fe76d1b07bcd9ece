/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The factor by which all values of a sample differ from the law, and what finite width alone
 * explains:
 *   1. at 39 shares p the quantile of the sample (the value of rank p n) over that of the law,
 *      in logarithms, as far as both are above 0 and rounding; the median of these is the
 *      factor;
 *   2. what finite width does to it, and to F, is known to first order at thirteen of these
 *      quantiles (scatter.c), of the factor as the median over them (median.c);
 *   3. three deviations of F, where they are largest, are more than networks are off by, but for
 *      atoms: these fluctuate as the number of neurons on them does. */
#include "comparison_internal.h"
#include "scatter.h"
#include <math.h>
#include <stdlib.h>

static const double FIXED = 1e-9; /* masses that are equal but for rounding */
enum { SHARES = 39 };

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static fj_status quantiles(const fj_spectrum *law, double *log_s)
{
    fj_status status = FJ_OK;
    for (int i = 0; i < SHARES; i++) {
        fj_status one = fj_spectrum_quantile(law, (i + 1.0) / (SHARES + 1), &log_s[i]);
        if (one != FJ_OK)
            log_s[i] = NAN;
        if (one == FJ_NO_CONVERGENCE)
            status = one;
    }
    return status;
}

fj_status fj_comparison_factors(const fj_spectrum *law, fj_value_set *sets, size_t samples)
{
    double law_at[SHARES], difference[SHARES];
    fj_status status = quantiles(law, law_at);
    for (size_t k = 0; k < samples; k++) {
        const fj_value_set *set = &sets[k];
        const size_t hidden = set->zeros + set->noise;
        size_t n = 0;
        for (int i = 0; i < SHARES; i++) {
            const double rank = ceil((i + 1.0) / (SHARES + 1) * (double)set->count);
            const size_t below = rank > 1 ? (size_t)rank - 1 : 0; /* so many values are smaller */
            if (below >= hidden && isfinite(law_at[i]))
                difference[n++] = set->log_s[set->count - 1 - below] - law_at[i];
        }
        qsort(difference, n, sizeof *difference, ascending);
        sets[k].log_factor = n == 0 ? NAN : (difference[(n - 1) / 2] + difference[n / 2]) / 2;
    }
    return status;
}

/* Quantiles spread evenly among those above 0 that are known; that others are not
 * fj_comparison_factors tells. */
static void places_find(const fj_spectrum *law, fj_scatter *scatter)
{
    double at[SHARES];
    size_t found = 0;
    quantiles(law, at);
    for (int i = 0; i < SHARES; i++)
        if (isfinite(at[i]))
            at[found++] = at[i];
    scatter->n = found < FJ_PLACES_MAX ? found : FJ_PLACES_MAX;
    for (size_t i = 0; i < scatter->n; i++) {
        scatter->log_s[i] = at[(2 * i + 1) * found / (2 * scatter->n)];
        scatter->still[i] = fj_comparison_atom(law, scatter->log_s[i]) != NULL;
    }
}

/* A universal law has no network that could tell: there all its variance is one factor's, which
 * moves F with the density. */
static fj_status universal_find(const fj_spectrum *law, double count, fj_scatter *out)
{
    fj_spectrum_point point[FJ_PLACES_MAX];
    const double mean = fj_spectrum_mean(law);
    fj_status status = fj_spectrum_eval_log(law, out->log_s, out->n, point);
    out->matrices = sqrt(log1p(fj_spectrum_variance(law) / (mean * mean * count))) / 2;
    for (size_t i = 0; i < out->n; i++)
        out->cdf[i] = out->still[i] ? 0 : out->matrices * point[i].density_log10 / log(10);
    return status == FJ_NO_CONVERGENCE ? FJ_OK : status; /* other places tell */
}

/* Standard deviations of the factor, and of F where that is largest. Where lengths run away from
 * a fixed point that repels them they may overflow: then nothing is known of the factor, and of
 * F that it may be off by any amount. */
static fj_status deviations_find(const fj_spectrum *law, double count, double *factor, double *cdf)
{
    fj_scatter scatter = {.n = 0};
    *factor = *cdf = NAN;
    places_find(law, &scatter);
    const fj_status status = fj_spectrum_network(law) ? fj_scatter_find(law, count, &scatter)
                                                      : universal_find(law, count, &scatter);
    if (status != FJ_OK)
        return status;
    *factor = fj_scatter_median(&scatter);
    *cdf = 0;
    for (size_t i = 0; i < scatter.n; i++)
        *cdf = fmax(*cdf, isfinite(scatter.cdf[i]) ? scatter.cdf[i] : INFINITY);
    if (!isfinite(*factor) || !isfinite(*cdf)) {
        *factor = NAN;
        *cdf = INFINITY;
    }
    return FJ_OK;
}

/* The mass at 0 that widths alone make: no network's differs. */
static double zeros_of_widths(const fj_network *network)
{
    double least = 1;
    for (size_t r = 0; network && r < network->runs; r++)
        least = fmin(least, network->run[r].width / network->width);
    return 1 - least;
}

fj_status fj_comparison_expect(const fj_spectrum *law, double count, fj_comparison *out)
{
    const fj_network *network = fj_spectrum_network(law);
    const double samples = (double)out->samples,
                 depth = network ? (double)fj_network_depth(network) : 1;
    const fj_spectrum_atom *atom;
    const size_t atoms = fj_spectrum_atoms(law, &atom);
    double change, jumps = 0;
    fj_status status = deviations_find(law, count, &out->log_factor_expected, &change);
    for (size_t i = 0; i < atoms; i++) {
        const double m = atom[i].mass;
        if (!(atom[i].s > 0) && m - zeros_of_widths(network) < FIXED)
            continue;
        jumps += 2 * sqrt(fmax(m * (1 - m), 0) / count *
                          (1 / samples + (i || atom[i].s > 0 ? 0 : log(depth))));
    }
    /* neurons lost to an atom move what lies beside it, too: nothing that would count twice */
    out->ks_expected =
        isnan(change) ? NAN : fmin(4 / count + hypot(3 * change / sqrt(samples), jumps), 1);
    return status;
}
