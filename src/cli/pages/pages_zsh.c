/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the completion for zsh, in the form of _describe and _arguments:
 * --NAME=[text]:argument: action. */
#include "pages.h"
#include <string.h>

/* In single quotes of the shell; what _arguments would take for its own has a backslash. */
static void text_write(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr("\\[]:", text[i]))
            fputc('\\', out);
        shell_quoted(out, text[i] == '\n' ? " " : &text[i], 1);
    }
}

/* The part of a help text that is enough beside a name: up to the first ';' or '('. */
static size_t short_length(const char *help)
{
    size_t length = strcspn(help, ";(");
    while (length > 0 && strchr(" \n", help[length - 1]))
        length--;
    return length;
}

void zsh_commands(FILE *out)
{
    for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
        fprintf(out, "%s    '%s:", i ? "\n" : "", cli_commands[i].name);
        text_write(out, cli_commands[i].summary, strlen(cli_commands[i].summary));
        fputc('\'', out);
    }
}

/* The alternatives of the argument as words of the action, which is evaluated once more. */
static void parts_write(FILE *out, const cli_option *option)
{
    for (const char *part = option->word; part;) {
        size_t length = strcspn(part, "|");
        fputs(" \"", out);
        for (size_t i = 0; i < length; i++)
            fprintf(out, part[i] == ':' ? "\\%c" : "%c", part[i]);
        fputc('"', out);
        part = part[length] ? part + length + 1 : NULL;
    }
}

static void option_write(FILE *out, const cli_option *option)
{
    fputs("            ", out);
    if (option->letter) /* one of the two forms is enough */
        fprintf(out, "'(-%c --%s)'{-%c+,--%s", option->letter, option->name, option->letter,
                option->name);
    else
        fprintf(out, "'--%s", option->name);
    fputs(option->word ? "=" : "", out);
    fputs(option->letter ? "}'[" : "[", out);
    text_write(out, option->help, short_length(option->help));
    fputc(']', out);
    if (option->word) {
        fputc(':', out);
        text_write(out, option->word, strlen(option->word));
        fputs(": _freejac_argument", out);
        parts_write(out, option);
        fputc('\'', out);
    } else {
        fputc('\'', out);
    }
    fputc('\n', out);
}

void zsh_options(FILE *out)
{
    for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
        fprintf(out, "%s    (%s)\n        specs=(\n", i ? "\n" : "", cli_commands[i].name);
        for (int id = 0; id < CLI_OPTION_COUNT; id++)
            if (cli_option_valid((cli_option_id)id, &cli_commands[i]))
                option_write(out, &cli_options[id]);
        fputs("        )\n        ;;", out);
    }
}
