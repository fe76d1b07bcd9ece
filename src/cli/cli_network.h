/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network options turned into a network. */
#ifndef FJ_CLI_NETWORK_H
#define FJ_CLI_NETWORK_H

#include <freejac/freejac.h>
#include "cli_layers.h"
#include "cli_run.h"
#include "output_result.h"

typedef struct cli_network {
    fj_activation *activation; /* that of --activation; NULL with --layers, see network.run[] */
    fj_meanfield
        point; /* q_star, chi: NaN where there is none; with --layers all that is not common */
    fj_network network; /* the layers, each at its q */
    double depth;
    const char *weights; /* the word, or "mixed" */
    fj_weights weights_kind;
    cli_layers layers;   /* as given; layers.widths holds N_0, ..., N_L, none if all are equal */
    const char *name;    /* of the activation, or "mixed" */
    const char *missing; /* why q_star may not exist */
    char placed[128];
} cli_network;

/* What the numbers of a network may be. */
extern const cli_range cli_network_sigma_w_range, cli_network_sigma_b_range, cli_network_q_range,
    cli_network_width_range;

/* The parts of it, for commands that find the place themselves: read activation, weights, depth and widths; add these to the
 * parameters; note a fixed point that networks drift away from; make identical layers from net->point. */
int cli_network_read(const cli_run *run, cli_network *net);
void cli_network_describe(cli_run *run, const cli_network *net);
void cli_network_note(cli_run *run, const cli_network *net);
int cli_network_finish(cli_network *net);
/* The activation of --activation; the caller destroys it. Returns an exit code. */
int cli_network_activation(const cli_run *run, fj_activation **out);
/* Why no activation could be made from text: "'tnah' is none of ...". */
void cli_activation_explain(const char *text, fj_status status, const fj_detail *detail,
                            char *sentence, size_t size);
/* The list of option `id`, N_0, ..., N_L, and the depth that follows from it; `depth` holds that of --depth. */
int cli_network_widths(const cli_run *run, cli_option_id id, cli_range range, cli_list *widths,
                       double *depth);

/* Reads the options, finds the fixed point, adds parameters and notes to the run. Returns an exit code; free with
 * cli_network_free in any case. With --q0 a network whose lengths settle nowhere is one too: point.q_star is then NaN. */
int cli_network_place(cli_run *run, cli_network *net);

/* The same, and the layers: those of --layers, or of --depth or --widths, at q* or from --q0 on. */
int cli_network_make(cli_run *run, cli_network *net);
void cli_network_free(cli_network *net);

/* Where the first layer starts. */
typedef struct cli_start {
    double q, chi;
    bool standing; /* at a fixed point, with this chi; else the length map gives it */
} cli_start;

/* net->network from net->layers: as long as they can they stand, from there on they follow the length map. */
int cli_network_build(cli_run *run, cli_network *net, cli_start start);
/* The network of --layers. */
int cli_network_make_layers(cli_run *run, cli_network *net);

/* What every result says about the network and the run. */
out_heading cli_network_heading(const cli_run *run, const cli_network *net);

/* The network's law in double, prepared for many points; returns an exit code (cli_spectrum.c). */
int cli_spectrum_build(const cli_network *net, fj_spectrum **spectrum);

#endif
