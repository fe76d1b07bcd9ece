/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law along one interval of the support as Chebyshev series: what points are answered from where layers differ, so that
 * a point does not cost an evaluation of every layer. */
#ifndef FJ_SPECTRUM_PATCHES_H
#define FJ_SPECTRUM_PATCHES_H

#include <stdatomic.h>
#include "bulk.h"
#include "spectrum_internal.h"
#include "walk.h"

enum { FJ_PATCH_DEGREE = 23 };

/* The most that the distribution functions of neighbours may differ at their seam. */
#define FJ_PATCH_SEAM 1e-10
/* Mass that counts as none beside 1. */
#define FJ_PATCH_TAIL 1e-13

/* On [from, to] in the coordinate tau, which may reach as far beyond an edge as before it. log_density: of -Im m over the edge's factor; NaN error: not resolved. */
typedef struct fj_patch {
    double from, to;
    double log_density[FJ_PATCH_DEGREE + 1], cdf[FJ_PATCH_DEGREE + 1];
    double slope[FJ_PATCH_DEGREE + 1]; /* of log_density, on [-1, 1] */
    double error;    /* relative, of the density, but for what log lambda's rounding brings */
    double rounding; /* of log lambda */
} fj_patch;

/* tau is log lambda, or such that square-root edges and poles are smooth: with both ends such log lambda = middle - half cos(tau),
 * with one of them the distance from it is tau^2. */
typedef struct fj_patches {
    int edge
        [2]; /* 1 where the density vanishes like a square root, -1 where it diverges like its inverse */
    double big_x[2]; /* ends of what is covered; those of the interval where they are edges */
    double
        lowest; /* the lower end: big_x[FJ_LOW], or what is found below it when it is asked for */
    atomic_int open; /* more may be found: until then `lowest` is for who holds the maker's lock */
    double cdf[2];   /* F there */
    double accuracy; /* the least error, relative, of the density */
    int faint[2];    /* beyond that end the density is below 1e-140 (else it is not known) */
    /* from the upper end down as far as they have been asked for (patches_settle.c) */
    atomic_size_t n;
    const fj_patch *patch; /* descending; n of them may be read, and do not change any more */
    atomic_int complete;
    struct fj_patch_maker *maker; /* NULL: there are none */
} fj_patches;

/* A place in the coordinate. */
typedef struct fj_place {
    double tau, big_x, slope; /* log lambda, its derivative in tau */
    double factor,
        root; /* the density, and the angle of a u that is real at an edge or pole, over these are smooth */
    double dlog_factor, dlog_root; /* derivatives of their logarithms in tau */
} fj_place;

/* The ends in tau; a place between them. */
void fj_patches_tau_range(const fj_patches *patches, double *from, double *to);
fj_place fj_patches_place(const fj_patches *patches, double tau);
double fj_patches_tau(const fj_patches *patches, double big_x);

/* The law at a node of a patch. NaN: not solved. */
typedef struct fj_patch_node {
    double log_density, slope; /* as in fj_patch; its derivative in tau */
    double error, rounding;
    double noise; /* of log_density, by the rounding of log lambda */
} fj_patch_node;

/* Who solves the nodes. Functions other than node may be NULL. */
typedef struct fj_patch_source fj_patch_source;
struct fj_patch_source {
    /* the node at tau; *cdf, unless NULL, becomes F there */
    fj_patch_node (*node)(fj_patch_source *source, double tau, double *cdf);
    void (*kept)(fj_patch_source *source, double to);    /* a patch is done from `to` downwards */
    double (*limit)(fj_patch_source *source, double to); /* how far down one from there may reach */
    /* how long one from `to` downwards is worth a try, at most `length` */
    double (*likely)(const fj_patch_source *source, double to, double length);
    int (*agrees)(fj_patch_source *source, fj_patch *patch); /* 0: it is made again */
    /* is one so short that it is not cut any further? */
    int (*is_short)(const fj_patch_source *source, double from, double to);
    int continuous; /* F goes on from patch to patch, from its upper end; else each has its closed form at a node */
    int stays;            /* the patch made last does not depend on those below it */
    double slope_error;   /* relative, of the nodes' slopes */
    double stride;        /* times a patch that is not resolved: the least length of the next one */
    double escape;        /* the same: to which the next one is shortened at most */
    size_t failures_most; /* after more patches that are not resolved the rest is left */
    size_t nodes_most;    /* more are not asked for */
    /* more of what is open: `lowest` goes down, or it is no longer open */
    fj_status (*deepen)(fj_patch_source *source);
    fj_status (*reserve)(fj_patch_source *source); /* from now on nothing may be allocated */
    void (*release)(fj_patch_source *source);      /* no more nodes are asked for */
};

/* The patches of *out, whose ends (edge, big_x, faint, accuracy) are set, and cdf: end_cdf is F there in closed form. All of them at
 * once, or the uppermost, which hold most of the law, and the others when they are asked for: then F at the lower end must be known to
 * be right. `source` is released in any case, and lives until then. FJ_NO_MEMORY; FJ_NO_CONVERGENCE: there would be too many.
 * *out must stay where it is; owned by the caller, freed by fj_patches_free in any case. */
fj_status fj_patches_fit(fj_patch_source *source, const double end_cdf[2], int at_once,
                         fj_patches *out);
void fj_patches_free(fj_patches *patches);

/* tau of the lower end, -infinity as long as it is open; and finds that end if it is. Any thread. */
double fj_patches_least(const fj_patches *patches);
void fj_patches_close(const fj_patches *patches);

/* Makes those down to tau. Any thread. */
void fj_patches_extend(const fj_patches *patches, double tau);
/* Patch i, 0 the uppermost; it is made if need be. NULL: there are no more. Any thread. */
const fj_patch *fj_patches_nth(const fj_patches *patches, size_t i);

/* Of layers that differ (stack_patches.c). bulk: NULL, or what serves for the upper part. What is given must outlive the making of
 * patches; the walk's path is theirs until then. at_once: as for fj_patches_fit. FJ_NO_MEMORY, or what the path returns. */
fj_status fj_patches_make(fj_walk *walk, size_t stretch, fj_bulk *bulk, int at_once,
                          fj_patches *out);

/* Density per unit log lambda, distribution function, error at big_x, strictly inside the interval; cdf_low and cdf_high are
 * those at its ends. O(log patches). */
void fj_patches_point(const fj_patches *patches, double big_x, double cdf_low, double cdf_high,
                      fj_law_point *out);

#endif
