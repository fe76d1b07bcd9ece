/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac design`:
 *   1. read all options: exactly one target, widths that agree with the depth; open the outputs;
 *   2. find the point of the critical line, or say why there is none;
 *   3. build the law there and give all its outputs, with how the target was met and what to write into a framework. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "cli_framework.h"
#include "cli_law.h"
#include "cli_message.h"
#include "cli_network.h"

static const double WIDTH_MOST = 1e9;

static const struct target {
    cli_option_id option;
    fj_design_target target;
    cli_range range;
} targets[] = {
    {CLI_VAR_LAMBDA, FJ_DESIGN_VAR_LAMBDA, {0, DBL_MAX, false}},
    {CLI_S_MAX, FJ_DESIGN_S_MAX, {0, DBL_MAX, true}},
    {CLI_CONDITION, FJ_DESIGN_CONDITION, {1, DBL_MAX, false}},
};
enum { TARGETS = sizeof targets / sizeof *targets };

/* All that belongs to one run. */
typedef struct design_run {
    cli_network net;
    cli_law law;
    cli_list widths;
    const struct target *target;
    double wanted;
    fj_design found;
    fj_spectrum *spectrum;
    out_start *layers;
    out_design result;
} design_run;

static int target_read(const cli_run *run, design_run *d)
{
    for (int i = 0; i < TARGETS; i++) {
        if (!run->given[targets[i].option])
            continue;
        if (d->target)
            return cli_usage(run->command, "--%s and --%s: give one of them",
                             cli_options[d->target->option].name,
                             cli_options[targets[i].option].name);
        d->target = &targets[i];
    }
    if (!d->target)
        return cli_usage(run->command, "what is wanted? give one of --var-lambda V, --s-max S, "
                                       "--condition C");
    return cli_read_real(run, d->target->option, d->target->range, &d->wanted);
}

static int widths_read(const cli_run *run, design_run *d)
{
    int code = cli_network_widths(run, CLI_WIDTHS, (cli_range){1, WIDTH_MOST, false}, &d->widths,
                                  &d->net.depth);
    for (size_t i = 0; i < d->widths.count && code == CLI_DONE; i++)
        if (d->widths.value[i] != floor(d->widths.value[i]))
            code = cli_usage(run->command, "--widths: '%.15g' is not a whole number",
                             d->widths.value[i]);
    return code;
}

static int options_read(cli_run *run, design_run *d)
{
    int code = cli_law_read(run, &d->law);
    if (code == CLI_DONE)
        code = cli_network_read(run, &d->net);
    if (code == CLI_DONE)
        code = target_read(run, d);
    if (code == CLI_DONE)
        code = widths_read(run, d);
    if (code != CLI_DONE)
        return code;
    cli_network_describe(run, &d->net);
    if (run->given[CLI_WIDTHS])
        out_lines_add(&run->parameters, "widths: %s", run->given[CLI_WIDTHS]);
    return CLI_DONE;
}

static int point_find(cli_run *run, design_run *d)
{
    fj_detail detail = {""};
    const char *name = fj_design_target_name(d->target->target);
    fj_status status =
        fj_design_solve(d->net.activation, d->net.weights_kind, (uint64_t)d->net.depth,
                        d->target->target, d->wanted, &d->found, &detail);
    if (status != FJ_OK)
        return cli_fail("--%s %.15g: %s", cli_options[d->target->option].name, d->wanted,
                        detail.text[0] ? detail.text : fj_status_message(status));
    d->net.point = d->found.point;
    snprintf(d->net.placed, sizeof d->net.placed, "on the critical line, where %s is %.10g", name,
             d->wanted);
    cli_network_note(run, &d->net);
    return cli_network_finish(&d->net);
}

static int layers_fill(cli_run *run, design_run *d)
{
    size_t count = d->widths.count ? d->widths.count - 1 : 0;
    bool equal = true;
    const double w = d->found.point.sigma_w;
    d->layers = calloc(count ? count : 1, sizeof *d->layers);
    if (!d->layers)
        return cli_fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        double in = d->widths.value[i], out = d->widths.value[i + 1];
        d->layers[i] = (out_start){in, out, w / sqrt(in), w * sqrt(fmax(1, out / in))};
        equal &= in == out;
    }
    if (!equal)
        out_lines_add(&run->notes, "the widths differ: the law is that of equal widths, the "
                                   "standard deviations and gains hold as they are");
    d->result.layers = d->layers;
    d->result.layer_count = count;
    return CLI_DONE;
}

static int result_fill(cli_run *run, design_run *d)
{
    const fj_meanfield *point = &d->found.point;
    out_design *result = &d->result;
    result->target = fj_design_target_name(d->target->target);
    result->wanted = d->wanted;
    result->reached = d->found.reached;
    result->q = point->q_star;
    result->q_least = d->found.q_least;
    result->any_q = fj_activation_is_homogeneous(d->net.activation);
    result->stable = point->stable;
    result->orthogonal = d->net.weights_kind == FJ_WEIGHTS_ORTHOGONAL;
    result->sigma_w = point->sigma_w;
    result->sigma_b = point->sigma_b;
    result->input_mean_square =
        (point->q_star - point->sigma_b * point->sigma_b) / (point->sigma_w * point->sigma_w);
    int code = layers_fill(run, d);
    cli_framework_write(d->net.name, result);
    for (int i = 0; i < OUT_FRAMEWORKS && code == CLI_DONE; i++)
        if (result->code[i].incomplete)
            code = cli_fail("out of memory");
    d->law.result.heading = cli_network_heading(run, &d->net);
    d->law.result.point = &d->net.point;
    d->law.result.design = result;
    return code;
}

int cli_run_design(cli_run *run)
{
    design_run d = {.net = {.depth = 1}};
    int code = options_read(run, &d);
    if (code == CLI_DONE)
        code = cli_law_open(run, &d.law);
    if (code == CLI_DONE)
        code = point_find(run, &d);
    if (code == CLI_DONE)
        code = cli_spectrum_build(&d.net, &d.spectrum);
    if (code == CLI_DONE)
        code = result_fill(run, &d);
    if (code == CLI_DONE)
        code = cli_law_make(run, d.spectrum, &d.law);
    cli_law_free(&d.law, code);
    cli_framework_free(&d.result);
    free(d.layers);
    cli_list_free(&d.widths);
    fj_spectrum_destroy(d.spectrum);
    cli_network_free(&d.net);
    return code;
}
