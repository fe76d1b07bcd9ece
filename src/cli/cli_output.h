/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the result goes, and in which form. */
#ifndef FJ_CLI_OUTPUT_H
#define FJ_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include "cli_run.h"

/* Settles run->format from --format and the name in -o. Returns an exit code. */
int cli_output_format(cli_run *run);

/* Opens run->output; early, so that a wrong place is told before the work. */
int cli_output_open(cli_run *run);

/* Writes a JSON object (NULL: it could not be built) and drops it. */
int cli_output_json(cli_run *run, json_t *object);

/* True if the user's characters are those of UTF-8. The locale is set for characters only, and by nobody else: numbers are
 * written the same everywhere, and to look for one takes time that a CSV file need not. */
bool cli_output_unicode(void);

/* Closes and renames; every write error is told. */
int cli_output_finish(cli_run *run);

#endif
