/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain sums over nodes of functions of 1/(u - t).
 *
 * 1. Everything is formed from y = t/(u - t) and 1 + y = u/(u - t), whose imaginary parts are one product each: no
 *    cancellation, so an imaginary part of 1e-30 is as accurate as a real part of 1.
 * 2. Tiny u (below 1e-140, the far lower tail) would underflow |u - t|^2: a loop of its own scales it by 2^498.
 * 3. One division a node, in loops without branches, four nodes at a time.
 * 4. t - mu1 is kept beside t: where t hardly varies it is the difference of two integrals of t', not of two t. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "rule_internal.h"

/* |u| below SMALL has a square that may underflow; SCALE brings it back. */
static const double SMALL = 1e-140, SCALE = 0x1p498;

/* u so small that |u - t|^2 may underflow: everything in units of 1/SCALE, and products in an order that keeps them in
 * range. No second-order sums; nothing uses them there. */
static void sums_add_tiny(fj_sums *sums, const fj_nodes *nodes, size_t from, size_t to,
                          double complex u)
{
    const double ur = creal(u) * SCALE, ui = cimag(u) * SCALE;
    for (size_t k = from; k < to; k++) {
        double t = nodes->t[k] * SCALE, w = nodes->weight[k], x = ur - t;
        double inverse = 1 / (x * x + ui * ui);
        double y_re = t * inverse * x, y_im = -t * inverse * ui; /* t/(u - t) */
        double p_re = (ur * x + ui * ui) * inverse;              /* u/(u - t) */
        sums->m_re += w * y_re;
        sums->m_im += w * y_im;
        sums->n_re += w * p_re;
        const double a = y_re * p_re - y_im * y_im, b = (y_re + p_re) * y_im; /* -dy/dw */
        sums->dm_re -= w * a;
        sums->dm_im -= w * b;
        sums->ddm_re += w * (a * (y_re + p_re) - 2 * b * y_im);
        sums->ddm_im += w * (b * (y_re + p_re) + 2 * a * y_im);
    }
}

/* Four doubles at a time: on processors without such instructions the compiler takes two twice, and the results are the
 * same. */
enum { M_RE, M_IM, N_RE, V_RE, V_IM, DM_RE, DM_IM, DV_RE, DV_IM, DDM_RE, DDM_IM, SUMS };

static inline __attribute__((always_inline)) void quads_add(const fj_nodes *nodes, size_t from,
                                                            size_t to, const double *second,
                                                            const double u[2], double *sum)
{
    const fj_quad ur = FJ_QUAD_ALL(u[0]), ui = FJ_QUAD_ALL(u[1]), one = FJ_QUAD_ALL(1.0),
                  square = ui * ui;
    fj_quad s[SUMS] = {{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};
    for (size_t k = from; k < to; k += FJ_NODES_AT_ONCE) {
        fj_quad t, w, w2;
        fj_quad_load(nodes->t + k, &t);
        fj_quad_load(nodes->weight + k, &w);
        fj_quad_load(second + k, &w2);
        const fj_quad x = ur - t, inverse = one / (x * x + square);
        const fj_quad r_re = x * inverse, r_im = -ui * inverse; /* 1/(u - t) */
        const fj_quad y_re = t * r_re, y_im = t * r_im;         /* t/(u - t) */
        const fj_quad p_re = (ur * x + square) * inverse;       /* u/(u - t), imaginary part y_im */
        s[M_RE] += w * y_re;
        s[M_IM] += w * y_im;
        s[N_RE] += w * p_re;
        s[V_RE] += w2 * r_re;
        s[V_IM] += w2 * r_im;
        const fj_quad a = y_re * p_re - y_im * y_im, both = y_re + p_re,
                      b = both * y_im; /* -dy/dw */
        s[DM_RE] -= w * a;
        s[DM_IM] -= w * b;
        s[DDM_RE] += w * (a * both - (b + b) * y_im);
        s[DDM_IM] += w * (b * both + (a + a) * y_im);
        s[DV_RE] -= w2 * (r_re * p_re - r_im * y_im);
        s[DV_IM] -= w2 * (r_re * y_im + r_im * p_re);
    }
    for (size_t i = 0; i < SUMS; i++)
        sum[i] = fj_quad_sum(&s[i]);
}

static void add_anywhere(const fj_nodes *nodes, size_t from, size_t to, const double *second,
                         const double u[2], double *sum)
{
    quads_add(nodes, from, to, second, u, sum);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void add_by_avx2(const fj_nodes *nodes, size_t from,
                                                        size_t to, const double *second,
                                                        const double u[2], double *sum)
{
    quads_add(nodes, from, to, second, u, sum);
}
#endif

void fj_sums_add(fj_sums *sums, const fj_nodes *nodes, size_t from, size_t to, fj_second second,
                 double complex u)
{
    if (from == to)
        return;
    if (fabs(creal(u)) < SMALL && cimag(u) < SMALL) {
        sums_add_tiny(sums, nodes, from, to, u);
        return;
    }
    const double parts[2] = {creal(u), cimag(u)};
    double s[SUMS];
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        add_by_avx2(nodes, from, to, nodes->second[second], parts, s);
    else
#endif
        add_anywhere(nodes, from, to, nodes->second[second], parts, s);
    sums->m_re += s[M_RE];
    sums->m_im += s[M_IM];
    sums->n_re += s[N_RE];
    sums->v_re += s[V_RE];
    sums->v_im += s[V_IM];
    sums->dm_re += s[DM_RE];
    sums->dm_im += s[DM_IM];
    sums->dv_re += s[DV_RE];
    sums->dv_im += s[DV_IM];
    sums->ddm_re += s[DDM_RE];
    sums->ddm_im += s[DDM_IM];
}

double fj_sums_argument(const fj_nodes *nodes, size_t from, size_t to, double mu1, double complex u)
{
    const fj_lanes ur = fj_lanes_all(creal(u)), ui = fj_lanes_all(cimag(u));
    const fj_lanes d = ur - fj_lanes_all(mu1);
    fj_lanes sum = fj_lanes_all(0);
    for (size_t k = from; k < to; k += FJ_LANES) {
        const fj_lanes t = fj_lanes_load(nodes->t + k), e = fj_lanes_load(nodes->e + k);
        sum += fj_lanes_load(nodes->weight + k) * fj_lanes_atan2(-e * ui, d * (ur - t) + ui * ui);
    }
    return fj_lanes_sum(sum);
}

fj_status fj_nodes_create(fj_nodes *nodes, size_t n)
{
    const size_t room = (n + FJ_NODES_AT_ONCE - 1) / FJ_NODES_AT_ONCE * FJ_NODES_AT_ONCE;
    double *block = malloc((5 * room + 1) * sizeof *block);
    if (!block)
        return FJ_NO_MEMORY;
    *nodes = (fj_nodes){
        room, block, block + room, block + 2 * room, {block + 3 * room, block + 4 * room}};
    for (size_t k = n; k < room; k++) /* no weight; u is never 0 */
        nodes->t[k] = nodes->e[k] = nodes->weight[k] = 0;
    return FJ_OK;
}

void fj_nodes_put(const fj_rule *rule, fj_nodes *nodes, size_t k, double h, double weight)
{
    const double x = rule->root_q * h, slope = fj_activation_slope(rule->activation, x);
    nodes->t[k] = slope * slope;
    nodes->weight[k] = weight;
    nodes->e[k] = rule->view.narrow ? fj_view_deviation(&rule->view, x) : nodes->t[k] - rule->mu1;
}

static double mean_of(const fj_nodes *nodes)
{
    double mean = 0;
    for (size_t k = 0; k < nodes->n; k++)
        mean += nodes->weight[k] * nodes->e[k];
    return mean;
}

static void nodes_finish(fj_nodes *nodes, double mean)
{
    for (size_t k = 0; k < nodes->n; k++) {
        nodes->e[k] -= mean;
        nodes->second[FJ_SECOND_RAW][k] = nodes->weight[k] * nodes->t[k] * nodes->t[k];
        nodes->second[FJ_SECOND_CENTRED][k] = nodes->weight[k] * nodes->e[k] * nodes->e[k];
    }
}

void fj_nodes_centre(fj_nodes *nodes)
{
    nodes_finish(nodes, mean_of(nodes));
}

void fj_nodes_finish(fj_rule *rule)
{
    /* the mean of e is 0 but for the rounding of mu1, which depth would multiply, or, where e is still t - t(0), all of it */
    const double of_atoms = mean_of(&rule->atoms);
    double mean = of_atoms;
    for (int s = FJ_SETS - 1; s >= 0 && rule->has_range; s--) {
        mean = of_atoms + mean_of(&rule->set[s]);
        nodes_finish(&rule->set[s], mean);
    }
    nodes_finish(&rule->atoms, mean);
}

void fj_nodes_destroy(fj_nodes *nodes)
{
    free(nodes->t);
    *nodes = (fj_nodes){0};
}

double complex fj_normal_density(double complex h)
{
    static const double ROOT = 0.39894228040143268; /* 1/sqrt(2 pi) */
    const double x = creal(h), y = cimag(h);
    return ROOT * fj_exp(CMPLX((y - x) * (y + x) / 2, -x * y));
}
