/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law drawn by gnuplot: two panels over one axis, the density above, the distribution function below.
 *   1. atoms as labelled stems through the upper panel; where the law is all atoms the stem's height is the mass;
 *   2. colours from Okabe and Ito's palette. */
#include "output_plot.h"
#include "output_layers.h"
#include "output_page.h"
#include <math.h>
#include <string.h>

/* Title and subtitle as given, or made from the network. */
static void title_write(FILE *script, const out_spectrum *result)
{
    char title[512], subtitle[512] = "";
    const out_heading *heading = &result->heading;
    const fj_meanfield *point = result->point;
    if (result->title)
        snprintf(title, sizeof title, "%s", result->title);
    else
        snprintf(
            title, sizeof title, "Singular values of the Jacobian: %s%s, %s weights, depth %.0f",
            heading->activation, strcmp(heading->activation, "mixed") == 0 ? " activations" : "",
            heading->weights, heading->depth);
    if (result->subtitle)
        snprintf(subtitle, sizeof subtitle, "%s", result->subtitle);
    else if (out_layers_differ(heading) || (point && isnan(point->q_star)))
        out_layers_words(heading, subtitle, sizeof subtitle);
    else if (point)
        snprintf(subtitle, sizeof subtitle, "q* = %.6g,  χ = %.6g,  σ_w = %.6g,  σ_b = %.6g",
                 point->q_star, point->chi, point->sigma_w, point->sigma_b);
    out_page_title(script, title, subtitle);
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
            fprintf(script,
                    "set arrow from %.12g, graph 0 to %.12g, graph %.6g nohead lw 2.5 lc "
                    "'" OUT_VERMILLION "' front\n",
                    x, x, height);
        fprintf(script,
                "set label 'atom: mass %.6g at s = %.6g%s' at graph %.6g, "
                "graph %.6g %s "
                "offset %s,0 tc '" OUT_VERMILLION "' front boxed\n",
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

static void script_write(FILE *script, const out_spectrum *result, const out_curve *curve)
{
    char format[16];
    if (curve->logarithmic)
        snprintf(format, sizeof format, "10^{%%.0f}");
    else
        snprintf(format, sizeof format, "%%.%dg", out_digits(curve->from, curve->to));
    out_page_block(script, "density", curve->density_x, curve->density_y, curve->density_count);
    out_page_block(script, "cdf", curve->cdf_x, curve->cdf_y, curve->cdf_count);
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
                curve->top, curve->logarithmic ? "log₁₀ s" : "s");
        fputs(
            "plot $density using 1:2 with filledcurves y1=0 fc '" OUT_BLUE
            "' fs transparent solid 0.18 noborder, $density using 1:2 with lines lw 2 lc '" OUT_BLUE
            "'\n",
            script);
    } else {
        fputs("set yrange [0:1.15]\nset ylabel 'mass of the atom' offset 0.5,0\n"
              "plot NaN\n",
              script);
    }
    fprintf(script,
            "unset label\nunset arrow\nset tmargin screen 0.40\nset bmargin screen 0.115\n"
            "set format x '%s'\nset yrange [0:1.04]\nset ytics 0.25\n"
            "set xlabel 'singular value s'\nset ylabel 'share ≤ s' "
            "offset 0.5,0\n"
            "plot $cdf using 1:2 with lines lw 2 lc '" OUT_GREEN "'\n"
            "unset multiplot\nset output\n",
            format);
}

int out_plot_spectrum(const out_spectrum *result, const out_curve *curve, const out_target *target)
{
    out_page page;
    if (out_page_start(&page, target) != 0)
        return -1;
    script_write(page.script, result, curve);
    return out_page_finish(&page);
}
