/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "%.17g" in a fifth of printf's time, which else is half of the time of a table: printf works in multiple precision, and what
 * does not (std::to_chars) is C++.
 *   1. |x| 10^p with p such that 17 digits stand before the point. 10^p is exact in a long double up to 10^27, so that the
 *      product has one rounding, 2^-8 at most where it is below 2^57; with two such factors it has another of 1.4 times that;
 *   2. its nearest whole number are the digits, unless the product lies within these roundings of the middle between two: then,
 *      one time in 64 or 32, and for numbers below 1e-38 or from 1e16 on, printf decides;
 *   3. they are laid out as printf does. */
#include "output_number.h"
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    DIGITS = 17,
    LOW_DIGITS = 9, /* of two halves, which the processor takes apart at once */
    LOW_POWER = 1000000000,
    POINT_FIRST = -4 /* the smallest exponent written out as zeros */
};

static const long double POWERS[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,
                                     1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
                                     1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L,
                                     1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
static const int POWER_MOST = sizeof POWERS / sizeof *POWERS - 1;
static const long double LEAST = 1e16L, BEYOND = 1e17L; /* numbers of 17 digits */
static const long double DOUBT = 0x1p-7, DOUBT_OF_TWO = 0x1p-6;

static long double times_power(double a, int power)
{
    return power > POWER_MOST ? a * POWERS[POWER_MOST] * POWERS[power - POWER_MOST]
                              : a * POWERS[power];
}

/* The digits of a = d.dddd 10^*exponent as one number, or 0: not known. */
static int64_t digits_find(double a, int *exponent)
{
    int binary;
    if (!(a >= DBL_MIN && a <= DBL_MAX) || LDBL_MANT_DIG < 64)
        return 0;
    frexp(a, &binary);
    int power = DIGITS - 1 - (int)floor((binary - 1) * 0.30102999566398120); /* perhaps one more */
    if (power < 1 || power > 2 * POWER_MOST)
        return 0;
    long double scaled = times_power(a, power);
    if (scaled >= BEYOND)
        scaled = times_power(a, --power);
    int64_t whole = (int64_t)scaled;
    const long double part = scaled - (long double)whole,
                      doubt = power > POWER_MOST ? DOUBT_OF_TWO : DOUBT;
    if (!(scaled >= LEAST && scaled < BEYOND && fabsl(part - 0.5L) > doubt))
        return 0;
    whole += part > 0.5L;
    *exponent = DIGITS - 1 - power;
    return whole < (int64_t)BEYOND ? whole : 0;
}

/* digit: all of them, of which the first `count` are wanted; what is behind the end is overwritten. */
static char *lay_out(char *at, const char digit[DIGITS], int count, int exponent)
{
    const int before = exponent < POINT_FIRST ? 1 : exponent + 1; /* the point */
    if (before <= 0) {
        memcpy(at, "0.0000", 6);
        at += 2 - before;
        memcpy(at, digit, DIGITS);
        at += count;
    } else {
        memcpy(at, digit, DIGITS);
        if (count > before) {
            at[before] = '.';
            memcpy(at + before + 1, digit + before, (size_t)(DIGITS - before));
        }
        at += count > before ? count + 1 : before;
    }
    if (exponent < POINT_FIRST) {
        memcpy(at, "e-", 2);
        at[2] = (char)('0' - exponent / 10);
        at[3] = (char)('0' - exponent % 10);
        at += 4;
    }
    *at = '\0';
    return at;
}

char *out_number(char *at, double value)
{
    char digit[DIGITS];
    int exponent = 0, count = DIGITS;
    if (isnan(value))
        return stpcpy(at, "nan");
    const int64_t digits = digits_find(fabs(value), &exponent);
    if (digits == 0)
        return at + snprintf(at, OUT_NUMBER_ROOM, "%.17g", value);
    uint32_t high = (uint32_t)(digits / LOW_POWER), low = (uint32_t)(digits % LOW_POWER);
    for (int i = DIGITS - LOW_DIGITS; i-- > 0; high /= 10)
        digit[i] = (char)('0' + high % 10);
    for (int i = DIGITS; i-- > DIGITS - LOW_DIGITS; low /= 10)
        digit[i] = (char)('0' + low % 10);
    while (digit[count - 1] == '0')
        count--;
    if (value < 0)
        *at++ = '-';
    return lay_out(at, digit, count, exponent);
}
