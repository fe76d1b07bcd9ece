/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log z(u) for L identical layers (THEORY 3.1), so that depth costs neither time nor digits.
 *
 * 1. m = M_D(u), n = 1 + m from the rule.
 * 2. log z = log(n/m) + L (log chi + l), with l = log(m u/mu1) for gaussian and log(m u/(mu1 n)) for orthogonal weights.
 *    Deep networks live at large u, where l is of order 1/u and is multiplied by L: it is formed as log(1 + s) with
 *    s = E[t^2/(u - t)]/mu1, or s = u E[(t - mu1)^2/(u - t)]/(mu1 (u - mu1) n), which come without cancellation.
 *    Where s is not small the quotient itself is the better form.
 * 3. Each logarithm is of one quotient, so that the imaginary parts, which cancel on the curve, are each accurate to
 *    their own last digit; all arguments stay inside (-pi, pi), so principal logarithms are the right branch. Those
 *    near pi are kept as the distance from it (logarithm.h).
 * 4. The distribution function follows from integrating G dz by parts (THEORY 3.3); all terms but two cancel:
 *    A = log z - log(1 + m) + L J, F = 1 - Im A/pi. */
#include <float.h>
#include <math.h>
#include "layer.h"
#include "logarithm.h"
#include "universal.h"

void fj_layers_init(fj_layers *layers, const fj_rule *rule, double mu1, fj_weights weights,
                    double depth, double log_chi)
{
    *layers =
        (fj_layers){.rule = rule,
                    .second = weights == FJ_WEIGHTS_GAUSSIAN ? FJ_SECOND_RAW : FJ_SECOND_CENTRED,
                    .depth = depth,
                    .log_chi = log_chi,
                    .mu1 = mu1,
                    .spread = fj_rule_spread(rule),
                    .spread_error = fj_rule_spread_error(rule),
                    .unit = fj_rule_error(rule)};
}

/* |s| below this: log(1 + s) rather than the logarithm of the quotient. */
static const double SMALL = 0.5;
/* For |u|/mu1 below this v may be missing (and s is never small but where the quotient is as good). */
static const double TINY = 1e-100;

/* l, its derivative in w, and its error in units of rounding; gaussian weights. */
static double complex log_factor_gaussian(const fj_layers *layers, const fj_resolvent *r,
                                          double complex *slope, double *error, double *turns)
{
    double complex s = r->v / layers->mu1;
    if (fj_size(s) < SMALL && fj_size(r->u) > TINY * layers->mu1) {
        *slope = fj_quotient(r->dv / layers->mu1, 1 + s);
        *error = 2 * fj_size(s);
        return fj_log_one_plus(s);
    }
    *slope = fj_quotient(r->dm, r->m) + 1;
    *error = 2;
    return fj_log_turned(r->m * (r->u / layers->mu1), 1, turns);
}

static double complex log_factor_orthogonal(const fj_layers *layers, const fj_resolvent *r,
                                            double complex *slope, double *error, double *turns)
{
    const double mu1 = layers->mu1;
    const double complex d = r->u - mu1;
    const double distance = fj_size(d);
    double complex s = fj_quotient(r->v / mu1 * fj_quotient(r->u, d), r->n);
    /* The quotient is known to a unit of rounding; s to its own, that of (t - mu1)^2, times mu1/|d| for the rounding of mu1
     * in d, plus that of the sum v, E|e^2/(u - t)| with e = t - mu1, where v cancels. Take s where that is less. */
    const double sum = layers->spread * layers->spread / (distance + layers->spread);
    const double sum_error = sum * fj_size(r->u) / (distance * mu1 * fj_size(r->n));
    if (fj_size(r->u) > TINY * mu1 && fj_size(s) * (1 + mu1 / distance) + sum_error < SMALL) {
        *error = 2 * fj_size(s) * (layers->spread_error + mu1 / distance) + sum_error;
        if (r->v == 0) { /* t is one point mass: the factor is 1 */
            *slope = 0;
            return 0;
        }
        /* the same choice for the slope, where 1/d loses twice as much */
        const double lost = 1 + mu1 / distance;
        *slope = fj_size(s) * lost * lost < 1
                     ? fj_quotient(s, 1 + s) * (fj_quotient(r->dv, r->v) - fj_quotient(mu1, d) -
                                                fj_quotient(r->dm, r->n))
                     : fj_quotient(r->dm, r->m * r->n) + 1;
        return fj_log_one_plus(s);
    }
    *slope = fj_quotient(r->dm, r->m * r->n) + 1;
    *error = 2;
    return fj_log_turned(r->m / (r->n / r->u) / mu1, 1, turns);
}

/* One gaussian layer: m cancels, and with it an argument of pi in the gaps, beside which no small angle is left. */
static void one_gaussian(const fj_layers *layers, fj_composed *out)
{
    const fj_resolvent *r = &out->at;
    const double complex ratio = fj_log(r->n);
    out->log_z = ratio + (r->w + (layers->log_chi - log(layers->mu1)));
    out->argument = fabs(cimag(ratio));
    out->rounding =
        DBL_EPSILON * (4 + fabs(creal(ratio)) + fabs(creal(r->w)) + fabs(layers->log_chi));
    out->slope = fj_quotient(r->dm, r->n) + 1;
}

double complex fj_layers_factor(const fj_layers *layers, const fj_resolvent *r,
                                double complex *slope, double *error, double *turns)
{
    *turns = 0;
    return layers->second == FJ_SECOND_RAW ? log_factor_gaussian(layers, r, slope, error, turns)
                                           : log_factor_orthogonal(layers, r, slope, error, turns);
}

double complex fj_layers_factor_bend(const fj_layers *layers, const fj_resolvent *r)
{
    if (layers->second == FJ_SECOND_RAW) {
        const double complex ratio = fj_quotient(r->dm, r->m);
        return fj_quotient(r->ddm, r->m) - ratio * ratio;
    }
    const double complex product = r->m * r->n, ratio = fj_quotient(r->dm, product);
    return fj_quotient(r->ddm, product) - ratio * ratio * (r->m + r->n);
}

void fj_layers_compose(const fj_layers *layers, double complex w, fj_composed *out)
{
    if (layers->universal) {
        fj_universal_compose(layers->universal, w, out);
        return;
    }
    fj_resolvent *r = &out->at;
    out->blur = layers->unit;
    out->scale = 1;
    fj_rule_resolvent(layers->rule, layers->second, w, r);
    if (layers->depth == 1 && layers->second == FJ_SECOND_RAW) {
        one_gaussian(layers, out);
        return;
    }
    double complex slope;
    double error, turns, ratio_turns = 0;
    const double complex factor = fj_layers_factor(layers, r, &slope, &error, &turns);
    const double complex ratio = fj_log_turned(fj_quotient(r->n, r->m), 1, &ratio_turns),
                         power = layers->depth * (layers->log_chi + factor);
    out->log_z = ratio + power + CMPLX(0, M_PI * (ratio_turns + layers->depth * turns));
    out->argument = fabs(cimag(ratio));
    out->rounding =
        DBL_EPSILON * (4 + fabs(creal(ratio)) + fabs(creal(power)) + layers->depth * error);
    out->slope = -fj_quotient(r->dm, r->m * r->n) + layers->depth * slope;
}

double complex fj_layers_bend(const fj_layers *layers, const fj_composed *at)
{
    if (layers->universal)
        return 0;
    const fj_resolvent *r = &at->at;
    const double complex over_n = fj_quotient(1, r->n), over_m = fj_quotient(1, r->m);
    return (over_n - over_m) * r->ddm - (over_n * over_n - over_m * over_m) * r->dm * r->dm +
           layers->depth * fj_layers_factor_bend(layers, r);
}

double fj_layers_cdf(const fj_layers *layers, const fj_composed *at, double complex step)
{
    if (layers->universal)
        return fj_universal_cdf(layers->universal, at, step);
    const fj_resolvent *r = &at->at;
    double j = fj_rule_potential(layers->rule, layers->second, r);
    /* dK/dw = m for K = E log(1 - t/u) */
    double complex dj = r->m + r->dm, ddj = r->dm + r->ddm;
    if (layers->second == FJ_SECOND_CENTRED) {
        const double complex inverse = fj_quotient(1, r->n), ratio = r->dm * inverse;
        dj = r->m + ratio;
        ddj = r->dm + r->ddm * inverse - ratio * ratio;
    }
    j += cimag((dj + ddj * step / 2) * step);
    return 1 + (carg(r->n + (r->dm + r->ddm * step / 2) * step) - layers->depth * j) / M_PI;
}

double fj_layers_density(const fj_layers *layers, const fj_composed *at, double complex step)
{
    if (layers->universal)
        return fj_universal_density(layers->universal, at, step);
    return -cimag(at->at.m + (at->at.dm + at->at.ddm * step / 2) * step) / M_PI;
}
