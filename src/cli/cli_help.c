/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help, made from the tables of commands and options: 80 columns, options in groups, one example. */
#include "cli_help.h"
#include "cli_message.h"
#include <freejac/version.h>
#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 26 }; /* where the help texts of options begin */

/* Flushes standard output; says what went wrong. */
static int finish(void)
{
    out_file output;
    if (out_file_open(&output, NULL) != 0 || out_file_close(&output) != 0)
        return cli_fail("%s", output.problem);
    return CLI_DONE;
}

int cli_help_version(void)
{
    printf("freejac %s\n", fj_version());
    return finish();
}

int cli_help_program(void)
{
    printf("freejac %s: the exact law of the singular values of a deep network's Jacobian\n\n"
           "J is the derivative of a network's outputs with respect to its inputs, at random\n"
           "initial weights. Its singular values say how much errors grow or shrink on their\n"
           "way back through the layers; networks learn fastest where all are near 1.\n\n"
           "Usage: freejac COMMAND [options]\n\nCommands\n",
           fj_version());
    for (int i = 0; i < CLI_COMMAND_COUNT; i++)
        printf("  %-14s%s\n", cli_commands[i].name, cli_commands[i].summary);
    printf("\nOptions\n  freejac COMMAND --help   the options of a command\n"
           "  freejac --help           this text\n"
           "  freejac --version        the version\n"
           "  man freejac              the manual, once freejac is installed\n"
           "\nExample\n  %s\n"
           "\nExit status: 0 done, 1 could not, 2 wrong usage, 3 done but some points did not\n"
           "reach their tolerance, 130 interrupted.\n",
           cli_commands[CLI_SPECTRUM].example);
    return finish();
}

static void option_print(const cli_option *option)
{
    char left[80];
    if (option->letter)
        snprintf(left, sizeof left, "  -%c, --%s %s", option->letter, option->name,
                 option->word ? option->word : "");
    else
        snprintf(left, sizeof left, "  --%s %s", option->name, option->word ? option->word : "");
    if (strlen(left) + 1 < HELP_COLUMN)
        printf("%-*s", HELP_COLUMN, left);
    else
        printf("%s\n%*s", left, HELP_COLUMN, "");
}

static void option_help(const cli_option *option)
{
    for (const char *line = option->help; *line;) {
        int length = (int)strcspn(line, "\n");
        printf("%*s%.*s\n", line == option->help ? 0 : HELP_COLUMN, "", length, line);
        line += length + (line[length] == '\n');
    }
}

int cli_help_command(const cli_command *command)
{
    printf("freejac %s: %s\n\n%s\nUsage: freejac %s [options]   (defaults are in parentheses)\n",
           command->name, command->summary, command->about, command->name);
    for (int group = 0; group < CLI_GROUP_COUNT; group++) {
        bool titled = false;
        for (int id = 0; id < CLI_OPTION_COUNT; id++) {
            const cli_option *option = &cli_options[id];
            if ((int)option->group != group || !cli_option_valid((cli_option_id)id, command))
                continue;
            if (!titled)
                printf("\n%s\n", cli_group_titles[group]);
            titled = true;
            option_print(option);
            option_help(option);
        }
    }
    printf("\nExample\n  %s\n", command->example);
    return finish();
}
