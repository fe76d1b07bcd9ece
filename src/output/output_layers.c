/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layers of a network that are not all alike. A run is a number of equal layers.
 *   1. tables and comments give the first and the last runs, and say how many lie between;
 *   2. columns that are the same in every row are left out of the table; what is left shares its 80 columns. */
#include "output_layers.h"
#include <inttypes.h>
#include <string.h>

enum { FIRST_RUNS = 8, LAST_RUNS = 3 };
enum { WIDTHS_COLUMN = 46 }; /* behind it there is room for two more of any size, and dots */
static const size_t JSON_RUNS_MOST = 100000; /* a megabyte for each seven thousand */

static const char *weights_word(fj_weights weights)
{
    return weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal";
}

bool out_layers_differ(const out_heading *heading)
{
    return heading->network && (heading->network->runs > 1 || heading->width_count > 0);
}

/* The run to be shown after run i. */
static size_t next_shown(size_t i, size_t runs)
{
    if (i + 1 == FIRST_RUNS && runs > FIRST_RUNS + LAST_RUNS + 1)
        return runs - LAST_RUNS;
    return i + 1;
}

/* The first layer of each run. */
static uint64_t layers_before(const fj_network *network, size_t from, size_t to)
{
    uint64_t layers = 0;
    for (size_t i = from; i < to; i++)
        layers += network->run[i].count;
    return layers;
}

/* ---- CSV ---- */

void out_csv_layers(FILE *stream, const out_heading *heading)
{
    const fj_network *network = heading->network;
    uint64_t layer = 1;
    fprintf(stream, "# law_of: J^T J\n# different_layers: %zu\n", network->runs);
    for (size_t i = 0; i < network->runs;) {
        const fj_network_run *run = &network->run[i];
        fprintf(stream,
                "# run: first_layer=%" PRIu64 ",count=%" PRIu64 ",weights=%s,sigma_w=%.17g,"
                "sigma_b=%.17g,width=%.17g,q=%.17g,chi=%.17g,activation=%s\n",
                layer, run->count, weights_word(run->weights), run->sigma_w, run->sigma_b,
                run->width, run->q, run->chi, fj_activation_name(run->activation));
        size_t next = next_shown(i, network->runs);
        layer += layers_before(network, i, next);
        if (next > i + 1)
            fprintf(stream, "# runs_left_out: %zu\n", next - i - 1);
        i = next;
    }
}

/* ---- table ---- */

typedef struct columns {
    bool activation, weights, sigma_w, sigma_b, width; /* that differ */
    int wide, digits;                                  /* of a number */
} columns;

static columns columns_find(const out_heading *heading)
{
    const fj_network *network = heading->network;
    const fj_network_run *run = network->run;
    columns c = {.wide = 18, .digits = 10};
    for (size_t i = 0; i < network->runs; i++) {
        c.activation |= run[i].activation != run[0].activation;
        c.weights |= run[i].weights != run[0].weights;
        c.sigma_w |= run[i].sigma_w != run[0].sigma_w;
        c.sigma_b |= run[i].sigma_b != run[0].sigma_b;
        c.width |= run[i].width != network->width;
    }
    int numbers = 2 + c.sigma_w + c.sigma_b + c.width;
    int room = 80 - 14 - (c.activation ? 13 : 0) - (c.weights ? 6 : 0);
    if (c.wide * numbers > room) {
        c.wide = room / numbers;
        c.digits = c.wide - 5 < 10 ? c.wide - 5 : 10; /* room for 0.001234 */
    }
    return c;
}

static void text_cell(FILE *stream, const char *text, int width)
{
    int length = (int)strlen(text);
    if (length < width)
        fprintf(stream, "%-*s", width, text);
    else
        fprintf(stream, "%.*s~ ", width - 2, text);
}

static void number_cell(FILE *stream, const columns *c, double x, bool last)
{
    if (last)
        fprintf(stream, "%.*g", c->digits, x);
    else
        fprintf(stream, "%-*.*g ", c->wide - 1, c->digits, x);
}

static void header_write(FILE *stream, const columns *c)
{
    fprintf(stream, "  %-12s", "layers");
    if (c->activation)
        fprintf(stream, "%-13s", "activation");
    if (c->weights)
        fprintf(stream, "%-6s", "W");
    if (c->sigma_w)
        fprintf(stream, "%-*s", c->wide, "sigma_w");
    if (c->sigma_b)
        fprintf(stream, "%-*s", c->wide, "sigma_b");
    if (c->width)
        fprintf(stream, "%-*s", c->wide, "width");
    fprintf(stream, "%-*schi\n", c->wide, "q");
}

static void run_write(FILE *stream, const columns *c, const fj_network_run *run, uint64_t layer)
{
    char label[48];
    if (run->count > 1)
        snprintf(label, sizeof label, "%" PRIu64 "-%" PRIu64, layer, layer + run->count - 1);
    else
        snprintf(label, sizeof label, "%" PRIu64, layer);
    fprintf(stream, "  %-11s ", label);
    if (c->activation)
        text_cell(stream, fj_activation_name(run->activation), 13);
    if (c->weights)
        fprintf(stream, "%-6s", run->weights == FJ_WEIGHTS_GAUSSIAN ? "gauss" : "orth");
    if (c->sigma_w)
        number_cell(stream, c, run->sigma_w, false);
    if (c->sigma_b)
        number_cell(stream, c, run->sigma_b, false);
    if (c->width)
        number_cell(stream, c, run->width, false);
    number_cell(stream, c, run->q, false);
    number_cell(stream, c, run->chi, true);
    fputc('\n', stream);
}

static void widths_write(FILE *stream, const out_heading *heading)
{
    const size_t n = heading->width_count;
    if (n == 0)
        return;
    int column = fprintf(stream, "  %-18s", "widths");
    for (size_t i = 0; i < n; i++) {
        if (column > WIDTHS_COLUMN && i + 1 < n) {
            fputs(", ...", stream);
            i = n - 1;
        }
        column += fprintf(stream, "%s%.6g", i ? ", " : "", heading->widths[i]);
    }
    fprintf(stream, "\n  %-18sJ^T J, on the side of the input: N0 = %.10g\n", "law of",
            heading->widths[0]);
}

void out_table_layers(FILE *stream, const out_heading *heading)
{
    const fj_network *network = heading->network;
    const columns c = columns_find(heading);
    uint64_t layer = 1;
    if (network->runs > 1)
        fprintf(stream, "\nLayers (%zu different)\n", network->runs);
    else
        fputs("\nLayers (all equal)\n", stream);
    widths_write(stream, heading);
    header_write(stream, &c);
    for (size_t i = 0; i < network->runs;) {
        run_write(stream, &c, &network->run[i], layer);
        size_t next = next_shown(i, network->runs);
        layer += layers_before(network, i, next);
        if (next > i + 1)
            fprintf(stream, "  ...         (%zu more)\n", next - i - 1);
        i = next;
    }
}

/* ---- JSON ---- */

static int put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value); /* refuses NULL too */
}

static json_t *run_make(const fj_network_run *run)
{
    json_t *one = json_object();
    if (put(one, "count", json_integer((json_int_t)run->count)) == 0 &&
        put(one, "activation", json_string(fj_activation_name(run->activation))) == 0 &&
        put(one, "weights", json_string(weights_word(run->weights))) == 0 &&
        put(one, "sigma_w", json_real(run->sigma_w)) == 0 &&
        put(one, "sigma_b", json_real(run->sigma_b)) == 0 &&
        put(one, "width", json_real(run->width)) == 0 && put(one, "q", json_real(run->q)) == 0 &&
        put(one, "chi", json_real(run->chi)) == 0)
        return one;
    json_decref(one);
    return NULL;
}

int out_json_layers(const out_heading *heading, json_t *network, size_t *left_out)
{
    const fj_network *layers = heading->network;
    json_t *widths = json_array();
    *left_out = 0;
    for (size_t i = 0; i < heading->width_count; i++)
        if (json_array_append_new(widths, json_real(heading->widths[i])) != 0) {
            json_decref(widths);
            return -1;
        }
    if (put(network, "widths", widths) != 0)
        return -1;
    if (!layers || layers->runs < 2)
        return 0;
    json_t *list = json_array();
    size_t shown = layers->runs < JSON_RUNS_MOST ? layers->runs : JSON_RUNS_MOST;
    for (size_t i = 0; i < shown; i++)
        if (json_array_append_new(list, run_make(&layers->run[i])) != 0) {
            json_decref(list);
            return -1;
        }
    *left_out = layers->runs - shown;
    return put(network, "layers", list);
}

/* ---- words ---- */

void out_layers_words(const out_heading *heading, char *text, size_t size)
{
    const fj_network *network = heading->network;
    const fj_network_run *last = &network->run[network->runs - 1];
    int used = 0;
    if (network->run[0].q != last->q)
        used = snprintf(text, size, "q = %.6g in the first layer, %.6g in the last",
                        network->run[0].q, last->q);
    else
        used = snprintf(text, size, "q = %.6g", last->q);
    if (heading->width_count && (size_t)used < size)
        snprintf(text + used, size - (size_t)used, ";  widths %.6g at the input, %.6g at the end",
                 heading->widths[0], heading->widths[heading->width_count - 1]);
}
