/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law drawn by gnuplot. */
#ifndef FJ_OUTPUT_PLOT_H
#define FJ_OUTPUT_PLOT_H

#include <stddef.h>
#include "output_result.h"

typedef enum out_plot_kind {
    OUT_PLOT_NONE,
    OUT_PLOT_SVG,
    OUT_PLOT_PNG,
    OUT_PLOT_PDF
} out_plot_kind;

/* The kind by the name's ending; OUT_PLOT_NONE if it is none of .svg, .png, .pdf. */
out_plot_kind out_plot_kind_of(const char *name);

/* Where a plot goes, and where a failure is told. */
typedef struct out_target {
    out_plot_kind kind;
    const char *path;
    bool checked; /* the file can be read back, and its end is looked at (a full disk) */
    char *problem;
    size_t size;
} out_target;

/* Each draws into the target and returns 0, or -1 with the sentence in its problem. */
int out_plot_spectrum(const out_spectrum *result, const out_curve *curve,
                      const out_target *target); /* density and distribution function */
int out_plot_layers(const out_meanfield *result,
                    const out_target *target); /* q, c or chi by layer */
int out_plot_phase(const out_phase_map *map, const out_target *target);

/* Samples as a histogram under the density, over s and over log10 s. */
int out_plot_compare(const out_compare *result, const out_histogram panel[2],
                     const out_target *target);

#endif
