/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac spectrum`:
 *   1. read all options, find the network, open the outputs (wrong usage and wrong places are told first);
 *   2. build the law; all outputs of a law are made in cli_law.c; with --digits in cli_precise.c. */
#include "cli_law.h"
#include "cli_message.h"
#include "cli_network.h"
#include "cli_precise.h"

int cli_spectrum_build(const cli_network *net, fj_spectrum **spectrum)
{
    fj_detail detail = {""};
    fj_status status = fj_spectrum_create(&net->network, spectrum, &detail);
    if (status != FJ_OK)
        return cli_fail("the law cannot be computed: %s",
                        detail.text[0] ? detail.text : fj_status_message(status));
    (void)fj_spectrum_prepare(*spectrum); /* without memory it is as good, if slower */
    return CLI_DONE;
}

int cli_run_spectrum(cli_run *run)
{
    cli_network net = {.depth = 1};
    cli_law law;
    fj_spectrum *spectrum = NULL;
    if (run->given[CLI_DIGITS])
        return cli_precise_run(run);
    if (run->given[CLI_DIGITS_THREADS])
        return cli_usage(run->command, "--threads: only with --digits is there work for more than "
                                       "one");
    int code = cli_law_read(run, &law);
    if (code == CLI_DONE)
        code = cli_network_make(run, &net);
    if (code == CLI_DONE)
        code = cli_law_open(run, &law);
    if (code == CLI_DONE)
        code = cli_spectrum_build(&net, &spectrum);
    if (code == CLI_DONE) {
        law.result.heading = cli_network_heading(run, &net);
        law.result.point = &net.point;
        code = cli_law_make(run, spectrum, &law);
    }
    cli_law_free(&law, code);
    fj_spectrum_destroy(spectrum);
    cli_network_free(&net);
    return code;
}
