/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log z(u) for the universal laws of infinite depth (src/THEORY.md, Universal laws).
 *
 * 1. With u = (1 + m)/m the laws have the form of a layer whose t is one point mass at 1: m = 1/(u - 1), n = 1 + m =
 *    1/(1 - 1/u). Laws of small sigma_0 live at u next to 1, so both come from exp(w) - 1 and exp(-w) - 1.
 * 2. log z = w + P with P = sigma2 m (smooth) or sigma2 m/(1 + m) = sigma2/u (Bernoulli).
 * 3. The distribution function by parts, with Q = m P - (integral of P dm from 0):
 *      A = log z - log(1 + m) + Q,    F = 1 - Im A/pi,
 *      Q = sigma2 m^2/2 (smooth),  sigma2 (log(1 + m) - 1/u) (Bernoulli),
 *    and on the curve Im P = -theta, so that the parts which cancel there need not be formed.
 * Source: Pennington, Schoenholz, Ganguli, The emergence of spectral universality in deep networks (2018). */
#include "universal.h"
#include <float.h>
#include <math.h>

/* From this angle on, and where |u| is less than exp(TAIL_X), the Bernoulli law takes its lower tail's form. */
static const double TAIL_THETA = 3, TAIL_X = -1;

static int in_tail(const fj_universal *law, double complex w)
{
    return law->kind == FJ_UNIVERSAL_BERNOULLI && cimag(w) > TAIL_THETA && creal(w) < TAIL_X;
}

/* exp(w) - 1 without cancellation at small w */
static double complex cexpm1(double complex w)
{
    double x = creal(w), theta = cimag(w), half = sin(theta / 2);
    return CMPLX(expm1(x) * cos(theta) - 2 * half * half, exp(x) * sin(theta));
}

void fj_universal_init(fj_layers *layers, const fj_universal *law)
{
    *layers = (fj_layers){.universal = law,
                          .second = FJ_SECOND_CENTRED,
                          .depth = 1,
                          .log_chi = law->log_mean,
                          .mu1 = 1};
}

void fj_universal_compose(const fj_universal *law, double complex w, fj_composed *out)
{
    fj_resolvent *r = &out->at;
    double complex inverse = cexp(-w), power;
    r->w = w;
    r->u = cexp(w);
    r->v = r->dv = 0;
    r->far = 1; /* no poles */
    r->poles.count = 0;
    r->m = 1 / cexpm1(w);
    r->n = -1 / cexpm1(-w);
    r->dm = -r->m * r->n;
    if (law->kind == FJ_UNIVERSAL_SMOOTH) {
        power = law->sigma2 * r->m;
        out->slope = 1 + law->sigma2 * r->dm;
    } else {
        power = law->sigma2 * inverse;
        out->slope = 1 - power;
    }
    out->log_z = w + power + law->log_mean;
    out->rounding = DBL_EPSILON * (fabs(creal(w)) + 3 * fabs(creal(power)) + fabs(law->log_mean));
    out->argument = cimag(w);
    out->scale = fmin(1, cabs(w));
    out->blur =
        in_tail(law, w)
            ? 0
            : cabs(w); /* the rounding of w itself; nothing is made from theta in the tail */
}

/* Where the Bernoulli law goes to 0, theta goes to pi, and a double keeps no digits of sin(theta); but on the curve it is
 * theta r/sigma2. */
static double complex bernoulli_u(const fj_universal *law, double complex w)
{
    double r = exp(creal(w)), theta = cimag(w), sine = fmin(theta * r / law->sigma2, 1);
    return r * CMPLX(copysign(sqrt((1 - sine) * (1 + sine)), M_PI_2 - theta), sine);
}

double fj_universal_density(const fj_universal *law, const fj_composed *at, double complex step)
{
    const fj_resolvent *r = &at->at;
    if (!in_tail(law, r->w))
        return -cimag(r->m + r->dm * step) / M_PI;
    double complex u = bernoulli_u(law, r->w + step), d = u - 1;
    return cimag(u) / (creal(d) * creal(d) + cimag(d) * cimag(d)) / M_PI;
}

double fj_universal_cdf(const fj_universal *law, const fj_composed *at, double complex step)
{
    const fj_resolvent *r = &at->at;
    const double theta = cimag(r->w) + cimag(step), arg = carg(r->n + r->dm * step);
    /* Im Q = -theta Re m (smooth), sigma2 arg n + theta (Bernoulli) */
    if (law->kind == FJ_UNIVERSAL_SMOOTH)
        return 1 + (arg + theta * creal(r->m + r->dm * step)) / M_PI;
    if (!in_tail(law, r->w))
        return 1 + ((1 - law->sigma2) * arg - theta) / M_PI;
    /* arg n = -(pi - theta) - arg(1 - u), and nothing is left of 1 */
    double complex u = bernoulli_u(law, r->w + step);
    double rest = atan2(cimag(u), -creal(u));
    return (law->sigma2 * rest + (1 - law->sigma2) * atan2(cimag(u), 1 - creal(u))) / M_PI;
}
