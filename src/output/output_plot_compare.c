/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison drawn by gnuplot: two panels, over s and over log10 s; the histogram of the values under the exact density, and
 * at each atom a stem with the share of the values there beside the theory's mass. */
#include <math.h>
#include "output_page.h"

static void atoms_write(FILE *script, const out_compare *result, const out_histogram *panel)
{
    int line = 0;
    for (size_t i = 0; i < result->atom_count; i++) {
        const fj_spectrum_atom *atom = &result->atoms[i];
        const double x = panel->logarithmic ? atom->log_s / log(10) : atom->s;
        const bool inside = x >= panel->from && x <= panel->to;
        const double place = inside ? (x - panel->from) / (panel->to - panel->from) : 0;
        const double height = 0.86 - 0.13 * line++;
        if (inside)
            fprintf(
                script,
                "set arrow from %.12g, graph 0 to %.12g, graph %.4g nohead lw 3 lc '" OUT_GREEN
                "' front\nset arrow from %.12g, graph 0 to %.12g, graph %.4g nohead lw 1.5 dt 2 "
                "lc '" OUT_VERMILLION "' front\n",
                x, x, result->atom_shares[i], x, x, atom->mass);
        fprintf(script,
                "set label 'atom at s = %.5g%s: %.4g (theory %.4g)' at graph %.4g, graph %.4g %s "
                "offset %s,0 tc '" OUT_GREEN "' front boxed\n",
                atom->s, inside ? "" : " (not on this axis)", result->atom_shares[i], atom->mass,
                place, height, place > 0.5 ? "right" : "left", place > 0.5 ? "-0.8" : "0.8");
    }
}

static void panel_write(FILE *script, const out_compare *result, const out_histogram *panel,
                        bool first)
{
    const double range = panel->to - panel->from;
    fprintf(script, "set tmargin screen %s\nset bmargin screen %s\n", first ? "0.885" : "0.435",
            first ? "0.555" : "0.105");
    fprintf(
        script,
        "set xrange [%.12g:%.12g]\nset yrange [0:%.12g]\nset xtics autofreq\nset ytics autofreq\n",
        panel->from, panel->to, panel->top > 0 ? panel->top : 1);
    if (panel->logarithmic && range > 2.5)
        fprintf(script, "set format x '10^{%%.0f}'\nset xtics %.0f\n", ceil(range / 9));
    else
        fputs("set format x '%g'\n", script);
    fprintf(script, "set xlabel '%s' offset 0,0.5\nset ylabel 'density per unit %s' offset 0.5,0\n",
            !panel->logarithmic ? "singular value s"
            : range > 2.5       ? "s"
                                : "log₁₀ s",
            panel->logarithmic ? "log₁₀ s" : "s");
    atoms_write(script, result, panel);
    fprintf(script, "set boxwidth %.12g\n", range / (double)panel->bars);
    fprintf(script, first ? "set key top %s\n" : "unset key %.0s\n",
            result->atom_count ? "center" : "right");
    const char *name = panel->logarithmic ? "log" : "lin";
    fprintf(script,
            "plot $bar%s using 1:2 with boxes fc '#9ecae1' fs solid 0.9 border lc '#ffffff' title "
            "'%zu values', $density%s using 1:2 with lines lw 2 lc '" OUT_VERMILLION
            "' title 'theory'\nunset label\nunset arrow\n",
            name, result->comparison.values, name);
}

int out_plot_compare(const out_compare *result, const out_histogram panel[2],
                     const out_target *target)
{
    out_page page;
    char title[512], second[256];
    if (out_page_start(&page, target) != 0)
        return -1;
    FILE *script = page.script;
    for (int k = 0; k < 2; k++) {
        const char *name = panel[k].logarithmic ? "log" : "lin";
        char block[32];
        snprintf(block, sizeof block, "bar%s", name);
        out_page_block(script, block, panel[k].bar_x, panel[k].bar_y, panel[k].bars);
        snprintf(block, sizeof block, "density%s", name);
        out_page_block(script, block, panel[k].density_x, panel[k].density_y,
                       panel[k].density_count);
    }
    snprintf(title, sizeof title, "%s, %s weights, depth %.0f: %s against theory",
             result->heading.activation, result->heading.weights, result->heading.depth,
             result->values_file ? "measured values" : "sampled networks");
    snprintf(second, sizeof second, "%zu network%s of %.6g values;  KS distance %.4g",
             result->comparison.samples, result->comparison.samples > 1 ? "s" : "", result->width,
             result->comparison.ks_distance);
    fputs("set multiplot\nset lmargin screen 0.115\nset rmargin screen 0.965\n"
          "set style textbox opaque fillcolor 'white' noborder margins 0.3,0.3\n"
          "set border 3 lc '#444444'\nset tics nomirror\nset grid lc '#dddddd' lt 1 lw 0.7\n",
          script);
    out_page_title(script, title, second);
    panel_write(script, result, &panel[0], true);
    panel_write(script, result, &panel[1], false);
    fputs("unset multiplot\nset output\n", script);
    return out_page_finish(&page);
}
