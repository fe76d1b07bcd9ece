/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers of any length as text: rounded, laid out, compared, without a binary number in between. */
#ifndef FJ_OUTPUT_DECIMAL_H
#define FJ_OUTPUT_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* The most characters that out_decimal_write needs for `digits` digits, the end included. */
#define OUT_DECIMAL_ROOM(digits) ((size_t)(digits) + 48)

/* Writes the decimal `text` ("-12.5", "1.25e+01", any number of digits) rounded to `digits` significant digits (0: all it has),
 * as 0.00125 or 125.0 where that takes few zeros, else as 1.25e-30; "0" for zero; anything but a number, "inf", as it is.
 * out: OUT_DECIMAL_ROOM(digits), or of strlen(text) for 0. */
void out_decimal_write(const char *text, size_t digits, char *out);

/* e of the leading digit of text = d.ddd 10^e; of no number and of 0: -LONG_MAX. */
long out_decimal_exponent(const char *text);

/* < 0, 0, > 0 as the first number is less, equal, more; for numbers >= 0 and "inf". */
int out_decimal_compare(const char *a, const char *b);

#endif
