/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithms whose imaginary part is accurate to its own last digit next to both ends of the real axis. */
#ifndef FJ_TRANSFORM_LOGARITHM_H
#define FJ_TRANSFORM_LOGARITHM_H

#include "complex_parts.h"

/* log(1 + s), each part accurate for small s */
static inline double complex fj_log_one_plus(double complex s)
{
    double re = creal(s), im = cimag(s);
    return CMPLX(0.5 * log1p(re * (2 + re) + im * im), atan2(im, 1 + re));
}

/* log(z) - i pi turns, turns = 0, or -1 or 1 left of the imaginary axis: arguments near pi cancel in sums, and these
 * would take the digits of what is left with them. *turns grows by `times` as many. */
static inline double complex fj_log_turned(double complex z, double times, double *turns)
{
    if (creal(z) >= 0)
        return fj_log(z);
    *turns += cimag(z) <= 0 ? -times : times;
    return fj_log(-z);
}

#endif
