/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac meanfield`: where the network stands. Every layer stands at q*, and an input compared with itself has
 * correlation 1, so that the layers are rows of equal numbers. */
#include "cli_message.h"
#include "cli_network.h"
#include "cli_output.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"

static const double ROWS_MOST = 10000000, JSON_ROWS_MOST = 1000000;

/* Rows that no one can want, and that would fill a disk, are refused. */
static int depth_check(const cli_run *run, double depth)
{
    if (run->format == CLI_FORMAT_CSV && depth > ROWS_MOST)
        return cli_usage(run->command,
                         "--depth: '%s' layers are too many rows for CSV (at most %.0f)",
                         run->given[CLI_DEPTH], ROWS_MOST);
    if (run->format == CLI_FORMAT_JSON && depth > JSON_ROWS_MOST)
        return cli_usage(run->command, "--depth: '%s' layers are too many for JSON (at most %.0f)",
                         run->given[CLI_DEPTH], JSON_ROWS_MOST);
    return CLI_DONE;
}

int cli_run_meanfield(cli_run *run)
{
    cli_network net;
    int code = cli_network_make(run, &net);
    if (code == CLI_DONE)
        code = depth_check(run, net.depth);
    if (code == CLI_DONE)
        code = cli_output_open(run);
    if (code == CLI_DONE) {
        out_meanfield result = {.heading = cli_network_heading(run, &net), .point = &net.point};
        if (run->format == CLI_FORMAT_CSV)
            out_csv_meanfield(run->output.stream, &result);
        else if (run->format == CLI_FORMAT_JSON)
            code = cli_output_json(run, out_json_meanfield(&result, &run->notes));
        else
            out_table_meanfield(run->output.stream, &result);
    }
    if (code == CLI_DONE)
        code = cli_output_finish(run);
    cli_network_free(&net);
    return code;
}
