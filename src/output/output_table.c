/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables for people. One shape throughout: a heading at the margin, then rows of a name (two spaces in, 18
 * wide), values in columns of 18, and a remark in words. */
#include "output_table.h"
#include "output_design.h"
#include "output_layers.h"
#include "output_picture.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

static void name(FILE *stream, const char *text)
{
    fprintf(stream, "  %-18s", text);
}

/* A number, or a dash with the reason in the remark. */
static void value(FILE *stream, double x)
{
    if (isnan(x))
        fprintf(stream, "%-18s", "-");
    else
        fprintf(stream, "%-18.10g", x);
}

static void row(FILE *stream, const char *key, double x, const char *remark)
{
    name(stream, key);
    if (*remark) {
        value(stream, x);
        fprintf(stream, "%s\n", remark);
    } else {
        fprintf(stream, isnan(x) ? "-\n" : "%.10g\n", x);
    }
}

void out_table_network(FILE *stream, const out_heading *heading)
{
    fputs("Network\n", stream);
    name(stream, "activation");
    fprintf(stream, "%s\n", heading->activation);
    if (heading->weights) {
        name(stream, "weights");
        fprintf(stream, "%s\n", heading->weights);
    }
    name(stream, "depth");
    fprintf(stream, "%.0f\n", heading->depth);
    name(stream, "placed");
    fprintf(stream, "%s\n", heading->placed);
}

static void sigma_write(FILE *stream, const char *key, double sigma)
{
    char remark[64];
    snprintf(remark, sizeof remark, "%s^2 = %.10g", key, sigma * sigma);
    row(stream, key, sigma, isnan(sigma) ? "not the same in all layers" : remark);
}

/* Of a network without a fixed point, or whose layers have none in common. */
static void no_point_write(FILE *stream, const fj_meanfield *point, const char *missing)
{
    fputs("\nMean field\n", stream);
    row(stream, "q*", NAN, missing);
    sigma_write(stream, "sigma_w", point->sigma_w);
    sigma_write(stream, "sigma_b", point->sigma_b);
}

void out_table_point(FILE *stream, const fj_meanfield *point, const char *missing)
{
    static const char *const meaning[] = {
        [FJ_PHASE_ORDERED] = "ordered: gradients vanish with depth",
        [FJ_PHASE_CRITICAL] = "critical: gradients keep their mean size",
        [FJ_PHASE_CHAOTIC] = "chaotic: gradients explode with depth",
    };
    if (isnan(point->q_star)) {
        no_point_write(stream, point, missing);
        return;
    }
    fputs("\nMean field\n", stream);
    row(stream, "q*", point->q_star, "");
    sigma_write(stream, "sigma_w", point->sigma_w);
    sigma_write(stream, "sigma_b", point->sigma_b);
    row(stream, "chi", point->chi, meaning[point->phase]);
    row(stream, "slope at q*", point->slope,
        point->stable ? "stable: the length map stays at q*"
                      : "UNSTABLE: sampled networks drift away");
}

/* The sections follow the network, or stand at the top where there is none. */
static void sections_write(FILE *stream, const out_spectrum *result)
{
    for (size_t i = 0; i < result->section_count; i++) {
        const out_section *section = &result->sections[i];
        fprintf(stream, "%s%s\n", i || result->heading.activation ? "\n" : "", section->title);
        for (size_t k = 0; k < section->count; k++) {
            const out_entry *entry = &section->entries[k];
            if (!entry->text) {
                row(stream, entry->name, entry->value, entry->remark);
                continue;
            }
            name(stream, entry->name);
            fprintf(stream, *entry->remark ? "%-18s%s\n" : "%s%s\n", entry->text, entry->remark);
        }
    }
}

enum { PLACE_SIZE = 40 };

/* A place on the axis of s, as a power of ten where a double cannot hold it. */
static const char *place(char text[PLACE_SIZE], double s, double log_s)
{
    if (isnan(out_place(s, log_s)))
        snprintf(text, PLACE_SIZE, "10^%.10g", log_s / log(10));
    else
        snprintf(text, PLACE_SIZE, "%.10g", s);
    return text;
}

static void support_write(FILE *stream, const out_spectrum *result)
{
    char low[PLACE_SIZE], high[PLACE_SIZE];
    fputs("\nSingular values s\n", stream);
    name(stream, "s_min");
    fprintf(stream, "%s\n", place(low, result->low.s, result->low.log_s));
    name(stream, "s_max");
    fprintf(stream, "%s\n", place(high, result->high.s, result->high.log_s));
    for (size_t i = 0; i < result->interval_count; i++) {
        const fj_spectrum_interval *interval = &result->intervals[i];
        name(stream, i ? "" : "continuous on");
        fprintf(stream, "[%s, %s]\n", place(low, interval->s_min, interval->log_s_min),
                place(high, interval->s_max, interval->log_s_max));
    }
    if (!result->interval_count) {
        name(stream, "continuous on");
        fputs("nothing: the law is all atoms\n", stream);
    }
    for (size_t i = 0; i < result->atom_count; i++) {
        const fj_spectrum_atom *atom = &result->atoms[i];
        name(stream, i ? "" : "atoms");
        fprintf(stream, "mass %-18.10gat s = %s\n", atom->mass, place(low, atom->s, atom->log_s));
    }
    if (!result->atom_count) {
        name(stream, "atoms");
        fputs("none\n", stream);
    }
}

static void moments_write(FILE *stream, const out_spectrum *result)
{
    fputs("\nlambda = s^2\n", stream);
    row(stream, "mean", result->mean, "");
    row(stream, "variance", result->variance, "");
    row(stream, "mean of log", result->mean_log, isnan(result->mean_log) ? "not finite" : "");
    for (size_t i = 0; i < result->moment_count; i += 3) {
        char key[48];
        size_t last = i + 3 < result->moment_count ? i + 3 : result->moment_count;
        if (last == i + 1)
            snprintf(key, sizeof key, "moment %zu", i + 1);
        else
            snprintf(key, sizeof key, "moments %zu to %zu", i + 1, last);
        name(stream, key);
        for (size_t k = i; k < last; k++)
            fprintf(stream, k + 1 < last ? "%-18.10g" : "%.10g\n", result->moments[k]);
    }
}

void out_table_quantiles(FILE *stream, const out_quantile *quantile, size_t count)
{
    fputs("\nQuantiles\n  p                 s                 log10 s\n", stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "  %-18.10g", quantile[i].p);
        value(stream, quantile[i].s);
        fprintf(stream, isnan(quantile[i].log10_s) ? "-\n" : "%.10g\n", quantile[i].log10_s);
    }
}

static void points_write(FILE *stream, const out_spectrum *result)
{
    fputs("\nPoints\n"
          "  s               density         cdf             log10 s         per log10 s\n",
          stream);
    for (size_t i = 0; i < result->point_count && !ferror(stream); i++) {
        double values[OUT_POINT_COLUMNS];
        out_point_values(&result->points[i], values);
        fputs("  ", stream);
        for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
            const char *end = k + 1 < OUT_POINT_COLUMNS ? " " : "\n";
            int width = k + 1 < OUT_POINT_COLUMNS ? 15 : 0;
            if (isnan(values[k]))
                fprintf(stream, "%-*s%s", width, "-", end);
            else
                fprintf(stream, "%-*.9g%s", width, values[k], end);
        }
    }
}

void out_table_spectrum(FILE *stream, const out_spectrum *result, bool unicode)
{
    if (result->heading.activation)
        out_table_network(stream, &result->heading);
    if (result->point)
        out_table_point(stream, result->point, result->heading.missing);
    if (out_layers_differ(&result->heading) || (result->point && isnan(result->point->q_star)))
        out_table_layers(stream, &result->heading);
    sections_write(stream, result);
    if (result->design)
        out_table_design(stream, result->design);
    support_write(stream, result);
    moments_write(stream, result);
    out_table_quantiles(stream, result->quantiles, result->quantile_count);
    if (result->points_listed)
        points_write(stream, result);
    out_picture_draw(stream, result, unicode);
    if (result->point_count > result->failed_count) {
        fprintf(stream,
                "\nLargest estimated error of the density: %.1g relative, over %zu points.\n",
                result->max_error, result->point_count - result->failed_count);
    }
    if (result->failed_count)
        fprintf(stream, "%zu points did not reach their tolerance.\n", result->failed_count);
    if (result->design)
        out_table_framework(stream, result->design);
}

/* All fixed points, where there is more than one or none is reached. */
static void fixed_points_write(FILE *stream, const fj_meanfield *point)
{
    bool reached = !isnan(point->q_star);
    if (point->fixed_point_count < (reached ? 2 : 1))
        return;
    fputs("\nFixed points of the length map\n"
          "  q                 slope             chi\n",
          stream);
    for (size_t i = 0; i < point->fixed_point_count; i++) {
        const fj_fixed_point *one = &point->fixed_points[i];
        bool here = out_fixed_point_in_force(point, i);
        bool stable = here ? point->stable : fabs(one->slope) < 1;
        fprintf(stream, "  %-18.10g%-18.10g%-18.10g%s%s\n", one->q, one->slope, one->chi,
                stable ? "stable" : "unstable", here ? ", reached: q*" : "");
    }
}

static void layer_write(FILE *stream, const out_meanfield *result, double from, double to)
{
    const fj_layer *layer = out_layer(result, from);
    char label[48];
    if (to > from)
        snprintf(label, sizeof label, "%.0f to %.0f", from, to);
    else
        snprintf(label, sizeof label, "%.0f", from);
    fprintf(stream, "  %-17s ", label);
    value(stream, layer->q);
    value(stream, layer->chi);
    if (result->correlated)
        value(stream, layer->c);
    fprintf(stream, isnan(layer->c) ? "-\n" : "%.10g\n",
            result->correlated ? layer->one_minus_c : layer->c);
}

/* Layers 1, 2, 3, 5, 7, 10, 15, 20, ... and the last; those that are all alike in one row. */
static void layers_write(FILE *stream, const out_meanfield *result)
{
    static const double steps[] = {1, 1.5, 2, 3, 5, 7};
    const double depth = result->heading.depth;
    double known = (double)result->layer_count;
    bool alike = result->settled && known < depth;
    fprintf(stream, "\nLayers\n  layer             q                 chi               %s\n",
            result->correlated ? "c                 1 - c" : "c");
    double last = fmin(known, depth), decade = 1;
    for (int i = 0; decade * steps[i] < last; i++) {
        double l = decade * steps[i];
        if (l == floor(l))
            layer_write(stream, result, l, l);
        if (i == 5)
            i = -1, decade *= 10;
    }
    layer_write(stream, result, last, alike ? depth : last);
}

void out_table_meanfield(FILE *stream, const out_meanfield *result)
{
    const fj_meanfield *point = result->point;
    bool reached = !isnan(point->q_star);
    out_table_network(stream, &result->heading);
    if (reached) {
        out_table_point(stream, point, "");
        row(stream, "xi_q", point->xi_q,
            isnan(point->xi_q) ? "lengths do not settle exponentially here"
                               : "layers, for lengths");
        row(stream, "xi_c", point->xi_c,
            !isnan(point->xi_c)                 ? "layers, for correlations"
            : point->phase == FJ_PHASE_CRITICAL ? "infinite on the critical line"
                                                : "not found");
        row(stream, "c*", point->c_star,
            isnan(point->c_star) ? "not found" : "where correlations of two inputs go");
    } else {
        no_point_write(stream, point, "no fixed point is reached from q0");
    }
    fixed_points_write(stream, point);
    layers_write(stream, result);
}

/* Prints text from column 16 on, broken at spaces before column 80. */
static void wrap(FILE *stream, const char *text)
{
    enum { INDENT = 16, WIDTH = 78 - INDENT };
    while (*text) {
        size_t length = strlen(text), cut = length;
        if (length > WIDTH) {
            for (cut = WIDTH; cut > 0 && text[cut] != ' '; cut--)
                ;
            if (cut == 0)
                cut = strcspn(text, " ");
        }
        fprintf(stream, "%*s%.*s\n", INDENT, "", (int)cut, text);
        text += cut + (text[cut] == ' ');
    }
}

void out_table_activations(FILE *stream)
{
    for (size_t i = 0; i < fj_activation_count(); i++) {
        fj_activation_info info;
        if (fj_activation_describe(i, &info) != FJ_OK)
            continue;
        fprintf(stream, "%s%-15s %s\n", i ? "\n" : "", info.name, info.formula);
        if (*info.parameters)
            fprintf(stream, "%16sparameter %s\n", "", info.parameters);
        if (info.parity != FJ_PARITY_NONE)
            fprintf(stream, "%16s%s\n", "", out_parity_word(info.parity));
        wrap(stream, info.remark);
    }
    fprintf(stream, "\n%-15s %s\n", "expr:FORMULA", "a formula of your own in x");
    wrap(stream,
         "of numbers, x, pi, e, + - * / ^, parentheses, comparisons (x > 1 is 1 or 0), and the "
         "functions exp log sqrt sin cos tan sinh cosh tanh asinh atan atanh erf erfc expm1 log1p "
         "sigmoid softplus relu abs sign step max min where(condition, a, b); -x^2 is -(x^2), "
         "x^2^3 is "
         "x^(2^3)");
    wrap(stream, "kinks are found; 'expr:FORMULA;kinks=K,...' cuts the axis at more places");
    wrap(stream, "refused: formulas not finite or with a jump somewhere, with unbounded slope or "
                 "curvature at some x, and constants; the slope may grow without bound far out "
                 "(x^3, exp(x)): then there is no largest singular value");
}
