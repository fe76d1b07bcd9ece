/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `freejac activations`: the library's table of activations, written out. */
#include "cli_output.h"
#include "output_csv.h"
#include "output_json.h"
#include "output_table.h"

int cli_run_activations(cli_run *run)
{
    out_heading heading = {
        .command = run->command->name, .parameters = &run->parameters, .notes = &run->notes};
    int code = cli_output_open(run);
    if (code != CLI_DONE)
        return code;
    if (run->format == CLI_FORMAT_CSV)
        out_csv_activations(run->output.stream, &heading);
    else if (run->format == CLI_FORMAT_JSON)
        code = cli_output_json(run, out_json_activations(&run->notes));
    else
        out_table_activations(run->output.stream);
    return code == CLI_DONE ? cli_output_finish(run) : code;
}
