/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV: "# key: value" lines, one header line, rows in %.17g. Write errors stay in the stream's error flag. */
#ifndef FJ_OUTPUT_CSV_H
#define FJ_OUTPUT_CSV_H

#include <stdio.h>
#include "output_result.h"

void out_csv_spectrum(FILE *stream, const out_spectrum *result);
void out_csv_meanfield(FILE *stream, const out_meanfield *result);
void out_csv_phase(FILE *stream, const out_phase *result);
void out_csv_sample(FILE *stream, const out_sample *result);
void out_csv_compare(FILE *stream, const out_compare *result);
void out_csv_activations(FILE *stream, const out_heading *heading);
/* Parts: the first lines, and the notes. */
void out_csv_heading(FILE *stream, const out_heading *heading);
void out_csv_notes(FILE *stream, const out_heading *heading);

#endif
