/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `design` adds to a law, in the three forms. The numbers of the framework: gaussian weights have standard deviation
 * sigma_w/sqrt(fan_in); an orthogonal initialiser's gain is sigma_w, and sigma_w sqrt(fan_out/fan_in) where a layer widens, since
 * its entries then have variance gain^2/fan_out. */
#include "output_design.h"
#include <math.h>

static const char *const framework_titles[OUT_FRAMEWORKS] = {"PyTorch", "JAX", "Keras"};
static const char *const framework_keys[OUT_FRAMEWORKS] = {"torch", "jax", "keras"};

/* ---- CSV ---- */

static void comment(FILE *stream, const char *key, double value)
{
    fprintf(stream, "# %s: %.17g\n", key, value);
}

void out_csv_design(FILE *stream, const out_design *design)
{
    fprintf(stream, "# target: %s\n", design->target);
    comment(stream, "wanted", design->wanted);
    comment(stream, "reached", design->reached);
    comment(stream, "q_least", design->q_least);
    comment(stream, design->orthogonal ? "gain" : "weight_std_times_sqrt_fan_in", design->sigma_w);
    comment(stream, "bias_std", design->sigma_b);
    comment(stream, "input_mean_square", design->input_mean_square);
    for (size_t i = 0; i < design->layer_count; i++) {
        const out_start *layer = &design->layers[i];
        fprintf(stream, "# layer: %zu,fan_in=%.0f,fan_out=%.0f,weight_std=%.17g", i + 1,
                layer->fan_in, layer->fan_out, layer->weight_std);
        if (design->orthogonal)
            fprintf(stream, ",gain=%.17g", layer->gain);
        fputc('\n', stream);
    }
}

/* ---- table ---- */

static void row(FILE *stream, const char *key, double value, const char *remark)
{
    fprintf(stream, *remark ? "  %-18s%-18.10g%s\n" : "  %-18s%.10g\n", key, value, remark);
}

void out_table_design(FILE *stream, const out_design *design)
{
    char off[64];
    double miss = fabs(design->reached - design->wanted);
    if (design->wanted != 0)
        miss /= design->wanted;
    if (miss == 0)
        snprintf(off, sizeof off, "met exactly");
    else
        snprintf(off, sizeof off, "off by %.1g, relative", miss);
    fputs("\nDesign\n", stream);
    fprintf(stream, "  %-18s%s\n", "target", design->target);
    row(stream, "wanted", design->wanted, "");
    row(stream, "reached", design->reached, off);
    if (design->any_q)
        fprintf(stream, "  %-18severy q: nothing depends on it\n", "reached at");
    else if (design->q_least < design->q)
        fprintf(stream, "  %-18severy q from %.10g to %.10g\n", "reached at", design->q_least,
                design->q);
    else
        fprintf(stream, "  %-18sq* = %.10g\n", "reached at", design->q);
    if (!design->stable)
        fprintf(stream,
                "  %-18sUNSTABLE fixed point: sampled networks drift away; see 'meanfield'\n",
                "beware");
}

static void layers_write(FILE *stream, const out_design *design)
{
    if (!design->layer_count)
        return;
    fprintf(stream, "  %-8s%-10s%-10s%-18s%s\n", "layer", "fan-in", "fan-out", "weight std",
            design->orthogonal ? "gain" : "");
    for (size_t i = 0; i < design->layer_count; i++) {
        const out_start *layer = &design->layers[i];
        fprintf(stream, "  %-8zu%-10.0f%-10.0f", i + 1, layer->fan_in, layer->fan_out);
        if (design->orthogonal)
            fprintf(stream, "%-18.10g%.10g\n", layer->weight_std, layer->gain);
        else
            fprintf(stream, "%.10g\n", layer->weight_std);
    }
}

void out_table_framework(FILE *stream, const out_design *design)
{
    fputs("\nFor your framework\n", stream);
    if (design->orthogonal)
        row(stream, "weights, gain", design->sigma_w,
            "of an orthogonal initialiser; sigma_w itself");
    else
        fprintf(stream, "  %-18s%.10g/sqrt(fan-in)\n", "weights, std", design->sigma_w);
    row(stream, "biases, std", design->sigma_b, "sigma_b itself");
    row(stream, "inputs", design->input_mean_square,
        design->any_q ? "mean square |x|^2/N0; any other does as well"
                      : "mean square |x|^2/N0 that starts layers at q*");
    layers_write(stream, design);
    for (int i = 0; i < OUT_FRAMEWORKS; i++) {
        fprintf(stream, "\n  %s\n", framework_titles[i]);
        for (size_t k = 0; k < design->code[i].count; k++)
            fprintf(stream, "    %s\n", design->code[i].text[k]);
    }
}

/* ---- JSON ---- */

/* Sets *failed where memory runs out. */
static void put(json_t *object, const char *key, json_t *value, int *failed)
{
    if (json_object_set_new(object, key, value) != 0) /* refuses NULL too */
        *failed = 1;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *finish(json_t *object, int failed)
{
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

json_t *out_json_design(const out_design *design)
{
    int failed = 0;
    json_t *object = json_object();
    put(object, "target", json_string(design->target), &failed);
    put(object, "wanted", number(design->wanted), &failed);
    put(object, "reached", number(design->reached), &failed);
    put(object, "q_star", number(design->q), &failed);
    put(object, "q_least", number(design->q_least), &failed);
    put(object, "stable", json_boolean(design->stable), &failed);
    return finish(object, failed);
}

static json_t *layers_make(const out_design *design, int *failed)
{
    json_t *layers = json_array();
    for (size_t i = 0; i < design->layer_count; i++) {
        const out_start *layer = &design->layers[i];
        json_t *one = json_object();
        put(one, "layer", json_integer((json_int_t)i + 1), failed);
        put(one, "fan_in", json_integer((json_int_t)layer->fan_in), failed);
        put(one, "fan_out", json_integer((json_int_t)layer->fan_out), failed);
        put(one, "weight_std", number(layer->weight_std), failed);
        if (design->orthogonal)
            put(one, "gain", number(layer->gain), failed);
        if (json_array_append_new(layers, one) != 0)
            *failed = 1;
    }
    return layers;
}

json_t *out_json_framework(const out_design *design)
{
    int failed = 0;
    json_t *object = json_object();
    if (design->orthogonal)
        put(object, "gain", number(design->sigma_w), &failed);
    put(object, "weight_std_times_sqrt_fan_in", number(design->sigma_w), &failed);
    put(object, "bias_std", number(design->sigma_b), &failed);
    put(object, "input_mean_square", number(design->input_mean_square), &failed);
    put(object, "layers", layers_make(design, &failed), &failed);
    for (int i = 0; i < OUT_FRAMEWORKS; i++) {
        json_t *lines = json_array();
        for (size_t k = 0; k < design->code[i].count; k++)
            if (json_array_append_new(lines, json_string(design->code[i].text[k])) != 0)
                failed = 1;
        put(object, framework_keys[i], lines, &failed);
    }
    return finish(object, failed);
}
