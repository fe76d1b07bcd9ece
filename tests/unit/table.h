/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference tables data/NAME.csv: '#' lines are comments, the first other line names the columns, fields hold no
 * commas or quotes. */
#ifndef FJ_TESTS_TABLE_H
#define FJ_TESTS_TABLE_H

#include <freejac/activation.h>
#include <string.h>
#include "tap.h"

enum { FJ_TABLE_COLUMNS = 16 };

typedef struct fj_table {
    const char *name;
    char *text;  /* the whole file, cut into cells */
    char **cell; /* row by row */
    char *header[FJ_TABLE_COLUMNS];
    size_t columns, rows;
} fj_table;

/* The whole file as a string; NULL if it cannot be read. */
static inline char *fj_table_slurp(const char *name)
{
    const char *folder = getenv("FJ_DATA_DIR");
    char path[512];
    snprintf(path, sizeof path, "%s/%s.csv", folder ? folder : "data", name);
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    size_t used = 0, room = 1 << 16;
    char *text = malloc(room);
    while (text) {
        used += fread(text + used, 1, room - 1 - used, file);
        text[used] = '\0';
        if (used < room - 1)
            break;
        char *more = realloc(text, room *= 2);
        if (!more)
            free(text);
        text = more;
    }
    fclose(file);
    return text;
}

/* Reads data/NAME.csv; may be called outside a test. A table that cannot be read has no rows, and one with a broken row
 * ends before it: every user asks for a least number. */
static inline fj_table fj_table_read(const char *name)
{
    fj_table table = {.name = name, .text = fj_table_slurp(name)};
    size_t room = 0;
    for (char *line = table.text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (*line == '#' || *line == '\0')
            continue;
        char *field, *rest = line, *fields[FJ_TABLE_COLUMNS] = {NULL};
        size_t n = 0;
        while (n < FJ_TABLE_COLUMNS && (field = strsep(&rest, ",")) != NULL)
            fields[n++] = field;
        if (table.columns == 0) {
            table.columns = n;
            memcpy(table.header, fields, sizeof fields);
            continue;
        }
        if (table.rows == room) {
            room = room ? 2 * room : 256;
            char **more = realloc(table.cell, room * table.columns * sizeof *more);
            if (!more)
                break;
            table.cell = more;
        }
        if (n != table.columns || rest)
            break;
        memcpy(&table.cell[table.rows++ * table.columns], fields, n * sizeof *fields);
    }
    return table;
}

static inline void fj_table_free(fj_table *table)
{
    free(table->cell);
    free(table->text);
    *table = (fj_table){.rows = 0};
}

static inline const char *fj_table_text(const fj_table *table, size_t row, const char *column)
{
    ck_assert_msg(row < table->rows, "%s.csv has no row %zu", table->name, row);
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->header[i], column) == 0)
            return table->cell[row * table->columns + i];
    ck_abort_msg("%s.csv has no column %s", table->name, column);
}

/* The number there; long double where differences of table entries are formed. */
static inline long double fj_table_long(const fj_table *table, size_t row, const char *column)
{
    const char *text = fj_table_text(table, row, column);
    char *end;
    long double x = strtold(text, &end);
    ck_assert_msg(end != text && *end == '\0', "%s.csv, %s: '%s' is no number", table->name, column,
                  text);
    return x;
}

static inline double fj_table_number(const fj_table *table, size_t row, const char *column)
{
    const char *text = fj_table_text(table, row, column);
    char *end;
    double x = strtod(text, &end);
    ck_assert_msg(end != text && *end == '\0', "%s.csv, %s: '%s' is no number", table->name, column,
                  text);
    return x;
}

/* The spec of an activation in the tables' older spelling, where "elu-0.5" is ELU whose alpha is the double 0.5: written
 * in hexadecimal, so that it is that double at any precision. Other names stay. */
static inline void fj_table_spec(const char *name, char *spec, size_t room)
{
    fj_activation_info info;
    snprintf(spec, room, "%s", name);
    for (size_t i = 0; fj_activation_describe(i, &info) == FJ_OK; i++) {
        size_t length = strlen(info.name), key = strcspn(info.parameters, "=");
        if (strncmp(name, info.name, length) == 0 && name[length] == '-' && *info.parameters)
            snprintf(spec, room, "%s:%.*s=%a", info.name, (int)key, info.parameters,
                     strtod(name + length + 1, NULL));
    }
}

/* An activation by its spec, or by the tables' spelling. */
static inline fj_activation *fj_table_activation(const char *name)
{
    fj_activation *a = NULL;
    char spec[128];
    fj_table_spec(name, spec, sizeof spec);
    fj_status status = fj_activation_create(spec, &a, NULL);
    ck_assert_msg(status == FJ_OK, "the table's '%s': %s", name, fj_status_message(status));
    return a;
}

#endif
