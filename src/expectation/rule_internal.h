/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside a rule: nodes, and the poles that correct them. Two kinds of rule serve the part of t that has a density:
 * trapezoid.c where the poles are known in closed form, panels.c elsewhere. */
#ifndef FJ_EXPECTATION_RULE_INTERNAL_H
#define FJ_EXPECTATION_RULE_INTERNAL_H

#include "average_internal.h"
#include "lanes.h"
#include "rule.h"

/* A weighted set of values of t, with e = t - mu1; second[s] are the weights of E[t^2 f] (RAW), E[(t - mu1)^2 f]
 * (CENTRED). n is a multiple of FJ_NODES_AT_ONCE: the last nodes may be without weight. */
typedef struct fj_nodes {
    size_t n;
    double *t, *e, *weight, *second[2];
} fj_nodes;

enum {
    FJ_NODES_AT_ONCE = 4, /* a multiple of FJ_LANES */
    FJ_PANEL_DEGREE = 20,
    FJ_PANEL_PADDED = 28, /* its coefficients, and room to read four from the last one but one on */
    FJ_ORDER_A = 16,      /* Gauss-Legendre points a panel, in the two sets */
    FJ_ORDER_B = 20,
    FJ_CUT_PANELS = 5,
    FJ_FAR_TERMS = 40,
    FJ_SPANS = 64,
    FJ_PANEL_CORNERS = 6, /* cut off the rectangle around its values there */
    FJ_PANEL_EDGE = 49,   /* points of half an ellipse */
    FJ_SETS = 2 /* of nodes that interleave, so that one of them stays away from any given pole */
};

/* rho^-(2 FJ_ORDER_A) = 1e-17: a pole outside this ellipse around a panel needs no correction. */
#define FJ_PANEL_RHO 3.4

/* One interval of the h axis with a polynomial that continues t off the axis (panels.c). */
typedef struct fj_panel {
    double centre, half;
    int logarithmic;  /* the polynomial is log t; else phi' */
    double unit;      /* of phi': relative to which it is known */
    int has_critical; /* the polynomial has one critical point there, at xi = critical */
    double critical, critical_value, critical_bend; /* there, and its second derivative over 2 */
    double counts_to; /* where |u| is larger, neither its nodes nor its poles count */
    int far;          /* without nodes: poles matter near the axis only */
    int central;      /* 0 is its middle, and an even t is on it with both halves */
    double least, most,
        tall; /* where poles matter, its values have these real parts, no larger imaginary parts, */
    double radius; /* and stay as close to its constant term as this (on the ellipse, if far), */
    double corner
        [FJ_PANEL_CORNERS]; /* less it as near in these directions: real part cosine + abs(imaginary part) sine */
    double
        polynomial[FJ_PANEL_PADDED]; /* in xi = (h - centre)/half, ascending powers; zeros behind */
    /* its values on the ellipse, at angles from 0 to pi, the last one twice; the longest chord between two of them; in between it is
     * no farther from the chord than `slack` */
    double edge_re[FJ_PANEL_EDGE + 1], edge_im[FJ_PANEL_EDGE + 1], chord, slack;
} fj_panel;

/* The series in 1/(u - mu1) that serves where |u - mu1| > distance (far.c). */
typedef struct fj_far {
    double size, distance;  /* max |t - mu1|; infinity: nowhere */
    double c[FJ_FAR_TERMS]; /* E[(t - mu1)^(k+2)]/size^(k+2) */
} fj_far;

struct fj_rule {
    const fj_activation *activation;
    fj_view view;
    double q, root_q, mu1, spread; /* spread^2 = Var t */
    fj_mass mass[FJ_FLATS_MAX];
    size_t masses;
    int has_range;
    double t_least, t_most;
    fj_part part[FJ_PIECES_MAX]; /* what that range consists of */
    size_t parts;
    double underflow; /* probability of the h beyond the panels, where t is below FJ_T_LEAST */
    fj_nodes atoms;   /* the masses, and that one */
    fj_nodes set[FJ_SETS];
    int even; /* the sets cover h > 0 with doubled weights (but for a central panel) */
    size_t span_first[FJ_SPANS], span_last[FJ_SPANS]; /* trapezoid: nodes by the size of u */
    double step, strip,
        reach; /* trapezoid: poles with |Im h| < strip, |Re h| < reach are corrected */
    double cut_exp[10 * FJ_CUT_PANELS], cut_weight[10 * FJ_CUT_PANELS]; /* trapezoid.c */
    double
        noise; /* rounding of phi' where it touches zero, or has a zero at the end of a panel; else 0 */
    fj_panel *panel; /* panels: NULL for the trapezoid */
    size_t panels;
    size_t far; /* how many more follow without nodes: only their poles count, in the far tails */
    fj_far far_series;
};

/* Sums over nodes of weight * f. */
typedef struct fj_sums {
    double m_re, m_im, n_re, v_re, v_im, dm_re, dm_im, dv_re, dv_im, ddm_re, ddm_im;
} fj_sums;

/* Adds the nodes [from, to) at u; `to - from` is a multiple of FJ_NODES_AT_ONCE. */
void fj_sums_add(fj_sums *sums, const fj_nodes *nodes, size_t from, size_t to, fj_second second,
                 double complex u);
/* Sum over the nodes [from, to) of weight * arg((u - mu1)/(u - t)). */
double fj_sums_argument(const fj_nodes *nodes, size_t from, size_t to, double mu1,
                        double complex u);

/* How far nodes go on the side +1 or -1; *last is where t underflows, or FJ_H_END (reach.c). */
double fj_nodes_reach(const fj_rule *rule, double side, double *last);
/* Where t is below, it counts as 0. */
#define FJ_T_LEAST 1e-300
/* An unbounded t is followed up to here: its square must not overflow. */
#define FJ_T_MOST 1e150
/* Here the gaussian alone is below rounding. */
#define FJ_GAUSSIAN_END 9.0

/* Needs the range of t. */
fj_status fj_far_create(fj_rule *rule);
/* Is u that far away? Then fj_far_resolvent, and E arg(1/(1 - (t - mu1)/(u - mu1))) by fj_far_argument. */
int fj_far_serves(const fj_rule *rule, double complex u);
void fj_far_resolvent(const fj_rule *rule, fj_second second, double complex w, double complex u,
                      fj_resolvent *out);
double fj_far_argument(const fj_rule *rule, double complex u);

fj_status fj_trapezoid_create(fj_rule *rule);
/* Nodes at a third of the step, which are as good without corrections as fj_trapezoid_create's are with them where u is far
 * from the range of t (the weight of a pole there enters as its cube); of a periodic t, such as resolve its powers up to
 * FJ_FAR_TERMS + 1. The second set is halfway between those of the first. Owned by the caller. FJ_NO_MEMORY. */
fj_status fj_trapezoid_fine(const fj_rule *rule, int set, fj_nodes *out);
/* The nodes [*from, *to) of a set that count at u. */
void fj_trapezoid_nodes(const fj_rule *rule, const fj_nodes *nodes, double complex u, size_t *from,
                        size_t *to);
/* Those with |Re h| < reach; root = exp(w/2). */
void fj_trapezoid_poles(const fj_rule *rule, double complex w, double complex root, double reach,
                        fj_poles *out);
/* The kernel's contribution to E log(1 - t/u): minus the integral of density * kernel from h0 away from the axis. */
double complex fj_trapezoid_cut(const fj_rule *rule, const fj_correction *pole);

/* The gaussian is resolved on a panel if it varies by no more than exp of +-this from the centre: half width times |h|. And beyond
 * the nodes poles h0 matter where |Re h0 Im h0| is below this. */
#define FJ_PANEL_GAUSSIAN 8.0
/* Values of a polynomial below this fraction of the largest are rounding. */
#define FJ_PANEL_NOISE 1e-15
/* Below this part of its largest value nearby, phi' is taken to touch zero. */
#define FJ_PANEL_TOUCH 1e-6

/* How often its nodes and poles count. */
static inline int fj_panel_times(const fj_rule *rule, size_t p)
{
    return rule->even && !rule->panel[p].central ? 2 : 1;
}
fj_status fj_panels_create(fj_rule *rule, fj_panel_shapes *shapes);
/* Sets where panels count, once their nodes are finished (before, they count everywhere); and finds those at |u| = size (panel_span.c). */
void fj_panels_bounds(fj_rule *rule);
void fj_panels_span(const fj_rule *rule, double size, fj_poles *out);
/* root = exp(w/2) */
void fj_panels_poles(const fj_rule *rule, double complex w, double complex root, fj_poles *out);
double complex fj_panels_cut(const fj_rule *rule, const fj_correction *pole, const fj_poles *poles);
/* Nodes per panel in that set. */
static inline size_t fj_panels_order(int set)
{
    return set ? FJ_ORDER_B : FJ_ORDER_A;
}

/* Allocates the arrays of a set of n nodes; FJ_NO_MEMORY. The caller puts each node k at h;
 * _finish then makes the rest of all sets and of the atoms. */
fj_status fj_nodes_create(fj_nodes *nodes, size_t n);
void fj_nodes_put(const fj_rule *rule, fj_nodes *nodes, size_t k, double h, double weight);
void fj_nodes_finish(fj_rule *rule);
/* The same for a set by itself, of a t without atoms. */
void fj_nodes_centre(fj_nodes *nodes);
void fj_nodes_destroy(fj_nodes *nodes);

/* exp(-h^2/2)/sqrt(2 pi) */
double complex fj_normal_density(double complex h);

#endif
