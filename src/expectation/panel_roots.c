/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solutions of polynomial = target on a panel.
 *
 * 1. At most two exist by the way panels are built, one where the polynomial has no critical point. Start from the roots of the
 *    expansion to second order at the critical point, or else at the centre. A far panel may be wide, but poles count near the axis only,
 *    on which the polynomial is monotone: start from the real solution for Re target.
 * 2. Each step evaluates the polynomial with three derivatives and inverts the series to third order, where that converges; else it is
 *    Newton's. So a step that is small ends it, and the derivatives at the solution follow by the series too.
 * 3. Where one solution is all there can be, a few steps mostly find it. Else, or if they do not, its values on the ellipse mostly tell
 *    how many there are (panel_winding.c): no more are looked for.
 *    Where one is missing, or may be, the search starts from everywhere.
 * 4. A second solution is taken if it is not the first one again; else the first is divided out.
 * 5. Next to the critical point its expansion gives both, to more digits than the polynomial has: steps would be led by its rounding, and
 *    might find one where there are two. Their corrections are large, and cancel. */
#include <float.h>
#include <math.h>
#include "bracket.h"
#include "lanes.h"
#include "panel_polynomial.h"
#include "panel_roots.h"

/* Below 1 within the ellipse where poles matter, and the larger the farther out. */
static double outside(double complex xi)
{
    static const double LONG = (FJ_PANEL_RHO + 1 / FJ_PANEL_RHO) / 2,
                        SHORT = (FJ_PANEL_RHO - 1 / FJ_PANEL_RHO) / 2;
    const double re = creal(xi) / LONG, im = cimag(xi) / SHORT;
    return re * re + im * im;
}

static int inside(double complex xi)
{
    return outside(xi) < 1;
}

static double square(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

static double complex times(double complex a, double complex b)
{
    return CMPLX(creal(a) * creal(b) - cimag(a) * cimag(b),
                 creal(a) * cimag(b) + cimag(a) * creal(b));
}

/* y[k] = k-th derivative of the polynomial over k!, k = 0..3. Powers of x four at a time, and with each four coefficients of all: Horner's
 * rule would wait for every product. */
enum { FOURS = FJ_PANEL_DEGREE / 4 + 1, PADDED = 4 * FOURS };

/* binomial(j + k, k), of the k-th derivative over k! */
static const double BINOMIAL[4][PADDED] = {
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
    {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20},
    {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78, 91, 105, 120, 136, 153, 171, 190},
    {1, 4, 10, 20, 35, 56, 84, 120, 165, 220, 286, 364, 455, 560, 680, 816, 969, 1140}};

static inline __attribute__((always_inline)) void taylor_quads(const double *p, const double *x,
                                                               double *out)
{
    const double re = x[0], im = x[1], re2 = re * re - im * im, im2 = 2 * re * im;
    const fj_quad re4 = FJ_QUAD_ALL(re2 * re2 - im2 * im2), im4 = FJ_QUAD_ALL(2 * re2 * im2);
    fj_quad power = {1, re, re2, re2 * re - im2 * im}, power_im = {0, im, im2, re2 * im + im2 * re};
    fj_quad sum[8] = {{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};
    for (size_t j = 0; j < FOURS; j++) {
        for (size_t k = 0; k < 4; k++) {
            fj_quad c, times;
            fj_quad_load(p + 4 * j + k, &c);
            fj_quad_load(BINOMIAL[k] + 4 * j, &times);
            c *= times;
            sum[2 * k] += c * power;
            sum[2 * k + 1] += c * power_im;
        }
        const fj_quad next = power * re4 - power_im * im4;
        power_im = power * im4 + power_im * re4;
        power = next;
    }
    for (size_t i = 0; i < 8; i++)
        out[i] = fj_quad_sum(&sum[i]);
}

static void taylor_anywhere(const double *p, const double *x, double *out)
{
    taylor_quads(p, x, out);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void taylor_by_avx2(const double *p, const double *x,
                                                           double *out)
{
    taylor_quads(p, x, out);
}
#endif

static void taylor(const double *p, double complex x, double complex y[4])
{
    const double parts[2] = {creal(x), cimag(x)};
    double out[8];
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        taylor_by_avx2(p, parts, out);
    else
#endif
        taylor_anywhere(p, parts, out);
    for (size_t k = 0; k < 4; k++)
        y[k] = CMPLX(out[2 * k], out[2 * k + 1]);
}

/* The derivatives at a distance of `step`. */
static fj_panel_root moved(double complex x, double complex step, const double complex y[4])
{
    const double complex third = times(y[3], step);
    return (fj_panel_root){x + step, y[1] + times(2 * y[2] + 3 * third, step), y[2] + 3 * third,
                           y[3]};
}

/* Steps of an attempt. */
enum { FEW = 4, MANY = 30 };

/* Step 2 from x, keeping off a root already found (divided out; NULL for none); returns whether a solution inside the ellipse was
 * found. */
static int polish(const fj_panel *panel, double complex target, const double complex *known,
                  double complex x, int iterations, fj_panel_root *out)
{
    static const double FAR = 26;      /* |x|^2 in vain: the ellipse's half axis is 1.85 */
    static const double SERIES = 0.2;  /* the series converges */
    static const double SMALL = 3e-6;  /* its fourth power is rounding */
    static const double SECOND = 1e-9; /* and so is what the series leaves out */
    static const double ROUNDING = 1e-15;
    const double *p = panel->polynomial;
    const double rounding = 4 * DBL_EPSILON * (fj_size(target) + fabs(p[0]) + panel->radius);
    for (int i = 0; i < iterations; i++) {
        double complex y[4];
        taylor(p, x, y);
        const double complex f = target - y[0];
        const double complex slope = known ? y[1] + fj_quotient(f, x - *known) : y[1];
        const double complex inverse = fj_quotient(1, slope);
        double complex step = times(f, inverse);
        if (!isfinite(creal(step)) || !isfinite(cimag(step)))
            return 0;
        const double complex bend = times(y[2], inverse);
        const double length = sqrt(square(step)), size = 1 + fj_size(x);
        const double ratio = length * fmax(1, sqrt(square(bend)));
        int done = length < ROUNDING * size;
        if (!known && ratio < SERIES) {
            const double complex first = times(bend, step);
            const double complex second =
                2 * times(first, first) - times(times(y[3], inverse), times(step, step));
            step = times(step, 1 - first + second);
            done = done || (ratio < SMALL * size && fj_size(second) < SECOND);
        }
        /* next to another root steps do not shrink below rounding/|slope|: then the residual decides */
        if (done || (i > 3 && fj_size(f) < rounding)) {
            *out = moved(x, step, y);
            return inside(out->xi);
        }
        x += step;
        if (!(square(x) < FAR))
            return 0;
    }
    return 0;
}

typedef struct on_axis {
    const fj_panel *panel;
    double target;
} on_axis;

static double apart(void *context, double x)
{
    const on_axis *o = context;
    return fj_panel_value(o->panel, x) - o->target;
}

/* Where the polynomial, monotone on the panel, has that value; or the nearer end. */
static double on_axis_find(const fj_panel *panel, double target)
{
    double x;
    on_axis axis = {panel, target};
    if (fj_bracket_root(apart, &axis, -1, 1, &x) == FJ_OK)
        return x;
    return fabs(apart(&axis, -1)) < fabs(apart(&axis, 1)) ? -1 : 1;
}

/* Step 1. */
static int starts_find(const fj_panel *panel, double complex target, double complex start[3])
{
    const double *p = panel->polynomial;
    if (panel->has_critical) {
        const double complex root = csqrt((target - panel->critical_value) / panel->critical_bend);
        start[0] = panel->critical + root;
        start[1] = panel->critical - root;
        return 2;
    }
    if (panel->far) {
        start[0] = on_axis_find(panel, creal(target));
        return 1;
    }
    const double b = p[1], a = p[2];
    const double complex c = p[0] - target;
    double complex root = csqrt(b * b - 4 * a * c);
    if (b * creal(root) < 0)
        root = -root;
    start[0] = fj_quotient(2 * c, -(b + root));
    start[1] = 0;
    start[2] = start[0] / 2;
    return 3;
}

/* A start outside the ellipse goes to its edge: the expansion is no guide out there. */
static double complex drawn_in(double complex xi)
{
    if (!inside(xi)) {
        const double a = cabs(xi - 1), b = cabs(xi + 1), s = (a + b) / 2;
        xi *= FJ_PANEL_RHO / (s + sqrt(fmax(s * s - 1, 0)));
    }
    return xi;
}

/* Step 4: from `start`. */
static int second_find(const fj_panel *panel, double complex target, double complex start,
                       double complex first, fj_panel_root *out)
{
    static const double CLEAR = 1e-6, SAME = 1e-13;
    if (polish(panel, target, NULL, start, MANY, out) && fj_size(out->xi - first) > CLEAR)
        return 1;
    if (!polish(panel, target, &first, start, MANY, out))
        return 0;
    const double complex found = out->xi;
    (void)polish(panel, target, NULL, found, MANY, out);
    return fj_size(out->xi - first) >= SAME * (1 + fj_size(first));
}

/* Step 5; 0: not so close. With a2 and a3 the coefficients there, x = d - a3 d^2/(2 a2) + ..., a2 d^2 = target - value. */
static int pair_find(const fj_panel *panel, double complex target, fj_panel_root out[2])
{
    static const double CLOSE = 1e-10; /* (target - value)/a2 */
    static const double LEAST = 1e-17; /* they do not coincide: then nothing would cancel */
    double complex square_of = (target - panel->critical_value) / panel->critical_bend;
    const double size = fj_size(square_of);
    if (!panel->has_critical || !(size < CLOSE) || !inside(panel->critical))
        return 0;
    if (size < LEAST)
        square_of = size > 0 ? square_of * (LEAST / size) : -LEAST;
    double complex y[4];
    taylor(panel->polynomial, panel->critical, y);
    const double complex d = csqrt(square_of), shift = -y[3] / (2 * y[2]) * square_of;
    for (int side = 0; side < 2; side++) {
        const double complex step = (side ? -d : d) + shift;
        out[side] = moved(panel->critical, step, (double complex[4]){0, 0, y[2], y[3]});
    }
    return 2;
}

/* From a start, the first solution, or where `count` is 1 the second. */
static int another_find(const fj_panel *panel, double complex target, double complex start,
                        int count, fj_panel_root out[2])
{
    return count ? second_find(panel, target, start, out[0].xi, &out[1])
                 : polish(panel, target, NULL, start, MANY, &out[0]);
}

int fj_panel_roots(const fj_panel *panel, double complex target, fj_panel_root out[2])
{
    /* where steps from the expansion lead out of the ellipse, though its values tell of a solution */
    enum { EVERYWHERE = 9 };
    static const double everywhere[EVERYWHERE][2] = {{0, 0},      {-0.6, 0},   {0.6, 0},
                                                     {-0.4, 0.7}, {0.4, 0.7},  {-0.4, -0.7},
                                                     {0.4, -0.7}, {-1.3, 0.5}, {1.3, -0.5}};
    if (pair_find(panel, target, out))
        return 2;
    double complex start[3];
    const int starts = starts_find(panel, target, start);
    int count = 0, most = panel->has_critical ? 2 : 1;
    if (most == 1 && isfinite(creal(start[0])) && isfinite(cimag(start[0])) &&
        polish(panel, target, NULL, drawn_in(start[0]), FEW, &out[0]))
        return 1;
    const int number = panel->far ? -1 : fj_panel_winding(panel, target);
    if (number >= 0 && number < most)
        most = number;
    if (panel->has_critical && most == 1 && outside(start[0]) > outside(start[1])) {
        const double complex swap = start[0];
        start[0] = start[1];
        start[1] = swap;
    }
    for (int i = 0; i < starts && count < most; i++) {
        if (!isfinite(creal(start[i])) || !isfinite(cimag(start[i])))
            continue;
        count += another_find(panel, target, drawn_in(start[i]), count, out);
    }
    const int missing = !panel->far && (number < 0 ? count == 0 : count < most);
    for (int i = 0; i < EVERYWHERE && missing && count < most; i++)
        count += another_find(panel, target, CMPLX(everywhere[i][0], everywhere[i][1]), count, out);
    return count;
}
