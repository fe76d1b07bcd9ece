/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Singular values from a file:
 *   1. the first row tells the form: one number, or names among which one is 's' (and one may be 'sample');
 *   2. every further row gives a value, with its line number in every complaint;
 *   3. rows are put in order of their samples, each sample's values in the order of the file. */
#include "cli_values.h"
#include "cli_csv.h"
#include "cli_message.h"
#include "cli_numbers.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 10000000, NO_COLUMN = -1 };

typedef struct row {
    double sample, log_s;
    size_t at;
} row;

typedef struct reader {
    cli_csv csv;
    int s, sample; /* columns */
    size_t fields; /* of every row */
    row *rows;
    size_t count, room;
} reader;

static bool is_number(const char *text)
{
    double x;
    return cli_number_read(text, strlen(text), &x) == NULL;
}

/* The first row. *is_value: it holds a value already. */
static int header_read(reader *r, bool *is_value)
{
    const cli_csv *csv = &r->csv;
    r->s = r->sample = NO_COLUMN;
    r->fields = csv->count;
    *is_value = csv->count == 1 && is_number(cli_csv_field(csv, 0));
    if (*is_value) {
        r->s = 0;
        return CLI_DONE;
    }
    for (size_t i = 0; i < csv->count && i < CLI_CSV_FIELDS; i++) {
        if (strcmp(cli_csv_field(csv, i), "s") == 0)
            r->s = (int)i;
        if (strcmp(cli_csv_field(csv, i), "sample") == 0)
            r->sample = (int)i;
    }
    if (r->s != NO_COLUMN)
        return CLI_DONE;
    if (csv->count == 1)
        return cli_csv_wrong(csv, "'%.40s' is neither a number nor a header with a column s",
                             cli_csv_field(csv, 0));
    return cli_csv_wrong(csv,
                         "%zu columns, but none of the first %d is named 's': begin with a "
                         "header such as sample,s",
                         csv->count, CLI_CSV_FIELDS);
}

static int number_take(const reader *r, int column, double *out)
{
    const char *text = cli_csv_field(&r->csv, (size_t)column);
    const char *wrong = *text ? cli_number_read(text, strlen(text), out) : "is empty";
    return wrong ? cli_csv_wrong(&r->csv, "'%.40s' %s", text, wrong) : CLI_DONE;
}

static int row_take(reader *r)
{
    double s = 0, sample = 0;
    if (r->csv.count != r->fields)
        return cli_csv_wrong(&r->csv, "%zu fields where the first row has %zu", r->csv.count,
                             r->fields);
    int code = number_take(r, r->s, &s);
    if (code == CLI_DONE && r->sample != NO_COLUMN)
        code = number_take(r, r->sample, &sample);
    if (code != CLI_DONE)
        return code;
    if (s < 0)
        return cli_csv_wrong(&r->csv, "'%.40s' is negative: singular values are not",
                             cli_csv_field(&r->csv, (size_t)r->s));
    if (r->count == VALUES_MOST)
        return cli_csv_wrong(&r->csv, "more than %d values", VALUES_MOST);
    if (r->count == r->room) {
        const size_t room = r->room ? 2 * r->room : 1024;
        row *rows = realloc(r->rows, room * sizeof *rows);
        if (!rows)
            return cli_fail("out of memory");
        r->rows = rows;
        r->room = room;
    }
    r->rows[r->count] = (row){sample, log(s), r->count};
    r->count++;
    return CLI_DONE;
}

static int in_order(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->sample != y->sample)
        return x->sample < y->sample ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int rows_part(const reader *r, cli_values *values)
{
    values->log_s = malloc((r->count + 1) * sizeof *values->log_s);
    values->count = calloc(r->count + 1, sizeof *values->count);
    if (!values->log_s || !values->count)
        return cli_fail("out of memory");
    qsort(r->rows, r->count, sizeof *r->rows, in_order);
    for (size_t i = 0; i < r->count; i++) {
        if (i == 0 || r->rows[i].sample != r->rows[i - 1].sample)
            values->samples++;
        values->count[values->samples - 1]++;
        values->log_s[i] = r->rows[i].log_s;
    }
    values->total = r->count;
    return CLI_DONE;
}

int cli_values_read(const char *path, cli_values *values)
{
    reader r = {.rows = NULL};
    bool any = false, is_value = false;
    *values = (cli_values){0};
    int code = cli_csv_open(&r.csv, "values", path);
    if (code == CLI_DONE)
        code = cli_csv_next(&r.csv, &any);
    if (code == CLI_DONE && any)
        code = header_read(&r, &is_value);
    if (code == CLI_DONE && is_value)
        code = row_take(&r);
    while (code == CLI_DONE && any) {
        code = cli_csv_next(&r.csv, &any);
        if (code == CLI_DONE && any)
            code = row_take(&r);
    }
    cli_csv_close(&r.csv);
    if (code == CLI_DONE && r.count == 0)
        code = cli_fail("--values: there is no value in '%s'", path);
    if (code == CLI_DONE)
        code = rows_part(&r, values);
    free(r.rows);
    return code;
}

void cli_values_free(cli_values *values)
{
    free(values->log_s);
    free(values->count);
    *values = (cli_values){0};
}
