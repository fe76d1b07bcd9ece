/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `design` adds to a law: how the target was met, and what to write into a framework. */
#ifndef FJ_OUTPUT_DESIGN_H
#define FJ_OUTPUT_DESIGN_H

#include <jansson.h>
#include <stdio.h>
#include "output_result.h"

/* Comment lines of the CSV. */
void out_csv_design(FILE *stream, const out_design *design);

/* Sections of the table: the first above the law, the second below it. */
void out_table_design(FILE *stream, const out_design *design);
void out_table_framework(FILE *stream, const out_design *design);

/* The objects "design" and "framework"; NULL when out of memory. */
json_t *out_json_design(const out_design *design);
json_t *out_json_framework(const out_design *design);

#endif
