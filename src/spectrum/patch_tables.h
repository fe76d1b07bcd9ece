/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is the same for all patches: where their nodes are, and the linear maps from these to their series. */
#ifndef FJ_SPECTRUM_PATCH_TABLES_H
#define FJ_SPECTRUM_PATCH_TABLES_H

#include "patches.h"

enum {
    FJ_PATCH_NODES = 11,    /* of a patch between edges */
    FJ_PATCH_MIRRORED = 12, /* of one about an edge, of which half are solved */
    FJ_PATCH_INTEGRAND = 28 /* degree to which the density itself is expanded, to be integrated */
};

/* A kind of patch: n nodes x, descending; its coefficients are sums of value[k][j] f(x_j) + slope[k][j] f'(x_j). */
typedef struct fj_patch_kind {
    size_t n;
    double x[FJ_PATCH_MIRRORED];
    double value[FJ_PATCH_DEGREE + 1][FJ_PATCH_MIRRORED],
        slope[FJ_PATCH_DEGREE + 1][FJ_PATCH_MIRRORED];
} fj_patch_kind;

typedef struct fj_patch_tables {
    fj_patch_kind between, about_edge;
    /* the integrand's points; T_k there; its coefficients from its values there */
    double point[FJ_PATCH_INTEGRAND + 1];
    double chebyshev[FJ_PATCH_INTEGRAND + 1][FJ_PATCH_DEGREE + 1];
    double fit[FJ_PATCH_INTEGRAND + 1][FJ_PATCH_INTEGRAND + 1];
} fj_patch_tables;

/* Made once in a process, at the first call; shared by all threads. */
const fj_patch_tables *fj_patch_tables_get(void);

#endif
