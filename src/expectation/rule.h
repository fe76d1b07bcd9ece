/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations of functions of t = phi'(sqrt(q) h)^2, h ~ N(0,1), that have 1/(u - t) in them, at complex u however
 * close to the range of t. One rule serves one activation at one q; immutable, shareable. */
#ifndef FJ_EXPECTATION_RULE_H
#define FJ_EXPECTATION_RULE_H

#include "complex_parts.h"
#include <stddef.h>
#include <freejac/network.h>

typedef struct fj_rule fj_rule;

/* Which second-order expectation goes with the weights: both keep log z well conditioned at any depth. */
typedef enum fj_second {
    FJ_SECOND_RAW,    /* E[t^2/(u - t)], gaussian weights */
    FJ_SECOND_CENTRED /* E[(t - mu1)^2/(u - t)], orthogonal weights */
} fj_second;

enum { FJ_POLES_MAX = 512, FJ_PANELS_MAX = 2000 };

/* A pole h0 of 1/(u - t(h)) and what its correction needs. */
typedef struct fj_correction {
    double complex h0;
    double complex density; /* of h, at h0 */
    double complex kernel;  /* exact integral of 1/(h0 - h) minus what the rule gives for it */
    double complex kernel_h, kernel_hh; /* its derivatives in h0 */
    double complex exponential;         /* trapezoid: what the kernel is made of */
    double complex
        xi; /* panels: h0 from the panel's centre, in half widths; known better than h0 */
    double complex l1, l2, l3; /* t'(h0)/u, t''(h0)/u, t'''(h0)/u, derivatives in h */
    double times;              /* 2 for a symmetric pair */
    size_t panel;              /* whose kernel it is (panels) */
} fj_correction;

/* What was decided for one u: the poles, and which set of nodes serves (for each panel; the trapezoid has one). Large:
 * only `count` poles are ever touched. */
typedef struct fj_poles {
    size_t count;
    int overflow; /* there are more poles than fit: no answer */
    fj_correction pole[FJ_POLES_MAX];
    size_t first, last; /* panels: those from first to before last count */
    unsigned char set[FJ_PANELS_MAX];
} fj_poles;

/* At u = exp(w), 0 <= Im w <= pi. Derivatives are with respect to w; real and imaginary parts are accurate one by one.
 * m and n are dimensionless, v has the units of t. */
typedef struct fj_resolvent {
    double complex w, u;
    double complex n;  /* E[u/(u - t)] = 1 + m */
    double complex m;  /* E[t/(u - t)] */
    double complex v;  /* the second-order expectation; not computed where |u| < 1e-140 */
    double complex dm; /* dm/dw = dn/dw */
    double complex dv;
    double complex ddm; /* d^2m/dw^2, to half the digits at least: what steps are bent by */
    int far;            /* u is far from the range of t: there are no poles */
    fj_poles poles;     /* for fj_rule_potential */
} fj_resolvent;

/* What rules have in common while they are made: the activations must stay until it is destroyed; rules need it no more once they are
 * there. NULL: no memory. */
typedef struct fj_panel_shapes fj_panel_shapes;
fj_panel_shapes *fj_panel_shapes_create(void);
void fj_panel_shapes_destroy(fj_panel_shapes *shapes);

/* Makes the rule for an activation at q >= 0; shapes: NULL, or where those made before have left what this one may share: the rule is the
 * same, and made sooner. FJ_NO_MEMORY, FJ_NO_CONVERGENCE (t is not resolved), FJ_INVALID and FJ_RANGE as fj_averages_at. */
fj_status fj_rule_create(const fj_activation *activation, double q, fj_panel_shapes *shapes,
                         fj_rule **out);
void fj_rule_destroy(fj_rule *rule);

/* The expectations at u = exp(w); NaN if more poles lie near the axis than there is room for (formulas with some fifty periods).
 * Cost: one pass over the nodes. */
void fj_rule_resolvent(const fj_rule *rule, fj_second second, double complex w, fj_resolvent *out);

/* The same at u = root^2, root = exp(w/2), where w does not tell the imaginary part of u well: next to the negative axis. */
void fj_rule_resolvent_at(const fj_rule *rule, fj_second second, double complex w,
                          double complex root, fj_resolvent *out);

/* Im J at the same point, what the distribution function needs: J = m + E log(1 - t/u) with RAW, log(1 + m) +
 * E log(1 - t/u) with CENTRED; both are of second order in 1/u. `at` is what fj_rule_resolvent gave there. Cost: one
 * arctangent a node. */
double fj_rule_potential(const fj_rule *rule, fj_second second, const fj_resolvent *at);

/* Point masses of t, ascending in t. */
typedef struct fj_mass {
    double t, mass;
} fj_mass;
size_t fj_rule_masses(const fj_rule *rule, const fj_mass **masses);

/* phi' is at x = that times h: sqrt(q), or less for a periodic t whose phase is even already at a smaller q. */
double fj_rule_root_q(const fj_rule *rule);

/* The closed range [least, most] of the part of t that has a density; returns 0 where there is none. Unbounded t: most is
 * infinite. */
int fj_rule_range(const fj_rule *rule, double *least, double *most);
/* That range may have holes: its parts, ascending and apart, each with its probability. */
typedef struct fj_part {
    double least, most, mass;
} fj_part;
size_t fj_rule_parts(const fj_rule *rule, const fj_part **parts);
/* Relative error of quantities that live on poles at t = |u| (and of t there), beyond rounding: where phi' touches zero, or
 * is zero at a kink, its rounding moves them; and where phi' is a callback's, with noise. 0 elsewhere. And the least log |u| to which that is followed. */
double fj_rule_blur(const fj_rule *rule, double log_u);
double fj_rule_bottom(const fj_rule *rule);
/* Relative error of derivatives in w of Im m and Im n where poles make them: on panels those of a polynomial. */
double fj_rule_slope_error(const fj_rule *rule);
/* Relative error of m and n, in units of rounding: how well u is known from them. */
double fj_rule_error(const fj_rule *rule);
/* Where most is infinite: the largest log t that the rule follows. */
double fj_rule_top(const fj_rule *rule);

/* A real h at which t(h) takes a given value; slope = d log t/dh, bend = its derivative. */
typedef struct fj_crossing {
    double h, slope, bend;
} fj_crossing;

/* exp(-h^2/2) underflows beyond: no node, no pole and no crossing matters there. */
#define FJ_H_END 38.6

/* The crossings of t = exp(log_t), ascending, on the pieces where t varies, up to FJ_H_END at most. Returns their number; at
 * most `room` are written. */
size_t fj_rule_crossings(const fj_rule *rule, double log_t, fj_crossing *out, size_t room);

/* The absolute error of log t in them. */
double fj_rule_log_t_error(const fj_rule *rule);
/* 0 where crossings, n at log_t, come, go or cannot be told within an error of log t: at an extremum, next to what t tends
 * to far out, where t underflows. Cost: twice fj_rule_crossings. */
int fj_rule_crossings_known(const fj_rule *rule, double log_t, double error, size_t n);

/* The least relative error that a density made with the rule is said to have: the worst that data/ shows where nothing else is at
 * work, with a margin. */
double fj_rule_accuracy(const fj_rule *rule);

/* E t; Var t, statuses as fj_central_moments. */
double fj_rule_mean(const fj_rule *rule);
fj_status fj_rule_variance(const fj_rule *rule, double *out);
/* E log(t/mu1); -infinity where P(t = 0) > 0. Statuses as fj_mean_log_slope2, which serves where the nodes do not (mean_log.c). */
fj_status fj_rule_mean_log(const fj_rule *rule, double *out);

/* sqrt(Var t), dimensionless; and how well t - mu1 is known relative to it, in units of rounding. */
double fj_rule_spread(const fj_rule *rule);
double fj_rule_spread_error(const fj_rule *rule);

#endif
