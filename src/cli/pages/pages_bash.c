/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the completion for bash, as branches of case statements. */
#include "pages.h"
#include <string.h>

void bash_commands(FILE *out)
{
    for (int i = 0; i < CLI_COMMAND_COUNT; i++)
        fprintf(out, "%s%s", i ? " " : "", cli_commands[i].name);
}

void bash_options(FILE *out)
{
    for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
        fprintf(out, "%s    %s)\n        options='", i ? "\n" : "", cli_commands[i].name);
        const char *before = "";
        for (int id = 0; id < CLI_OPTION_COUNT; id++) {
            if (!cli_option_valid((cli_option_id)id, &cli_commands[i]))
                continue;
            fprintf(out, "%s--%s", before, cli_options[id].name);
            if (cli_options[id].letter)
                fprintf(out, " -%c", cli_options[id].letter);
            before = " ";
        }
        fputs("'\n        ;;", out);
    }
}

static bool is_shared(const cli_option *option)
{
    int rows = 0;
    for (int id = 0; id < CLI_OPTION_COUNT; id++)
        rows += strcmp(cli_options[id].name, option->name) == 0;
    return rows > 1;
}

/* The patterns of "COMMAND OPTION" that mean this row: of every command, unless rows of one name differ
 * by it. */
static void patterns_write(FILE *out, int id)
{
    const cli_option *option = &cli_options[id];
    const char *before = "    ";
    if (!is_shared(option)) {
        fprintf(out, "%s*' --%s'", before, option->name);
        if (option->letter)
            fprintf(out, " | *' -%c'", option->letter);
        return;
    }
    for (int i = 0; i < CLI_COMMAND_COUNT; i++)
        if (cli_option_valid((cli_option_id)id, &cli_commands[i])) {
            fprintf(out, "%s'%s --%s'", before, cli_commands[i].name, option->name);
            before = " | ";
        }
}

void bash_arguments(FILE *out)
{
    const char *before = "";
    for (int id = 0; id < CLI_OPTION_COUNT; id++) {
        if (!cli_options[id].word)
            continue;
        fputs(before, out);
        patterns_write(out, id);
        fputs(")\n        argument=(", out);
        shell_parts(out, &cli_options[id]);
        fputs(")\n        ;;", out);
        before = "\n";
    }
}
