/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac spectrum`:
 *   1. read all options, find the network, open the outputs (wrong usage and wrong places are told first);
 *   2. build the law; edges, atoms, moments, quantiles, then the points;
 *   3. draw the plot into its temporary, write the data, and only then give both their names. */
#include "cli_curve.h"
#include "cli_evaluate.h"
#include "cli_message.h"
#include "cli_network.h"
#include "cli_output.h"
#include "cli_picture.h"
#include "cli_plot.h"
#include "cli_request.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"
#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All that is computed, and owned, here. */
typedef struct whole_law {
    fj_spectrum *spectrum;
    cli_grid grid;
    double *moments;
    out_quantile *quantiles;
    fj_spectrum_point *points;
    out_spectrum result;
} whole_law;

static void edges_find(out_spectrum *result)
{
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

static int moments_find(const cli_request *request, whole_law *law)
{
    size_t count = (size_t)request->moments;
    law->moments = calloc(count, sizeof *law->moments);
    if (!law->moments)
        return cli_fail("out of memory");
    fj_status status = fj_spectrum_moments(law->spectrum, count, law->moments);
    if (status != FJ_OK && status != FJ_RANGE) /* infinite ones are told as such */
        return cli_fail("--moments: %s", fj_status_message(status));
    law->result.moments = law->moments;
    law->result.moment_count = count;
    law->result.mean = fj_spectrum_mean(law->spectrum);
    law->result.variance = fj_spectrum_variance(law->spectrum);
    law->result.mean_log = fj_spectrum_mean_log(law->spectrum);
    return CLI_DONE;
}

/* Sets *partial where a quantile did not converge. */
static int quantiles_find(cli_run *run, const cli_request *request, whole_law *law, bool *partial)
{
    size_t count = request->quantiles.count;
    law->quantiles = calloc(count, sizeof *law->quantiles);
    if (!law->quantiles)
        return cli_fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        out_quantile *quantile = &law->quantiles[i];
        double log_s = NAN, p = request->quantiles.value[i];
        fj_status status = fj_spectrum_quantile(law->spectrum, p, &log_s);
        *quantile = (out_quantile){.p = p, .s = NAN, .log10_s = NAN};
        if (status != FJ_OK) {
            out_lines_add(&run->notes, "quantile p = %.15g: %s", p, fj_status_message(status));
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
static void coverage_note(cli_run *run, const whole_law *law)
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

static int points_find(cli_run *run, const cli_request *request, whole_law *law)
{
    bool listed = request->at.count > 0;
    if (!listed && cli_grid_make(law->spectrum, request->grid, (size_t)request->points,
                                 cli_grid_tail, true, &law->grid) != FJ_OK)
        return cli_fail("out of memory: ask for fewer --points");
    size_t count = listed ? request->at.count : law->grid.count;
    const double *x = listed ? request->at.value : law->grid.x;
    law->points = calloc(count ? count : 1, sizeof *law->points);
    if (!law->points)
        return cli_fail("out of memory: ask for fewer points");
    if (!listed)
        coverage_note(run, law);
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
    for (size_t i = 0; listed && i < count; i++)
        if (x[i] == 0) {
            out_lines_add(&run->notes, "s = 0 has no logarithm: log10_s and density_log10 are left "
                                       "out there");
            break;
        }
    return CLI_DONE;
}

static int law_find(cli_run *run, const cli_network *net, const cli_request *request,
                    whole_law *law, bool *partial)
{
    fj_detail detail = {""};
    fj_status status = fj_spectrum_create(&net->network, &law->spectrum, &detail);
    if (status != FJ_OK)
        return cli_fail("the law cannot be computed: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    out_spectrum *result = &law->result;
    result->heading = cli_network_heading(run, net);
    result->point = &net->point;
    result->interval_count = fj_spectrum_intervals(law->spectrum, &result->intervals);
    result->atom_count = fj_spectrum_atoms(law->spectrum, &result->atoms);
    edges_find(result);
    int code = moments_find(request, law);
    if (code == CLI_DONE)
        code = quantiles_find(run, request, law, partial);
    if (code == CLI_DONE)
        code = points_find(run, request, law);
    *partial |= result->failed_count > 0;
    return code;
}

/* Draws into the plot's temporary. */
static int plot_draw(const cli_request *request, const whole_law *law, out_file *plot)
{
    out_curve curve;
    const out_target target = cli_plot_target(plot, request->plot);
    int code = CLI_DONE;
    if (cli_curve_make(law->spectrum, &curve) != FJ_OK)
        code = cli_fail("--plot: out of memory");
    else if (out_plot_spectrum(&law->result, &curve, &target) != 0)
        code = cli_fail("--plot '%s': %s", plot->name, plot->problem);
    cli_curve_free(&curve);
    return code;
}

static int data_write(cli_run *run, whole_law *law)
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
        out_table_spectrum(stream, &law->result, strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
    }
    return CLI_DONE;
}

static int outputs_make(cli_run *run, const cli_network *net, const cli_request *request,
                        whole_law *law, out_file *plot)
{
    bool partial = false;
    int code = cli_output_open(run);
    if (code == CLI_DONE && request->plot && out_file_reserve(plot, run->given[CLI_PLOT]) != 0)
        code = cli_fail("--plot: %s", plot->problem);
    if (code == CLI_DONE)
        code = law_find(run, net, request, law, &partial);
    if (code == CLI_DONE && request->plot)
        code = plot_draw(request, law, plot);
    if (code == CLI_DONE)
        code = data_write(run, law);
    if (code == CLI_DONE)
        code = cli_output_finish(run);
    if (code == CLI_DONE && out_file_commit(plot) != 0)
        code = cli_fail("--plot: %s", plot->problem);
    if (code == CLI_DONE && law->result.failed_count)
        fprintf(stderr,
                "freejac: %zu of %zu points did not reach their tolerance; they are marked\n",
                law->result.failed_count, law->result.point_count);
    return code == CLI_DONE && partial ? CLI_PARTIAL : code;
}

int cli_run_spectrum(cli_run *run)
{
    cli_network net = {.depth = 1};
    cli_request request;
    whole_law law = {.spectrum = NULL};
    out_file plot = {.slot = -1};
    int code = cli_request_read(run, &request);
    if (code == CLI_DONE)
        code = cli_network_make(run, &net);
    if (code == CLI_DONE) {
        cli_request_describe(run, &request);
        code = outputs_make(run, &net, &request, &law, &plot);
    }
    if (code != CLI_DONE && code != CLI_PARTIAL)
        out_file_abandon(&plot);
    fj_spectrum_destroy(law.spectrum);
    cli_grid_free(&law.grid);
    free(law.moments);
    free(law.quantiles);
    free(law.points);
    cli_network_free(&net);
    cli_request_free(&request);
    return code;
}
