/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing list of lines of text: the notes and the parameters of a run. */
#ifndef FJ_OUTPUT_LINES_H
#define FJ_OUTPUT_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Starts as {0}. The texts belong to the list. `incomplete` is set when memory ran out: a writer
 * then refuses, so that nothing is left out silently. */
typedef struct out_lines {
    char **text;
    size_t count, room;
    bool incomplete;
} out_lines;

/* Appends one formatted line (without line end). */
void out_lines_add(out_lines *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_lines_free(out_lines *lines);

#endif
