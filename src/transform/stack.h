/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composition of layers that differ: log z as a function of m = M(z) and of every layer's subordination point. */
#ifndef FJ_TRANSFORM_STACK_H
#define FJ_TRANSFORM_STACK_H

#include "layer.h"

/* Layers that are equal in all that the law depends on but the scale of lambda. With m_l = scale m their factor is
 * log(m_l u/mu1) - log(1 + rho m_l). */
typedef struct fj_group {
    double count; /* layers */
    double width; /* N_l */
    double scale; /* N_0/N_l */
    double rho;   /* gaussian 0; orthogonal N_l/N_(l-1) where it narrows, else 1 */
    double one_minus_rho;
    int is_explicit; /* t has one value above 0, of probability p: u is known from m */
    double p;
    double deficit; /* 1 - p rho */
    /* P(t > 0) - scale above, 0 for the narrowest: P(t > 0) + m_l = slack + scale rest */
    double slack;
    double full;      /* 1 - scale above: 1 + m_l = full + scale rest */
    fj_layers layers; /* rule, mu1, second; depth 1, log_chi 0 */
} fj_group;

/* A network's law as far as z(u) tells it. Immutable. Groups with an unknown u stand first. */
typedef struct fj_stack {
    size_t groups, unknowns;
    fj_group *group;
    double log_mean; /* log E lambda */
    double above;    /* P(lambda > 0): m tends to -above as z goes to 0 */
    double at_zero;  /* 1 - above */
} fj_stack;

/* u = exp(w), or -exp(w) on the left, in the upper half plane: |Im w| is the angle from that half of the real axis, so that it
 * keeps its digits next to both; Im w <= 0 on the left. */
typedef struct fj_subordinate {
    double complex w;
    int left;
} fj_subordinate;

/* A point (m, u_1, ..., u_unknowns); m != 0 with Im m <= 0. m and rest = m + above are both kept, so that neither end
 * cancels. The array is the caller's. */
typedef struct fj_stack_point {
    double complex m, rest;
    fj_subordinate *u;
} fj_stack_point;

/* After the steps d log m = dmu and dw, taken so that Im m < 0 < Im u remain. */
void fj_stack_point_move(const fj_stack *stack, fj_stack_point *at, double complex dmu);
/* From the real axis: plainly. */
void fj_stack_point_leave(fj_stack_point *at, double complex dmu);
void fj_subordinate_move(fj_subordinate *u, double complex dw);

/* What a group with an unknown u gives there, whatever m is: M(u) and its derivatives in log u, its part of log z with the first two, and
 * how well it is known. `at` is that u; before the first a NaN. */
typedef struct fj_factor {
    fj_subordinate at;
    double complex m, n; /* n = 1 + m */
    double complex dm, ddm;
    double complex term, slope, bend;
    double error; /* in units of rounding */
    double turns; /* added to term: times i pi */
    double blur;  /* what n is wrong by */
} fj_factor;

/* How one u_k follows log m. */
typedef struct fj_follow {
    double complex miss; /* to first order, how far w_k is from meeting M_k(u_k) = scale_k m */
    double complex gain; /* d w_k/d log m */
    double complex bend; /* d gain/d w_k */
} fj_follow;

/* What Newton's method needs at a point. With dmu = d log m, the step that meets all M_k(u_k) = scale_k m and a wanted log z is,
 * to first order,  dmu = (wanted - log_z)/slope,  dw_k = miss_k + dmu gain_k. To second order, with e_k = miss_k/gain_k + dmu,
 *   dw_k = gain_k e_k (1 + bend_k e_k/2),   gain_k grows by bend_k dw_k,
 * and with d = dmu/unit, unit = min(1, |rest/m|), which keeps all in the range of double as lambda goes to 0,
 *   log z after it = log_z + slope dmu + bend[0] + bend[1] d + bend[2] d^2,
 *   slope unit after it = slope unit + bend[1] + 2 bend[2] d. */
typedef struct fj_stack_value {
    /* at the point moved by dw_k = miss_k; Im is the true argument, not modulo 2 pi */
    double complex log_z;
    double complex slope; /* d log z/d log m */
    double complex bend[3];
    double unit;
    double rounding; /* of Re log z */
    double complex
        blur; /* what the unknowns' rules are wrong by (fj_rule_blur), in log z's parts */
    double
        argument; /* of Im log z, in radians of its terms' arguments: their sum, in units of each */
    double potential;               /* sum of the groups' Im J, if asked for */
    double complex potential_slope; /* its change is Im(potential_miss + dmu potential_slope) */
    double complex potential_miss;
} fj_stack_value;

/* Fills *value and follow[k]. with_potential: also what the distribution function needs. factor[k] is what is known of the unknowns from
 * before (fj_factors_clear), and afterwards that at their u; r is scratch.
 * Cost: a resolvent for each unknown that is not where it was; for all with_potential. A logarithm for each group. */
void fj_stack_evaluate(const fj_stack *stack, const fj_stack_point *at, int with_potential,
                       fj_resolvent *r, fj_factor *factor, fj_stack_value *value,
                       fj_follow *follow);

/* Nothing is known of any of the n. */
void fj_factors_clear(fj_factor *factor, size_t n);

/* F = 1 + (arg(1 + m) - sum Im J)/pi at `at`, which is the step dmu from the point where value was taken. */
double fj_stack_cdf(const fj_stack *stack, const fj_stack_value *value, const fj_stack_point *at,
                    double complex dmu);

#endif
