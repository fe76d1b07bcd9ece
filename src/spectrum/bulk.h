/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a law that fewer layers serve for. */
#ifndef FJ_SPECTRUM_BULK_H
#define FJ_SPECTRUM_BULK_H

#include "reduce.h"
#include "walk.h"

/* From its upper edge down to log lambda = from, solutions of the reduced stack are those of the whole network. */
typedef struct fj_bulk {
    fj_reduction *reduction;
    fj_walk walk; /* of the reduced stack: one stretch */
    double from;
    double step; /* of the reduced walk there */
} fj_bulk;

/* Looks for a reduction that serves for most of the law, and then makes the walk of the whole network below it; walk as for
 * fj_walk_make, and as from there. bulk->reduction is NULL, with FJ_OK, where there is none: then the walk is still to be
 * made. FJ_NO_MEMORY. Free in any case. */
fj_status fj_bulk_find(const fj_gathered *gathered, fj_walk *walk, fj_bulk *bulk);
void fj_bulk_free(fj_bulk *bulk);

/* The whole network's solution from one of the reduced stack. FJ_NO_CONVERGENCE. */
fj_status fj_bulk_expand(const fj_bulk *bulk, fj_path *whole, const fj_station *from,
                         fj_station *to);

#endif
