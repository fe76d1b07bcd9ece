/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the phase diagram: q*, chi and the depth scale of correlations over the (sigma_w, sigma_b) plane. */
#ifndef FREEJAC_PHASE_H
#define FREEJAC_PHASE_H

#include <stddef.h>
#include <freejac/meanfield.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A point of the diagram; numbers as in fj_meanfield, NaN where they do not exist or were not obtained. */
typedef struct fj_phase_point {
    double sigma_w, sigma_b; /* the place, standard deviations */
    double q_star;           /* the fixed point in force */
    double chi;              /* its mean squared gain */
    double xi_c, c_star;     /* depth scale of correlations, and their stable fixed point */
    fj_phase phase;          /* where chi is a number */
    int stable;              /* likewise */
    fj_status
        status; /* FJ_OK; FJ_NO_FIXED_POINT; FJ_INFEASIBLE on the critical line; FJ_NO_CONVERGENCE, ... */
} fj_phase_point;

/* How a diagram is made; start from fj_phase_options_default. */
typedef struct fj_phase_options {
    double q0; /* q* is the fixed point that the recursion reaches from here (1) */
    unsigned
        threads; /* at most so many; 0: one for each processor (0). Results do not depend on it */
    fj_progress *progress;  /* NULL: none (NULL) */
    void *progress_context; /* handed to it (NULL) */
} fj_phase_options;

/* The defaults, given in brackets at each member. O(1). */
FJ_API fj_phase_options fj_phase_options_default(void);

/* The diagram at all pairs of sigma_w[0..n_w-1] and sigma_b[0..n_b-1]: point (i, j) is out[i n_b + j], room for n_w n_b.
 * Each as fj_meanfield_solve gives it, to the last digit. sigma_w > 0, sigma_b >= 0, all at most 1e6; options may be NULL.
 * FJ_OK also where points failed (their status says so). FJ_INVALID: an argument outside its domain. FJ_CANCELLED: the
 * progress function stopped it, the points not reached have that status. FJ_NO_MEMORY.
 * Cost: 10 to 200 microseconds a point and thread; some milliseconds beside the critical line for phi with kinks.
 * Source: Pennington et al. 2017, figure 1; Schoenholz et al. 2017. */
FJ_API fj_status fj_phase_grid(const fj_activation *activation, const double *sigma_w, size_t n_w,
                               const double *sigma_b, size_t n_b, const fj_phase_options *options,
                               fj_phase_point *out, fj_detail *detail);

/* The critical line chi = 1 at the lengths q[0..n-1] > 0: out[i] as fj_meanfield_critical gives it. Statuses, options and
 * order of results as above; q0 is not used. Cost: 5 to 30 microseconds a point. */
FJ_API fj_status fj_phase_line(const fj_activation *activation, const double *q, size_t n,
                               const fj_phase_options *options, fj_phase_point *out,
                               fj_detail *detail);

#ifdef __cplusplus
}
#endif
#endif
