/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command found, as plain values; every writer (CSV, JSON, table, plot) takes these. Everything
 * pointed to belongs to the command and outlives the writing. */
#ifndef FJ_OUTPUT_RESULT_H
#define FJ_OUTPUT_RESULT_H

#include <freejac/freejac.h>
#include <stdbool.h>
#include <stddef.h>
#include "output_lines.h"

/* What all results carry. */
typedef struct out_heading {
    const char *command;       /* "spectrum" */
    const char *activation;    /* with every parameter filled in; NULL where there is no network */
    const char *weights;       /* NULL where the command has none */
    double depth;              /* whole, at most 1e15 */
    const char *placed;        /* how the network was placed, in words */
    const char *missing;       /* why q_star and chi may not exist, in words */
    const fj_network *network; /* its layers; NULL or without runs where the command has none */
    const double *widths;      /* N_0, ..., N_L as given; none: all equal */
    size_t width_count;
    const out_lines *parameters; /* "key: value", defaults filled in */
    const out_lines *notes;      /* what a reader of the numbers should know */
} out_heading;

typedef struct out_quantile {
    double p, s,
        log10_s; /* s: NaN where it leaves the range of double; log10_s: NaN where s is 0 */
} out_quantile;

enum { OUT_PICTURE_COLUMNS = 64 };

/* The density of s (or of log10 s) averaged over equal columns between from and to. */
typedef struct out_picture {
    bool drawn, logarithmic;
    double from, to; /* s, or log10 s */
    double height[OUT_PICTURE_COLUMNS];
    double mass_left, mass_right; /* outside the picture */
} out_picture;

/* The law along one interval of the support, and its distribution function over the whole range, to be plotted:
 * x is s or log10 s, y the density per unit x; a NaN in density_y starts a new piece. */
typedef struct out_curve {
    bool logarithmic;
    double from, to, top; /* ranges of x and of the density; top = 0: no density to draw */
    size_t density_count, cdf_count;
    double *density_x, *density_y, *cdf_x, *cdf_y;
} out_curve;

/* One value a command adds to a law: a number, or a text. */
typedef struct out_entry {
    const char *key;    /* in JSON and CSV: "sigma0_squared" */
    const char *name;   /* in the table, at most 17 characters: "sigma0^2" */
    const char *text;   /* NULL: the value is a number */
    double value;       /* not finite: null in JSON */
    const char *remark; /* in the table, and why a number is missing; "" for none */
} out_entry;

/* What a command adds to a law, beside the network: a section of the table, an object in JSON, comment lines in CSV. */
typedef struct out_section {
    const char *key;   /* in JSON: "limit" */
    const char *title; /* in the table */
    const out_entry *entries;
    size_t count;
} out_section;

/* One layer in a framework's terms. */
typedef struct out_start {
    double fan_in, fan_out; /* whole */
    double weight_std;      /* of the entries of W */
    double gain;            /* of an orthogonal initialiser */
} out_start;

enum { OUT_TORCH, OUT_JAX, OUT_KERAS, OUT_FRAMEWORKS };

/* What `design` adds to a law: how the target was met, and what to write into a framework. */
typedef struct out_design {
    const char *target; /* "var_lambda" */
    double wanted, reached;
    double q, q_least; /* met on all of [q_least, q] */
    bool any_q;        /* homogeneous phi: met everywhere */
    bool stable;
    bool orthogonal;
    double sigma_w, sigma_b, input_mean_square;
    const out_start *layers; /* where widths are given */
    size_t layer_count;
    out_lines code[OUT_FRAMEWORKS];
} out_design;

/* A place on the axis of s, and its natural logarithm. */
typedef struct out_edge {
    double s, log_s;
} out_edge;

typedef struct out_spectrum {
    out_heading heading;
    const fj_meanfield *point;    /* NULL where there is no network */
    const char *title, *subtitle; /* of the plot; NULL: made from the network */
    const out_section *sections;
    size_t section_count;
    const out_design *design; /* NULL but for `design` */
    out_edge low, high;       /* edges of the whole law */
    const fj_spectrum_interval *intervals;
    size_t interval_count;
    const fj_spectrum_atom *atoms;
    size_t atom_count;
    const double *moments;
    size_t moment_count;
    double mean, variance, mean_log;
    const out_quantile *quantiles;
    size_t quantile_count;
    const fj_spectrum_point *points;
    size_t point_count, failed_count;
    bool points_listed; /* by --at: the table prints them */
    double max_error;   /* NaN where there is no point */
    out_picture picture;
} out_spectrum;

typedef struct out_meanfield {
    out_heading heading;
    const fj_meanfield *point; /* q_star NaN: none is reached */
    const fj_layer *layers;    /* the first layer_count >= 1 */
    size_t layer_count;
    bool settled;    /* all further layers, to the depth, equal the last */
    bool correlated; /* two different inputs are followed */
} out_meanfield;

/* The phase diagram: n_w times n_b points, sigma_b fastest; or, with n_b = 0, n_w points of the critical line. */
typedef struct out_phase {
    out_heading heading;
    const fj_phase_point *points;
    size_t n_w, n_b;
    size_t missing,
        failed; /* points without a fixed point (or infeasible); points that did not converge */
} out_phase;

/* Columns of a point, and their order in the grid's CSV and in that of the critical line. */
typedef enum out_phase_column {
    OUT_PHASE_SIGMA_W,
    OUT_PHASE_SIGMA_B,
    OUT_PHASE_Q_STAR,
    OUT_PHASE_CHI,
    OUT_PHASE_XI_C
} out_phase_column;

/* The number of columns; *columns is their order. */
size_t out_phase_columns(const out_phase *result, const out_phase_column **columns);
const char *out_phase_name(out_phase_column column);
double out_phase_value(const fj_phase_point *point, out_phase_column column);

/* The number of points. */
size_t out_phase_count(const out_phase *result);

/* A length q* marked on the critical line. */
typedef struct out_phase_mark {
    double sigma_w, sigma_b, q;
} out_phase_mark;

enum { OUT_PHASE_MARKS = 8 };

/* The diagram as it is drawn, independent of the points the user asked for: chi at the centres of n_w by n_b equal cells,
 * and the critical line, pieces parted by NaN. */
typedef struct out_phase_map {
    out_heading heading;
    double w_from, w_to, b_from, b_to;
    size_t n_w, n_b;
    const fj_phase_point *points;  /* out[i n_b + j], as the library gives them */
    const double *line_w, *line_b; /* where a sampled network stays at q* */
    const double *away_w, *away_b; /* where it drifts away */
    size_t line_count;
    const out_phase_mark *marks;
    size_t mark_count;
    double single_w; /* homogeneous phi: the line is this point, at sigma_b = 0; else NaN */
} out_phase_map;

/* Over sampled networks; deviation NaN where there is one network. */
typedef struct out_spread {
    double mean, deviation;
} out_spread;

/* What is told of each sampled network, and so of all: largest and smallest singular value, moments of lambda = s^2. */
enum { OUT_SAMPLE_S_MAX, OUT_SAMPLE_S_MIN, OUT_SAMPLE_MEAN, OUT_SAMPLE_RATIO, OUT_SAMPLE_SPREADS };
extern const char *const out_sample_keys[OUT_SAMPLE_SPREADS];

typedef struct out_sample {
    out_heading heading;
    const fj_meanfield *point;
    const fj_samples *samples;
    double width, seed; /* whole */
    const char *input;
    out_spread spread[OUT_SAMPLE_SPREADS];
    size_t values, zeros, below_rounding; /* singular values of all networks */
    const fj_layer *layers;               /* means of q and chi over networks, c not used */
    size_t layer_count;
    const uint64_t *layer; /* their numbers */
    const out_quantile *quantiles;
    size_t quantile_count;
} out_sample;

/* A quantile of the samples (NaN: hidden by rounding) beside the law's. */
typedef struct out_quantile_pair {
    double p, s, s_theory;
} out_quantile_pair;

enum { OUT_DRIFT_FIRST, OUT_DRIFT_WORST, OUT_DRIFT_LAST, OUT_DRIFTS };

typedef struct out_compare {
    out_heading heading;
    const fj_meanfield *point;
    const char *values_file; /* NULL: sampled */
    const char *input;
    double width, seed; /* of sampled networks; width: values of a network */
    fj_comparison comparison;
    const fj_spectrum_atom *atoms;
    const double *atom_shares; /* of the samples */
    size_t atom_count;
    const out_quantile_pair *quantiles;
    size_t quantile_count;
    bool drift_known;
    fj_layer_drift drift[OUT_DRIFTS];
    bool agrees;
    const char *verdict; /* one sentence */
    const out_lines *reasons;
} out_compare;

/* One panel of the picture of a comparison: the law's density by pieces (NaN parts them) and bars of the histogram, both per
 * unit x, which is s or log10 s. */
typedef struct out_histogram {
    bool logarithmic;
    double from, to, top;
    size_t bars, density_count;
    double *bar_x, *bar_y, *density_x, *density_y;
} out_histogram;

/* Layer l = 1, 2, ..., beyond the last one given the last again. */
const fj_layer *out_layer(const out_meanfield *result, double l);

/* Columns of a point, in the order of the CSV; NaN where a value does not exist (a failed point, the logarithm of
 * 0). s is 0 and density infinite where they leave the range of double; the logarithmic columns still hold. */
enum { OUT_S, OUT_DENSITY, OUT_CDF, OUT_LOG10_S, OUT_DENSITY_LOG10, OUT_POINT_COLUMNS };
extern const char *const out_point_columns[OUT_POINT_COLUMNS];
void out_point_values(const fj_spectrum_point *point, double values[OUT_POINT_COLUMNS]);

/* An edge or atom as a number: NaN where s leaves the range of double (its logarithm still holds). */
double out_place(double s, double log_s);

/* "ordered", "critical", "chaotic"; "odd", "even", "none". */
const char *out_phase_word(fj_phase phase);
const char *out_parity_word(fj_parity parity);

/* Significant digits that tell apart points of an axis from `from` to `to`. */
int out_digits(double from, double to);

/* 1 if fixed_points[i] is the fixed point in force. */
bool out_fixed_point_in_force(const fj_meanfield *point, size_t i);

#endif
