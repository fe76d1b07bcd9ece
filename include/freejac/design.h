/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the point of the critical line whose spectrum is as wide as wanted. */
#ifndef FREEJAC_DESIGN_H
#define FREEJAC_DESIGN_H

#include <stdint.h>
#include <freejac/activation.h>
#include <freejac/meanfield.h>
#include <freejac/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is prescribed of the law of the singular values s, lambda = s^2. All dimensionless. */
typedef enum fj_design_target {
    FJ_DESIGN_VAR_LAMBDA, /* Var[lambda] = L (mu_2/mu_1^2 - 1 - s_1), s_1 = -1 gaussian, 0 orthogonal */
    FJ_DESIGN_S_MAX,      /* the upper edge of the whole law, atoms included */
    FJ_DESIGN_CONDITION /* quantile(0.9)/quantile(0.1) of s; infinite where the latter is 0 */
} fj_design_target;

/* The point found. Plain value. */
typedef struct fj_design {
    fj_meanfield
        point; /* stable = 0: no stable point reaches the target, this one repels the length map */
    double reached; /* the prescribed quantity at the point */
    double
        q_least; /* the target is met on all of [q_least, q_star]; equal to q_star but on a plateau */
    double nearest,
        nearest_q; /* FJ_INFEASIBLE: the best that can be reached, and at which q (0: in the
                                  limit); NaN otherwise, and where there is no critical line */
} fj_design;

/* Finds q on the critical line chi = 1 where the target quantity of the law at `depth` >= 1 equals `value`, with sigma_w and
 * sigma_b there (see fj_meanfield_critical). Of several such points the one of smallest q whose fixed point is stable is
 * taken; if there is none, that of smallest q, with point.stable = 0. On a plateau (condition 1, while one atom holds both
 * quantiles) the largest q. Looked at: 1e-16 <= q <= 1e8 for the variance, 1e-16 <= q <= 1e6 for the others.
 * `reached` agrees with `value` to 1e-10, relative. Homogeneous activations have one law whatever q: the target is met at
 * every point (then q = 1 is returned, q_least = 0) or at none.
 * Ownership: the activation is borrowed. *out is written in every case, NaN on failure but for nearest, nearest_q.
 * FJ_INVALID: NULL, depth 0, a value that is infinite, NaN or no such quantity (variance < 0, s_max <= 0, condition < 1).
 * FJ_INFEASIBLE: no point of the critical line has this value; detail (may be NULL) gives the reason and the best value.
 * FJ_NO_CONVERGENCE: laws that would decide it could not be computed, or resolve the value to worse than 1e-10 (depths of
 * 10^12 and more). FJ_UNSUPPORTED (depth above 1e15). FJ_NO_MEMORY.
 * Cost: some 300 gaussian averages (10 ms) for the variance; 50 to 150 laws for the others, 0.1 to some seconds.
 * Source: Pennington, Schoenholz, Ganguli 2018 (universality), section 4: q*(L) at fixed variance; src/THEORY.md. */
FJ_API fj_status fj_design_solve(const fj_activation *activation, fj_weights weights,
                                 uint64_t depth, fj_design_target target, double value,
                                 fj_design *out, fj_detail *detail);

/* "var_lambda", "s_max", "condition"; static storage; "unknown" for anything else. O(1). */
FJ_API const char *fj_design_target_name(fj_design_target target);

#ifdef __cplusplus
}
#endif
#endif
