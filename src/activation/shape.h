/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the search for an activation's shape: the places where it may change form. */
#ifndef FJ_ACTIVATION_SHAPE_H
#define FJ_ACTIVATION_SHAPE_H

#include "user.h"

/* FJ_SHAPE_LINEAR samples a unit near the origin. */
enum { FJ_SHAPE_CANDIDATES = 256, FJ_SHAPE_GRID = 4096, FJ_SHAPE_LINEAR = 32 };
/* The samples' farthest. */
#define FJ_SHAPE_FAR 1e8

typedef struct fj_shape_candidate {
    double x;
    int is_switch;
} fj_shape_candidate;

typedef struct fj_shape_finder {
    fj_activation *a;
    fj_detail *detail;
    fj_shape_candidate found[FJ_SHAPE_CANDIDATES];
    size_t count;
    int overflow;
} fj_shape_finder;

/* All samples, ascending, into x[FJ_SHAPE_GRID]; 0 is one. Returns their number. */
size_t fj_shape_grid(double *x);
/* Adds a place unless it is there; overflow is set where there are too many. */
void fj_shape_candidate_add(fj_shape_finder *finder, double x, int is_switch);
/* Those of a formula, and of callbacks, between the n samples x. */
void fj_shape_formula_candidates(fj_shape_finder *finder, const double *x, size_t n);
void fj_shape_custom_candidates(fj_shape_finder *finder, const double *x, size_t n);

#endif
