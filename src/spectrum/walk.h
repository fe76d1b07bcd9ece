/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the whole law of layers that differ: the intervals of its support, with stations along each. */
#ifndef FJ_SPECTRUM_WALK_H
#define FJ_SPECTRUM_WALK_H

#include <freejac/spectrum.h>
#include "path.h"

typedef enum fj_stop {
    FJ_STOP_EDGE,  /* the density vanishes like a square root */
    FJ_STOP_POLE,  /* it diverges like an inverse square root, where an atom is just not there */
    FJ_STOP_FAINT, /* it falls below 1e-140 */
    FJ_STOP_DEEP,  /* u or lambda leave the range that is followed */
    FJ_STOP_STUCK, /* no further step was possible: what follows is not known */
    FJ_STOP_LATER  /* next to no mass lies below, which may be walked later */
} fj_stop;

typedef struct fj_stretch_end {
    fj_stop stop;
    double big_x;    /* log lambda of the edge or pole, or of the last station */
    double cdf;      /* of the whole law there */
    double bend;     /* of an edge: d^2 log z/d(log m)^2 */
    fj_station edge; /* of an edge */
} fj_stretch_end;

/* One interval: its stations ascend in log z, which is real. */
typedef struct fj_stretch {
    fj_stretch_end end[2]; /* lower, upper */
    size_t stations, room;
    fj_station *station;
} fj_stretch;

/* Sides of an interval. */
enum { FJ_LOW, FJ_HIGH };

enum { FJ_STRETCHES_MAX = 8 }; /* FJ_BRANCHES_MAX */

typedef struct fj_walk {
    const fj_stack *stack;
    const fj_spectrum_atom *atom; /* ascending; borrowed */
    size_t atoms;
    const double *place; /* log lambda where atoms have mass 0 to rounding; borrowed */
    size_t places;
    fj_path path;
    fj_station at, next; /* scratch */
    double step;         /* to begin with; 0: a small one */
    int may_wait;        /* may it end at FJ_STOP_LATER? */
    double onward;       /* then: the next step from there, */
    size_t spent;        /* and path.spent */
    double faint;        /* -Im m/|m|: below that it ends; 0: as far as densities can be followed */
    /* asked about each station on the way down: 0 ends it there, as if it were faint; NULL: none is asked about */
    int (*goes_on)(void *context, fj_station *station);
    void *context;
    size_t stretches;
    fj_stretch stretch[FJ_STRETCHES_MAX]; /* ascending */
    double
        limit[2]; /* of the support, where no square-root edge ends it: log lambda, or infinite */
} fj_walk;

/* Walks until the stretches and the atoms hold all the mass. stack, atom(s) and place(s) are set by the caller, all else 0.
 * FJ_NO_MEMORY, FJ_NO_CONVERGENCE. Free in any case. */
fj_status fj_walk_make(fj_walk *walk);
/* The same from a station on the curve downwards, where the upper end of its stretch is the edge near `high`, and nothing lies
 * beyond. high->edge becomes the walk's, in any case. */
fj_status fj_walk_make_below(fj_walk *walk, const fj_station *from, fj_stretch_end *high);
/* On below the lowest station of a walk that has ended there at its `faint`, as far as densities can be followed. F at its end is not found. */
fj_status fj_walk_make_on(fj_walk *walk);
/* On from FJ_STOP_LATER, and from where it came to the last time: from the lowest of `known` down by at most so many stations, which
 * are put there. *stop: where it ended, or again FJ_STOP_LATER. No edge is looked for. Allocates nothing but what `known` needs. FJ_NO_MEMORY. */
struct fj_stations;
fj_status fj_walk_on(fj_walk *walk, struct fj_stations *known, size_t most, fj_stop *stop);
void fj_walk_free(fj_walk *walk);

#endif
