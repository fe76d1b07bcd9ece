/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phase diagram.
 *
 * 1. What the searches for fixed points have in common, the averages of phi on a grid of q, is computed once.
 * 2. Points are independent: a point's fixed points by Newton from that table, its chi, and in the chaotic phase the
 *    fixed point of the correlation map. The same code as for a single point, so the same digits. */
#include <freejac/phase.h>
#include <math.h>
#include <stdlib.h>
#include "detail.h"
#include "meanfield_internal.h"
#include "threads.h"

typedef struct grid {
    const fj_activation *activation;
    const double *sigma_w, *sigma_b, *q;
    size_t n_b;
    double q0;
    fj_average_table table; /* filled before the threads start */
    fj_phase_point *out;
} grid;

fj_phase_options fj_phase_options_default(void)
{
    return (fj_phase_options){.q0 = 1};
}

static fj_phase_point point_empty(double sigma_w, double sigma_b, fj_status status)
{
    return (fj_phase_point){sigma_w, sigma_b, NAN, NAN, NAN, NAN, FJ_PHASE_CRITICAL, 0, status};
}

static void point_fill(fj_phase_point *point, const fj_meanfield *m)
{
    point->q_star = m->q_star;
    point->chi = m->chi;
    point->xi_c = m->xi_c;
    point->c_star = m->c_star;
    point->phase = m->phase;
    point->stable = m->stable;
}

static void grid_point(void *context, size_t index)
{
    grid *g = context;
    fj_phase_point *point = &g->out[index];
    fj_recursion map = {g->activation, point->sigma_w * point->sigma_w,
                        point->sigma_b * point->sigma_b};
    fj_meanfield m;
    point->status = fj_meanfield_find(&map, &g->table, g->q0, &m, NULL);
    point_fill(point, &m);
}

static void line_point(void *context, size_t index)
{
    grid *g = context;
    fj_meanfield m;
    fj_phase_point *point = &g->out[index];
    point->status = fj_meanfield_critical(g->activation, g->q[index], &m, NULL);
    point_fill(point, &m);
    point->q_star = g->q[index]; /* also where there is no such point */
    point->sigma_w = m.sigma_w;
    point->sigma_b = m.sigma_b;
}

static fj_status run(grid *g, size_t count, fj_work *work, const fj_phase_options *options)
{
    fj_work_plan plan = {.count = count,
                         .threads = options->threads,
                         .work = work,
                         .context = g,
                         .watch = options->progress,
                         .watch_context = options->progress_context};
    return fj_work_run(&plan);
}

/* Every entry of the table that a search over this range of maps may ask for. */
static void table_fill(grid *g, double sigma_w_most, double sigma_b_most)
{
    fj_recursion map = {g->activation, sigma_w_most * sigma_w_most, sigma_b_most * sigma_b_most};
    double most = fj_fixed_points_most(&map);
    const fj_averages *unused;
    fj_average_table_init(&g->table, g->activation);
    if (fj_activation_is_homogeneous(g->activation))
        return;
    for (int i = FJ_TABLE_FIRST; i <= FJ_TABLE_LAST && fj_average_table_q(i) < most; i++)
        fj_average_table_at(&g->table, i, &unused);
}

fj_status fj_phase_grid(const fj_activation *activation, const double *sigma_w, size_t n_w,
                        const double *sigma_b, size_t n_b, const fj_phase_options *options,
                        fj_phase_point *out, fj_detail *detail)
{
    fj_phase_options usual = fj_phase_options_default();
    if (!options)
        options = &usual;
    if (!activation || !sigma_w || !sigma_b || !out || n_w == 0 || n_b == 0)
        return fj_fail(detail, FJ_INVALID,
                       "needs an activation, sigma_w, sigma_b and room for points");
    double most_w = 0, most_b = 0;
    for (size_t i = 0; i < n_w; i++)
        for (size_t j = 0; j < n_b; j++) {
            fj_status status =
                fj_meanfield_check(activation, sigma_w[i], sigma_b[j], options->q0, detail);
            if (status != FJ_OK)
                return status;
            out[i * n_b + j] = point_empty(sigma_w[i], sigma_b[j], FJ_CANCELLED);
            most_w = fmax(most_w, sigma_w[i]);
            most_b = fmax(most_b, sigma_b[j]);
        }
    grid *g = malloc(sizeof *g);
    if (!g)
        return fj_fail(detail, FJ_NO_MEMORY, "%s", fj_status_message(FJ_NO_MEMORY));
    g->activation = activation;
    g->q0 = options->q0;
    g->out = out;
    table_fill(g, most_w, most_b);
    fj_status status = run(g, n_w * n_b, grid_point, options);
    free(g);
    return status;
}

fj_status fj_phase_line(const fj_activation *activation, const double *q, size_t n,
                        const fj_phase_options *options, fj_phase_point *out, fj_detail *detail)
{
    fj_phase_options usual = fj_phase_options_default();
    if (!options)
        options = &usual;
    if (!activation || !q || !out || n == 0)
        return fj_fail(detail, FJ_INVALID, "needs an activation, lengths q and room for points");
    for (size_t i = 0; i < n; i++) {
        if (!(q[i] > 0) || !isfinite(q[i]))
            return fj_fail(detail, FJ_INVALID, "q = %g: lengths must be above 0 and finite", q[i]);
        out[i] = point_empty(NAN, NAN, FJ_CANCELLED);
        out[i].q_star = q[i];
    }
    grid *g = malloc(sizeof *g);
    if (!g)
        return fj_fail(detail, FJ_NO_MEMORY, "%s", fj_status_message(FJ_NO_MEMORY));
    g->activation = activation;
    g->q = q;
    g->out = out;
    fj_status status = run(g, n, line_point, options);
    free(g);
    return status;
}
