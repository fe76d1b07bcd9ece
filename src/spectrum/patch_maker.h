/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the making of patches: one after another (patches_build.c), kept and settled (patches_settle.c). */
#ifndef FJ_SPECTRUM_PATCH_MAKER_H
#define FJ_SPECTRUM_PATCH_MAKER_H

#include <pthread.h>
#include "chebyshev.h"
#include "patch_length.h"
#include "patch_tables.h"
#include "patches.h"

/* More are not made. */
enum { FJ_PATCHES_MAX = 2000 };

typedef struct fj_patch_maker {
    fj_patches *out;
    fj_patch_source *source;
    const fj_patch_tables *tables;
    double end_cdf[2]; /* F at the ends in closed form */
    fj_status status;

    /* the next patch (patches_build.c) */
    double to;          /* its upper end; NaN before the first */
    double long_enough; /* how long it may be */
    double shortest;    /* none is tried: one of about that length has just failed */
    double reach;       /* of the patch made last (patch_length.c) */
    double tolerance;   /* of misfits: 1, but after a patch that rounding decided */
    fj_patch_length length;
    int lost; /* the last patch could not be solved */
    size_t nodes, failures;

    /* those made, descending; out->n of them are settled (patches_settle.c) */
    size_t made;
    fj_patch *patch; /* room for FJ_PATCHES_MAX */
    int known;       /* was the last one solved? */
    int begun;       /* some are settled: F at the ends is told */
    pthread_mutex_t lock;
} fj_patch_maker;

/* Makes the next patch. It may come to nothing, or refuse the last; maker->status tells what went wrong. */
void fj_patch_next(fj_patch_maker *maker);

/* The patch made last, NULL before. */
static inline const fj_patch *fj_patch_maker_last(const fj_patch_maker *maker)
{
    return maker->made > 0 ? &maker->patch[maker->made - 1] : NULL;
}

/* F at x in [-1, 1] of a patch. */
static inline double fj_patch_cdf(const fj_patch *patch, double x)
{
    return fj_chebyshev_at(patch->cdf, FJ_PATCH_DEGREE, x, NULL);
}

#endif
