/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What completions of any shell need: arguments and activations as words of a shell. */
#include "pages.h"
#include <freejac/activation.h>
#include <string.h>

void shell_quoted(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\'')
            fputs("'\\''", out);
        else
            fputc(text[i], out);
}

void shell_parts(FILE *out, const cli_option *option)
{
    for (const char *part = option->word; part;) {
        size_t length = strcspn(part, "|");
        fputc('\'', out);
        shell_quoted(out, part, length);
        fputc('\'', out);
        part = part[length] ? part + length + 1 : NULL;
        if (part)
            fputc(' ', out);
    }
}

void shell_activations(FILE *out)
{
    fj_activation_info info;
    for (size_t i = 0; fj_activation_describe(i, &info) == FJ_OK; i++)
        fprintf(out, "%s%s", i ? " " : "", info.name);
}

void shell_parameters(FILE *out)
{
    fj_activation_info info;
    const char *before = "";
    for (size_t i = 0; fj_activation_describe(i, &info) == FJ_OK; i++)
        for (const char *key = info.parameters; *key;) { /* "key=value,key=value" */
            size_t length = strcspn(key, ",");
            fprintf(out, "%s%s:%.*s=", before, info.name, (int)strcspn(key, "="), key);
            before = " ";
            key += length + (key[length] == ',');
        }
}
