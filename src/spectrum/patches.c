/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law as Chebyshev series.
 *
 * 1. In tau (patches.h) the distribution function and the logarithm of the density over sin(tau) or tau are smooth, edges
 *    included, where both are known in closed form.
 * 2. Solve at the nodes of a patch, each from a guess between the walk's stations. Nine nodes show whether seventeen will do;
 *    else halve the patch. A patch at an edge continues evenly (F oddly) beyond it, so that no node comes so close to the edge
 *    that the rounding of log lambda shows.
 * 3. A patch is good when its last coefficients are below the rounding of its values. One that is not good at the smallest size
 *    says so, and points in it are refused. */
#include "patches.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "chebyshev.h"

enum { LOW, HIGH };
enum { DEGREE = FJ_PATCH_DEGREE, DEPTH_MAX = 30, PATCHES_MAX = 4000 };

/* Last coefficients of this size: seventeen nodes are as good as rounding; halved nodes that promise so. */
static const double GOOD = 2e-14, PROMISING = 3e-6;
/* More stations than this on a patch: it is not tried. */
enum { STATIONS_MOST = 6 };
/* The worst a patch of the smallest size may be. */
static const double WORST = 1e-9;

typedef struct builder {
    fj_path *path;
    const fj_stretch *stretch;
    fj_patches *out;
    fj_station at, scratch;
    fj_status status;
} builder;

typedef struct node {
    double log_density, cdf, error, rounding;
    double noise; /* of log_density, by the rounding of log lambda */
} node;

/* ---- the coordinate ---- */

static void tau_range(const fj_patches *p, double *from, double *to)
{
    const double length = p->big_x[HIGH] - p->big_x[LOW];
    *from = p->edge[LOW] ? 0 : p->edge[HIGH] ? -sqrt(length) : p->big_x[LOW];
    *to = p->edge[LOW] && p->edge[HIGH] ? M_PI
          : p->edge[LOW]                ? sqrt(length)
          : p->edge[HIGH]               ? 0
                                        : p->big_x[HIGH];
}

/* log lambda at tau; *slope = d log lambda/d tau; *factor: what the density is divided by. */
static double big_x_at(const fj_patches *p, double tau, double *slope, double *factor)
{
    if (p->edge[LOW] && p->edge[HIGH]) {
        const double half = (p->big_x[HIGH] - p->big_x[LOW]) / 2;
        const double sine = sin(tau / 2), cosine = cos(tau / 2);
        *factor = (p->edge[LOW] > 0 ? sine : 1 / sine) * (p->edge[HIGH] > 0 ? cosine : 1 / cosine);
        *slope = 2 * half * sine * cosine;
        /* from the nearer end */
        return tau < M_PI_2 ? p->big_x[LOW] + 2 * half * sine * sine
                            : p->big_x[HIGH] - 2 * half * cosine * cosine;
    }
    *factor = p->edge[LOW] + p->edge[HIGH] > 0 ? fabs(tau) : 1 / fabs(tau);
    *slope = 2 * fabs(tau);
    if (p->edge[LOW])
        return p->big_x[LOW] + tau * tau;
    if (p->edge[HIGH])
        return p->big_x[HIGH] - tau * tau;
    *factor = *slope = 1;
    return tau;
}

static double tau_at(const fj_patches *p, double big_x)
{
    const double below = fmax(big_x - p->big_x[LOW], 0), above = fmax(p->big_x[HIGH] - big_x, 0);
    if (p->edge[LOW] && p->edge[HIGH])
        return 2 * atan2(sqrt(below), sqrt(above));
    return p->edge[LOW] ? sqrt(below) : p->edge[HIGH] ? -sqrt(above) : big_x;
}

/* ---- guesses ---- */

/* Cubic through values f, g and slopes df, dg at the ends of an interval of length h, at the part s of it. */
static double hermite(double f, double g, double df, double dg, double h, double s)
{
    const double d = g - f, a = df * h - d, c = d - dg * h;
    return f + s * (d + (1 - s) * (a * (1 - s) + c * s));
}

static double hermite_log(double f, double g, double df, double dg, double h, double s)
{
    return copysign(exp(hermite(log(fabs(f)), log(fabs(g)), df / f, dg / g, h, s)), f);
}

/* Between two values of the same kind: parts by themselves, in logarithms, where one is far smaller than the other. */
static double complex between(double complex f, double complex g, double complex df,
                              double complex dg, double h, double s)
{
    const double small = 0.1;
    if (fabs(cimag(f)) < small * fabs(creal(f)) && fabs(cimag(g)) < small * fabs(creal(g)) &&
        creal(f) * creal(g) > 0)
        return CMPLX(hermite_log(creal(f), creal(g), creal(df), creal(dg), h, s),
                     hermite_log(cimag(f), cimag(g), cimag(df), cimag(dg), h, s));
    const double complex lf = clog(f), lg = clog(g), dlf = df / f, dlg = dg / g;
    return cexp(CMPLX(hermite(creal(lf), creal(lg), creal(dlf), creal(dlg), h, s),
                      hermite(cimag(lf), cimag(lg), cimag(dlf), cimag(dlg), h, s)));
}

/* Angles by their logarithms, where both are from the same half of the axis. */
static void angle_between(const fj_subordinate *f, const fj_subordinate *g, double complex df,
                          double complex dg, double h, double s, fj_subordinate *out)
{
    const double x = hermite(creal(f->w), creal(g->w), creal(df), creal(dg), h, s);
    const double a = cimag(f->w), b = cimag(g->w);
    out->left = f->left;
    if (f->left == g->left) {
        out->w = CMPLX(x, hermite_log(a, b, cimag(df), cimag(dg), h, s));
        return;
    }
    const double theta =
        hermite(f->left ? M_PI + a : a, g->left ? M_PI + b : b, cimag(df), cimag(dg), h, s);
    out->left = theta > M_PI_2;
    out->w = CMPLX(x, out->left ? theta - M_PI : theta);
}

static void guess_between(builder *b, const fj_station *f, const fj_station *g, double big_x)
{
    const fj_stack *stack = b->path->stack;
    const double h = creal(g->log_z) - creal(f->log_z), s = (big_x - creal(f->log_z)) / h;
    const double complex df = fj_quotient(f->at.m, f->slope), dg = fj_quotient(g->at.m, g->slope);
    fj_stack_point *at = &b->at.at;
    if (fj_size(f->at.rest) < fj_size(f->at.m) && fj_size(g->at.rest) < fj_size(g->at.m)) {
        at->rest = between(f->at.rest, g->at.rest, df, dg, h, s);
        at->m = at->rest - stack->above;
    } else {
        at->m = between(f->at.m, g->at.m, df, dg, h, s);
        at->rest = at->m + stack->above;
    }
    for (size_t k = 0; k < stack->unknowns; k++)
        angle_between(&f->at.u[k], &g->at.u[k], f->dw[k], g->dw[k], h, s, &at->u[k]);
}

/* From an edge's value e towards f, whose derivative in log lambda times the distance is df: A Y + B Y^2 in the root Y of
 * the distance, Y = 1 at f. */
static double complex beside_edge(double complex e, double complex f, double complex df, double y)
{
    const double complex d = f - e, g = 2 * df;
    return e + y * (2 * d - g + y * (g - d));
}

static void guess_at_edge(builder *b, const fj_station *f, const fj_station *edge, double big_x)
{
    const fj_stack *stack = b->path->stack;
    const double z = creal(f->log_z) - creal(edge->log_z);
    const double y = sqrt((big_x - creal(edge->log_z)) / z);
    fj_stack_point *at = &b->at.at;
    at->m = beside_edge(edge->at.m, f->at.m, z * fj_quotient(f->at.m, f->slope), y);
    at->rest = beside_edge(edge->at.rest, f->at.rest, z * fj_quotient(f->at.m, f->slope), y);
    for (size_t k = 0; k < stack->unknowns; k++) {
        const fj_subordinate *e = &edge->at.u[k];
        double complex w = f->at.u[k].w; /* seen from the edge's half of the axis */
        if (f->at.u[k].left != e->left)
            w += CMPLX(0, e->left ? -M_PI : M_PI);
        at->u[k].left = e->left;
        at->u[k].w = beside_edge(e->w, w, z * f->dw[k], y);
    }
}

/* Beside a pole Im m goes like the inverse root of the distance, the angles like the root. */
static void guess_at_pole(builder *b, const fj_station *f, double pole, double big_x)
{
    const double y = sqrt((big_x - pole) / (creal(f->log_z) - pole));
    fj_stack_point *at = &b->at.at;
    at->m = CMPLX(creal(f->at.m), cimag(f->at.m) / y);
    at->rest = at->m + b->path->stack->above;
    for (size_t k = 0; k < b->path->stack->unknowns; k++)
        at->u[k].w = CMPLX(creal(f->at.u[k].w), cimag(f->at.u[k].w) * y);
}

static void guess_at_end(builder *b, const fj_station *f, int side, double big_x)
{
    if (b->out->edge[side] > 0)
        guess_at_edge(b, f, &b->stretch->end[side].edge, big_x);
    else
        guess_at_pole(b, f, b->out->big_x[side], big_x);
}

/* The last station at or below big_x; stations (size_t)-1 where there is none. */
static size_t station_below(const fj_stretch *s, double big_x)
{
    size_t low = 0, high = s->stations;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (creal(s->station[middle].log_z) <= big_x)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

/* Solves at big_x: from a guess, or by continuation from the nearest station. */
static fj_status solve_at(builder *b, double big_x)
{
    const fj_stretch *s = b->stretch;
    const size_t below = station_below(s, big_x);
    const fj_station *near = &s->station[below < s->stations ? below : 0];
    fj_station_copy(near, &b->at, b->path->stack);
    if (below >= s->stations && b->out->edge[LOW])
        guess_at_end(b, near, LOW, big_x);
    else if (below == s->stations - 1 && b->out->edge[HIGH])
        guess_at_end(b, near, HIGH, big_x);
    else if (below < s->stations - 1)
        guess_between(b, near, near + 1, big_x);
    b->at.log_z = big_x;
    b->path->real = 0;
    b->path->want_cdf = 1;
    if (fj_path_solve(b->path, &b->at) == FJ_OK)
        return FJ_OK;
    b->path->want_cdf = 0;
    fj_station_copy(near, &b->at, b->path->stack);
    fj_status status = fj_path_move(b->path, &b->at, &b->scratch, big_x,
                                    fabs(big_x - creal(near->log_z)) + 1e-300);
    b->path->want_cdf = 1;
    return status == FJ_OK ? fj_path_solve(b->path, &b->at) : status;
}

/* ---- nodes and patches ---- */

/* The value at the edge of a function that is even about it, from the nodes j = first, first + step, ... on one side: the
 * polynomial in tau^2 through them. */
static double even_limit(const node *at, size_t first, size_t step)
{
    double sum = 0;
    for (size_t j = first; j < first + DEGREE / 2; j += step) {
        const double xj = fj_chebyshev_point(j, DEGREE), yj = xj * xj;
        double weight = 1;
        for (size_t i = first; i < first + DEGREE / 2; i += step) {
            const double xi = fj_chebyshev_point(i, DEGREE), yi = xi * xi;
            if (i != j)
                weight *= yi / (yi - yj);
        }
        sum += weight * at[j].log_density;
    }
    return sum;
}

static node node_at(builder *b, double tau, double first, double last)
{
    double slope, factor;
    for (int side = LOW; side <= HIGH; side++) /* the density there: even_limit */
        if (b->out->edge[side] && tau == (side == LOW ? first : last))
            return (node){0, b->stretch->end[side].cdf, 0, DBL_EPSILON, DBL_EPSILON};
    const double big_x = big_x_at(b->out, tau, &slope, &factor);
    if (solve_at(b, big_x) != FJ_OK)
        return (node){NAN, NAN, NAN, NAN, NAN};
    const double complex m = b->at.at.m, along = fj_quotient(m, b->at.slope);
    const double rounding = b->at.rounding + DBL_EPSILON * fabs(big_x);
    return (node){log(-cimag(m) / factor), b->at.cdf,
                  2 * DBL_EPSILON * b->at.argument * fabs(creal(along) / cimag(m)), rounding,
                  rounding * fabs(cimag(along) / cimag(m))};
}

/* The largest of the last coefficients, where the series has its tail. */
static double tail_of(const double *c, size_t n)
{
    return fmax(fabs(c[n]), fmax(fabs(c[n - 1]), fabs(c[n - 2])));
}

/* Fits a series to every `step`-th node; returns its tail relative to what the nodes are known to: above 1, not good. */
static double fit(const node *at, size_t step, fj_patch *out)
{
    double log_density[DEGREE + 1], cdf[DEGREE + 1], noise = 0;
    const size_t n = DEGREE / step;
    out->error = out->rounding = 0;
    for (size_t j = 0; j <= n; j++) {
        log_density[j] = at[j * step].log_density;
        cdf[j] = at[j * step].cdf;
        out->error = fmax(out->error, at[j * step].error);
        out->rounding = fmax(out->rounding, at[j * step].rounding);
        noise = fmax(noise, at[j * step].noise);
        if (isnan(log_density[j]) || isnan(cdf[j]))
            return NAN;
    }
    fj_chebyshev_fit(log_density, n, out->log_density);
    fj_chebyshev_fit(cdf, n, out->cdf);
    const double size = fabs(out->log_density[0]) + fabs(out->log_density[1]);
    noise += GOOD + out->error + DBL_EPSILON * size;
    const double tail = tail_of(out->log_density, n);
    out->error += tail;
    return fmax(tail / noise, tail_of(out->cdf, n) / GOOD);
}

static void patch_keep(builder *b, const fj_patch *patch)
{
    fj_patches *p = b->out;
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 32;
        fj_patch *more = room > PATCHES_MAX ? NULL : realloc(p->patch, room * sizeof *more);
        if (!more) {
            b->status = room > PATCHES_MAX ? FJ_NO_CONVERGENCE : FJ_NO_MEMORY;
            return;
        }
        p->patch = more;
        p->room = room;
    }
    p->patch[p->n++] = *patch;
}

static size_t stations_in(const builder *b, double from, double to)
{
    double slope, factor;
    return station_below(b->stretch, big_x_at(b->out, to, &slope, &factor)) -
           station_below(b->stretch, big_x_at(b->out, from, &slope, &factor));
}

static void patch_build(builder *b, double from, double to, double first, double last, int depth,
                        double parent)
{
    node at[DEGREE + 1];
    fj_patch patch = {.from = from, .to = to, .error = NAN};
    const int least = depth == DEPTH_MAX || !(to - from > 1e-9 * (fabs(from) + fabs(to)));
    double misfit = INFINITY;
    patch.error = INFINITY;
    const int low = from == first && b->out->edge[LOW], high = to == last && b->out->edge[HIGH];
    const double length = to - from;
    if (!least && ((low && high) || stations_in(b, from, to) > STATIONS_MOST)) {
        patch_build(b, from, from + length / 2, first, last, depth + 1, parent);
        patch_build(b, from + length / 2, to, first, last, depth + 1, parent);
        return;
    }
    if (low)
        patch.from = from - length;
    if (high)
        patch.to = to + length;
    for (size_t step = 2; step >= 1 && b->status == FJ_OK; step--) {
        for (size_t j = step == 2 ? 0 : 1; j <= DEGREE; j += 2) {
            const double x = fj_chebyshev_point(j, DEGREE);
            if ((low && j > DEGREE / 2) || (high && j < DEGREE / 2))
                continue; /* mirrored below */
            const double tau = low           ? from + length * x
                               : high        ? to + length * x
                               : j == 0      ? to
                               : j == DEGREE ? from
                                             : from + length * (1 + x) / 2;
            at[j] = node_at(b, tau, first, last);
        }
        for (size_t j = 0; j <= DEGREE && (low || high); j += step) {
            const node *edge = &at[DEGREE / 2], *image = &at[DEGREE - j];
            if (low ? j <= DEGREE / 2 : j >= DEGREE / 2)
                continue;
            at[j] = *image;
            at[j].cdf = 2 * edge->cdf - image->cdf;
        }
        if (low || high)
            at[DEGREE / 2].log_density = even_limit(at, low ? 0 : DEGREE / 2 + step, step);
        misfit = fit(at, step, &patch);
        if (step == 2 && !(misfit * GOOD < PROMISING) && !least)
            break;
        if (step == 2 && misfit < 1)
            misfit = NAN; /* the degree is fixed: take all nodes */
    }
    if (b->status != FJ_OK)
        return;
    /* where halving no longer helps, rounding is left */
    const int settled = misfit < 1 || (patch.error < WORST && patch.error > parent / 4);
    if (settled || least) {
        if (!settled && !(patch.error < WORST))
            patch.error = NAN;
        patch_keep(b, &patch);
        return;
    }
    const double middle = from + (to - from) / 2;
    patch_build(b, from, middle, first, last, depth + 1, patch.error);
    patch_build(b, middle, to, first, last, depth + 1, patch.error);
}

fj_status fj_patches_make(fj_path *path, const fj_stretch *stretch, fj_patches *out)
{
    builder b = {.path = path, .stretch = stretch, .out = out};
    *out = (fj_patches){.n = 0};
    for (int side = LOW; side <= HIGH; side++) {
        out->edge[side] = stretch->end[side].stop == FJ_STOP_EDGE   ? 1
                          : stretch->end[side].stop == FJ_STOP_POLE ? -1
                                                                    : 0;
        out->big_x[side] = stretch->end[side].big_x;
        out->faint[side] = stretch->end[side].stop == FJ_STOP_FAINT;
    }
    b.status = fj_station_init(&b.at, path->stack);
    if (b.status == FJ_OK)
        b.status = fj_station_init(&b.scratch, path->stack);
    if (b.status == FJ_OK) {
        double from, to;
        tau_range(out, &from, &to);
        patch_build(&b, from, to, from, to, 0, INFINITY);
    }
    fj_station_free(&b.at);
    fj_station_free(&b.scratch);
    return b.status;
}

void fj_patches_free(fj_patches *patches)
{
    if (patches)
        free(patches->patch);
}

void fj_patches_point(const fj_patches *p, double big_x, double cdf_low, double cdf_high,
                      fj_law_point *out)
{
    *out = (fj_law_point){NAN, NAN, NAN, FJ_NO_CONVERGENCE};
    for (int side = LOW; side <= HIGH; side++)
        if (side == LOW ? big_x < p->big_x[LOW] : big_x > p->big_x[HIGH]) {
            if (p->faint[side])
                *out = (fj_law_point){0, side == LOW ? cdf_low : cdf_high, 0, FJ_OK};
            return;
        }
    const double tau = tau_at(p, big_x);
    size_t low = 0, high = p->n;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (p->patch[middle].from <= tau)
            low = middle;
        else
            high = middle;
    }
    const fj_patch *patch = &p->patch[low];
    if (isnan(patch->error))
        return;
    double dx, factor, slope;
    big_x_at(p, tau, &dx, &factor);
    const double x =
        fmin(1, fmax(-1, (2 * tau - patch->from - patch->to) / (patch->to - patch->from)));
    const double log_density = fj_chebyshev_at(patch->log_density, DEGREE, x, &slope);
    const double density = factor * exp(log_density) / M_PI;
    const double cdf = fj_chebyshev_at(patch->cdf, DEGREE, x, NULL);
    /* d log density/d log lambda: of the series, and of the factor next to an edge */
    double steep = fabs(slope * 2 / (patch->to - patch->from)) / dx;
    for (int side = LOW; side <= HIGH; side++)
        if (p->edge[side])
            steep += 0.5 / fabs(big_x - p->big_x[side]);
    const double error =
        FJ_ACCURACY + patch->error + steep * (patch->rounding + DBL_EPSILON * fabs(big_x));
    if (fj_point_is_known(density, error))
        *out = (fj_law_point){density, fmin(fmax(cdf, cdf_low), cdf_high), error, FJ_OK};
}
