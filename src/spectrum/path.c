/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton's method for layers that differ, and continuation (src/THEORY.md 3.6).
 *
 * 1. The unknowns are log m and w_k = log u_k. The equations M_k(u_k) = m_k are solved for dw_k in terms of d log m one by one,
 *    so a step costs one evaluation of each layer and no linear algebra.
 * 2. Near a solution second derivatives make the next error the cube of this one. Steps are taken in logarithms (stack.c), so that they never leave the half planes (Im m < 0 < Im u_k), and cut short.
 * 3. A u whose own correction is as small as the last one may be stays until then, and what is known there serves again.
 * 4. Whatever converges there is the one solution: all products of the first layers' transforms have their points in the
 *    half plane too, and subordination functions are unique.
 * 5. To start: at z = -exp(X), X large, m = E[lambda]/z. Follow z inwards along the negative axis, then around. */
#include "path.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A correction below this is taken to second order: then the next is its cube. */
static const double SECOND_ORDER = 0.03;
/* How many units of rounding log z may carry. */
static const double ROUNDING = 256;
/* The next evaluation is likely the last. */
static const double NEARLY = 1e-3;
/* The largest part of anything that one step changes, in logarithms. */
static const double LONGEST = 1.5;
/* As often in a row may a correction be larger than the one before. */
enum { WORSE_MAX = 3 };
/* A law takes 500 to 5000 evaluations; one that takes more is told as far as it is known rather than waited for. */
enum { SPENT_MAX = 20000 };
enum { NEWTON_MAX = 40, MOVES_MAX = 400 };

fj_status fj_path_init(fj_path *path, const fj_stack *stack)
{
    *path = (fj_path){.stack = stack, .enough = FJ_PATH_EXACT, .first_most = INFINITY};
    path->r = malloc(sizeof *path->r);
    path->follow = calloc(stack->unknowns + 1, sizeof *path->follow);
    path->factor = calloc(stack->unknowns + 1, sizeof *path->factor);
    if (path->r && path->follow && path->factor) {
        fj_factors_clear(path->factor, stack->unknowns);
        return FJ_OK;
    }
    fj_path_free(path);
    return FJ_NO_MEMORY;
}

void fj_path_free(fj_path *path)
{
    free(path->r);
    free(path->follow);
    free(path->factor);
    *path = (fj_path){.stack = path->stack};
}

fj_status fj_station_init(fj_station *station, const fj_stack *stack)
{
    const size_t n = stack->unknowns + 1;
    *station = (fj_station){.cdf = NAN};
    station->at.u = calloc(n, sizeof *station->at.u);
    station->dw = calloc(n, sizeof *station->dw);
    if (station->at.u && station->dw)
        return FJ_OK;
    fj_station_free(station);
    return FJ_NO_MEMORY;
}

void fj_station_free(fj_station *station)
{
    free(station->at.u);
    free(station->dw);
    *station = (fj_station){.cdf = NAN};
}

void fj_station_copy(const fj_station *from, fj_station *to, const fj_stack *stack)
{
    fj_subordinate *u = to->at.u;
    double complex *dw = to->dw;
    *to = *from;
    to->at.u = u;
    to->dw = dw;
    memcpy(u, from->at.u, stack->unknowns * sizeof *u);
    memcpy(dw, from->dw, stack->unknowns * sizeof *dw);
}

double fj_station_blur(const fj_station *s)
{
    const double complex along = fj_quotient(s->at.m, s->slope);
    return (creal(s->blur) * fabs(cimag(along)) + cimag(s->blur) * fabs(creal(along))) /
           fabs(cimag(s->at.m));
}

static double larger(double a, double b)
{
    return a > b || isnan(a) ? a : b;
}

/* The size of u_k's part of the step dmu, relative to what it changes. */
static double part_size(const fj_path *path, const fj_stack_point *at, size_t k, double complex dmu)
{
    const fj_follow *follow = &path->follow[k];
    const double complex dw = follow->miss + dmu * follow->gain;
    if (path->real) /* an argument of pi: M_k(u_k) has the other sign */
        return fabs(cimag(dw)) > fj_size(follow->gain) ? NAN : fabs(creal(dw));
    /* an angle counts by what it does to Im m: where t_k itself has the density, u_k is next to real */
    const double angle = fabs(cimag(at->u[k].w));
    const double needed = fabs(cimag(at->m)) / fj_size(at->m) * fj_size(follow->gain);
    return larger(fabs(creal(dw)), fabs(cimag(dw)) / fmax(angle, needed));
}

/* That of its largest part. */
static double step_size(const fj_path *path, const fj_stack_point *at, double complex dmu)
{
    const double complex dm = at->m * dmu;
    double size = fj_size(dm) / fmin(fj_size(at->m), fj_size(at->rest));
    if (!path->real)
        size = larger(size, fabs(cimag(dm) / cimag(at->m)));
    for (size_t k = 0; k < path->stack->unknowns; k++)
        size = larger(size, part_size(path, at, k, dmu));
    return size;
}

/* dmu to second order; as it is where the slope is so near to 0 that this is no correction. */
static double complex step_bend(const fj_path *path, double complex dmu)
{
    const fj_stack_value *value = &path->value;
    const double complex d = dmu / value->unit;
    const double complex off = value->bend[0] + d * (value->bend[1] + d * value->bend[2]);
    const double complex more = fj_quotient(off, value->slope);
    if (!(fj_size(more) < fj_size(dmu) / 2))
        return dmu;
    return path->real ? creal(dmu - more) : dmu - more;
}

/* Takes the part of the step dmu, to second order or first; of each u whose part is larger than `least`. */
static void step_take(fj_path *path, fj_stack_point *at, double complex dmu, double part,
                      int second, double least)
{
    for (size_t k = 0; k < path->stack->unknowns; k++) {
        if (part_size(path, at, k, dmu) < least)
            continue;
        const fj_follow *follow = &path->follow[k];
        double complex dw = follow->miss + dmu * follow->gain;
        if (second) {
            const double complex e = fj_quotient(follow->miss, follow->gain) + dmu;
            const double complex more = follow->gain * follow->bend * e * e / 2;
            if (fj_size(more) < fj_size(dw) / 2) /* else it is no correction */
                dw += more;
        }
        fj_subordinate_move(&at->u[k], part * (path->real ? creal(dw) : dw));
    }
    fj_stack_point_move(path->stack, at, part * dmu);
}

static int point_is_inside(const fj_path *path, const fj_stack_point *at)
{
    int inside = path->real || cimag(at->m) < 0;
    for (size_t k = 0; k < path->stack->unknowns; k++)
        inside &= path->real || fabs(cimag(at->u[k].w)) > 0;
    return inside;
}

/* What belongs to the point after the step dmu. */
static void station_fill(const fj_path *path, fj_station *station, double complex dmu)
{
    const fj_stack_value *value = &path->value;
    const double complex slope =
        value->slope + (value->bend[1] + 2 * (dmu / value->unit) * value->bend[2]) / value->unit;
    station->slope = path->real ? creal(slope) : slope;
    station->rounding = value->rounding;
    station->argument = value->argument;
    station->blur = value->blur;
    for (size_t k = 0; k < path->stack->unknowns; k++) {
        const fj_follow *follow = &path->follow[k];
        const double complex step = follow->miss + dmu * follow->gain;
        const double complex dw = fj_quotient(follow->gain + follow->bend * step, slope);
        station->dw[k] = path->real ? creal(dw) : dw;
    }
    station->cdf = NAN;
    if (path->want_cdf)
        station->cdf = fj_stack_cdf(path->stack, value, &station->at, dmu);
}

fj_status fj_path_solve(fj_path *path, fj_station *station)
{
    fj_stack_point *at = &station->at;
    double before = INFINITY, miss_before = INFINITY;
    int worse = 0;
    path->first = INFINITY;
    for (int i = 0; i < NEWTON_MAX && path->spent++ < SPENT_MAX; i++) {
        const fj_stack_value *value = &path->value;
        fj_stack_evaluate(path->stack, at, path->want_cdf, path->r, path->factor, &path->value,
                          path->follow);
        const double complex miss = station->log_z - value->log_z;
        double complex dmu = fj_quotient(miss, value->slope);
        if (path->real)
            dmu = creal(miss) / creal(value->slope);
        const double size = step_size(path, at, dmu);
        worse = size > before ? worse + 1 : 0;
        if (!isfinite(size) || worse == WORSE_MAX)
            return FJ_NO_CONVERGENCE;
        if (i == 0)
            path->first = size;
        if (path->first > path->first_most)
            return FJ_NO_CONVERGENCE;
        const double rounding =
            ROUNDING * (value->rounding + DBL_EPSILON * fabs(creal(station->log_z))) +
            creal(value->blur);
        /* log z no longer comes nearer; nor does anything else, as the imaginary parts may, which it hardly depends on */
        const int settled = size < NEARLY && fabs(creal(miss)) <= rounding &&
                            fabs(creal(miss)) >= miss_before / 2 && size >= before / 2;
        const int done = size < path->enough || settled;
        const int second = size < SECOND_ORDER;
        if (second)
            dmu = step_bend(path, dmu);
        /* a u that would be left as it is in the end is not evaluated anew */
        step_take(path, at, dmu, fmin(1, LONGEST / size), second, done ? 0 : path->enough);
        if (done) {
            station_fill(path, station, dmu);
            return point_is_inside(path, at) ? FJ_OK : FJ_NO_CONVERGENCE;
        }
        before = size;
        miss_before = fabs(creal(miss));
    }
    return FJ_NO_CONVERGENCE;
}

/* *next = where the tangent at `from` leads; 0 where that leaves the half planes. */
static int predict(const fj_path *path, const fj_station *from, double complex to, fj_station *next)
{
    const double complex h = to - from->log_z, dmu = fj_quotient(h, from->slope);
    fj_station_copy(from, next, path->stack);
    next->log_z = to;
    for (size_t k = 0; k < path->stack->unknowns; k++)
        fj_subordinate_move(&next->at.u[k], h * from->dw[k]);
    fj_stack_point_move(path->stack, &next->at, dmu);
    return point_is_inside(path, &next->at);
}

fj_status fj_path_move(fj_path *path, fj_station *station, fj_station *next, double complex to,
                       double most)
{
    /* first corrections of this size: the tangent is good */
    static const double GOOD = 0.1, BAD = 0.4;
    /* on the way a station only has to lead on */
    static const double ON_THE_WAY = 0.02;
    const double enough = path->enough, first_most = path->first_most;
    double h = most;
    for (int i = 0; i < MOVES_MAX; i++) {
        const double complex left = to - station->log_z;
        const double distance = cabs(left);
        if (distance == 0)
            return FJ_OK;
        const int last = h >= distance;
        const double complex goal = last ? to : station->log_z + left * (h / distance);
        path->enough = last ? enough : ON_THE_WAY;
        path->first_most = BAD;
        const int found = predict(path, station, goal, next) && fj_path_solve(path, next) == FJ_OK;
        path->enough = enough;
        path->first_most = first_most;
        if (!found) {
            h = fmin(h, distance) / 4;
            if (h < 1e-13 * (1 + cabs(station->log_z)))
                return FJ_NO_CONVERGENCE;
            continue;
        }
        fj_station_copy(next, station, path->stack);
        if (path->first < GOOD)
            h = fmin(most, 2 * h);
    }
    return FJ_NO_CONVERGENCE;
}

fj_status fj_path_start(fj_path *path, fj_station *station, fj_station *next, double big_x,
                        double least)
{
    static const double FAR = 40, NEAR = 8, STEP = 4, LEGS = 5;
    const fj_stack *stack = path->stack;
    const double start = fmax(stack->log_mean, big_x) + FAR;
    const double log_m = stack->log_mean - start;
    path->real = 1;
    station->at.m = -exp(log_m);
    station->at.rest = stack->above + station->at.m;
    for (size_t k = 0; k < stack->unknowns; k++) {
        const fj_group *g = &stack->group[k];
        station->at.u[k] = (fj_subordinate){log(g->layers.mu1 / g->scale) - log_m, 1};
    }
    station->log_z = start;
    fj_status status = fj_path_solve(path, station);
    if (status == FJ_OK) /* all goes like powers of z there */
        status = fj_path_move(path, station, next, start - FAR + NEAR, FAR);
    if (status == FJ_OK)
        status = fj_path_move(path, station, next, big_x,
                              fmax(STEP, (start - FAR + NEAR - big_x) / LEGS));
    if (status != FJ_OK || least == M_PI)
        return status;
    /* off the axis: everything moves in proportion to the angle */
    const double off = 1e-3;
    const double complex turn = CMPLX(0, -off);
    path->real = 0;
    for (size_t k = 0; k < stack->unknowns; k++)
        station->at.u[k].w += turn * creal(station->dw[k]);
    fj_stack_point_leave(&station->at, fj_quotient(turn, creal(station->slope)));
    station->log_z = CMPLX(big_x, M_PI - off);
    status = fj_path_solve(path, station);
    return status == FJ_OK ? fj_path_move(path, station, next, CMPLX(big_x, least), 1) : status;
}
