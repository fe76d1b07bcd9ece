/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reduction of layers that differ in q only.
 *
 * 1. Such layers enter log z(m) as sum_l f(q_l), f(q) = log(m u/mu1) - log(1 + rho m) with M_q(u) = m, an analytic function of
 *    x = q^(2/3). Gauss quadrature of the discrete measure sum_l delta(x_l) puts n layers, with weights for counts, in place of
 *    them, exactly for polynomials of degree 2 n - 1.
 * 2. Its error goes like rho^(-2 n), rho the Bernstein ellipse of [x_least, x_most] that f is analytic in: in the bulk of a
 *    law the one through 0 (measured, THEORY.md 3.6). n follows from that.
 * 3. Layers with an atom at 0 are left as they are: the largest atom counts, which is no sum. So are those known in closed form, and a
 *    few at either end whose q stands so far apart that the others need fewer nodes by themselves: the first layers of a length map
 *    that begins away from its fixed point, which then crowd around that.
 * 4. The u of every layer at a solution of the reduced stack is read from Lagrange's polynomial through the nodes' log u. */
#include "reduce.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "gauss_discrete.h"

/* The variable in which f is smooth: root q in the bulk, q in tails. */
static const double POWER = 2.0 / 3;
/* Nodes: NODES_LEAST + TO_ROUNDING/log(rho); exp(-2 TO_ROUNDING) = 1e-11, times what derivatives of f leave. */
static const double NODES_LEAST = 2, TO_ROUNDING = 12.7;
/* More nodes than that part of the layers are not worth it. */
static const double WORTH = 0.55;
enum { NODES_MAX = 64, MEMBERS_LEAST = 8 };

/* At each end of a family so many members are tried as what stands apart. */
enum { APART_MAX = 12 };

/* An unknown of the whole stack: q^POWER, and how many layers it stands for. */
typedef struct member {
    size_t k;
    double x, w;
} member;

/* Those that differ in q only, ascending in x; how many nodes are to take their place, as many as members where there is no gain. */
typedef struct family {
    size_t members, nodes;
    member *member;
    double *x, *w; /* scratch of that length */
} family;

static const fj_origin *origin_of(const fj_gathered *g, size_t k)
{
    return &g->origin[g->origin_of[k]];
}

static int is_kin(const fj_gathered *g, size_t i, size_t j)
{
    const fj_group *a = &g->stack.group[i], *b = &g->stack.group[j];
    return origin_of(g, i)->activation == origin_of(g, j)->activation &&
           a->layers.second == b->layers.second && a->scale == b->scale && a->rho == b->rho &&
           a->one_minus_rho == b->one_minus_rho && a->slack == b->slack &&
           origin_of(g, i)->at_zero == 0 && origin_of(g, j)->at_zero == 0;
}

/* How many nodes are likely to serve for x from least to most. */
static double nodes_likely(double least, double most, int more)
{
    return ceil(NODES_LEAST + more + TO_ROUNDING / acosh((most + least) / (most - least)));
}

static int by_x(const void *a, const void *b)
{
    const double x = ((const member *)a)->x, y = ((const member *)b)->x;
    return (x > y) - (x < y);
}

/* Leaves those of a family that are best taken together: what is left out at the ends stays as it is. */
static void family_trim(family *f, int more)
{
    const member *of = f->member;
    const size_t members = f->members;
    double fewest = (double)members;
    size_t from = 0, to = members;
    f->nodes = members;
    for (size_t low = 0; low <= APART_MAX; low++)
        for (size_t high = 0; high <= APART_MAX && low + high + MEMBERS_LEAST <= members; high++) {
            const size_t rest = members - low - high;
            const double n = nodes_likely(of[low].x, of[members - 1 - high].x, more),
                         all = n + (double)(low + high);
            if (!(n < fmin(NODES_MAX, WORTH * (double)rest) && all < fewest))
                continue;
            fewest = all;
            f->nodes = (size_t)n;
            from = low;
            to = members - high;
        }
    f->members = to - from;
    memmove(f->member, f->member + from, f->members * sizeof *f->member);
}

/* All that are taken together with unknown k, which is the first; one with an atom at 0 is alone. */
static void family_find(const fj_gathered *g, size_t k, const fj_reduction *r, int more, family *f)
{
    f->members = 0;
    for (size_t i = k; i < g->stack.unknowns; i++)
        if (r->expansion[i].nodes == 0 && (i == k || is_kin(g, k, i)))
            f->member[f->members++] =
                (member){i, pow(origin_of(g, i)->q, POWER), g->stack.group[i].count};
    qsort(f->member, f->members, sizeof *f->member, by_x);
    family_trim(f, more);
    int is_among = 0;
    for (size_t i = 0; i < f->members; i++) {
        is_among |= f->member[i].k == k;
        f->x[i] = f->member[i].x;
        f->w[i] = f->member[i].w;
    }
    if (!is_among) { /* it stands apart */
        f->members = f->nodes = 1;
        f->member[0].k = k;
    }
}

/* The values at x of Lagrange's polynomials of the nodes y. */
static void lagrange(const double *y, size_t n, double x, double *value)
{
    for (size_t j = 0; j < n; j++) {
        value[j] = 1;
        for (size_t i = 0; i < n; i++)
            if (i != j)
                value[j] *= (x - y[i]) / (y[j] - y[i]);
    }
}

/* A group like unknown k of the whole stack, but `count` layers at q^POWER = y. */
static fj_status node_add(const fj_gathered *g, size_t k, double y, double count, fj_reduction *r)
{
    const double q = pow(y, 1 / POWER);
    const fj_activation *activation = origin_of(g, k)->activation;
    fj_rule **rule = &r->rule[r->rules];
    fj_status status = fj_rule_create(activation, q, g->shapes, rule);
    if (status != FJ_OK)
        return status;
    r->rules++;
    fj_group *group = &r->stack.group[r->stack.groups++];
    *group = g->stack.group[k];
    group->count = count;
    fj_layers_init(
        &group->layers, *rule, fj_rule_mean(*rule),
        group->layers.second == FJ_SECOND_RAW ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, 1, 0);
    return FJ_OK;
}

static fj_status weights_room(fj_reduction *r, size_t more)
{
    double *weight = realloc(r->weight, (r->weights + more) * sizeof *weight);
    if (!weight)
        return FJ_NO_MEMORY;
    r->weight = weight;
    return FJ_OK;
}

/* The family as n nodes. */
static fj_status family_reduce(const fj_gathered *g, const family *f, fj_reduction *r)
{
    double y[NODES_MAX], v[NODES_MAX];
    size_t n = f->nodes;
    const size_t first = r->stack.groups;
    fj_status status = fj_gauss_discrete(f->x, f->w, f->members, &n, y, v);
    for (size_t j = 0; j < n && status == FJ_OK; j++)
        status = node_add(g, f->member[0].k, y[j], v[j], r);
    if (status == FJ_OK)
        status = weights_room(r, n * f->members);
    for (size_t i = 0; i < f->members && status == FJ_OK; i++) {
        lagrange(y, n, f->x[i], r->weight + r->weights);
        r->expansion[f->member[i].k] = (fj_expansion){first, n, r->weights};
        r->weights += n;
    }
    return status;
}

/* The family as it is. */
static fj_status family_copy(const fj_gathered *g, const family *f, fj_reduction *r)
{
    fj_status status = weights_room(r, f->members);
    for (size_t i = 0; i < f->members && status == FJ_OK; i++) {
        r->weight[r->weights] = 1;
        r->expansion[f->member[i].k] = (fj_expansion){r->stack.groups, 1, r->weights++};
        r->stack.group[r->stack.groups++] = g->stack.group[f->member[i].k];
    }
    return status;
}

static fj_status families_add(const fj_gathered *g, int more, family *f, fj_reduction *r)
{
    const fj_stack *whole = &g->stack;
    fj_status status = FJ_OK;
    for (size_t k = 0; k < whole->unknowns && status == FJ_OK; k++) {
        if (r->expansion[k].nodes > 0)
            continue;
        family_find(g, k, r, more, f);
        status = f->nodes < f->members ? family_reduce(g, f, r) : family_copy(g, f, r);
    }
    r->stack.unknowns = r->stack.groups;
    for (size_t k = whole->unknowns; k < whole->groups; k++)
        r->stack.group[r->stack.groups++] = whole->group[k];
    return status;
}

fj_status fj_reduce(const fj_gathered *g, int more, fj_reduction **out)
{
    const size_t unknowns = g->stack.unknowns;
    *out = NULL;
    if (unknowns < MEMBERS_LEAST)
        return FJ_OK;
    fj_reduction *r = calloc(1, sizeof *r);
    family f = {.member = malloc(unknowns * sizeof *f.member),
                .x = malloc(unknowns * sizeof *f.x),
                .w = malloc(unknowns * sizeof *f.w)};
    fj_status status = FJ_NO_MEMORY;
    if (!r || !f.member || !f.x || !f.w)
        goto done;
    r->stack = g->stack;
    r->stack.groups = 0;
    r->unknowns = unknowns;
    r->stack.group = calloc(g->stack.groups, sizeof *r->stack.group);
    r->rule = calloc(unknowns, sizeof(fj_rule *));
    r->expansion = calloc(unknowns, sizeof *r->expansion);
    if (!r->stack.group || !r->rule || !r->expansion)
        goto done;
    status = families_add(g, more, &f, r);
    if (status == FJ_OK && (double)r->stack.unknowns < WORTH * (double)unknowns) {
        *out = r;
        r = NULL;
    }
done:
    fj_reduction_destroy(r);
    free(f.member);
    free(f.x);
    free(f.w);
    return status;
}

void fj_reduction_destroy(fj_reduction *r)
{
    if (!r)
        return;
    for (size_t i = 0; r->rule && i < r->rules; i++)
        fj_rule_destroy(r->rule[i]);
    free(r->rule);
    free(r->stack.group);
    free(r->expansion);
    free(r->weight);
    free(r);
}

/* Angles by their logarithms where all are above the same half of the axis; on the axis they are 0. */
static fj_subordinate expand(const fj_subordinate *u, const double *weight, size_t n)
{
    double x = 0, theta = 0, log_angle = 0;
    size_t lefts = 0;
    for (size_t j = 0; j < n; j++) {
        const double angle = cimag(u[j].w);
        x += weight[j] * creal(u[j].w);
        theta += weight[j] * (u[j].left ? M_PI + angle : angle);
        log_angle += weight[j] * log(fabs(angle));
        lefts += (size_t)u[j].left;
    }
    if (lefts == 0 || lefts == n) {
        const double angle = isfinite(log_angle) ? exp(log_angle) : 0;
        return (fj_subordinate){CMPLX(x, lefts ? -angle : angle), lefts > 0};
    }
    const int left = theta > M_PI_2;
    return (fj_subordinate){CMPLX(x, left ? theta - M_PI : theta), left};
}

void fj_reduction_expand(const fj_reduction *r, const fj_stack_point *from, fj_stack_point *to)
{
    to->m = from->m;
    to->rest = from->rest;
    for (size_t k = 0; k < r->unknowns; k++) {
        const fj_expansion *e = &r->expansion[k];
        to->u[k] = expand(from->u + e->first, r->weight + e->from, e->nodes);
    }
}
