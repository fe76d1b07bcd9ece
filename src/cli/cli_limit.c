/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac limit`:
 *   1. read the class and its parameter: sigma0, or c for residual networks;
 *   2. build the law; its outputs are those of every law (cli_law.c), without a network. */
#include <freejac/limit.h>
#include <float.h>
#include <stdio.h>
#include "cli_law.h"
#include "cli_message.h"
#include "cli_numbers.h"

enum { CLASSES = 3, ENTRIES = 4 };

static const struct {
    const char *word, *name, *remark, *s_transform;
} classes[CLASSES] = {
    [FJ_LIMIT_SMOOTH] = {"smooth", "smooth class", "phi smooth at 0: tanh, erf, ...",
                         "exp(-sigma0^2 m)"},
    [FJ_LIMIT_BERNOULLI] = {"bernoulli", "Bernoulli class", "phi' is 0 or 1: hard-tanh",
                            "exp(-sigma0^2 m/(1 + m))"},
    [FJ_LIMIT_RESNET] = {"resnet", "residual networks", "x + phi(W x + b) in every layer",
                         "exp(-c (1 + 2m))"},
};

/* What was asked for, and how the result names it. */
typedef struct limit_law {
    size_t which;
    double parameter;
    out_entry entries[ENTRIES];
    out_section section;
    char title[120], subtitle[120];
} limit_law;

static int law_read(const cli_run *run, limit_law *limit)
{
    const char *words[CLASSES];
    for (size_t i = 0; i < CLASSES; i++)
        words[i] = classes[i].word;
    if (!run->given[CLI_CLASS])
        return cli_usage(run->command, "--class is missing: smooth, bernoulli or resnet");
    int code = cli_read_word(run, CLI_CLASS, words, CLASSES, &limit->which);
    if (code != CLI_DONE)
        return code;
    const int resnet = limit->which == FJ_LIMIT_RESNET;
    const cli_option_id wanted = resnet ? CLI_C : CLI_SIGMA0, other = resnet ? CLI_SIGMA0 : CLI_C;
    if (run->given[other])
        return cli_usage(run->command, "--%s '%.60s' is no parameter of --class %s: give --%s",
                         cli_options[other].name, run->given[other], words[limit->which],
                         cli_options[wanted].name);
    if (!run->given[wanted])
        return cli_usage(run->command, "--class %s needs --%s", words[limit->which],
                         cli_options[wanted].name);
    return cli_read_real(run, wanted, (cli_range){0, DBL_MAX, false}, &limit->parameter);
}

static void law_describe(limit_law *limit)
{
    const int resnet = limit->which == FJ_LIMIT_RESNET;
    const double x = limit->parameter;
    size_t n = 0;
    limit->entries[n++] = (out_entry){.key = "class",
                                      .name = "class",
                                      .text = classes[limit->which].word,
                                      .remark = classes[limit->which].remark};
    if (resnet) {
        limit->entries[n++] = (out_entry){
            .key = "c", .name = "c", .value = x, .remark = "sigma_w^2 E[phi'^2], mean over layers"};
        snprintf(limit->subtitle, sizeof limit->subtitle, "c = %.6g", x);
    } else {
        limit->entries[n++] = (out_entry){
            .key = "sigma0", .name = "sigma0", .value = x, .remark = "spread of lambda = s^2"};
        limit->entries[n++] =
            (out_entry){.key = "sigma0_squared", .name = "sigma0^2", .value = x * x, .remark = ""};
        snprintf(limit->subtitle, sizeof limit->subtitle, "σ_0 = %.6g,  σ_0² = %.6g", x, x * x);
    }
    limit->entries[n++] = (out_entry){.key = "s_transform",
                                      .name = "S-transform",
                                      .text = classes[limit->which].s_transform,
                                      .remark = ""};
    limit->section = (out_section){
        .key = "limit", .title = "Law of infinite depth", .entries = limit->entries, .count = n};
    snprintf(limit->title, sizeof limit->title,
             "Singular values of the Jacobian at infinite depth: %s", classes[limit->which].name);
}

static int law_build(const limit_law *limit, fj_spectrum **spectrum)
{
    fj_detail detail = {""};
    fj_status status =
        fj_limit_create((fj_limit_class)limit->which, limit->parameter, spectrum, &detail);
    if (status != FJ_OK)
        return cli_fail("the law cannot be computed: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    return CLI_DONE;
}

int cli_run_limit(cli_run *run)
{
    limit_law limit = {.which = 0};
    cli_law law;
    fj_spectrum *spectrum = NULL;
    int code = cli_law_read(run, &law);
    if (code == CLI_DONE)
        code = law_read(run, &limit);
    if (code == CLI_DONE)
        code = cli_law_open(run, &law);
    if (code == CLI_DONE)
        code = law_build(&limit, &spectrum);
    if (code == CLI_DONE) {
        law_describe(&limit);
        law.result.heading = (out_heading){
            .command = run->command->name, .parameters = &run->parameters, .notes = &run->notes};
        law.result.title = limit.title;
        law.result.subtitle = limit.subtitle;
        law.result.sections = &limit.section;
        law.result.section_count = 1;
        code = cli_law_make(run, spectrum, &law);
    }
    cli_law_free(&law, code);
    fj_spectrum_destroy(spectrum);
    return code;
}
