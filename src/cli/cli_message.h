/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages on stderr, one line each. */
#ifndef FJ_CLI_MESSAGE_H
#define FJ_CLI_MESSAGE_H

#include "cli_run.h"

/* "freejac: ...; try 'freejac COMMAND --help'"; returns CLI_USAGE. command may be NULL. */
int cli_usage(const cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "freejac: ..."; returns CLI_FAILED. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The notes of the run, each on its line, unless --quiet. */
void cli_notes_print(const cli_run *run);

/* Writes "; did you mean 'X'?" with the word most like `word`, or "" if none is close. */
void cli_suggest(const char *word, const char *const *words, size_t count, char *text, size_t size);

#endif
