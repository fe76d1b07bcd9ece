/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The curve of subordination points u(r) = r exp(i theta(r)), kept as anchors from which any point of the law starts.
 *
 * 1. Solve for theta at radii spread geometrically from the finite ends of the branch (where theta goes like a square
 *    root) and from mu1 (where a law of small spread sits), and quadratically towards r = 0.
 * 2. Where theta falls below 1e-200 the law is invisible: in its tails, and between clusters. Halve
 *    towards every such place until the density is faint there.
 * 3. Halve every interval on which the guess at the middle (guess.c) is worse than GUESS.
 * Anchors depend on the branch alone, so no answer depends on which points are asked, or in what order. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "spectrum_internal.h"

/* Of cubics, that is; what points start from is of degree seven, and some hundred times as good. */
static const double GUESS = 2e-2;
/* Angles of anchors: a step of this part of them is the last. */
static const double ENOUGH = 1e-4;
/* Anchors come no closer than this part of the branch: where a tail falls from a square root to nothing within a few
 * units of rounding, there is nothing to resolve. */
static const double RESOLUTION = 1e-9;
/* A smaller angle counts as none; a tail followed down to FAINT is followed far enough. */
static const double LEAST = 1e-200, FAINT = 1e-150;
/* How far down u is followed at most, in logarithms. */
static const double LEAST_OF_ALL = -660;
enum { ANCHORS_MAX = 6000, DEPTH_MAX = 14, COARSE = 11, FINE = 46, RADII_MAX = 700, ENDLESS = 48 };

/* With orthogonal weights and sum (1 - p) = 1 the curve runs through the mass p of t itself, where an atom is just not
 * there (ELU at depth 2): theta is the root of rounding there, below this. */
static const double THROUGH_MASS = 1e-7;

/* An anchor under construction, in a list that ascends in x. */
typedef struct node {
    fj_anchor anchor;
    struct node *next;
} node;

typedef struct builder {
    const fj_layers *layers;
    fj_branch *branch;
    node *pool;
    size_t used;
    double width; /* of the visible part, in x; at most 1 */
    double x_top; /* where the law has vanished, if it has no upper edge */
    fj_status status;
} builder;

/* The masses of t; none for a universal law. */
static size_t masses_of(const fj_layers *layers, const fj_mass **mass)
{
    return layers->universal ? 0 : fj_rule_masses(layers->rule, mass);
}

/* Is u = exp(x) a mass of t? */
static int is_mass(const fj_layers *layers, double x)
{
    const fj_mass *mass;
    size_t n = masses_of(layers, &mass);
    for (size_t i = 0; i < n; i++)
        if (mass[i].t > 0 && fabs(x - log(mass[i].t)) <= 4 * DBL_EPSILON * (1 + fabs(x)))
            return 1;
    return 0;
}

static node *anchor_make(builder *b, double x, double theta)
{
    if (b->status != FJ_OK)
        return NULL;
    if (b->used == ANCHORS_MAX) {
        b->status = FJ_NO_CONVERGENCE;
        return NULL;
    }
    fj_composed at;
    b->status = fj_angle_find(b->layers, x, ENOUGH, &theta, &at);
    if (b->status != FJ_OK)
        return NULL;
    if (theta > 0) { /* the step that it did not take, to first order: what is left is its square */
        const double step = -cimag(at.log_z) / creal(at.slope);
        if (fabs(step) < ENOUGH * theta) {
            theta += step;
            at.log_z += CMPLX(-cimag(at.slope) * step, creal(at.slope) * step);
        }
    }
    node *made = &b->pool[b->used++];
    made->next = NULL;
    made->anchor = (fj_anchor){.x = x, .theta = theta, .big_x = creal(at.log_z)};
    if (theta < THROUGH_MASS && is_mass(b->layers, x)) {
        made->anchor.singular = 1;
        made->anchor.theta = THROUGH_MASS; /* it belongs to what lies beside it */
        made->anchor.big_x = b->layers->depth * (b->layers->log_chi + x - log(b->layers->mu1));
    } else if (theta > 0) {
        double complex inverse = 1 / at.slope;
        made->anchor.dx = creal(inverse);
        made->anchor.dlog_theta = cimag(inverse) / theta;
    }
    return made;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Adds x -+ range 2^-k, k = 1..steps. */
static size_t radii_around(double x, double range, int steps, double *out, size_t n, size_t room)
{
    for (int k = 1; k <= steps && n + 2 <= room; k++) {
        out[n++] = x - ldexp(range, -k);
        out[n++] = x + ldexp(range, -k);
    }
    return n;
}

/* Step 1: the radii of the first pass. */
static size_t first_radii(const builder *b, int steps, double *x, size_t room)
{
    const fj_branch *branch = b->branch;
    const int open = branch->low == FJ_END_ZERO;
    const int endless = branch->high == FJ_END_INFINITY;
    const double low = open ? branch->x_least : branch->x_low;
    const double high = endless ? b->x_top : branch->x_high;
    const double range = fmin(high - low, 1);
    const fj_mass *mass;
    size_t masses = masses_of(b->layers, &mass), n = 0;
    n = radii_around(high, range, steps, x, n, room);
    if (!open)
        n = radii_around(low, range, steps, x, n, room);
    n = radii_around(log(b->layers->mu1), 1, steps, x, n, room);
    for (size_t i = 0; i < masses; i++) /* clusters sit at masses of t */
        if (mass[i].t > 0) {
            n = radii_around(log(mass[i].t), 1, steps, x, n, room);
            if (n < room && high - log(mass[i].t) > RESOLUTION && log(mass[i].t) - low > RESOLUTION)
                x[n++] = log(mass[i].t);
        }
    if (open)
        for (double s = 1; high - s * s > low && n < room; s *= 1.6)
            x[n++] = high - s * s;
    if (endless) { /* evenly from where the law is to where it has vanished, for any depth */
        const double from = fmax(low, fmin(log(b->layers->mu1), high) - 3);
        for (int k = 1; k < ENDLESS && n < room; k++)
            x[n++] = from + (high - from) * k / ENDLESS;
    }
    if (fj_x_least(b->layers) > LEAST_OF_ALL && open && n < room)
        x[n++] = low + 1e-6;
    for (int k = 1; k < 8 && n < room; k++)
        if (high - low > 1 && !open)
            x[n++] = low + (high - low) * k / 8;
    qsort(x, n, sizeof *x, by_value);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] > low && x[i] < high && (kept == 0 || x[i] > x[kept - 1]))
            x[kept++] = x[i];
    return kept;
}

static int is_visible(const node *n)
{
    return n->anchor.theta > LEAST;
}

/* log of the roots of the distances from square-root ends, which theta is like near them; and its derivative. */
static double log_roots(const fj_branch *branch, double x, double *slope)
{
    double sum = 0;
    *slope = 0;
    if (branch->high == FJ_END_SQUARE_ROOT) {
        sum += log(branch->x_high - x) / 2;
        *slope -= 0.5 / (branch->x_high - x);
    }
    if (branch->low == FJ_END_SQUARE_ROOT) {
        sum += log(x - branch->x_low) / 2;
        *slope += 0.5 / (x - branch->x_low);
    }
    return sum;
}

/* The angle at x from the anchor beyond it, NULL for the first: the logarithm of theta/(pi - theta) over those roots by its tangent.
 * Next to an edge far above t theta^2 is 6 times the distance. */
static double theta_beyond(const fj_branch *branch, const fj_anchor *known, double x)
{
    static const double START = 0.5, RATIO = 6, MOST = 3;
    double slope, slope_known;
    if (!known)
        return branch->high == FJ_END_SQUARE_ROOT ? fmin(START, sqrt(RATIO * (branch->x_high - x)))
                                                  : START;
    const double left = M_PI - known->theta, step = x - known->x;
    const double roots = log_roots(branch, x, &slope) - log_roots(branch, known->x, &slope_known);
    const double rest = known->dlog_theta / known->dx * (M_PI / left) - slope_known;
    const double odds = known->theta / left * exp(roots + fmax(-MOST, fmin(MOST, rest * step)));
    return odds > 0 ? M_PI * (odds / (1 + odds)) : known->theta;
}

/* The list of all samples, ascending in x. */
static node *sample_radii(builder *b, int steps)
{
    double x[RADII_MAX];
    size_t n = first_radii(b, steps, x, RADII_MAX);
    node *first = NULL;
    const node *seen = NULL;
    b->used = 0;
    for (size_t i = n; i-- > 0;) { /* downwards, from the upper edge */
        const double theta = theta_beyond(b->branch, seen ? &seen->anchor : NULL, x[i]);
        node *now = anchor_make(b, x[i], theta);
        if (!now)
            return NULL;
        if (is_visible(now))
            seen = now->anchor.singular ? NULL : now;
        now->next = first;
        first = now;
    }
    return first;
}

/* Is there a visible sample, and none of weight that stands alone? */
static int samples_suffice(const node *first)
{
    int any = 0;
    const node *before = NULL;
    for (const node *n = first; n; before = n, n = n->next)
        if (is_visible(n)) {
            any = 1;
            if (n->anchor.theta > FAINT && (!before || !is_visible(before)) &&
                (!n->next || !is_visible(n->next)))
                return 0;
        }
    return any;
}

/* Step 2 between two neighbours of which one is visible: halve towards the invisible one. */
static void extend(builder *b, node *left, double run_width)
{
    for (int i = 0; i < 60; i++) {
        node *right = left->next;
        const node *seen = is_visible(left) ? left : right;
        double x = (left->anchor.x + right->anchor.x) / 2;
        if (seen->anchor.theta < FAINT || fabs(x - seen->anchor.x) < RESOLUTION * run_width)
            return;
        node *middle = anchor_make(b, x, seen->anchor.theta);
        if (!middle)
            return;
        middle->next = right;
        left->next = middle;
        if (is_visible(middle) == is_visible(left))
            left = middle;
    }
}

/* Width in x of the visible run that n belongs to. */
static double run_width(const node *first, const node *n)
{
    const node *start = NULL, *end = n;
    for (const node *k = first; k != n; k = k->next)
        if (!is_visible(k))
            start = NULL;
        else if (!start)
            start = k;
    while (end->next && is_visible(end->next))
        end = end->next;
    return end->anchor.x - (start ? start : n)->anchor.x;
}

static void extend_all(builder *b, node *first)
{
    for (node *n = first; n && b->status == FJ_OK;) {
        node *next = n->next;
        if (next && is_visible(n) != is_visible(next))
            extend(b, n, run_width(first, is_visible(n) ? n : next));
        n = next;
    }
}

static double guess_error(double complex guess, const fj_anchor *exact)
{
    return fabs(creal(guess) - exact->x) + fabs(log(cimag(guess) / exact->theta));
}

/* Does log lambda of n lie strictly between, by more than its rounding? */
static int is_between(const node *n, const node *left, const node *right)
{
    double x = n->anchor.big_x, rounding = 64 * DBL_EPSILON * (4 + fabs(x));
    return x - left->anchor.big_x > rounding && right->anchor.big_x - x > rounding;
}

/* The angle in the middle of two anchors in x: log theta by a cubic, where slopes do not mislead it. */
static double theta_between(const fj_anchor *a, const fj_anchor *b)
{
    const double mean = sqrt(a->theta) * sqrt(b->theta);
    if (a->singular || b->singular)
        return mean;
    const double guess = exp(fj_guess_hermite(log(a->theta), log(b->theta), a->dlog_theta / a->dx,
                                              b->dlog_theta / b->dx, b->x - a->x, 0.5));
    return guess > a->theta / 4 + b->theta / 4 && guess < 2 * (a->theta + b->theta) ? guess : mean;
}

/* Step 3 for one interval. */
static void refine(builder *b, node *left, int depth)
{
    if (b->status != FJ_OK || depth == 0)
        return;
    node *right = left->next;
    double x = (left->anchor.x + right->anchor.x) / 2;
    if (x - left->anchor.x < RESOLUTION * (1 + fabs(x)) * b->width)
        return;
    node *middle = anchor_make(b, x, theta_between(&left->anchor, &right->anchor));
    if (!middle || !is_between(middle, left, right))
        return;
    if (!is_visible(middle)) { /* a gap that no sample fell into */
        middle->next = right;
        left->next = middle;
        extend(b, left, b->width);
        extend(b, middle, b->width);
        return;
    }
    double complex guess = fj_guess_between(&left->anchor, &right->anchor, middle->anchor.big_x);
    middle->next = right;
    left->next = middle;
    if (guess_error(guess, &middle->anchor) < GUESS)
        return;
    refine(b, left, depth - 1);
    refine(b, middle, depth - 1);
}

/* Step 3 next to a square-root end: halve the distance until the guess is good there. */
static void refine_end(builder *b, node **first, int upper)
{
    for (int i = 0; i < 40 && b->status == FJ_OK; i++) {
        node *near = *first;
        while (upper && near->next)
            near = near->next;
        double end = upper ? b->branch->x_high : b->branch->x_low;
        double big_end = upper ? b->branch->big_x_high : b->branch->big_x_low;
        node *now = anchor_make(b, (near->anchor.x + end) / 2, near->anchor.theta);
        node at_end = {.anchor = {.x = end, .big_x = big_end}};
        if (!now || !is_visible(now) ||
            !is_between(now, upper ? near : &at_end, upper ? &at_end : near))
            return;
        double complex guess = fj_guess_at_end(&near->anchor, end, big_end, now->anchor.big_x);
        double error = guess_error(guess, &now->anchor);
        if (upper) {
            near->next = now;
        } else {
            now->next = near;
            *first = now;
        }
        if (error < GUESS)
            return;
    }
}

/* Step 3, everywhere. */
static void refine_all(builder *b, node **first)
{
    node *last = *first;
    while (last->next)
        last = last->next;
    const fj_branch *branch = b->branch;
    if (!branch->tail_low && branch->low != FJ_END_ZERO)
        refine_end(b, first, 0);
    if (!branch->tail_high && branch->high != FJ_END_INFINITY)
        refine_end(b, first, 1);
    double low = INFINITY, high = -INFINITY;
    for (const node *n = *first; n; n = n->next)
        if (is_visible(n)) {
            low = fmin(low, n->anchor.x);
            high = fmax(high, n->anchor.x);
        }
    b->width = fmin(high - low, 1);
    for (node *n = *first; n && b->status == FJ_OK;) {
        node *next = n->next;
        if (next && is_visible(n) && is_visible(next))
            refine(b, n, DEPTH_MAX);
        n = next;
    }
}

/* The visible anchors, with the distribution function in the gaps between their runs. */
static fj_status anchors_keep(builder *b, const node *first)
{
    fj_branch *branch = b->branch;
    size_t count = 0;
    for (const node *n = first; n; n = n->next)
        count += (size_t)is_visible(n);
    if (count == 0)
        return FJ_NO_CONVERGENCE;
    branch->anchor = malloc(count * sizeof *branch->anchor);
    if (!branch->anchor)
        return FJ_NO_MEMORY;
    for (const node *n = first; n; n = n->next) {
        if (!is_visible(n))
            continue;
        fj_anchor *anchor = &branch->anchor[branch->anchors++];
        *anchor = n->anchor;
        anchor->log_theta = log(anchor->theta);
        anchor->cdf_above = NAN;
        if (n->next && !is_visible(n->next)) {
            fj_composed at;
            fj_layers_compose(b->layers, CMPLX(anchor->x, anchor->theta), &at);
            anchor->cdf_above = fj_layers_cdf(b->layers, &at, 0);
        }
    }
    return FJ_OK;
}

double fj_x_least(const fj_layers *layers)
{
    return layers->universal ? LEAST_OF_ALL : fj_rule_bottom(layers->rule);
}

/* Where t has no upper bound: how far up the law is visible. Deep networks live at u beyond the largest t of any weight. */
static void top_find(builder *b)
{
    double theta = 0.5;
    fj_composed at;
    b->x_top = fj_rule_top(b->layers->rule);
    for (double step = 0.25; step < 100 && b->status == FJ_OK; step *= 1.5) {
        b->status = fj_angle_find(b->layers, b->x_top, FJ_ANGLE_EXACT, &theta, &at);
        if (!(theta > LEAST))
            return;
        b->x_top += step;
    }
    b->status = FJ_NO_CONVERGENCE;
}

fj_status fj_curve_build(const fj_layers *layers, fj_branch *branch)
{
    builder b = {.layers = layers, .branch = branch, .status = FJ_OK};
    branch->x_least = fj_x_least(layers);
    b.pool = malloc(ANCHORS_MAX * sizeof *b.pool);
    if (!b.pool)
        return FJ_NO_MEMORY;
    if (branch->high == FJ_END_INFINITY)
        top_find(&b);
    node *first = b.status == FJ_OK ? sample_radii(&b, COARSE) : NULL;
    if (b.status == FJ_OK && !samples_suffice(first))
        first = sample_radii(&b, FINE);
    if (b.status == FJ_OK && (!first || !samples_suffice(first)))
        b.status = FJ_NO_CONVERGENCE;
    if (b.status == FJ_OK) {
        extend_all(&b, first);
        const node *last = first;
        while (last->next)
            last = last->next;
        branch->tail_low = !is_visible(first);
        branch->tail_high = !is_visible(last);
    }
    if (b.status == FJ_OK)
        refine_all(&b, &first);
    if (b.status == FJ_OK)
        b.status = anchors_keep(&b, first);
    free(b.pool);
    return b.status;
}
