/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network options turned into a network:
 *   1. read every option (so that wrong usage is told before anything is computed);
 *   2. the point: --q on the critical line; --sigma-w with --sigma-b by the recursion; neither: only where nothing
 *      depends on q (homogeneous activations), at the critical point;
 *   3. note an unstable fixed point. */
#include "cli_network.h"
#include "cli_message.h"
#include "cli_numbers.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KINDS_MOST = 64 };

static const double DEPTH_MOST = 1e15;                  /* whole numbers stay exact in a double */
static const double START_Q = 1;                        /* where the recursion for q* starts */
static const double SCALE_MOST = 1e100, Q_MOST = 1e100; /* squares must stay finite */
static const double SCALE_LEAST = 1e-100;

typedef struct place {
    bool by_q, by_sigma;
    double q, sigma_w, sigma_b, q0;
} place;

static int activation_unknown(const cli_run *run, const char *text, const fj_detail *detail)
{
    const char *names[KINDS_MOST];
    char list[512] = "", name[64], hint[96];
    size_t count = 0, used = 0;
    for (size_t i = 0; i < fj_activation_count() && count < KINDS_MOST; i++) {
        fj_activation_info info;
        if (fj_activation_describe(i, &info) != FJ_OK)
            continue;
        names[count++] = info.name;
        int written =
            snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", info.name);
        used = used + (size_t)written < sizeof list ? used + (size_t)written : sizeof list - 1;
    }
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":"), text);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) /* the name is known, so it was a key */
            return cli_usage(run->command, "--activation '%.60s': %s", text, detail->text);
    cli_suggest(name, names, count, hint, sizeof hint);
    return cli_usage(run->command, "--activation '%.60s' is none of %s%s", text, list, hint);
}

int cli_network_activation(const cli_run *run, fj_activation **out)
{
    const char *text = run->given[CLI_ACTIVATION];
    if (!text)
        return cli_usage(run->command, "--activation is missing: say which network");
    fj_detail detail = {""};
    switch (fj_activation_create(text, out, &detail)) {
    case FJ_OK:
        return CLI_DONE;
    case FJ_UNKNOWN:
        return activation_unknown(run, text, &detail);
    case FJ_NO_MEMORY:
        return cli_fail("out of memory");
    default:
        return cli_usage(run->command, "--activation '%.60s': %s", text, detail.text);
    }
}

static int place_read(const cli_run *run, const cli_network *net, place *at)
{
    at->by_q = run->given[CLI_Q] != NULL;
    at->by_sigma = run->given[CLI_SIGMA_W] != NULL;
    int code = cli_read_real(run, CLI_Q, (cli_range){0, Q_MOST, true}, &at->q);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_SIGMA_W, (cli_range){SCALE_LEAST, SCALE_MOST, false},
                             &at->sigma_w);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_SIGMA_B, (cli_range){0, SCALE_MOST, false}, &at->sigma_b);
    if (code == CLI_DONE)
        code = cli_read_real(run, CLI_Q0, (cli_range){0, Q_MOST, false}, &at->q0);
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
        out_lines_add(&run->parameters, "q: %.17g", at->q);
        status = fj_meanfield_critical(net->activation, at->q, &net->point, &detail);
    }
    if (run->given[CLI_Q0] && (status == FJ_NO_FIXED_POINT || status == FJ_NO_CONVERGENCE)) {
        out_lines_add(&run->notes, "no fixed point is reached: %s", detail.text);
        net->point.sigma_w = at->sigma_w;
        net->point.sigma_b = at->sigma_b;
        return CLI_DONE;
    }
    if (status != FJ_OK)
        return cli_fail("no network at %s: %s", given,
                        detail.text[0] ? detail.text : fj_status_message(status));
    cli_network_note(run, net);
    return CLI_DONE;
}

void cli_network_note(cli_run *run, const cli_network *net)
{
    if (!net->point.stable)
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
    *net = (cli_network){.depth = 1};
    int code = cli_network_activation(run, &net->activation);
    if (code == CLI_DONE)
        code = cli_read_word(run, CLI_WEIGHTS, weights, 2, &kind);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_DEPTH, 1, DEPTH_MOST, &net->depth);
    net->weights_kind = kinds[kind];
    if (cli_option_valid(CLI_WEIGHTS, run->command))
        net->weights = weights[kind];
    return code;
}

void cli_network_describe(cli_run *run, const cli_network *net)
{
    out_lines_add(&run->parameters, "activation: %s", fj_activation_name(net->activation));
    if (net->weights)
        out_lines_add(&run->parameters, "weights: %s", net->weights);
    out_lines_add(&run->parameters, "depth: %.0f", net->depth);
}

int cli_network_finish(cli_network *net)
{
    fj_status status = fj_network_identical(net->activation, net->weights_kind,
                                            (uint64_t)net->depth, &net->point, &net->network);
    return status == FJ_OK ? CLI_DONE : cli_fail("no network: %s", fj_status_message(status));
}

int cli_network_make(cli_run *run, cli_network *net)
{
    place at = {.q = 1, .q0 = START_Q};
    int code = cli_network_read(run, net);
    if (code == CLI_DONE)
        code = place_read(run, net, &at);
    if (code != CLI_DONE)
        return code;
    cli_network_describe(run, net);
    code = point_find(run, net, &at);
    return code == CLI_DONE && !isnan(net->point.q_star) ? cli_network_finish(net) : code;
}

void cli_network_free(cli_network *net)
{
    fj_network_clear(&net->network);
    fj_activation_destroy(net->activation);
    net->activation = NULL;
}

out_heading cli_network_heading(const cli_run *run, const cli_network *net)
{
    return (out_heading){.command = run->command->name,
                         .activation = fj_activation_name(net->activation),
                         .weights = net->weights,
                         .depth = net->depth,
                         .placed = net->placed,
                         .parameters = &run->parameters,
                         .notes = &run->notes};
}
