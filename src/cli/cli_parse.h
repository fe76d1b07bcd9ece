/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the command line. */
#ifndef FJ_CLI_PARSE_H
#define FJ_CLI_PARSE_H

#include "cli_run.h"

/* Fills run->given from argv[1..argc-1], argv[0] being the command's name. Free the texts with
 * cli_parse_free. A message and CLI_USAGE for anything that is no option of the command. */
int cli_parse(cli_run *run, int argc, const char **argv);
void cli_parse_free(cli_run *run);

#endif
