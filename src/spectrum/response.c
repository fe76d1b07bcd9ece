/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points u_l of every layer that belong to a point z of the law.
 *
 * 1. One solution above the axis, at the angle 1/2, is kept; it moves along from point to point,
 *    where no edge or gap is in its way, and a copy goes down to the angle asked for (path.c).
 * 2. M_l(u_l) = N_0/N_l m does not depend on the weights, so that layers of one activation, q
 *    and width share their u. Each run looks for a group with these three, from where the run
 *    before it found its own.
 * 3. Where t has one value t_0 above 0, of probability p, u = t_0 (1 + p/m_l). */
#include "response.h"
#include <math.h>
#include <stdlib.h>
#include "path.h"
#include "spectrum_internal.h"

static const double ABOVE = 0.5;
/* It begins so far above log E[lambda], where m is small: starting further in Newton's method
 * finds the wrong half plane. */
static const double BEGIN = 4;
/* The longest step in log z; along a deep law, whose log lambda spreads over so much more, this
 * part of the way. */
static const double STEP = 2, STEP_PART = 0.125;

struct fj_response {
    const fj_spectrum *law;
    int started;
    fj_path path;
    fj_station above, at, next;
    size_t *group; /* of each run; stack.groups: none, t has one value */
};

static int belongs(const fj_gathered *g, size_t k, const fj_network_run *run, double scale)
{
    const fj_origin *origin = &g->origin[g->origin_of[k]];
    const int any_q = fj_activation_is_homogeneous(run->activation);
    return origin->activation == run->activation && (any_q || origin->q == run->q) &&
           g->stack.group[k].scale == scale;
}

static void groups_find(fj_response *response)
{
    const fj_network *network = &response->law->network;
    const fj_gathered *g = response->law->gathered;
    const size_t n = g->stack.groups;
    size_t last = 0;
    for (size_t r = 0; r < network->runs; r++) {
        const fj_network_run *run = &network->run[r];
        const double scale = network->width / run->width;
        response->group[r] = n;
        for (size_t i = 0; i < n && response->group[r] == n; i++) {
            /* last, its neighbours, theirs: lengths that settle are in order */
            const size_t k = (last + (i % 2 ? (i + 1) / 2 : n - i / 2)) % n;
            if (belongs(g, k, run, scale))
                response->group[r] = last = k;
        }
    }
}

fj_status fj_response_create(const fj_spectrum *law, fj_response **out)
{
    *out = NULL;
    if (!law->gathered)
        return FJ_INVALID;
    fj_response *response = calloc(1, sizeof *response);
    if (!response)
        return FJ_NO_MEMORY;
    const fj_stack *stack = &law->gathered->stack;
    response->law = law;
    response->group = calloc(law->network.runs, sizeof *response->group);
    fj_status status = response->group ? fj_path_init(&response->path, stack) : FJ_NO_MEMORY;
    if (status == FJ_OK)
        status = fj_station_init(&response->above, stack);
    if (status == FJ_OK)
        status = fj_station_init(&response->at, stack);
    if (status == FJ_OK)
        status = fj_station_init(&response->next, stack);
    if (status != FJ_OK) {
        fj_response_destroy(response);
        return status;
    }
    groups_find(response);
    *out = response;
    return FJ_OK;
}

void fj_response_destroy(fj_response *response)
{
    if (!response)
        return;
    fj_path_free(&response->path);
    fj_station_free(&response->above);
    fj_station_free(&response->at);
    fj_station_free(&response->next);
    free(response->group);
    free(response);
}

fj_status fj_response_solve(fj_response *response, double log_lambda, double angle)
{
    fj_path *path = &response->path;
    fj_status status = FJ_OK;
    path->enough = FJ_PATH_POINT;
    path->spent = 0;
    if (!response->started)
        status = fj_path_start(path, &response->above, &response->next,
                               fmax(log_lambda, path->stack->log_mean + BEGIN), ABOVE);
    if (status == FJ_OK) {
        const double way = fabs(log_lambda - creal(response->above.log_z));
        status = fj_path_move(path, &response->above, &response->next, CMPLX(log_lambda, ABOVE),
                              fmax(STEP, STEP_PART * way));
    }
    response->started = status == FJ_OK;
    if (status != FJ_OK)
        return status;
    fj_station_copy(&response->above, &response->at, path->stack);
    return fj_path_move(path, &response->at, &response->next, CMPLX(log_lambda, angle), STEP);
}

double complex fj_response_m(const fj_response *response)
{
    return response->at.at.m;
}

double complex fj_response_inverse(const fj_response *response, size_t r)
{
    const fj_stack *stack = response->path.stack;
    const size_t k = response->group[r];
    if (k == stack->groups)
        return 0;
    const fj_group *group = &stack->group[k];
    if (group->is_explicit) {
        const double complex m = group->scale * response->at.at.m;
        return group->p == 1 ? 0 : m / (m + group->p) / (group->layers.mu1 / group->p);
    }
    const fj_subordinate *u = &response->at.at.u[k];
    return u->left ? -cexp(-u->w) : cexp(-u->w);
}
