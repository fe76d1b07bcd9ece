/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of design: the quantity wanted as a function of q, the critical line, the search on it. */
#ifndef FJ_DESIGN_INTERNAL_H
#define FJ_DESIGN_INTERNAL_H

#include <freejac/design.h>
#include <stddef.h>

/* ---- measure.c: what is prescribed ---- */

/* The quantity is handled as an increasing function x of it: log(Var[lambda]/L + s_1) for the variance (what the
 * nonlinearity adds to it), else its logarithm. */
typedef struct fj_measure {
    const fj_activation *activation;
    fj_weights weights;
    uint64_t depth;
    fj_design_target target;
    double x; /* wanted; -infinity: smaller than any point can have */
} fj_measure;

/* x at the point q of the critical line; may be -infinity (no variance left in double) or +infinity (quantile 0). NaN on
 * failure. Cost: averages for the variance, else a law. */
fj_status fj_measure_at(const fj_measure *measure, double q, double *x);

/* There and back: x of a value of the quantity, and the value of an x. */
double fj_measure_x(const fj_measure *measure, double value);
double fj_measure_value(const fj_measure *measure, double x);

/* ---- line.c: the critical line on a grid ---- */

enum { FJ_LINE_MAX = 400 };

typedef struct fj_line_point {
    double log_q;
    double x;   /* of the measure, where `known` */
    int known;  /* x was asked for; NaN if it could not be had */
    int stable; /* the fixed point attracts */
    int joined; /* the line exists from here to the next point */
} fj_line_point;

/* Points where the critical line exists, ascending; those on either side of an end of it lie at that end. */
typedef struct fj_line {
    size_t count;
    fj_line_point point[FJ_LINE_MAX];
} fj_line;

/* Walks from q = least to q = most with so many points a decade. Fails as averages do, but for points out of range. */
fj_status fj_line_make(const fj_activation *activation, double least, double most, int per_decade,
                       fj_line *line);

/* ---- search.c: where the measure takes the wanted value ---- */

/* A place where x leaps over the wanted value. */
typedef struct fj_leap {
    double q, before, after; /* x on both sides; q = 0: none was seen */
} fj_leap;

typedef struct fj_search {
    const fj_measure *measure;
    fj_line *line;
    double q, q_least, x; /* found; q = 0: nothing */
    int stable;
    double log_low,
        log_high; /* looked at in any case; farther only where x heads for the wanted value */
    fj_leap leap;
    double
        unresolved; /* x off by so much at a crossing of a measure that cannot leap; 0: there is none */
    int undecided;    /* beside the nearest point lies one that failed (fj_search_nearest) */
    int failed;       /* laws that could not be computed */
    fj_status status; /* of the last of them, or FJ_NO_MEMORY */
} fj_search;

/* Looks for the crossing to be taken (see fj_design_solve); measure, line, log_low, log_high are set. */
void fj_search_run(fj_search *search);

/* The point where x comes nearest to the wanted value, of those looked at, an extremum between grid points refined.
 * Returns 0 if x is known nowhere; *at_end: beyond it, to the left (-1) or right (1), x is not known. */
int fj_search_nearest(fj_search *search, double *q, double *x, int *at_end);

#endif
