/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar: drawn after a second of patience, then ten times a second, wiped at the end. */
#include "cli_progress.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 50 };
static const double PATIENCE = 1, REDRAW = 0.1; /* seconds */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cli_progress_start(cli_progress *bar, bool wanted, const char *what)
{
    *bar = (cli_progress){.wanted = wanted && isatty(STDERR_FILENO), .what = what};
    bar->drawn = seconds() + PATIENCE - REDRAW;
}

void cli_progress_show(cli_progress *bar, size_t done, size_t count)
{
    if (!bar->wanted || !(seconds() > bar->drawn + REDRAW))
        return;
    int filled = (int)((double)done / (double)count * BAR_WIDTH);
    fprintf(stderr, "\r[");
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '=' : ' ', stderr);
    fprintf(stderr, "] %zu of %zu %s", done, count, bar->what);
    bar->drawn = seconds();
    bar->shown = true;
}

void cli_progress_end(cli_progress *bar)
{
    if (bar->shown)
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 40, "");
    bar->shown = false;
}
