/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solutions anywhere along a walked stretch, in the coordinate tau of its patches. */
#ifndef FJ_SPECTRUM_STATIONS_H
#define FJ_SPECTRUM_STATIONS_H

#include "patches.h"
#include "walk.h"

/* A solution as guesses are made from it: in tau, with square roots divided out. */
typedef struct fj_known {
    fj_place place;
    int solved; /* by fj_stations_solve: not a station of the walk, nor an edge */
    fj_station at;
    double complex dm;      /* dm/d tau */
    double log_im, dlog_im; /* log(-Im m/factor), its derivative in tau */
    double *log_angle;      /* of each u_k, over the root */
    struct fj_known *next;  /* of those that are free */
} fj_known;

typedef struct fj_stations {
    fj_path *path;
    const fj_patches *patches;
    fj_station scratch;
    size_t n, room;
    fj_known **known; /* ascending in tau */
    fj_known *spare;  /* free ones */
    int is_reserved;  /* there is room for no more */
} fj_stations;

/* All stations of the stretch, and its edges. FJ_NO_MEMORY; free in any case. */
fj_status fj_stations_init(fj_stations *stations, fj_path *path, const fj_stretch *stretch,
                           const fj_patches *patches);
void fj_stations_free(fj_stations *stations);
/* From now on nothing is allocated: as many more as one patch can need are there, and beyond these the lowest solved is given up for
 * a new one. FJ_NO_MEMORY. */
fj_status fj_stations_reserve(fj_stations *stations);

/* Solves at tau, strictly inside the interval; what was solved there before is returned as it is. With the distribution
 * function if want_cdf. *out lives until fj_stations_forget. FJ_NO_CONVERGENCE, FJ_NO_MEMORY. */
fj_status fj_stations_solve(fj_stations *stations, double tau, int want_cdf, const fj_known **out);

/* Adds a solution of the walk; and fills the point of a station at log lambda = big_x, inside or beyond what is known, by
 * guess (0 if nothing is known). */
fj_status fj_stations_put(fj_stations *stations, const fj_station *at);
int fj_stations_guess(const fj_stations *stations, double big_x, fj_stack_point *at);

/* The nearest one at or above tau that fj_stations_solve gave; NULL if there is none. O(stations). */
const fj_known *fj_stations_above(const fj_stations *stations, double tau);

/* How far apart those of the walk stand that tau lies between, or the lowest two above it; infinity above them. O(stations). */
double fj_stations_spacing(const fj_stations *stations, double tau);

/* There must be one. O(1). */
const fj_known *fj_stations_lowest(const fj_stations *stations);

/* Drops all that lies above tau. */
void fj_stations_forget(fj_stations *stations, double tau);

#endif
