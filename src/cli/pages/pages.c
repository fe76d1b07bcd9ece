/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the manual and the completions at build time:  pages TEMPLATE OUTPUT
 * Copies the template; every @MARKER@ in it gives way to what the tables say. */
#include "pages.h"
#include <freejac/version.h>
#include <stdlib.h>
#include <string.h>

static void version(FILE *out)
{
    fputs(fj_version(), out);
}

static const struct marker {
    const char *name;
    void (*write)(FILE *out);
} markers[] = {
    {"VERSION", version},
    {"MANUAL_COMMANDS", manual_commands},
    {"MANUAL_SECTIONS", manual_sections},
    {"MANUAL_ACTIVATIONS", manual_activations},
    {"MANUAL_STATUSES", manual_statuses},
    {"BASH_COMMANDS", bash_commands},
    {"BASH_OPTIONS", bash_options},
    {"BASH_ARGUMENTS", bash_arguments},
    {"ZSH_COMMANDS", zsh_commands},
    {"ZSH_OPTIONS", zsh_options},
    {"ACTIVATIONS", shell_activations},
    {"PARAMETERS", shell_parameters},
};

/* The length of the marker that begins here, with its signs; 0 if there is none. */
static size_t marker_length(const char *text)
{
    size_t length = text[0] == '@' ? strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") : 0;
    return length > 0 && text[length + 1] == '@' ? length + 2 : 0;
}

static int marker_write(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (strlen(markers[i].name) == length - 2 &&
            strncmp(markers[i].name, text + 1, length - 2) == 0) {
            markers[i].write(out);
            return 0;
        }
    fprintf(stderr, "pages: nothing is known of %.*s\n", (int)length, text);
    return -1;
}

static int page_write(FILE *template, FILE *out)
{
    char line[1024];
    while (fgets(line, sizeof line, template))
        for (const char *c = line; *c;) {
            size_t length = marker_length(c);
            if (length == 0)
                fputc(*c++, out);
            else if (marker_write(out, c, length) != 0)
                return -1;
            c += length;
        }
    return ferror(template) ? -1 : 0;
}

int main(int argc, char **argv)
{
    FILE *template = argc == 3 ? fopen(argv[1], "r") : NULL;
    FILE *out = template ? fopen(argv[2], "w") : NULL;
    if (!out) {
        fputs("usage: pages TEMPLATE OUTPUT\n", stderr);
        if (template)
            fclose(template);
        return EXIT_FAILURE;
    }
    int code = page_write(template, out);
    if (ferror(out))
        code = -1;
    if (fclose(out) != 0)
        code = -1;
    fclose(template);
    return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
