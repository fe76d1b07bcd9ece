/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain sums over nodes of functions of 1/(u - t).
 *
 * 1. Everything is formed from y = t/(u - t) and 1 + y = u/(u - t), whose imaginary parts are one product each: no
 *    cancellation, so an imaginary part of 1e-30 is as accurate as a real part of 1.
 * 2. Tiny u (below 1e-140, the far lower tail) would underflow |u - t|^2: a loop of its own scales it by 2^498.
 * 3. One division a node; the loop has no branches, so that the compiler can use vector instructions. */
#include <math.h>
#include <stdlib.h>
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
        sums->dm_re -= w * (y_re * p_re - y_im * y_im);
        sums->dm_im -= w * (y_re + p_re) * y_im;
    }
}

void fj_sums_add(fj_sums *sums, const fj_nodes *nodes, size_t from, size_t to, fj_second second,
                 double complex u)
{
    if (cabs(u) < SMALL) {
        sums_add_tiny(sums, nodes, from, to, u);
        return;
    }
    const double *t = nodes->t, *weight = nodes->weight, *weight2 = nodes->second[second];
    const double ur = creal(u), ui = cimag(u);
    double m_re = 0, m_im = 0, n_re = 0, v_re = 0, v_im = 0;
    double dm_re = 0, dm_im = 0, dv_re = 0, dv_im = 0;
    for (size_t k = from; k < to; k++) {
        double tk = t[k], x = ur - tk, inverse = 1 / (x * x + ui * ui);
        double r_re = x * inverse, r_im = -ui * inverse; /* 1/(u - t) */
        double y_re = tk * r_re, y_im = tk * r_im;       /* t/(u - t) */
        double p_re = (ur * x + ui * ui) * inverse;      /* u/(u - t), imaginary part y_im */
        double w = weight[k], w2 = weight2[k];
        m_re += w * y_re;
        m_im += w * y_im;
        n_re += w * p_re;
        v_re += w2 * r_re;
        v_im += w2 * r_im;
        dm_re += w * (y_re * p_re - y_im * y_im);
        dm_im += w * (y_re + p_re) * y_im;
        dv_re += w2 * (r_re * p_re - r_im * y_im);
        dv_im += w2 * (r_re * y_im + r_im * p_re);
    }
    sums->m_re += m_re;
    sums->m_im += m_im;
    sums->n_re += n_re;
    sums->v_re += v_re;
    sums->v_im += v_im;
    sums->dm_re -= dm_re;
    sums->dm_im -= dm_im;
    sums->dv_re -= dv_re;
    sums->dv_im -= dv_im;
}

double fj_sums_argument(const fj_nodes *nodes, size_t from, size_t to, double mu1, double complex u)
{
    const double ur = creal(u), ui = cimag(u), d = ur - mu1;
    double sum = 0;
    for (size_t k = from; k < to; k++) {
        double t = nodes->t[k];
        sum += nodes->weight[k] * atan2((mu1 - t) * ui, d * (ur - t) + ui * ui);
    }
    return sum;
}

fj_status fj_nodes_create(fj_nodes *nodes, size_t n)
{
    double *block = malloc((4 * n + 1) * sizeof *block);
    if (!block)
        return FJ_NO_MEMORY;
    *nodes = (fj_nodes){n, block, block + n, {block + 2 * n, block + 3 * n}};
    return FJ_OK;
}

void fj_nodes_finish(fj_nodes *nodes, double mu1)
{
    for (size_t k = 0; k < nodes->n; k++) {
        double t = nodes->t[k], e = t - mu1;
        nodes->second[FJ_SECOND_RAW][k] = nodes->weight[k] * t * t;
        nodes->second[FJ_SECOND_CENTRED][k] = nodes->weight[k] * e * e;
    }
}

void fj_nodes_destroy(fj_nodes *nodes)
{
    free(nodes->t);
    *nodes = (fj_nodes){0};
}

double complex fj_normal_density(double complex h)
{
    return 1 / sqrt(2 * M_PI) * cexp(-h * h / 2);
}
