/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of numbers, read character by character, so that no file, however long its lines, takes more memory than
 * its numbers: '#' begins a comment; commas and white space part the numbers; a comma without a number before it and
 * everything that is no number are refused with file name and line. */
#include "cli_message.h"
#include "cli_numbers.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MOST = 10000000 };

typedef struct reader {
    const char *option, *path;
    size_t line;
    const cli_range *range;
    cli_list *list;
    char token[CLI_NUMBER_LONGEST];
    size_t length;
    bool in_comment, number_before; /* number_before: a comma may follow */
} reader;

static int complain(const reader *r, const char *wrong)
{
    return cli_fail("--%s: %s, line %zu: '%.*s' %s", r->option, r->path, r->line,
                    r->length > 60 ? 60 : (int)r->length, r->token, wrong);
}

/* The token is complete: turn it into a number. */
static int token_end(reader *r)
{
    if (r->length == 0)
        return CLI_DONE;
    char reason[64];
    double value = 0;
    const char *wrong = cli_number_read(r->token, r->length, &value);
    if (!wrong)
        wrong = cli_range_check(r->range, value, reason, sizeof reason);
    if (wrong)
        return complain(r, wrong);
    if (r->list->count >= NUMBERS_MOST)
        return cli_fail("--%s: %s has more than %d numbers", r->option, r->path, NUMBERS_MOST);
    if (cli_list_add_text(r->list, value, r->token, r->length) != 0)
        return cli_fail("out of memory");
    r->length = 0;
    r->number_before = true;
    return CLI_DONE;
}

static int character_read(reader *r, int c)
{
    if (c == '\0')
        return cli_fail("--%s: %s, line %zu: a zero byte; this is no text file", r->option, r->path,
                        r->line);
    if (c != '\n' && r->in_comment)
        return CLI_DONE;
    if (!strchr(" \t\r\n\v\f,#", c)) {
        if (r->length == CLI_NUMBER_LONGEST)
            return complain(r, "is too long for a number");
        r->token[r->length++] = (char)c;
        return CLI_DONE;
    }
    int code = token_end(r);
    if (code != CLI_DONE)
        return code;
    if (c == ',' && !r->number_before)
        return cli_fail("--%s: %s, line %zu: a comma without a number before it", r->option,
                        r->path, r->line);
    if (c == ',')
        r->number_before = false;
    r->in_comment = c == '#' || (r->in_comment && c != '\n');
    r->line += c == '\n';
    return CLI_DONE;
}

int cli_read_file(cli_option_id id, const char *path, cli_range range, cli_list *out)
{
    *out = (cli_list){.keep = out->keep};
    reader r = {
        .option = cli_options[id].name, .path = path, .line = 1, .range = &range, .list = out};
    FILE *file = fopen(path, "r");
    if (!file)
        return cli_fail("--%s: cannot read '%s': %s", r.option, path, strerror(errno));
    int code = CLI_DONE, c = 0;
    errno = 0;
    while (code == CLI_DONE && (c = getc(file)) != EOF)
        code = character_read(&r, c);
    if (code == CLI_DONE && ferror(file))
        code = cli_fail("--%s: cannot read '%s': %s", r.option, path, strerror(errno));
    if (code == CLI_DONE)
        code = token_end(&r);
    if (code == CLI_DONE && out->count == 0)
        code = cli_fail("--%s: there is no number in '%s'", r.option, path);
    fclose(file);
    if (code != CLI_DONE)
        cli_list_free(out);
    return code;
}
