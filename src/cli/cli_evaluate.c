/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law at many points, piece by piece; after a second a bar on stderr, on a terminal only, wiped at the end. */
#include "cli_evaluate.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 4096, BAR_WIDTH = 50 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void bar_draw(size_t done, size_t n)
{
    int filled = (int)((double)done / (double)n * BAR_WIDTH);
    fprintf(stderr, "\r[");
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '=' : ' ', stderr);
    fprintf(stderr, "] %zu of %zu points", done, n);
}

fj_status cli_evaluate(const fj_spectrum *spectrum, const double *x, size_t n, bool logarithmic,
                       bool bar, fj_spectrum_point *out)
{
    const double patience = 1, redraw = 0.1; /* seconds */
    double start = seconds(), drawn = start + patience - redraw;
    bar = bar && isatty(STDERR_FILENO);
    bool shown = false;
    for (size_t done = 0; done < n;) {
        size_t piece = n - done < PIECE ? n - done : PIECE;
        fj_status status = logarithmic ? fj_spectrum_eval_log(spectrum, x + done, piece, out + done)
                                       : fj_spectrum_eval(spectrum, x + done, piece, out + done);
        if (status != FJ_OK && status != FJ_NO_CONVERGENCE)
            return status;
        done += piece;
        if (bar && seconds() > drawn + redraw) {
            bar_draw(done, n);
            drawn = seconds();
            shown = true;
        }
    }
    if (shown)
        fprintf(stderr, "\r%*s\r", BAR_WIDTH + 40, "");
    return FJ_OK;
}
