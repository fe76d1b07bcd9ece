/* SPDX-License-Identifier: GPL-3.0-or-later */
/* freejac: the program.
 *   1. standard streams that exist, default SIGPIPE, a handler that leaves nothing half-written;
 *   2. find the command, read its options, run it, print its notes. */
#include "cli_help.h"
#include "cli_message.h"
#include "cli_output.h"
#include "cli_parse.h"
#include "output_cleanup.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int (*const runs[CLI_COMMAND_COUNT])(cli_run *run) = {
    [CLI_SPECTRUM] = cli_run_spectrum, [CLI_MEANFIELD] = cli_run_meanfield,
    [CLI_PHASE] = cli_run_phase,       [CLI_DESIGN] = cli_run_design,
    [CLI_LIMIT] = cli_run_limit,       [CLI_SAMPLE] = cli_run_sample,
    [CLI_COMPARE] = cli_run_compare,   [CLI_ACTIVATIONS] = cli_run_activations,
};

static void interrupted(int number)
{
    out_cleanup_now();
    if (number == SIGPIPE) { /* `freejac ... | head` ends quietly, as every filter does */
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    _exit(CLI_INTERRUPTED);
}

static void signals_set(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGPIPE};
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = interrupted;
    action.sa_flags = SA_NODEFER; /* raise(SIGPIPE) in the handler takes effect there */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaction(numbers[i], &action, &before);
        if (numbers[i] == SIGINT && before.sa_handler == SIG_IGN) /* in the background */
            sigaction(SIGINT, &before, NULL);
    }
}

/* A closed standard stream would be given to the next file opened. What takes its place refuses writing, so that
 * output to a closed stream is an error and not lost. */
static void streams_check(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) == -1) {
            int opened = open("/dev/null", O_RDONLY);
            if (opened > STDERR_FILENO)
                close(opened);
        }
}

static int command_unknown(const char *word)
{
    const char *names[CLI_COMMAND_COUNT];
    char list[256] = "", hint[96];
    for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
        names[i] = cli_commands[i].name;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    if (!word)
        return cli_usage(NULL, "no command given; one of %s", list);
    if (word[0] == '-')
        return cli_usage(NULL, "the command comes first, before '%.60s'; one of %s", word, list);
    cli_suggest(word, names, CLI_COMMAND_COUNT, hint, sizeof hint);
    return cli_usage(NULL, "'%.60s' is no command; one of %s%s", word, list, hint);
}

static int command_run(const cli_command *command, int argc, const char **argv)
{
    cli_run run = {.command = command};
    int code = cli_parse(&run, argc, argv);
    if (code == CLI_DONE && run.given[CLI_HELP]) {
        code = cli_help_command(command);
    } else if (code == CLI_DONE) {
        code = cli_output_format(&run);
        if (code == CLI_DONE)
            code = runs[command - cli_commands](&run);
        if (code == CLI_DONE || code == CLI_PARTIAL)
            cli_notes_print(&run);
        else
            out_file_abandon(&run.output);
    }
    cli_parse_free(&run);
    out_lines_free(&run.parameters);
    out_lines_free(&run.notes);
    return code;
}

int main(int argc, char **argv)
{
    streams_check();
    signals_set();
    const char *word = argc > 1 ? argv[1] : NULL;
    if (word && strcmp(word, "--help") == 0)
        return cli_help_program();
    if (word && strcmp(word, "--version") == 0)
        return cli_help_version();
    for (int i = 0; word && i < CLI_COMMAND_COUNT; i++)
        if (strcmp(word, cli_commands[i].name) == 0)
            return command_run(&cli_commands[i], argc - 1, (const char **)argv + 1);
    return command_unknown(word);
}
