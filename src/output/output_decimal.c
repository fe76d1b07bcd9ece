/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal text:
 *   1. take apart: sign, the digits from the first that is not 0, the exponent of that one;
 *   2. round half up in the digits themselves, carrying;
 *   3. put together again. */
#include "output_decimal.h"
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many zeros are written out before the digits at most. None behind them: they would look like digits. */
enum { ZEROS_MOST = 5, EXPONENT_ROOM = 24 };

typedef struct decimal {
    bool number, negative, zero;
    const char *digits, *end; /* of the text; a point may lie between */
    long exponent;            /* of the first digit */
} decimal;

static decimal take_apart(const char *text)
{
    decimal d = {.negative = *text == '-', .zero = true};
    text += *text == '-' || *text == '+';
    d.number =
        isdigit((unsigned char)text[0]) || (text[0] == '.' && isdigit((unsigned char)text[1]));
    d.end = text + strspn(text, "0123456789.");
    const char *point = memchr(text, '.', (size_t)(d.end - text));
    const char *units = point ? point : d.end; /* behind the digit of 10^0 */
    d.digits = text + strspn(text, "0.");
    if (!d.number || d.digits >= d.end)
        return d;
    d.zero = false;
    d.exponent = d.digits < units ? (long)(units - d.digits) - 1 : (long)(units - d.digits);
    if (*d.end == 'e' || *d.end == 'E')
        d.exponent += strtol(d.end + 1, NULL, 10);
    return d;
}

/* The digits without the point, at most `most`; returns how many. up: the next one asks for rounding up. */
static size_t digits_copy(const decimal *d, size_t most, char *out, bool *up)
{
    size_t n = 0;
    *up = false;
    for (const char *c = d->digits; c < d->end; c++) {
        if (*c == '.')
            continue;
        if (n == most) {
            *up = *c >= '5';
            break;
        }
        out[n++] = *c;
    }
    return n;
}

/* Adds one to the last digit; where all were 9 the exponent grows. */
static void carry(char *digits, size_t n, long *exponent)
{
    size_t i = n;
    while (i > 0 && digits[i - 1] == '9')
        digits[--i] = '0';
    if (i > 0) {
        digits[i - 1]++;
        return;
    }
    digits[0] = '1';
    ++*exponent;
}

/* Moves the n digits to where their layout has them. */
static void lay_out(char *out, size_t n, long exponent)
{
    if (exponent < 0 && exponent >= -ZEROS_MOST) {
        const size_t zeros = (size_t)-exponent - 1;
        memmove(out + 2 + zeros, out, n);
        memset(out, '0', 2 + zeros);
        out[1] = '.';
        out[2 + zeros + n] = '\0';
        return;
    }
    const bool plain = exponent >= 0 && exponent < (long)n;
    const size_t whole = plain ? (size_t)exponent + 1 : 1;
    char *end = out + n;
    if (whole < n) {
        memmove(out + whole + 1, out + whole, n - whole);
        out[whole] = '.';
        end++;
    }
    *end = '\0';
    if (!plain)
        snprintf(end, EXPONENT_ROOM, "e%+03ld", exponent);
}

void out_decimal_write(const char *text, size_t digits, char *out)
{
    const decimal d = take_apart(text);
    bool up;
    if (!d.number) {
        memcpy(out, text, strlen(text) + 1);
        return;
    }
    if (d.zero) {
        memcpy(out, "0", 2);
        return;
    }
    if (d.negative)
        *out++ = '-';
    long exponent = d.exponent;
    const size_t n = digits_copy(&d, digits ? digits : SIZE_MAX, out, &up);
    if (up)
        carry(out, n, &exponent);
    lay_out(out, n, exponent);
}

long out_decimal_exponent(const char *text)
{
    const decimal d = take_apart(text);
    return d.number && !d.zero ? d.exponent : -LONG_MAX;
}

/* The next digit, 0 beyond the last. */
static char next_digit(const char **c, const char *end)
{
    if (*c < end && **c == '.')
        ++*c;
    if (*c >= end)
        return '0';
    return *(*c)++;
}

int out_decimal_compare(const char *a, const char *b)
{
    const decimal x = take_apart(a), y = take_apart(b);
    if (!x.number || !y.number)
        return (int)y.number - (int)x.number;
    if (x.zero || y.zero)
        return (int)y.zero - (int)x.zero;
    if (x.exponent != y.exponent)
        return x.exponent < y.exponent ? -1 : 1;
    const char *p = x.digits, *q = y.digits;
    while (p < x.end || q < y.end) {
        const char left = next_digit(&p, x.end), right = next_digit(&q, y.end);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}
