/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prescribed quantity as a function of q on the critical line.
 *
 * 1. The variance needs no law: Var[lambda] = L (c_2/mu_1^2 + g) with the central moment c_2 of t = phi'^2, g = 1 gaussian, 0
 *    orthogonal (on the line the mean is 1). c_2/mu_1^2 is what q can change: its logarithm is taken, so that targets next
 *    to the gaussian weights' own L keep their digits.
 * 2. Edge and quantiles are asked of the law. The mean of lambda is 1, so that s_max > 1 unless t is constant, and the
 *    condition is above 1 unless one atom holds both quantiles: neither is let round to 1. */
#include <float.h>
#include <math.h>
#include "average.h"
#include "design_internal.h"
#include <freejac/spectrum.h>

/* The floor of log s_max and of the log condition: below any that a double above 1 has. */
static const double LEAST = DBL_EPSILON / 4;
static const double LOW = 0.1, HIGH = 0.9; /* the quantiles of the condition */

static double gaussian_share(const fj_measure *measure)
{
    return measure->weights == FJ_WEIGHTS_GAUSSIAN ? 1 : 0;
}

double fj_measure_x(const fj_measure *measure, double value)
{
    if (measure->target != FJ_DESIGN_VAR_LAMBDA)
        return log(value);
    double share = value / (double)measure->depth - gaussian_share(measure);
    return share > 0 ? log(share) : -INFINITY;
}

double fj_measure_value(const fj_measure *measure, double x)
{
    if (measure->target != FJ_DESIGN_VAR_LAMBDA)
        return exp(x);
    return (double)measure->depth * (exp(x) + gaussian_share(measure));
}

static fj_status variance_x(const fj_measure *measure, double q, double *x)
{
    fj_averages averages;
    double central[3];
    fj_status status = fj_averages_at(measure->activation, q, &averages);
    if (status == FJ_OK)
        status = fj_central_moments(measure->activation, q, 3, central);
    if (status == FJ_OK)
        *x = log(central[2]) - 2 * log(averages.mu1);
    return status;
}

static fj_status edge_x(const fj_spectrum *spectrum, int homogeneous, double *x)
{
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    size_t intervals = fj_spectrum_intervals(spectrum, &interval);
    size_t atoms = fj_spectrum_atoms(spectrum, &atom);
    double top = -INFINITY;
    if (intervals > 0)
        top = interval[intervals - 1].log_s_max;
    if (atoms > 0)
        top = fmax(top, atom[atoms - 1].log_s);
    if (!isfinite(top))
        return FJ_RANGE;
    *x = homogeneous ? top : fmax(top, LEAST);
    return FJ_OK;
}

static int atom_at(const fj_spectrum *spectrum, double log_s)
{
    const fj_spectrum_atom *atom;
    size_t atoms = fj_spectrum_atoms(spectrum, &atom);
    for (size_t i = 0; i < atoms; i++)
        if (atom[i].log_s == log_s)
            return 1;
    return 0;
}

static fj_status condition_x(const fj_spectrum *spectrum, double *x)
{
    double low, high;
    fj_status status = fj_spectrum_quantile(spectrum, LOW, &low);
    if (status == FJ_OK && isinf(low)) {
        *x = INFINITY;
        return FJ_OK;
    }
    if (status == FJ_OK)
        status = fj_spectrum_quantile(spectrum, HIGH, &high);
    if (status != FJ_OK)
        return status;
    int one_atom = low == high && atom_at(spectrum, low);
    *x = one_atom ? 0 : fmax(high - low, LEAST);
    return FJ_OK;
}

fj_status fj_measure_at(const fj_measure *measure, double q, double *x)
{
    *x = NAN;
    if (measure->target == FJ_DESIGN_VAR_LAMBDA)
        return variance_x(measure, q, x);
    fj_meanfield point;
    fj_network network = {0};
    fj_spectrum *spectrum = NULL;
    fj_status status = fj_meanfield_critical(measure->activation, q, &point, NULL);
    if (status == FJ_OK)
        status = fj_network_identical(measure->activation, measure->weights, measure->depth, &point,
                                      &network);
    if (status == FJ_OK)
        status = fj_spectrum_create(&network, &spectrum, NULL);
    if (status == FJ_OK)
        status = measure->target == FJ_DESIGN_S_MAX
                     ? edge_x(spectrum, fj_activation_is_homogeneous(measure->activation), x)
                     : condition_x(spectrum, x);
    fj_spectrum_destroy(spectrum);
    fj_network_clear(&network);
    return status;
}
