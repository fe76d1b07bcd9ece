/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solutions of a panel's polynomial = target, and where there can be any. */
#ifndef FJ_EXPECTATION_PANEL_ROOTS_H
#define FJ_EXPECTATION_PANEL_ROOTS_H

#include "rule_internal.h"

/* A solution of polynomial = target, and the polynomial's derivatives there over 1!, 2!, 3!. */
typedef struct fj_panel_root {
    double complex xi, slope, bend, third;
} fj_panel_root;

/* The directions of fj_panel.corner: multiples of 22.5 degrees, but not of 90. */
#define FJ_COS_8 0.92387953251128676
#define FJ_SIN_8 0.38268343236508977
static const double fj_corner_cos[FJ_PANEL_CORNERS] = {FJ_COS_8,  M_SQRT1_2,  FJ_SIN_8,
                                                       -FJ_SIN_8, -M_SQRT1_2, -FJ_COS_8};
static const double fj_corner_sin[FJ_PANEL_CORNERS] = {FJ_SIN_8, M_SQRT1_2, FJ_COS_8,
                                                       FJ_COS_8, M_SQRT1_2, FJ_SIN_8};

/* Is a value that is apart from the constant term by re + i im in one of the corners that are cut off? */
static inline int fj_panel_in_corner(const fj_panel *panel, double re, double im)
{
    const fj_lanes x = fj_lanes_all(re), y = fj_lanes_all(fabs(im));
    fj_lanes_mask beyond = x != x;
    for (int i = 0; i < FJ_PANEL_CORNERS; i += FJ_LANES)
        beyond |= x * fj_lanes_load(fj_corner_cos + i) + y * fj_lanes_load(fj_corner_sin + i) >
                  fj_lanes_load(panel->corner + i);
    return beyond[0] || beyond[1];
}

/* Can the polynomial have that value where poles matter? */
static inline int fj_panel_reaches(const fj_panel *panel, double complex target)
{
    const double re = creal(target) - panel->polynomial[0], im = cimag(target);
    return creal(target) >= panel->least && creal(target) <= panel->most &&
           fabs(im) <= panel->tall &&
           (panel->logarithmic ? re * re + im * im <= panel->radius * panel->radius
                               : fmax(fabs(re), fabs(im)) <= panel->radius) &&
           !fj_panel_in_corner(panel, re, im);
}

/* All solutions inside the ellipse; returns their number. */
int fj_panel_roots(const fj_panel *panel, double complex target, fj_panel_root out[2]);

/* Their number, if it can be told without finding them; else -1. Of a panel with values on the ellipse (panel_winding.c). */
int fj_panel_winding(const fj_panel *panel, double complex target);

#endif
