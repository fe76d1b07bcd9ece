/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The support of the law: all its intervals and edges (THEORY 3.2, 3.5).
 *
 * 1. On the real u axis, where t has a density, every r = |u| belongs to the support (L >= 2 or gaussian weights).
 * 2. Elsewhere (below, between and above the masses and the range of t) z is real. arg z at theta -> 0+ is a multiple
 *    of pi that the signs of m and 1 + m tell; negative means inside the support. Where it is 0, arg z =
 *    theta d log z/d log u, so r is inside where that derivative is negative. Edges are its zeros.
 * 3. Sample each such gap densely towards both ends, and refine every change of state by bracketing.
 *    Above an unbounded t there is no gap, and no upper edge. Above five times the largest t, d log z/d log u rises with u, to 1
 *    (src/THEORY.md, 3.2): one change of state at most, found in decades.
 * 4. In a gap of the support the distribution function is exact: F = 1 + (arg n)/pi (1 or 1 - L) - L P(t > r). */
#include <float.h>
#include <math.h>
#include "activation_internal.h"
#include "bracket.h"
#include "detail.h"
#include "spectrum_internal.h"

/* Relative distance of the nearest samples from the end of a gap: that, or so many units of rounding of log t. */
static const double NEAREST = 1e-14, ROUNDINGS = 32;
/* The same where above all of t d log z/d log u begins to rise. */
static const double RISES = 4;

/* The part of the r axis between two components of the law of t. */
typedef struct gap {
    double low, high;         /* 0 and INFINITY allowed */
    int low_is_mass_or_range; /* 0 if low = 0 is no component */
} gap;

typedef struct scan {
    fj_spectrum *spectrum;
    int inside; /* state at the sample before */
    double x;   /* of that sample */
    fj_status status;
} scan;

/* d log z/d log u at real u = exp(x). */
static double real_slope(void *context, double x)
{
    const fj_layers *layers = context;
    fj_composed at;
    fj_layers_compose(layers, x, &at);
    return creal(at.slope);
}

/* Whether r = exp(x), outside the law of t, is in the support: by the multiple of pi that arg z is (*turned), or, where
 * that is 0, by the sign of the slope. -1: not known (more poles than there is room for). */
static int is_inside(const fj_layers *layers, double x, int *turned)
{
    fj_composed at;
    fj_layers_compose(layers, x, &at);
    double m = creal(at.at.m), n = creal(at.at.n);
    *turned = 0;
    if (isnan(m) || isnan(n))
        return -1;
    if (m > 0)
        *turned = 0;
    else if (layers->second == FJ_SECOND_RAW)
        *turned = n < 0 || layers->depth > 1;
    else
        *turned = n >= 0 && layers->depth > 1;
    return *turned || creal(at.slope) < 0;
}

/* The edge between an inside and an outside x: halve until the slope alone tells them apart, then bracket its zero. */
static fj_status edge_find(fj_layers *layers, double inside, double outside, double *edge)
{
    enum { HALVINGS = 200 };
    int turned;
    for (int i = 0; i < HALVINGS; i++) {
        if (is_inside(layers, inside, &turned) < 0)
            return FJ_NO_CONVERGENCE;
        if (!turned)
            return fj_bracket_root(real_slope, layers, inside, outside, edge);
        double middle = (inside + outside) / 2;
        if (middle == inside || middle == outside)
            break;
        const int state = is_inside(layers, middle, &turned);
        if (state < 0)
            return FJ_NO_CONVERGENCE;
        if (state)
            inside = middle;
        else
            outside = middle;
    }
    *edge = outside; /* the slope leaps from minus infinity within rounding */
    return FJ_OK;
}

static double mass_above(const fj_rule *rule, double r)
{
    const fj_mass *mass;
    const fj_part *part;
    double below = 0;
    size_t n = fj_rule_masses(rule, &mass), parts = fj_rule_parts(rule, &part);
    for (size_t i = 0; i < n; i++)
        if (mass[i].t <= r)
            below += mass[i].mass;
    for (size_t i = 0; i < parts; i++)
        if (part[i].most <= r)
            below += part[i].mass;
    return 1 - below;
}

/* F where r = exp(x) is outside the support. */
static double gap_cdf(const fj_layers *layers, double x)
{
    fj_composed at;
    fj_layers_compose(layers, x, &at);
    double turns = creal(at.at.n) < 0 ? -1 : 0;
    double factor = layers->second == FJ_SECOND_RAW ? 1 : 1 - layers->depth;
    return 1 + turns * factor - layers->depth * mass_above(layers->rule, exp(x));
}

static void branch_open(scan *s, double x, fj_end end, double outside_x)
{
    fj_spectrum *spectrum = s->spectrum;
    if (spectrum->branches == FJ_BRANCHES_MAX) {
        s->status = FJ_NO_CONVERGENCE;
        return;
    }
    fj_branch *branch = &spectrum->branch[spectrum->branches++];
    fj_composed at;
    *branch = (fj_branch){.x_low = x, .low = end, .big_x_low = -INFINITY};
    if (end == FJ_END_ZERO) {
        branch->cdf_low = 1 - mass_above(spectrum->rule, 0);
        return;
    }
    fj_layers_compose(&spectrum->layers, x, &at);
    branch->big_x_low = creal(at.log_z);
    branch->cdf_low = gap_cdf(&spectrum->layers, outside_x);
}

static void branch_close(scan *s, double x, fj_end end, double outside_x)
{
    fj_branch *branch = &s->spectrum->branch[s->spectrum->branches - 1];
    fj_composed at;
    fj_layers_compose(&s->spectrum->layers, x, &at);
    branch->x_high = x;
    branch->high = end;
    branch->big_x_high = creal(at.log_z);
    branch->cdf_high = gap_cdf(&s->spectrum->layers, outside_x);
}

/* Takes the next sample of a gap; `across` if a component of t lies between it and the one before. */
static void sample(scan *s, double x, int across)
{
    if (s->status != FJ_OK)
        return;
    int turned, inside = is_inside(&s->spectrum->layers, x, &turned);
    if (inside < 0) {
        s->status = FJ_NO_CONVERGENCE;
        return;
    }
    if (inside != s->inside) {
        double edge = inside ? s->x : x;
        fj_end end = FJ_END_RANGE;
        if (!across) {
            end = FJ_END_SQUARE_ROOT;
            s->status =
                edge_find(&s->spectrum->layers, inside ? x : s->x, inside ? s->x : x, &edge);
        } else if (inside) {
            edge = x;
        }
        if (inside)
            branch_open(s, edge, end, s->x);
        else
            branch_close(s, edge, end, x);
    }
    s->inside = inside;
    s->x = x;
}

/* The components of the law of t, ascending: masses, and the parts of its range, which swallow masses in them. */
static size_t components(const fj_rule *rule, double low[], double high[], int is_range[])
{
    const fj_mass *mass;
    const fj_part *part;
    size_t n = fj_rule_masses(rule, &mass), parts = fj_rule_parts(rule, &part), count = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        for (; k < parts && part[k].most < mass[i].t; k++)
            low[count] = part[k].least, high[count] = part[k].most, is_range[count++] = 1;
        if (k < parts && mass[i].t >= part[k].least)
            continue;
        low[count] = high[count] = mass[i].t, is_range[count++] = 0;
    }
    for (; k < parts; k++)
        low[count] = part[k].least, high[count] = part[k].most, is_range[count++] = 1;
    return count;
}

/* Of the end t of a gap. */
static double nearest_to(double t)
{
    return fmax(NEAREST, ROUNDINGS * DBL_EPSILON * fabs(log(t)));
}

/* Samples the open gap (low, high) in ascending order. */
static void scan_gap(scan *s, double low, double high, int first_across)
{
    enum { A_DECADE = 5 };
    int across = first_across;
    if (low > 0) { /* away from the lower end */
        const double reach = isfinite(high) ? (high - low) / low / 2 : 1e20;
        for (int i = 0;;) {
            const double distance = nearest_to(low) * pow(10, (double)i / A_DECADE);
            if (distance >= reach)
                break;
            sample(s, log(low) + log1p(distance), across);
            across = 0;
            const int rises = isinf(high) && distance > RISES;
            if (rises && !s->inside)
                break;
            i += rises ? A_DECADE : 1;
        }
    } else {
        /* a mass at 0 may be tiny; without one nothing happens far below t, and n = E[u/(u - t)] is lost in rounding */
        for (int i = first_across ? -280 : -21; i < -14; i += 7) {
            sample(s, log(high) + i * M_LN10, across);
            across = 0;
        }
    }
    if (isfinite(high)) {
        double farthest = low > 0 ? (high - low) / high / 2 : 1;
        if (!(low > 0)) /* geometric from 0, then towards the upper end */
            for (int i = -14 * A_DECADE; i < 0; i++) {
                double part = pow(10, (double)i / A_DECADE);
                if (part > 0.5)
                    break;
                sample(s, log(high) + log(part), 0);
            }
        for (int i = 14 * A_DECADE; i >= 0; i--) {
            double distance = nearest_to(high) * pow(10, (double)i / A_DECADE);
            if (distance < fmin(farthest, 0.5))
                sample(s, log(high) + log1p(-distance), 0);
        }
    }
}

fj_status fj_support_find(fj_spectrum *spectrum)
{
    enum { MOST = FJ_FLATS_MAX + FJ_PIECES_MAX + 2 };
    double low[MOST], high[MOST];
    int is_range[MOST];
    size_t count = components(spectrum->rule, low, high, is_range);
    scan s = {.spectrum = spectrum, .x = -INFINITY, .status = FJ_OK};
    /* the state at r -> 0: inside where t has a density there, or, by the sign of arg z, above a mass at 0 for L > 1
     * (m -> -P(t > 0)), or below all of t with gaussian weights (m -> -1 from below) */
    int starts_inside = spectrum->layers.second == FJ_SECOND_RAW;
    if (count > 0 && low[0] == 0)
        starts_inside = is_range[0] || spectrum->layers.depth > 1;
    if (starts_inside) {
        s.inside = 1;
        branch_open(&s, -INFINITY, FJ_END_ZERO, -INFINITY);
    }
    double below = 0;
    for (size_t i = 0; i < count; i++) {
        if (low[i] > below || (below == 0 && low[i] > 0))
            scan_gap(&s, below, low[i], i > 0);
        if (is_range[i] && !s.inside && low[i] > 0) {
            branch_open(&s, log(low[i]), FJ_END_RANGE, log(low[i]) - nearest_to(low[i]));
            s.inside = 1;
        }
        if (is_range[i])
            s.x = log(high[i]);
        below = high[i];
    }
    if (isinf(below)) { /* t has no upper bound, and then lambda has none */
        fj_branch *last = &spectrum->branch[spectrum->branches - 1];
        last->x_high = last->big_x_high = INFINITY;
        last->high = FJ_END_INFINITY;
        last->cdf_high = 1;
    } else if (below > 0) {
        scan_gap(&s, below, INFINITY, 1);
    }
    return s.status;
}
