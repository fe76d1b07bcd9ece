/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The curve of subordination points u(r) = r exp(i theta(r)), kept as anchors from which any point of the law starts.
 *
 * 1. Solve for theta at radii spread geometrically from the finite ends of the branch (where theta goes like a square
 *    root) and from mu1 (where a law of small spread sits), and quadratically towards r = 0.
 * 2. Keep the run where theta is above the underflow of double; halve towards its ends until the density is faint there.
 * 3. Between neighbours, x = log r and log theta are cubic Hermite functions of log lambda (their derivatives there are
 *    those of 1/(d log z/dw)); next to a square-root end, even and odd polynomials in the root of the distance. Halve
 *    every interval on which the guess at the middle is worse than GUESS.
 * Anchors depend on the branch alone, so no answer depends on which points are asked, or in what order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "spectrum_internal.h"

/* Newton doubles the digits of a start this good to full precision in two steps. */
static const double GUESS = 2e-3;
/* Anchors come no closer than this part of the branch: where a tail falls from a square root to nothing within a few
 * units of rounding, there is nothing to resolve. */
static const double RESOLUTION = 1e-9;
/* An angle this small is the end of a tail. */
static const double FAINT = 1e-200;
/* u below exp(X_LEAST) would underflow */
static const double X_LEAST = -670;
enum { ANCHORS_MAX = 6000, DEPTH_MAX = 14, COARSE = 11, FINE = 46 };

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
    double resolution; /* in x */
    fj_status status;
} builder;

static node *anchor_make(builder *b, double x, double theta)
{
    if (b->status != FJ_OK)
        return NULL;
    if (b->used == ANCHORS_MAX) {
        b->status = FJ_NO_CONVERGENCE;
        return NULL;
    }
    fj_composed at;
    b->status = fj_angle_find(b->layers, x, &theta, &at);
    if (b->status != FJ_OK)
        return NULL;
    node *made = &b->pool[b->used++];
    made->next = NULL;
    made->anchor = (fj_anchor){.x = x, .theta = theta, .big_x = creal(at.log_z)};
    if (theta > 0) {
        double complex inverse = 1 / at.slope;
        made->anchor.dx = creal(inverse);
        made->anchor.dlog_theta = cimag(inverse) / theta;
    }
    return made;
}

/* Cubic through values f, g and slopes df, dg at the ends of an interval of length h, at the part s of it. */
static double hermite(double f, double g, double df, double dg, double h, double s)
{
    double d = g - f, a = df * h - d, c = d - dg * h;
    return f + s * (d + (1 - s) * (a * (1 - s) + c * s));
}

static double complex guess_between(const fj_anchor *a, const fj_anchor *b, double big_x)
{
    double h = b->big_x - a->big_x, s = (big_x - a->big_x) / h;
    double x = hermite(a->x, b->x, a->dx, b->dx, h, s);
    double y = hermite(log(a->theta), log(b->theta), a->dlog_theta, b->dlog_theta, h, s);
    return CMPLX(x, exp(y));
}

/* Between an end with a square root and the anchor next to it: x - x_end = a Y^2 + b Y^4, theta = c Y + d Y^3 in
 * Y = sqrt|log lambda - log lambda_end|, matched to values and slopes at the anchor. */
static double complex guess_at_end(const fj_anchor *near, double x_end, double big_x_end,
                                   double big_x)
{
    double z = fabs(big_x_end - near->big_x), r = fabs(big_x_end - big_x) / z;
    double sign = near->big_x > big_x_end ? 1 : -1;
    double f = near->x - x_end, zf = near->dx * sign * z; /* z df/dz */
    double theta = near->theta, zt = near->dlog_theta * sign * z * theta;
    /* f = a z + b z^2 with a z + 2 b z^2 = zf; theta = c z^1/2 + d z^3/2 with (c z^1/2 + 3 d z^3/2)/2 = zt */
    double bz = zf - f, az = f - bz;
    double dz = zt - theta / 2, cz = theta - dz;
    return CMPLX(x_end + r * (az + r * bz), sqrt(r) * (cz + r * dz));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Step 1: the radii of the first pass. */
static size_t first_radii(const builder *b, int steps, double *x, size_t room)
{
    const fj_branch *branch = b->branch;
    const int open = branch->low == FJ_END_ZERO;
    const double low = open ? X_LEAST : branch->x_low, high = branch->x_high;
    const double range = fmin(high - low, 1), middle = log(b->layers->mu1);
    size_t n = 0;
    for (int k = 1; k <= steps && n + 6 < room; k++) {
        double distance = ldexp(range, -k);
        x[n++] = high - distance;
        if (!open)
            x[n++] = low + distance;
        x[n++] = middle - distance;
        x[n++] = middle + distance;
    }
    if (open)
        for (double s = 1; high - s * s > low && n + 1 < room; s *= 1.6)
            x[n++] = high - s * s;
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

/* Step 2: the run of visible anchors, as a list; *below and *above are invisible neighbours, or NAN. */
static node *visible_run(builder *b, int steps, double *below, double *above)
{
    double x[4 * FINE + 64];
    size_t n = first_radii(b, steps, x, sizeof x / sizeof *x);
    node *first = NULL, *last = NULL;
    double theta = 0.5;
    *below = *above = NAN;
    b->used = 0;
    for (size_t i = n; i-- > 0 && b->status == FJ_OK;) { /* downwards, from the upper edge */
        node *now = anchor_make(b, x[i], theta);
        if (!now)
            break;
        if (now->anchor.theta > 0) {
            theta = now->anchor.theta;
            now->next = first;
            first = now;
            if (!last)
                last = now;
        } else if (first) {
            *below = x[i];
            break;
        } else {
            *above = x[i];
        }
    }
    return first;
}

static void extend_down(builder *b, node **first, double below)
{
    for (int i = 0; i < 50 && b->status == FJ_OK; i++) {
        double x = ((*first)->anchor.x + below) / 2;
        if ((*first)->anchor.theta < FAINT || (*first)->anchor.x - x < b->resolution)
            return;
        node *now = anchor_make(b, x, (*first)->anchor.theta);
        if (now && now->anchor.theta > 0) {
            now->next = *first;
            *first = now;
        } else {
            below = x;
        }
    }
}

static void extend_up(builder *b, node *first, double above)
{
    node *last = first;
    while (last->next)
        last = last->next;
    for (int i = 0; i < 50 && b->status == FJ_OK; i++) {
        double x = (last->anchor.x + above) / 2;
        if (last->anchor.theta < FAINT || x - last->anchor.x < b->resolution)
            return;
        node *now = anchor_make(b, x, last->anchor.theta);
        if (now && now->anchor.theta > 0) {
            last->next = now;
            last = now;
        } else {
            above = x;
        }
    }
}

static double guess_error(double complex guess, const fj_anchor *exact)
{
    return fabs(creal(guess) - exact->x) + fabs(log(cimag(guess) / exact->theta));
}

/* Step 3 for one interval. */
static void refine(builder *b, node *left, int depth)
{
    if (b->status != FJ_OK || depth == 0)
        return;
    node *right = left->next;
    double x = (left->anchor.x + right->anchor.x) / 2;
    if (x - left->anchor.x < b->resolution)
        return;
    node *middle = anchor_make(b, x, sqrt(left->anchor.theta) * sqrt(right->anchor.theta));
    if (!middle || !(middle->anchor.theta > 0))
        return;
    double complex guess = guess_between(&left->anchor, &right->anchor, middle->anchor.big_x);
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
        if (!now || !(now->anchor.theta > 0) || now->anchor.x == near->anchor.x)
            return;
        double complex guess = guess_at_end(&near->anchor, end, big_end, now->anchor.big_x);
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

fj_status fj_curve_build(const fj_layers *layers, fj_branch *branch)
{
    builder b = {.layers = layers, .branch = branch, .status = FJ_OK};
    b.pool = malloc(ANCHORS_MAX * sizeof *b.pool);
    if (!b.pool)
        return FJ_NO_MEMORY;
    double below, above;
    node *first = visible_run(&b, COARSE, &below, &above);
    if (b.status == FJ_OK && (!first || !first->next))
        first = visible_run(&b, FINE, &below, &above);
    if (b.status == FJ_OK && !first)
        b.status = FJ_NO_CONVERGENCE;
    if (b.status != FJ_OK)
        goto done;
    const node *last = first;
    while (last->next)
        last = last->next;
    b.resolution = RESOLUTION * (last->anchor.x - first->anchor.x);
    branch->tail_low = !isnan(below);
    branch->tail_high = !isnan(above);
    if (branch->tail_low)
        extend_down(&b, &first, below);
    else if (branch->low != FJ_END_ZERO)
        refine_end(&b, &first, 0);
    if (branch->tail_high)
        extend_up(&b, first, above);
    else
        refine_end(&b, &first, 1);
    for (node *n = first; n && n->next && b.status == FJ_OK;) {
        node *next = n->next;
        refine(&b, n, DEPTH_MAX);
        n = next;
    }
    if (b.status != FJ_OK)
        goto done;
    size_t count = 0;
    for (node *n = first; n; n = n->next)
        count++;
    branch->anchor = malloc(count * sizeof *branch->anchor);
    if (!branch->anchor) {
        b.status = FJ_NO_MEMORY;
        goto done;
    }
    for (node *n = first; n; n = n->next)
        branch->anchor[branch->anchors++] = n->anchor;
done:
    free(b.pool);
    return b.status;
}

int fj_curve_guess(const fj_branch *branch, double big_x, double complex *w, double *left,
                   double *right)
{
    const fj_anchor *a = branch->anchor;
    const size_t n = branch->anchors;
    if (big_x <= a[0].big_x) {
        if (branch->tail_low)
            return 0;
        *left = branch->low == FJ_END_ZERO ? X_LEAST : branch->x_low;
        *right = a[0].x;
        if (branch->low == FJ_END_ZERO)
            *w = CMPLX(a[0].x + (big_x - a[0].big_x) * a[0].dx, a[0].theta);
        else
            *w = guess_at_end(&a[0], branch->x_low, branch->big_x_low, big_x);
        return creal(*w) > X_LEAST;
    }
    if (big_x >= a[n - 1].big_x) {
        if (branch->tail_high)
            return 0;
        *left = a[n - 1].x;
        *right = branch->x_high;
        *w = guess_at_end(&a[n - 1], branch->x_high, branch->big_x_high, big_x);
        return 1;
    }
    size_t low = 0, high = n - 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (a[middle].big_x <= big_x)
            low = middle;
        else
            high = middle;
    }
    *left = a[low].x;
    *right = a[high].x;
    *w = guess_between(&a[low], &a[high], big_x);
    return 1;
}
