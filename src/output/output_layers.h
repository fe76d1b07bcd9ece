/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layers of a network that are not all alike, in the three forms and as words for a plot. */
#ifndef FJ_OUTPUT_LAYERS_H
#define FJ_OUTPUT_LAYERS_H

#include <jansson.h>
#include <stdio.h>
#include "output_result.h"

/* 1 if there is something to say: more than one run of layers, or widths. */
bool out_layers_differ(const out_heading *heading);

/* Comment lines of the CSV; a section of the table; for headings with a network. Of many runs the first and the last are
 * given. */
void out_csv_layers(FILE *stream, const out_heading *heading);
void out_table_layers(FILE *stream, const out_heading *heading);

/* The arrays "widths" (empty: all equal) and "layers" (NULL unless there is more than one run) of the object "network".
 * *left_out: runs beyond what an array may hold. Return -1 when out of memory. */
int out_json_layers(const out_heading *heading, json_t *network, size_t *left_out);

/* "q = 0.5 in the first layer, 0.31 in the last; widths 100 to 50". */
void out_layers_words(const out_heading *heading, char *text, size_t size);

#endif
