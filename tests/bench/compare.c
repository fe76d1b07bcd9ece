/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two runs beside each other.
 *
 * 1. Results that have group, case and measure in common; each time as a multiple of its own run's complex exponential.
 * 2. The ratio old/new: above 1 the new run is faster. Worst first.
 * 3. Errors and evaluations stand beside the times; what only one of the runs has is counted.
 *
 * Files are read in full before anything is printed; what is not such a file gets one line and exit code 2. */
#include "bench.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct pair {
    const json_t *before, *after;
    double ratio;
} pair;

static const char *text(const json_t *result, const char *key)
{
    const char *value = json_string_value(json_object_get(result, key));
    return value ? value : "";
}

static double number(const json_t *result, const char *key)
{
    const json_t *value = json_object_get(result, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static int same(const json_t *a, const json_t *b)
{
    return strcmp(text(a, "group"), text(b, "group")) == 0 &&
           strcmp(text(a, "case"), text(b, "case")) == 0 &&
           strcmp(text(a, "measure"), text(b, "measure")) == 0;
}

/* NULL, with a line on stderr, for what is not a file of results. */
static json_t *results_load(const char *path)
{
    json_error_t error;
    json_t *all = json_load_file(path, 0, &error);
    const json_t *results = json_object_get(all, "results"), *result;
    const char *wrong = NULL;
    size_t i;
    if (!all && error.line > 0)
        fprintf(stderr, "bench: '%.200s', line %d: %s\n", path, error.line, error.text);
    else if (!all)
        fprintf(stderr, "bench: '%.200s' cannot be read\n", path);
    if (!all)
        return NULL;
    if (json_integer_value(json_object_get(all, "freejac_bench")) != 1 || !json_is_array(results))
        wrong = "is not written by bench --json";
    json_array_foreach(results, i, result) if (!*text(result, "group") || !*text(result, "case") ||
                                               !*text(result, "measure")) wrong =
        "has a result without group, case or measure";
    if (wrong) {
        fprintf(stderr, "bench: '%.200s' %s\n", path, wrong);
        json_decref(all);
        return NULL;
    }
    return all;
}

static int by_ratio(const void *a, const void *b)
{
    const double x = ((const pair *)a)->ratio, y = ((const pair *)b)->ratio;
    return (x > y) - (x < y);
}

static const char *name(const json_t *all)
{
    return text(json_object_get(all, "machine"), "date");
}

static void print_change(const json_t *before, const json_t *after, const char *key,
                         const char *format)
{
    const double x[2] = {number(before, key), number(after, key)};
    for (int i = 0; i < 2; i++) {
        char cell[32] = "";
        if (!isnan(x[i]))
            snprintf(cell, sizeof cell, format, x[i]);
        printf(" %8s", cell);
    }
    printf(" |");
}

static void print_pairs(const pair *found, size_t n)
{
    printf("%7s | %10s %10s | %-17s | %-17s | %-17s |\n", "old/new", "old x cexp", "new x cexp",
           "evaluations", "estimate", "true error");
    for (size_t i = 0; i < n; i++) {
        const pair *p = &found[i];
        printf("%7.3f | %10.4g %10.4g |", p->ratio, number(p->before, "cexp"),
               number(p->after, "cexp"));
        print_change(p->before, p->after, "evaluations", "%.4g");
        print_change(p->before, p->after, "estimate", "%.1e");
        print_change(p->before, p->after, "error", "%.1e");
        printf(" %s: %s: %s\n", text(p->after, "group"), text(p->after, "case"),
               text(p->after, "measure"));
    }
}

int bench_compare(const char *old_path, const char *new_path)
{
    json_t *before = results_load(old_path), *after = before ? results_load(new_path) : NULL;
    const json_t *olds = json_object_get(before, "results"),
                 *news = json_object_get(after, "results");
    const size_t old_count = json_array_size(olds), new_count = json_array_size(news);
    pair *found = after ? calloc(new_count + 1, sizeof *found) : NULL;
    size_t n = 0;
    const int alike = number(before, "points") == number(after, "points"),
              ok = found != NULL && alike;
    if (after && !found)
        fprintf(stderr, "bench: out of memory\n");
    else if (after && !alike)
        fprintf(stderr, "bench: one of the files is of --smoke, the other is not\n");
    for (size_t i = 0; ok && i < new_count; i++)
        for (size_t k = 0; k < old_count; k++) {
            const json_t *a = json_array_get(olds, k), *b = json_array_get(news, i);
            const double ratio = number(a, "cexp") / number(b, "cexp");
            if (same(a, b) && !isnan(ratio)) {
                found[n++] = (pair){a, b, ratio};
                break;
            }
        }
    if (ok) {
        qsort(found, n, sizeof *found, by_ratio);
        printf("old: %s, %s, cexp %.1f ns\nnew: %s, %s, cexp %.1f ns\n", old_path, name(before),
               number(before, "cexp_ns"), new_path, name(after), number(after, "cexp_ns"));
        print_pairs(found, n);
        printf("%zu in both, %zu only in the old, %zu only in the new\n", n, old_count - n,
               new_count - n);
    }
    free(found);
    json_decref(before);
    json_decref(after);
    return ok ? 0 : 2;
}
