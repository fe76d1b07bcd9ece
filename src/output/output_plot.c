/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law drawn by gnuplot: two panels over one axis, the density above, the distribution function below.
 *   1. the numbers as inline data blocks, so that no second file is needed;
 *   2. atoms as labelled stems through the upper panel; where the law is all atoms the stem's height is the mass;
 *   3. colours from Okabe and Ito's palette, told apart by every kind of colour vision;
 *   4. the finished file must end as its format ends: gnuplot does not notice a full disk. */
#include "output_plot.h"
#include "output_gnuplot.h"
#include <limits.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define BLUE       "#0072B2"
#define VERMILLION "#D55E00"
#define GREEN      "#009E73"

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

static void block_write(FILE *script, const char *name, const double *x, const double *y, size_t n)
{
    fprintf(script, "$%s << END\n", name);
    for (size_t i = 0; i < n; i++)
        if (isnan(y[i]))
            fputc('\n', script);
        else
            fprintf(script, "%.12g %.12g\n", x[i], y[i]);
    fputs("END\n", script);
}

/* Title and subtitle as given, or made from the network. */
static void title_write(FILE *script, const out_spectrum *result)
{
    char title[512], subtitle[512] = "";
    const out_heading *heading = &result->heading;
    const fj_meanfield *point = result->point;
    if (result->title)
        snprintf(title, sizeof title, "%s", result->title);
    else
        snprintf(title, sizeof title, "Singular values of the Jacobian: %s, %s weights, depth %.0f",
                 heading->activation, heading->weights, heading->depth);
    if (result->subtitle)
        snprintf(subtitle, sizeof subtitle, "%s", result->subtitle);
    else if (point)
        snprintf(subtitle, sizeof subtitle, "q* = %.6g,  χ = %.6g,  σ_w = %.6g,  σ_b = %.6g",
                 point->q_star, point->chi, point->sigma_w, point->sigma_b);
    fputs("set label 1 ", script);
    out_gnuplot_quote(script, title);
    fputs(" at screen 0.54,0.965 center noenhanced\n", script);
    fputs("set label 2 ", script);
    out_gnuplot_quote(script, subtitle);
    fputs(" at screen 0.54,0.922 center font ',13' textcolor '#444444'\n", script);
}

/* A stem and its label for each atom. Labels stand inside the panel, one below the other. */
static void atoms_write(FILE *script, const out_spectrum *result, const out_curve *curve)
{
    for (size_t i = 0; i < result->atom_count; i++) {
        const fj_spectrum_atom *atom = &result->atoms[i];
        double x = curve->logarithmic ? atom->log_s / log(10) : atom->s;
        double place = (x - curve->from) / (curve->to - curve->from);
        bool outside = !(place >= 0 && place <= 1);
        double height = curve->top > 0 ? 1 : atom->mass / 1.15;
        double label = curve->top > 0 ? 0.93 - 0.09 * (double)(i % 8) : fmin(height, 0.93);
        bool left = place > 0.5 && !outside;
        if (!outside)
            fprintf(
                script,
                "set arrow from %.12g, graph 0 to %.12g, graph %.6g nohead lw 2.5 lc '" VERMILLION
                "' front\n",
                x, x, height);
        fprintf(script,
                "set label 'atom: mass %.6g at {/:Italic s} = %.6g%s' at graph %.6g, graph %.6g %s "
                "offset %s,0 tc '" VERMILLION "' front boxed\n",
                atom->mass, atom->s, outside ? " (outside the axis)" : "",
                outside ? (place > 1 ? 1 : 0) : place, label,
                left || (outside && place > 1) ? "right" : "left",
                left || (outside && place > 1) ? "-0.7" : "0.7");
    }
}

/* The least of 1, 2, 5, 10, 20, 50, ... that gives at most `most` steps. */
static double step_find(double range, int most)
{
    double step = 1;
    for (int i = 0; range / step > most && i < 60; i++)
        step *= i % 3 == 1 ? 2.5 : 2;
    return step;
}

static void axis_write(FILE *script, const out_curve *curve)
{
    double range = curve->to - curve->from;
    fprintf(script, "set xrange [%.12g:%.12g]\n", curve->from, curve->to);
    if (curve->logarithmic) /* the longer the exponents, the fewer fit */
        fprintf(script, "set xtics %.12g\n", step_find(range, range < 1e4 ? 8 : 5));
}

static void script_write(FILE *script, const out_spectrum *result, const out_curve *curve,
                         out_plot_kind kind, const char *path)
{
    char format[16];
    if (curve->logarithmic)
        snprintf(format, sizeof format, "10^{%%.0f}");
    else
        snprintf(format, sizeof format, "%%.%dg", out_digits(curve->from, curve->to));
    fprintf(script, "set encoding utf8\nset terminal %s\nset output ", kinds[kind].terminal);
    /* gnuplot takes a leading '|' for a command and '~' for a home */
    char place[PATH_MAX + 2];
    snprintf(place, sizeof place, "%s%s", path[0] == '/' ? "" : "./", path);
    out_gnuplot_quote(script, place);
    fputs("\n", script);
    block_write(script, "density", curve->density_x, curve->density_y, curve->density_count);
    block_write(script, "cdf", curve->cdf_x, curve->cdf_y, curve->cdf_count);
    fputs("set multiplot\nset lmargin screen 0.115\nset rmargin screen 0.965\nunset key\n"
          "set style textbox opaque fillcolor 'white' noborder margins 0.3,0.3\n"
          "set border 3 lc '#444444'\nset tics nomirror\nset grid lc '#dddddd' lt 1 lw 0.7\n",
          script);
    axis_write(script, curve);
    title_write(script, result);
    atoms_write(script, result, curve);
    fputs("set tmargin screen 0.885\nset bmargin screen 0.43\nset format x ''\n", script);
    if (curve->top > 0) {
        fprintf(script, "set yrange [0:%.12g]\nset ylabel 'density per unit %s' offset 0.5,0\n",
                curve->top, curve->logarithmic ? "log_{10} {/:Italic s}" : "{/:Italic s}");
        fputs("plot $density using 1:2 with filledcurves y1=0 fc '" BLUE
              "' fs transparent solid 0.18 noborder, $density using 1:2 with lines lw 2 lc '" BLUE
              "'\n",
              script);
    } else {
        fputs("set yrange [0:1.15]\nset ylabel 'mass of the atom' offset 0.5,0\n"
              "plot NaN\n",
              script);
    }
    fprintf(
        script,
        "unset label\nunset arrow\nset tmargin screen 0.40\nset bmargin screen 0.115\n"
        "set format x '%s'\nset yrange [0:1.04]\nset ytics 0.25\n"
        "set xlabel 'singular value {/:Italic s}'\nset ylabel 'share ≤ {/:Italic s}' offset 0.5,0\n"
        "plot $cdf using 1:2 with lines lw 2 lc '" GREEN "'\n"
        "unset multiplot\nset output\n",
        format);
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

int out_plot_spectrum(const out_spectrum *result, const out_curve *curve, out_plot_kind kind,
                      const char *path, bool checked, char *problem, size_t size)
{
    out_gnuplot run;
    if (strpbrk(path, "\n\r")) {
        snprintf(problem, size, "a file name with a line break cannot be passed to gnuplot");
        return -1;
    }
    if (out_gnuplot_start(&run, problem, size) != 0)
        return -1;
    script_write(run.script, result, curve, kind, path);
    if (out_gnuplot_finish(&run, problem, size) != 0)
        return -1;
    if (checked && !whole(path, kind)) {
        snprintf(problem, size, "gnuplot left an incomplete file (is the disk full?)");
        return -1;
    }
    return 0;
}
