/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON through jansson:
 *   1. every number passes `number`, the one place where infinities and NaN become null and are counted;
 *   2. the notes collected on the way become the last key, "warnings";
 *   3. each top-level key is written on a line of its own, its value compact. */
#include "output_json.h"
#include <math.h>
#include <string.h>
#include "output_compare.h"
#include "output_design.h"
#include "output_layers.h"

typedef struct builder {
    json_t *object;
    out_lines *notes;
    bool failed; /* out of memory, or a text that is no UTF-8 */
} builder;

static void put(builder *b, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0) /* refuses value = NULL too */
        b->failed = true;
}

static void append(builder *b, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        b->failed = true;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* A number of the object itself; `reason` says why it may be missing. */
static void put_number(builder *b, const char *key, double value, const char *reason)
{
    if (!isfinite(value))
        out_lines_add(b->notes, "%s is null: %s", key, reason);
    put(b, b->object, key, number(value));
}

static void builder_start(builder *b, out_lines *notes)
{
    *b = (builder){.object = json_object(), .notes = notes};
    b->failed = !b->object;
}

static json_t *builder_finish(builder *b)
{
    json_t *warnings = json_array();
    for (size_t i = 0; i < b->notes->count; i++)
        append(b, warnings, json_string(b->notes->text[i]));
    put(b, b->object, "warnings", warnings);
    if (b->failed || b->notes->incomplete) {
        json_decref(b->object);
        return NULL;
    }
    return b->object;
}

static void put_network(builder *b, const out_heading *heading)
{
    if (!heading->activation) { /* a law that no network has: the key stays */
        put(b, b->object, "network", json_null());
        return;
    }
    json_t *network = json_object();
    put(b, network, "activation", json_string(heading->activation));
    if (heading->weights)
        put(b, network, "weights", json_string(heading->weights));
    put(b, network, "depth", json_integer((json_int_t)heading->depth));
    size_t left_out = 0;
    if (heading->weights && out_json_layers(heading, network, &left_out) != 0)
        b->failed = true;
    if (left_out)
        out_lines_add(b->notes, "network.layers: the last %zu runs of equal layers are left out",
                      left_out);
    put(b, b->object, "network", network);
}

static void put_point(builder *b, const fj_meanfield *point, const char *missing)
{
    static const char *const keys[] = {"q_star", "chi", "sigma_w", "sigma_b"};
    for (size_t i = 0; !point && i < sizeof keys / sizeof *keys; i++)
        put(b, b->object, keys[i], json_null());
    if (!point)
        return;
    const double values[] = {point->q_star, point->chi, point->sigma_w, point->sigma_b};
    char names[64] = "";
    size_t missed = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        put(b, b->object, keys[i], number(values[i]));
        if (isfinite(values[i]))
            continue;
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", missed++ ? ", " : "", keys[i]);
    }
    if (missed)
        out_lines_add(b->notes, "%s %s null: %s", names, missed > 1 ? "are" : "is",
                      missing ? missing : "not found");
}

static void put_sections(builder *b, const out_spectrum *result)
{
    for (size_t i = 0; i < result->section_count; i++) {
        const out_section *section = &result->sections[i];
        json_t *object = json_object();
        for (size_t k = 0; k < section->count; k++) {
            const out_entry *entry = &section->entries[k];
            if (!entry->text && !isfinite(entry->value))
                out_lines_add(b->notes, "%s.%s is null: %s", section->key, entry->key,
                              *entry->remark ? entry->remark : "not found");
            put(b, object, entry->key,
                entry->text ? json_string(entry->text) : number(entry->value));
        }
        put(b, b->object, section->key, object);
    }
}

static void put_support(builder *b, const out_spectrum *result)
{
    const char *range = "it leaves the range of double";
    put_number(b, "s_min", out_place(result->low.s, result->low.log_s), range);
    const int endless = isinf(result->high.log_s) && result->high.log_s > 0;
    if (endless)
        range = "the support has no upper edge";
    put_number(b, "s_max", out_place(result->high.s, result->high.log_s), range);
    json_t *support = json_array(), *atoms = json_array();
    size_t missing = 0;
    for (size_t i = 0; i < result->interval_count; i++) {
        const fj_spectrum_interval *interval = &result->intervals[i];
        double low = out_place(interval->s_min, interval->log_s_min);
        double high = out_place(interval->s_max, interval->log_s_max);
        missing += !isfinite(low) + !isfinite(high);
        json_t *pair = json_array();
        append(b, pair, number(low));
        append(b, pair, number(high));
        append(b, support, pair);
    }
    put(b, b->object, "support", support);
    for (size_t i = 0; i < result->atom_count; i++) {
        const fj_spectrum_atom *atom = &result->atoms[i];
        double s = out_place(atom->s, atom->log_s);
        missing += !isfinite(s) + !isfinite(atom->mass);
        json_t *one = json_object();
        put(b, one, "s", number(s));
        put(b, one, "mass", number(atom->mass));
        append(b, atoms, one);
    }
    put(b, b->object, "atoms", atoms);
    if (missing)
        out_lines_add(b->notes, "support and atoms: %zu null: %s", missing, range);
}

static void put_moments(builder *b, const out_spectrum *result)
{
    json_t *moments = json_array();
    size_t missing = 0;
    for (size_t i = 0; i < result->moment_count; i++) {
        missing += !isfinite(result->moments[i]);
        append(b, moments, number(result->moments[i]));
    }
    if (missing)
        out_lines_add(b->notes, "moments: %zu null: larger than a double can be", missing);
    put(b, b->object, "moments", moments);
    put_number(b, "mean_lambda", result->mean, "larger than a double can be");
    put_number(b, "var_lambda", result->variance, "larger than a double can be");
    bool mass_at_0 = result->atom_count && isinf(result->atoms[0].log_s);
    put_number(b, "mean_log_lambda", result->mean_log,
               mass_at_0 ? "not finite: the law has mass at 0"
                         : "not finite: the law has too much mass near 0");
}

static void put_quantiles(builder *b, const out_quantile *list, size_t count)
{
    json_t *quantiles = json_array();
    size_t without_s = 0, without_log = 0;
    for (size_t i = 0; i < count; i++) {
        const out_quantile *quantile = &list[i];
        without_s += !isfinite(quantile->s);
        without_log += !isfinite(quantile->log10_s);
        json_t *one = json_object();
        put(b, one, "p", number(quantile->p));
        put(b, one, "s", number(quantile->s));
        put(b, one, "log10_s", number(quantile->log10_s));
        append(b, quantiles, one);
    }
    if (without_s)
        out_lines_add(b->notes,
                      "quantiles: s is null in %zu: it leaves the range of double, or was "
                      "not found",
                      without_s);
    if (without_log)
        out_lines_add(b->notes, "quantiles: log10_s is null in %zu: s is 0, or was not found",
                      without_log);
    put(b, b->object, "quantiles", quantiles);
}

static void put_points(builder *b, const out_spectrum *result)
{
    json_t *points = json_object(), *column[OUT_POINT_COLUMNS];
    size_t missing[OUT_POINT_COLUMNS] = {0};
    for (int k = 0; k < OUT_POINT_COLUMNS; k++)
        column[k] = json_array();
    for (size_t i = 0; i < result->point_count && !b->failed; i++) {
        double values[OUT_POINT_COLUMNS];
        out_point_values(&result->points[i], values);
        for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
            missing[k] += !isfinite(values[k]);
            append(b, column[k], number(values[k]));
        }
    }
    for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
        const char *reason = k == OUT_LOG10_S ? "s is 0"
                             : missing[k] == result->failed_count
                                 ? "did not reach their tolerance"
                                 : "not finite there, or not found";
        if (missing[k])
            out_lines_add(b->notes, "points.%s: %zu null: %s", out_point_columns[k], missing[k],
                          reason);
        put(b, points, out_point_columns[k], column[k]);
    }
    put(b, b->object, "points", points);
    put_number(b, "max_error", result->max_error, "no point was computed");
}

json_t *out_json_spectrum(const out_spectrum *result, out_lines *notes)
{
    builder b;
    builder_start(&b, notes);
    put_network(&b, &result->heading);
    put_point(&b, result->point, result->heading.missing);
    put_sections(&b, result);
    if (result->design) {
        put(&b, b.object, "stable", json_boolean(result->design->stable));
        put(&b, b.object, "design", out_json_design(result->design));
        put(&b, b.object, "framework", out_json_framework(result->design));
    }
    put_support(&b, result);
    put_moments(&b, result);
    put_quantiles(&b, result->quantiles, result->quantile_count);
    put_points(&b, result);
    return builder_finish(&b);
}

static void put_layers(builder *b, const out_meanfield *result)
{
    json_t *layers = json_object();
    json_t *layer = json_array(), *q = json_array(), *chi = json_array(), *c = json_array();
    size_t missing = 0, uncorrelated = 0;
    for (json_int_t l = 1; l <= (json_int_t)result->heading.depth && !b->failed; l++) {
        const fj_layer *at = out_layer(result, (double)l);
        missing += !isfinite(at->q);
        uncorrelated += !isfinite(at->c) && isfinite(at->q);
        append(b, layer, json_integer(l));
        append(b, q, number(at->q));
        append(b, chi, number(at->chi));
        append(b, c, number(at->c));
    }
    if (missing)
        out_lines_add(b->notes, "layers: %zu null: q left the range that is covered", missing);
    if (uncorrelated)
        out_lines_add(b->notes, "layers.c: %zu null: the correlation was not resolved",
                      uncorrelated);
    put(b, layers, "layer", layer);
    put(b, layers, "q", q);
    put(b, layers, "chi", chi);
    put(b, layers, "c", c);
    put(b, b->object, "layers", layers);
}

/* Those that are not in force. */
static void put_fixed_points(builder *b, const fj_meanfield *point)
{
    json_t *others = json_array();
    for (size_t i = 0; i < point->fixed_point_count; i++) {
        if (out_fixed_point_in_force(point, i))
            continue;
        json_t *one = json_object();
        put(b, one, "q", number(point->fixed_points[i].q));
        put(b, one, "slope", number(point->fixed_points[i].slope));
        put(b, one, "chi", number(point->fixed_points[i].chi));
        put(b, one, "stable", json_boolean(fabs(point->fixed_points[i].slope) < 1));
        append(b, others, one);
    }
    put(b, b->object, "fixed_points", others);
}

json_t *out_json_meanfield(const out_meanfield *result, out_lines *notes)
{
    const fj_meanfield *point = result->point;
    bool reached = !isnan(point->q_star);
    const char *none = "no fixed point is reached";
    builder b;
    builder_start(&b, notes);
    put_network(&b, &result->heading);
    put_number(&b, "q_star", point->q_star, none);
    put_number(&b, "chi", point->chi, none);
    put_number(&b, "sigma_w", point->sigma_w, "not found");
    put_number(&b, "sigma_b", point->sigma_b, "not found");
    put_number(&b, "xi_q", point->xi_q,
               !reached            ? none
               : point->slope >= 1 ? "lengths do not settle exponentially here"
                                   : "not found");
    put_number(&b, "xi_c", point->xi_c,
               !reached                            ? none
               : point->phase == FJ_PHASE_CRITICAL ? "infinite on the critical line"
                                                   : "not found");
    put_number(&b, "c_star", point->c_star, reached ? "not found" : none);
    put(&b, b.object, "phase", reached ? json_string(out_phase_word(point->phase)) : json_null());
    put(&b, b.object, "stable", reached ? json_boolean(point->stable) : json_null());
    put_layers(&b, result);
    put_fixed_points(&b, point);
    return builder_finish(&b);
}

json_t *out_json_phase(const out_phase *result, out_lines *notes)
{
    builder b;
    json_t *network = json_object(), *points = json_object();
    const out_phase_column *columns;
    size_t n = out_phase_columns(result, &columns), count = out_phase_count(result);
    builder_start(&b, notes);
    put(&b, network, "activation", json_string(result->heading.activation));
    put(&b, b.object, "network", network);
    for (size_t k = 0; k < n; k++) {
        json_t *column = json_array();
        for (size_t i = 0; i < count && !b.failed; i++)
            append(&b, column, number(out_phase_value(&result->points[i], columns[k])));
        put(&b, points, out_phase_name(columns[k]), column);
    }
    put(&b, b.object, "points", points);
    put(&b, b.object, "missing_points", json_integer((json_int_t)result->missing));
    put(&b, b.object, "failed_points", json_integer((json_int_t)result->failed));
    return builder_finish(&b);
}

/* The networks one by one: their singular values, and how many rounding hides. */
static void put_samples(builder *b, const fj_samples *samples)
{
    json_t *list = json_array();
    size_t missing = 0;
    for (size_t k = 0; k < fj_samples_count(samples) && !b->failed; k++) {
        const fj_sample *sample = fj_samples_get(samples, k);
        json_t *one = json_object(), *s = json_array();
        for (size_t i = 0; i < sample->count && !b->failed; i++) {
            missing += !isfinite(sample->s[i]);
            append(b, s, number(sample->s[i]));
        }
        put(b, one, "zeros", json_integer((json_int_t)sample->zeros));
        put(b, one, "below_rounding", json_integer((json_int_t)sample->noise));
        put(b, one, "s", s);
        append(b, list, one);
    }
    if (missing)
        out_lines_add(b->notes, "samples: %zu null: s leaves the range of double", missing);
    put(b, b->object, "samples", list);
}

static void put_spreads(builder *b, const out_sample *result)
{
    for (int k = 0; k < OUT_SAMPLE_SPREADS; k++) {
        const out_spread *spread = &result->spread[k];
        json_t *one = json_object();
        if (!isfinite(spread->mean))
            out_lines_add(b->notes, "%s is null: %s", out_sample_keys[k],
                          k == OUT_SAMPLE_S_MIN ? "hidden by rounding"
                                                : "it leaves the range of double, or a network has "
                                                  "no singular value but 0");
        put(b, one, "mean", number(spread->mean));
        put(b, one, "std", number(spread->deviation));
        put(b, b->object, out_sample_keys[k], one);
    }
}

static void put_sample_layers(builder *b, const out_sample *result)
{
    json_t *layers = json_object(), *layer = json_array(), *q = json_array(), *chi = json_array();
    size_t missing = 0;
    for (size_t i = 0; i < result->layer_count && !b->failed; i++) {
        missing += !isfinite(result->layers[i].q);
        append(b, layer, json_integer((json_int_t)result->layer[i]));
        append(b, q, number(result->layers[i].q));
        append(b, chi, number(result->layers[i].chi));
    }
    if (missing)
        out_lines_add(b->notes, "layers.q: %zu null: it leaves the range of double", missing);
    put(b, layers, "layer", layer);
    put(b, layers, "q", q);
    put(b, layers, "chi", chi);
    put(b, b->object, "layers", layers);
}

json_t *out_json_sample(const out_sample *result, out_lines *notes)
{
    builder b;
    builder_start(&b, notes);
    put_network(&b, &result->heading);
    put_point(&b, result->point, result->heading.missing);
    put(&b, b.object, "width", json_integer((json_int_t)result->width));
    put(&b, b.object, "seed", json_integer((json_int_t)result->seed));
    put(&b, b.object, "input", json_string(result->input));
    put_spreads(&b, result);
    put(&b, b.object, "values", json_integer((json_int_t)result->values));
    put(&b, b.object, "zeros", json_integer((json_int_t)result->zeros));
    put(&b, b.object, "below_rounding", json_integer((json_int_t)result->below_rounding));
    put_quantiles(&b, result->quantiles, result->quantile_count);
    put_sample_layers(&b, result);
    put_samples(&b, result->samples);
    return builder_finish(&b);
}

json_t *out_json_compare(const out_compare *result, out_lines *notes)
{
    builder b;
    builder_start(&b, notes);
    put_network(&b, &result->heading);
    put_point(&b, result->point, result->heading.missing);
    if (!b.failed && out_json_comparison(result, b.object, notes) != 0)
        b.failed = true;
    return builder_finish(&b);
}

json_t *out_json_activations(out_lines *notes)
{
    builder b;
    builder_start(&b, notes);
    json_t *activations = json_array();
    for (size_t i = 0; i < fj_activation_count(); i++) {
        fj_activation_info info;
        if (fj_activation_describe(i, &info) != FJ_OK)
            continue;
        json_t *one = json_object();
        put(&b, one, "name", json_string(info.name));
        put(&b, one, "formula", json_string(info.formula));
        put(&b, one, "parameters", json_string(info.parameters));
        put(&b, one, "parity", json_string(out_parity_word(info.parity)));
        put(&b, one, "remark", json_string(info.remark));
        append(&b, activations, one);
    }
    put(&b, b.object, "activations", activations);
    return builder_finish(&b);
}

int out_json_write(FILE *stream, const json_t *object)
{
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);
    const char *key;
    json_t *value;
    const char *before = "{\n";
    /* the keys are our own words: nothing in them to escape */
    json_object_foreach((json_t *)object, key, value)
    {
        fprintf(stream, "%s  \"%s\": ", before, key);
        if (json_dumpf(value, stream, flags) != 0)
            return -1;
        before = ",\n";
    }
    fputs("\n}\n", stream);
    return ferror(stream) ? -1 : 0;
}
