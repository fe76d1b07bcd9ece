/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac spectrum --digits D`: the same outputs, every number to D digits. */
#ifndef FJ_CLI_PRECISE_H
#define FJ_CLI_PRECISE_H

#include "cli_network.h"

/* The whole command. Returns an exit code. */
int cli_precise_run(cli_run *run);

#endif
