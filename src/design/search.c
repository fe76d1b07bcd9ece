/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the measure x(q) takes the wanted value, on a grid of the critical line.
 *
 * 1. Intervals of the grid with a stable end are looked at first, then the others, each time upwards: so the first stable
 *    crossing is the one to take, and laws are built only where they are needed.
 * 2. A change of sign of x - wanted is a crossing, found by Brent's method; so is one on either side of an extremum between
 *    grid points, found by golden section where the neighbours say that it may reach over.
 * 3. If x is not the wanted value there after all, x leaps over it (a quantile leaves an atom): remember both sides. Where
 *    it cannot leap, rounding has the better of it (depths of 10^12 and more).
 * 4. With nothing stable found, go on beyond the range while x heads for the wanted value. */
#include "bracket.h"
#include "design_internal.h"
#include <math.h>

/* x this close to the wanted one is that one: as exact as quantiles are. */
static const double REACHED = 1e-10;
/* For the bracket, infinite x is cut here; x of doubles is below 710. */
static const double X_MOST = 1000;
/* Relative distance in q at which the two sides of a leap are told. */
static const double BESIDE = 1e-9;
/* An extremum can lie beyond the grid's own by about the step to a neighbour: twice that to be safe. */
static const double BEYOND = 2;
/* Differences that shrink from step to step by more than this sum up to a limit; four times as far is looked at. */
static const double SHRINKING = 0.9, LIMIT_SAFETY = 4;
/* Two intervals of the grid shrink to 1e-8 of themselves: x at an extremum is then exact. */
enum { GOLDEN_STEPS = 40 };
static const double GOLDEN = 0.6180339887498949;

static double x_at(fj_search *search, double log_q)
{
    double x;
    fj_status status = fj_measure_at(search->measure, exp(log_q), &x);
    if (status != FJ_OK) {
        search->failed++;
        if (search->status != FJ_NO_MEMORY)
            search->status = status;
        return NAN;
    }
    return x;
}

static double known_x(fj_search *search, size_t i)
{
    fj_line_point *point = &search->line->point[i];
    if (!point->known) {
        point->x = x_at(search, point->log_q);
        point->known = 1;
    }
    return point->x;
}

static double miss(void *context, double log_q)
{
    fj_search *search = context;
    double x = x_at(search, log_q);
    if (isnan(x)) /* fmin would drop it */
        return x;
    return fmax(-X_MOST, fmin(X_MOST, x)) - search->measure->x;
}

/* ---- what is found ---- */

/* Keeps the point if it is better than the one found before: stable, or the first of its kind. */
static void take(fj_search *search, double log_q, double log_q_least, double x)
{
    fj_meanfield point;
    double q = exp(log_q);
    if (fj_meanfield_critical(search->measure->activation, q, &point, NULL) != FJ_OK)
        return;
    int better = search->q == 0 || (point.stable && !search->stable) ||
                 (point.stable == search->stable && q < search->q);
    if (!better)
        return;
    search->q = q;
    search->q_least = exp(log_q_least);
    search->x = x;
    search->stable = point.stable;
}

/* Only a quantile leaps, and only a law with atoms or gaps lets it: phi has kinks. */
static int can_leap(const fj_measure *measure)
{
    return measure->target == FJ_DESIGN_CONDITION &&
           fj_activation_kinks(measure->activation, NULL, 0) > 0;
}

static void crossing_find(fj_search *search, double low, double high)
{
    double log_q, wanted = search->measure->x;
    if (fj_bracket_root(miss, search, low, high, &log_q) != FJ_OK)
        return; /* a law that failed; it was counted */
    double x = x_at(search, log_q);
    if (fabs(x - wanted) <= REACHED) {
        take(search, log_q, log_q, x);
    } else if (!isnan(x) && !can_leap(search->measure)) {
        search->unresolved = fmax(search->unresolved, fabs(x - wanted));
    } else if (!isnan(x) && search->leap.q == 0) {
        double before = x_at(search, log_q - BESIDE), after = x_at(search, log_q + BESIDE);
        search->leap = (fj_leap){exp(log_q), before, after};
    }
}

/* x is the wanted value at grid point i, and at those beside it up to the first that differs; the upper end is bisected. */
static void plateau_take(fj_search *search, size_t i)
{
    const fj_line *line = search->line;
    double wanted = search->measure->x;
    size_t start = i;
    while (start > 0 && line->point[start - 1].joined && known_x(search, start - 1) == wanted)
        start--;
    while (i + 1 < line->count && line->point[i].joined && known_x(search, i + 1) == wanted)
        i++;
    double on = line->point[i].log_q;
    if (i + 1 < line->count && line->point[i].joined) {
        double off = line->point[i + 1].log_q;
        for (int step = 0; step < 60; step++) {
            double middle = on + (off - on) / 2;
            if (x_at(search, middle) == wanted)
                on = middle;
            else
                off = middle;
        }
    }
    double least = i == start ? on : start == 0 ? -INFINITY : line->point[start].log_q;
    take(search, on, least, wanted);
}

/* ---- extrema ---- */

/* The place in (low, high) where side * (x - wanted) is least; stops as soon as that is below 0. */
static double golden_section(fj_search *search, double low, double high, double side, double *x)
{
    double wanted = search->measure->x;
    double a = high - GOLDEN * (high - low), b = low + GOLDEN * (high - low);
    double xa = x_at(search, a), xb = x_at(search, b);
    for (int i = 0; i < GOLDEN_STEPS; i++) {
        int left = side * xa <= side * xb;
        if (side * ((left ? xa : xb) - wanted) < 0 || isnan(xa) || isnan(xb))
            break;
        if (left) {
            high = b, b = a, xb = xa;
            a = high - GOLDEN * (high - low);
            xa = x_at(search, a);
        } else {
            low = a, a = b, xa = xb;
            b = low + GOLDEN * (high - low);
            xb = x_at(search, b);
        }
    }
    int left = side * xa <= side * xb;
    *x = left ? xa : xb;
    return left ? a : b;
}

/* 1 if i is an interior point of a piece of the line with x known on both sides. */
static int has_neighbours(const fj_line *line, size_t i)
{
    const fj_line_point *p = line->point;
    return i > 0 && i + 1 < line->count && p[i - 1].joined && p[i].joined && p[i - 1].known &&
           p[i].known && p[i + 1].known && isfinite(p[i - 1].x) && isfinite(p[i].x) &&
           isfinite(p[i + 1].x);
}

/* An extremum around grid point i that may reach over the wanted value though the grid does not. */
static void extremum_look(fj_search *search, size_t i)
{
    const fj_line_point *p = search->line->point;
    if (!has_neighbours(search->line, i))
        return;
    double wanted = search->measure->x, side = p[i].x > wanted ? 1 : -1;
    double before = side * (p[i - 1].x - p[i].x), after = side * (p[i + 1].x - p[i].x);
    double distance = side * (p[i].x - wanted), x;
    if (before < 0 || after < 0 || distance > BEYOND * fmax(before, after))
        return;
    double at = golden_section(search, p[i - 1].log_q, p[i + 1].log_q, side, &x);
    if (fabs(x - wanted) <= REACHED) {
        take(search, at, at, x);
    } else if (side * (x - wanted) < 0) {
        crossing_find(search, p[i - 1].log_q, at);
        crossing_find(search, at, p[i + 1].log_q);
    }
}

/* ---- the walk ---- */

static void interval_look(fj_search *search, size_t i)
{
    double wanted = search->measure->x;
    double low = known_x(search, i), high = known_x(search, i + 1);
    const fj_line_point *p = search->line->point;
    if (!isfinite(wanted) || isnan(low) || isnan(high))
        return;
    if (low == wanted)
        plateau_take(search, i);
    else if ((low > wanted) != (high > wanted) || high == wanted)
        crossing_find(search, p[i].log_q, p[i + 1].log_q);
    else
        extremum_look(search, i);
}

static int is_stable_side(const fj_line_point *p)
{
    return p[0].stable || p[1].stable;
}

/* x goes on from `from` over `at` towards the wanted value, and not to a limit short of it. */
static int heads_there(const fj_search *search, double before, double from, double at)
{
    double left = search->measure->x - at, step = at - from, last = from - before;
    if (!(step * left > 0)) /* also where one is NaN or the step is 0 */
        return 0;
    double ratio = step / last;
    if (!(ratio > 0) || ratio >= SHRINKING)
        return 1;
    return fabs(left) <= LIMIT_SAFETY * fabs(step) * ratio / (1 - ratio);
}

static void outside_look(fj_search *search, size_t first, size_t last)
{
    const fj_line *line = search->line;
    for (size_t i = last; i >= first + 2 && i + 1 < line->count && line->point[i].joined; i++) {
        if (search->stable || !heads_there(search, known_x(search, i - 2), known_x(search, i - 1),
                                           known_x(search, i)))
            break;
        interval_look(search, i);
    }
    for (size_t i = first; i > 0 && i + 2 <= last && line->point[i - 1].joined; i--) {
        if (search->stable || !heads_there(search, known_x(search, i + 2), known_x(search, i + 1),
                                           known_x(search, i)))
            break;
        interval_look(search, i - 1);
    }
}

void fj_search_run(fj_search *search)
{
    const fj_line *line = search->line;
    size_t first = 0, last = line->count;
    search->q = 0;
    while (first < line->count && line->point[first].log_q < search->log_low)
        first++;
    while (last > first && line->point[last - 1].log_q > search->log_high)
        last--;
    if (first == last)
        return;
    last--;
    for (int stable = 1; stable >= 0; stable--)
        for (size_t i = first; i < last && !search->stable; i++) {
            const fj_line_point *p = &line->point[i];
            if (p->joined && is_stable_side(p) == stable)
                interval_look(search, i);
        }
    outside_look(search, first, last);
}

static double distance(double x, double goal)
{
    return fabs(fmax(x, -X_MOST) - goal);
}

int fj_search_nearest(fj_search *search, double *q, double *x, int *at_end)
{
    const fj_line *line = search->line;
    const fj_line_point *p = line->point;
    double wanted = search->measure->x, goal = isfinite(wanted) ? wanted : -X_MOST;
    size_t best = line->count;
    *q = *x = NAN;
    *at_end = 0;
    for (size_t i = 0; i < line->count; i++)
        if (p[i].known && p[i].x < INFINITY && /* NaN is not */
            (best == line->count || distance(p[i].x, goal) < distance(p[best].x, goal)))
            best = i;
    if (best == line->count)
        return 0;
    search->undecided = (best > 0 && p[best - 1].known && isnan(p[best - 1].x)) ||
                        (best + 1 < line->count && p[best + 1].known && isnan(p[best + 1].x));
    *q = exp(p[best].log_q);
    *x = p[best].x;
    /* below log_low x has gone to its limit, and its steps may be rounding */
    if (best == 0 || !p[best - 1].known || p[best].log_q < search->log_low)
        *at_end = -1;
    else if (best + 1 == line->count || !p[best + 1].known)
        *at_end = 1;
    if (*at_end != 0 || !has_neighbours(line, best))
        return 1;
    double refined, side = p[best].x > wanted ? 1 : -1;
    double at = golden_section(search, p[best - 1].log_q, p[best + 1].log_q, side, &refined);
    if (side * (refined - *x) < 0) {
        *q = exp(at);
        *x = refined;
    }
    return 1;
}
