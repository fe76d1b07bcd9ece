/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law in arbitrary precision as JSON: the keys of output_json.c, and `digits`; numbers are strings,
 * counts stay numbers. What is not known or not finite is null, and counted in a warning. */
#include <string.h>
#include "output_layers.h"
#include "output_precise.h"

typedef struct builder {
    json_t *object;
    out_lines *notes;
    const out_precise *result;
    bool failed; /* out of memory */
} builder;

static void put(builder *b, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        b->failed = true;
}

static void append(builder *b, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        b->failed = true;
}

/* The text, or null and one more missing. */
static json_t *text_or_null(const char *text, size_t *missing)
{
    *missing += !text;
    return text ? json_string(text) : json_null();
}

static json_t *number(const builder *b, const fj_precise_number *value, size_t *missing)
{
    char text[OUT_PRECISE_ROOM];
    return text_or_null(out_precise_text(b->result, value, text), missing);
}

static void missing_note(builder *b, const char *what, size_t missing, const char *why)
{
    if (missing)
        out_lines_add(b->notes, "%s: %zu null: %s", what, missing, why);
}

static const char UNKNOWN[] = "the digits could not be established";

/* A number of the object itself; `reason` says why it may not exist. */
static void put_number(builder *b, const char *key, const fj_precise_number *value,
                       const char *reason)
{
    size_t missing = 0;
    put(b, b->object, key, number(b, value, &missing));
    if (missing)
        out_lines_add(b->notes, "%s is null: %s", key,
                      value && value->status == FJ_NO_CONVERGENCE ? UNKNOWN : reason);
}

static void put_network(builder *b, const out_heading *heading)
{
    json_t *network = json_object();
    size_t left_out;
    put(b, network, "activation", json_string(heading->activation));
    put(b, network, "weights", json_string(heading->weights));
    put(b, network, "depth", json_integer((json_int_t)heading->depth));
    if (out_json_layers(heading, network, &left_out) != 0)
        b->failed = true;
    put(b, b->object, "network", network);
    put(b, b->object, "digits", json_integer((json_int_t)b->result->digits));
}

static void put_support(builder *b)
{
    const out_precise *result = b->result;
    json_t *support = json_array(), *atoms = json_array();
    size_t missing = 0;
    put_number(b, "s_min", out_precise_low(result), "there is none");
    put_number(b, "s_max", out_precise_high(result), "the support has no upper edge");
    for (size_t i = 0; i < result->interval_count; i++) {
        json_t *pair = json_array();
        append(b, pair, number(b, &result->intervals[i].s_min, &missing));
        append(b, pair, number(b, &result->intervals[i].s_max, &missing));
        append(b, support, pair);
    }
    put(b, b->object, "support", support);
    for (size_t i = 0; i < result->atom_count; i++) {
        json_t *one = json_object();
        put(b, one, "s", number(b, &result->atoms[i].s, &missing));
        put(b, one, "mass", number(b, &result->atoms[i].mass, &missing));
        append(b, atoms, one);
    }
    put(b, b->object, "atoms", atoms);
    missing_note(b, "support and atoms", missing, "no such edge, or not established");
}

static void put_moments(builder *b)
{
    const out_precise *result = b->result;
    json_t *moments = json_array();
    size_t missing = 0;
    for (size_t i = 0; i < result->moment_count; i++)
        append(b, moments, number(b, &result->moments[i], &missing));
    missing_note(b, "moments", missing, UNKNOWN);
    put(b, b->object, "moments", moments);
    put_number(b, "mean_lambda", &result->lambda->mean, "not finite");
    put_number(b, "var_lambda", &result->lambda->variance, "not finite");
    const bool mass_at_0 =
        result->atom_count && result->atoms[0].s.text && strcmp(result->atoms[0].s.text, "0") == 0;
    put_number(b, "mean_log_lambda", &result->lambda->mean_log,
               mass_at_0 ? "not finite: the law has mass at 0"
                         : "not finite: the law has too much mass near 0");
}

static void put_quantiles(builder *b)
{
    json_t *quantiles = json_array();
    size_t without_s = 0, without_log = 0;
    for (size_t i = 0; i < b->result->quantile_count; i++) {
        const out_precise_quantile *quantile = &b->result->quantiles[i];
        json_t *one = json_object();
        put(b, one, "p", json_string(quantile->p));
        put(b, one, "s", number(b, &quantile->s, &without_s));
        put(b, one, "log10_s", number(b, &quantile->log10_s, &without_log));
        append(b, quantiles, one);
    }
    missing_note(b, "quantiles.s", without_s, "not established, or there is no such place");
    missing_note(b, "quantiles.log10_s", without_log, "s is 0, or was not established");
    put(b, b->object, "quantiles", quantiles);
}

static void put_points(builder *b)
{
    const out_precise *result = b->result;
    json_t *points = json_object();
    char text[OUT_PRECISE_ROOM], error[32];
    for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
        json_t *column = json_array();
        size_t missing = 0;
        for (size_t i = 0; i < result->point_count && !b->failed; i++)
            append(b, column, text_or_null(out_precise_column(result, i, k, text), &missing));
        char key[64];
        snprintf(key, sizeof key, "points.%s", out_point_columns[k]);
        const char *why = k == OUT_LOG10_S ? "s is 0" : "not finite there";
        if (result->failed_points)
            why = "not established, or not finite there";
        missing_note(b, key, missing, why);
        put(b, points, out_point_columns[k], column);
    }
    put(b, b->object, "points", points);
    out_precise_error(result, error);
    put(b, b->object, "max_error", json_string(error));
}

json_t *out_json_precise(const out_precise *result, out_lines *notes)
{
    builder b = {.object = json_object(), .notes = notes, .result = result};
    const fj_precise_meanfield *where = result->where;
    b.failed = !b.object;
    put_network(&b, &result->law->heading);
    put_number(&b, "q_star", &where->q_star, "not found");
    put_number(&b, "chi", &where->chi, "not found");
    put_number(&b, "sigma_w", &where->sigma_w, "not found");
    put_number(&b, "sigma_b", &where->sigma_b, "not found");
    put_support(&b);
    put_moments(&b);
    put_quantiles(&b);
    put_points(&b);
    json_t *warnings = json_array();
    for (size_t i = 0; i < notes->count; i++)
        append(&b, warnings, json_string(notes->text[i]));
    put(&b, b.object, "warnings", warnings);
    if (b.failed || notes->incomplete) {
        json_decref(b.object);
        return NULL;
    }
    return b.object;
}
