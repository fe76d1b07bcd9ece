/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The density as a small picture in characters. */
#ifndef FJ_OUTPUT_PICTURE_H
#define FJ_OUTPUT_PICTURE_H

#include <stdio.h>
#include "output_result.h"

/* Draws result->picture with its atoms under the axis, 80 columns at most; block characters if `unicode`. */
void out_picture_draw(FILE *stream, const out_spectrum *result, bool unicode);

#endif
