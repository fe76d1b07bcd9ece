/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of commands and the one table of options: parser, help, manual and completions come
 * from them. */
#ifndef FJ_CLI_OPTIONS_H
#define FJ_CLI_OPTIONS_H

#include <stddef.h>

typedef enum cli_command_id {
    CLI_SPECTRUM,
    CLI_MEANFIELD,
    CLI_PHASE,
    CLI_DESIGN,
    CLI_LIMIT,
    CLI_SAMPLE,
    CLI_COMPARE,
    CLI_ACTIVATIONS,
    CLI_COMMAND_COUNT
} cli_command_id;

typedef struct cli_command {
    const char *name, *summary;
    /* What it gives, lines of at most 80 columns; those that begin with a blank stay lines. */
    const char *about;
    const char *example;
} cli_command;

typedef enum cli_option_id {
    CLI_ACTIVATION,
    CLI_WEIGHTS,
    CLI_DEPTH,
    CLI_WIDTHS,
    CLI_LAYER_WIDTHS, /* real ones, of a law */
    CLI_LAYERS,
    CLI_Q,
    CLI_SIGMA_W,
    CLI_SIGMA_B,
    CLI_Q0,
    CLI_C0,
    CLI_SIGMA_W_RANGE, /* of the phase diagram */
    CLI_SIGMA_B_RANGE,
    CLI_Q0_SEARCH,
    CLI_CRITICAL_LINE,
    CLI_Q_RANGE,
    CLI_VAR_LAMBDA,
    CLI_S_MAX,
    CLI_CONDITION,
    CLI_CLASS,
    CLI_SIGMA0,
    CLI_C,
    CLI_WIDTH,
    CLI_SAMPLES,
    CLI_SEED,
    CLI_INPUT,
    CLI_VALUES,
    CLI_POINTS,
    CLI_GRID,
    CLI_AT,
    CLI_QUANTILES,
    CLI_MOMENTS,
    CLI_DIGITS,
    CLI_FORMAT,
    CLI_OUTPUT,
    CLI_PLOT,
    CLI_THREADS,
    CLI_DIGITS_THREADS, /* of the points in arbitrary precision */
    CLI_QUIET,
    CLI_HELP,
    CLI_OPTION_COUNT
} cli_option_id;

typedef enum cli_group {
    CLI_GROUP_NETWORK,
    CLI_GROUP_PLACE,
    CLI_GROUP_MAP,
    CLI_GROUP_TARGET,
    CLI_GROUP_LIMIT,
    CLI_GROUP_SAMPLING,
    CLI_GROUP_POINTS,
    CLI_GROUP_OUTPUT,
    CLI_GROUP_COUNT
} cli_group;

/* The word of an argument holds alternatives parted by '|'. Completions read them: lower-case ones
 * are typed as they stand, but for what follows a ':' (DIR); NAME is an activation; FILE is one, with
 * an ending (FILE.svg, .png) or behind a sign (@FILE); anything else is a number, which nobody can
 * complete. */
typedef struct cli_option {
    const char *name;
    char letter;      /* short form; '\0' for none */
    const char *word; /* what the argument is; NULL if it takes none */
    /* Lines of at most 54 columns, parted by '\n'; what stands before ';' or '(' must be enough beside
     * the name in a list. */
    const char *help;
    cli_group group;
    unsigned
        commands; /* bit 1 << command for each it is valid in; two rows of one name share none */
} cli_option;

extern const cli_command cli_commands[CLI_COMMAND_COUNT];
extern const cli_option cli_options[CLI_OPTION_COUNT];
extern const char *const cli_group_titles[CLI_GROUP_COUNT];

/* 1 if option `id` is valid in `command`. */
int cli_option_valid(cli_option_id id, const cli_command *command);

#endif
