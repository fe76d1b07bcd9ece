/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All outputs of one law:
 *   1. edges, atoms, moments, quantiles, then the points;
 *   2. what the points leave out is said;
 *   3. draw the plot into its temporary, write the data, and only then give both their names. */
#include "cli_law.h"
#include "cli_curve.h"
#include "cli_evaluate.h"
#include "cli_message.h"
#include "cli_output.h"
#include "cli_picture.h"
#include "cli_plot.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"
#include <math.h>
#include <stdlib.h>

void cli_law_outline(cli_law *law)
{
    out_spectrum *result = &law->result;
    result->interval_count = fj_spectrum_intervals(law->spectrum, &result->intervals);
    result->atom_count = fj_spectrum_atoms(law->spectrum, &result->atoms);
    out_edge low = {NAN, INFINITY}, high = {NAN, -INFINITY};
    for (size_t i = 0; i < result->interval_count; i++) {
        const fj_spectrum_interval *interval = &result->intervals[i];
        if (interval->log_s_min < low.log_s)
            low = (out_edge){interval->s_min, interval->log_s_min};
        if (interval->log_s_max > high.log_s)
            high = (out_edge){interval->s_max, interval->log_s_max};
    }
    for (size_t i = 0; i < result->atom_count; i++) {
        out_edge atom = {result->atoms[i].s, result->atoms[i].log_s};
        if (atom.log_s < low.log_s)
            low = atom;
        if (atom.log_s > high.log_s || isnan(high.s)) /* 0 may be all there is */
            high = atom;
    }
    result->low = low;
    result->high = high;
}

static int moments_find(cli_run *run, cli_law *law)
{
    size_t count = (size_t)law->request.moments;
    law->moments = calloc(count, sizeof *law->moments);
    if (!law->moments)
        return cli_fail("out of memory");
    fj_status status = fj_spectrum_moments(law->spectrum, count, law->moments);
    if (status == FJ_NO_CONVERGENCE)
        out_lines_add(&run->notes, "the moments left out could not be resolved: they come from too "
                                   "far out");
    else if (status != FJ_OK && status != FJ_RANGE) /* infinite ones are told as such */
        return cli_fail("--moments: %s", fj_status_message(status));
    law->result.moments = law->moments;
    law->result.moment_count = count;
    law->result.mean = fj_spectrum_mean(law->spectrum);
    law->result.variance = fj_spectrum_variance(law->spectrum);
    law->result.mean_log = fj_spectrum_mean_log(law->spectrum);
    return CLI_DONE;
}

/* Sets *partial where a quantile did not converge. */
static int quantiles_find(cli_run *run, cli_law *law, bool *partial)
{
    size_t count = law->request.quantiles.count;
    law->quantiles = calloc(count, sizeof *law->quantiles);
    if (!law->quantiles)
        return cli_fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        out_quantile *quantile = &law->quantiles[i];
        double log_s = NAN, p = law->request.quantiles.value[i];
        fj_status status = fj_spectrum_quantile(law->spectrum, p, &log_s);
        *quantile = (out_quantile){.p = p, .s = NAN, .log10_s = NAN};
        if (status != FJ_OK) {
            out_lines_add(&run->notes, "quantile p = %.15g: %s", p,
                          status == FJ_RANGE ? "it lies further down than the law is followed"
                                             : fj_status_message(status));
            *partial |= status != FJ_RANGE;
        } else if (log_s < 0 && isinf(log_s)) {
            quantile->s = 0;
        } else {
            double s = exp(log_s);
            quantile->s = isnormal(s) ? s : NAN;
            quantile->log10_s = isfinite(log_s) ? log_s / log(10) : NAN;
        }
    }
    law->result.quantiles = law->quantiles;
    law->result.quantile_count = count;
    return CLI_DONE;
}

/* Says where the points cannot show the whole law. */
static void coverage_note(cli_run *run, const cli_law *law)
{
    const double worth_saying = 1e-3; /* share of the mass */
    const cli_grid *grid = &law->grid;
    const out_spectrum *result = &law->result;
    if (result->interval_count == 0) {
        out_lines_add(&run->notes,
                      "the law has no continuous part: there are no points, see the atoms");
        return;
    }
    if (grid->count == 0) {
        out_lines_add(&run->notes, "the continuous law leaves the range of double in s: there are "
                                   "no points, see the quantiles");
        return;
    }
    if (isinf(result->high.log_s) && result->high.log_s > 0)
        out_lines_add(
            &run->notes,
            "the support has no upper edge: the points end at s = 10^%.6g, the quantile of "
            "%.6f",
            grid->end / log(10), 1 - cli_grid_tail);
    double ends[] = {grid->start, grid->end};
    fj_spectrum_point at[2];
    bool at_zero = result->atom_count && result->atoms[0].s == 0 && isinf(result->atoms[0].log_s);
    double atom_at_zero = at_zero ? result->atoms[0].mass : 0;
    for (int i = 0; i < 2; i++) {
        if (!(i ? grid->cut_above : grid->cut_below) ||
            fj_spectrum_eval_log(law->spectrum, &ends[i], 1, &at[i]) != FJ_OK)
            continue;
        double mass = i ? 1 - at[i].cdf : at[i].cdf - atom_at_zero;
        if (mass > worth_saying)
            out_lines_add(&run->notes, "%.6g of the mass lies %s s = 10^%.6g", mass,
                          i ? "above the last point," : "below the first point,",
                          ends[i] / log(10));
    }
}

int cli_law_grid(cli_run *run, cli_law *law)
{
    const cli_request *request = &law->request;
    if (cli_grid_make(law->spectrum, request->grid, (size_t)request->points, cli_grid_tail, true,
                      &law->grid) != FJ_OK)
        return cli_fail("out of memory: ask for fewer --points");
    coverage_note(run, law);
    return CLI_DONE;
}

static int points_find(cli_run *run, cli_law *law)
{
    const cli_request *request = &law->request;
    bool listed = request->at.count > 0;
    if (!listed && cli_law_grid(run, law) != CLI_DONE)
        return CLI_FAILED;
    size_t count = listed ? request->at.count : law->grid.count;
    const double *x = listed ? request->at.value : law->grid.x;
    law->points = calloc(count ? count : 1, sizeof *law->points);
    if (!law->points)
        return cli_fail("out of memory: ask for fewer points");
    fj_status status = cli_evaluate(law->spectrum, x, count, !listed && law->grid.logarithmic,
                                    !run->given[CLI_QUIET], law->points);
    if (status != FJ_OK)
        return cli_fail("the law cannot be computed there: %s", fj_status_message(status));
    out_spectrum *result = &law->result;
    result->points = law->points;
    result->point_count = count;
    result->points_listed = listed;
    result->max_error = NAN;
    for (size_t i = 0; i < count; i++)
        if (law->points[i].status != FJ_OK || isnan(law->points[i].cdf))
            result->failed_count++;
        else
            result->max_error = fmax(result->max_error, law->points[i].error);
    bool at_zero = false, at_end = false;
    for (size_t i = 0; i < count; i++) {
        at_zero |= listed && x[i] == 0;
        at_end |= law->points[i].status == FJ_OK && isnan(law->points[i].density);
    }
    cli_law_ends_note(run, at_zero, at_end);
    return CLI_DONE;
}

void cli_law_ends_note(cli_run *run, bool at_zero, bool at_end)
{
    if (at_zero)
        out_lines_add(&run->notes, "s = 0 has no logarithm: log10_s and density_log10 are left "
                                   "out there");
    if (at_end)
        out_lines_add(&run->notes, "the density is left out at ends of the support where it need "
                                   "not vanish: it may diverge there, or leap");
}

static int law_find(cli_run *run, cli_law *law, bool *partial)
{
    out_spectrum *result = &law->result;
    cli_law_outline(law);
    int code = moments_find(run, law);
    if (code == CLI_DONE)
        code = quantiles_find(run, law, partial);
    if (code == CLI_DONE)
        code = points_find(run, law);
    *partial |= result->failed_count > 0;
    return code;
}

int cli_law_plot(cli_law *law)
{
    if (!law->request.plot)
        return CLI_DONE;
    out_curve curve;
    out_file *plot = &law->plot;
    const out_target target = cli_plot_target(plot, law->request.plot);
    int code = CLI_DONE;
    if (cli_curve_make(law->spectrum, &curve) != FJ_OK)
        code = cli_fail("--plot: out of memory");
    else if (out_plot_spectrum(&law->result, &curve, &target) != 0)
        code = cli_fail("--plot '%s': %s", plot->name, plot->problem);
    cli_curve_free(&curve);
    return code;
}

static int data_write(cli_run *run, cli_law *law)
{
    FILE *stream = run->output.stream;
    switch (run->format) {
    case CLI_FORMAT_CSV:
        out_csv_spectrum(stream, &law->result);
        return CLI_DONE;
    case CLI_FORMAT_JSON:
        return cli_output_json(run, out_json_spectrum(&law->result, &run->notes));
    case CLI_FORMAT_TABLE:
        if (cli_picture_make(law->spectrum, &law->result.picture) != FJ_OK)
            return cli_fail("out of memory");
        out_table_spectrum(stream, &law->result, cli_output_unicode());
    }
    return CLI_DONE;
}

int cli_law_read(cli_run *run, cli_law *law)
{
    *law = (cli_law){.plot = {.slot = -1}};
    return cli_request_read(run, &law->request);
}

int cli_law_open(cli_run *run, cli_law *law)
{
    cli_request_describe(run, &law->request);
    int code = cli_output_open(run);
    if (code == CLI_DONE)
        code = cli_plot_reserve(run, law->request.plot, &law->plot);
    return code;
}

int cli_law_finish(cli_run *run, cli_law *law)
{
    int code = cli_output_finish(run);
    if (code == CLI_DONE && out_file_commit(&law->plot) != 0)
        code = cli_fail("--plot: %s", law->plot.problem);
    return code;
}

int cli_law_make(cli_run *run, const fj_spectrum *spectrum, cli_law *law)
{
    bool partial = false;
    law->spectrum = spectrum;
    int code = law_find(run, law, &partial);
    if (code == CLI_DONE)
        code = cli_law_plot(law);
    if (code == CLI_DONE)
        code = data_write(run, law);
    if (code == CLI_DONE)
        code = cli_law_finish(run, law);
    if (code == CLI_DONE && law->result.failed_count)
        fprintf(stderr,
                "freejac: %zu of %zu points did not reach their tolerance; they are marked\n",
                law->result.failed_count, law->result.point_count);
    return code == CLI_DONE && partial ? CLI_PARTIAL : code;
}

void cli_law_free(cli_law *law, int code)
{
    if (code != CLI_DONE && code != CLI_PARTIAL)
        out_file_abandon(&law->plot);
    cli_grid_free(&law->grid);
    free(law->moments);
    free(law->quantiles);
    free(law->points);
    cli_request_free(&law->request);
}
