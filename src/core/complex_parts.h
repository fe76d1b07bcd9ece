/* SPDX-License-Identifier: GPL-3.0-or-later */
/* <complex.h> with CMPLX, which glibc's header offers to gcc alone; clang has the builtin behind it. And two operations
 * that the library's inner loops need faster than C's own, which guard against every overflow. */
#ifndef FJ_CORE_COMPLEX_PARTS_H
#define FJ_CORE_COMPLEX_PARTS_H

#include <complex.h>
#include <math.h>

#ifndef CMPLX
#define CMPLX(x, y) __builtin_complex((double)(x), (double)(y))
#endif

/* exp(z) where neither part is infinite: glibc's cexp sees to exceptions and infinities at twice the cost. */
static inline double complex fj_exp(double complex z)
{
    const double size = exp(creal(z));
    double sine, cosine;
    sincos(cimag(z), &sine, &cosine);
    return CMPLX(size * cosine, size * sine);
}

/* |Re z| + |Im z|, between |z| and sqrt(2) |z|: a size for estimates and decisions. */
static inline double fj_size(double complex z)
{
    return fabs(creal(z)) + fabs(cimag(z));
}

/* log z; its real part is accurate to a unit of rounding of 1, not of itself where |z| is next to 1. */
static inline double complex fj_log(double complex z)
{
    const double re = creal(z), im = cimag(z), square = re * re + im * im;
    return square > 1e-250 && square < 1e250 ? CMPLX(log(square) / 2, atan2(im, re)) : clog(z);
}

/* The root with Re >= 0, each part relatively accurate; plainly where |z|^2 is in range. */
static inline double complex fj_root(double complex z)
{
    const double re = creal(z), im = cimag(z), square = re * re + im * im;
    if (!(square > 1e-250 && square < 1e250))
        return csqrt(z);
    const double larger = sqrt((fabs(re) + sqrt(square)) / 2), smaller = im / (2 * larger);
    return re >= 0 ? CMPLX(larger, smaller) : CMPLX(fabs(smaller), copysign(larger, im));
}

/* a/b, plainly where |b|^2 is in range. */
static inline double complex fj_quotient(double complex a, double complex b)
{
    const double re = creal(b), im = cimag(b), square = re * re + im * im;
    if (!(square > 1e-250 && square < 1e250))
        return a / b;
    const double inverse = 1 / square;
    return CMPLX((creal(a) * re + cimag(a) * im) * inverse,
                 (cimag(a) * re - creal(a) * im) * inverse);
}

#endif
