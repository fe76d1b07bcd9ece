/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The option --plot: pictures are drawn into a temporary beside their place and renamed at the end. */
#include "cli_plot.h"
#include "cli_message.h"
#include <string.h>

int cli_plot_read(const cli_run *run, out_plot_kind *kind)
{
    const char *name = run->given[CLI_PLOT], *output = run->given[CLI_OUTPUT];
    *kind = OUT_PLOT_NONE;
    if (!name)
        return CLI_DONE;
    *kind = out_plot_kind_of(name);
    if (*kind == OUT_PLOT_NONE)
        return cli_usage(run->command, "--plot: '%.60s' must end in .svg, .png or .pdf", name);
    if (output && strcmp(name, output) == 0)
        return cli_usage(run->command, "--plot and --output both name '%.60s'", name);
    return CLI_DONE;
}

int cli_plot_reserve(const cli_run *run, out_plot_kind kind, out_file *plot)
{
    if (kind != OUT_PLOT_NONE && out_file_reserve(plot, run->given[CLI_PLOT]) != 0)
        return cli_fail("--plot: %s", plot->problem);
    return CLI_DONE;
}

out_target cli_plot_target(out_file *plot, out_plot_kind kind)
{
    return (out_target){.kind = kind,
                        .path = plot->working,
                        .checked = !plot->in_place,
                        .problem = plot->problem,
                        .size = sizeof plot->problem};
}
