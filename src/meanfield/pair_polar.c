/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs by polar coordinates, for phi that changes its form at the origin only.
 *
 * 1. (h1, h2) = r (cos, sin) turned so that, with c = cos(theta), u = sqrt(q) r sin(.) of an angle from the ray where it
 *    vanishes. The half plane has three sectors (the other half is its mirror image):
 *        both positive  u2 = sin(t), u1 = sin(t + theta), 0 < t < pi/2 - theta/2
 *        apart          u2 = -sin(t), u1 = sin(theta - t), 0 < t < theta/2, and u1 = sin(t), u2 = -sin(theta - t)
 *        both negative  u1 = -sin(t), u2 = -sin(t + theta)
 *    in units of sqrt(q) r. Inside each, phi(u1) and phi(u2) are smooth in r and t: kinks lie on the rays.
 * 2. Gauss-Legendre panels in t, growing from the rays, times panels in r, growing from 0: features
 *    of width scale/sqrt(q) about u = 0 are resolved.
 * 3. The Legendre coefficients of degree 18 and 19 in t and in r tell the error, as in expectation/quadrature.c. */
#include <float.h>
#include <math.h>
#include "gauss_legendre.h"
#include "average_internal.h"
#include "pair.h"

/* r exp(-r^2/2) is 1e-20 there. */
static const double REACH = 9.8;
/* Longest radial panel; the first panels in units of phi's scale; how fast they grow. Coarse, then fine. */
static const struct {
    double radial_longest, first, growth;
} tries[] = {{2.5, 1.1, 3}, {1.2, 0.6, 1.8}};
enum { TRIES = sizeof tries / sizeof *tries };
/* Estimated truncation error that is accepted, relative; the true one was below 1e-15 wherever it was compared, because
 * the estimate takes the rule for one of half its degree. */
static const double ERROR_MOST = 1e-12;
/* The integral of the degree-19 Legendre coefficient's term against itself: 2k + 1. */
static const double LEGENDRE_NORM = 39;

enum { VALUES, SLOPES, KINDS, RADIAL_MOST = 60, PANELS_MOST = 80 };

typedef struct polar {
    const fj_activation *activation;
    int kinds;                           /* how many of the two integrals are wanted */
    double root_q, theta, first, growth; /* first: panel in t */
    size_t radial;                       /* panels in r */
    double r[RADIAL_MOST * FJ_GAUSS_NODES], weight[RADIAL_MOST * FJ_GAUSS_NODES];
    double sum[KINDS], error[KINDS];
} polar;

typedef enum sector { POSITIVE, NEGATIVE, BELOW, ABOVE } sector;

static int radial_fill(polar *p, double first, double longest)
{
    double from = 0;
    for (p->radial = 0; from < REACH; p->radial++) {
        if (p->radial == RADIAL_MOST)
            return 0;
        double to = from == 0 ? fmin(first, longest) : fmin(p->growth * from, from + longest);
        to = fmin(to, REACH);
        double half = (to - from) / 2;
        for (int i = 0; i < FJ_GAUSS_NODES; i++) {
            const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
            size_t at = p->radial * FJ_GAUSS_NODES + (size_t)i;
            double r = from + half * (i % 2 ? 1 - node->x : 1 + node->x);
            p->r[at] = r;
            p->weight[at] = half * node->weight * r * exp(-r * r / 2);
        }
        from = to;
    }
    return 1;
}

/* Both integrals over r at the angle t, with the errors of their panels. */
static void ray(const polar *p, sector where, double t, double sum[KINDS], double error[KINDS])
{
    double two = sin(t), gap = 2 * sin(p->theta / 2) * cos(t + p->theta / 2); /* u1 - u2 */
    if (where == BELOW || where == ABOVE) {
        gap = sin(p->theta - t) + sin(t);
        two = where == BELOW ? -sin(t) : -sin(p->theta - t);
    }
    double sign = where == NEGATIVE ? -1 : 1;
    sum[VALUES] = sum[SLOPES] = error[VALUES] = error[SLOPES] = 0;
    for (size_t panel = 0; panel < p->radial; panel++) {
        double even[KINDS] = {0}, odd[KINDS] = {0}, whole[KINDS] = {0};
        for (size_t i = 0; i < FJ_GAUSS_NODES; i++) {
            const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
            size_t at = panel * FJ_GAUSS_NODES + i;
            double x = sign * p->root_q * p->r[at], f[KINDS];
            fj_pair_difference(p->activation, x * two, x * gap, &f[VALUES],
                               p->kinds == KINDS ? &f[SLOPES] : NULL);
            for (int k = 0; k < p->kinds; k++) {
                double term = p->weight[at] * f[k] * f[k];
                whole[k] += term;
                even[k] += term * node->p18;
                odd[k] += i % 2 ? -term * node->p19 : term * node->p19;
            }
        }
        for (int k = 0; k < KINDS; k++) {
            double last = LEGENDRE_NORM * fmax(fabs(even[k]), fabs(odd[k]));
            sum[k] += whole[k];
            error[k] += whole[k] > 0 ? last * (last / whole[k]) : 0;
        }
    }
}

static void panel_add(polar *p, sector where, double from, double to, double times)
{
    double half = (to - from) / 2;
    double even[KINDS] = {0}, odd[KINDS] = {0}, whole[KINDS] = {0};
    for (int i = 0; i < FJ_GAUSS_NODES; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
        double sum[KINDS], error[KINDS], weight = times * half * node->weight;
        ray(p, where, from + half * (i % 2 ? 1 - node->x : 1 + node->x), sum, error);
        for (int k = 0; k < KINDS; k++) {
            double term = weight * sum[k];
            whole[k] += term;
            p->error[k] += weight * error[k];
            even[k] += term * node->p18;
            odd[k] += i % 2 ? -term * node->p19 : term * node->p19;
        }
    }
    for (int k = 0; k < KINDS; k++) {
        double last = LEGENDRE_NORM * fmax(fabs(even[k]), fabs(odd[k]));
        p->sum[k] += whole[k];
        p->error[k] += whole[k] > 0 ? last * (last / whole[k]) : 0;
    }
}

/* From the ray at t = 0 to t = end. */
static void sector_add(polar *p, sector where, double end, double times)
{
    double from = 0;
    for (int panel = 0; from < end && panel < PANELS_MOST; panel++) {
        double to = from == 0 ? p->first : p->growth * from;
        if (to > end * (1 - 1e-9))
            to = end;
        panel_add(p, where, from, to, times);
        from = to;
    }
}

/* All sectors; 1 if the estimated errors are small enough. */
static int half_plane(polar *p, const fj_pair *pair, const fj_correlation *c)
{
    int symmetric = fj_activation_parity(p->activation) != FJ_PARITY_NONE;
    double wedge = c->c >= 0 ? M_PI_2 - p->theta / 2 : asin(sqrt(c->above / 2));
    sector_add(p, POSITIVE, wedge, symmetric ? 2 : 1);
    if (!symmetric)
        sector_add(p, NEGATIVE, wedge, 1);
    sector_add(p, BELOW, p->theta / 2, symmetric ? 2 : 1);
    if (!symmetric)
        sector_add(p, ABOVE, p->theta / 2, 1);
    return p->error[VALUES] <= ERROR_MOST * p->sum[VALUES] &&
           p->error[SLOPES] <= ERROR_MOST * pair->averages.mu1;
}

fj_status fj_pair_polar(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    const fj_activation *a = pair->activation;
    double scale = a->kind->scale ? fmin(1, a->kind->scale(a->parameter)) : 1;
    double theta = c->c >= 0 ? 2 * asin(sqrt(c->below / 2)) : M_PI - 2 * asin(sqrt(c->above / 2));
    for (int i = 0; i < TRIES; i++) {
        polar p = {.activation = a, .root_q = sqrt(pair->q), .theta = theta};
        p.kinds = pair->values_only ? SLOPES : KINDS;
        double first = tries[i].first * scale / p.root_q;
        p.growth = tries[i].growth;
        p.first = first / REACH;
        if (!radial_fill(&p, first, tries[i].radial_longest) || !half_plane(&p, pair, c))
            continue;
        out->apart = p.sum[VALUES] / (2 * M_PI);
        out->together = 2 * pair->averages.phi2 - out->apart;
        out->slope = pair->values_only ? NAN : pair->averages.mu1 - p.sum[SLOPES] / (2 * M_PI);
        return FJ_OK;
    }
    return FJ_NO_CONVERGENCE;
}
