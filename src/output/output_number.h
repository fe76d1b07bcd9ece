/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number with the 17 digits that bring the same double back. */
#ifndef FJ_OUTPUT_NUMBER_H
#define FJ_OUTPUT_NUMBER_H

enum { OUT_NUMBER_ROOM = 25 }; /* "-1.2345678901234567e-308" and the end */

/* Writes what printf writes for "%.17g", and for what is no number "nan" without the sign that printf may give it. Returns the
 * end of the text, where its '\0' is. at: OUT_NUMBER_ROOM. */
char *out_number(char *at, double value);

#endif
