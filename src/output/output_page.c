/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture drawn by gnuplot:
 *   1. the terminal by the name's ending;
 *   2. numbers as inline data blocks, so that no second file is needed;
 *   3. the finished file must end as its format ends: gnuplot does not notice a full disk. */
#include "output_page.h"
#include <limits.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *ending, *terminal, *last; /* last: what a whole file has at its end */
} kinds[] = {
    [OUT_PLOT_SVG] = {".svg", "svg size 900,640 dynamic background 'white' font 'sans-serif,15'",
                      "</svg>"},
    [OUT_PLOT_PNG] = {".png", "pngcairo size 1350,960 font 'sans,17' linewidth 1.5", "IEND"},
    [OUT_PLOT_PDF] = {".pdf", "pdfcairo size 18cm,12.8cm font 'sans,11'", "%%EOF"},
};

out_plot_kind out_plot_kind_of(const char *name)
{
    size_t length = strlen(name);
    for (int kind = OUT_PLOT_SVG; kind <= OUT_PLOT_PDF; kind++) {
        size_t ending = strlen(kinds[kind].ending);
        if (length > ending && strcasecmp(name + length - ending, kinds[kind].ending) == 0)
            return (out_plot_kind)kind;
    }
    return OUT_PLOT_NONE;
}

/* 1 if the file's last bytes hold the mark that ends its format. */
static bool whole(const char *path, out_plot_kind kind)
{
    char tail[65] = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t got = 0;
    if (fseek(file, -64, SEEK_END) == 0)
        got = fread(tail, 1, 64, file);
    fclose(file);
    return got > 0 && memmem(tail, got, kinds[kind].last, strlen(kinds[kind].last)) != NULL;
}

int out_page_start(out_page *page, const out_target *target)
{
    const char *path = target->path;
    *page = (out_page){.target = target};
    if (strpbrk(path, "\n\r")) {
        snprintf(target->problem, target->size,
                 "a file name with a line break cannot be passed to gnuplot");
        return -1;
    }
    if (out_gnuplot_start(&page->run, target->problem, target->size) != 0)
        return -1;
    page->script = page->run.script;
    fprintf(page->script, "set encoding utf8\nset terminal %s\nset output ",
            kinds[target->kind].terminal);
    /* gnuplot takes a leading '|' for a command and '~' for a home */
    char place[PATH_MAX + 2];
    snprintf(place, sizeof place, "%s%s", path[0] == '/' ? "" : "./", path);
    out_gnuplot_quote(page->script, place);
    fputs("\n", page->script);
    return 0;
}

int out_page_finish(out_page *page)
{
    const out_target *target = page->target;
    if (out_gnuplot_finish(&page->run, target->problem, target->size) != 0)
        return -1;
    if (target->checked && !whole(target->path, target->kind)) {
        snprintf(target->problem, target->size,
                 "gnuplot left an incomplete file (is the disk full?)");
        return -1;
    }
    return 0;
}

void out_page_block(FILE *script, const char *name, const double *x, const double *y, size_t n)
{
    fprintf(script, "$%s << END\n", name);
    for (size_t i = 0; i < n; i++)
        if (isnan(y[i]))
            fputc('\n', script);
        else
            fprintf(script, "%.12g %.12g\n", x[i], y[i]);
    fputs("END\n", script);
}

void out_page_title(FILE *script, const char *title, const char *second)
{
    fputs("set label 1 ", script);
    out_gnuplot_quote(script, title);
    fputs(" at screen 0.54,0.965 center noenhanced\n", script);
    if (!second)
        return;
    fputs("set label 2 ", script);
    out_gnuplot_quote(script, second);
    fputs(" at screen 0.54,0.922 center font ',13' textcolor '#444444'\n", script);
}
