/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sampling options, for every command that draws networks. */
#ifndef FJ_CLI_SAMPLING_H
#define FJ_CLI_SAMPLING_H

#include <freejac/sampling.h>
#include "cli_network.h"

typedef struct cli_sampling {
    fj_sampling_options options;
    const char *input; /* "gaussian", or "cifar10:DIR" */
    bool width_given;
} cli_sampling;

/* Reads --width, --samples, --seed, --threads, --input. Returns an exit code. */
int cli_sampling_read(const cli_run *run, cli_sampling *sampling);

/* N_0 of the networks that will be drawn. */
double cli_sampling_inputs(const cli_sampling *sampling, const cli_network *net);

/* Adds them to the parameters; the network is known by then. */
void cli_sampling_describe(cli_run *run, const cli_sampling *sampling, const cli_network *net);

/* Draws the networks, with a progress bar. Returns an exit code; *out is freed with fj_samples_destroy. */
int cli_sampling_draw(cli_run *run, cli_sampling *sampling, const cli_network *net,
                      fj_samples **out);

#endif
