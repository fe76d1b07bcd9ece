/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The point of the critical line whose spectrum is as wide as wanted.
 *
 * 1. Homogeneous phi has one law whatever q: it is the wanted one, or none is.
 * 2. Otherwise lay a grid along the critical line (line.c) and look on it for the wanted value (search.c).
 * 3. If it is nowhere, say why: no line at all, a leap over the value, or the nearest that can be had. */
#include "activation_internal.h"
#include "design_internal.h"
#include "detail.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Averages are cheap, laws are not: how far, and how densely, they are looked at. */
static const double Q_LEAST = 1e-16, Q_MOST_AVERAGES = 1e8, Q_MOST_LAWS = 1e6;
static const int PER_DECADE_AVERAGES = 10, PER_DECADE_LAWS = 4;
/* Laws are built from here to there, and farther only where that leads to the target. */
static const double Q_LAWS_LOW = 1e-8, Q_LAWS_HIGH = 1e3;
/* The value of a homogeneous activation counts as the wanted one within this. */
static const double SAME = 1e-10;
/* The limit of a law's value at q = 0 lies within this of the value at Q_LAWS_LOW, relative (softsign: 1e-3). */
static const double TOWARDS_ZERO = 1e-2;
/* Depths looked at for a homogeneous activation whose own misses the target. */
static const uint64_t DEPTH_MOST = 1000000000;

const char *fj_design_target_name(fj_design_target target)
{
    switch (target) {
    case FJ_DESIGN_VAR_LAMBDA:
        return "var_lambda";
    case FJ_DESIGN_S_MAX:
        return "s_max";
    case FJ_DESIGN_CONDITION:
        return "condition";
    }
    return "unknown";
}

static void fill_nan(fj_design *out)
{
    fj_meanfield *point = &out->point;
    *point = (fj_meanfield){.sigma_w = NAN, .sigma_b = NAN, .q_star = NAN, .chi = NAN};
    point->slope = point->xi_q = point->xi_c = point->c_star = NAN;
    out->reached = out->q_least = out->nearest = out->nearest_q = NAN;
}

static fj_status check(const fj_measure *measure, double value, fj_detail *detail)
{
    if (!measure->activation)
        return fj_fail(detail, FJ_INVALID, "no activation given");
    if (measure->weights != FJ_WEIGHTS_ORTHOGONAL && measure->weights != FJ_WEIGHTS_GAUSSIAN)
        return fj_fail(detail, FJ_INVALID, "weights must be orthogonal or gaussian");
    if (measure->depth < 1)
        return fj_fail(detail, FJ_INVALID, "depth must be at least 1");
    const char *name = fj_design_target_name(measure->target);
    if (!isfinite(value))
        return fj_fail(detail, FJ_INVALID, "%s = %g is not finite", name, value);
    switch (measure->target) {
    case FJ_DESIGN_VAR_LAMBDA:
        if (value < 0)
            return fj_fail(detail, FJ_INVALID, "%s = %g: a variance is not negative", name, value);
        return FJ_OK;
    case FJ_DESIGN_S_MAX:
        if (value <= 0)
            return fj_fail(detail, FJ_INVALID, "%s = %g must be above 0", name, value);
        return FJ_OK;
    case FJ_DESIGN_CONDITION:
        if (value < 1)
            return fj_fail(detail, FJ_INVALID,
                           "%s = %g: the 90%% quantile is not below the 10%% quantile", name,
                           value);
        return FJ_OK;
    }
    return fj_fail(detail, FJ_INVALID, "no such target: %d", (int)measure->target);
}

static const char *weights_word(const fj_measure *measure)
{
    return measure->weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal";
}

/* A value of the target in words, also where it is no double. */
static const char *value_text(const fj_measure *measure, double x, char *text, size_t size)
{
    double value = fj_measure_value(measure, x);
    if (isfinite(value))
        snprintf(text, size, "%.10g", value);
    else if (isfinite(x))
        snprintf(text, size, "10^%.10g", x / log(10));
    else
        snprintf(text, size, "infinite");
    return text;
}

static fj_status point_fill(const fj_measure *measure, double q, double q_least, double x,
                            fj_design *out, fj_detail *detail)
{
    fj_status status = fj_meanfield_critical(measure->activation, q, &out->point, detail);
    if (status == FJ_OK) {
        out->reached = fj_measure_value(measure, x);
        out->q_least = q_least;
    }
    return status;
}

/* ---- homogeneous activations ---- */

/* Value of the target at another depth; NaN if it could not be had. */
static double value_at_depth(const fj_measure *measure, uint64_t depth)
{
    fj_measure other = *measure;
    double x;
    other.depth = depth;
    return fj_measure_at(&other, 1, &x) == FJ_OK ? fj_measure_value(&other, x) : NAN;
}

/* The largest depth whose value does not exceed the wanted one; 0 if there is none. */
static uint64_t depth_below(const fj_measure *measure, double wanted)
{
    uint64_t low = 1, high = 2;
    if (!(value_at_depth(measure, low) <= wanted))
        return 0;
    while (high < DEPTH_MOST && value_at_depth(measure, high) <= wanted) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (value_at_depth(measure, middle) <= wanted)
            low = middle;
        else
            high = middle;
    }
    return low < DEPTH_MOST / 2 ? low : 0;
}

static fj_status solve_homogeneous(const fj_measure *measure, double wanted, fj_design *out,
                                   fj_detail *detail)
{
    double x;
    const char *name = fj_activation_name(measure->activation);
    const char *target = fj_design_target_name(measure->target);
    fj_status status = fj_measure_at(measure, 1, &x);
    if (status != FJ_OK)
        return fj_fail(detail, status, "the law of %s: %s", name, fj_status_message(status));
    double value = fj_measure_value(measure, x);
    if (value == wanted || fabs(x - measure->x) <= SAME)
        return point_fill(measure, 1, 0, x, out, detail);
    out->nearest = value;
    out->nearest_q = 1;
    uint64_t depth = depth_below(measure, wanted);
    char hint[120] = "", text[40];
    if (x == INFINITY)
        return fj_fail(detail, FJ_INFEASIBLE,
                       "%s (%s, depth %" PRIu64 "): %s is infinite at every critical point, "
                       "whatever q: a tenth of the singular values or more is 0",
                       name, weights_word(measure), measure->depth, target);
    if (depth > 0)
        snprintf(hint, sizeof hint,
                 "; depth %" PRIu64 " has %.6g, depth %" PRIu64 " has %.6g: change the depth",
                 depth, value_at_depth(measure, depth), depth + 1,
                 value_at_depth(measure, depth + 1));
    return fj_fail(detail, FJ_INFEASIBLE,
                   "%s (%s, depth %" PRIu64 ") has %s = %s at every critical point, whatever q, "
                   "not %.10g%s",
                   name, weights_word(measure), measure->depth, target,
                   value_text(measure, x, text, sizeof text), wanted, hint);
}

/* ---- refusals ---- */

static fj_status refuse_leap(const fj_search *search, double wanted, fj_design *out,
                             fj_detail *detail)
{
    const fj_measure *measure = search->measure;
    const fj_leap *leap = &search->leap;
    double before = fj_measure_value(measure, leap->before);
    double after = fj_measure_value(measure, leap->after);
    int left = fabs(leap->before - measure->x) <= fabs(leap->after - measure->x);
    char text_before[40], text_after[40];
    out->nearest = left ? before : after;
    out->nearest_q = leap->q;
    return fj_fail(detail, FJ_INFEASIBLE,
                   "%s (%s, depth %" PRIu64 "): %s leaps from %s to %s at q = %.10g (a quantile "
                   "passes an atom or a gap), over %.10g",
                   fj_activation_name(measure->activation), weights_word(measure), measure->depth,
                   fj_design_target_name(measure->target),
                   value_text(measure, leap->before, text_before, sizeof text_before),
                   value_text(measure, leap->after, text_after, sizeof text_after), leap->q,
                   wanted);
}

/* Nearest where q goes to 0: goes there, as far as can be. */
static void limit_take(const fj_search *search, double wanted, fj_design *out)
{
    const fj_measure *measure = search->measure;
    int exact =
        measure->target == FJ_DESIGN_VAR_LAMBDA; /* averages know their limit, laws do not */
    double x, value;
    if (fj_measure_at(measure, exact ? 0 : Q_LEAST, &x) != FJ_OK)
        return;
    value = fj_measure_value(measure, x);
    if (!exact && fabs(value - out->nearest) > TOWARDS_ZERO * out->nearest)
        return; /* what was looked at is known better */
    int moving = out->nearest_q < 2 * Q_LEAST && fabs(value - wanted) > SAME * wanted;
    if (!exact && moving)
        return; /* the walk towards the target ended only with the grid */
    out->nearest = value;
    out->nearest_q = 0;
}

/* Where the nearest value lies, in words. */
static void where_write(const fj_search *search, double most, int at_end, const fj_design *out,
                        char *text, size_t size)
{
    const fj_line *line = search->line;
    double first = exp(line->point[0].log_q), last = exp(line->point[line->count - 1].log_q);
    double q = out->nearest_q;
    if (at_end < 0 && q == 0)
        snprintf(text, size, "as q goes to 0");
    else if (at_end < 0 && first < 2 * Q_LEAST)
        snprintf(text, size, "at q = %.3g, the smallest looked at", q);
    else if (at_end > 0 && last > most / 2)
        snprintf(text, size, "towards large q (at q = %.3g)", q);
    else if (at_end != 0 && (q <= first || q >= last))
        snprintf(text, size, "where the line ends, at q = %.10g", q);
    else
        snprintf(text, size, "at q = %.10g", q);
}

/* Why the search found nothing, and the best there is. */
static fj_status refuse(fj_search *search, double wanted, double most, fj_design *out,
                        fj_detail *detail)
{
    const fj_measure *measure = search->measure;
    const char *name = fj_activation_name(measure->activation);
    const char *target = fj_design_target_name(measure->target), *weights = weights_word(measure);
    double x, q;
    int at_end;
    if (!fj_search_nearest(search, &q, &x, &at_end))
        return fj_fail(detail, search->failed ? search->status : FJ_INFEASIBLE,
                       "%s (%s, depth %" PRIu64 "): %s is %s on the whole critical line", name,
                       weights, measure->depth, target, search->failed ? "not known" : "infinite");
    if (search->leap.q > 0)
        return refuse_leap(search, wanted, out, detail);
    if (search->unresolved > 0)
        return fj_fail(detail, FJ_NO_CONVERGENCE,
                       "%s (%s, depth %" PRIu64 "): the laws resolve %s to %.1g only, relative: "
                       "take a smaller depth",
                       name, weights, measure->depth, target, search->unresolved);
    out->nearest = fj_measure_value(measure, x);
    out->nearest_q = q;
    int least = x > measure->x;
    if (at_end < 0 && search->line->point[0].log_q < log(2 * Q_LEAST))
        limit_take(search, wanted, out);
    char where[80], failed[80] = "", value[80], text[40];
    where_write(search, most, at_end, out, where, sizeof where);
    if (out->nearest_q > 0 || !isfinite(out->nearest))
        value_text(measure, x, text, sizeof text);
    else
        snprintf(text, sizeof text, "%.10g", out->nearest);
    snprintf(value, sizeof value, "the %s %sis %s,", least ? "least" : "most",
             search->failed ? "known " : "", text);
    if (out->nearest_q == 0 && fabs(out->nearest - wanted) <= SAME * wanted)
        snprintf(value, sizeof value, "it is only approached");
    if (search->failed)
        snprintf(failed, sizeof failed, " (%d points on the way could not be computed)",
                 search->failed);
    if (search->undecided)
        return fj_fail(detail, FJ_NO_CONVERGENCE,
                       "%s (%s, depth %" PRIu64
                       "): %s = %.10g was not found: %s %s; the law beside "
                       "that could not be computed",
                       name, weights, measure->depth, target, wanted, value, where);
    return fj_fail(detail, FJ_INFEASIBLE,
                   "no critical point of %s (%s, depth %" PRIu64 ") has %s = %.10g: %s %s%s", name,
                   weights, measure->depth, target, wanted, value, where, failed);
}

static fj_status solve_general(const fj_measure *measure, double wanted, fj_design *out,
                               fj_detail *detail)
{
    int laws = measure->target != FJ_DESIGN_VAR_LAMBDA;
    double most = laws ? Q_MOST_LAWS : Q_MOST_AVERAGES;
    const char *name = fj_activation_name(measure->activation);
    fj_line line;
    fj_status status = fj_line_make(measure->activation, Q_LEAST, most,
                                    laws ? PER_DECADE_LAWS : PER_DECADE_AVERAGES, &line);
    if (status != FJ_OK)
        return fj_fail(detail, status, "the critical line of %s: %s", name,
                       fj_status_message(status));
    if (line.count == 0)
        return fj_fail(detail, FJ_INFEASIBLE,
                       "%s has no critical line: sigma_b^2 would be negative at every q from %g "
                       "to %g",
                       name, Q_LEAST, most);
    fj_search search = {.measure = measure,
                        .line = &line,
                        .log_low = log(laws ? Q_LAWS_LOW : Q_LEAST) - SAME,
                        .log_high = log(laws ? Q_LAWS_HIGH : most) + SAME};
    fj_search_run(&search);
    if (search.status == FJ_NO_MEMORY) /* a smaller q may have been missed */
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for a spectrum");
    if (search.q > 0)
        return point_fill(measure, search.q, search.q_least, search.x, out, detail);
    return refuse(&search, wanted, most, out, detail);
}

fj_status fj_design_solve(const fj_activation *activation, fj_weights weights, uint64_t depth,
                          fj_design_target target, double value, fj_design *out, fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the design (out is NULL)");
    fill_nan(out);
    fj_measure measure = {activation, weights, depth, target, NAN};
    fj_status status = check(&measure, value, detail);
    if (status != FJ_OK)
        return status;
    if (target != FJ_DESIGN_VAR_LAMBDA && fj_activation_is_unbounded(activation))
        return fj_fail(detail, FJ_INFEASIBLE,
                       "%s has an unbounded slope: there is no largest singular value",
                       fj_activation_name(activation));
    measure.x = fj_measure_x(&measure, value);
    return fj_activation_is_homogeneous(activation)
               ? solve_homogeneous(&measure, value, out, detail)
               : solve_general(&measure, value, out, detail);
}
