/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the manual that come from tables, in roff with the man macros. Texts are broken anew
 * into lines of the source; whatever roff would take for its own is escaped. */
#include "pages.h"
#include <freejac/activation.h>
#include <freejac/status.h>
#include <ctype.h>
#include <string.h>

enum {
    SOURCE_COLUMNS = 78, /* mandoc -T lint complains of lines over 80 bytes */
    EXAMPLE_COLUMNS = 66 /* fits a terminal of 80 with the indentation of the manual */
};

/* What stands for a character in roff; NULL: itself. Hyphens are all meant for typing. */
static const char *escape(char c)
{
    switch (c) {
    case '-':
        return "\\-";
    case '\\':
        return "\\e";
    case '\'':
        return "\\(aq";
    case '"':
        return "\\(dq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    default:
        return NULL;
    }
}

static int escaped_length(const char *text, size_t length)
{
    int sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += escape(text[i]) ? (int)strlen(escape(text[i])) : 1;
    return sum;
}

static void text_write(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char *escaped = escape(text[i]);
        if (escaped)
            fputs(escaped, out);
        else
            fputc(text[i], out);
    }
}

/* text[0..length-1], words at whose ends roff may break, as lines that fit into the source. */
static void fill(FILE *out, const char *text, size_t length)
{
    const char *end = text + length;
    for (int column = 0; text < end;) {
        size_t word = strcspn(text, " \n");
        if (word > (size_t)(end - text))
            word = (size_t)(end - text);
        int width = escaped_length(text, word);
        if (column > 0 && column + 1 + width > SOURCE_COLUMNS) {
            fputc('\n', out);
            column = 0;
        }
        if (column > 0)
            fputc(' ', out);
        else if (*text == '.')
            fputs("\\&", out);
        text_write(out, text, word);
        column += width + (column > 0);
        text += word;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

/* A line of an example: broken before an option where it is long, as a shell wants it. */
static void example_write(FILE *out, const char *line)
{
    int column = 0;
    fputs(".PP\nExample:\n.PP\n.EX\n", out);
    while (*line) {
        size_t length = strcspn(line + 1, " ") + 1; /* a word with the blank before it */
        while (line[length] && strncmp(line + length, " -", 2) != 0)
            length += strcspn(line + length + 1, " ") + 1; /* an option with its argument */
        if (column > 0 && column + (int)length > EXAMPLE_COLUMNS) {
            fputs(" \\e\n   ", out);
            column = 3;
        }
        text_write(out, line, length);
        column += (int)length;
        line += length;
    }
    fputs("\n.EE\n", out);
}

/* A text of several paragraphs' worth of lines; those that begin with a blank stay lines. */
static void about_write(FILE *out, const char *text)
{
    bool kept = false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        const bool keep = *text == ' ';
        while (!keep && text[length] && text[length + 1] && text[length + 1] != ' ')
            length += 1 + strcspn(text + length + 1, "\n");
        if (keep != kept)
            fputs(keep ? ".PP\n.EX\n" : ".EE\n.PP\n", out);
        if (keep) {
            text_write(out, text, length);
            fputc('\n', out);
        } else {
            fill(out, text, length);
        }
        kept = keep;
        text += length + (text[length] == '\n');
    }
    if (kept)
        fputs(".EE\n", out);
}

/* An alternative of an argument: what is typed as it stands is bold, what stands for something else
 * italic. */
static void part_write(FILE *out, const char *part, size_t length)
{
    size_t typed = 0;
    if (islower((unsigned char)part[0])) {
        const char *colon = memchr(part, ':', length);
        typed = colon ? (size_t)(colon - part) + 1 : length;
    }
    if (typed > 0) {
        fputs("\\fB", out);
        text_write(out, part, typed);
    }
    if (typed < length) {
        fputs("\\fI", out);
        text_write(out, part + typed, length - typed);
    }
    fputs("\\fR", out);
}

static void option_write(FILE *out, const cli_option *option)
{
    fputs(".TP\n", out);
    if (option->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    text_write(out, option->name, strlen(option->name));
    fputs(option->word ? "\\fR " : "\\fR", out);
    for (const char *part = option->word; part;) {
        size_t length = strcspn(part, "|");
        part_write(out, part, length);
        part = part[length] ? part + length + 1 : NULL;
        if (part)
            fputc('|', out);
    }
    fputc('\n', out);
    fill(out, option->help, strlen(option->help));
}

static void group_write(FILE *out, const cli_command *command, int group)
{
    bool titled = false;
    for (int id = 0; id < CLI_OPTION_COUNT; id++) {
        const cli_option *option = &cli_options[id];
        if ((int)option->group != group || !cli_option_valid((cli_option_id)id, command))
            continue;
        if (!titled) {
            fputs(".PP\n\\fI", out);
            text_write(out, cli_group_titles[group], strlen(cli_group_titles[group]));
            fputs("\\fR\n", out);
        }
        titled = true;
        option_write(out, option);
    }
}

void manual_sections(FILE *out)
{
    for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
        const cli_command *command = &cli_commands[i];
        fprintf(out, "%s.SS freejac %s\n", i ? "\n" : "", command->name);
        about_write(out, command->about);
        for (int group = 0; group < CLI_GROUP_COUNT; group++)
            group_write(out, command, group);
        example_write(out, command->example);
    }
}

void manual_commands(FILE *out)
{
    for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
        fprintf(out, "%s.TP\n.B %s\n", i ? "\n" : "", cli_commands[i].name);
        fill(out, cli_commands[i].summary, strlen(cli_commands[i].summary));
    }
}

void manual_activations(FILE *out)
{
    fj_activation_info info;
    for (size_t i = 0; fj_activation_describe(i, &info) == FJ_OK; i++) {
        fputs(i ? "\n.TP\n.B " : ".TP\n.B ", out);
        text_write(out, info.name, strlen(info.name));
        fputc('\n', out);
        fill(out, info.formula, strlen(info.formula));
        if (*info.parameters) {
            fputs("(parameter ", out);
            text_write(out, info.parameters, strlen(info.parameters));
            fputs(")\n", out);
        }
    }
}

void manual_statuses(FILE *out)
{
#define STATUS_NAME(name, message) "FJ_" #name,
    static const char *const names[] = {FJ_STATUS_LIST(STATUS_NAME)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *message = fj_status_message((fj_status)i);
        fprintf(out, ".TP\n.B %s\n", names[i]);
        fill(out, message, strlen(message));
    }
}
