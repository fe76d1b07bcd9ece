/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a patch may be.
 *
 * 1. Chebyshev coefficients fall like exp(-rate k), where the nearest singularity lies on the ellipse with half axes cosh(rate) and
 *    sinh(rate): beside the middle of the patch, sinh(rate) halves of it away. The rate at which they would come to rounding with
 *    the last one tells how far away it would have to be. The ratio of the two is what the length may change by. Rounding may be more
 *    than was said: where the last coefficients no longer fall it is what they are.
 * 2. A patch that is good: the next one may be as long as this one could have been, times the change of that since the one before
 *    it, since singularities come nearer or stay behind.
 * 3. One that is not good keeps its upper end, and what is too near is most likely at the lower one, from which shortening leads
 *    away: the root of the ratio. */
#include "patch_length.h"
#include <math.h>
#include "patch_tables.h"

/* Of the last coefficients every other one may be 0, and with slopes at Chebyshev's points the very last that is not is nearly so,
 * whatever the function. */
enum { BY_CHANCE = 3 };
/* What is aimed at is so much shorter than what would do. */
static const double SAFE = 0.85;

static double largest_of(const double *c, size_t from, size_t n)
{
    double largest = 0;
    for (size_t k = from; k < from + n; k++)
        largest = fmax(largest, fabs(c[k]));
    return largest;
}

/* `noise`, or what the last coefficients show it to be: there they no longer fall. */
static double noise_seen(const double *c, size_t last, double noise)
{
    static const size_t A_FEW = 4;
    /* a series that reaches noise falls by some hundred over so few */
    static const double NEAR = 100, FALLS = 30;
    const double end = largest_of(c, last + 1 - A_FEW, A_FEW),
                 before = largest_of(c, last + 1 - 2 * A_FEW, A_FEW);
    return end < NEAR * noise && before < FALLS * end ? fmax(noise, 2 * before) : noise;
}

double fj_patch_reach(const double *c, size_t last, double noise)
{
    noise = noise_seen(c, last, noise);
    double largest = noise;                /* of c[k], c[k + 1], .. */
    size_t at = 0, low = last - BY_CHANCE; /* its k; from where on it is as low as it gets */
    double lowest = noise;
    for (size_t k = last; k >= 1; k--) {
        const int in_noise = largest == noise;
        if (fabs(c[k]) > largest) {
            largest = fabs(c[k]);
            at = k;
        }
        if (k >= low)
            lowest = largest;
        else if (in_noise && largest > noise)
            low = k + 1;
    }
    if (at == 0)
        return INFINITY;
    const double rate = log(largest / lowest) / ((double)low - (double)at);
    /* size exp(-rate k) with the least rate that does */
    const double log_size = log(largest / noise) + rate * (double)at;
    return low > at ? sinh(rate) / sinh(log_size / (double)(last - BY_CHANCE + 1)) : 0;
}

double fj_patch_length_next(fj_patch_length *length, double size, double reach)
{
    static const double FALL = 0.5, RISE = 1.3, MOST = 2;
    const double before = length->would_do;
    length->would_do = size * fmin(reach, MOST);
    const double change = isnan(before) ? 1 : fmax(FALL, fmin(RISE, length->would_do / before));
    return fmin(SAFE * change * length->would_do, MOST * size);
}

/* A misfit goes like the 22nd power of the length. */
static double by_misfit(double misfit)
{
    static const double GOAL = 1.0 / 3;
    return isnan(misfit) ? 0.5 : pow(misfit / GOAL, -1.0 / (2 * FJ_PATCH_NODES));
}

double fj_patch_length_shorter(double size, double reach, double misfit)
{
    static const double LEAST = 0.2, MOST = 0.8;
    /* coefficients that have fallen far enough: it is something else */
    const double factor = reach < 1 ? SAFE * sqrt(reach) : by_misfit(misfit);
    return size * fmin(MOST, fmax(LEAST, factor));
}
