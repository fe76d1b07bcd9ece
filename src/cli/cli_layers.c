/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of --layers:
 *   1. a first row that holds names of columns says their order; else it is that of the table below;
 *   2. a row "input,,,,N0" before the layers gives the width of the input; without it N_0 = N_1;
 *   3. a row like the one before it only counts; in any other each field is read and checked;
 *   4. activations are kept by their text and by their full name, so that equal ones are one object (the library knows equal
 *      layers by it). */
#include "cli_layers.h"
#include "cli_csv.h"
#include "cli_message.h"
#include "cli_network.h"
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIVATION, WEIGHTS, SIGMA_W, SIGMA_B, WIDTH, COLUMNS };
static const char *const columns[COLUMNS] = {"activation", "weights", "sigma_w", "sigma_b",
                                             "width"};
static const char *const weights_words[] = {"gaussian", "orthogonal"};
static const fj_weights weights_kinds[] = {FJ_WEIGHTS_GAUSSIAN, FJ_WEIGHTS_ORTHOGONAL};
static const char quotes_hint[] = "; a field that holds commas stands in \"quotes\"";
static const double ROWS_MOST = 10000000;

/* An activation by a text. */
typedef struct named {
    const char *text;
    fj_activation *activation;
    bool owner;
    char room[];
} named;

typedef struct reader {
    cli_csv csv;
    cli_layers *layers;
    size_t column[COLUMNS];   /* where each stands in a row; CLI_CSV_FIELDS: nowhere */
    size_t fields;            /* columns that there are */
    char before[CLI_CSV_ROW]; /* the row before, */
    size_t before_length;     /* 0: none that may be repeated, */
    fj_network_run run;       /* and what it says */
    enum { UNKNOWN, NO, YES } widths;
} reader;

int cli_layers_add(cli_layers *layers, const fj_network_run *run)
{
    fj_network_run *last = layers->count ? &layers->run[layers->count - 1] : NULL;
    layers->depth += (double)run->count;
    if (last && last->activation == run->activation && last->weights == run->weights &&
        last->sigma_w == run->sigma_w && last->sigma_b == run->sigma_b &&
        last->width == run->width) {
        last->count += run->count;
        return 0;
    }
    if (!layers->run || layers->count == layers->room) {
        size_t room = layers->room ? 2 * layers->room : 4;
        fj_network_run *grown = realloc(layers->run, room * sizeof *grown);
        if (!grown)
            return -1;
        layers->run = grown;
        layers->room = room;
    }
    layers->run[layers->count++] = *run;
    return 0;
}

/* ---- activations ---- */

static int text_compare(const void *a, const void *b)
{
    return strcmp(((const named *)a)->text, ((const named *)b)->text);
}

static void named_free(void *node)
{
    named *one = node;
    if (one->owner)
        fj_activation_destroy(one->activation);
    free(one);
}

static named *named_find(cli_layers *layers, const char *text)
{
    named **found = tfind(&(named){.text = text}, &layers->activations, text_compare);
    return found ? *found : NULL;
}

/* Keeps the activation by a text that is not kept yet; -1 when out of memory. */
static int named_add(cli_layers *layers, const char *text, fj_activation *activation, bool owner)
{
    size_t size = strlen(text) + 1;
    named *one = malloc(sizeof *one + size);
    if (!one)
        return -1;
    one->text = memcpy(one->room, text, size);
    one->activation = activation;
    one->owner = owner;
    if (tsearch(one, &layers->activations, text_compare))
        return 0;
    free(one);
    return -1;
}

static int activation_get(reader *r, const char *text, const fj_activation **out)
{
    named *known = named_find(r->layers, text);
    if (known) {
        *out = known->activation;
        return CLI_DONE;
    }
    fj_activation *made = NULL;
    fj_detail detail = {""};
    fj_status status = fj_activation_create(text, &made, &detail);
    if (status == FJ_NO_MEMORY)
        return cli_fail("out of memory");
    if (status != FJ_OK) {
        char sentence[600];
        cli_activation_explain(text, status, &detail, sentence, sizeof sentence);
        return cli_csv_wrong(&r->csv, "activation: %s", sentence);
    }
    const char *name = fj_activation_name(made);
    known = named_find(r->layers, name);
    if (known) {
        fj_activation_destroy(made);
        made = known->activation;
    } else if (named_add(r->layers, name, made, true) != 0) {
        fj_activation_destroy(made);
        return cli_fail("out of memory");
    }
    *out = made;
    if (!named_find(r->layers, text) && named_add(r->layers, text, made, false) != 0)
        return cli_fail("out of memory");
    return CLI_DONE;
}

/* ---- rows ---- */

static const char *field(const reader *r, int column)
{
    return cli_csv_field(&r->csv, r->column[column]);
}

static int number_get(const reader *r, int column, cli_range range, double *out)
{
    char reason[64];
    const char *text = field(r, column), *wrong = cli_number_read(text, strlen(text), out);
    if (!wrong)
        wrong = cli_range_check(&range, *out, reason, sizeof reason);
    return wrong ? cli_csv_wrong(&r->csv, "%s: '%.60s' %s", columns[column], text, wrong)
                 : CLI_DONE;
}

static int width_get(reader *r, double *out)
{
    const bool given = *field(r, WIDTH) != '\0';
    if (r->widths == UNKNOWN)
        r->widths = given ? YES : NO;
    if ((r->widths == YES) != given)
        return cli_csv_wrong(&r->csv,
                             "width: '%.60s', but the rows before it have %s: give the "
                             "width of every layer or of none",
                             field(r, WIDTH), given ? "none" : "one");
    *out = 1;
    return given ? number_get(r, WIDTH, cli_network_width_range, out) : CLI_DONE;
}

/* The order of the columns by their names. */
static int header_read(reader *r)
{
    for (int k = 0; k < COLUMNS; k++)
        r->column[k] = CLI_CSV_FIELDS;
    for (size_t i = 0; i < r->csv.count; i++) {
        const char *name = cli_csv_field(&r->csv, i);
        int k = 0;
        while (k < COLUMNS && strcmp(name, columns[k]) != 0)
            k++;
        if (k == COLUMNS)
            return cli_csv_wrong(&r->csv,
                                 "'%.60s' is no column; there are activation, weights, "
                                 "sigma_w, sigma_b, width",
                                 name);
        if (r->column[k] != CLI_CSV_FIELDS)
            return cli_csv_wrong(&r->csv, "the column %s stands there twice", name);
        r->column[k] = i;
    }
    for (int k = 0; k <= SIGMA_W; k++)
        if (r->column[k] == CLI_CSV_FIELDS)
            return cli_csv_wrong(&r->csv, "the column %s is missing", columns[k]);
    r->fields = r->csv.count;
    return CLI_DONE;
}

static int input_read(reader *r)
{
    double width = 1;
    for (int k = WEIGHTS; k < WIDTH; k++)
        if (*field(r, k))
            return cli_csv_wrong(&r->csv, "%s: '%.60s': the input has a width only", columns[k],
                                 field(r, k));
    if (r->layers->depth > 0 || r->layers->widths.count > 0)
        return cli_csv_wrong(&r->csv, "activation: 'input' must be the first row");
    if (!*field(r, WIDTH))
        return cli_csv_wrong(&r->csv, "width: the input's is missing");
    int code = width_get(r, &width);
    if (code == CLI_DONE && cli_list_add(&r->layers->widths, width) != 0)
        code = cli_fail("out of memory");
    return code;
}

static int layer_read(reader *r)
{
    fj_network_run *run = &r->run;
    const char *word = field(r, WEIGHTS);
    int kind = strcmp(word, weights_words[0]) == 0 ? 0 : 1;
    *run = (fj_network_run){.weights = weights_kinds[kind], .count = 1};
    for (int k = 0; k <= SIGMA_W; k++)
        if (!*field(r, k))
            return cli_csv_wrong(&r->csv,
                                 "%s: it is missing; a row is activation,weights,sigma_w,sigma_b,"
                                 "width, parted by commas",
                                 columns[k]);
    if (strcmp(word, weights_words[kind]) != 0)
        return cli_csv_wrong(&r->csv, "weights: '%.60s' is none of gaussian|orthogonal%s", word,
                             strchr(field(r, ACTIVATION), ':') ? quotes_hint : "");
    int code = activation_get(r, field(r, ACTIVATION), &run->activation);
    if (code == CLI_DONE)
        code = number_get(r, SIGMA_W, cli_network_sigma_w_range, &run->sigma_w);
    if (code == CLI_DONE && *field(r, SIGMA_B))
        code = number_get(r, SIGMA_B, cli_network_sigma_b_range, &run->sigma_b);
    if (code == CLI_DONE)
        code = width_get(r, &run->width);
    return code;
}

static int row_add(reader *r)
{
    cli_layers *layers = r->layers;
    if (layers->depth >= ROWS_MOST)
        return cli_csv_wrong(&r->csv, "more than %.0f layers", ROWS_MOST);
    if (r->widths == YES && layers->widths.count == 0 &&
        cli_list_add(&layers->widths, r->run.width) != 0) /* N_0 = N_1 */
        return cli_fail("out of memory");
    if (cli_layers_add(layers, &r->run) != 0 ||
        (r->widths == YES && cli_list_add(&layers->widths, r->run.width) != 0))
        return cli_fail("out of memory");
    return CLI_DONE;
}

static int row_read(reader *r, bool first)
{
    cli_csv *csv = &r->csv;
    if (csv->length == r->before_length && memcmp(csv->text, r->before, csv->length) == 0)
        return row_add(r);
    for (int k = 0; first && k < COLUMNS; k++)
        if (strcmp(cli_csv_field(csv, 0), columns[k]) == 0)
            return header_read(r);
    if (csv->count > r->fields)
        return cli_csv_wrong(csv, "%zu fields, at most %zu are expected%s", csv->count, r->fields,
                             quotes_hint);
    r->before_length = 0;
    if (strcmp(field(r, ACTIVATION), "input") == 0)
        return input_read(r);
    int code = layer_read(r);
    if (code == CLI_DONE)
        code = row_add(r);
    memcpy(r->before, csv->text, csv->length);
    r->before_length = csv->length;
    return code;
}

int cli_layers_read(const cli_run *run, cli_layers *layers)
{
    const char *option = cli_options[CLI_LAYERS].name;
    bool any = true;
    *layers = (cli_layers){0};
    if (!*run->given[CLI_LAYERS])
        return cli_usage(run->command, "--%s: the file name is empty", option);
    reader *r = calloc(1, sizeof *r);
    if (!r)
        return cli_fail("out of memory");
    r->layers = layers;
    r->fields = COLUMNS;
    for (size_t k = 0; k < COLUMNS; k++)
        r->column[k] = k;
    int code = cli_csv_open(&r->csv, option, run->given[CLI_LAYERS]);
    for (bool first = true; code == CLI_DONE; first = false) {
        code = cli_csv_next(&r->csv, &any);
        if (code != CLI_DONE || !any)
            break;
        code = row_read(r, first);
    }
    if (code == CLI_DONE && layers->count == 0)
        code = cli_fail("--%s: there is no layer in '%s'", option, run->given[CLI_LAYERS]);
    cli_csv_close(&r->csv);
    free(r);
    return code;
}

void cli_layers_free(cli_layers *layers)
{
    tdestroy(layers->activations, named_free);
    free(layers->run);
    cli_list_free(&layers->widths);
    *layers = (cli_layers){0};
}
