/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result for people: 80 columns, about ten digits. Write errors stay in the stream's error flag. */
#ifndef FJ_OUTPUT_TABLE_H
#define FJ_OUTPUT_TABLE_H

#include <stdio.h>
#include "output_result.h"

/* unicode: draw with block characters. */
void out_table_spectrum(FILE *stream, const out_spectrum *result, bool unicode);
void out_table_meanfield(FILE *stream, const out_meanfield *result);
void out_table_phase(FILE *stream, const out_phase *result);     /* output_phase.c */
void out_table_sample(FILE *stream, const out_sample *result);   /* output_sample.c */
void out_table_compare(FILE *stream, const out_compare *result); /* output_compare.c */
/* Parts of tables: the network, where it stands, quantiles. */
void out_table_network(FILE *stream, const out_heading *heading);
void out_table_point(FILE *stream, const fj_meanfield *point, const char *missing);
void out_table_quantiles(FILE *stream, const out_quantile *quantile, size_t count);

void out_table_activations(FILE *stream);

#endif
