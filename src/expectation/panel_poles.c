/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Poles on panels, and what they correct.
 *
 * 1. At a given u, the poles near a panel that counts there (panel_span.c) are the roots of its polynomial minus log u + 2 pi i k (or minus +-sqrt(u)), for those k
 *    that its values reach (panel_roots.c).
 * 2. Gauss-Legendre on the panel is in error by its poles alone: for 1/(h0 - h) the error is
 *    log((xi+1)/(xi-1)) - sum_i w_i/(xi - xi_i), xi = (h0 - centre)/half, which falls like rho^-(2n+1) with the ellipse
 *    through xi (Donaldson and Elliott, SIAM J. Numer. Anal. 9, 1972).
 * 3. Of the two sets of nodes the one farther from the panel's poles serves. */
#include <math.h>
#include "panel_polynomial.h"
#include "panel_roots.h"

/* Adds the pole at a solution on panel p. */
static void pole_add(const fj_rule *rule, size_t p, const fj_panel_root *root,
                     double complex target, fj_poles *out)
{
    if (out->count == FJ_POLES_MAX) {
        out->overflow = 1;
        return;
    }
    const fj_panel *panel = &rule->panel[p];
    const double half = panel->half;
    const double complex y1 = root->slope / half, y2 = 2 * root->bend / (half * half),
                         y3 = 6 * root->third / (half * half * half);
    double complex l1, l2, l3;
    if (panel->logarithmic) { /* t = exp(y) */
        l1 = y1;
        l2 = y2 + y1 * y1;
        l3 = y3 + y1 * (3 * y2 + y1 * y1);
    } else { /* t = y^2, y = target */
        double complex ratio = y1 / target;
        l1 = 2 * ratio;
        l2 = 2 * ratio * ratio + 2 * y2 / target;
        l3 = (6 * ratio * y2 + 2 * y3) / target;
    }
    double complex xi = root->xi;
    if (cimag(xi) == 0) /* at real u: where it comes from, if u does from above */
        xi = CMPLX(creal(xi), copysign(0, creal(l1)));
    const double complex h0 =
        CMPLX(panel->centre + panel->half * creal(xi), panel->half * cimag(xi));
    out->pole[out->count++] = (fj_correction){.h0 = h0,
                                              .xi = xi,
                                              .density = fj_normal_density(h0),
                                              .l1 = l1,
                                              .l2 = l2,
                                              .l3 = l3,
                                              .times = fj_panel_times(rule, p),
                                              .panel = p};
}

/* Adds the poles on panel p with polynomial = target. */
static void roots_add(const fj_rule *rule, size_t p, double complex target, fj_poles *out)
{
    fj_panel_root root[2];
    if (!fj_panel_reaches(&rule->panel[p], target))
        return;
    const int count = fj_panel_roots(&rule->panel[p], target, root);
    for (int i = 0; i < count; i++)
        pole_add(rule, p, &root[i], target, out);
}

/* Least square of the distance from xi. */
static double distance_to_nodes(int set, double complex xi)
{
    const double *node = fj_panel_tables_get()->legendre_x[set];
    const fj_lanes re = fj_lanes_all(creal(xi));
    fj_lanes nearest = fj_lanes_all(INFINITY);
    for (size_t i = 0; i < fj_panels_order(set); i += FJ_LANES) {
        const fj_lanes x = re - fj_lanes_load(node + i), square = x * x;
        nearest = fj_lanes_choose(square < nearest, square, nearest);
    }
    return fmin(nearest[0], nearest[1]) + cimag(xi) * cimag(xi);
}

/* log((xi + 1)/(xi - 1)): the integral of 1/(xi - x) over the panel. */
static double complex panel_integral(double complex xi)
{
    const double re = creal(xi), im = cimag(xi), left = re + 1, right = re - 1;
    return CMPLX(log((left * left + im * im) / (right * right + im * im)) / 2,
                 atan2(-2 * im, left * right + im * im));
}

/* Sums over the nodes of weight/(xi - node)^k, k = 1, 2, 3. */
typedef struct node_sums {
    double complex first, second, third;
} node_sums;

static node_sums sum_nodes(const double *node, const double *weight, size_t n, double complex xi)
{
    const fj_lanes re = fj_lanes_all(creal(xi)), im = fj_lanes_all(-cimag(xi)), square = im * im;
    fj_lanes a_re = fj_lanes_all(0), a_im = a_re, b_re = a_re, b_im = a_re, c_re = a_re,
             c_im = a_re;
    for (size_t i = 0; i < n; i += FJ_LANES) {
        const fj_lanes x = re - fj_lanes_load(node + i), w = fj_lanes_load(weight + i);
        const fj_lanes inverse = fj_lanes_all(1) / (x * x + square);
        const fj_lanes r_re = x * inverse, r_im = im * inverse; /* 1/(xi - node) */
        const fj_lanes q_re = r_re * r_re - r_im * r_im, q_im = fj_lanes_all(2) * r_re * r_im;
        a_re += w * r_re;
        a_im += w * r_im;
        b_re += w * q_re;
        b_im += w * q_im;
        c_re += w * (q_re * r_re - q_im * r_im);
        c_im += w * (q_re * r_im + q_im * r_re);
    }
    return (node_sums){CMPLX(fj_lanes_sum(a_re), fj_lanes_sum(a_im)),
                       CMPLX(fj_lanes_sum(b_re), fj_lanes_sum(b_im)),
                       CMPLX(fj_lanes_sum(c_re), fj_lanes_sum(c_im))};
}

/* log((xi + 1)/(xi - 1)) - sum w_i/(xi - xi_i), and its derivatives in h: of a pole on a panel with nodes. */
static void kernel_set(int set, const fj_panel *panel, fj_correction *pole)
{
    const double complex xi = pole->xi;
    const fj_panel_tables *tables = fj_panel_tables_get();
    const node_sums sum =
        sum_nodes(tables->legendre_x[set], tables->legendre_w[set], fj_panels_order(set), xi);
    const double complex left = fj_quotient(1, xi + 1), right = fj_quotient(1, xi - 1);
    const double inverse = 1 / panel->half;
    pole->kernel = panel_integral(xi) - sum.first;
    pole->kernel_h = (left - right + sum.second) * inverse;
    pole->kernel_hh = (right * right - left * left - 2 * sum.third) * (inverse * inverse);
}

/* Adds the poles near panel p. */
static void panel_roots(const fj_rule *rule, size_t p, double complex w, double complex root,
                        fj_poles *out)
{
    const fj_panel *panel = &rule->panel[p];
    if (!panel->logarithmic) {
        roots_add(rule, p, root, out);
        roots_add(rule, p, -root, out);
        return;
    }
    /* log t = w + 2 pi i k: those k whose target lies within reach */
    if (creal(w) < panel->least || creal(w) > panel->most)
        return;
    const long first = (long)ceil((-panel->tall - cimag(w)) / (2 * M_PI));
    const long last = (long)floor((panel->tall - cimag(w)) / (2 * M_PI));
    for (long k = first; k <= last; k++)
        roots_add(rule, p, w + 2 * M_PI * I * (double)k, out);
}

/* On a far panel, next to an extremum of t, t - u is known to 1e-12 of u only (panel_fit.c): where it is less, poles that nearly meet
 * would be lost in each other, and their corrections, which cancel, grow without bound. Together they are next to nothing. */
static int meets_another(const fj_correction *pole)
{
    static const double UNKNOWN = 1e-11;
    return fj_size(pole->l1) * fj_size(pole->l1) < UNKNOWN * fj_size(pole->l2);
}

/* Of a panel without nodes: the whole integral of 1/(h0 - h) over it, for poles on it, near the axis. */
static void far_panel(const fj_rule *rule, size_t p, double complex w, double complex root,
                      fj_poles *out)
{
    const fj_panel *panel = &rule->panel[p];
    size_t kept = out->count, found;
    panel_roots(rule, p, w, root, out);
    found = out->count;
    for (size_t i = kept; i < found; i++) {
        fj_correction *pole = &out->pole[i];
        const double complex xi = pole->xi;
        if (fabs(creal(xi)) > 1 || meets_another(pole) ||
            fabs(cimag(pole->h0)) * fabs(creal(pole->h0)) > FJ_PANEL_GAUSSIAN)
            continue;
        pole->kernel = panel_integral(xi);
        pole->kernel_h = (1 / (xi + 1) - 1 / (xi - 1)) / panel->half;
        pole->kernel_hh =
            (1 / ((xi - 1) * (xi - 1)) - 1 / ((xi + 1) * (xi + 1))) / (panel->half * panel->half);
        out->pole[kept++] = *pole;
    }
    out->count = kept;
}

void fj_panels_poles(const fj_rule *rule, double complex w, double complex root, fj_poles *out)
{
    fj_panels_span(rule, exp(creal(w)), out);
    for (size_t p = out->first; p < out->last; p++) {
        const fj_panel *panel = &rule->panel[p];
        size_t before = out->count;
        panel_roots(rule, p, w, root, out);
        out->set[p] = 0;
        if (out->count == before)
            continue;
        double room[FJ_SETS] = {INFINITY, INFINITY};
        for (size_t i = before; i < out->count; i++)
            for (int s = 0; s < FJ_SETS; s++)
                room[s] = fmin(room[s], distance_to_nodes(s, out->pole[i].xi));
        out->set[p] = room[1] > room[0];
        for (size_t i = before; i < out->count; i++)
            kernel_set(out->set[p], panel, &out->pole[i]);
    }
    for (size_t p = rule->panels; p < rule->panels + rule->far; p++)
        far_panel(rule, p, w, root, out);
}
