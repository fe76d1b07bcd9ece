/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands for the @MARKERS@ of freejac.1.in, freejac.bash.in and freejac.zsh.in: all from the
 * program's tables of commands and options, the library's activations and its statuses. */
#ifndef FJ_PAGES_H
#define FJ_PAGES_H

#include <stdbool.h>
#include <stdio.h>
#include "cli_options.h"

/* Of the manual (roff): all commands in a list; a section for each; activations; statuses of the library. */
void manual_commands(FILE *out);
void manual_sections(FILE *out);
void manual_activations(FILE *out);
void manual_statuses(FILE *out);

/* Of bash: names of all commands; options of each command; what the argument of each option is. */
void bash_commands(FILE *out);
void bash_options(FILE *out);
void bash_arguments(FILE *out);

/* Of zsh: commands with their summaries; the specifications of each command's options for _arguments. */
void zsh_commands(FILE *out);
void zsh_options(FILE *out);

/* Of both shells: names of activations, and each parameter behind its name ("elu:alpha="), parted by
 * blanks. */
void shell_activations(FILE *out);
void shell_parameters(FILE *out);

/* The alternatives of an option's argument, each in single quotes, with blanks between; nothing if it
 * takes none. */
void shell_parts(FILE *out, const cli_option *option);

/* text[0..length-1] within single quotes of a shell, which the caller writes. */
void shell_quoted(FILE *out, const char *text, size_t length);

#endif
