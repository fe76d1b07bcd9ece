/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of values, A:B:N. */
#ifndef FJ_CLI_RANGES_H
#define FJ_CLI_RANGES_H

#include "cli_numbers.h"

/* The values of "A:B:N" (N of them from A to B, both included), "A:B:N:log" or one number; `usual` is read where the option
 * is not given. Every value lies in `range`. Returns an exit code; the caller frees out->value. */
int cli_read_range(const cli_run *run, cli_option_id id, const char *usual, cli_range range,
                   cli_list *out);

#endif
