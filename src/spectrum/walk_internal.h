/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside a walk: its parts, and what they share. */
#ifndef FJ_SPECTRUM_WALK_INTERNAL_H
#define FJ_SPECTRUM_WALK_INTERNAL_H

#include "spectrum_internal.h"
#include "walk.h"

/* -Im m/|m| below this: the density is not followed any further, since products of two such would underflow. */
#define FJ_WALK_FAINT 1e-140
/* Mass that counts as none. */
#define FJ_WALK_NO_MASS 1e-13
/* A first correction of this size: the step may grow. */
#define FJ_WALK_GOOD 0.03
/* As near to a pole its expansion serves. */
#define FJ_WALK_POLE_REACH 1e-7
/* Steps shorter than this, relative to log z: no further. */
#define FJ_WALK_STEP_LEAST 1e-11

static inline double fj_walk_x(const fj_station *s)
{
    return creal(s->log_z);
}

static inline double fj_walk_faint(const fj_walk *walk)
{
    return walk->faint > 0 ? walk->faint : FJ_WALK_FAINT;
}

/* One step from walk->at by `step` in log z into walk->next; 0 where Newton's method does not like it (walk_curve.c). */
int fj_walk_step(fj_walk *walk, double step);
/* Keeps a station at the end of a stretch on that side. */
fj_status fj_walk_station_add(fj_walk *walk, fj_stretch *s, const fj_station *station, int side);
void fj_walk_station_drop(fj_stretch *s, int side);
/* Follows the curve from the stretch's outermost station on that side to its end. */
fj_status fj_walk_curve_follow(fj_walk *walk, fj_stretch *s, int side);

/* How the slope changes with log m between two solutions (walk_edge.c). */
double complex fj_walk_bend(const fj_station *a, const fj_station *b);
/* Does the slope at `at` point at an edge in direction `sign`, no further than `reach`? Then *end is that edge. *refused: how far away it was
 * where one was tried last and was none, INFINITY before: the next try is nearer. */
int fj_walk_edge_try(fj_walk *walk, const fj_station *at, double complex bend, double sign,
                     double reach, double *refused, fj_stretch_end *end);
/* To a point beside an edge, up or down in lambda: on the real axis, or on the curve. */
fj_status fj_walk_edge_leave(fj_walk *walk, const fj_stretch_end *end, double sign, int real,
                             fj_station *out);
/* The place of a pole within `reach` of x; NaN if there is none. And from a solution beside a pole to its other side. */
double fj_walk_pole_near(const fj_walk *walk, double x, double reach);
fj_status fj_walk_pole_cross(fj_walk *walk, const fj_station *from, double pole, int real,
                             fj_station *out);

/* The mass of atoms, and of the continuous part where F = cdf, at or beyond x in direction sign (walk_gap.c). */
double fj_walk_atoms_beyond(const fj_walk *walk, double x, double sign);
double fj_walk_left_beyond(const fj_walk *walk, double x, double cdf, double sign);
/* From the gap that walk->at is in to the curve behind its end in direction sign: 1 if there is one, *near its end, or
 * *status; 0 if nothing is left; -1 if the gap's end is no edge (walk->at is near it). */
int fj_walk_gap_cross(fj_walk *walk, double sign, fj_stretch_end *near, fj_status *status);
/* Where the support ends on that side without a square-root edge, infinite if nowhere. */
double fj_walk_limit_find(fj_walk *walk, int side, double from);

#endif
