/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the universal laws that deep networks tend to. */
#ifndef FREEJAC_LIMIT_H
#define FREEJAC_LIMIT_H

#include <freejac/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The laws of infinite depth. S(m) is the S-transform of lambda = s^2. The first two are what L orthogonal layers on the
 * critical line tend to as L grows while q*(L) keeps L Var(phi'^2)/E[phi'^2]^2 = sigma_0^2; sigma_0 (the standard deviation
 * of lambda) is their parameter. */
typedef enum fj_limit_class {
    FJ_LIMIT_SMOOTH,    /* S = exp(-sigma_0^2 m): phi smooth at 0 (tanh, erf, ...) */
    FJ_LIMIT_BERNOULLI, /* S = exp(-sigma_0^2 m/(1 + m)): phi' is 0 or 1 (hard-tanh) */
    FJ_LIMIT_RESNET /* S = exp(-c (1 + 2m)): x^l = x^(l-1) + phi(h^l), h^l with weights of variance
                           sigma_w^2/(N L); parameter c, the mean over layers of sigma_w^2 E[phi'^2] */
} fj_limit_class;

/* Builds the universal law of a class; `parameter` is sigma_0 for FJ_LIMIT_SMOOTH and FJ_LIMIT_BERNOULLI, c for
 * FJ_LIMIT_RESNET, dimensionless; 0 is the single atom at s = 1. Every function of freejac/spectrum.h takes the result;
 * fj_spectrum_network gives NULL. detail (may be NULL) says on failure what to do.
 * Ownership: *out is the caller's, freed by fj_spectrum_destroy; NULL on failure.
 * FJ_INVALID: a parameter that is negative or not finite, an unknown class, out NULL. FJ_UNSUPPORTED: sigma_0 (for a
 * residual network sqrt(2c)) not 0 and outside [1e-12, 1e5]. FJ_NO_MEMORY, FJ_NO_CONVERGENCE. Cost: some hundred
 * microseconds.
 * Source: Pennington, Schoenholz, Ganguli, The emergence of spectral universality in deep networks (AISTATS 2018);
 * Tarnowski et al., Dynamical isometry is achieved in residual networks (2019); src/THEORY.md, Universal laws. */
FJ_API fj_status fj_limit_create(fj_limit_class limit_class, double parameter, fj_spectrum **out,
                                 fj_detail *detail);

#ifdef __cplusplus
}
#endif
#endif
