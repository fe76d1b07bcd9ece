/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The density as a small picture in characters:
 *   1. each column's height in steps of 1/8 of a row (1/2 in ASCII), the highest column filling all rows;
 *   2. rows from the top, with the scale at the left;
 *   3. the axis with five labelled ticks, and a mark where an atom stands. */
#include "output_picture.h"
#include <math.h>
#include <string.h>

enum { ROWS = 10, TICKS = 5, LABEL_WIDTH = 10, COLUMNS = OUT_PICTURE_COLUMNS };

static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const letters[] = {" ", ".", "#"};

/* Steps filled in a column: a density above 0 is always visible. */
static int steps_filled(double height, double highest, int steps_in_row)
{
    if (!(height > 0))
        return 0;
    double filled = round(height / highest * ROWS * steps_in_row);
    return filled < 1 ? 1 : (int)filled;
}

static void rows_draw(FILE *stream, const out_picture *picture, double highest, bool unicode)
{
    int steps = unicode ? 8 : 2;
    const char *const *glyphs = unicode ? blocks : letters;
    for (int row = ROWS - 1; row >= 0; row--) {
        if (row == ROWS - 1)
            fprintf(stream, "%*.4g ", LABEL_WIDTH, highest);
        else if (row == ROWS / 2 - 1)
            fprintf(stream, "%*.4g ", LABEL_WIDTH, highest / 2);
        else
            fprintf(stream, "%*s ", LABEL_WIDTH, "");
        fputs(unicode ? "│" : "|", stream);
        int last = -1;
        for (int i = 0; i < COLUMNS; i++)
            if (steps_filled(picture->height[i], highest, steps) > row * steps)
                last = i;
        for (int i = 0; i <= last; i++) {
            int part = steps_filled(picture->height[i], highest, steps) - row * steps;
            fputs(glyphs[part < 0 ? 0 : part > steps ? steps : part], stream);
        }
        fputc('\n', stream);
    }
}

static int tick_column(int tick)
{
    return tick * (COLUMNS - 1) / (TICKS - 1);
}

/* Copies text into line so that its middle stands at `middle`, kept inside the line. */
static void text_place(char *line, int width, int middle, const char *text)
{
    int length = (int)strlen(text), from = middle - length / 2;
    if (from + length > width)
        from = width - length;
    if (from < 0)
        from = 0;
    for (int i = 0; i < length && from + i < width; i++)
        line[from + i] = text[i];
}

static void line_print(FILE *stream, char *line, int width)
{
    while (width > 0 && line[width - 1] == ' ')
        width--;
    fprintf(stream, "%.*s\n", width, line);
}

static void axis_draw(FILE *stream, const out_picture *picture, bool unicode)
{
    fprintf(stream, "%*d %s", LABEL_WIDTH, 0, unicode ? "└" : "+");
    for (int i = 0, tick = 0; i < COLUMNS; i++) {
        bool here = i == tick_column(tick);
        fputs(unicode ? here ? "┴" : "─" : here ? "+" : "-", stream);
        tick += here;
    }
    enum { WIDTH = LABEL_WIDTH + 2 + COLUMNS + 4 };
    char line[WIDTH];
    memset(line, ' ', WIDTH);
    for (int tick = 0; tick < TICKS; tick++) {
        char text[32];
        double x = picture->from + (picture->to - picture->from) * tick / (TICKS - 1);
        snprintf(text, sizeof text, "%.*g", out_digits(picture->from, picture->to),
                 fabs(x) < 1e-12 * fabs(picture->to) ? 0 : x);
        text_place(line, WIDTH, LABEL_WIDTH + 2 + tick_column(tick), text);
    }
    fputc('\n', stream);
    line_print(stream, line, WIDTH);
}

static double atom_position(const out_picture *picture, const fj_spectrum_atom *atom)
{
    double x = picture->logarithmic ? atom->log_s / log(10) : atom->s;
    return (x - picture->from) / (picture->to - picture->from) * COLUMNS;
}

static void atoms_draw(FILE *stream, const out_spectrum *result)
{
    enum { WIDTH = LABEL_WIDTH + 2 + COLUMNS };
    char line[WIDTH];
    memset(line, ' ', WIDTH);
    bool any = false;
    for (size_t i = 0; i < result->atom_count; i++) {
        double at = atom_position(&result->picture, &result->atoms[i]);
        if (!(at >= 0 && at <= COLUMNS))
            continue;
        int column = at >= COLUMNS ? COLUMNS - 1 : (int)at;
        line[LABEL_WIDTH + 2 + column] = '^';
        any = true;
    }
    if (any) {
        text_place(line, WIDTH, LABEL_WIDTH - 3, "atoms");
        line_print(stream, line, WIDTH);
    }
}

void out_picture_draw(FILE *stream, const out_spectrum *result, bool unicode)
{
    const out_picture *picture = &result->picture;
    double highest = 0;
    for (int i = 0; i < COLUMNS; i++)
        highest = fmax(highest, picture->height[i]);
    if (!picture->drawn || !(highest > 0) || !isfinite(highest))
        return;
    fprintf(stream, "\nDensity over %s (continuous part, averaged over each column)\n",
            picture->logarithmic ? "log10 s" : "s");
    rows_draw(stream, picture, highest, unicode);
    axis_draw(stream, picture, unicode);
    atoms_draw(stream, result);
    const double least_share = 5e-5; /* what four digits of a percentage can show */
    if (picture->mass_left >= least_share)
        fprintf(stream, "  (%.4g%% of the mass lies to the left of the picture)\n",
                100 * picture->mass_left);
    if (picture->mass_right >= least_share)
        fprintf(stream, "  (%.4g%% of the mass lies to the right of the picture)\n",
                100 * picture->mass_right);
}
