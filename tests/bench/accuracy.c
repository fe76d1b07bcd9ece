/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the library's doubles are from the tables of data/, as the Markdown table of README.md.
 *
 * 1. Every row of spectrum.csv and edges.csv, from laws as the program makes them (fj_spectrum_prepare); its network stands on the critical line, by the sigma_w of critical.csv.
 * 2. What one rounding of s does is told apart: to a density |d log density/d log s| eps, by differences, to the
 *    distribution function s density eps.
 * 3. For each activation and for all: how many, the median and the largest error, and the largest error as a
 *    multiple of the library's own estimate of it (the field `error`).
 *
 * accuracy [DATA]: the folder of the tables (default "data"). Exit code 1: a table or a law is missing. */
#include "steepness.h"
#include <float.h>
#include <freejac/freejac.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIVATIONS = 32, ROWS_MAX = 8192, NAME = 32 };

/* Absolute errors of the distribution function below this are not told apart. */
static const double NOTHING = 1e-17;

/* What one activation, or all, came to. */
typedef struct tally {
    char name[NAME];
    double density[ROWS_MAX], beyond[ROWS_MAX], cdf[ROWS_MAX], cdf_beyond[ROWS_MAX], edge[ROWS_MAX];
    size_t points, edges, refused;
    double ratio;
} tally;

static tally tallies[ACTIVATIONS], all = {.name = "all"};
static size_t tally_count;

static struct {
    char name[NAME];
    double q, sigma_w2;
} critical[1024];
static size_t critical_count;

typedef struct row {
    char name[NAME], weights[NAME],
        place[NAME]; /* place: of an edge, "index:lower" or "index:upper" */
    unsigned long long depth;
    double q, s, density, cdf;
} row;

/* Calls read for each line that is neither a comment nor the head; 0 where the file is not there or read says so. */
static int table_read(const char *folder, const char *name, int (*read)(const char *line))
{
    char path[4096], line[512];
    int head = 1, good = 1;
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return 0;
    }
    while (good && fgets(line, sizeof line, file)) {
        if (*line == '#')
            continue;
        good = head || read(line);
        head = 0;
    }
    fclose(file);
    if (!good)
        fprintf(stderr, "%s: %s", path, line);
    return good && !head;
}

static int critical_read(const char *line)
{
    const size_t i = critical_count++;
    return i < 1024 && sscanf(line, "%31[^,],%lf,%lf", critical[i].name, &critical[i].q,
                              &critical[i].sigma_w2) == 3;
}

/* "elu-0.5" is elu:alpha=0.5. */
static fj_activation *activation_make(const char *name)
{
    char spec[2 * NAME];
    fj_activation_info info;
    fj_activation *a = NULL;
    snprintf(spec, sizeof spec, "%s", name);
    for (size_t i = 0; fj_activation_describe(i, &info) == FJ_OK; i++) {
        const size_t length = strlen(info.name), key = strcspn(info.parameters, "=");
        if (strncmp(name, info.name, length) == 0 && name[length] == '-' && *info.parameters)
            snprintf(spec, sizeof spec, "%s:%.*s=%s", info.name, (int)key, info.parameters,
                     name + length + 1);
    }
    return fj_activation_create(spec, &a, NULL) == FJ_OK ? a : NULL;
}

/* The law of a row, kept until a row with another one comes; NULL: none. */
static fj_spectrum *law_of(const row *r)
{
    static row last;
    static fj_activation *a;
    static fj_spectrum *law;
    if (law && strcmp(r->name, last.name) == 0 && strcmp(r->weights, last.weights) == 0 &&
        r->depth == last.depth && r->q == last.q)
        return law;
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
    law = NULL;
    last = *r;
    a = activation_make(r->name);
    fj_network_run run = {.activation = a, .count = r->depth, .q = r->q};
    run.weights = *r->weights == 'g' ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    run.width = run.chi = 1;
    for (size_t i = 0; i < critical_count; i++)
        if (strcmp(critical[i].name, r->name) == 0 && critical[i].q == r->q)
            run.sigma_w = sqrt(critical[i].sigma_w2);
    if (a)
        fj_spectrum_create(&(fj_network){1, 1, 0, &run}, &law, NULL);
    if (law)
        fj_spectrum_prepare(law);
    return law;
}

static tally *tally_of(const char *name)
{
    size_t i = 0;
    while (i < tally_count && strcmp(tallies[i].name, name) != 0)
        i++;
    if (i == tally_count && tally_count < ACTIVATIONS)
        snprintf(tallies[tally_count++].name, NAME, "%s", name);
    return i < ACTIVATIONS ? &tallies[i] : NULL;
}

static int point_read(const char *line)
{
    row r;
    fj_spectrum_point point;
    if (sscanf(line, "%31[^,],%31[^,],%llu,%lf,%lf,%lf,%lf", r.name, r.weights, &r.depth, &r.q,
               &r.s, &r.density, &r.cdf) != 7)
        return 0;
    const fj_spectrum *law = law_of(&r);
    tally *both[2] = {&all, tally_of(r.name)};
    if (!law || !both[1])
        return 0;
    const int refused = fj_spectrum_eval(law, &r.s, 1, &point) != FJ_OK;
    const double off = fabs(point.density - r.density) / r.density;
    const double rounding = refused ? 0 : DBL_EPSILON * fj_steepness(law, r.s, r.density);
    for (int i = 0; i < 2; i++) {
        tally *t = both[i];
        if (refused || t->points == ROWS_MAX) {
            t->refused++;
            continue;
        }
        t->density[t->points] = off;
        t->beyond[t->points] = fmax(0, off - rounding);
        t->cdf[t->points] = fabs(point.cdf - r.cdf);
        t->cdf_beyond[t->points] = fmax(0, t->cdf[t->points] - DBL_EPSILON * r.s * r.density);
        t->ratio = fmax(t->ratio, off / point.error);
        t->points++;
    }
    return 1;
}

static int edge_read(const char *line)
{
    row r;
    const fj_spectrum_interval *interval;
    if (sscanf(line, "%31[^,],%31[^,],%llu,%lf,%31[^,],%lf", r.name, r.weights, &r.depth, &r.q,
               r.place, &r.s) != 6)
        return 0;
    const fj_spectrum *law = law_of(&r);
    tally *both[2] = {&all, tally_of(r.name)};
    const size_t index = strtoul(r.place, NULL, 10);
    if (!law || !both[1] || index >= fj_spectrum_intervals(law, &interval))
        return 0;
    const double s = strstr(r.place, "upper") ? interval[index].s_max : interval[index].s_min;
    for (int i = 0; i < 2; i++)
        if (both[i]->edges < ROWS_MAX)
            both[i]->edge[both[i]->edges++] = fabs(s - r.s) / r.s;
    return 1;
}

static int order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_error(double x)
{
    if (x < NOTHING)
        printf(" %7s |", "< 1e-17");
    else
        printf(" %7.1e |", x);
}

/* Of n errors, sorted in passing: the median if wanted, and the largest. */
static void print_errors(double *error, size_t n, int median)
{
    qsort(error, n, sizeof *error, order);
    if (median)
        print_error(n ? error[n / 2] : NAN);
    print_error(n ? error[n - 1] : NAN);
}

static void print_tally(tally *t)
{
    printf("| %-15s | %6zu |", t->name, t->points);
    print_errors(t->density, t->points, 1);
    print_errors(t->beyond, t->points, 0);
    print_errors(t->cdf, t->points, 1);
    print_errors(t->cdf_beyond, t->points, 0);
    printf(" %8.2f | %7zu | %5zu |", t->ratio, t->refused, t->edges);
    print_errors(t->edge, t->edges, 1);
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "data";
    if (!table_read(folder, "critical", critical_read) ||
        !table_read(folder, "spectrum", point_read) || !table_read(folder, "edges", edge_read))
        return 1;
    printf(
        "| activation      | points | density |   worst |  beyond |     cdf |   worst |  beyond | "
        "estimate | refused | edges |       s |   worst |\n"
        "|:----------------|-------:|--------:|--------:|--------:|--------:|--------:|--------:|-"
        "--------:|--------:|------:|--------:|--------:|\n");
    for (size_t i = 0; i < tally_count; i++)
        print_tally(&tallies[i]);
    print_tally(&all);
    return 0;
}
