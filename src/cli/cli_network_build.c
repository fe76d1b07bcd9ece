/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that differ, each at its q:
 *   1. as long as every layer is one whose fixed point is q*, it stands there, with the chi of the mean field: equal widths
 *      give the very numbers of identical layers, and an unstable fixed point is not left by rounding;
 *   2. from the first on that is another (its phi or sigmas differ, or an orthogonal matrix spreads the signal over more
 *      neurons) the length map is followed;
 *   3. --layers: q^1 is that of --q0, or the fixed point of the first layer. */
#include "cli_message.h"
#include "cli_network.h"
#include <math.h>
#include <string.h>

static const double JSON_WIDTHS_MOST = 1000000; /* a JSON tree takes a hundred bytes for each */
static const double START_Q = 1;                /* where the recursion for q* starts */

static bool same_map(const fj_network_run *a, const fj_network_run *b)
{
    return a->activation == b->activation && a->sigma_w == b->sigma_w && a->sigma_b == b->sigma_b;
}

static bool all_homogeneous(const cli_layers *layers)
{
    for (size_t i = 0; i < layers->count; i++)
        if (!fj_activation_is_homogeneous(layers->run[i].activation))
            return false;
    return true;
}

/* What a reader of the numbers should know of networks that follow the length map. */
static void lengths_note(cli_run *run, const cli_network *net, size_t left)
{
    const fj_network *network = &net->network;
    const fj_network_run *last = &network->run[network->runs - 1];
    if (all_homogeneous(&net->layers))
        return;
    if (left < net->layers.count && left > 0) {
        /* the layer that left q*, of the runs before it each is one run of the network */
        uint64_t layer = 1;
        for (size_t i = 0; i < left; i++)
            layer += net->layers.run[i].count;
        out_lines_add(&run->notes,
                      "layer %.0f is orthogonal and wider than the one before: it spreads the "
                      "signal over more neurons, so that q falls from %.6g to %.6g there and "
                      "the length map is followed; gaussian weights would keep q",
                      (double)layer, network->run[left - 1].q, network->run[left].q);
        return;
    }
    out_lines_add(&run->notes,
                  "the layers do not stand at a fixed point: %zu different ones, q = %.6g in the "
                  "first and %.6g in the last",
                  network->runs, network->run[0].q, last->q);
}

int cli_network_build(cli_run *run, cli_network *net, cli_start start)
{
    const cli_layers *layers = &net->layers;
    const fj_network_run *first = &layers->run[0];
    const double input = layers->widths.count ? layers->widths.value[0] : 1;
    fj_detail detail = {""};
    fj_status status = FJ_OK;
    size_t left = layers->count; /* the run that left the fixed point, and why */
    bool widened = false;
    if (run->format == CLI_FORMAT_JSON && (double)layers->widths.count > JSON_WIDTHS_MOST)
        return cli_usage(run->command, "%zu widths are too many for JSON (at most %.0f): use csv",
                         layers->widths.count, JSON_WIDTHS_MOST);
    fj_network_init(&net->network, input);
    for (size_t i = 0; i < layers->count && status == FJ_OK; i++) {
        fj_network_run one = layers->run[i];
        bool spread = i > 0 && one.weights == FJ_WEIGHTS_ORTHOGONAL &&
                      one.width > layers->run[i - 1].width &&
                      !fj_activation_is_homogeneous(layers->run[i - 1].activation);
        if (start.standing && (spread || !same_map(&one, first))) {
            start.standing = false;
            left = i;
            widened = spread && same_map(&one, first);
        }
        one.q = start.q;
        one.chi = start.chi;
        status = start.standing ? fj_network_add(&net->network, &one, &detail)
                                : fj_network_follow(&net->network, &one, &detail);
    }
    if (status != FJ_OK)
        return cli_fail("no network: %s", detail.text[0] ? detail.text : fj_status_message(status));
    if (start.standing)
        cli_network_note(run, net);
    else if (widened || left == layers->count)
        lengths_note(run, net, left);
    return CLI_DONE;
}

/* ---- --layers ---- */

static int options_check(const cli_run *run)
{
    static const cli_option_id others[] = {
        CLI_ACTIVATION, CLI_WEIGHTS, CLI_DEPTH, CLI_LAYER_WIDTHS, CLI_Q, CLI_SIGMA_W, CLI_SIGMA_B};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (run->given[others[i]])
            return cli_usage(run->command,
                             "--layers gives the whole network: drop --%s '%.60s' (only --q0 may "
                             "stand beside it)",
                             cli_options[others[i]].name, run->given[others[i]]);
    return CLI_DONE;
}

/* What all layers have in common goes into the heading and the mean field. */
static void common_find(cli_network *net)
{
    const fj_network_run *run = net->layers.run;
    bool activation = true, weights = true, sigma_w = true, sigma_b = true;
    for (size_t i = 1; i < net->layers.count; i++) {
        activation &= run[i].activation == run[0].activation;
        weights &= run[i].weights == run[0].weights;
        sigma_w &= run[i].sigma_w == run[0].sigma_w;
        sigma_b &= run[i].sigma_b == run[0].sigma_b;
    }
    net->name = activation ? fj_activation_name(run[0].activation) : "mixed";
    net->weights_kind = run[0].weights;
    net->weights = !weights                                  ? "mixed"
                   : run[0].weights == FJ_WEIGHTS_ORTHOGONAL ? "orthogonal"
                                                             : "gaussian";
    if (activation && sigma_w && sigma_b)
        return;
    net->missing = "not the same in all layers";
    net->point = (fj_meanfield){.q_star = NAN,
                                .chi = NAN,
                                .slope = NAN,
                                .sigma_w = sigma_w ? run[0].sigma_w : NAN,
                                .sigma_b = sigma_b ? run[0].sigma_b : NAN};
}

/* Does the first layer not stand at a fixed point with q, nor any other matter? Then it need not be found. */
static bool is_moved(const cli_layers *layers, double q)
{
    static const double CLEARLY = 1e-6;
    const fj_network_run *first = &layers->run[0];
    double next;
    bool alike = true;
    for (size_t i = 1; i < layers->count; i++)
        alike &= same_map(&layers->run[i], first);
    return !alike && !fj_activation_is_homogeneous(first->activation) &&
           fj_length_map(first->activation, first->sigma_w, first->sigma_b, q, &next) == FJ_OK &&
           fabs(next - q) > CLEARLY * q;
}

/* q^1, and whether the first layer stands at its fixed point with it. */
static int start_find(cli_run *run, cli_network *net, cli_start *start)
{
    const fj_network_run *first = &net->layers.run[0];
    const char *given = run->given[CLI_Q0];
    const bool any_q = fj_activation_is_homogeneous(first->activation);
    fj_detail detail = {""};
    start->q = START_Q;
    int code = cli_read_real(run, CLI_Q0, cli_network_q_range, &start->q);
    if (code != CLI_DONE)
        return code;
    fj_status status = FJ_NO_FIXED_POINT;
    if (!given || !is_moved(&net->layers, start->q))
        status = fj_meanfield_solve(first->activation, first->sigma_w, first->sigma_b, start->q,
                                    &net->point, &detail);
    bool found = status == FJ_OK && !(any_q && !(net->point.q_star > 0));
    if (!found) {
        net->point.q_star = net->point.chi = NAN;
        net->point.sigma_w = first->sigma_w;
        net->point.sigma_b = first->sigma_b;
        net->missing = "no fixed point is reached";
        if (status != FJ_OK && status != FJ_NO_FIXED_POINT && status != FJ_NO_CONVERGENCE)
            return cli_fail("--layers: the first layer: %s", detail.text);
        if (!given && !any_q)
            return cli_fail("--layers: the first layer has no fixed point to start from (%s): "
                            "give --q0",
                            detail.text);
    }
    if (found && !given)
        start->q = net->point.q_star;
    start->chi = net->point.chi;
    start->standing = found && start->q == net->point.q_star;
    snprintf(net->placed, sizeof net->placed, "q^1 = %.10g%s", start->q,
             given             ? ""
             : !any_q          ? ", the fixed point of layer 1"
             : start->standing ? ", a fixed point of layer 1"
                               : "");
    if (!given && any_q && !all_homogeneous(&net->layers))
        out_lines_add(&run->notes,
                      "q^1 = %.6g was taken, since nothing in the first layer depends on it; "
                      "give --q0 if the layers behind are to start otherwise",
                      start->q);
    return CLI_DONE;
}

int cli_network_make_layers(cli_run *run, cli_network *net)
{
    cli_start start = {0};
    *net = (cli_network){.depth = 1, .missing = "not found"};
    int code = options_check(run);
    if (code == CLI_DONE)
        code = cli_layers_read(run, &net->layers);
    if (code == CLI_DONE)
        code = start_find(run, net, &start);
    if (code != CLI_DONE)
        return code;
    net->depth = net->layers.depth;
    common_find(net);
    cli_network_describe(run, net);
    if (net->layers.widths.count)
        out_lines_add(&run->parameters, "input_width: %.17g", net->layers.widths.value[0]);
    out_lines_add(&run->parameters, "q0: %.17g", start.q);
    return cli_network_build(run, net, start);
}
