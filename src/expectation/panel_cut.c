/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pole on a panel corrects of E log(1 - t/u): it is a branch point of that, and the correction is the integral of density times
 * kernel from h0 away from the axis.
 *
 * 1. The path goes straight up (or down), in panels of 16 Gauss-Legendre nodes, each some times longer than the one before: the kernel has
 *    singularities on the axis, at the nodes and at the ends of its panel, and is resolved where a path's panel is shorter than its
 *    distance from them. So the first one is as long as h0 is away from the nearest.
 * 2. The path ends where the kernel is next to nothing.
 * 3. The nodes c - d and c + d of a path's panel are taken together: all that depends on the real part of h is the same on the whole path,
 *    and their densities differ by an exponential and its inverse. */
#include <math.h>
#include "panel_polynomial.h"

/* In units of the larger of this panel's half width and its nearer neighbour's. Two panels that share a pole near their common end use
 * the same path there, so that their opposite logarithms cancel where they are not resolved; next to the end of a piece there is one
 * only. */
static const double PATH_ENDS[] = {0, 1e-9, 1e-7, 5e-6, 1e-4, 1e-3, 6e-3, 0.03, 0.12, 0.45, 1.7};
enum { PATH_PANELS = sizeof PATH_ENDS / sizeof *PATH_ENDS - 1 };
/* Of the distance from the nearest singularity, mostly beside the path: 16 nodes are then good to (1 + sqrt 2)^-32 at least. */
static const double FIRST = 1.5;
/* Half widths from the axis where 16 nodes have a kernel below 1e-20. */
static const double HIGH = 2;

/* A panel's kernel for all xi with the same real part. */
typedef struct line {
    double left, right;                           /* of xi + 1, xi - 1 */
    size_t n;                                     /* nodes, and for each: */
    double square[FJ_ORDER_B], steep[FJ_ORDER_B]; /* (Re xi - node)^2, weight (Re xi - node) */
    const double *weight;
} line;

/* Returns the square of the distance from xi to the nearest singularity. */
static double line_set(int set, double complex xi, line *out)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const double re = creal(xi), im = cimag(xi);
    *out = (line){.left = re + 1,
                  .right = re - 1,
                  .n = fj_panels_order(set),
                  .weight = tables->legendre_w[set]};
    double nearest = fmin(out->left * out->left, out->right * out->right);
    for (size_t i = 0; i < out->n; i++) {
        const double apart = re - tables->legendre_x[set][i];
        out->square[i] = apart * apart;
        out->steep[i] = apart * out->weight[i];
        nearest = fmin(nearest, out->square[i]);
    }
    return nearest + im * im;
}

/* log((xi + 1)/(xi - 1)) - sum of weight/(xi - node) at two heights. */
static void kernel_two(const line *at, fj_lanes im, fj_lanes *re_out, fj_lanes *im_out)
{
    const fj_lanes square = im * im, one = fj_lanes_all(1);
    fj_lanes a = fj_lanes_all(0), b = a;
    for (size_t i = 0; i < at->n; i++) {
        const fj_lanes inverse = one / (fj_lanes_all(at->square[i]) + square);
        a += fj_lanes_all(at->steep[i]) * inverse;
        b += fj_lanes_all(at->weight[i]) * inverse;
    }
    const fj_lanes ratio = (fj_lanes_all(at->left * at->left) + square) /
                           (fj_lanes_all(at->right * at->right) + square);
    const fj_lanes angle =
        fj_lanes_atan2(fj_lanes_all(-2) * im, fj_lanes_all(at->left * at->right) + square);
    *re_out = (fj_lanes){log(ratio[0]) / 2, log(ratio[1]) / 2} - a;
    *im_out = angle + im * b;
}

/* The integral over one panel of the path, from centre - half to centre + half above h0, over the density at h0. */
static double complex path_part(const line *at, const fj_panel *panel, const fj_correction *pole,
                                double side, double centre, double half)
{
    const double *node = fj_panel_tables_get()->legendre_x[0],
                 *weight = fj_panel_tables_get()->legendre_w[0];
    /* the density at a height of centre + d is that at `centre` times exp(steep d + d^2/2) */
    const double steep_re = side * cimag(pole->h0) + centre, steep_im = -side * creal(pole->h0);
    const double complex at_centre = fj_exp(
        CMPLX((side * cimag(pole->h0) + centre / 2) * centre, -side * creal(pole->h0) * centre));
    double re = 0, im = 0;
    for (size_t i = 0; i < FJ_ORDER_A / 2; i++) {
        const double d = half * node[FJ_ORDER_A - 1 - i];
        const double size = exp(steep_re * d), bend = weight[i] * exp(d * d / 2);
        double sine, cosine;
        sincos(steep_im * d, &sine, &cosine);
        const double up = bend * size, down = bend / size;
        fj_lanes k_re, k_im;
        kernel_two(at,
                   fj_lanes_all(cimag(pole->xi)) +
                       fj_lanes_all(side / panel->half) * (fj_lanes){centre - d, centre + d},
                   &k_re, &k_im);
        re += down * (k_re[0] * cosine + k_im[0] * sine) + up * (k_re[1] * cosine - k_im[1] * sine);
        im += down * (k_im[0] * cosine - k_re[0] * sine) + up * (k_im[1] * cosine + k_re[1] * sine);
    }
    return half * (CMPLX(re, im) * at_centre);
}

double complex fj_panels_cut(const fj_rule *rule, const fj_correction *pole, const fj_poles *poles)
{
    if (pole->panel >= rule->panels) /* below the rounding of a distribution function */
        return 0;
    const fj_panel *panel = &rule->panel[pole->panel];
    const double complex xi0 = pole->xi;
    const double side = cimag(pole->h0) >= 0 ? 1 : -1;
    double scale = panel->half;
    if (creal(xi0) > 0 && pole->panel + 1 < rule->panels)
        scale = fmax(scale, rule->panel[pole->panel + 1].half);
    if (creal(xi0) < 0 && pole->panel > 0)
        scale = fmax(scale, rule->panel[pole->panel - 1].half);
    line at;
    const double room = sqrt(line_set(poles->set[pole->panel], xi0, &at)) * panel->half;
    const double length =
        fmin(scale * PATH_ENDS[PATH_PANELS], panel->half * (HIGH - fabs(cimag(xi0))));
    int last = 1; /* end of this panel of the path */
    while (last < PATH_PANELS && scale * PATH_ENDS[last + 1] <= FIRST * room)
        last++;
    double complex sum = 0;
    for (double from = 0; from < length; last++) {
        const double to = last < PATH_PANELS ? fmin(scale * PATH_ENDS[last], length) : length;
        sum += path_part(&at, panel, pole, side, from + (to - from) / 2, (to - from) / 2);
        from = to;
    }
    return -sum * pole->density * side * I;
}
