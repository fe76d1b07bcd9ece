/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: one object, built first and written after, so that what could not be a number (null) is known before the
 * first byte and listed in "warnings". */
#ifndef FJ_OUTPUT_JSON_H
#define FJ_OUTPUT_JSON_H

#include <jansson.h>
#include <stdio.h>
#include "output_result.h"

/* Build the object; NULL when out of memory. Every null adds a line to notes. The caller decrefs. */
json_t *out_json_spectrum(const out_spectrum *result, out_lines *notes);
json_t *out_json_meanfield(const out_meanfield *result, out_lines *notes);
json_t *out_json_phase(const out_phase *result, out_lines *notes);
json_t *out_json_sample(const out_sample *result, out_lines *notes);
json_t *out_json_compare(const out_compare *result, out_lines *notes);
json_t *out_json_activations(out_lines *notes);

/* Writes it, one key a line, numbers with 17 digits. Returns 0, or -1 (memory, or a write error). */
int out_json_write(FILE *stream, const json_t *object);

#endif
