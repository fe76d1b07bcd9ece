/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The critical points of a panel's polynomial inside the ellipse where poles matter, and how far its values reach there.
 *
 * 1. Values on the ellipse, of the polynomial and of its derivative, from Chebyshev coefficients; T_k there is even or odd about the
 *    vertical axis and has conjugate values at conjugate points, so that a quarter of the ellipse is enough.
 * 2. The change of the derivative's argument along the upper half, over pi, is the number of its zeros inside.
 * 3. One zero is real, because the polynomial is: it is bracketed by the ellipse's ends. */
#include <float.h>
#include <math.h>
#include "bracket.h"
#include "chebyshev.h"
#include "lanes.h"
#include "panel_polynomial.h"
#include "panel_roots.h"

enum { POINTS = FJ_PANEL_POINTS, RIM = FJ_PANEL_RIM, ROOM = FJ_PANEL_RIM_ROOM };

/* The ellipse's half axes. */
static const double LONG = (FJ_PANEL_RHO + 1 / FJ_PANEL_RHO) / 2,
                    SHORT = (FJ_PANEL_RHO - 1 / FJ_PANEL_RHO) / 2;

/* Of what is seen on an edge. */
static const double BETWEEN_SAMPLES = 0.05;

/* Values at the angles pi i/48, i = 0..48. */
typedef struct rim {
    double re[2 * RIM + 1], im[2 * RIM + 1];
} rim;

/* Step 1. */
static void rim_values(const double *c, rim *out)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    double re[2][ROOM] = {{0}}, im[2][ROOM] = {{0}}; /* of even and of odd degrees */
    for (int k = 0; k < POINTS; k++)
        for (int i = 0; i < ROOM; i++) {
            re[k % 2][i] += c[k] * tables->rim_re[k][i];
            im[k % 2][i] += c[k] * tables->rim_im[k][i];
        }
    for (int i = 0; i <= RIM; i++) {
        out->re[2 * RIM - i] = re[0][i] - re[1][i];
        out->im[2 * RIM - i] = im[1][i] - im[0][i];
        out->re[i] = re[0][i] + re[1][i];
        out->im[i] = im[0][i] + im[1][i];
    }
}

/* Chebyshev coefficients of the derivative, in units of the largest, whose squares cannot leave the range of doubles. */
static void differentiate(const double *c, double *d)
{
    double largest = 0;
    fj_chebyshev_differentiate(c, POINTS - 1, d);
    for (int k = 0; k < POINTS; k++)
        largest = fmax(largest, fabs(d[k]));
    for (int k = 0; k < POINTS && largest > 0; k++)
        d[k] /= largest;
}

/* The edge. In the angle the polynomial has a second derivative of at most sum of k^2 |c_k| |T_k|, which between samples bends it away
 * from a chord by an eighth of that times the square of the step; with what rounding adds. */
static void edge_put(fj_panel *panel, const double *c, const rim *value)
{
    static const double STEP = M_PI / (2 * RIM), ROUNDING = 32 * DBL_EPSILON;
    double bend = 0, power = 1, size = 0, square = 0;
    for (int k = 0; k < POINTS; k++, power *= FJ_PANEL_RHO) {
        const double term = fabs(c[k]) * (power + 1 / power) / 2;
        size += term;
        bend += k * k * term;
    }
    for (int i = 0; i <= 2 * RIM; i++) {
        panel->edge_re[i] = value->re[i];
        panel->edge_im[i] = value->im[i];
        if (i > 0) {
            const double re = value->re[i] - value->re[i - 1], im = value->im[i] - value->im[i - 1];
            square = fmax(square, re * re + im * im);
        }
    }
    panel->edge_re[FJ_PANEL_EDGE] = value->re[FJ_PANEL_EDGE - 1];
    panel->edge_im[FJ_PANEL_EDGE] = value->im[FJ_PANEL_EDGE - 1];
    panel->chord = sqrt(square);
    panel->slack = STEP * STEP / 8 * bend + ROUNDING * size;
}

/* Of what is on the edge, with what is between its samples. */
static void corners_find(fj_panel *panel)
{
    for (int k = 0; k < FJ_PANEL_CORNERS; k++) {
        double corner = -INFINITY;
        for (int i = 0; i < FJ_PANEL_EDGE; i++) {
            const double along = (panel->edge_re[i] - panel->polynomial[0]) * fj_corner_cos[k] +
                                 fabs(panel->edge_im[i]) * fj_corner_sin[k];
            corner = along > corner ? along : corner;
        }
        panel->corner[k] = corner + panel->slack;
    }
}

void fj_panel_bounds(fj_panel *panel, const double *c)
{
    const double p0 = panel->polynomial[0];
    rim value;
    double unit = 0, square = 0; /* in this unit, squares stay in range */
    double least = INFINITY, most = -INFINITY, tall = 0;
    rim_values(c, &value);
    edge_put(panel, c, &value);
    for (int i = 0; i <= 2 * RIM; i++) {
        const double re = value.re[i], im = fabs(value.im[i]);
        least = re < least ? re : least;
        most = re > most ? re : most;
        tall = im > tall ? im : tall;
    }
    unit = fmax(fmax(most - p0, p0 - least), tall);
    const double inverse = unit > DBL_MIN ? 1 / unit : 0;
    for (int i = 0; i <= 2 * RIM; i++) {
        const double re = (value.re[i] - p0) * inverse, im = value.im[i] * inverse;
        const double here = re * re + im * im;
        square = here > square ? here : square;
    }
    panel->radius = (1 + BETWEEN_SAMPLES) * unit * sqrt(square);
    panel->least = least - panel->slack;
    panel->most = most + panel->slack;
    panel->tall = tall + panel->slack;
    corners_find(panel);
}

/* Values at x + i y. */
static void values_at(const double *p, fj_lanes x, fj_lanes y, fj_lanes *re, fj_lanes *im)
{
    *re = *im = fj_lanes_all(0);
    for (int k = FJ_PANEL_DEGREE; k >= 0; k--) {
        const fj_lanes next = *re * x - *im * y + fj_lanes_all(p[k]);
        *im = *re * y + *im * x;
        *re = next;
    }
}

/* Half as high as poles matter at x. */
static double half_height(const fj_panel *panel, double x)
{
    const double h = fabs(panel->centre + panel->half * x),
                 within = SHORT * sqrt(1 - x * x / (LONG * LONG)),
                 matters = FJ_PANEL_GAUSSIAN / (h * panel->half);
    return (matters < within ? matters : within) / 2;
}

static fj_lanes least_of(fj_lanes a, fj_lanes b)
{
    return fj_lanes_choose(a < b, a, b);
}

void fj_panel_strip_bounds(fj_panel *panel)
{
    enum { STEPS = 16, HEIGHTS = 2 };
    /* the least of Re, -Re and -|Im| */
    fj_lanes low = fj_lanes_all(INFINITY), high = low, flat = fj_lanes_all(0);
    /* two places at a time, the last one twice; ends of the strip belong to its edge */
    for (int i = 0; i <= STEPS; i += FJ_LANES) {
        const double left = 2.0 * i / STEPS - 1, right = i < STEPS ? left + 2.0 / STEPS : left;
        const fj_lanes x = {left, right}, y = {half_height(panel, left), half_height(panel, right)};
        for (int height = 0; height <= HEIGHTS; height++) {
            fj_lanes re, im;
            values_at(panel->polynomial, x, fj_lanes_all(height) * y, &re, &im);
            low = least_of(low, re);
            high = least_of(high, -re);
            flat = least_of(flat, least_of(im, -im));
        }
    }
    panel->least = fmin(low[0], low[1]);
    panel->most = -fmin(high[0], high[1]);
    panel->tall = -fmin(flat[0], flat[1]);
    const double margin = BETWEEN_SAMPLES * fmax(panel->most - panel->least, panel->tall);
    panel->least -= margin;
    panel->most += margin;
    panel->tall += margin;
}

int fj_panel_critical_count(const double *c)
{
    double d[POINTS], turn = 0;
    rim slope;
    differentiate(c, d);
    rim_values(d, &slope);
    for (int i = 0; i < 2 * RIM; i += FJ_LANES) {
        const fj_lanes re = fj_lanes_load(slope.re + i), im = fj_lanes_load(slope.im + i);
        const fj_lanes re1 = fj_lanes_load(slope.re + i + 1), im1 = fj_lanes_load(slope.im + i + 1);
        turn += fj_lanes_sum(fj_lanes_atan2(re * im1 - im * re1, re * re1 + im * im1));
    }
    return (int)lround(turn / M_PI);
}

/* The derivative. */
static double derivative(void *context, double x)
{
    const double *p = context;
    double y = 0;
    for (int k = FJ_PANEL_DEGREE; k > 0; k--)
        y = y * x + k * p[k];
    return y;
}

int fj_panel_critical_find(fj_panel *panel)
{
    const double end = (FJ_PANEL_RHO + 1 / FJ_PANEL_RHO) / 2;
    panel->has_critical =
        fj_bracket_root(derivative, panel->polynomial, -end, end, &panel->critical) == FJ_OK;
    double y = 0, slope = 0, bend = 0;
    for (int k = FJ_PANEL_DEGREE; k >= 0; k--) {
        bend = bend * panel->critical + slope;
        slope = slope * panel->critical + y;
        y = y * panel->critical + panel->polynomial[k];
    }
    panel->critical_value = y;
    panel->critical_bend = bend;
    return panel->has_critical;
}
