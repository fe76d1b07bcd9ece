/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network options turned into a network:
 *   1. read every option (so that wrong usage is told before anything is computed);
 *   2. the point: --q on the critical line; --sigma-w with --sigma-b by the recursion; neither: only where nothing
 *      depends on q (homogeneous activations), at the critical point;
 *   3. note an unstable fixed point;
 *   4. the layers, each at its q, are made in cli_network_build.c. */
#include "cli_network.h"
#include "cli_message.h"
#include "cli_numbers.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KINDS_MOST = 64 };

static const double DEPTH_MOST = 1e15; /* whole numbers stay exact in a double */
static const double START_Q = 1;       /* where the recursion for q* starts */

/* squares and ratios must stay finite */
const cli_range cli_network_sigma_w_range = {1e-100, 1e100, false};
const cli_range cli_network_sigma_b_range = {0, 1e100, false};
const cli_range cli_network_q_range = {0, 1e100, false};
const cli_range cli_network_width_range = {1e-100, 1e100, false};

typedef struct place {
    bool by_q, by_sigma;
    double q, sigma_w, sigma_b, q0;
} place;

void cli_activation_explain(const char *text, fj_status status, const fj_detail *detail,
                            char *sentence, size_t size)
{
    const char *names[KINDS_MOST];
    char list[512] = "", name[64], hint[96];
    size_t count = 0, used = 0;
    /* an unknown name in a formula is explained by itself */
    bool known = status != FJ_UNKNOWN || strncmp(text, "expr:", 5) == 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":"), text);
    for (size_t i = 0; i < fj_activation_count() && count < KINDS_MOST; i++) {
        fj_activation_info info;
        if (fj_activation_describe(i, &info) != FJ_OK)
            continue;
        known |= strcmp(info.name, name) == 0; /* then it was a key */
        names[count++] = info.name;
        int written =
            snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", info.name);
        used = used + (size_t)written < sizeof list ? used + (size_t)written : sizeof list - 1;
    }
    if (known) {
        snprintf(sentence, size, "'%.60s': %s", text,
                 detail->text[0] ? detail->text : fj_status_message(status));
        return;
    }
    cli_suggest(name, names, count, hint, sizeof hint);
    snprintf(sentence, size, "'%.60s' is none of %s%s", text, list, hint);
}

int cli_network_activation(const cli_run *run, fj_activation **out)
{
    const char *text = run->given[CLI_ACTIVATION];
    if (!text)
        return cli_usage(run->command, "--activation is missing: say which network%s",
                         cli_option_valid(CLI_LAYERS, run->command) ? ", or give --layers FILE"
                                                                    : "");
    fj_detail detail = {""};
    char sentence[700];
    fj_status status = fj_activation_create(text, out, &detail);
    if (status == FJ_OK)
        return CLI_DONE;
    if (status == FJ_NO_MEMORY)
        return cli_fail("out of memory");
    cli_activation_explain(text, status, &detail, sentence, sizeof sentence);
    return cli_usage(run->command, "--activation %s", sentence);
}

int cli_network_widths(const cli_run *run, cli_option_id id, cli_range range, cli_list *widths,
                       double *depth)
{
    const char *name = cli_options[id].name;
    int code = cli_read_list(run, id, range, widths);
    if (code != CLI_DONE || !run->given[id])
        return code;
    if (widths->count < 2)
        return cli_usage(run->command,
                         "--%s: '%.60s' needs two numbers at least: what goes into the first "
                         "layer, and what comes out of each (without --%s all are equal)",
                         name, run->given[id], name);
    double layers = (double)widths->count - 1;
    if (run->given[CLI_DEPTH] && *depth != layers)
        return cli_usage(run->command,
                         "--depth '%.60s' and --%s disagree: %zu widths are %.0f layers",
                         run->given[CLI_DEPTH], name, widths->count, layers);
    *depth = layers;
    return CLI_DONE;
}

static int place_read(const cli_run *run, const cli_network *net, place *at)
{
    at->by_q = run->given[CLI_Q] != NULL;
    at->by_sigma = run->given[CLI_SIGMA_W] != NULL;
    int code = cli_read_real(run, CLI_Q, (cli_range){0, cli_network_q_range.most, true}, &at->q);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_SIGMA_W, cli_network_sigma_w_range, &at->sigma_w);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_SIGMA_B, cli_network_sigma_b_range, &at->sigma_b);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_Q0, cli_network_q_range, &at->q0);
    if (code != CLI_DONE)
        return code;
    if (at->by_q && (at->by_sigma || run->given[CLI_SIGMA_B]))
        return cli_usage(run->command,
                         "--q sets sigma_w and sigma_b itself: give --q or --sigma-w");
    if (run->given[CLI_SIGMA_B] && !at->by_sigma)
        return cli_usage(run->command, "--sigma-b needs --sigma-w");
    if (!at->by_q && !at->by_sigma && !fj_activation_is_homogeneous(net->activation))
        return cli_usage(run->command,
                         "where does the network stand? give --q Q or --sigma-w X [--sigma-b Y]");
    return CLI_DONE;
}

/* Finds the mean field and says in words how. */
static int point_find(cli_run *run, cli_network *net, const place *at)
{
    fj_detail detail = {""};
    fj_status status = FJ_OK;
    char given[80];
    if (at->by_sigma) {
        snprintf(given, sizeof given, "--sigma-w %.15g --sigma-b %.15g", at->sigma_w, at->sigma_b);
        snprintf(net->placed, sizeof net->placed, "at the given sigma_w and sigma_b");
        status = fj_meanfield_solve(net->activation, at->sigma_w, at->sigma_b, at->q0, &net->point,
                                    &detail);
    } else {
        snprintf(given, sizeof given, "--q %.15g", at->q);
        snprintf(net->placed, sizeof net->placed, "%s",
                 at->by_q ? "on the critical line, at the given q"
                          : "at the critical point (this activation does not depend on q)");
        if (run->given[CLI_DIGITS] && at->by_q)
            out_lines_add(&run->parameters, "q: %s", run->given[CLI_Q]);
        else
            out_lines_add(&run->parameters, "q: %.17g", at->q);
        status = fj_meanfield_critical(net->activation, at->q, &net->point, &detail);
    }
    if (run->given[CLI_Q0] && (status == FJ_NO_FIXED_POINT || status == FJ_NO_CONVERGENCE)) {
        out_lines_add(&run->notes, "no fixed point is reached: %s", detail.text);
        if (isnan(net->point.q_star)) {
            net->missing = "no fixed point is reached";
            net->point.chi = NAN;
        }
        net->point.sigma_w = at->sigma_w;
        net->point.sigma_b = at->sigma_b;
        return CLI_DONE;
    }
    if (status != FJ_OK)
        return cli_fail("no network at %s: %s", given,
                        detail.text[0] ? detail.text : fj_status_message(status));
    return CLI_DONE;
}

void cli_network_note(cli_run *run, const cli_network *net)
{
    if (!isnan(net->point.q_star) && !net->point.stable)
        out_lines_add(
            &run->notes,
            "this fixed point of the length map is unstable (slope %.6g): sampled networks "
            "drift away from it, the numbers hold for %s",
            net->point.slope,
            run->command == &cli_commands[CLI_SAMPLE] ? "networks that do"
                                                      : "a network kept there");
}

int cli_network_read(const cli_run *run, cli_network *net)
{
    static const char *const weights[] = {"gaussian", "orthogonal"};
    static const fj_weights kinds[] = {FJ_WEIGHTS_GAUSSIAN, FJ_WEIGHTS_ORTHOGONAL};
    size_t kind = 1;
    *net = (cli_network){.depth = 1, .missing = "not found"};
    int code = cli_network_activation(run, &net->activation);
    if (code == CLI_DONE) {
        net->name = fj_activation_name(net->activation);
        code = cli_read_word(run, CLI_WEIGHTS, weights, 2, &kind);
    }
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_DEPTH, 1, DEPTH_MOST, &net->depth);
    if (code == CLI_DONE)
        code = cli_network_widths(run, CLI_LAYER_WIDTHS, cli_network_width_range,
                                  &net->layers.widths, &net->depth);
    net->weights_kind = kinds[kind];
    if (cli_option_valid(CLI_WEIGHTS, run->command))
        net->weights = weights[kind];
    return code;
}

void cli_network_describe(cli_run *run, const cli_network *net)
{
    out_lines_add(&run->parameters, "activation: %s", net->name);
    if (net->weights)
        out_lines_add(&run->parameters, "weights: %s", net->weights);
    out_lines_add(&run->parameters, "depth: %.0f", net->depth);
    if (run->given[CLI_LAYER_WIDTHS])
        out_lines_add(&run->parameters, "widths: %s", run->given[CLI_LAYER_WIDTHS]);
}

int cli_network_finish(cli_network *net)
{
    fj_status status = fj_network_identical(net->activation, net->weights_kind,
                                            (uint64_t)net->depth, &net->point, &net->network);
    return status == FJ_OK ? CLI_DONE : cli_fail("no network: %s", fj_status_message(status));
}

/* Everything but the layers. */
static int place_find(cli_run *run, cli_network *net, place *at)
{
    *at = (place){.q = 1, .q0 = START_Q};
    int code = cli_network_read(run, net);
    if (code == CLI_DONE)
        code = place_read(run, net, at);
    if (code != CLI_DONE)
        return code;
    cli_network_describe(run, net);
    return point_find(run, net, at);
}

int cli_network_place(cli_run *run, cli_network *net)
{
    place at;
    int code = place_find(run, net, &at);
    if (code == CLI_DONE)
        cli_network_note(run, net);
    return code;
}

/* The layers of --depth, or of --widths. */
static int layers_fill(cli_network *net)
{
    const fj_meanfield *point = &net->point;
    const cli_list *widths = &net->layers.widths;
    fj_network_run one = {.activation = net->activation,
                          .weights = net->weights_kind,
                          .sigma_w = point->sigma_w,
                          .sigma_b = point->sigma_b,
                          .width = 1,
                          .count = widths->count ? 1 : (uint64_t)net->depth};
    for (size_t i = 1; i < widths->count || i == 1; i++) {
        if (widths->count)
            one.width = widths->value[i];
        if (cli_layers_add(&net->layers, &one) != 0)
            return cli_fail("out of memory");
    }
    return CLI_DONE;
}

int cli_network_make(cli_run *run, cli_network *net)
{
    if (run->given[CLI_LAYERS])
        return cli_network_make_layers(run, net);
    place at;
    int code = place_find(run, net, &at);
    if (code == CLI_DONE)
        code = layers_fill(net);
    if (code != CLI_DONE)
        return code;
    const double q_star = net->point.q_star, q = run->given[CLI_Q0] ? at.q0 : q_star;
    if (run->given[CLI_Q0]) {
        snprintf(net->placed, sizeof net->placed, "%s; lengths from q^1 = %.10g",
                 at.by_sigma ? "at the given sigma_w and sigma_b"
                             : "at a critical sigma_w and sigma_b",
                 q);
        out_lines_add(&run->parameters, "q0: %.17g", q);
    }
    const bool any_q = fj_activation_is_homogeneous(net->activation) && !isnan(q_star);
    return cli_network_build(run, net, (cli_start){q, net->point.chi, any_q || q == q_star});
}

void cli_network_free(cli_network *net)
{
    fj_network_clear(&net->network);
    cli_layers_free(&net->layers);
    fj_activation_destroy(net->activation);
    net->activation = NULL;
}

out_heading cli_network_heading(const cli_run *run, const cli_network *net)
{
    return (out_heading){.command = run->command->name,
                         .activation = net->name,
                         .weights = net->weights,
                         .depth = net->depth,
                         .placed = net->placed,
                         .missing = net->missing,
                         .network = &net->network,
                         .widths = net->layers.widths.value,
                         .width_count = net->layers.widths.count,
                         .parameters = &run->parameters,
                         .notes = &run->notes};
}
