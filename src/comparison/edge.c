/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The largest singular value at finite width:
 *   1. the edge lambda_+ of the law: the last interval, or an atom at or beyond it;
 *   2. a = lim rho(lambda)/sqrt(lambda_+ - lambda): the quotient is analytic in e = 1 - lambda/lambda_+, so six
 *      values at e, e/4, e/16, ... are extrapolated to e = 0 by Neville's scheme;
 *   3. lambda_max has mean lambda_+ - 1.2065336 w and deviation 1.2679815 w, w = (pi a N)^(-2/3), and s_max
 *      what follows to second order. */
#include "comparison_internal.h"
#include <math.h>

static const double TW_MEAN = -1.2065336, TW_DEVIATION = 1.2679815; /* beta = 1 */
static const double SHIFT_MOST = 0.2; /* beyond it sampled networks leave the prediction */
static const double A_TOLERANCE =
    1e-5; /* relative, of a: far less than what the law of the edge leaves out */
enum { POINTS = 6 };

static void edge_find(const fj_spectrum *law, fj_edge *edge)
{
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    const size_t intervals = fj_spectrum_intervals(law, &interval),
                 atoms = fj_spectrum_atoms(law, &atom);
    double s = 0, log_s = -INFINITY;
    if (intervals) {
        s = interval[intervals - 1].s_max;
        log_s = interval[intervals - 1].log_s_max;
    }
    if (atoms && atom[atoms - 1].log_s >= log_s) {
        s = atom[atoms - 1].s;
        log_s = atom[atoms - 1].log_s;
        edge->is_atom = 1;
    }
    if (log_s < INFINITY) {
        edge->s = s;
        edge->log_s = log_s;
    }
}

/* log of rho(lambda)/sqrt(lambda_+ - lambda) lambda_+^(3/2), free of scale, at e. */
static fj_status quotient(const fj_spectrum *law, double log_edge, double e, double *out)
{
    fj_spectrum_point point;
    const double log_s = log_edge + log1p(-e) / 2;
    fj_status status = fj_spectrum_eval_log(law, &log_s, 1, &point);
    if (status != FJ_OK)
        return status;
    /* rho(lambda) lambda = density_log10/(2 log 10) */
    *out = point.density_log10 / (2 * log(10)) / (1 - e) / sqrt(e);
    return FJ_OK;
}

/* a lambda_+^(3/2) by Neville. */
static fj_status limit_find(const fj_spectrum *law, double log_edge, double *a)
{
    double table[POINTS], e = 1e-3, before = 0;
    for (int i = 0; i < POINTS; i++, e /= 4) {
        fj_status status = quotient(law, log_edge, e, &table[i]);
        if (status != FJ_OK)
            return status;
    }
    for (int order = 1; order < POINTS; order++) {
        before = table[POINTS - order];
        const double power = pow(4, order);
        for (int i = 0; i + order < POINTS; i++)
            table[i] = (power * table[i + 1] - table[i]) / (power - 1);
    }
    *a = table[0];
    if (!(*a > 0 && fabs(*a - before) < A_TOLERANCE * *a))
        *a = NAN; /* no square root: the arcsine law of relu, orthogonal, depth 2 */
    return FJ_OK;
}

fj_status fj_edge_predict(const fj_spectrum *law, double width, fj_edge *out)
{
    if (!out)
        return FJ_INVALID;
    *out = (fj_edge){
        .s = NAN, .log_s = NAN, .log_a = NAN, .mean = NAN, .deviation = NAN, .shift = NAN};
    if (!law || !(width > 0))
        return FJ_INVALID;
    edge_find(law, out);
    if (!isfinite(out->log_s))
        return FJ_OK;
    if (out->is_atom) {
        out->mean = out->s;
        out->deviation = out->shift = 0;
        out->valid = 1;
        return FJ_OK;
    }
    double a = 0;
    fj_status status = limit_find(law, out->log_s, &a);
    if (status != FJ_OK || isnan(a))
        return status;
    out->log_a = log(a) - 3 * out->log_s;
    const double w = pow(acos(-1) * a * width, -2.0 / 3); /* in units of lambda_+ */
    const double mean = 1 + TW_MEAN * w, deviation = TW_DEVIATION * w;
    out->shift = -TW_MEAN * w;
    out->valid = out->shift <= SHIFT_MOST;
    if (mean > 0) {
        out->mean = out->s * sqrt(mean) * (1 - deviation * deviation / (8 * mean * mean));
        out->deviation = out->s * deviation / (2 * sqrt(mean));
    }
    return FJ_OK;
}
