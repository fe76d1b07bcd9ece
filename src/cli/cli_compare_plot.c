/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histograms over s and over log10 s:
 *   1. the range is that of values and law together; far tails hold little and are cut at the 0.2% quantile; what rounding hides is left out;
 *   2. values on atoms belong to no bar: their share stands beside the atom;
 *   3. bars are densities: count/(n width), with n all values, so that bars and atoms together make 1;
 *   4. the panel's top leaves a diverging density behind: 1.25 times the highest bar, or the law's highest seen at 98%. */
#include "cli_compare_plot.h"
#include <math.h>
#include <stdlib.h>
#include "cli_message.h"

enum { BARS_MOST = 60, CURVE = 1200 };
static const double ATOM = 1e-6;

static bool on_atom(const out_compare *result, double log_s)
{
    for (size_t i = 0; i < result->atom_count; i++)
        if (fabs(result->atoms[i].log_s - log_s) <= ATOM || result->atoms[i].log_s == log_s)
            return true;
    return false;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Range of x over values (ascending) and atoms. */
static void range_find(const out_compare *result, const double *log_s, size_t n,
                       out_histogram *panel)
{
    const size_t hidden = result->comparison.zeros + result->comparison.below_rounding;
    size_t first = hidden + (size_t)(0.002 * (double)n);
    while (first < n && !isfinite(log_s[first]))
        first++;
    double low = first < n ? log_s[first] : 0, high = first < n ? log_s[n - 1] : 0;
    if (isfinite(result->comparison.edge.log_s))
        high = fmax(high, result->comparison.edge.log_s);
    for (size_t i = 0; i < result->atom_count; i++)
        if (isfinite(result->atoms[i].log_s)) {
            low = fmin(low, result->atoms[i].log_s);
            high = fmax(high, result->atoms[i].log_s);
        }
    low = fmax(low, high - 460); /* 200 decades say all */
    if (panel->logarithmic) {
        const double margin = fmax(0.02 * (high - low), 0.005) / log(10);
        panel->from = low / log(10) - margin;
        panel->to = high / log(10) + margin;
    } else {
        panel->from = exp(low) > 0.3 * exp(high) ? exp(low) - 0.05 * (exp(high) - exp(low)) : 0;
        panel->to = exp(high) + fmax(0.04 * (exp(high) - panel->from), 1e-3 * exp(high));
    }
}

static void bars_fill(const out_compare *result, const double *log_s, size_t n,
                      out_histogram *panel)
{
    const double width = (panel->to - panel->from) / (double)panel->bars;
    for (size_t i = 0; i < panel->bars; i++)
        panel->bar_x[i] = panel->from + ((double)i + 0.5) * width;
    const size_t hidden = result->comparison.zeros + result->comparison.below_rounding;
    for (size_t i = hidden; i < n; i++) { /* the least are noise */
        if (!isfinite(log_s[i]) || on_atom(result, log_s[i]))
            continue;
        const double x = panel->logarithmic ? log_s[i] / log(10) : exp(log_s[i]);
        const double place = (x - panel->from) / width;
        if (place >= 0 && place < (double)panel->bars)
            panel->bar_y[(size_t)place] += 1 / ((double)n * width);
    }
}

static fj_status density_fill(const fj_spectrum *law, out_histogram *panel)
{
    fj_spectrum_point *point = malloc(CURVE * sizeof *point);
    double *at = malloc(CURVE * sizeof *at);
    fj_status status = point && at ? FJ_OK : FJ_NO_MEMORY;
    panel->density_count = 0;
    for (int i = 0; status == FJ_OK && i < CURVE; i++) {
        const double x = panel->from + (panel->to - panel->from) * (i + 0.5) / CURVE;
        at[i] = panel->logarithmic ? x * log(10) : log(fmax(x, 1e-300));
    }
    if (status == FJ_OK) {
        (void)fj_spectrum_eval_log(law, at, CURVE, point); /* a failed point is a gap of the line */
        for (int i = 0; i < CURVE; i++) {
            const double y = panel->logarithmic ? point[i].density_log10 : point[i].density;
            panel->density_x[i] = panel->logarithmic ? at[i] / log(10) : exp(at[i]);
            panel->density_y[i] = point[i].status == FJ_OK && isfinite(y) ? y : NAN;
        }
        panel->density_count = CURVE;
    }
    free(point);
    free(at);
    return status;
}

static double top_find(const out_histogram *panel)
{
    double y[CURVE] = {0}, highest = 0;
    size_t n = 0;
    for (size_t i = 0; i < panel->bars; i++)
        highest = fmax(highest, panel->bar_y[i]);
    for (size_t i = 0; i < panel->density_count; i++)
        if (panel->density_y[i] > 0)
            y[n++] = panel->density_y[i];
    qsort(y, n, sizeof *y, ascending);
    const double seen = n ? y[(size_t)(0.98 * (double)(n - 1))] : 0;
    return 1.2 * fmax(highest, highest > 0 ? fmin(seen, 3 * highest) : seen);
}

static fj_status panel_make(const out_compare *result, const fj_spectrum *law, const double *log_s,
                            size_t n, out_histogram *panel)
{
    range_find(result, log_s, n, panel);
    panel->bars = (size_t)fmin(BARS_MOST, fmax(8, 1.5 * sqrt((double)n)));
    panel->bar_x = calloc(panel->bars, sizeof(double));
    panel->bar_y = calloc(panel->bars, sizeof(double));
    panel->density_x = calloc(CURVE, sizeof(double));
    panel->density_y = calloc(CURVE, sizeof(double));
    if (!panel->bar_x || !panel->bar_y || !panel->density_x || !panel->density_y)
        return FJ_NO_MEMORY;
    bars_fill(result, log_s, n, panel);
    fj_status status = density_fill(law, panel);
    panel->top = top_find(panel);
    return status;
}

int cli_compare_draw(const out_compare *result, const fj_spectrum *law, const double *log_s,
                     size_t n, const out_target *target)
{
    out_histogram panel[2] = {{.logarithmic = false}, {.logarithmic = true}};
    fj_status status = FJ_OK;
    int code = CLI_DONE;
    double *sorted = malloc(n * sizeof *sorted);
    for (size_t i = 0; sorted && i < n; i++)
        sorted[i] = log_s[i];
    if (sorted)
        qsort(sorted, n, sizeof *sorted, ascending);
    for (int k = 0; k < 2 && status == FJ_OK; k++)
        status = sorted ? panel_make(result, law, sorted, n, &panel[k]) : FJ_NO_MEMORY;
    if (status != FJ_OK)
        code = cli_fail("--plot: out of memory");
    else if (out_plot_compare(result, panel, target) != 0)
        code = cli_fail("--plot: %s", target->problem);
    for (int k = 0; k < 2; k++) {
        free(panel[k].bar_x);
        free(panel[k].bar_y);
        free(panel[k].density_x);
        free(panel[k].density_y);
    }
    free(sorted);
    return code;
}
