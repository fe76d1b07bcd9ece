/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture of a phase diagram is drawn from:
 *   1. the critical line, from q so small to q so large that it leaves any picture, in two colours: where networks stay
 *      at its q, and where they drift away;
 *   2. for a range of q: the part of the line there with a margin is the picture, with marks of q along it;
 *   3. chi at the centres of equal cells. */
#include "cli_phase_map.h"
#include "cli_progress.h"
#include <math.h>
#include <stdlib.h>

enum { CELLS_W = 121, CELLS_B = 91, LINE_POINTS = 800 };
static const double Q_LEAST = 1e-10, Q_MOST = 1e8;
static const double MARGIN = 0.15;      /* around a part of the line */
static const double MARKS_APART = 0.16; /* in pictures */
static const double SPAN_LEAST = 0.5;   /* of sigma_w, where the line goes straight up */

static int bar_show(void *context, size_t done, size_t count)
{
    cli_progress_show(context, done, count);
    return 0;
}

/* Points of the line between two lengths. */
static fj_status line_find(const fj_activation *activation, const double q_range[2],
                           fj_phase_options options, fj_phase_point points[LINE_POINTS])
{
    double q[LINE_POINTS];
    for (int i = 0; i < LINE_POINTS; i++)
        q[i] = q_range[0] * pow(q_range[1] / q_range[0], (double)i / (LINE_POINTS - 1));
    options.progress = NULL;
    return fj_phase_line(activation, q, LINE_POINTS, &options, points, NULL);
}

static void line_fill(cli_phase_map *map, const fj_phase_point points[LINE_POINTS])
{
    double *column[4];
    for (int k = 0; k < 4; k++)
        column[k] = map->line + (ptrdiff_t)k * LINE_POINTS;
    for (int i = 0; i < LINE_POINTS; i++) {
        int k = points[i].stable ? 0 : 2;
        for (int j = 0; j < 4; j++)
            column[j][i] = NAN;
        if (points[i].status != FJ_OK)
            continue;
        column[k][i] = points[i].sigma_w;
        column[k + 1][i] = points[i].sigma_b;
        if (i > 0 && points[i - 1].status == FJ_OK && points[i - 1].stable != points[i].stable) {
            column[2 - k][i] = points[i].sigma_w; /* so that the two parts meet */
            column[3 - k][i] = points[i].sigma_b;
        }
    }
    map->drawn.line_w = column[0], map->drawn.line_b = column[1];
    map->drawn.away_w = column[2], map->drawn.away_b = column[3];
    map->drawn.line_count = LINE_POINTS;
}

/* The frame around the line's part, and marks along it. */
static fj_status part_frame(cli_phase_map *map, const fj_phase_point points[LINE_POINTS])
{
    out_phase_map *drawn = &map->drawn;
    int first = -1, last = -1;
    drawn->w_from = drawn->b_from = INFINITY;
    drawn->w_to = drawn->b_to = -INFINITY;
    for (int i = 0; i < LINE_POINTS; i++) {
        if (points[i].status != FJ_OK)
            continue;
        first = first < 0 ? i : first;
        last = i;
        drawn->w_from = fmin(drawn->w_from, points[i].sigma_w);
        drawn->w_to = fmax(drawn->w_to, points[i].sigma_w);
        drawn->b_from = fmin(drawn->b_from, points[i].sigma_b);
        drawn->b_to = fmax(drawn->b_to, points[i].sigma_b);
    }
    if (first < 0)
        return FJ_INFEASIBLE;
    double span = fmax(drawn->w_to - drawn->w_from, SPAN_LEAST);
    drawn->w_from = fmax(drawn->w_from - MARGIN * span, drawn->w_from / 2);
    drawn->w_to += MARGIN * span;
    drawn->b_from = 0;
    drawn->b_to = drawn->b_to > 0 ? drawn->b_to * (1 + MARGIN) : SPAN_LEAST;
    for (int i = first; i <= last && drawn->mark_count < OUT_PHASE_MARKS; i++) {
        const fj_phase_point *at = &points[i];
        const out_phase_mark *before = drawn->mark_count ? &map->mark[drawn->mark_count - 1] : NULL;
        if (at->status != FJ_OK)
            continue;
        double way = before ? hypot((at->sigma_w - before->sigma_w) / (drawn->w_to - drawn->w_from),
                                    (at->sigma_b - before->sigma_b) / drawn->b_to)
                            : 1;
        if (way >= MARKS_APART)
            map->mark[drawn->mark_count++] = (out_phase_mark){at->sigma_w, at->sigma_b, at->q_star};
    }
    drawn->marks = map->mark;
    return FJ_OK;
}

static fj_status cells_find(const fj_activation *activation, const cli_phase_frame *frame,
                            cli_phase_map *map)
{
    double w[CELLS_W], b[CELLS_B];
    const out_phase_map *drawn = &map->drawn;
    for (int i = 0; i < CELLS_W; i++)
        w[i] = drawn->w_from + (drawn->w_to - drawn->w_from) * (i + 0.5) / CELLS_W;
    for (int i = 0; i < CELLS_B; i++)
        b[i] = drawn->b_from + (drawn->b_to - drawn->b_from) * (i + 0.5) / CELLS_B;
    cli_progress bar;
    fj_phase_options options = frame->options;
    cli_progress_start(&bar, frame->bar, "points of the picture");
    options.progress = bar_show;
    options.progress_context = &bar;
    fj_status status =
        fj_phase_grid(activation, w, CELLS_W, b, CELLS_B, &options, map->points, NULL);
    cli_progress_end(&bar);
    return status;
}

fj_status cli_phase_map_make(const fj_activation *activation, const cli_phase_frame *frame,
                             cli_phase_map *map)
{
    *map = (cli_phase_map){.points = calloc((size_t)CELLS_W * CELLS_B, sizeof *map->points),
                           .line = calloc((size_t)4 * LINE_POINTS, sizeof *map->line)};
    fj_phase_point *line = calloc(LINE_POINTS, sizeof *line);
    out_phase_map *drawn = &map->drawn;
    fj_status status = map->points && map->line && line ? FJ_OK : FJ_NO_MEMORY;
    bool part = frame->w_to == 0;
    const double q_range[2] = {part ? frame->q_from : Q_LEAST, part ? frame->q_to : Q_MOST};
    *drawn = (out_phase_map){.w_from = frame->w_from, .w_to = frame->w_to, .b_from = frame->b_from};
    drawn->b_to = frame->b_to;
    drawn->n_w = CELLS_W, drawn->n_b = CELLS_B;
    drawn->points = map->points;
    drawn->single_w = NAN;
    if (status == FJ_OK)
        status = line_find(activation, q_range, frame->options, line);
    if (status == FJ_OK)
        line_fill(map, line);
    if (status == FJ_OK && part)
        status = part_frame(map, line);
    if (status == FJ_OK && fj_activation_is_homogeneous(activation)) {
        drawn->single_w = line[0].sigma_w;
        drawn->line_count = drawn->mark_count = 0;
    }
    if (status == FJ_OK)
        status = cells_find(activation, frame, map);
    free(line);
    return status;
}

void cli_phase_map_free(cli_phase_map *map)
{
    free(map->points);
    free(map->line);
    map->points = NULL;
    map->line = NULL;
}
