/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phase diagram for people:
 *   1. the ranges, and how many points stand in which phase;
 *   2. a map in characters, sigma_b upwards, the grid's points thinned to what fits;
 *   3. of the critical line a table of at most some tens of its points. */
#include <math.h>
#include "output_table.h"

enum { MAP_COLUMNS = 61, MAP_ROWS = 17, LINE_ROWS = 40 };

static char letter(const fj_phase_point *point)
{
    static const char letters[] = {
        [FJ_PHASE_ORDERED] = '.', [FJ_PHASE_CRITICAL] = '+', [FJ_PHASE_CHAOTIC] = '#'};
    if (!isnan(point->chi))
        return letters[point->phase];
    return point->status == FJ_NO_FIXED_POINT ? ' ' : '?';
}

/* The i-th of `shown` among n. */
static size_t thinned(size_t i, size_t shown, size_t n)
{
    return shown > 1 ? (i * (n - 1) + (shown - 1) / 2) / (shown - 1) : 0;
}

static void map_draw(FILE *stream, const out_phase *result)
{
    size_t columns = result->n_w < MAP_COLUMNS ? result->n_w : MAP_COLUMNS;
    size_t rows = result->n_b < MAP_ROWS ? result->n_b : MAP_ROWS;
    fputs("\nMap ('.' ordered, '#' chaotic, '+' critical, ' ' no fixed point, '?' not found)\n",
          stream);
    for (size_t r = rows; r-- > 0;) {
        size_t j = thinned(r, rows, result->n_b);
        if (r + 1 == rows || r == 0)
            fprintf(stream, "%10.4g |", result->points[j].sigma_b);
        else
            fprintf(stream, "%10s |", r == rows / 2 ? "sigma_b" : "");
        for (size_t k = 0; k < columns; k++)
            fputc(letter(&result->points[thinned(k, columns, result->n_w) * result->n_b + j]),
                  stream);
        fputc('\n', stream);
    }
    fprintf(stream, "%10s +", "");
    for (size_t k = 0; k < columns; k++)
        fputc('-', stream);
    char low[32], high[32];
    snprintf(low, sizeof low, "%.4g", result->points[0].sigma_w);
    snprintf(high, sizeof high, "%.4g", result->points[(result->n_w - 1) * result->n_b].sigma_w);
    fprintf(stream, "\n%12s%s", "", low);
    if (columns >= 40)
        fprintf(stream, "%*s%*s", (int)columns / 2, "sigma_w", (int)(columns / 2), high);
    else
        fprintf(stream, " to %s: sigma_w", high);
    fputc('\n', stream);
}

static void count_write(FILE *stream, const char *what, size_t count)
{
    if (count > 0)
        fprintf(stream, "  %-18s%zu\n", what, count);
}

static void grid_write(FILE *stream, const out_phase *result)
{
    size_t phase[3] = {0}, total = result->n_w * result->n_b;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < total; i++) {
        const fj_phase_point *point = &result->points[i];
        if (isnan(point->chi))
            continue;
        phase[point->phase]++;
        least = fmin(least, point->chi);
        most = fmax(most, point->chi);
    }
    fprintf(stream, "  %-18s%zu\n", "points", total);
    count_write(stream, "ordered", phase[FJ_PHASE_ORDERED]);
    count_write(stream, "critical", phase[FJ_PHASE_CRITICAL]);
    count_write(stream, "chaotic", phase[FJ_PHASE_CHAOTIC]);
    count_write(stream, "no fixed point", result->missing);
    count_write(stream, "not found", result->failed);
    if (least <= most)
        fprintf(stream, "  %-18s%.10g to %.10g\n", "chi", least, most);
    if (total > 1)
        map_draw(stream, result);
    fputs("\nThe numbers of every point: --format csv or json, or -o FILE.csv.\n", stream);
}

static void line_write(FILE *stream, const out_phase *result)
{
    size_t shown = result->n_w < LINE_ROWS ? result->n_w : LINE_ROWS / 2 + 1;
    fputs("\nCritical line\n  q*                sigma_w           sigma_b           "
          "fixed point\n",
          stream);
    for (size_t i = 0; i < shown; i++) {
        const fj_phase_point *point = &result->points[thinned(i, shown, result->n_w)];
        if (isnan(point->sigma_w))
            fprintf(stream, "  %-18.10g%-18s%-18s%s\n", point->q_star, "-", "-",
                    point->status == FJ_INFEASIBLE ? "infeasible" : "not found");
        else
            fprintf(stream, "  %-18.10g%-18.10g%-18.10g%s\n", point->q_star, point->sigma_w,
                    point->sigma_b, point->stable ? "stable" : "unstable");
    }
    if (shown < result->n_w)
        fprintf(stream, "(%zu of %zu points; all: --format csv or json)\n", shown, result->n_w);
}

void out_table_phase(FILE *stream, const out_phase *result)
{
    fprintf(stream, "Phase diagram\n  %-18s%s\n", "activation", result->heading.activation);
    if (result->n_b == 0)
        line_write(stream, result);
    else
        grid_write(stream, result);
}
