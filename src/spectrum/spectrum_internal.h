/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside a law: the curve of subordination points, cut into branches, one for each interval of the support. */
#ifndef FJ_SPECTRUM_INTERNAL_H
#define FJ_SPECTRUM_INTERNAL_H

#include <freejac/spectrum.h>
#include "gather.h"
#include "universal.h"

struct fj_patches;

enum { FJ_ATOMS_MAX = 64, FJ_BRANCHES_MAX = 28 };

/* A point of the curve kept at creation: u = exp(x + i theta), lambda = exp(big_x). */
typedef struct fj_anchor {
    double x, theta, big_x;
    double log_theta;
    double dx, dlog_theta; /* derivatives of x and log theta in big_x, from 1/(d log z/dw) */
    int singular;          /* u is a mass of t, m infinite there: dx and dlog_theta mean nothing */
    double cdf_above; /* NaN, or F in the gap that follows, where the density is below 1e-200 */
} fj_anchor;

/* What lies at an end of a branch. */
typedef enum fj_end {
    FJ_END_SQUARE_ROOT, /* d log z/du = 0: the density vanishes like a square root */
    FJ_END_RANGE,       /* u reaches the end of the range of t, or a mass of it */
    FJ_END_ZERO,        /* u and lambda go to 0 */
    FJ_END_INFINITY     /* u and lambda go to infinity: t has no upper bound */
} fj_end;

/* One interval of the support. x = log|u| and big_x = log lambda ascend together. */
typedef struct fj_branch {
    double x_low, x_high, big_x_low, big_x_high;
    double x_least;           /* how far down u is followed */
    double cdf_low, cdf_high; /* of the whole law, at the ends */
    fj_end low, high;
    int tail_low, tail_high; /* towards that end the density falls below 1e-200 */
    size_t anchors;
    fj_anchor *anchor;          /* ascending; where the density is above 1e-200 */
    struct fj_patches *patches; /* in place of anchors, where layers differ */
    struct fj_patches *series;  /* beside anchors, for much of the interval, once it is prepared */
} fj_branch;

/* Of a network (spectrum.c), or universal, made without one (limit.c). */
struct fj_spectrum {
    fj_network network;              /* empty for a universal law */
    fj_universal universal;          /* used where layers.universal points to it */
    double mu1;                      /* E t */
    double mean, variance, mean_log; /* of lambda, lambda, log lambda */
    fj_gathered *gathered;           /* NULL for a universal law */
    const fj_rule *rule;             /* of identical layers, as are mu1 and layers */
    int identical;                   /* one group of layers: log z(u) is explicit */
    fj_layers layers;
    int pushforward; /* one orthogonal layer: the law of sigma_w^2 t itself, but for a mass at 0 where it narrows */
    double share; /* 1, or N_1/N_0 where that layer narrows */
    fj_spectrum_atom atom[FJ_ATOMS_MAX];
    size_t atoms;
    double place[FJ_ATOMS_MAX]; /* log lambda of atoms whose mass is 0 to rounding */
    size_t places;
    fj_branch branch[FJ_BRANCHES_MAX];
    fj_spectrum_interval interval[FJ_BRANCHES_MAX];
    size_t branches;
    struct fj_course
        *course; /* NULL, or what patches that nobody has asked for yet are made from */
};

/* Finds the branches' ends (support.c). FJ_NO_CONVERGENCE. */
fj_status fj_support_find(fj_spectrum *spectrum);

/* theta(r) in (0, pi) with Im log z(exp(x + i theta)) = 0, started at *theta, to within `enough` of itself; 0 where it is below
 * the underflow of double or does not exist. Fills *at at the angle given. FJ_NO_CONVERGENCE (angle.c). */
fj_status fj_angle_find(const fj_layers *layers, double x, double enough, double *theta,
                        fj_composed *at);
#define FJ_ANGLE_EXACT 4e-15

/* Lays the anchors of a branch (curve.c). FJ_NO_MEMORY, FJ_NO_CONVERGENCE. */
fj_status fj_curve_build(const fj_layers *layers, fj_branch *branch);
/* No error estimate is below it. */
static inline double fj_law_accuracy(const fj_layers *layers)
{
    static const double OF_UNIVERSAL = 2e-12;
    return layers->rule ? fj_rule_accuracy(layers->rule) : OF_UNIVERSAL;
}

/* u is followed down to the exponential of this. */
double fj_x_least(const fj_layers *layers);

/* Where to start at big_x: w = log u, and a bracket of its real part. */
typedef struct fj_guess {
    double complex w;
    double left, right;
    double cdf; /* set where there is nothing to guess */
} fj_guess;

/* Fills *out from the anchors; returns 0 where the density is below 1e-200 (guess.c). */
int fj_curve_guess(const fj_branch *branch, double big_x, fj_guess *out);
/* The cubic through values f, g and slopes df, dg at the ends of an interval of length h, at the part s of it. */
double fj_guess_hermite(double f, double g, double df, double dg, double h, double s);
/* The guess between two anchors, and between an anchor and a square-root end. */
double complex fj_guess_between(const fj_anchor *a, const fj_anchor *b, double big_x);
double complex fj_guess_at_end(const fj_anchor *near, double x_end, double big_x_end, double big_x);

/* Density per unit log lambda, distribution function and error estimate at big_x = log lambda, inside a branch
 * (point.c) or of one orthogonal layer (pushforward.c). Where status is not FJ_OK all are NaN, or all but cdf: it does not hang on how
 * well the density is known. */
typedef struct fj_law_point {
    double density, cdf, error;
    fj_status status;
} fj_law_point;
void fj_point_solve(const fj_layers *layers, const fj_branch *branch, double big_x,
                    fj_law_point *out);
/* A point with its slope, for series: per unit log lambda. */
typedef struct fj_tangent {
    double density, slope; /* slope: d log density/d log lambda */
    double error;    /* relative, of the density, but for what rounding of log lambda brings */
    double rounding; /* of log lambda */
} fj_tangent;
/* *cdf, unless NULL, becomes F. 0 where there is no root above the real axis, and for universal laws (point.c). */
int fj_point_tangent(const fj_layers *layers, const fj_branch *branch, double big_x, double *cdf,
                     fj_tangent *out);
/* Is a density, known with this relative error, an answer? (point.c) */
int fj_point_is_known(double density, double error);
void fj_pushforward_point(const fj_spectrum *spectrum, double big_x, fj_law_point *out);
fj_status fj_pushforward_support(fj_spectrum *spectrum);
/* Is that end of the range reached, rather than tended to? Then the law ends there. */
int fj_pushforward_reaches(const fj_spectrum *spectrum, double big_x);
/* Is the law of these layers that of one orthogonal layer, up to scale and a mass at 0? */
int fj_pushforward_applies(const fj_stack *stack, double width_0);

/* The series of a branch (curve_patches.c). FJ_NO_MEMORY. */
fj_status fj_curve_series(const fj_layers *layers, fj_branch *branch);

/* All atoms of a network (atoms.c). */
void fj_atoms_find(fj_spectrum *spectrum, const fj_stack *stack);

/* The branches of a law whose layers differ, with their patches (stack_law.c). FJ_NO_MEMORY, FJ_NO_CONVERGENCE. */
fj_status fj_stack_law_build(fj_spectrum *spectrum);
void fj_course_free(struct fj_course *course);

/* E log lambda, NaN where it is not finite (law_mean_log.c). FJ_NO_CONVERGENCE, FJ_RANGE. */
fj_status fj_law_mean_log(const fj_gathered *gathered, double *out, fj_detail *detail);

/* Its moments, as fj_spectrum_moments (stack_moments.c). */
fj_status fj_moments_of_stack(const fj_gathered *gathered, size_t n, double *m);

/* Adds an atom, in its place (spectrum.c); a mass not above 0 is none. */
void fj_spectrum_atom_add(fj_spectrum *spectrum, double log_s, double mass);
/* The curve on every branch, then what users see of the branches. FJ_NO_MEMORY, FJ_NO_CONVERGENCE. */
fj_status fj_spectrum_finish(fj_spectrum *spectrum, fj_detail *detail);

/* E lambda^k, k = 1..n, of a universal law (limit_moments.c). FJ_RANGE as fj_spectrum_moments. */
fj_status fj_limit_moments(const fj_universal *law, size_t n, double *m);

/* log lambda of an atom; does it stand above an interval, rather than being counted by F at the upper end of that? (outside.c) */
double fj_atom_place(const fj_spectrum *spectrum, size_t atom);
int fj_atom_is_above(const fj_spectrum *spectrum, size_t atom, const fj_branch *below);
/* F outside the intervals, of which `below` lie below (outside.c). */
double fj_cdf_outside(const fj_spectrum *spectrum, double big_x, size_t below);
/* Is it an end of an interval where the density need not vanish? (outside.c) */
int fj_ends_bluntly(const fj_spectrum *spectrum, double big_x);
/* Is F known where an interval begins that meets the one below? (outside.c) */
int fj_seam_is_known(const fj_spectrum *spectrum, size_t below);
/* Puts ends of intervals that are atoms, but for rounding, onto them. FJ_NO_CONVERGENCE where ends do not ascend (outside.c). */
fj_status fj_ends_settle(fj_spectrum *spectrum);
/* log lambda of a point that users ask for by log s: that of the atom which it is; of the end that s is published for, or NaN
 * (outside.c). */
double fj_place_of(const fj_spectrum *spectrum, double log_s);
double fj_end_of(const fj_spectrum *spectrum, double s);

/* The law anywhere: inside and outside the support (spectrum.c). */
void fj_spectrum_at(const fj_spectrum *spectrum, double big_x, fj_law_point *out);

#endif
