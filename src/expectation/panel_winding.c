/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many solutions of polynomial = target lie inside the ellipse where poles matter, without looking for them.
 *
 * 1. It is how often the polynomial's values along the ellipse wind around the target (the argument principle). They are known at 96
 *    points, those of the lower half as conjugates: what they do around the target, those of the upper half do in reverse around its
 *    conjugate.
 * 2. Between two points the curve is no farther from the chord than panel->slack. If no chord is as near to the target, the polygon
 *    winds as often as the curve; else nothing is said.
 * 3. The polygon's chords that cross the line Re = Re target above the target are counted: to the left as 1, to the right as -1. */
#include <math.h>
#include "lanes.h"
#include "panel_roots.h"

/* Least square of the distance of the points of the upper half from re + i im and from its conjugate. */
static double nearest_point(const fj_panel *panel, double re, double im)
{
    const fj_lanes x = fj_lanes_all(re), y = fj_lanes_all(fabs(im));
    fj_lanes nearest = fj_lanes_all(INFINITY);
    for (int i = 0; i < FJ_PANEL_EDGE; i += FJ_LANES) {
        const fj_lanes apart = fj_lanes_load(panel->edge_re + i) - x;
        const fj_lanes height = fj_lanes_load(panel->edge_im + i);
        const fj_lanes above = height - y, below = height + y;
        const fj_lanes a = above * above, b = below * below;
        const fj_lanes square = apart * apart + fj_lanes_choose(a < b, a, b);
        nearest = fj_lanes_choose(square < nearest, square, nearest);
    }
    return fmin(nearest[0], nearest[1]);
}

/* Square of the distance of the chord i from re + i im. */
static double chord_distance(const fj_panel *panel, int i, double re, double im)
{
    const double a = panel->edge_re[i] - re, a_im = panel->edge_im[i] - im;
    const double d = panel->edge_re[i + 1] - panel->edge_re[i],
                 d_im = panel->edge_im[i + 1] - panel->edge_im[i];
    const double square = d * d + d_im * d_im;
    double part = square > 0 ? -(a * d + a_im * d_im) / square : 0;
    part = fmin(fmax(part, 0), 1);
    const double x = a + part * d, y = a_im + part * d_im;
    return x * x + y * y;
}

/* Step 2. */
static int is_clear(const fj_panel *panel, double re, double im)
{
    const double slack = panel->slack * panel->slack, half_chord = panel->chord / 2;
    if (nearest_point(panel, re, im) > half_chord * half_chord + slack)
        return 1;
    for (int i = 0; i + 1 < FJ_PANEL_EDGE; i++)
        if (!(chord_distance(panel, i, re, im) > slack &&
              chord_distance(panel, i, re, -im) > slack))
            return 0;
    return 1;
}

/* Does the chord i cross the line above the target (1), or below it (-1)? */
static int side(const fj_panel *panel, int i, double re, double im)
{
    const double a = panel->edge_re[i] - re, b = panel->edge_re[i + 1] - re;
    const double a_im = panel->edge_im[i] - im, b_im = panel->edge_im[i + 1] - im;
    return (a * b_im - b * a_im) * (a - b) > 0 ? 1 : -1;
}

int fj_panel_winding(const fj_panel *panel, double complex target)
{
    const double re = creal(target), im = cimag(target);
    int turns = 0;
    if (!is_clear(panel, re, im))
        return -1;
    int right = panel->edge_re[0] >= re;
    for (int i = 0; i + 1 < FJ_PANEL_EDGE; i++) {
        const int was = right;
        right = panel->edge_re[i + 1] >= re;
        if (was != right)
            turns += (was - right) * ((side(panel, i, re, im) > 0) - (side(panel, i, re, -im) < 0));
    }
    return turns;
}
