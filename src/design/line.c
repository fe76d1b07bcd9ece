/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The critical line on a grid.
 *
 * 1. Walk q upwards, evenly in log q; the line exists where sigma_b^2 = q - E phi^2/mu_1 >= 0.
 * 2. Where that begins or ends between two grid points, bisect, and put a point at the end on the side of the line.
 * 3. Note at each point whether the length map is drawn to it. */
#include <math.h>
#include "average.h"
#include "design_internal.h"

/* sigma_b^2 below 0 by less than this many of its error estimates counts as 0, as in fj_meanfield_critical. */
static const double NEGATIVE_ERRORS = 8;
/* A bracket of width log(10) shrinks below rounding of log q. */
enum { HALVINGS = 54 };

/* 1 and the point, where the line exists. Out of the range of double it does not. */
static int line_at(const fj_activation *activation, double log_q, fj_line_point *out,
                   fj_status *status)
{
    fj_averages a;
    fj_meanfield point;
    double q = exp(log_q);
    *status = fj_averages_at(activation, q, &a);
    if (*status == FJ_OK && a.sigma_b2_critical >= -NEGATIVE_ERRORS * a.sigma_b2_error)
        *status = fj_meanfield_critical(activation, q, &point, NULL);
    else if (*status == FJ_OK)
        *status = FJ_INFEASIBLE;
    int exists = *status == FJ_OK;
    if (*status == FJ_INFEASIBLE || *status == FJ_RANGE)
        *status = FJ_OK;
    if (exists)
        *out = (fj_line_point){.log_q = log_q, .stable = point.stable};
    return exists;
}

/* The end of the line between log q = on, where it exists, and off, where it does not. */
static fj_status end_find(const fj_activation *activation, double on, double off,
                          fj_line_point *end)
{
    fj_status status = FJ_OK;
    for (int i = 0; i < HALVINGS && status == FJ_OK; i++) {
        double middle = on + (off - on) / 2;
        if (line_at(activation, middle, end, &status))
            on = middle;
        else
            off = middle;
    }
    if (status == FJ_OK)
        line_at(activation, on, end, &status);
    return status;
}

static void point_add(fj_line *line, const fj_line_point *point)
{
    if (line->count < FJ_LINE_MAX)
        line->point[line->count++] = *point;
}

fj_status fj_line_make(const fj_activation *activation, double least, double most, int per_decade,
                       fj_line *line)
{
    double low = log(least), high = log(most), last = low;
    int steps = (int)ceil((high - low) / log(10) * per_decade), before = 0;
    fj_status status = FJ_OK;
    line->count = 0;
    for (int i = 0; i <= steps; i++) {
        fj_line_point here, end;
        double log_q = low + (high - low) * i / steps;
        int exists = line_at(activation, log_q, &here, &status);
        if (status == FJ_OK && i > 0 && exists != before)
            status = end_find(activation, exists ? log_q : last, exists ? last : log_q, &end);
        if (status != FJ_OK)
            return status;
        if (before)
            line->point[line->count - 1].joined = 1;
        if (i > 0 && exists != before) {
            end.joined = exists;
            point_add(line, &end);
        }
        if (exists)
            point_add(line, &here);
        before = exists;
        last = log_q;
    }
    return FJ_OK;
}
