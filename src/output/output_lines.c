/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing list of lines: format into fresh memory, append, double the room when it is full. */
#include "output_lines.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void out_lines_add(out_lines *lines, const char *format, ...)
{
    if (lines->count == lines->room) {
        size_t room = lines->room ? 2 * lines->room : 16;
        char **grown = realloc(lines->text, room * sizeof *grown);
        if (!grown) {
            lines->incomplete = true;
            return;
        }
        lines->text = grown;
        lines->room = room;
    }
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        lines->incomplete = true;
    else
        lines->text[lines->count++] = text;
    va_end(arguments);
}

void out_lines_free(out_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->text[i]);
    free(lines->text);
    *lines = (out_lines){0};
}
