/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving edges and poles, and recognising edges.
 *
 * 1. Near an edge log z is quadratic in log m: d log z/d log m over its own derivative points at it, and on either side of it
 *    log m goes like the root of the distance, real in the gap and imaginary on the curve.
 * 2. An edge counts only if it leads on: out of the curve into a gap, or out of a gap onto the curve. Where there is only something like
 *    one, which the curve goes around, it is tried again from much nearer only.
 * 3. Where an atom is just not there m has a pole in the root of the distance, and so on both of its sides. */
#include <math.h>
#include "real_axis.h"
#include "walk_internal.h"

/* So many times as near. */
static const double CLOSER = 4;

static int is_real(double complex z)
{
    return cimag(z) == 0;
}

/* How slope changes with log m between two solutions. */
double complex fj_walk_bend(const fj_station *a, const fj_station *b)
{
    const double complex ratio = fj_quotient(a->at.m, b->at.m);
    double complex dmu = clog(ratio);
    if (fj_size(a->at.rest) < 0.1 * fj_size(a->at.m)) /* m hardly moves: by its step */
        dmu = fj_quotient(a->at.rest - b->at.rest, b->at.m);
    return fj_quotient(a->slope - b->slope, dmu);
}

/* From an edge to the point at `distance` in log lambda beside it, or nearer: on the real axis, or on the curve. sign: up or
 * down in lambda. */
static fj_status edge_leave_by(fj_walk *w, const fj_stretch_end *end, double sign, int real,
                               double distance, fj_station *out)
{
    const fj_station *edge = &end->edge;
    const double m = creal(edge->at.m), to_zero = fabs(creal(edge->at.rest) / m);
    const double dmu = fmin(sqrt(2 * distance / fabs(end->bend)), 0.1 * to_zero);
    /* m decreases with lambda in a gap; Im m < 0 on the curve */
    const double complex move = real ? -sign * copysign(dmu, m) : CMPLX(0, -copysign(dmu, m));
    fj_station_copy(edge, out, w->stack);
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        const double complex dw = edge->dw[k] * move;
        fj_subordinate *u = &out->at.u[k];
        const double angle = real ? 0 : fabs(cimag(dw)); /* off the axis, upwards */
        u->w = CMPLX(creal(u->w) + creal(dw), u->left ? -angle : angle);
    }
    fj_stack_point_leave(&out->at, move);
    out->log_z = fj_walk_x(edge) + sign * fabs(end->bend) * dmu * dmu / 2;
    w->path.real = real;
    return fj_path_solve(&w->path, out);
}

fj_status fj_walk_edge_leave(fj_walk *w, const fj_stretch_end *end, double sign, int real,
                             fj_station *out)
{
    fj_status status = FJ_NO_CONVERGENCE;
    for (double distance = real ? 1e-7 : 1e-4; distance > 1e-12 && status != FJ_OK;
         distance /= 30) {
        status = edge_leave_by(w, end, sign, real, distance, out);
        if (status == FJ_OK && real && !fj_real_is_gap(w->stack, out))
            status = FJ_NO_CONVERGENCE;
    }
    return status;
}

int fj_walk_edge_try(fj_walk *w, const fj_station *at, double complex bend, double sign,
                     double reach, double *refused, fj_stretch_end *end)
{
    const double complex to_edge = -fj_quotient(at->slope, bend);
    const double complex dx = to_edge * at->slope / 2;
    const double distance = sign * creal(dx);
    if (!(distance > 0) || distance > reach || fabs(cimag(dx)) > distance / 2) {
        *refused = INFINITY;
        return 0;
    }
    if (distance > *refused / CLOSER)
        return 0;
    *refused = distance;
    fj_station *edge = &end->edge;
    fj_station_copy(at, edge, w->stack);
    for (size_t k = 0; k < w->stack->unknowns; k++)
        edge->at.u[k].w += to_edge * at->dw[k] * at->slope;
    fj_stack_point_leave(&edge->at, to_edge);
    fj_real_snap(w->stack, edge);
    end->bend = creal(bend);
    const int found = fj_real_edge(&w->path, edge, &end->bend) == FJ_OK;
    w->path.real = is_real(at->at.m);
    const double off = sign * (fj_walk_x(edge) - fj_walk_x(at));
    if (!found || !(off > 0) || off > 4 * distance + 1e-9)
        return 0;
    /* on its other side it must lead out of the support, or onto the curve */
    const int to_curve = w->path.real;
    const int leads = fj_walk_edge_leave(w, end, sign, !to_curve, &w->next) == FJ_OK;
    w->path.real = to_curve;
    if (leads) {
        end->stop = FJ_STOP_EDGE;
        end->big_x = fj_walk_x(edge);
    }
    return leads;
}

/* The nearest place of an atom without mass, if it is as near to x as that; NaN if not. */
double fj_walk_pole_near(const fj_walk *w, double x, double reach)
{
    for (size_t i = 0; i < w->places; i++)
        if (fabs(w->place[i] - x) < reach)
            return w->place[i];
    return NAN;
}

/* log of the mass of t next to u. */
static double mass_log(const fj_group *g, double x)
{
    const fj_mass *mass;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    double best = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (mass[i].t > 0 && fabs(log(mass[i].t) - x) < fabs(best - x))
            best = log(mass[i].t);
    return best;
}

/* From a solution beside a pole to the one as far on its other side: m and all log u_k - log a_k are odd series in the root of
 * the distance, real in the gap, m > 0 above it and < 0 below, imaginary on the curve. */
fj_status fj_walk_pole_cross(fj_walk *w, const fj_station *from, double pole, int real,
                             fj_station *out)
{
    const double off = pole - fj_walk_x(from), sign = off > 0 ? 1 : -1;
    fj_station_copy(from, out, w->stack);
    out->log_z = pole + off;
    out->at.m = real ? CMPLX(sign * cabs(from->at.m), 0) : CMPLX(0, -cabs(from->at.m));
    out->at.rest = out->at.m + w->stack->above;
    for (size_t k = 0; k < w->stack->unknowns; k++) {
        const double log_a = mass_log(&w->stack->group[k], creal(from->at.u[k].w));
        const double distance = cabs(from->at.u[k].w - log_a);
        out->at.u[k] =
            (fj_subordinate){real ? CMPLX(log_a + sign * distance, 0) : CMPLX(log_a, distance), 0};
    }
    w->path.real = real;
    fj_status status = fj_path_solve(&w->path, out);
    return status == FJ_OK && real && !fj_real_is_gap(w->stack, out) ? FJ_NO_CONVERGENCE : status;
}
