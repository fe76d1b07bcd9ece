/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a CSV file, one at a time: fields parted by commas, blanks around them dropped; a field that holds commas stands in
 * double quotes, a quote in it doubled (RFC 4180, but no line break inside); '#' outside quotes begins a comment; rows
 * without any text are passed over. */
#ifndef FJ_CLI_CSV_H
#define FJ_CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { CLI_CSV_FIELDS = 8, CLI_CSV_ROW = 4096 };

typedef struct cli_csv {
    const char *option, *path; /* for the messages */
    FILE *file;
    size_t line, lines; /* of the present row, from 1; read so far */
    char text[CLI_CSV_ROW];
    size_t length;
    size_t start[CLI_CSV_FIELDS];
    size_t count; /* fields; those beyond CLI_CSV_FIELDS are counted only */
} cli_csv;

/* path "-": standard input. Each returns an exit code; the message names option, file and line. */
int cli_csv_open(cli_csv *csv, const char *option, const char *path);
int cli_csv_next(cli_csv *csv, bool *any); /* *any false at the end of the file */
void cli_csv_close(cli_csv *csv);          /* in any case */

/* Field i of the present row; "" where the row has fewer. */
const char *cli_csv_field(const cli_csv *csv, size_t i);

/* Says what is wrong with the present row; returns CLI_FAILED. */
int cli_csv_wrong(const cli_csv *csv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
