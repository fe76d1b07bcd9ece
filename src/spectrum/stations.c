/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solutions anywhere along a walked stretch, from guesses between its stations.
 *
 * 1. Between two stations m (or m + above), and the u_k are cubic Hermite functions of log lambda, in logarithms where their parts
 *    differ in size.
 * 2. Next to an edge polynomials in the root of the distance; next to a pole that root or its inverse.
 * 3. Where Newton's method does not like the guess: by continuation from the nearest station. */
#include "stations.h"
#include <math.h>
#include "spectrum_internal.h"

static double hermite_log(double f, double g, double df, double dg, double h, double s)
{
    return copysign(exp(fj_guess_hermite(log(fabs(f)), log(fabs(g)), df / f, dg / g, h, s)), f);
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
    return cexp(CMPLX(fj_guess_hermite(creal(lf), creal(lg), creal(dlf), creal(dlg), h, s),
                      fj_guess_hermite(cimag(lf), cimag(lg), cimag(dlf), cimag(dlg), h, s)));
}

/* Angles by their logarithms, where both are from the same half of the axis. */
static void angle_between(const fj_subordinate *f, const fj_subordinate *g, double complex df,
                          double complex dg, double h, double s, fj_subordinate *out)
{
    const double x = fj_guess_hermite(creal(f->w), creal(g->w), creal(df), creal(dg), h, s);
    const double a = cimag(f->w), b = cimag(g->w);
    out->left = f->left;
    if (f->left == g->left) {
        out->w = CMPLX(x, hermite_log(a, b, cimag(df), cimag(dg), h, s));
        return;
    }
    const double theta = fj_guess_hermite(f->left ? M_PI + a : a, g->left ? M_PI + b : b, cimag(df),
                                          cimag(dg), h, s);
    out->left = theta > M_PI_2;
    out->w = CMPLX(x, out->left ? theta - M_PI : theta);
}

static void guess_between(fj_stations *b, const fj_station *f, const fj_station *g, double big_x)
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

static void guess_at_edge(fj_stations *b, const fj_station *f, const fj_station *edge, double big_x)
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
static void guess_at_pole(fj_stations *b, const fj_station *f, double pole, double big_x)
{
    const double y = sqrt((big_x - pole) / (creal(f->log_z) - pole));
    fj_stack_point *at = &b->at.at;
    at->m = CMPLX(creal(f->at.m), cimag(f->at.m) / y);
    at->rest = at->m + b->path->stack->above;
    for (size_t k = 0; k < b->path->stack->unknowns; k++)
        at->u[k].w = CMPLX(creal(f->at.u[k].w), cimag(f->at.u[k].w) * y);
}

static void guess_at_end(fj_stations *b, const fj_station *f, int side, double big_x)
{
    if (b->stretch->end[side].stop == FJ_STOP_EDGE)
        guess_at_edge(b, f, &b->stretch->end[side].edge, big_x);
    else
        guess_at_pole(b, f, b->stretch->end[side].big_x, big_x);
}

/* Does the stretch end at an edge or a pole there? */
static int has_end(const fj_stations *b, int side)
{
    return b->stretch->end[side].stop <= FJ_STOP_POLE;
}

/* The last station at or below big_x; stations (size_t)-1 where there is none. */
size_t fj_stations_below(const fj_stretch *s, double big_x)
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
fj_status fj_stations_solve(fj_stations *b, double big_x)
{
    const fj_stretch *s = b->stretch;
    const size_t below = fj_stations_below(s, big_x);
    const fj_station *near = &s->station[below < s->stations ? below : 0];
    fj_station_copy(near, &b->at, b->path->stack);
    if (below >= s->stations && has_end(b, FJ_LOW))
        guess_at_end(b, near, FJ_LOW, big_x);
    else if (below == s->stations - 1 && has_end(b, FJ_HIGH))
        guess_at_end(b, near, FJ_HIGH, big_x);
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
