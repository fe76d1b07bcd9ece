/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture in characters is drawn from:
 *   1. an automatic grid decides between s and log10 s;
 *   2. the range: the support and the atoms, from 0 where it begins close to 0;
 *   3. the mass of each column from the distribution function (exact at any peak), atoms taken out. */
#include "cli_picture.h"
#include "cli_evaluate.h"
#include "cli_grid.h"
#include <math.h>

const double cli_picture_tail = 0.01;
static const double BULK_TAIL = 1e-3; /* share left out of a linear one, but for a margin */
static const double NEAR_ZERO = 0.25; /* of its end: a range that begins below it begins at 0 */

double cli_picture_floor(const fj_spectrum *spectrum)
{
    return cli_grid_quantile(spectrum, cli_picture_tail) / log(10);
}

void cli_picture_range(const fj_spectrum *spectrum, bool logarithmic, double floor, double *from,
                       double *to)
{
    const fj_spectrum_interval *intervals;
    const fj_spectrum_atom *atoms;
    size_t n = fj_spectrum_intervals(spectrum, &intervals), m = fj_spectrum_atoms(spectrum, &atoms);
    *from = INFINITY, *to = -INFINITY;
    for (size_t i = 0; i < n + m; i++) {
        double low = i < n ? intervals[i].s_min : atoms[i - n].s, high = low;
        double log_low = i < n ? intervals[i].log_s_min : atoms[i - n].log_s, log_high = log_low;
        if (i < n) {
            high = intervals[i].s_max;
            log_high = intervals[i].log_s_max;
            if (!isfinite(log_high)) { /* no upper edge: the last millionth is left out */
                log_high = cli_grid_quantile(spectrum, 1 - 1e-6);
                high = exp(log_high);
            }
        }
        if (logarithmic && !(isfinite(log_high) && log_high >= floor * log(10)))
            continue; /* an atom at 0 */
        *from = fmin(*from, logarithmic ? fmax(floor, log_low / log(10)) : low);
        *to = fmax(*to, logarithmic ? log_high / log(10) : high);
    }
    if (logarithmic)
        return;
    double bulk = exp(cli_grid_quantile(spectrum, BULK_TAIL));
    double first_atom = m > 0 ? atoms[0].s : INFINITY;
    if (bulk < *to) /* false for NaN */
        *from = fmin(first_atom, fmax(*from, bulk - 0.1 * (*to - bulk)));
    if (*from < NEAR_ZERO * *to)
        *from = 0;
}

double cli_picture_cdf(const fj_spectrum *spectrum, bool logarithmic, double x)
{
    fj_spectrum_point point;
    if (!logarithmic && x < 0)
        return 0;
    double where = logarithmic ? x * log(10) : x;
    return cli_evaluate(spectrum, &where, 1, logarithmic, false, &point) == FJ_OK ? point.cdf : NAN;
}

/* Takes the atoms in (left, right] out of the mass there, if they are in it at all (rounding of the place). */
static double mass_without_atoms(const fj_spectrum *spectrum, bool logarithmic, double left,
                                 double right, double mass)
{
    const fj_spectrum_atom *atoms;
    size_t count = fj_spectrum_atoms(spectrum, &atoms);
    for (size_t i = 0; i < count; i++) {
        double x = logarithmic ? atoms[i].log_s / log(10) : atoms[i].s;
        if (x > left && x <= right)
            mass -= atoms[i].mass;
    }
    return fmax(mass, 0);
}

fj_status cli_picture_make(const fj_spectrum *spectrum, out_picture *picture)
{
    cli_grid grid;
    *picture = (out_picture){.drawn = false};
    fj_status status = cli_grid_make(spectrum, CLI_GRID_AUTO, 2, cli_grid_tail, false, &grid);
    if (status != FJ_OK)
        return status;
    bool logarithmic = grid.logarithmic, any = grid.count > 0;
    double floor = logarithmic ? cli_picture_floor(spectrum) : 0;
    cli_grid_free(&grid);
    double from = 0, to = 0;
    cli_picture_range(spectrum, logarithmic, floor, &from, &to);
    if (!any || !isfinite(floor) || !isfinite(from) || !isfinite(to) || !(from < to))
        return FJ_OK;
    const double nudge = 1e-9 * (to - from); /* so that an atom at an end lies inside */
    double left = from > 0 || logarithmic ? from - nudge : 0, right = to + nudge;
    double width = (right - left) / OUT_PICTURE_COLUMNS;
    double before = cli_picture_cdf(spectrum, logarithmic, left);
    picture->mass_left = left == 0 && !logarithmic ? 0 : before;
    for (int i = 0; i < OUT_PICTURE_COLUMNS; i++) {
        double x = left + width * (i + 1), after = cli_picture_cdf(spectrum, logarithmic, x);
        picture->height[i] =
            mass_without_atoms(spectrum, logarithmic, x - width, x, after - before) / width;
        before = after;
    }
    picture->mass_right = 1 - before;
    picture->from = from;
    picture->to = to;
    picture->logarithmic = logarithmic;
    picture->drawn = true;
    return FJ_OK;
}
