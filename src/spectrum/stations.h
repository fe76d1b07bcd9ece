/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solutions anywhere along a walked stretch. */
#ifndef FJ_SPECTRUM_STATIONS_H
#define FJ_SPECTRUM_STATIONS_H

#include "walk.h"

/* A stretch to be solved along; at: the last solution. Both stations are the owner's. */
typedef struct fj_stations {
    fj_path *path;
    const fj_stretch *stretch;
    fj_station at, scratch;
} fj_stations;

/* Solves at log lambda = big_x inside the stretch, with the distribution function. FJ_NO_CONVERGENCE. */
fj_status fj_stations_solve(fj_stations *stations, double big_x);

/* The last station at or below big_x; (size_t)-1 where there is none. O(log stations). */
size_t fj_stations_below(const fj_stretch *stretch, double big_x);

#endif
