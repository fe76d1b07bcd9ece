/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The factor by which all values of a sample differ from the law, and what finite width alone explains:
 *   1. at 39 shares p the quantile of the sample (the value of rank p n) over that of the law, in logarithms, as far as both
 *      are above 0 and rounding; the median of these is the factor;
 *   2. the squared gain of layer l of N_l neurons fluctuates by (mu_2/mu_1^2 - 1)/N_l: all layers together by v/N_0
 *      with v the law's relative variance less that of a linear network of the same weights; gaussian ones themselves
 *      add (L_g/N)^2, since the trace of a product of gaussian matrices fluctuates by as much;
 *   3. a factor moves F, without its atoms, by F(s exp(d)) - F(s), at most; atoms fluctuate as the number of neurons on them does. */
#include "comparison_internal.h"
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

/* F without the atoms, which no drift of lengths moves. */
static double continuous(const fj_spectrum *law, const fj_spectrum_point *point)
{
    const fj_spectrum_atom *atom;
    const size_t n = fj_spectrum_atoms(law, &atom);
    double share = point->cdf;
    for (size_t i = 0; i < n && atom[i].log_s <= point->log_s; i++)
        share -= atom[i].mass;
    return share;
}

/* The largest change of F by a factor exp(step), seen from quantiles. */
static fj_status change_find(const fj_spectrum *law, double step, double *change)
{
    double at[SHARES], moved[2 * SHARES], lower[2 * SHARES];
    fj_spectrum_point point[SHARES], there[2 * SHARES];
    fj_status status = quantiles(law, at);
    size_t n = 0;
    for (int i = 0; i < SHARES; i++)
        if (isfinite(at[i]))
            at[n++] = at[i];
    *change = 0;
    for (size_t i = 0; i < n; i++) {
        moved[2 * i] = at[i] - step;
        moved[2 * i + 1] = at[i] + step;
    }
    if (n == 0 || step == 0)
        return status;
    if (status == FJ_OK)
        status = fj_comparison_cdf(law, at, n, point, lower);
    if (status == FJ_OK)
        status = fj_comparison_cdf(law, moved, 2 * n, there, lower);
    if (status != FJ_OK)
        return status;
    for (size_t i = 0; i < 2 * n; i++)
        *change = fmax(*change, fabs(continuous(law, &there[i]) - continuous(law, &point[i / 2])));
    return FJ_OK;
}

/* m_2/m_1^2 of a linear network of the same weights and widths: the coefficient of m in log z, with m_l = N_0/N_l m; and,
 * of its gaussian layers alone, the sum of N_0/N_(l-1). */
static double of_weights(const fj_network *network, double *gaussian)
{
    double before = 1, sum = 0; /* N_0/N_(l-1) */
    *gaussian = 0;
    for (size_t r = 0; r < network->runs; r++) {
        const fj_network_run *run = &network->run[r];
        const double here = network->width / run->width;
        if (run->weights == FJ_WEIGHTS_GAUSSIAN)
            *gaussian += before + here * (double)(run->count - 1);
        else if (here < before)
            sum += before - here;
        before = here;
    }
    return sum + *gaussian + before;
}

/* Squared deviation of log m_1 among networks with `count` inputs. */
static double fluctuation(const fj_spectrum *law, double count)
{
    const fj_network *network = fj_spectrum_network(law);
    const double mean = fj_spectrum_mean(law);
    double v = fj_spectrum_variance(law) / (mean * mean), gaussian = 0;
    if (network)
        v = fmax(v - (of_weights(network, &gaussian) - 1), 0);
    return log1p(v / count + gaussian * gaussian / (count * count));
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
    double change = 0, jumps = 0;
    out->log_factor_expected = sqrt(fluctuation(law, count)) / 2;
    if (!isfinite(out->log_factor_expected))
        out->log_factor_expected = NAN;
    fj_status status =
        isnan(out->log_factor_expected)
            ? FJ_OK
            : change_find(law, 3 * out->log_factor_expected / sqrt(samples), &change);
    for (size_t i = 0; i < atoms; i++) {
        const double m = atom[i].mass;
        if (!(atom[i].s > 0) && m - zeros_of_widths(network) < FIXED)
            continue;
        jumps += 2 * sqrt(fmax(m * (1 - m), 0) / count *
                          (1 / samples + (i || atom[i].s > 0 ? 0 : log(depth))));
    }
    out->ks_expected = status == FJ_OK && !isnan(out->log_factor_expected)
                           ? fmin(4 / count + change + jumps, 1)
                           : NAN;
    return status;
}
