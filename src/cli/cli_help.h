/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help and version on standard output; each returns an exit code (a full disk is noticed). */
#ifndef FJ_CLI_HELP_H
#define FJ_CLI_HELP_H

#include "cli_options.h"

int cli_help_program(void);
int cli_help_command(const cli_command *command);
int cli_help_version(void);

#endif
