/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac phase`:
 *   1. read the ranges and open the outputs (wrong usage and wrong places are told first);
 *   2. all points of the grid, or of the critical line, on several threads;
 *   3. the picture from a grid of its own, then the data; only then both get their names. */
#include "cli_message.h"
#include "cli_network.h"
#include "cli_numbers.h"
#include "cli_output.h"
#include "cli_phase_map.h"
#include "cli_plot.h"
#include "cli_progress.h"
#include "cli_ranges.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"
#include <math.h>
#include <stdlib.h>

static const double SIGMA_LEAST = 1e-6, SIGMA_MOST = 1e6, Q_MOST = 1e40;
static const double POINTS_MOST = 10000000, JSON_POINTS_MOST = 1000000;
static const double THREADS_MOST = 256;

typedef struct request {
    bool line;
    cli_list sigma_w, sigma_b, q;
    fj_phase_options options;
    out_plot_kind plot;
} request;

static void request_free(request *r)
{
    cli_list_free(&r->sigma_w);
    cli_list_free(&r->sigma_b);
    cli_list_free(&r->q);
}

static int exclusive_check(const cli_run *run, bool line)
{
    static const cli_option_id grid[] = {CLI_SIGMA_W_RANGE, CLI_SIGMA_B_RANGE, CLI_Q0_SEARCH};
    for (int i = 0; line && i < 3; i++)
        if (run->given[grid[i]])
            return cli_usage(run->command, "--critical-line goes by --q: drop --%s",
                             cli_options[grid[i]].name);
    if (!line && run->given[CLI_Q_RANGE])
        return cli_usage(run->command, "--q needs --critical-line; the grid goes by --sigma-w and "
                                       "--sigma-b");
    return CLI_DONE;
}

static int points_check(const cli_run *run, const request *r)
{
    double count =
        r->line ? (double)r->q.count : (double)r->sigma_w.count * (double)r->sigma_b.count;
    double most = run->format == CLI_FORMAT_JSON ? JSON_POINTS_MOST : POINTS_MOST;
    if (count > most)
        return cli_usage(run->command, "--%s: %.0f points are too many (at most %.0f)",
                         r->line ? "q" : "sigma-w", count, most);
    bool flat = r->sigma_w.count < 2 || r->sigma_b.count < 2;
    if (r->plot && !r->line && flat)
        return cli_usage(run->command, "--plot needs a range of --sigma-w and one of --sigma-b");
    if (r->plot && r->line && r->q.count < 2)
        return cli_usage(run->command, "--plot needs a range of --q");
    return CLI_DONE;
}

static int request_read(const cli_run *run, request *r)
{
    double threads = 0;
    const cli_range weights = {SIGMA_LEAST, SIGMA_MOST, false}, biases = {0, SIGMA_MOST, false};
    *r = (request){.options = fj_phase_options_default()};
    r->line = run->given[CLI_CRITICAL_LINE] != NULL;
    int code = exclusive_check(run, r->line);
    if (code == CLI_DONE)
        code = cli_read_range(run, CLI_SIGMA_W_RANGE, "0.5:3:101", weights, &r->sigma_w);
    if (code == CLI_DONE)
        code = cli_read_range(run, CLI_SIGMA_B_RANGE, "0:1:81", biases, &r->sigma_b);
    if (code == CLI_DONE)
        code = cli_read_range(run, CLI_Q_RANGE, "0.001:10:81:log", (cli_range){0, Q_MOST, true},
                              &r->q);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_Q0_SEARCH, (cli_range){0, Q_MOST, false}, &r->options.q0);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_THREADS, 1, THREADS_MOST, &threads);
    r->options.threads = (unsigned)threads;
    if (code == CLI_DONE)
        code = cli_plot_read(run, &r->plot);
    return code == CLI_DONE ? points_check(run, r) : code;
}

static void range_describe(cli_run *run, const char *name, const cli_list *list)
{
    out_lines_add(&run->parameters, "%s: %.17g to %.17g, %zu values", name, list->value[0],
                  list->value[list->count - 1], list->count);
}

static int bar_show(void *context, size_t done, size_t count)
{
    cli_progress_show(context, done, count);
    return 0;
}

/* Computes all points, counts those that are missing, and says so. */
static int points_find(cli_run *run, const fj_activation *activation, request *r, out_phase *result,
                       fj_phase_point *points)
{
    cli_progress bar;
    fj_detail detail = {""};
    size_t count = out_phase_count(result);
    cli_progress_start(&bar, !run->given[CLI_QUIET], "points");
    r->options.progress = bar_show;
    r->options.progress_context = &bar;
    fj_status status =
        r->line ? fj_phase_line(activation, r->q.value, r->q.count, &r->options, points, &detail)
                : fj_phase_grid(activation, r->sigma_w.value, r->sigma_w.count, r->sigma_b.value,
                                r->sigma_b.count, &r->options, points, &detail);
    cli_progress_end(&bar);
    if (status != FJ_OK)
        return cli_fail("the diagram cannot be computed: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    size_t critical = 0;
    for (size_t i = 0; i < count; i++) {
        fj_status what = points[i].status;
        bool missing = what == FJ_NO_FIXED_POINT || what == FJ_INFEASIBLE;
        result->missing += missing;
        result->failed += what != FJ_OK && !missing;
        critical += what == FJ_OK && points[i].phase == FJ_PHASE_CRITICAL;
    }
    if (result->missing && r->line)
        out_lines_add(&run->notes,
                      "%zu of %zu values of q have no critical point: sigma_b^2 would be negative",
                      result->missing, count);
    else if (result->missing)
        out_lines_add(&run->notes, "%zu of %zu points have no fixed point: q grows without bound",
                      result->missing, count);
    if (critical && !r->line)
        out_lines_add(&run->notes,
                      "%zu of %zu points are critical: xi_c is infinite there, and left out",
                      critical, count);
    if (result->failed)
        out_lines_add(&run->notes, "%zu of %zu points were not found; they are marked",
                      result->failed, count);
    return CLI_DONE;
}

static int data_write(cli_run *run, const out_phase *result)
{
    if (run->format == CLI_FORMAT_CSV)
        out_csv_phase(run->output.stream, result);
    else if (run->format == CLI_FORMAT_JSON)
        return cli_output_json(run, out_json_phase(result, &run->notes));
    else
        out_table_phase(run->output.stream, result);
    return CLI_DONE;
}

static int plot_draw(const cli_run *run, const fj_activation *activation, const request *r,
                     const out_heading *heading, out_file *plot)
{
    cli_phase_map map;
    cli_phase_frame frame = {.options = r->options, .bar = !run->given[CLI_QUIET]};
    if (r->line) {
        frame.q_from = r->q.value[0], frame.q_to = r->q.value[r->q.count - 1];
    } else {
        frame.w_from = r->sigma_w.value[0], frame.w_to = r->sigma_w.value[r->sigma_w.count - 1];
        frame.b_from = r->sigma_b.value[0], frame.b_to = r->sigma_b.value[r->sigma_b.count - 1];
    }
    int code = CLI_DONE;
    fj_status status = cli_phase_map_make(activation, &frame, &map);
    map.drawn.heading = *heading;
    const out_target target = cli_plot_target(plot, r->plot);
    if (status == FJ_INFEASIBLE)
        code = cli_fail("--plot: there is no critical point in this range of q");
    else if (status != FJ_OK)
        code = cli_fail("--plot: %s", fj_status_message(status));
    else if (out_plot_phase(&map.drawn, &target) != 0)
        code = cli_fail("--plot '%s': %s", plot->name, plot->problem);
    cli_phase_map_free(&map);
    return code;
}

static int outputs_make(cli_run *run, const fj_activation *activation, request *r,
                        out_phase *result, out_file *plot)
{
    fj_phase_point *points = calloc(out_phase_count(result), sizeof *points);
    if (!points)
        return cli_fail("out of memory: ask for fewer points");
    result->points = points;
    int code = cli_output_open(run);
    if (code == CLI_DONE)
        code = cli_plot_reserve(run, r->plot, plot);
    if (code == CLI_DONE)
        code = points_find(run, activation, r, result, points);
    if (code == CLI_DONE && r->plot)
        code = plot_draw(run, activation, r, &result->heading, plot);
    if (code == CLI_DONE)
        code = data_write(run, result);
    if (code == CLI_DONE)
        code = cli_output_finish(run);
    if (code == CLI_DONE && out_file_commit(plot) != 0)
        code = cli_fail("--plot: %s", plot->problem);
    free(points);
    return code;
}

int cli_run_phase(cli_run *run)
{
    request r;
    fj_activation *activation = NULL;
    out_file plot = {.slot = -1};
    out_phase result = {.n_b = 0};
    int code = request_read(run, &r);
    if (code == CLI_DONE)
        code = cli_network_activation(run, &activation);
    if (code == CLI_DONE) {
        out_lines_add(&run->parameters, "activation: %s", fj_activation_name(activation));
        if (r.line) {
            range_describe(run, "q", &r.q);
        } else {
            range_describe(run, "sigma_w", &r.sigma_w);
            range_describe(run, "sigma_b", &r.sigma_b);
            out_lines_add(&run->parameters, "q0: %.17g", r.options.q0);
        }
        result.heading = (out_heading){.command = run->command->name,
                                       .activation = fj_activation_name(activation),
                                       .parameters = &run->parameters,
                                       .notes = &run->notes};
        result.n_w = r.line ? r.q.count : r.sigma_w.count;
        result.n_b = r.line ? 0 : r.sigma_b.count;
        code = outputs_make(run, activation, &r, &result, &plot);
    }
    if (code != CLI_DONE)
        out_file_abandon(&plot);
    fj_activation_destroy(activation);
    request_free(&r);
    return code == CLI_DONE && result.failed ? CLI_PARTIAL : code;
}
