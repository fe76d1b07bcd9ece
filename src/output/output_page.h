/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture drawn by gnuplot into one file: what all plots share. */
#ifndef FJ_OUTPUT_PAGE_H
#define FJ_OUTPUT_PAGE_H

#include "output_gnuplot.h"
#include "output_plot.h"

/* Okabe and Ito's palette, told apart by every kind of colour vision. */
#define OUT_BLUE       "#0072B2"
#define OUT_VERMILLION "#D55E00"
#define OUT_GREEN      "#009E73"

typedef struct out_page {
    out_gnuplot run;
    FILE *script; /* write the commands here */
    const out_target *target;
} out_page;

/* Starts gnuplot on the target. Returns 0, or -1 with the sentence in the target's problem. */
int out_page_start(out_page *page, const out_target *target);

/* Ends it and looks at the file. Returns 0, or -1 with the sentence in the target's problem. */
int out_page_finish(out_page *page);

/* A data block $name of pairs; a NaN in y starts a new piece. */
void out_page_block(FILE *script, const char *name, const double *x, const double *y, size_t n);

/* A title of one line and, smaller below it, a second (NULL: none). */
void out_page_title(FILE *script, const char *title, const char *second);

#endif
