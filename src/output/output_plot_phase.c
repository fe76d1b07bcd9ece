/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phase diagram drawn by gnuplot, after figure 1 of Pennington et al. 2017:
 *   1. chi as colour, logarithmic, white at 1, clipped; grey where there is no fixed point, and named so;
 *   2. the critical line, solid where networks stay on it, dashed where they drift away;
 *   3. the names of the phases where they have most room: the cell farthest from any other phase. */
#include "output_page.h"
#include <math.h>

enum { NAMES_W = 48, NAMES_B = 36, NO_PHASE = 3, PHASES = 4 };

/* A name is so many times as wide as high. */
static const double NAME_ASPECT = 3;
/* A phase must have this much room around its name, in heights of the picture. */
static const double ROOM_LEAST = 0.055;
/* Between places of equal room the one nearer to the middle. */
static const double CENTRED = 0.02;
/* The colour scale ends between these powers of two of chi. */
static const double SCALE_LEAST = 1, SCALE_MOST = 2;

static int phase_of(const fj_phase_point *point)
{
    return isnan(point->chi) ? NO_PHASE : (int)point->phase;
}

static int phase_at(const out_phase_map *map, int i, int j)
{
    size_t w = (size_t)((i + 0.5) * (double)map->n_w / NAMES_W);
    size_t b = (size_t)((j + 0.5) * (double)map->n_b / NAMES_B);
    return phase_of(&map->points[w * map->n_b + b]);
}

/* Distance from (i, j) to the nearest cell of another phase or to the border, the width counted less. */
static double room_at(const out_phase_map *map, int i, int j)
{
    int phase = phase_at(map, i, j);
    double x = (i + 0.5) / NAMES_W, y = (j + 0.5) / NAMES_B;
    double room = fmin(fmin(x, 1 - x) / NAME_ASPECT * 1.4, fmin(y, 1 - y));
    for (int k = 0; k < NAMES_W; k++)
        for (int l = 0; l < NAMES_B; l++)
            if (phase_at(map, k, l) != phase)
                room = fmin(
                    room, hypot((k - i) * 1.4 / NAME_ASPECT / NAMES_W, (double)(l - j) / NAMES_B));
    return room;
}

static void names_write(FILE *script, const out_phase_map *map)
{
    static const char *const names[PHASES] = {
        [FJ_PHASE_ORDERED] = "{/:Bold ordered}\\n{/*0.8 gradients vanish}",
        [FJ_PHASE_CRITICAL] = "{/:Bold critical}",
        [FJ_PHASE_CHAOTIC] = "{/:Bold chaotic}\\n{/*0.8 gradients explode}",
        [NO_PHASE] = "{/:Bold no fixed point}\\n{/*0.8 q grows without bound}",
    };
    double best[PHASES] = {0}, x[PHASES] = {0}, y[PHASES] = {0};
    for (int i = 0; i < NAMES_W; i++)
        for (int j = 0; j < NAMES_B; j++) {
            int phase = phase_at(map, i, j);
            double x0 = (i + 0.5) / NAMES_W - 0.5, y0 = (j + 0.5) / NAMES_B - 0.5;
            double room = room_at(map, i, j) - CENTRED * hypot(x0, y0);
            if (room <= best[phase])
                continue;
            best[phase] = room;
            x[phase] = (i + 0.5) / NAMES_W;
            y[phase] = (j + 0.5) / NAMES_B;
        }
    for (int phase = 0; phase < PHASES; phase++)
        if (best[phase] > ROOM_LEAST)
            fprintf(script, "set label \"%s\" at graph %.4f,%.4f center front tc '#222222'\n",
                    names[phase], x[phase], y[phase]);
}

/* The cells as a block of lines, and the end of the colour scale in powers of two. */
static double cells_write(FILE *script, const out_phase_map *map)
{
    double most = SCALE_LEAST;
    fputs("$chi << END\n", script);
    for (size_t j = 0; j < map->n_b; j++) {
        for (size_t i = 0; i < map->n_w; i++) {
            const fj_phase_point *point = &map->points[i * map->n_b + j];
            double level = log2(point->chi);
            if (isnan(point->chi))
                fprintf(script, "%.9g %.9g NaN\n", point->sigma_w, point->sigma_b);
            else
                fprintf(script, "%.9g %.9g %.5g\n", point->sigma_w, point->sigma_b,
                        fmax(-9, fmin(9, level)));
            if (isfinite(level))
                most = fmax(most, fabs(level));
        }
        fputc('\n', script);
    }
    fputs("END\n", script);
    return fmin(SCALE_MOST, ceil(most));
}

static int any(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            return 1;
    return 0;
}

static void marks_write(FILE *script, const out_phase_map *map)
{
    for (size_t i = 0; i < map->mark_count; i++) {
        const out_phase_mark *mark = &map->marks[i];
        fprintf(script,
                "set label 'q* = %.3g' at %.9g,%.9g left offset 0.8,%s front point "
                "pt 7 ps 0.7 font ',12'\n",
                mark->q, mark->sigma_w, mark->sigma_b,
                mark->sigma_b - map->b_from < 0.03 * (map->b_to - map->b_from) ? "0.7" : "-0.4");
    }
    if (map->single_w >= map->w_from && map->single_w <= map->w_to && map->b_from == 0)
        fprintf(script,
                "set label 'critical point σ_w = %.5g' at %.9g,0 left offset 0.8,0.9 front point "
                "pt 7 ps 1.2 font ',13'\n",
                map->single_w, map->single_w);
}

static void script_write(FILE *script, const out_phase_map *map)
{
    char title[256];
    snprintf(title, sizeof title, "Phase diagram: %s", map->heading.activation);
    out_page_title(script, title, "χ = σ_w² E[φ'²] at the fixed point q* of the length map");
    double end = cells_write(script, map);
    out_page_block(script, "line", map->line_w, map->line_b, map->line_count);
    out_page_block(script, "away", map->away_w, map->away_b, map->line_count);
    fprintf(
        script,
        "set lmargin screen 0.105\nset rmargin screen 0.85\nset tmargin screen 0.885\n"
        "set bmargin screen 0.125\nset border lc '#444444'\nset tics out nomirror\n"
        "set xrange [%.12g:%.12g]\nset yrange [%.12g:%.12g]\n"
        "set xlabel 'standard deviation of the weights, σ_w'\n"
        "set ylabel 'standard deviation of the biases, σ_b' offset 0.5,0\n"
        "set palette defined (-1 '#0072B2', -0.5 '#7FB8D8', 0 '#FFFFFF', 0.5 '#EAAE7F', 1 "
        "'#D55E00')\nset cbrange [%g:%g]\nunset cblabel\n"
        "set label 3 'χ' at screen 0.885,0.91 center\n"
        "set object 1 rectangle from graph 0,0 to graph 1,1 behind fc '#E4E4E4' fs solid noborder\n"
        "set cbtics ('¼' -2, '½' -1, '1' 0, '2' 1, '4' 2)\n",
        map->w_from, map->w_to, map->b_from, map->b_to, -end, end);
    names_write(script, map);
    marks_write(script, map);
    int line = any(map->line_w, map->line_count), away = any(map->away_w, map->line_count);
    fputs(line || away ? "set key at graph 0.99,0.97 right top opaque samplen 2 font ',12'\n"
                       : "unset key\n",
          script);
    fputs("plot $chi using 1:2:3 with image notitle", script);
    if (line)
        fputs(", $line using 1:2 with lines lw 2.5 lc '#000000' title 'critical, χ = 1'", script);
    if (away)
        fputs(", $away using 1:2 with lines lw 2.5 dt 2 lc '#000000' title 'critical but unstable: "
              "networks drift away'",
              script);
    fputs("\nset output\n", script);
}

int out_plot_phase(const out_phase_map *map, const out_target *target)
{
    out_page page;
    if (out_page_start(&page, target) != 0)
        return -1;
    script_write(page.script, map);
    return out_page_finish(&page);
}
