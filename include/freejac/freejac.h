/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the exact law of the singular values of a deep network's input-output Jacobian.
 *
 * Conventions, for every header:  x^l = phi(h^l),  h^l = W^l x^(l-1) + b^l,  J = prod_l D^l W^l,
 * D^l = diag(phi'(h^l)); W has entries N(0, sigma_w^2/fan-in) or is sigma_w times a Haar orthogonal matrix; b has
 * entries N(0, sigma_b^2). s is a singular value of J and lambda = s^2; all quantities are dimensionless. */
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
