/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac meanfield`:
 *   1. the network and its fixed points; with --q on the critical line, where its recursion goes from --q0;
 *   2. the layers: from q^1 = --q0, or kept at q*; two inputs from the correlation --c0;
 *   3. as many layers as change, at most those that are shown. */
#include "cli_message.h"
#include "cli_network.h"
#include "cli_numbers.h"
#include "cli_output.h"
#include "cli_plot.h"
#include "cli_progress.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"
#include <math.h>
#include <stdlib.h>

static const double ROWS_MOST = 10000000, JSON_ROWS_MOST = 1000000;
static const double FOLLOWED_MOST = 1000000; /* layers behind a table or a plot */
static const double SAME_POINT = 1e-6;       /* relative distance of one fixed point's values */

enum { PIECE = 512 };

typedef struct layers {
    fj_layer *layer;
    size_t count, room;
    bool settled;
    fj_status status;
} layers;

/* Rows that no one can want, and that would fill a disk, are refused. */
static int depth_check(const cli_run *run, double depth)
{
    if (run->format == CLI_FORMAT_CSV && depth > ROWS_MOST)
        return cli_usage(run->command,
                         "--depth: '%s' layers are too many rows for CSV (at most %.0f)",
                         run->given[CLI_DEPTH], ROWS_MOST);
    if (run->format == CLI_FORMAT_JSON && depth > JSON_ROWS_MOST)
        return cli_usage(run->command, "--depth: '%s' layers are too many for JSON (at most %.0f)",
                         run->given[CLI_DEPTH], JSON_ROWS_MOST);
    return CLI_DONE;
}

/* A point of the critical line is one fixed point of its map: looks for the others, and where q0 leads. */
static void critical_map_look(cli_run *run, cli_network *net, double q0)
{
    fj_meanfield all, *point = &net->point;
    if (!run->given[CLI_Q] || fj_activation_is_homogeneous(net->activation))
        return;
    fj_status status =
        fj_meanfield_solve(net->activation, point->sigma_w, point->sigma_b, q0, &all, NULL);
    if (status != FJ_OK && status != FJ_NO_FIXED_POINT)
        return;
    if (all.fixed_point_count > 1) {
        point->fixed_point_count = all.fixed_point_count;
        for (size_t i = 0; i < all.fixed_point_count; i++)
            point->fixed_points[i] = all.fixed_points[i];
    }
    point->searched_to = all.searched_to;
    if (!run->given[CLI_Q0])
        return;
    if (status == FJ_NO_FIXED_POINT)
        out_lines_add(&run->notes,
                      "from q0 = %.10g lengths do not come to q*: they grow without "
                      "bound",
                      q0);
    else if (fabs(all.q_star - point->q_star) > SAME_POINT * point->q_star)
        out_lines_add(&run->notes, "from q0 = %.10g lengths do not come to q* but to q = %.10g", q0,
                      all.q_star);
}

/* Room for `more` layers. */
static bool room_make(layers *all, size_t more)
{
    if (all->room - all->count >= more)
        return true;
    size_t room = 2 * all->room + more;
    fj_layer *grown = realloc(all->layer, room * sizeof *grown);
    if (grown) {
        all->layer = grown;
        all->room = room;
    }
    return grown != NULL;
}

/* Layers up to `most`, or until nothing changes any more. */
static int layers_follow(const cli_run *run, fj_trajectory *trajectory, size_t most, layers *all)
{
    cli_progress bar;
    cli_progress_start(&bar, !run->given[CLI_QUIET], "layers");
    while (all->count < most && !all->settled) {
        size_t piece = most - all->count < PIECE ? most - all->count : PIECE;
        if (all->count == 0)
            piece = 1; /* one is enough for a network that rests at q* */
        if (!room_make(all, piece)) {
            cli_progress_end(&bar);
            return cli_fail("out of memory: ask for fewer layers");
        }
        fj_status status = fj_trajectory_next(trajectory, piece, all->layer + all->count);
        if (all->status == FJ_OK)
            all->status = status;
        all->count += piece;
        all->settled = fj_trajectory_settled(trajectory);
        cli_progress_show(&bar, all->count, most);
    }
    cli_progress_end(&bar);
    return CLI_DONE;
}

/* What the layers cannot say themselves. */
static void layers_note(cli_run *run, const layers *all, double depth)
{
    size_t last = 0;
    while (last < all->count && !isnan(all->layer[last].q))
        last++;
    if (last < all->count)
        out_lines_add(&run->notes,
                      last ? "q leaves the range that is covered after layer %zu"
                           : "q0 lies outside the range that is covered",
                      last);
    else if (all->status != FJ_OK)
        out_lines_add(&run->notes, "the correlation was not resolved in all layers (%s)",
                      fj_status_message(all->status));
    if (!all->settled && (double)all->count < depth)
        out_lines_add(&run->notes,
                      "layers beyond %zu were not followed: lengths or correlations still move",
                      all->count);
}

static int layers_find(cli_run *run, const cli_network *net, const double start[2], layers *all)
{
    fj_trajectory *trajectory = NULL;
    fj_detail detail = {""};
    const fj_meanfield *point = &net->point;
    fj_status status = fj_trajectory_create(net->activation, point->sigma_w, point->sigma_b,
                                            start[0], start[1], &trajectory, &detail);
    if (status != FJ_OK)
        return cli_fail("the layers cannot be computed: %s", detail.text);
    bool kept = !run->given[CLI_Q0];
    if (kept)
        fj_trajectory_hold(trajectory);
    double most = run->format == CLI_FORMAT_TABLE ? fmin(net->depth, FOLLOWED_MOST) : net->depth;
    int code = layers_follow(run, trajectory, (size_t)most, all);
    fj_trajectory_destroy(trajectory);
    for (size_t i = 0; i < all->count && kept; i++) {
        all->layer[i].q = point->q_star;
        all->layer[i].chi = point->chi;
    }
    if (code == CLI_DONE)
        layers_note(run, all, net->depth);
    return code;
}

static int data_write(cli_run *run, const out_meanfield *result)
{
    if (run->format == CLI_FORMAT_CSV)
        out_csv_meanfield(run->output.stream, result);
    else if (run->format == CLI_FORMAT_JSON)
        return cli_output_json(run, out_json_meanfield(result, &run->notes));
    else
        out_table_meanfield(run->output.stream, result);
    return CLI_DONE;
}

/* Where the picture goes. */
typedef struct picture {
    out_plot_kind kind;
    out_file file;
} picture;

static int outputs_make(cli_run *run, const cli_network *net, const double start[2], layers *all,
                        picture *plot)
{
    int code = cli_output_open(run);
    if (code == CLI_DONE)
        code = cli_plot_reserve(run, plot->kind, &plot->file);
    if (code == CLI_DONE)
        code = layers_find(run, net, start, all);
    out_meanfield result = {.heading = cli_network_heading(run, net),
                            .point = &net->point,
                            .layers = all->layer,
                            .layer_count = all->count,
                            .settled = all->settled,
                            .correlated = start[1] < 1};
    if (code == CLI_DONE && plot->kind) {
        const out_target target = cli_plot_target(&plot->file, plot->kind);
        if (out_plot_layers(&result, &target) != 0)
            code = cli_fail("--plot '%s': %s", plot->file.name, plot->file.problem);
    }
    if (code == CLI_DONE)
        code = data_write(run, &result);
    if (code == CLI_DONE)
        code = cli_output_finish(run);
    if (code == CLI_DONE && out_file_commit(&plot->file) != 0)
        code = cli_fail("--plot: %s", plot->file.problem);
    return code;
}

int cli_run_meanfield(cli_run *run)
{
    cli_network net;
    layers all = {.layer = NULL};
    picture plot = {.file = {.slot = -1}};
    double start[2] = {1, 1}; /* q0, c0 */
    bool partial = false;
    int code = cli_read_real(run, CLI_C0, (cli_range){-1, 1, false}, &start[1]);
    if (code == CLI_DONE)
        code = cli_plot_read(run, &plot.kind);
    net = (cli_network){.depth = 1};
    if (code == CLI_DONE)
        code = cli_network_place(run, &net);
    if (code == CLI_DONE)
        code = depth_check(run, net.depth);
    if (code == CLI_DONE) {
        start[0] = net.point.q_star;
        code = cli_read_real(run, CLI_Q0, (cli_range){0, HUGE_VAL, false}, &start[0]);
    }
    if (code == CLI_DONE) {
        critical_map_look(run, &net, start[0]);
        if (isfinite(net.point.searched_to))
            out_lines_add(&run->notes,
                          "fixed points of the length map were looked for up to q = %.3g: beyond, "
                          "E[phi^2] of this formula is not resolved, or not soon",
                          net.point.searched_to);
        if (run->given[CLI_Q0])
            out_lines_add(&run->parameters, "q0: %.17g", start[0]);
        out_lines_add(&run->parameters, "c0: %.17g", start[1]);
        code = outputs_make(run, &net, start, &all, &plot);
        partial = all.status == FJ_NO_CONVERGENCE;
    }
    if (code != CLI_DONE)
        out_file_abandon(&plot.file);
    free(all.layer);
    cli_network_free(&net);
    return code == CLI_DONE && partial ? CLI_PARTIAL : code;
}
