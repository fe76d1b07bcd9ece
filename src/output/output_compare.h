/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What JSON and CSV say of a comparison, beside the network. */
#ifndef FJ_OUTPUT_COMPARE_H
#define FJ_OUTPUT_COMPARE_H

#include <jansson.h>
#include <stdio.h>
#include "output_result.h"

/* Adds the keys to object; every null adds a line to notes. 0, or -1 when out of memory. */
int out_json_comparison(const out_compare *result, json_t *object, out_lines *notes);

/* Comment lines. */
void out_csv_comparison(FILE *stream, const out_compare *result);

#endif
