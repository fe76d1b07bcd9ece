/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law in arbitrary precision, and its writers: what output_result.h says of a law in double, every number a text. */
#ifndef FJ_OUTPUT_PRECISE_H
#define FJ_OUTPUT_PRECISE_H

#include <freejac/precise.h>
#include <jansson.h>
#include <stdio.h>
#include "output_result.h"

typedef struct out_precise_quantile {
    const char *p; /* as asked */
    fj_precise_number s, log10_s;
} out_precise_quantile;

typedef struct out_precise {
    const out_spectrum *law; /* heading, mean field, and the picture, in double */
    size_t digits; /* of every number; the library's texts have some more, to be rounded away */
    const fj_precise_meanfield *where;
    const fj_precise_interval *intervals;
    size_t interval_count;
    const fj_precise_atom *atoms;
    size_t atom_count;
    const fj_precise_summary *lambda;
    const fj_precise_number *moments;
    size_t moment_count;
    const out_precise_quantile *quantiles;
    size_t quantile_count;
    const char *const *s; /* the points, exact */
    const fj_precise_point *points;
    size_t point_count, failed_points,
        failed;         /* failed: all numbers that could not be established */
    bool points_listed; /* by --at: the table prints them */
} out_precise;

/* Of texts: numbers of the library, and points as given, of at most OUT_PRECISE_GIVEN characters. */
enum { OUT_PRECISE_GIVEN = 1100, OUT_PRECISE_ROOM = OUT_PRECISE_GIVEN + 100 };

/* The number as it is written; NULL where it is not known or not finite. */
const char *out_precise_text(const out_precise *result, const fj_precise_number *number,
                             char text[OUT_PRECISE_ROOM]);

/* Is it a finite number? */
bool out_precise_known(const fj_precise_number *number);

/* Counts the points and the numbers that could not be established. */
void out_precise_count(out_precise *result);

/* The edges of the whole law, atoms included; NULL where there is none. */
const fj_precise_number *out_precise_low(const out_precise *result);
const fj_precise_number *out_precise_high(const out_precise *result);

/* The column k (OUT_S, ...) of point i; NULL where there is none. */
const char *out_precise_column(const out_precise *result, size_t i, int k,
                               char text[OUT_PRECISE_ROOM]);

/* Could that number not be established? */
bool out_precise_failed(const fj_precise_point *point, int k);

/* What each number may be wrong by, relative: "1e-29" for 30 digits. */
void out_precise_error(const out_precise *result, char text[32]);

void out_csv_precise(FILE *stream, const out_precise *result);
void out_table_precise(FILE *stream, const out_precise *result, bool unicode);
/* NULL when out of memory. Every null adds a line to notes. */
json_t *out_json_precise(const out_precise *result, out_lines *notes);

#endif
