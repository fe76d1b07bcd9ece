/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where each layer's own transform stands for a point of a law: what a change of that layer does
 * to the law there. */
#ifndef FJ_SPECTRUM_RESPONSE_H
#define FJ_SPECTRUM_RESPONSE_H

#include <freejac/spectrum.h>
#include "complex_parts.h"

/* A solver that goes from point to point. With the law of t of layer l moved by dnu_l, E_J log(z
 * - lambda) moves by
 *   sum_l N_l/N_0 int log(1 - t/u_l) dnu_l(t)
 * at fixed z, to first order, and F by -1/pi of its imaginary part (src/THEORY.md 6.1). */
typedef struct fj_response fj_response;

/* For a law of a network; its point is nowhere yet. FJ_INVALID for a universal law,
 * FJ_NO_MEMORY. Ownership: *out is the caller's, NULL on failure. */
fj_status fj_response_create(const fj_spectrum *law, fj_response **out);
void fj_response_destroy(fj_response *response);

/* Solves at log z = log_lambda + i angle, 0 < angle <= 1/2. FJ_NO_CONVERGENCE. Cost: some ten
 * evaluations of each different layer; a hundred the first time. */
fj_status fj_response_solve(fj_response *response, double log_lambda, double angle);

/* m = M(z) there; the density per unit log lambda is -Im m/pi, smoothed over `angle`. */
double complex fj_response_m(const fj_response *response);

/* 1/u_l of the layers of run r (0 <= r < runs), Im <= 0; 0 where t has one value, so that no
 * neuron differs from another. */
double complex fj_response_inverse(const fj_response *response, size_t r);

#endif
