/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the mean field of a wide network: length map, its fixed points, chi, the critical line. */
#ifndef FREEJAC_MEANFIELD_H
#define FREEJAC_MEANFIELD_H

#include <stddef.h>
#include <freejac/activation.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    FJ_FIXED_POINTS_MAX = 16 /* so many fixed points are listed at most */
};

/* What becomes of gradients, and of the difference of two inputs, in deep layers. */
typedef enum fj_phase {
    FJ_PHASE_ORDERED,  /* chi < 1: they vanish */
    FJ_PHASE_CRITICAL, /* chi = 1: they keep their mean size */
    FJ_PHASE_CHAOTIC   /* chi > 1: they grow */
} fj_phase;

/* One fixed point of the length map. */
typedef struct fj_fixed_point {
    double q; /* q = sigma_w^2 E[phi(sqrt(q) h)^2] + sigma_b^2 */
    double
        slope;  /* sigma_w^2 E[phi'^2 + phi phi''], of the length map there; stable where below 1 */
    double chi; /* sigma_w^2 E[phi'(sqrt(q) h)^2] */
} fj_fixed_point;

/* Where a network stands. Plain value; all numbers dimensionless; NaN where a quantity does not exist. */
typedef struct fj_meanfield {
    double sigma_w; /* standard deviation of the weights, times sqrt(fan-in) */
    double sigma_b; /* standard deviation of the biases */
    double q_star;  /* the fixed point in force */
    double chi;     /* exactly 1 from fj_meanfield_critical */
    double slope;   /* of the length map at q_star */
    int stable;     /* 1 if the recursion is drawn to q_star, or stays there (homogeneous phi) */
    fj_phase phase; /* chi < 1, = 1, > 1 */
    double xi_q;    /* depth scale of lengths, in layers: -1/log(slope); NaN if slope >= 1 */
    double xi_c;   /* of correlations: -1/log(slope of their map at c*); NaN on the critical line */
    double c_star; /* stable fixed point of the correlation map, NaN if not found */
    size_t fixed_point_count;                         /* of those that follow */
    fj_fixed_point fixed_points[FJ_FIXED_POINTS_MAX]; /* all up to searched_to, ascending in q */
    /* +infinity, but where E[phi^2] is not resolved beyond some q, or not at a reasonable cost (a formula that oscillates) */
    double searched_to;
} fj_meanfield;

/* One step of the length map, *q_next = sigma_w^2 E[phi(sqrt(q) h)^2] + sigma_b^2, h ~ N(0,1) (Poole et al. 2016,
 * eq. 3). q >= 0, sigma_w > 0, sigma_b >= 0, finite, and activation and q_next not NULL, else FJ_INVALID.
 * FJ_RANGE if the result overflows. FJ_NO_CONVERGENCE if the expectation is not resolved. *q_next is NaN on failure.
 * Cost: 5 to 25 microseconds. */
FJ_API fj_status fj_length_map(const fj_activation *activation, double sigma_w, double sigma_b,
                               double q, double *q_next);

/* The mean field at (sigma_w, sigma_b): q* is what the recursion started at q0 (>= 0) reaches, finished by Newton;
 * every fixed point up to searched_to is listed. FJ_NO_FIXED_POINT: q^l diverges (relu above its critical sigma_w), the
 * detail says how;
 * out then holds the sigmas and the fixed points that there are, of which none is reached from q0.
 * FJ_INVALID: an argument outside its domain (sigma_w > 0, sigma_b >= 0, both at most 1e6, q0 >= 0, all finite);
 * FJ_NO_CONVERGENCE, FJ_RANGE: an expectation was not obtained. On failure the other numbers of *out are NaN; detail may be
 * NULL. Cost: one to three milliseconds, and up to ten more for c_star near 1 with kinks.
 * Source: Poole et al. 2016; Schoenholz et al. 2017. */
FJ_API fj_status fj_meanfield_solve(const fj_activation *activation, double sigma_w, double sigma_b,
                                    double q0, fj_meanfield *out, fj_detail *detail);

/* The point of the critical line chi = 1 whose fixed point is q:  sigma_w^2 = 1/E[phi'^2],
 * sigma_b^2 = q - sigma_w^2 E[phi^2] (Pennington et al. 2017, section 2.2). q > 0 finite, else FJ_INVALID.
 * FJ_INFEASIBLE where sigma_b^2 would be negative; the detail (may be NULL) gives its value. FJ_NO_CONVERGENCE, FJ_RANGE: an
 * expectation was not obtained. On failure all numbers of *out are NaN. fixed_points holds that one point.
 * Cost: 5 to 30 microseconds. */
FJ_API fj_status fj_meanfield_critical(const fj_activation *activation, double q, fj_meanfield *out,
                                       fj_detail *detail);

#ifdef __cplusplus
}
#endif
#endif
