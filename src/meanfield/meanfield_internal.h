/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the mean field solver: the length map, its fixed points, the correlation map. */
#ifndef FJ_MEANFIELD_INTERNAL_H
#define FJ_MEANFIELD_INTERNAL_H

#include <freejac/meanfield.h>
#include "average.h"
#include "average_table.h"
#include "pair.h"

/* The length map q -> sigma_w2 E[phi(sqrt(q) h)^2] + sigma_b2. */
typedef struct fj_recursion {
    const fj_activation *activation;
    double sigma_w2, sigma_b2; /* variances */
} fj_recursion;

/* All fixed points of a length map. */
typedef struct fj_fixed_points {
    size_t count;
    fj_fixed_point point[FJ_FIXED_POINTS_MAX]; /* ascending in q */
    fj_averages averages[FJ_FIXED_POINTS_MAX]; /* at each */
    int monotone;                              /* the map increases everywhere it was looked at */
    double
        most; /* +infinity; or where averages ceased to be resolved, or were too dear: there may be more beyond */
    double
        growth; /* q_next/q at the largest q looked at; above 1: the map diverges; NaN if most is finite */
} fj_fixed_points;

/* *next = the map at q, *averages (may be NULL) those it was made from. FJ_RANGE if it overflows. */
fj_status fj_recursion_step(const fj_recursion *map, double q, double *next, fj_averages *averages);

/* The fixed points at q >= 0. Not for homogeneous phi. The table is of the same activation. FJ_NO_CONVERGENCE, FJ_RANGE,
 * FJ_UNSUPPORTED for more than FJ_FIXED_POINTS_MAX. Cost: three averages for each fixed point, and about 150 for the
 * table's entries where they are not known. */
fj_status fj_fixed_points_find(const fj_recursion *map, fj_average_table *table,
                               fj_fixed_points *out);

/* The largest q that is looked at. */
double fj_fixed_points_most(const fj_recursion *map);

/* The index of the one that the recursion from q0 reaches. FJ_NO_FIXED_POINT if it grows without bound,
 * FJ_NO_CONVERGENCE if it settles nowhere, or beyond `most`. */
fj_status fj_fixed_points_reached(const fj_recursion *map, const fj_fixed_points *points, double q0,
                                  size_t *index);

/* One step of the correlation map from the pair's q, as fj_correlation_map. */
fj_status fj_correlation_step(const fj_recursion *map, fj_pair *pair, const fj_correlation *c,
                              fj_correlation *next);

/* The stable fixed point c* < 1 of the correlation map at q where chi > 1, and the map's slope there; averages: those at
 * q. NaN at q = 0. Statuses of fj_pair_at. Cost: 10 to 200 microseconds by series; about ten double integrals else. */
fj_status fj_correlation_fixed_point(const fj_recursion *map, const fj_fixed_point *point,
                                     const fj_averages *averages, double *c_star, double *slope);

/* FJ_INVALID, with the reason, for what fj_meanfield_solve does not take. */
fj_status fj_meanfield_check(const fj_activation *activation, double sigma_w, double sigma_b,
                             double q0, fj_detail *detail);

/* fj_meanfield_solve with its table of averages. If only the correlation map was not resolved, out holds the rest. */
fj_status fj_meanfield_find(const fj_recursion *map, fj_average_table *table, double q0,
                            fj_meanfield *out, fj_detail *detail);

#endif
