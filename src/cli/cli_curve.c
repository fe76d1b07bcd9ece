/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gnuplot draws:
 *   1. an automatic grid decides between s and log10 s;
 *   2. the density along each interval, closed at its edges;
 *   3. the distribution function on even points and on both sides of each atom. */
#include "cli_curve.h"
#include "cli_evaluate.h"
#include "cli_grid.h"
#include "cli_picture.h"
#include <math.h>
#include <stdlib.h>

enum { DENSITY_POINTS = 1600, CDF_POINTS = 800 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static fj_status cdf_make(const fj_spectrum *spectrum, out_curve *curve)
{
    const fj_spectrum_atom *atoms;
    size_t count = fj_spectrum_atoms(spectrum, &atoms), room = CDF_POINTS + 2 * count, n = 0;
    curve->cdf_x = malloc(room * sizeof(double));
    curve->cdf_y = malloc(room * sizeof(double));
    if (!curve->cdf_x || !curve->cdf_y)
        return FJ_NO_MEMORY;
    double width = curve->to - curve->from;
    for (int i = 0; i < CDF_POINTS; i++)
        curve->cdf_x[n++] = curve->from + width * i / (CDF_POINTS - 1);
    for (size_t i = 0; i < count; i++)
        for (int side = -1; side <= 1; side += 2) {
            double x = (curve->logarithmic ? atoms[i].log_s / log(10) : atoms[i].s);
            x += side * 1e-9 * width;
            if (x > curve->from && x < curve->to)
                curve->cdf_x[n++] = x;
        }
    qsort(curve->cdf_x, n, sizeof(double), ascending);
    for (size_t i = 0; i < n; i++)
        curve->cdf_y[i] = cli_picture_cdf(spectrum, curve->logarithmic, curve->cdf_x[i]);
    curve->cdf_count = n;
    return FJ_OK;
}

/* An edge of interval i in x; NaN for s = 0 on the logarithmic axis and for no edge. */
static double edge(const fj_spectrum *spectrum, size_t i, bool upper, bool logarithmic)
{
    const fj_spectrum_interval *intervals;
    fj_spectrum_intervals(spectrum, &intervals);
    double log_s = upper ? intervals[i].log_s_max : intervals[i].log_s_min;
    double s = upper ? intervals[i].s_max : intervals[i].s_min;
    double x = logarithmic ? log_s / log(10) : s;
    return isfinite(x) ? x : NAN;
}

static void density_add(out_curve *curve, double x, double y)
{
    curve->density_x[curve->density_count] = x;
    curve->density_y[curve->density_count++] = y;
}

/* How high the panel is: the visible curve, unless it runs off to infinity at an edge; then what lies at least a
 * hundredth of the interval away from the ends decides. */
static double top_find(const out_curve *curve, const cli_grid *grid,
                       const fj_spectrum_point *points)
{
    double highest = 0, inside = 0, unit = curve->logarithmic ? log(10) : 1;
    for (size_t i = 0, first = 0, last = 0; i < grid->count; i++) {
        if (i == 0 || grid->interval[i] != grid->interval[i - 1])
            for (first = last = i;
                 last + 1 < grid->count && grid->interval[last + 1] == grid->interval[i];)
                last++;
        double low = fmax(grid->x[first] / unit, curve->from), high = grid->x[last] / unit;
        double x = grid->x[i] / unit, margin = 0.01 * (high - low);
        double y = curve->logarithmic ? points[i].density_log10 : points[i].density;
        if (points[i].status != FJ_OK || !isfinite(y) || x < low)
            continue;
        highest = fmax(highest, y);
        if (x > low + margin && x < high - margin)
            inside = fmax(inside, y);
    }
    return inside > 0 ? fmin(1.1 * highest, 1.7 * inside) : 1.1 * highest;
}

static fj_status density_make(const fj_spectrum *spectrum, const cli_grid *grid, out_curve *curve)
{
    size_t room = 4 * grid->count + 1; /* each interval may have an edge, an edge and a break */
    fj_spectrum_point *points = malloc((grid->count + 1) * sizeof *points);
    curve->density_x = malloc(room * sizeof(double));
    curve->density_y = malloc(room * sizeof(double));
    fj_status status = FJ_NO_MEMORY;
    if (!points || !curve->density_x || !curve->density_y)
        goto done;
    status = cli_evaluate(spectrum, grid->x, grid->count, grid->logarithmic, false, points);
    if (status != FJ_OK)
        goto done;
    for (size_t i = 0; i < grid->count; i++) {
        size_t here = grid->interval[i];
        if (i == 0 || here != grid->interval[i - 1])
            density_add(curve, edge(spectrum, here, false, curve->logarithmic), 0);
        double y = curve->logarithmic ? points[i].density_log10 : points[i].density;
        if (points[i].status == FJ_OK && isfinite(y))
            density_add(curve, curve->logarithmic ? grid->x[i] / log(10) : grid->x[i], y);
        if (i + 1 == grid->count || here != grid->interval[i + 1]) {
            density_add(curve, edge(spectrum, here, true, curve->logarithmic), 0);
            density_add(curve, NAN, NAN);
        }
    }
    size_t kept = 0; /* drop edges that are none */
    for (size_t i = 0; i < curve->density_count; i++)
        if (!isnan(curve->density_x[i]) || isnan(curve->density_y[i])) {
            curve->density_x[kept] = curve->density_x[i];
            curve->density_y[kept++] = curve->density_y[i];
        }
    curve->density_count = kept;
    curve->top = top_find(curve, grid, points);
done:
    free(points);
    return status;
}

fj_status cli_curve_make(const fj_spectrum *spectrum, out_curve *curve)
{
    const fj_spectrum_atom *atoms;
    size_t atom_count = fj_spectrum_atoms(spectrum, &atoms);
    cli_grid grid;
    *curve = (out_curve){.top = 0};
    fj_status status =
        cli_grid_make(spectrum, CLI_GRID_AUTO, DENSITY_POINTS, cli_picture_tail, false, &grid);
    if (status != FJ_OK)
        return status;
    curve->logarithmic = grid.logarithmic;
    for (size_t i = 0; i < atom_count; i++) /* an atom beyond the range of double */
        if (isfinite(atoms[i].log_s) && !isnormal(atoms[i].s))
            curve->logarithmic = true;
    if (curve->logarithmic != grid.logarithmic) {
        cli_grid_free(&grid);
        status =
            cli_grid_make(spectrum, CLI_GRID_LOG, DENSITY_POINTS, cli_picture_tail, false, &grid);
        if (status != FJ_OK)
            return status;
    }
    double floor = grid.count ? cli_picture_floor(spectrum) : -HUGE_VAL;
    cli_picture_range(spectrum, curve->logarithmic, curve->logarithmic ? floor : 0, &curve->from,
                      &curve->to);
    double width = curve->to - curve->from;
    if (!(width > 0)) { /* one atom */
        width = curve->logarithmic ? 1 : fmax(fabs(curve->to), 1);
        curve->from -= width / 2;
        curve->to += width / 2;
    }
    bool from_zero = curve->logarithmic ? curve->from == floor : curve->from == 0;
    bool zero_shows = !curve->logarithmic && from_zero && atom_count > 0 && atoms[0].s == 0;
    curve->from -= from_zero && !zero_shows ? 0 : 0.03 * width;
    curve->to += 0.04 * width;
    if (grid.count > 0)
        status = density_make(spectrum, &grid, curve);
    if (status == FJ_OK)
        status = cdf_make(spectrum, curve);
    cli_grid_free(&grid);
    return status;
}

void cli_curve_free(out_curve *curve)
{
    free(curve->density_x);
    free(curve->density_y);
    free(curve->cdf_x);
    free(curve->cdf_y);
    *curve = (out_curve){.top = 0};
}
