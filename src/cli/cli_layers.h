/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers one by one, as a user gives them: runs of equal layers that do not know their q yet. */
#ifndef FJ_CLI_LAYERS_H
#define FJ_CLI_LAYERS_H

#include <freejac/network.h>
#include "cli_numbers.h"

typedef struct cli_layers {
    fj_network_run *run; /* q and chi are not set; width 1 where none is given */
    size_t count, room;
    double depth;
    cli_list widths;   /* N_0, ..., N_L; empty: all equal */
    void *activations; /* those of a file, by their text */
} cli_layers;

/* Appends a run, merged with the last one if it is equal; 0, or -1 when out of memory. Starts as {0}. */
int cli_layers_add(cli_layers *layers, const fj_network_run *run);

/* The rows of --layers: activation,weights,sigma_w,sigma_b,width. Equal activations are one object, owned by `layers`.
 * Returns an exit code; free in any case. */
int cli_layers_read(const cli_run *run, cli_layers *layers);
void cli_layers_free(cli_layers *layers);

#endif
