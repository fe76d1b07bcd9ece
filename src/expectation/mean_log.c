/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E log t, t = phi'(sqrt(q) h)^2.
 *
 * 1. Flats give mass * log t.
 * 2. On each piece walk the panels of the other averages, find the zeros of phi' in each by its changes of sign, and where
 *    |phi'| is least, and cut there. At a zero of order k log t = 2 k log|h - zero| + r(h) with r analytic.
 * 3. Next to a zero the panel uses a product rule: the logarithm is integrated exactly against the interpolating polynomial
 *    of the density, r by the plain rule. Elsewhere, and where a panel is not resolved, the adaptive rule.
 * 4. Where a rule's nodes exist already, they serve: a trapezoid's if t has no zeros; those of panels with what they miss next to zeros of
 *    their polynomials (panel_log.c), if both sets tell the same.
 * E log(1 + t/r), r > 0, has no singularity near and takes the plain rules.
 * Small q and smooth phi: log t(0) + E log(1 + (t - t(0))/t(0)), which keeps the relative accuracy of the rest. */
#include <float.h>
#include <math.h>
#include "average.h"
#include "bracket.h"
#include "gauss_legendre.h"
#include "panel_polynomial.h"
#include "panel_roots.h"

/* Signs are compared at this many points a panel: enough for periodic phi, whose zeros lie three units apart on
 * panels of at most twenty. */
enum { SAMPLES = 64, SINGULAR_DEPTH_MAX = 30 };
/* Accept a singular panel when the highest Legendre coefficients of density * r are below this, relative to it: their
 * square is what the rule misses. */
static const double SINGULAR_TAIL = 1e-8;
/* And those of the density below this: its interpolation is wrong by the next one, which the product rule weighs with 1/100. */
static const double DENSITY_TAIL = 1e-13;

typedef struct shifted {
    fj_view view;
    double r;
} shifted;

typedef struct walk {
    const fj_view *view;
    fj_gaussian_integral *total;
    fj_status status;
} walk;

static double slope_at(void *context, double h)
{
    const fj_view *view = context;
    return fj_activation_slope(view->activation, view->root_q * h);
}

static void log_integrand(const void *context, double h, double *f)
{
    const fj_view *view = context;
    f[0] = fj_view_log_t(view, view->root_q * h);
}

static void log_ratio_integrand(const void *context, double h, double *f)
{
    const fj_view *view = context;
    double slope = fj_activation_slope(view->activation, 0);
    f[0] = log1p(fj_view_deviation(view, view->root_q * h) / (slope * slope));
}

static void regular_add(walk *w, double from, double to)
{
    double step = w->view->scale / w->view->root_q;
    fj_status status = fj_gaussian_integrate(log_integrand, w->view, from, to, 0, step, w->total);
    if (status != FJ_OK)
        w->status = status;
}

/* The panel from a zero of phi' of the given order to `far`, on either side of it. */
static void singular_add(walk *w, double zero, double far, int order, int depth)
{
    double length = fabs(far - zero), sum = 0, size = 0, p18 = 0, p19 = 0;
    double mass = 0, d18 = 0, d19 = 0;
    for (int i = 0; i < FJ_GAUSS_NODES; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
        double side = i % 2 ? -1 : 1, s = (1 + side * node->x) / 2;
        double h = zero + (far - zero) * s, density = fj_gaussian_density(h);
        double rest = density * (fj_view_log_t(w->view, w->view->root_q * h) - 2 * order * log(s));
        sum += 2 * order * (i % 2 ? node->log_near : node->log_far) * density +
               node->weight / 2 * rest;
        size += node->weight * fabs(rest);
        p18 += node->weight * node->p18 * rest;
        p19 += node->weight * side * node->p19 * rest;
        mass += node->weight * density;
        d18 += node->weight * node->p18 * density;
        d19 += node->weight * side * node->p19 * density;
    }
    w->total->evaluations += FJ_GAUSS_NODES;
    const int resolved = fmax(fabs(p18), fabs(p19)) <= SINGULAR_TAIL * size &&
                         fmax(fabs(d18), fabs(d19)) <= DENSITY_TAIL * mass;
    if (!resolved && depth < SINGULAR_DEPTH_MAX) {
        double middle = zero + (far - zero) / 2;
        singular_add(w, zero, middle, order, depth + 1);
        regular_add(w, fmin(middle, far), fmax(middle, far));
        return;
    }
    w->total->sum[0] += sum * length;
    w->total->magnitude[0] += fabs(sum) * length;
}

/* zero_from, zero_to: the orders of zeros at the ends, 0 for none. */
static void segment_add(walk *w, double from, double to, int zero_from, int zero_to)
{
    double middle = from + (to - from) / 2;
    if (to <= from)
        return;
    if (zero_from && zero_to) {
        singular_add(w, from, middle, zero_from, 0);
        singular_add(w, to, middle, zero_to, 0);
    } else if (zero_from) {
        singular_add(w, from, to, zero_from, 0);
    } else if (zero_to) {
        singular_add(w, to, from, zero_to, 0);
    } else {
        regular_add(w, from, to);
    }
}

/* Below this part of |phi'| at samples on both sides its least value is a zero. */
static const double TOUCH = 1e-12;

/* Next to a zero between the ends of a golden section at least two of its four values differ by a factor of 4. */
static const double ALIKE = 1.1;

static int all_alike(double a, double b, double c, double d)
{
    return fmax(fmax(a, b), fmax(c, d)) <= ALIKE * fmin(fmin(a, b), fmin(c, d));
}

/* The place between from and to where |phi'| is least, if phi' is 0 there. */
static int touch_find(fj_view *view, double from, double to, double *zero)
{
    enum { STEPS = 100 };
    const double golden = 0.381966011250105;
    double f_from = fabs(slope_at(view, from)), f_to = fabs(slope_at(view, to));
    const double around = fmin(f_from, f_to);
    double x1 = from + golden * (to - from), x2 = to - golden * (to - from);
    double f1 = fabs(slope_at(view, x1)), f2 = fabs(slope_at(view, x2));
    for (int i = 0; i < STEPS && from < to; i++) {
        if (f1 > 0 && f2 > 0 && all_alike(f_from, f1, f2, f_to))
            return 0;
        if (f1 < f2) {
            to = x2, f_to = f2, x2 = x1, f2 = f1;
            x1 = from + golden * (to - from);
            f1 = fabs(slope_at(view, x1));
        } else {
            from = x1, f_from = f1, x1 = x2, f1 = f2;
            x2 = to - golden * (to - from);
            f2 = fabs(slope_at(view, x2));
        }
    }
    *zero = fabs(x1) < 1e-9 ? 0 : x1;
    return f1 < TOUCH * around;
}

/* The order of the zero of phi' there, from two values beside it. */
static int order_of(fj_view *view, double zero, double room)
{
    const double near = slope_at(view, zero + room / 64), far = slope_at(view, zero + room / 32);
    const double order = round(log2(fabs(far / near)));
    return order >= 1 && order < 16 ? (int)order : 1;
}

/* Cuts one panel at the zeros of phi' in it; *at_zero is the order of the one at which it starts, 0 for none, and then of
 * that at which it ends. */
static void panel_add(walk *w, double from, double to, int *at_zero)
{
    fj_view view = *w->view;
    const double step = (to - from) / SAMPLES;
    double cut = from, before = INFINITY, left = from, value = slope_at(&view, from);
    for (int i = 1; i <= SAMPLES; i++) {
        double right = i < SAMPLES ? from + i * step : to;
        double next = slope_at(&view, right), zero = right;
        /* a zero at a sample belongs to the segment on its left; underflow is no zero */
        int crossing = (value < 0 && next > 0) || (value > 0 && next < 0);
        if (crossing && fj_bracket_root(slope_at, &view, left, right, &zero) != FJ_OK)
            w->status = FJ_NO_CONVERGENCE;
        if (!crossing && view.activation->user && fabs(value) <= fabs(before) &&
            fabs(value) <= fabs(next) && (fabs(value) < fabs(before) || fabs(value) < fabs(next)))
            crossing = touch_find(&view, fmax(from, left - step), right, &zero);
        if (crossing && zero > cut) {
            const int order = view.activation->user ? order_of(&view, zero, step) : 1;
            segment_add(w, cut, zero, *at_zero, order);
            cut = zero;
            *at_zero = order;
        }
        before = value, left = right, value = next;
    }
    segment_add(w, cut, to, *at_zero, 0);
    *at_zero = cut == to ? *at_zero : 0;
}

static fj_status pieces_add(const fj_view *view, fj_gaussian_integral *total)
{
    walk w = {.view = view, .total = total};
    const fj_activation *a = view->activation;
    double scale = view->half_line ? 2 : 1;
    for (size_t i = 0; i < a->pieces; i++) {
        double h = fmax(a->piece[i].from / view->root_q, view->half_line ? 0 : -FJ_GAUSSIAN_REACH);
        double to = fmin(a->piece[i].to / view->root_q, FJ_GAUSSIAN_REACH);
        int at_zero = 0;
        while (h < to && w.status == FJ_OK) {
            double end = fj_gaussian_panel_end(h, to, 0, view->scale / view->root_q);
            panel_add(&w, h, end, &at_zero);
            h = end;
        }
    }
    total->sum[0] *= scale;
    total->magnitude[0] *= scale;
    return w.status;
}

/* Is t far from 0 wherever it matters? phi'(0) may be 0. */
static int hardly_varies(const fj_view *view)
{
    const double slope = fj_activation_slope(view->activation, 0);
    const double x = FJ_GAUSSIAN_REACH * view->root_q;
    const double most = fmax(fabs(fj_view_deviation(view, x)), fabs(fj_view_deviation(view, -x)));
    return !view->activation->user || most < slope * slope / 2;
}

fj_status fj_mean_log_slope2(const fj_activation *activation, double q, double *out)
{
    fj_view view;
    *out = NAN;
    fj_status status = fj_view_init(activation, q, &view);
    if (status != FJ_OK)
        return status;
    view.half_line = activation->kind->even_slope;
    if (q == 0) {
        *out = (fj_view_log_t(&view, 0) + fj_view_log_t(&view, -DBL_MIN)) / 2;
        return FJ_OK;
    }
    fj_gaussian_integral total = {.n = 1, .noise = view.noise};
    double atoms = 0;
    for (size_t i = 0; i < activation->flats; i++) {
        double slope =
            activation->flat[i].slope; /* a flat of slope 0 has a mass, if one that underflows */
        atoms += slope != 0 ? fj_view_flat_mass(&view, i) * 2 * log(fabs(slope)) : -INFINITY;
    }
    if (view.narrow && hardly_varies(&view)) {
        status = fj_view_integrate(&view, log_ratio_integrand, &view, &total);
        atoms = fj_view_log_t(&view, 0);
    } else if (isfinite(atoms)) {
        status = pieces_add(&view, &total);
    }
    if (status == FJ_OK && total.magnitude[0] > 0)
        status = fj_view_check(&total);
    if (status == FJ_OK)
        *out = atoms + total.sum[0];
    return status;
}

/* The poles of t are the singularities of log t too; where t has zeros, on the axis, there are more. */
static int trapezoid_serves(const fj_rule *rule)
{
    return !rule->panel && rule->activation->kind->growth != FJ_GROWTH_PERIODIC;
}

/* E log(t/mu1) by nodes; NaN where a t underflows. *size: E|log|. */
static double by_nodes(const fj_rule *rule, const fj_nodes *nodes, double *size)
{
    double sum = 0;
    for (size_t k = 0; k < nodes->n; k++) {
        const double ratio = nodes->t[k] / rule->mu1, off = nodes->e[k] / rule->mu1;
        if (!(nodes->weight[k] > 0))
            continue;
        if (!(nodes->t[k] > FJ_T_LEAST))
            return NAN;
        const double term = nodes->weight[k] * (fabs(off) < 0.5 ? log1p(off) : log(ratio));
        sum += term;
        *size += fabs(term);
    }
    return sum;
}

/* What a set of the panels' nodes misses next to zeros of phi': there log t = 2 Re log(h0 - h), and what is smooth. *blur grows by what that
 * may be wrong by: a zero stands where phi' falls below its rounding, which may be anywhere near where it is double. */
static double zeros_missed(const fj_rule *rule, int set, double *blur)
{
    fj_panel_root zero[2];
    fj_poles poles; /* large: its sets of nodes alone are needed */
    double sum = 0;
    for (size_t p = 0; p < rule->panels; p++) {
        const fj_panel *panel = &rule->panel[p];
        const int zeros = panel->logarithmic ? 0 : fj_panel_roots(panel, 0, zero);
        poles.set[p] = (unsigned char)set;
        for (int i = 0; i < zeros; i++) {
            const double complex h0 = CMPLX(panel->centre + panel->half * creal(zero[i].xi),
                                            panel->half * cimag(zero[i].xi));
            const fj_correction at = {
                .h0 = h0, .density = fj_normal_density(h0), .xi = zero[i].xi, .panel = p};
            const int times = fj_panel_times(rule, p);
            const double complex missed = fj_panel_is_near(at.xi)
                                              ? fj_panel_log_miss(panel, set, at.xi)
                                              : fj_panels_cut(rule, &at, &poles);
            sum += times * 2 * creal(missed);
            *blur += times * 2 * cabs(at.density) * panel->half * FJ_PANEL_NOISE * panel->unit /
                     cabs(zero[i].slope);
        }
    }
    return sum;
}

static int has_flat_of_zero(const fj_activation *a)
{
    int has = 0;
    for (size_t i = 0; i < a->flats; i++)
        has |= a->flat[i].slope == 0;
    return has;
}

/* 0: the nodes do not serve. */
static int mean_log_by_nodes(const fj_rule *rule, double *out)
{
    static const double SAME = 4e-14;
    double size = 0, other_size = 0, blur = 0;
    if (!rule->has_range || rule->underflow > 0 || has_flat_of_zero(rule->activation) ||
        !(rule->panel || trapezoid_serves(rule)))
        return 0;
    *out = by_nodes(rule, &rule->set[0], &size);
    if (rule->panel) {
        const double other =
            by_nodes(rule, &rule->set[1], &other_size) + zeros_missed(rule, 1, &blur);
        *out += zeros_missed(rule, 0, &blur);
        if (!(fabs(other - *out) + blur <= SAME * size))
            return 0;
        *out += by_nodes(rule, &rule->atoms, &size);
    }
    return isfinite(*out);
}

fj_status fj_rule_mean_log(const fj_rule *rule, double *out)
{
    if (mean_log_by_nodes(rule, out))
        return FJ_OK;
    fj_status status = fj_mean_log_slope2(rule->activation, rule->q, out);
    *out -= log(rule->mu1);
    return status;
}

static void log_plus_integrand(const void *context, double h, double *f)
{
    const shifted *s = context;
    const double slope = fj_activation_slope(s->view.activation, s->view.root_q * h);
    f[0] = log1p(slope * slope / s->r);
}

fj_status fj_mean_log_plus(const fj_activation *activation, double q, double r, double *out)
{
    shifted s = {.r = r};
    *out = NAN;
    fj_status status = fj_view_init(activation, q, &s.view);
    if (status != FJ_OK)
        return status;
    s.view.half_line = activation->kind->even_slope;
    fj_gaussian_integral total = {.n = 1};
    if (q == 0) {
        const double left = fj_activation_slope(activation, -DBL_MIN);
        const double right = fj_activation_slope(activation, 0);
        *out = (log1p(left * left / r) + log1p(right * right / r)) / 2;
        return FJ_OK;
    }
    for (size_t i = 0; i < activation->flats; i++) {
        const double slope = activation->flat[i].slope;
        total.sum[0] += fj_view_flat_mass(&s.view, i) * log1p(slope * slope / r);
    }
    const double flats = total.sum[0];
    total.sum[0] = 0;
    status = fj_view_integrate(&s.view, log_plus_integrand, &s, &total);
    if (status == FJ_OK && total.magnitude[0] > 0)
        status = fj_view_check(&total);
    if (status == FJ_OK)
        *out = flats + total.sum[0];
    return status;
}
