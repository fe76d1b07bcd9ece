/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a universal law (src/THEORY.md, Universal laws).
 *
 * 1. The residual network's law is the smooth one with sigma_0^2 = 2c, lambda times e^c.
 * 2. Support and atoms in closed form. Smooth: edges at u = exp(-+2a), a = asinh(sigma_0/2). Bernoulli: one interval from 0
 *    to u = sigma_0^2, lambda = e sigma_0^2; for sigma_0 < 1 it holds the mass sigma_0^2, and the rest is an atom at
 *    exp(sigma_0^2), the image of the pole of m at u = 1, which the curve does not enclose then.
 * 3. The curve as for any law. */
#include <freejac/limit.h>
#include <math.h>
#include <stdlib.h>
#include "detail.h"
#include "spectrum_internal.h"

/* Below the least s is 1 to the last digits of a double; above the most log s = -sigma_0^2/2 at the lower edge is so large
 * that its rounding decides about the law next to it. */
static const double SIGMA_LEAST = 1e-12, SIGMA_MOST = 1e5;

static fj_status parameter_read(fj_limit_class limit_class, double parameter, fj_universal *law,
                                fj_detail *detail)
{
    const int resnet = limit_class == FJ_LIMIT_RESNET;
    const char *name = resnet ? "c" : "sigma_0";
    if (limit_class != FJ_LIMIT_SMOOTH && limit_class != FJ_LIMIT_BERNOULLI && !resnet)
        return fj_fail(detail, FJ_INVALID, "the class must be smooth, bernoulli or resnet");
    if (!(parameter >= 0 && isfinite(parameter)))
        return fj_fail(detail, FJ_INVALID, "%s = %g must be finite and not negative", name,
                       parameter);
    *law = (fj_universal){.kind = limit_class == FJ_LIMIT_BERNOULLI ? FJ_UNIVERSAL_BERNOULLI
                                                                    : FJ_UNIVERSAL_SMOOTH,
                          .sigma = resnet ? sqrt(2 * parameter) : parameter,
                          .sigma2 = resnet ? 2 * parameter : parameter * parameter,
                          .log_mean = resnet ? parameter : 0};
    double least = resnet ? SIGMA_LEAST * SIGMA_LEAST / 2 : SIGMA_LEAST;
    double most = resnet ? SIGMA_MOST * SIGMA_MOST / 2 : SIGMA_MOST;
    if (parameter != 0 && !(parameter >= least && parameter <= most))
        return fj_fail(detail, FJ_UNSUPPORTED, "%s = %g must be 0 or from %g to %g", name,
                       parameter, least, most);
    return FJ_OK;
}

/* A law with one interval, and the atom beside it. */
static void support_set(fj_spectrum *spectrum)
{
    const fj_universal *law = &spectrum->universal;
    fj_branch *branch = &spectrum->branch[spectrum->branches++];
    if (law->kind == FJ_UNIVERSAL_SMOOTH) {
        double a = asinh(law->sigma / 2);
        *branch = (fj_branch){.x_low = -2 * a,
                              .x_high = 2 * a,
                              .big_x_low = law->log_mean - 2 * a - law->sigma * exp(a),
                              .big_x_high = law->log_mean + 2 * a + law->sigma * exp(-a),
                              .cdf_high = 1,
                              .low = FJ_END_SQUARE_ROOT,
                              .high = FJ_END_SQUARE_ROOT};
        return;
    }
    *branch = (fj_branch){.x_low = -INFINITY,
                          .x_high = 2 * log(law->sigma),
                          .big_x_low = -INFINITY,
                          .big_x_high = 1 + 2 * log(law->sigma),
                          .cdf_high = fmin(1, law->sigma2),
                          .low = FJ_END_ZERO,
                          .high = FJ_END_SQUARE_ROOT};
    fj_spectrum_atom_add(spectrum, law->sigma2 / 2, (1 - law->sigma) * (1 + law->sigma));
}

fj_status fj_limit_create(fj_limit_class limit_class, double parameter, fj_spectrum **out,
                          fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the spectrum (out is NULL)");
    *out = NULL;
    fj_universal law = {.sigma = 0};
    fj_status status = parameter_read(limit_class, parameter, &law, detail);
    if (status != FJ_OK)
        return status;
    fj_spectrum *spectrum = calloc(1, sizeof *spectrum);
    if (!spectrum)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for a spectrum");
    spectrum->universal = law;
    fj_universal_init(&spectrum->layers, &spectrum->universal);
    spectrum->mu1 = 1;
    spectrum->mean = exp(law.log_mean);
    spectrum->variance = law.sigma2 * spectrum->mean * spectrum->mean;
    /* -int_0^1 log S(-x) dx */
    spectrum->mean_log = law.log_mean - law.sigma2 / 2;
    if (law.kind == FJ_UNIVERSAL_BERNOULLI && law.sigma2 > 0)
        spectrum->mean_log = NAN;
    if (law.sigma2 > 0)
        support_set(spectrum);
    else
        fj_spectrum_atom_add(spectrum, 0, 1);
    status = fj_spectrum_finish(spectrum, detail);
    if (status != FJ_OK) {
        fj_spectrum_destroy(spectrum);
        return status;
    }
    *out = spectrum;
    return FJ_OK;
}
