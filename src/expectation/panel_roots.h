/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FJ_EXPECTATION_PANEL_ROOTS_H
#define FJ_EXPECTATION_PANEL_ROOTS_H

#include "rule_internal.h"

/* A solution of polynomial = target, and the polynomial's derivatives there over 1!, 2!, 3!. */
typedef struct fj_panel_root {
    double complex xi, slope, bend, third;
} fj_panel_root;

/* Can the polynomial have that value where poles matter? */
static inline int fj_panel_reaches(const fj_panel *panel, double complex target)
{
    const double re = creal(target) - panel->polynomial[0], im = cimag(target);
    return creal(target) >= panel->least && creal(target) <= panel->most &&
           fabs(im) <= panel->tall &&
           (panel->logarithmic ? re * re + im * im <= panel->radius * panel->radius
                               : fmax(fabs(re), fabs(im)) <= panel->radius);
}

/* All solutions inside the ellipse; returns their number. */
int fj_panel_roots(const fj_panel *panel, double complex target, fj_panel_root out[2]);

#endif
