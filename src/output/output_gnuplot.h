/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running gnuplot as a child process that reads its script from a pipe. */
#ifndef FJ_OUTPUT_GNUPLOT_H
#define FJ_OUTPUT_GNUPLOT_H

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* One run of gnuplot: write the script to `script`, then finish. */
typedef struct out_gnuplot {
    FILE *script;
    FILE *said; /* what gnuplot printed */
    pid_t child;
    struct sigaction pipe_action; /* for SIGPIPE, before */
} out_gnuplot;

/* Starts gnuplot. Returns 0, or -1 with the sentence in problem[size]. */
int out_gnuplot_start(out_gnuplot *run, char *problem, size_t size);

/* Ends the script, waits for gnuplot. Returns 0, or -1 with the sentence in problem[size]. */
int out_gnuplot_finish(out_gnuplot *run, char *problem, size_t size);

/* Writes text as a gnuplot string in single quotes: nothing in it is expanded. */
void out_gnuplot_quote(FILE *script, const char *text);

#endif
