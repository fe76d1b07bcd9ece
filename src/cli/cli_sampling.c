/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling from options: --width holds for networks whose widths are all equal; others have their own. */
#include "cli_sampling.h"
#include "cli_message.h"
#include "cli_numbers.h"
#include "cli_progress.h"
#include <string.h>

static const double WIDTH_USUAL = 1000;
static const double WIDTH_MOST = 1000000, SAMPLES_MOST = 1e9, THREADS_MOST = 64;
static const double SEED_MOST = 9007199254740992; /* 2^53: whole numbers stay exact in a double */

static int input_read(const cli_run *run, cli_sampling *sampling)
{
    static const char images[] = "cifar10:";
    const char *text = run->given[CLI_INPUT];
    sampling->input = text ? text : "gaussian";
    if (!text || strcmp(text, "gaussian") == 0)
        return CLI_DONE;
    if (strncmp(text, images, strlen(images)) != 0)
        return cli_usage(run->command, "--input: '%.60s' is neither gaussian nor cifar10:DIR",
                         text);
    if (!text[strlen(images)])
        return cli_usage(run->command,
                         "--input: 'cifar10:' needs the directory of data_batch_1.bin behind it");
    sampling->options.input = FJ_INPUT_CIFAR10;
    sampling->options.directory = text + strlen(images);
    return CLI_DONE;
}

int cli_sampling_read(const cli_run *run, cli_sampling *sampling)
{
    double samples = 1, seed = 1, threads = 0;
    *sampling = (cli_sampling){.options = fj_sampling_options_default(),
                               .width_given = run->given[CLI_WIDTH] != NULL};
    sampling->options.width = WIDTH_USUAL;
    int code = cli_read_count(run, CLI_WIDTH, 1, WIDTH_MOST, &sampling->options.width);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_SAMPLES, 1, SAMPLES_MOST, &samples);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_SEED, 0, SEED_MOST, &seed);
    if (code == CLI_DONE)
        code = cli_read_count(run, CLI_THREADS, 1, THREADS_MOST, &threads);
    if (code == CLI_DONE)
        code = input_read(run, sampling);
    sampling->options.samples = (size_t)samples;
    sampling->options.seed = (uint64_t)seed;
    sampling->options.threads = (unsigned)threads;
    return code;
}

/* 1 where all widths are 1: they are equal, and not given. */
static bool has_no_widths(const fj_network *network)
{
    bool none = network->width == 1;
    for (size_t r = 0; r < network->runs; r++)
        none = none && network->run[r].width == 1;
    return none;
}

double cli_sampling_inputs(const cli_sampling *sampling, const cli_network *net)
{
    return has_no_widths(&net->network) || sampling->width_given ? sampling->options.width
                                                                 : net->network.width;
}

void cli_sampling_describe(cli_run *run, const cli_sampling *sampling, const cli_network *net)
{
    out_lines_add(&run->parameters, "width: %.0f", cli_sampling_inputs(sampling, net));
    out_lines_add(&run->parameters, "samples: %zu", sampling->options.samples);
    out_lines_add(&run->parameters, "seed: %llu", (unsigned long long)sampling->options.seed);
    out_lines_add(&run->parameters, "input: %s", sampling->input);
}

static int bar_show(void *context, size_t done, size_t count)
{
    cli_progress_show(context, done, count);
    return 0;
}

int cli_sampling_draw(cli_run *run, cli_sampling *sampling, const cli_network *net,
                      fj_samples **out)
{
    cli_progress bar;
    fj_detail detail = {""};
    fj_sampling_options options = sampling->options;
    if (!has_no_widths(&net->network)) {
        if (sampling->width_given)
            return cli_usage(run->command, "--width: the network has widths of its own already");
        options.width = 0;
    }
    cli_progress_start(&bar, !run->given[CLI_QUIET], "layers");
    options.progress = bar_show;
    options.progress_context = &bar;
    fj_status status = fj_samples_create(&net->network, &options, out, &detail);
    cli_progress_end(&bar);
    if (status == FJ_UNREADABLE)
        return cli_fail("--input: %s", detail.text);
    if (status != FJ_OK)
        return cli_fail("no networks were sampled: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    return CLI_DONE;
}
