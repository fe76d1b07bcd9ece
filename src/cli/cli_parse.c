/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the command line with popt: the popt table is made from the rows of the option table that are valid in
 * the command; every complaint is our own. An option given twice counts as given last. */
#include "cli_parse.h"
#include "cli_message.h"
#include <popt.h>
#include <stdlib.h>
#include <string.h>

/* The row of the long or short option that popt stumbled over ("--name", "--name=value", "-n"), the command's own if it
 * has one. */
static int option_find(const cli_command *command, const char *bad, char *name, size_t size)
{
    int found = -1;
    size_t dashes = strspn(bad, "-");
    snprintf(name, size, "%.*s", (int)strcspn(bad + dashes, "="), bad + dashes);
    for (int id = 0; id < CLI_OPTION_COUNT; id++) {
        char letter[2] = {cli_options[id].letter, '\0'};
        if (strcmp(name, cli_options[id].name) != 0 && !(letter[0] && strcmp(name, letter) == 0))
            continue;
        if (found < 0 || cli_option_valid((cli_option_id)id, command))
            found = id;
    }
    return found;
}

static int unknown_option(const cli_command *command, const char *bad)
{
    char name[64], hint[96];
    int id = option_find(command, bad, name, sizeof name);
    if (id >= 0 && !cli_option_valid((cli_option_id)id, command))
        return cli_usage(command, "--%s is no option of '%s'", name, command->name);
    const char *words[CLI_OPTION_COUNT];
    size_t count = 0;
    for (int i = 0; i < CLI_OPTION_COUNT; i++)
        if (cli_option_valid((cli_option_id)i, command))
            words[count++] = cli_options[i].name;
    cli_suggest(name, words, count, hint, sizeof hint);
    char *quoted = strstr(hint, "'"); /* options are written with their dashes */
    if (quoted)
        return cli_usage(command, "unknown option %.60s; did you mean '--%s", bad, quoted + 1);
    return cli_usage(command, "unknown option %.60s", bad);
}

static int complain(const cli_command *command, poptContext context, int error)
{
    const char *bad = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    char name[64];
    int id = option_find(command, bad, name, sizeof name);
    switch (error) {
    case POPT_ERROR_BADOPT:
        return unknown_option(command, bad);
    case POPT_ERROR_NOARG:
        return cli_usage(command, "%.60s needs a value: %s", bad,
                         id >= 0 ? cli_options[id].word : "");
    case POPT_ERROR_UNWANTEDARG:
        return cli_usage(command, "--%s takes no value", name);
    default:
        return cli_usage(command, "%.60s: %s", bad, poptStrerror(error));
    }
}

/* text: the argument, now ours; an option without one is marked by "". */
static int given_set(cli_run *run, int id, char *text)
{
    free(run->given[id]);
    run->given[id] = cli_options[id].word ? text : strdup("");
    return run->given[id] ? CLI_DONE : cli_fail("out of memory");
}

int cli_parse(cli_run *run, int argc, const char **argv)
{
    struct poptOption table[CLI_OPTION_COUNT + 1];
    int rows = 0;
    memset(table, 0, sizeof table);
    for (int id = 0; id < CLI_OPTION_COUNT; id++) {
        const cli_option *option = &cli_options[id];
        if (!cli_option_valid((cli_option_id)id, run->command))
            continue;
        table[rows].longName = option->name;
        table[rows].shortName = option->letter;
        table[rows].argInfo = option->word ? POPT_ARG_STRING : POPT_ARG_NONE;
        table[rows++].val = id + 1; /* 0 would not be reported */
    }
    poptContext context = poptGetContext(NULL, argc, argv, table, 0);
    if (!context)
        return cli_fail("out of memory");
    int code = CLI_DONE, found = 0;
    while (code == CLI_DONE && (found = poptGetNextOpt(context)) > 0)
        code = given_set(run, found - 1, poptGetOptArg(context));
    if (code == CLI_DONE && found < -1)
        code = complain(run->command, context, found);
    else if (code == CLI_DONE && poptPeekArg(context))
        code = cli_usage(run->command, "'%.60s' is not expected: '%s' takes options only",
                         poptPeekArg(context), run->command->name);
    poptFreeContext(context);
    return code;
}

void cli_parse_free(cli_run *run)
{
    for (int id = 0; id < CLI_OPTION_COUNT; id++) {
        free(run->given[id]);
        run->given[id] = NULL;
    }
}
