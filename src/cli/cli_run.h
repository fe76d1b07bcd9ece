/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of the program: which command, what the user gave, what was noticed on the way. */
#ifndef FJ_CLI_RUN_H
#define FJ_CLI_RUN_H

#include <stdbool.h>
#include "cli_options.h"
#include "output_file.h"
#include "output_lines.h"

/* Exit codes (CLI.md). */
enum {
    CLI_DONE = 0,
    CLI_FAILED = 1,       /* could not */
    CLI_USAGE = 2,        /* wrong usage */
    CLI_PARTIAL = 3,      /* done, but some points did not reach their tolerance */
    CLI_INTERRUPTED = 130 /* SIGINT, SIGTERM */
};

typedef enum cli_format { CLI_FORMAT_TABLE, CLI_FORMAT_CSV, CLI_FORMAT_JSON } cli_format;

typedef struct cli_run {
    const cli_command *command;
    char *given[CLI_OPTION_COUNT]; /* the text of each option; NULL if not given */
    cli_format format;
    out_file output; /* open once cli_output_open has been called */
    out_lines parameters, notes;
} cli_run;

/* Each of these returns an exit code; anything but CLI_DONE ends the command. */
int cli_run_spectrum(cli_run *run);
int cli_run_meanfield(cli_run *run);
int cli_run_phase(cli_run *run);
int cli_run_design(cli_run *run);
int cli_run_limit(cli_run *run);
int cli_run_sample(cli_run *run);
int cli_run_compare(cli_run *run);
int cli_run_activations(cli_run *run);

#endif
