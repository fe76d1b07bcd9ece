/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Singular values measured elsewhere, from a file. */
#ifndef FJ_CLI_VALUES_H
#define FJ_CLI_VALUES_H

#include "cli_run.h"

typedef struct cli_values {
    double *log_s; /* of sample after sample; -infinity for 0 */
    size_t *count; /* of each */
    size_t samples, total;
} cli_values;

/* Reads the file of --values. Returns an exit code; free in any case. */
int cli_values_read(const char *path, cli_values *values);
void cli_values_free(cli_values *values);

#endif
