/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the result goes, and in which form: --format, else the ending of -o, else a table. */
#include "cli_output.h"
#include "cli_message.h"
#include "cli_numbers.h"
#include "output_json.h"
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <strings.h>

int cli_output_format(cli_run *run)
{
    static const char *const words[] = {"table", "csv", "json"};
    size_t index = CLI_FORMAT_TABLE;
    const char *name = run->given[CLI_OUTPUT];
    if (name && !*name)
        return cli_usage(run->command, "--output: the file name is empty");
    const char *ending = name ? strrchr(name, '.') : NULL;
    if (ending && strcasecmp(ending, ".csv") == 0)
        index = CLI_FORMAT_CSV;
    if (ending && strcasecmp(ending, ".json") == 0)
        index = CLI_FORMAT_JSON;
    int code = cli_read_word(run, CLI_FORMAT, words, 3, &index);
    run->format = (cli_format)index;
    return code;
}

int cli_output_open(cli_run *run)
{
    if (out_file_open(&run->output, run->given[CLI_OUTPUT]) != 0)
        return cli_fail("%s", run->output.problem);
    return CLI_DONE;
}

int cli_output_json(cli_run *run, json_t *object)
{
    if (!object)
        return cli_fail("out of memory while building the JSON");
    /* a write error stays in the stream and is told by cli_output_finish */
    int written = out_json_write(run->output.stream, object);
    json_decref(object);
    if (written != 0 && !ferror(run->output.stream))
        return cli_fail("out of memory while writing the JSON");
    return CLI_DONE;
}

bool cli_output_unicode(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int cli_output_finish(cli_run *run)
{
    if (run->parameters.incomplete || run->notes.incomplete)
        return cli_fail("out of memory");
    if (out_file_close(&run->output) != 0 || out_file_commit(&run->output) != 0)
        return cli_fail("%s", run->output.problem);
    return CLI_DONE;
}
