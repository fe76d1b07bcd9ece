/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a phase diagram and a trajectory cost.
 *
 * 1. A diagram, sigma_w from 0.5 to 4 and sigma_b from 0 to 1, on one thread: a point of it.
 * 2. The worst difference in one step of the length map from q*, relative, and of the correlation map from c*, over some of the
 *    points, is what stands for true errors.
 * 3. Trajectories of two inputs: a layer. */
#include "bench.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 40, SIDE_SMOKE = 8, DEPTH = 10000, DEPTH_SMOKE = 500 };

typedef struct diagram {
    const fj_activation *activation;
    size_t side;
    double w[SIDE], b[SIDE];
    fj_phase_point point[SIDE * SIDE];
} diagram;

static int diagram_make(void *context)
{
    diagram *d = context;
    fj_phase_options options = fj_phase_options_default();
    options.threads = 1;
    return fj_phase_grid(d->activation, d->w, d->side, d->b, d->side, &options, d->point, NULL) ==
           FJ_OK;
}

static void steps_check(const diagram *d, bench_result *r)
{
    r->error = r->error_cdf = 0;
    for (size_t i = 0; i < d->side * d->side; i += 17) {
        const fj_phase_point *p = &d->point[i];
        double next;
        if (p->status != FJ_OK || !(p->q_star > 0))
            continue;
        if (fj_length_map(d->activation, p->sigma_w, p->sigma_b, p->q_star, &next) == FJ_OK)
            r->error = fmax(r->error, fabs(next / p->q_star - 1));
        const fj_correlation c = fj_correlation_of(p->c_star);
        fj_correlation after;
        if (fj_correlation_map(d->activation, p->sigma_w, p->sigma_b, p->q_star, &c, &after) ==
            FJ_OK)
            r->error_cdf = fmax(r->error_cdf, fabs(after.c - c.c));
    }
}

static void diagram_run(bench *b, const char *name)
{
    static diagram d;
    fj_activation *activation = NULL;
    d.side = b->smoke ? SIDE_SMOKE : SIDE;
    for (size_t i = 0; i < d.side; i++) {
        d.b[i] = (double)i / (double)(d.side - 1);
        d.w[i] = 0.5 + 3.5 * d.b[i];
    }
    int ok = fj_activation_create(name, &activation, NULL) == FJ_OK;
    d.activation = activation;
    const double time = ok ? bench_best(b, diagram_make, &d) : NAN;
    for (size_t i = 0; ok && i < d.side * d.side; i++)
        ok = d.point[i].status == FJ_OK || d.point[i].status == FJ_NO_FIXED_POINT;
    if (!ok || isnan(time)) {
        bench_fail(b, name, "some point was not obtained");
    } else {
        bench_result *r = bench_add(b, name, "point", time / (double)(d.side * d.side));
        if (r)
            steps_check(&d, r);
    }
    fj_activation_destroy(activation);
}

static int phase_run(bench *b)
{
    static const char *const names[] = {"tanh", "erf",  "relu", "hard-tanh", "gelu",
                                        "elu",  "selu", "sin",  "softsign",  "silu"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        diagram_run(b, names[i]);
    return 1;
}

const bench_group bench_phase = {
    .name = "phase",
    .title = "a point of a phase diagram, on one thread",
    .run = phase_run,
    .column = {{"point", "us"}},
    .errors = {"", "q* step", "c* step", ""},
};

typedef struct walk {
    const fj_activation *activation;
    const double *at; /* sigma_w, sigma_b, q0, c0 */
    size_t depth;
    fj_layer layer[DEPTH];
} walk;

static int walk_make(void *context)
{
    walk *t = context;
    fj_trajectory *trajectory = NULL;
    const int ok = fj_trajectory_create(t->activation, t->at[0], t->at[1], t->at[2], t->at[3],
                                        &trajectory, NULL) == FJ_OK &&
                   fj_trajectory_next(trajectory, t->depth, t->layer) == FJ_OK;
    fj_trajectory_destroy(trajectory);
    return ok;
}

static void walk_run(bench *b, const char *name, const double *at)
{
    static walk t;
    char what[BENCH_TEXT];
    fj_activation *activation = NULL;
    snprintf(what, sizeof what, "%s sigma_w=%.4g sigma_b=%g q0=%g", name, at[0], at[1], at[2]);
    const int ok = fj_activation_create(name, &activation, NULL) == FJ_OK;
    t.activation = activation;
    t.at = at;
    t.depth = b->smoke ? DEPTH_SMOKE : DEPTH;
    const double time = ok ? bench_best(b, walk_make, &t) : NAN;
    if (isnan(time)) {
        bench_fail(b, what, "some layer was not obtained");
    } else {
        bench_add(b, what, "layer", time / (double)t.depth);
    }
    fj_activation_destroy(activation);
}

static int trajectory_run(bench *b)
{
    static const double settles_never[] = {1, 0, 1, 0.5}, settles[] = {1.5, 0.1, 3, 0.5},
                        c_settles_never[] = {M_SQRT2, 0, 1, 0.5}, c_to_1[] = {0.95, 0.1, 1, 0.5};
    walk_run(b, "tanh", settles_never);
    walk_run(b, "tanh", settles);
    walk_run(b, "hard-tanh", settles_never);
    walk_run(b, "relu", c_settles_never);
    walk_run(b, "selu", c_to_1);
    return 1;
}

const bench_group bench_trajectory = {
    .name = "trajectory",
    .title = "a layer of 10,000, lengths and correlation",
    .run = trajectory_run,
    .column = {{"layer", "ns"}},
    .errors = {"", "", "", ""},
};
