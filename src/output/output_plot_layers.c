/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lengths and correlations by layer, drawn by gnuplot: q above, c (or chi, where one input is followed) below, with
 * lines at the fixed points. The axis ends a little beyond the last layer that changes; long ones are logarithmic. */
#include "output_page.h"
#include <math.h>
#include <stdlib.h>

enum { POINTS_MOST = 600, AXIS_LEAST = 10, LINEAR_MOST = 200, SYMBOLS_MOST = 80 };

typedef struct curves {
    size_t count;
    double layer[POINTS_MOST], q[POINTS_MOST], c[POINTS_MOST], chi[POINTS_MOST];
    double end; /* of the axis */
    bool logarithmic;
} curves;

/* Relative change that can be seen. */
static const double VISIBLE = 1e-3;

/* The last layer that differs visibly from the end. */
static double last_change(const out_meanfield *result)
{
    const fj_layer *end = &result->layers[result->layer_count - 1];
    for (size_t i = result->layer_count; i-- > 1;) {
        const fj_layer *at = &result->layers[i - 1];
        bool same =
            fabs(at->q - end->q) <= VISIBLE * fabs(end->q) && fabs(at->c - end->c) <= VISIBLE;
        if (!same)
            return (double)i + 1;
    }
    return 1;
}

static void curves_fill(const out_meanfield *result, curves *out)
{
    double depth = result->heading.depth, known = (double)result->layer_count;
    double shown = result->settled ? fmin(depth, fmax(AXIS_LEAST, 1.3 * last_change(result)))
                                   : fmin(depth, known);
    out->end = fmax(2, ceil(shown));
    out->logarithmic = out->end > LINEAR_MOST;
    double before = 0;
    for (int i = 0; i < POINTS_MOST; i++) {
        double part = (double)i / (POINTS_MOST - 1);
        double l = round(out->logarithmic ? pow(shown, part) : 1 + (shown - 1) * part);
        if (l <= before)
            continue;
        const fj_layer *layer = out_layer(result, l);
        before = l;
        out->layer[out->count] = l;
        out->q[out->count] = layer->q;
        out->c[out->count] = layer->c;
        out->chi[out->count++] = layer->chi;
    }
}

/* One panel: the curve, and where it goes. */
static void panel_write(FILE *script, const char *block, double goal, const char *goal_name,
                        const char *style)
{
    bool below = goal_name[0] == 'c' && goal > 0.1; /* correlations mostly come from above */
    if (!isnan(goal))
        fprintf(script,
                "set arrow from graph 0, first %.12g to graph 1, first %.12g nohead dt 2 lc "
                "'#555555'\n"
                "set label '%s = %.6g' at graph 0.99, first %.12g right offset 0,%s tc '#555555' "
                "font ',13'\n",
                goal, goal, goal_name, goal, goal, below ? "-0.7" : "0.6");
    fprintf(script, "plot $%s using 1:2 with %s\nunset arrow\nunset label\n", block, style);
}

static void lower_write(FILE *script, const out_meanfield *result, const char *style)
{
    const fj_meanfield *point = result->point;
    fputs("set format x '%g'\nset xlabel 'layer'\nset tmargin screen 0.475\n"
          "set bmargin screen 0.115\n",
          script);
    if (result->correlated) {
        fputs("set yrange [*<0:1.04]\nset ylabel 'correlation of two inputs c'\n", script);
        panel_write(script, "c", point->c_star, "c*", style);
    } else {
        fputs("set yrange [0:*]\nset offsets 0,0,graph 0.1,0\nset ylabel 'gain χ'\n", script);
        panel_write(script, "chi", isnan(point->q_star) ? NAN : point->chi, "χ", style);
    }
}

static void script_write(FILE *script, const out_meanfield *result, const curves *data)
{
    char title[256], second[256], style[64];
    const fj_meanfield *point = result->point;
    bool reached = !isnan(point->q_star);
    snprintf(title, sizeof title, "Mean field by layer: %s", result->heading.activation);
    snprintf(second, sizeof second, "σ_w = %.6g,  σ_b = %.6g,  %s", point->sigma_w, point->sigma_b,
             reached ? out_phase_word(point->phase) : "no fixed point is reached");
    out_page_block(script, "q", data->layer, data->q, data->count);
    out_page_block(script, "c", data->layer, data->c, data->count);
    out_page_block(script, "chi", data->layer, data->chi, data->count);
    out_page_title(script, title, second);
    fprintf(script,
            "set multiplot\nset lmargin screen 0.125\nset rmargin screen 0.965\nunset key\n"
            "set border 3 lc '#444444'\nset tics nomirror\n"
            "set grid lc '#dddddd' lt 1 lw 0.7\nset xrange [1:%.12g]\n",
            data->end);
    if (data->logarithmic)
        fputs("set logscale x\n", script);
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < data->count; i++)
        if (data->q[i] > 0)
            least = fmin(least, data->q[i]), most = fmax(most, data->q[i]);
    bool decades = most > 1e3 * least;
    fputs(decades ? "set logscale y\nset format y '10^{%T}'\n"
                  : "set yrange [0:*]\nset offsets 0,0,graph 0.1,0\n",
          script);
    fputs("set tmargin screen 0.885\nset bmargin screen 0.525\nset format x ''\n"
          "set ylabel 'length q'\n",
          script);
    snprintf(style, sizeof style, "%s lw 2 lc '" OUT_BLUE "'%s",
             data->count <= SYMBOLS_MOST ? "linespoints" : "lines",
             data->count <= SYMBOLS_MOST ? " pt 7 ps 0.5" : "");
    panel_write(script, "q", decades && !(point->q_star > 0) ? NAN : point->q_star, "q*", style);
    if (decades)
        fputs("unset logscale y\nset format y '%g'\n", script);
    fputs("unset offsets\n", script);
    snprintf(style, sizeof style, "%s lw 2 lc '" OUT_GREEN "'%s",
             data->count <= SYMBOLS_MOST ? "linespoints" : "lines",
             data->count <= SYMBOLS_MOST ? " pt 7 ps 0.5" : "");
    lower_write(script, result, style);
    fputs("unset multiplot\nset output\n", script);
}

int out_plot_layers(const out_meanfield *result, const out_target *target)
{
    out_page page;
    curves *data = calloc(1, sizeof *data);
    if (!data) {
        snprintf(target->problem, target->size, "out of memory");
        return -1;
    }
    curves_fill(result, data);
    int code = out_page_start(&page, target);
    if (code == 0) {
        script_write(page.script, result, data);
        code = out_page_finish(&page);
    }
    free(data);
    return code;
}
