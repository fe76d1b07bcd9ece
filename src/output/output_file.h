/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output files that are whole or absent. */
#ifndef FJ_OUTPUT_FILE_H
#define FJ_OUTPUT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

/* One output. A regular target is written to `working` beside it and renamed by out_file_commit; standard output,
 * a device or a pipe is written in place. Functions return 0, or -1 with the sentence in `problem`. */
typedef struct out_file {
    FILE *stream;           /* to write to; NULL for a plot, which gnuplot writes itself */
    const char *name;       /* as the user gave it; the caller's */
    char target[PATH_MAX];  /* links followed */
    char working[PATH_MAX]; /* the temporary, or the target itself */
    bool in_place, open;
    int slot;
    char problem[PATH_MAX + 128];
} out_file;

/* Opens the output `name`; NULL or "-" is standard output. */
int out_file_open(out_file *file, const char *name);

/* The same for a file that another program writes to file->working. */
int out_file_reserve(out_file *file, const char *name);

/* Flushes and closes, noticing every write error; the temporary stays. */
int out_file_close(out_file *file);

/* Renames the temporary to the target (after out_file_close). */
int out_file_commit(out_file *file);

/* Takes an unfinished output away. Does nothing after commit, or on {0}. */
void out_file_abandon(out_file *file);

#endif
