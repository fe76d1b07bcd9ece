/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a CSV file, read character by character into the room of one row, so that no file, however long its lines, takes
 * more memory:
 *   1. at the start of a field blanks are skipped, and a quote opens a quoted one;
 *   2. a comma or the end of the line ends a field: trailing blanks go, unless they were quoted;
 *   3. a row with one empty field that was not quoted is an empty line. */
#include "cli_csv.h"
#include "cli_message.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

typedef enum place { AT_START, IN_PLAIN, IN_QUOTES, BEHIND_QUOTES } place;

int cli_csv_open(cli_csv *csv, const char *option, const char *path)
{
    *csv = (cli_csv){.option = option, .path = path};
    csv->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!csv->file)
        return cli_fail("--%s: cannot read '%s': %s", option, path, strerror(errno));
    return CLI_DONE;
}

void cli_csv_close(cli_csv *csv)
{
    if (csv->file && csv->file != stdin)
        fclose(csv->file);
    csv->file = NULL;
}

const char *cli_csv_field(const cli_csv *csv, size_t i)
{
    return i < csv->count && i < CLI_CSV_FIELDS ? csv->text + csv->start[i] : "";
}

int cli_csv_wrong(const cli_csv *csv, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return cli_fail("--%s: %s, line %zu: %s", csv->option, csv->path, csv->line, text);
}

static void field_start(cli_csv *csv)
{
    if (csv->count < CLI_CSV_FIELDS)
        csv->start[csv->count] = csv->length;
    csv->count++;
}

static int put(cli_csv *csv, int c)
{
    if (csv->length >= CLI_CSV_ROW - 1)
        return cli_csv_wrong(csv, "longer than %d characters", CLI_CSV_ROW - 2);
    csv->text[csv->length++] = (char)c;
    return CLI_DONE;
}

static int field_end(cli_csv *csv, place at)
{
    size_t start = csv->count <= CLI_CSV_FIELDS ? csv->start[csv->count - 1] : csv->length;
    while (at == IN_PLAIN && csv->length > start && strchr(" \t\r", csv->text[csv->length - 1]))
        csv->length--;
    return put(csv, '\0');
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* One character of a field that is not the end of it. */
static int character_take(cli_csv *csv, int c, place *at)
{
    if (c == '\0')
        return cli_csv_wrong(csv, "a zero byte; this is no text file");
    if (*at == AT_START && is_blank(c))
        return CLI_DONE;
    if (*at == IN_QUOTES && c == '"') {
        int next = getc_unlocked(csv->file);
        if (next == '"')
            return put(csv, '"');
        ungetc(next, csv->file);
        *at = BEHIND_QUOTES;
        return CLI_DONE;
    }
    if (*at == BEHIND_QUOTES)
        return is_blank(c)
                   ? CLI_DONE
                   : cli_csv_wrong(csv, "'%c' behind the closing quote of a field", (char)c);
    if (*at == AT_START && c == '"') {
        *at = IN_QUOTES;
        return CLI_DONE;
    }
    if (c == '"' && *at == IN_PLAIN)
        return cli_csv_wrong(csv, "a quote inside a field: quote the whole field, double the "
                                  "quotes in it");
    if (*at == AT_START)
        *at = IN_PLAIN;
    return put(csv, c);
}

/* The next line as a row; *any false if it held no text, *last true at the end of the file. */
static int line_read(cli_csv *csv, bool *any, bool *last)
{
    place at = AT_START;
    int code = CLI_DONE, c = 0;
    csv->line = ++csv->lines;
    csv->length = csv->count = 0;
    *any = *last = false;
    field_start(csv);
    while (code == CLI_DONE) {
        c = getc_unlocked(csv->file);
        bool end = c == EOF || c == '\n';
        if (at == IN_QUOTES && end)
            return cli_csv_wrong(csv, "a quote that is not closed on its line");
        if (!end && at != IN_QUOTES && c == '#') {
            code = field_end(csv, at);
            *any |= at != AT_START;
            while (c != EOF && c != '\n')
                c = getc_unlocked(csv->file);
            break;
        }
        if (end || (c == ',' && at != IN_QUOTES)) {
            code = field_end(csv, at);
            *any |= at != AT_START || c == ',';
            if (end)
                break;
            field_start(csv);
            at = AT_START;
        } else {
            code = character_take(csv, c, &at);
        }
    }
    *last = c == EOF;
    return code;
}

int cli_csv_next(cli_csv *csv, bool *any)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, that some editors put first */
    bool last = false;
    errno = 0;
    if (csv->lines == 0) {
        int c = getc_unlocked(csv->file);
        for (int i = 0; i < 3 && c == (unsigned char)mark[i]; i++)
            c = getc_unlocked(csv->file);
        ungetc(c, csv->file);
    }
    do {
        int code = line_read(csv, any, &last);
        if (code != CLI_DONE)
            return code;
    } while (!*any && !last);
    if (ferror(csv->file))
        return cli_fail("--%s: cannot read '%s': %s", csv->option, csv->path, strerror(errno));
    return CLI_DONE;
}
