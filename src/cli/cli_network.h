/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network options turned into a network. */
#ifndef FJ_CLI_NETWORK_H
#define FJ_CLI_NETWORK_H

#include <freejac/freejac.h>
#include "cli_run.h"
#include "output_result.h"

typedef struct cli_network {
    fj_activation *activation;
    fj_meanfield point;
    fj_network network;
    double depth;
    const char *weights; /* the word */
    fj_weights weights_kind;
    char placed[80];
} cli_network;

/* The parts of it, for commands that find the place themselves: read activation, weights and depth; add these to the
 * parameters; note a fixed point that networks drift away from; make the network from net->point. */
int cli_network_read(const cli_run *run, cli_network *net);
void cli_network_describe(cli_run *run, const cli_network *net);
void cli_network_note(cli_run *run, const cli_network *net);
int cli_network_finish(cli_network *net);
/* The activation of --activation; the caller destroys it. Returns an exit code. */
int cli_network_activation(const cli_run *run, fj_activation **out);

/* Reads the options, finds the fixed point, adds parameters and notes to the run. Returns an exit code; free with
 * cli_network_free in any case. With --q0 a network whose lengths settle nowhere is one too: point.q_star is then NaN. */
int cli_network_make(cli_run *run, cli_network *net);
void cli_network_free(cli_network *net);

/* What every result says about the network and the run. */
out_heading cli_network_heading(const cli_run *run, const cli_network *net);

#endif
