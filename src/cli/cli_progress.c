/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar: drawn after a second of patience, then ten times a second, wiped at the end. */
#include "cli_progress.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, LINE_WIDTH = 79, LEFT_SIZE = 32 };
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
    bar->started = seconds();
    bar->drawn = bar->started + PATIENCE - REDRAW;
}

/* ", 3 min left", by the speed so far; nothing before there is one. */
static void left_write(const cli_progress *bar, double now, double share, char text[LEFT_SIZE])
{
    const double left = (now - bar->started) * (1 - share) / share;
    text[0] = '\0';
    if (!(share > 0))
        return;
    if (left < 100)
        snprintf(text, LEFT_SIZE, ", %.0f s left", left);
    else if (left < 100 * 60.0)
        snprintf(text, LEFT_SIZE, ", %.0f min left", left / 60);
    else
        snprintf(text, LEFT_SIZE, ", %.3g h left", left / 3600);
}

void cli_progress_show(cli_progress *bar, size_t done, size_t count)
{
    const double now = bar->wanted ? seconds() : 0;
    if (!bar->wanted || !(now > bar->drawn + REDRAW))
        return;
    char filled[BAR_WIDTH + 1], left[LEFT_SIZE], line[LINE_WIDTH + 1];
    const double share = (double)done / (double)count;
    memset(filled, '=', BAR_WIDTH);
    filled[(int)(share * BAR_WIDTH)] = '\0';
    left_write(bar, now, share, left);
    snprintf(line, sizeof line, "[%-*s] %zu of %zu %s%s", BAR_WIDTH, filled, done, count, bar->what,
             left);
    fprintf(stderr, "\r%-*s", LINE_WIDTH, line); /* over what a longer line left */
    bar->drawn = now;
    bar->shown = true;
}

void cli_progress_end(cli_progress *bar)
{
    if (bar->shown)
        fprintf(stderr, "\r%*s\r", LINE_WIDTH, "");
    bar->shown = false;
}
