/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composition over depth: log z as an explicit function of the subordination point u = exp(w). */
#ifndef FJ_TRANSFORM_LAYER_H
#define FJ_TRANSFORM_LAYER_H

#include "rule.h"

struct fj_universal;

/* L identical layers: sigma^2 enters through log_chi = log(sigma_w^2 mu1). Borrows the rule. Or, where `universal` is
 * set, what a universal law of infinite depth has in their place (universal.h). */
typedef struct fj_layers {
    const fj_rule *rule;                  /* NULL for a universal law */
    const struct fj_universal *universal; /* NULL for a network */
    fj_second second;                     /* RAW for gaussian weights, CENTRED for orthogonal */
    double depth, log_chi, mu1, spread;
    double spread_error; /* of t - mu1, relative to the spread, in units of rounding */
    double unit;         /* relative error of m and n, in the same */
} fj_layers;

/* log z and its derivative in w at one u, with what they were made from. Im log_z is the true argument of z, the sum of
 * principal logarithms, not reduced modulo 2 pi. */
typedef struct fj_composed {
    fj_resolvent at;
    double complex log_z, slope; /* slope = d log z/dw */
    double rounding;             /* of log z, estimated from the size of its terms */
    double argument;             /* of the two terms of Im log z that cancel on the curve */
    double
        blur; /* how well w is known, in units of rounding: what nodes and poles leave, but for universal laws */
    double scale; /* on which m varies with w, at most 1: the distance to a mass of t at u = 1 */
} fj_composed;

void fj_layers_init(fj_layers *layers, const fj_rule *rule, double mu1, fj_weights weights,
                    double depth, double log_chi);

/* A layer's factor l, log(m u/mu1) with gaussian and log(m u/(mu1 n)) with orthogonal weights, less i pi *turns, from the
 * resolvent there; its derivative in w, and its error in units of rounding. O(1). */
double complex fj_layers_factor(const fj_layers *layers, const fj_resolvent *r,
                                double complex *slope, double *error, double *turns);
/* d^2 l/dw^2, to half the digits. O(1). */
double complex fj_layers_factor_bend(const fj_layers *layers, const fj_resolvent *r);

/* Cost: one fj_rule_resolvent. */
void fj_layers_compose(const fj_layers *layers, double complex w, fj_composed *out);

/* d^2 log z/dw^2, to half the digits; 0 for a universal law. O(1). */
double complex fj_layers_bend(const fj_layers *layers, const fj_composed *at);

/* The distribution function at the point w + step of the curve Im log z = 0, for a step so small that its cube (for a universal law,
 * its square) does not count:  F = 1 + (arg(1+m) - L Im J)/pi. Cost: one fj_rule_potential. */
double fj_layers_cdf(const fj_layers *layers, const fj_composed *at, double complex step);

/* The density per unit log lambda there, -Im m/pi. O(1). */
double fj_layers_density(const fj_layers *layers, const fj_composed *at, double complex step);

#endif
