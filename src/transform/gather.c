/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grouping a network's layers.
 *
 * 1. Walk the runs: the first layer of a run may change the width, the others keep it. Each is an entry (activation, q,
 *    weights, N_0/N_l, rho, count); homogeneous activations have one q.
 * 2. Sort the entries and merge equal ones: the law does not depend on the order of layers between equal widths.
 * 3. One rule for each activation and q. The masses of t tell which layers are known in closed form, which have no effect,
 *    and the mass of lambda at 0. */
#include "gather.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "average.h"
#include "detail.h"

typedef struct entry {
    const fj_activation *activation;
    size_t run; /* the first one with this activation: an order that does not hang on addresses */
    fj_weights weights;
    double q, width, scale, rho, one_minus_rho, count;
    size_t origin;
} entry;

typedef struct entries {
    size_t n;
    entry *at;
    double log_mean;
    int square;
} entries;

static int by_key(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const double keys[][2] = {{(double)x->run, (double)y->run},
                              {x->q, y->q},
                              {x->scale, y->scale},
                              {(double)x->weights, (double)y->weights},
                              {x->rho, y->rho}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

/* The first entry's place with this activation. */
static size_t activation_seen(const entries *list, const fj_activation *activation)
{
    size_t i = list->n - 1; /* neighbours mostly share it */
    if (list->n > 1 && list->at[i - 1].activation == activation)
        return list->at[i - 1].run;
    for (i = 0; i + 1 < list->n; i++)
        if (list->at[i].activation == activation)
            return list->at[i].run;
    return i;
}

static void entry_add(entries *list, const fj_network_run *run, double width_0, double before,
                      double count)
{
    const int gaussian = run->weights == FJ_WEIGHTS_GAUSSIAN, narrows = run->width < before;
    entry *e = &list->at[list->n++];
    *e = (entry){.activation = run->activation,
                 .run = activation_seen(list, run->activation),
                 .weights = run->weights,
                 .q = fj_activation_is_homogeneous(run->activation) ? 1 : run->q,
                 .width = run->width,
                 .scale = width_0 / run->width,
                 .rho = gaussian  ? 0
                        : narrows ? run->width / before
                                  : 1,
                 .one_minus_rho = gaussian  ? 1
                                  : narrows ? (before - run->width) / before
                                            : 0,
                 .count = count};
    list->log_mean += count * log(run->chi);
    if (run->width != before) {
        list->square = 0;
        if (gaussian || narrows)
            list->log_mean += count * log(run->width / before);
    }
}

static fj_status entries_make(const fj_network *network, entries *list)
{
    *list = (entries){.square = 1};
    list->at = calloc(2 * network->runs, sizeof *list->at);
    if (!list->at)
        return FJ_NO_MEMORY;
    double before = network->width;
    for (size_t i = 0; i < network->runs; i++) {
        const fj_network_run *run = &network->run[i];
        const int changes = run->width != before;
        if (changes)
            entry_add(list, run, network->width, before, 1);
        before = run->width;
        if (run->count > (uint64_t)changes)
            entry_add(list, run, network->width, before, (double)(run->count - (uint64_t)changes));
    }
    qsort(list->at, list->n, sizeof *list->at, by_key);
    size_t kept = 0;
    for (size_t i = 1; i < list->n; i++) {
        if (by_key(&list->at[kept], &list->at[i]) == 0)
            list->at[kept].count += list->at[i].count;
        else
            list->at[++kept] = list->at[i];
    }
    list->n = kept + 1;
    return FJ_OK;
}

static fj_status origin_make(const entry *e, fj_panel_shapes *shapes, fj_origin *out,
                             fj_detail *detail)
{
    *out = (fj_origin){
        .activation = e->activation,
        .q = e->q,
    };
    fj_status status = fj_rule_create(e->activation, e->q, shapes, &out->rule);
    if (status == FJ_OK)
        status = fj_rule_variance(out->rule, &out->variance);
    if (status != FJ_OK)
        return fj_fail(detail, status, "the quadrature for %s at q = %g: %s",
                       fj_activation_name(e->activation), e->q, fj_status_message(status));
    out->mu1 = fj_rule_mean(out->rule);
    const fj_mass *mass;
    size_t masses = fj_rule_masses(out->rule, &mass);
    if (masses > 0 && mass[0].t == 0)
        out->at_zero = mass[0].mass;
    return FJ_OK;
}

/* Entries are sorted by activation and q. */
static fj_status origins_make(entries *list, fj_gathered *g, fj_detail *detail)
{
    g->origin = calloc(list->n, sizeof *g->origin);
    g->shapes = fj_panel_shapes_create();
    if (!g->origin || !g->shapes)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for %zu layers", list->n);
    for (size_t i = 0; i < list->n; i++) {
        entry *e = &list->at[i];
        const fj_origin *last = g->origins ? &g->origin[g->origins - 1] : NULL;
        if (!last || last->activation != e->activation || last->q != e->q) {
            fj_status status = origin_make(e, g->shapes, &g->origin[g->origins], detail);
            g->origins++; /* its rule is freed in any case */
            if (status != FJ_OK)
                return status;
        }
        e->origin = g->origins - 1;
    }
    return FJ_OK;
}

/* Returns 0 where the layer has no effect. */
static int group_make(const entry *e, const fj_origin *origin, fj_group *out)
{
    const fj_mass *mass;
    double least, most;
    const size_t masses = fj_rule_masses(origin->rule, &mass);
    const size_t zero = masses > 0 && mass[0].t == 0;
    *out =
        (fj_group){.count = e->count,
                   .width = e->width,
                   .scale = e->scale,
                   .rho = e->rho,
                   .one_minus_rho = e->one_minus_rho,
                   .is_explicit = !fj_rule_range(origin->rule, &least, &most) && masses == zero + 1,
                   .p = 1 - origin->at_zero};
    fj_layers_init(&out->layers, origin->rule, origin->mu1, e->weights, 1, 0);
    out->deficit = out->one_minus_rho + out->rho * (zero ? mass[0].mass : 0);
    return !(out->is_explicit && out->deficit == 0);
}

/* Unknowns first. */
static fj_status groups_make(const entries *list, fj_gathered *g)
{
    fj_stack *stack = &g->stack;
    stack->group = calloc(list->n, sizeof *stack->group);
    g->origin_of = calloc(list->n, sizeof *g->origin_of);
    if (!stack->group || !g->origin_of)
        return FJ_NO_MEMORY;
    for (int known = 0; known < 2; known++)
        for (size_t i = 0; i < list->n; i++) {
            fj_group group;
            const entry *e = &list->at[i];
            if (!group_make(e, &g->origin[e->origin], &group) || group.is_explicit != known)
                continue;
            g->origin_of[stack->groups] = e->origin;
            stack->group[stack->groups++] = group;
            stack->unknowns += !known;
        }
    return FJ_OK;
}

/* The dimensions that get through: N_l P(t_l > 0), and the narrowest. */
static void totals_find(const entries *list, double width_0, fj_gathered *g)
{
    const double slack = 8 * DBL_EPSILON;
    fj_stack *stack = &g->stack;
    double narrow = width_0, lost = 0; /* narrowest: narrow - lost */
    stack->log_mean = list->log_mean;
    for (size_t i = 0; i < list->n; i++) {
        const entry *e = &list->at[i];
        const fj_origin *o = &g->origin[e->origin];
        if ((e->width - narrow) - (e->width * o->at_zero - lost) < 0) {
            narrow = e->width;
            lost = e->width * o->at_zero;
        }
        g->relative_variance +=
            e->count * e->scale * (o->variance / (o->mu1 * o->mu1) + e->one_minus_rho);
    }
    stack->at_zero = ((width_0 - narrow) + lost) / width_0;
    stack->above = 1 - stack->at_zero;
    for (size_t k = 0; k < stack->groups; k++) {
        fj_group *group = &stack->group[k];
        const double zero = g->origin[g->origin_of[k]].at_zero;
        group->slack = ((group->width - narrow) - (group->width * zero - lost)) / group->width;
        if (group->slack <= slack)
            group->slack = 0;
        group->full = group->slack + zero;
    }
}

fj_status fj_gather(const fj_network *network, fj_gathered **out, fj_detail *detail)
{
    entries list;
    *out = NULL;
    fj_gathered *g = calloc(1, sizeof *g);
    fj_status status = g ? entries_make(network, &list) : FJ_NO_MEMORY;
    if (status != FJ_OK) {
        free(g);
        return fj_fail(detail, status, "no memory for %zu runs of layers", network->runs);
    }
    g->square = list.square;
    status = origins_make(&list, g, detail);
    if (status == FJ_OK)
        status = groups_make(&list, g);
    if (status == FJ_OK)
        totals_find(&list, network->width, g);
    free(list.at);
    if (status == FJ_NO_MEMORY)
        fj_fail(detail, status, "no memory for %zu different layers", list.n);
    if (status != FJ_OK)
        fj_gathered_destroy(g);
    else
        *out = g;
    return status;
}

void fj_gathered_settle(fj_gathered *gathered)
{
    fj_panel_shapes_destroy(gathered->shapes);
    gathered->shapes = NULL;
}

void fj_gathered_destroy(fj_gathered *gathered)
{
    if (!gathered)
        return;
    for (size_t i = 0; i < gathered->origins; i++)
        fj_rule_destroy(gathered->origin[i].rule);
    fj_gathered_settle(gathered);
    free(gathered->origin);
    free(gathered->origin_of);
    free(gathered->stack.group);
    free(gathered);
}
