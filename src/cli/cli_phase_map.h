/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture of a phase diagram is drawn from; independent of the points the user asked for. */
#ifndef FJ_CLI_PHASE_MAP_H
#define FJ_CLI_PHASE_MAP_H

#include <stdbool.h>
#include "output_result.h"

/* What is to be seen: ranges of both sigmas, or (w_to = 0) of q, whose part of the critical line sets them. */
typedef struct cli_phase_frame {
    double w_from, w_to, b_from, b_to, q_from, q_to;
    fj_phase_options options;
    bool bar; /* a progress bar may be drawn */
} cli_phase_frame;

typedef struct cli_phase_map {
    out_phase_map drawn;
    fj_phase_point *points;
    double *line; /* four columns */
    out_phase_mark mark[OUT_PHASE_MARKS];
} cli_phase_map;

/* FJ_OK, FJ_NO_MEMORY, or FJ_INFEASIBLE: no critical point in the range of q. Free with cli_phase_map_free in any case. */
fj_status cli_phase_map_make(const fj_activation *activation, const cli_phase_frame *frame,
                             cli_phase_map *map);
void cli_phase_map_free(cli_phase_map *map);

#endif
