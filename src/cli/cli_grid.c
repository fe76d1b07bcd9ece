/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points over the support:
 *   1. linear or logarithmic: auto takes the logarithm where the 90% and 10% quantiles, an atom at 0 apart, lie further
 *      apart than a factor of 300 (a quarter circle has 9), or where the edges leave the range of double;
 *   2. each interval gets an equal share of the points;
 *   3. within it auto crowds them towards the edges like Chebyshev nodes (distance ~ 1/n^2), which resolves
 *      densities that vanish or diverge there like a square root; linear and log space them evenly;
 *   4. auto skips a lower tail that holds less than 1e-6 of the mass; a logarithmic interval without a lower edge (s = 0)
 *      begins at the quantile of 1e-6, one without an upper edge ends at 1 - 1e-6. */
#include "cli_grid.h"
#include <math.h>
#include <stdlib.h>

const double cli_grid_tail = 1e-6;
static const double WIDE_RATIO = 300;                 /* of quantiles: from here on logarithmic */
static const double LEAST_S = 1e-300, MOST_S = 1e300; /* where s and its density stay doubles */
static const double EDGE_MARGIN = 3e-5; /* of the interval, in the crowded coordinate: 2e-9 in s */

double cli_grid_quantile(const fj_spectrum *spectrum, double p)
{
    const fj_spectrum_atom *atoms;
    size_t count = fj_spectrum_atoms(spectrum, &atoms);
    double continuous = 1, below = 0;
    for (size_t i = 0; i < count; i++)
        continuous -= atoms[i].mass;
    for (size_t i = 0; i < count; i++) {
        fj_spectrum_point point = {.cdf = 0};
        double after = atoms[i].log_s + 1e-9; /* past any rounding of the atom's place */
        if (isfinite(after) && fj_spectrum_eval_log(spectrum, &after, 1, &point) != FJ_OK)
            return NAN;
        double before_atom = isfinite(after) ? point.cdf - below - atoms[i].mass : 0;
        if (p * continuous <= before_atom)
            break;
        below += atoms[i].mass;
    }
    double log_s = NAN;
    fj_status status = fj_spectrum_quantile(spectrum, fmin(1, below + p * continuous), &log_s);
    return status == FJ_OK && isfinite(log_s) ? log_s : NAN;
}

/* The quantile of tail, or of the least power of ten above it that can be found. */
static double low_end(const fj_spectrum *spectrum, double tail)
{
    double log_s = NAN;
    double p = tail;
    while (p < 0.5 && isnan(log_s)) {
        log_s = cli_grid_quantile(spectrum, p);
        p *= 10;
    }
    return log_s;
}

static bool wide(const fj_spectrum *spectrum, const fj_spectrum_interval *intervals, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(intervals[i].s_max) || !(intervals[i].s_max > LEAST_S))
            return true;
    const fj_spectrum_atom *atoms;
    double at_zero =
        fj_spectrum_atoms(spectrum, &atoms) > 0 && isinf(atoms[0].log_s) ? atoms[0].mass : 0;
    double low = NAN, high = NAN;
    (void)fj_spectrum_quantile(spectrum, at_zero + 0.1 * (1 - at_zero), &low);
    (void)fj_spectrum_quantile(spectrum, at_zero + 0.9 * (1 - at_zero), &high);
    return !(high - low <= log(WIDE_RATIO)); /* also where a quantile cannot be found */
}

/* Where one interval is covered, in x. */
typedef struct stretch {
    double from, to;
    bool edge_below, edge_above; /* true edges, to be crowded */
} stretch;

static stretch stretch_log(const fj_spectrum *spectrum, const fj_spectrum_interval *interval,
                           double tail, bool within_double)
{
    stretch s = {interval->log_s_min, interval->log_s_max, true, true};
    if (!isfinite(s.from)) {
        s.from = low_end(spectrum, tail);
        s.edge_below = false;
    }
    if (!isfinite(s.to)) {
        s.to = cli_grid_quantile(spectrum, 1 - cli_grid_tail);
        s.edge_above = false;
    }
    if (within_double && s.from < log(LEAST_S)) {
        s.from = log(LEAST_S);
        s.edge_below = false;
    }
    if (within_double && s.to > log(MOST_S)) {
        s.to = log(MOST_S);
        s.edge_above = false;
    }
    return s;
}

/* crowded: a lower tail that holds less than a millionth of the mass is left out, so that the points resolve the rest
 * (tanh at small q: the support reaches down to 0, the law stands within 1e-5 of 1). */
static stretch stretch_linear(const fj_spectrum *spectrum, const fj_spectrum_interval *interval,
                              bool crowded)
{
    stretch s = {interval->s_min, interval->s_max, true, true};
    if (!isfinite(interval->log_s_max)) {
        s.to = exp(cli_grid_quantile(spectrum, 1 - cli_grid_tail));
        s.edge_above = false;
    }
    double bulk = crowded ? exp(cli_grid_quantile(spectrum, cli_grid_tail)) : NAN;
    if (bulk < s.to) /* false for NaN */
        s.from = fmax(s.from, bulk - 0.1 * (s.to - bulk));
    return s;
}

/* The point at fraction t of a stretch. */
static double stretch_at(const stretch *s, double t, bool crowded)
{
    const double half_pi = acos(0);
    if (crowded) {
        t = EDGE_MARGIN + (1 - 2 * EDGE_MARGIN) * t;
        if (s->edge_below && s->edge_above)
            t = sin(half_pi * t) * sin(half_pi * t);
        else if (s->edge_above)
            t = sin(half_pi * t);
        else if (s->edge_below)
            t = 2 * sin(half_pi * t / 2) * sin(half_pi * t / 2);
    }
    return t < 0.5 ? s->from + (s->to - s->from) * t : s->to - (s->to - s->from) * (1 - t);
}

fj_status cli_grid_make(const fj_spectrum *spectrum, cli_grid_kind kind, size_t n, double tail,
                        bool within_double, cli_grid *out)
{
    const fj_spectrum_interval *intervals;
    size_t count = fj_spectrum_intervals(spectrum, &intervals);
    *out = (cli_grid){.start = -INFINITY};
    if (count == 0)
        return FJ_OK;
    out->x = malloc(n * sizeof *out->x);
    out->interval = malloc(n * sizeof *out->interval);
    if (!out->x || !out->interval) {
        cli_grid_free(out);
        return FJ_NO_MEMORY;
    }
    out->logarithmic =
        kind == CLI_GRID_LOG || (kind == CLI_GRID_AUTO && wide(spectrum, intervals, count));
    for (size_t i = 0; i < count; i++) {
        stretch s = out->logarithmic
                        ? stretch_log(spectrum, &intervals[i], tail, within_double)
                        : stretch_linear(spectrum, &intervals[i], kind == CLI_GRID_AUTO);
        size_t share = n / count + (i < n % count);
        if (!(s.from < s.to) || !isfinite(s.from) || !isfinite(s.to))
            continue;
        if (out->count == 0 && out->logarithmic) {
            out->start = s.from;
            out->cut_below = s.from > intervals[0].log_s_min;
        }
        out->end = out->logarithmic ? s.to : log(s.to);
        out->cut_above = out->end < intervals[count - 1].log_s_max;
        for (size_t k = 0; k < share; k++) {
            double t = ((double)k + 0.5) / (double)share;
            out->x[out->count] = stretch_at(&s, t, kind == CLI_GRID_AUTO);
            out->interval[out->count++] = i;
        }
    }
    return FJ_OK;
}

void cli_grid_free(cli_grid *grid)
{
    free(grid->x);
    free(grid->interval);
    *grid = (cli_grid){.x = NULL};
}
