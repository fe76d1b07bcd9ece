/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Covariances of what one layer's neurons do, over h ~ N(0,1):
 *   1. nodes h = unit sinh(y), y in steps of 1/64 out to |h| = 9, unit = min(1, 1/sqrt(q)), so
 *      that phi(sqrt(q) h) is resolved about 0: the trapezoidal rule in y;
 *   2. deviations from the mean first, products of them then: nothing cancels where t hardly
 *      varies.
 * A kink, or a step of arg(1 - t/u) where u is next to the axis, costs half a node's share, at
 * |h| = 1 a hundredth of what lies beyond. That is enough: what is made of these numbers is the
 * first order of an expansion in 1/N. */
#include <math.h>
#include "scatter.h"

static const double STEPS = 64, REACH = 9, UNIT_LEAST = 1e-6;

void fj_neurons_make(const fj_activation *activation, double q, fj_neurons *out)
{
    const double unit = fmax(UNIT_LEAST, fmin(1, 1 / sqrt(q)));
    const long last = lrint(asinh(REACH / unit) * STEPS);
    double total = 0, mean = 0;
    out->n = 0;
    for (long i = -last; i < last && out->n < FJ_NODES_MAX; i++) {
        const double y = ((double)i + 0.5) / STEPS, h = unit * sinh(y); /* not at 0: kinks are */
        const double phi = fj_activation_value(activation, sqrt(q) * h),
                     slope = fj_activation_slope(activation, sqrt(q) * h);
        const size_t k = out->n++;
        out->weight[k] = cosh(y) * exp(-h * h / 2);
        out->square[k] = h * h - 1;
        out->t[k] = slope * slope;
        out->length[k] = phi * phi;
        total += out->weight[k];
    }
    for (size_t k = 0; k < out->n; k++)
        mean += (out->weight[k] /= total) * out->length[k];
    for (size_t k = 0; k < out->n; k++)
        out->length[k] /= mean > 0 ? mean : 1;
    out->mean_length = mean;
}

/* arg(1 - t inverse) - its mean, in deviation[i]. */
static void place_fill(fj_neurons *at, double complex inverse, double *deviation)
{
    double mean = 0;
    for (size_t k = 0; k < at->n; k++) {
        deviation[k] = atan2(-at->t[k] * cimag(inverse), 1 - at->t[k] * creal(inverse));
        mean += at->weight[k] * deviation[k];
    }
    for (size_t k = 0; k < at->n; k++)
        deviation[k] -= mean;
}

static double covariance(const fj_neurons *at, const double *x, const double *y)
{
    double sum = 0;
    for (size_t k = 0; k < at->n; k++)
        sum += at->weight[k] * x[k] * y[k];
    return sum;
}

void fj_neurons_joint(fj_neurons *at, const double complex *inverse, size_t n, fj_joint *out)
{
    double length[FJ_NODES_MAX];
    for (size_t k = 0; k < at->n; k++)
        length[k] = at->mean_length > 0 ? at->length[k] - 1 : 0;
    out->gg = covariance(at, length, length);
    out->gh = covariance(at, length, at->square);
    for (size_t i = 0; i < n; i++) {
        place_fill(at, inverse[i], at->deviation[i]);
        out->fg[i] = covariance(at, at->deviation[i], length);
        out->fh[i] = covariance(at, at->deviation[i], at->square);
        for (size_t j = 0; j <= i; j++)
            out->ff[i][j] = out->ff[j][i] = covariance(at, at->deviation[i], at->deviation[j]);
    }
}
