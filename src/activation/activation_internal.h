/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the layers above need to know of an activation: where phi' is constant, where it is smooth, and, where closed
 * forms exist, the complex poles of 1/(u - phi'^2). */
#ifndef FJ_ACTIVATION_INTERNAL_H
#define FJ_ACTIVATION_INTERNAL_H

#include "complex_parts.h"
#include <freejac/activation.h>

enum { FJ_PARAMETERS_MAX = 2, FJ_FLATS_MAX = 24, FJ_PIECES_MAX = 24, FJ_SPEC_MAX = 96 };

/* phi' = slope on the open interval (from, to) of the x axis. */
typedef struct fj_flat {
    double from, to, slope;
} fj_flat;

/* A maximal open interval of the x axis on which phi is analytic and phi' not constant; the range of t = phi'^2 there. */
typedef struct fj_piece {
    double from, to;
    double t_least, t_most; /* t_most is infinite where phi' is unbounded */
} fj_piece;

/* A solution x of t(x) = u, t = phi'^2, with l1 = t'(x)/u, l2 = t''(x)/u and l3 = t'''(x)/u. */
typedef struct fj_pole {
    double complex x, l1, l2, l3;
} fj_pole;

typedef struct fj_activation_kind fj_activation_kind;

struct fj_activation {
    const fj_activation_kind *kind;
    double parameter[FJ_PARAMETERS_MAX];
    fj_flat flat[FJ_FLATS_MAX]; /* ascending, with the pieces they cover the axis but for kinks */
    size_t flats;
    fj_piece piece[FJ_PIECES_MAX];
    size_t pieces;
    char name[FJ_SPEC_MAX];
    struct fj_user *user; /* NULL for those of the table (user.h) */
};

/* How fast t = phi'^2 varies in the complex plane; decides the step of the trapezoidal rule. */
typedef enum fj_growth {
    FJ_GROWTH_SINGULAR, /* singularities at distance `scale` of the real axis */
    FJ_GROWTH_GAUSSIAN, /* t = exp(-x^2/(2 scale^2)) */
    FJ_GROWTH_PERIODIC  /* t is a trigonometric polynomial of top frequency 1/scale */
} fj_growth;

/* All poles with |Im x| < strip, upper and lower half plane, for u = exp(w), root = exp(w/2), 0 <= Im w <= pi, |Re x| < reach; even t:
 * one of each pair +-x, the one in the upper half plane. Returns their number; at most `room` are written. */
typedef size_t fj_poles_function(const fj_activation *a, double complex w, double complex root,
                                 double strip, double reach, fj_pole *pole, size_t room);

struct fj_activation_kind {
    fj_activation_info info;
    int parameters;
    const char *key[FJ_PARAMETERS_MAX];
    double initial[FJ_PARAMETERS_MAX], least[FJ_PARAMETERS_MAX], most[FJ_PARAMETERS_MAX];
    double (*value)(const double *parameter, double x);
    double (*slope)(const double *parameter, double x);
    double (*curvature)(const double *parameter, double x);
    double (*log_slope)(const double *parameter,
                        double x);   /* log abs phi'; NULL: never underflows */
    void (*shape)(fj_activation *a); /* fills flats and pieces, but for their ranges */
    int even_slope;                  /* phi'(-x)^2 = phi'(x)^2 */
    int homogeneous;
    /* phi'(z) off the axis, continued from the piece in which `at` lies; NULL: no closed form, or poles has one */
    double complex (*continuation)(const double *parameter, double at, double complex z);
    fj_poles_function *poles; /* NULL: no closed form, or not analytic on the whole axis */
    fj_growth growth;
    double (*scale)(const double *parameter);
};

/* phi (unless NULL), phi' and phi'' at once, which for a formula is the cost of one. */
void fj_activation_derivatives(const fj_activation *activation, double x, double *value,
                               double *slope, double *curvature);
/* log abs phi'(x), also where phi' underflows if that is known; -infinity at its zeros. */
double fj_activation_log_slope(const fj_activation *activation, double x);
/* Sets the ranges of the pieces of a built-in activation (range.c). */
void fj_activation_ranges_find(fj_activation *activation);
/* Does phi' come with its continuation off the axis? Then phi'(z), continued from the piece in which the real number `at` lies,
 * and the part of phi' by which it may differ from fj_activation_slope on the axis; 0: by rounding only. */
int fj_activation_is_continued(const fj_activation *activation);
double complex fj_activation_continuation(const fj_activation *activation, double at,
                                          double complex z);
double fj_activation_noise(const fj_activation *activation);
/* 1 if phi'^2 has no upper bound. */
int fj_activation_is_unbounded(const fj_activation *activation);

extern const fj_activation_kind *const fj_activation_kinds[];
extern const size_t fj_activation_kinds_count;

fj_poles_function fj_poles_sech, fj_poles_erf, fj_poles_arctan, fj_poles_softplus, fj_poles_sin;

#endif
