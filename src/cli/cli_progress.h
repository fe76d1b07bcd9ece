/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar on stderr, on a terminal only, for work that takes over a second. */
#ifndef FJ_CLI_PROGRESS_H
#define FJ_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cli_progress {
    bool wanted, shown;
    const char *what;      /* "points" */
    double started, drawn; /* when */
} cli_progress;

/* wanted: false with --quiet. */
void cli_progress_start(cli_progress *bar, bool wanted, const char *what);

/* Draws, if it is time: the share done, and how long the rest will take at the speed so far. */
void cli_progress_show(cli_progress *bar, size_t done, size_t count);

/* Wipes the bar away. */
void cli_progress_end(cli_progress *bar);

#endif
