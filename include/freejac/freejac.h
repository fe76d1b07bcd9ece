/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the exact law of the singular values of a deep network's input-output Jacobian.
 *
 * Conventions, for every header:  x^l = phi(h^l),  h^l = W^l x^(l-1) + b^l,  J = prod_l D^l W^l,
 * D^l = diag(phi'(h^l)); W has entries N(0, sigma_w^2/fan-in) or is sigma_w times a Haar orthogonal matrix; b has
 * entries N(0, sigma_b^2). s is a singular value of J and lambda = s^2; all quantities are dimensionless.
 *
 * Where to begin: fj_activation_create makes phi; fj_meanfield_critical or fj_meanfield_solve says
 * where a network stands (its q, sigma_w, sigma_b, chi); fj_network_identical describes equal
 * layers, fj_network_add and fj_network_follow others; fj_spectrum_create makes the law of the
 * singular values, which fj_spectrum_eval, fj_spectrum_quantile, fj_spectrum_moments and their
 * likes are asked for. fj_limit_create makes the laws of infinite depth, fj_precise_create those of
 * any number of digits, fj_design_solve finds the network with a wanted spread, fj_samples_create
 * draws finite networks, and fj_compare_samples sets them against a law. fj_phase_grid,
 * fj_trajectory_create and fj_correlation_map follow lengths and correlations.
 *
 * Manners: what can fail returns a fj_status, results come by pointer, and *out of a constructor is
 * NULL on failure. A fj_detail (NULL if not wanted) gets a sentence that says what was wrong.
 * Whatever a constructor made is freed by its _destroy or _clear, which take NULL. Laws,
 * activations and samples are immutable and may be shared between threads. The library prints
 * nothing, never exits and sets nothing of the process (but for OpenBLAS's threads, see
 * fj_samples_create). Build with the flags of `pkg-config --cflags --libs freejac`. */
#ifndef FREEJAC_FREEJAC_H
#define FREEJAC_FREEJAC_H

#include <freejac/status.h>
#include <freejac/version.h>
#include <freejac/activation.h>
#include <freejac/correlation.h>
#include <freejac/meanfield.h>
#include <freejac/trajectory.h>
#include <freejac/phase.h>
#include <freejac/network.h>
#include <freejac/spectrum.h>
#include <freejac/design.h>
#include <freejac/limit.h>
#include <freejac/precise.h>
#include <freejac/sampling.h>
#include <freejac/comparison.h>

#endif
