/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The results so far, and their lines: the time of one, as a multiple of a complex exponential in parentheses; gaussian
 * expectations asked for by each; errors. */
#include "bench.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64, WHAT_WIDTH = 49 };

/* The place of a result, or where it belongs. */
static size_t index_of(const bench *b, const char *group, const char *what, const char *measure)
{
    size_t i = 0;
    while (i < b->results &&
           (strcmp(b->result[i].group, group) != 0 || strcmp(b->result[i].what, what) != 0 ||
            strcmp(b->result[i].measure, measure) != 0))
        i++;
    return i;
}

bench_result *bench_add(bench *b, const char *what, const char *measure, double seconds)
{
    const size_t i = index_of(b, b->group->name, what, measure);
    if (i < b->results) {
        b->result[i].seconds = fmin(b->result[i].seconds, seconds);
        return &b->result[i];
    }
    if (i == b->room) {
        const size_t room = b->room ? 2 * b->room : ROOM_FIRST;
        bench_result *more = realloc(b->result, room * sizeof *more);
        if (!more) {
            b->failed++;
            return NULL;
        }
        b->result = more;
        b->room = room;
    }
    bench_result *r = &b->result[b->results++];
    *r = (bench_result){.seconds = seconds};
    r->evaluations = r->estimate = r->error = r->error_cdf = r->ratio = r->flops = NAN;
    snprintf(r->group, sizeof r->group, "%s", b->group->name);
    snprintf(r->what, sizeof r->what, "%s", what);
    snprintf(r->measure, sizeof r->measure, "%s", measure);
    return r;
}

const bench_result *bench_find(const bench *b, const char *group, const char *what,
                               const char *measure)
{
    const size_t i = index_of(b, group, what, measure);
    return i < b->results ? &b->result[i] : NULL;
}

void bench_fail(bench *b, const char *what, const char *why)
{
    b->failed++;
    if (b->round == 0)
        fprintf(stderr, "bench: %s: %s: %s\n", b->group->name, what, why);
}

static double unit_scale(const char *unit)
{
    return strcmp(unit, "ns") == 0 ? 1e9 : strcmp(unit, "us") == 0 ? 1e6 : 1e3;
}

static int columns(const bench_group *g)
{
    int n = 0;
    while (n < BENCH_COLUMNS_MAX && g->column[n].measure)
        n++;
    return n;
}

static void print_head(const bench_group *g)
{
    const int n = columns(g);
    printf("\n%s: %s\n%-*s", g->name, g->title, WHAT_WIDTH, "");
    for (int i = 0; i < n; i++) {
        char title[32];
        snprintf(title, sizeof title, "%s %s", g->column[i].measure, g->column[i].unit);
        printf(" | %20s", title);
    }
    for (int i = 0; g->evaluations && i < n; i++)
        printf("%s%10s", i ? "" : " |", g->column[i].measure);
    for (int i = 0; i < BENCH_ERRORS; i++)
        if (*g->errors[i])
            printf(" | %9s", g->errors[i]);
    printf("%s\n", g->rate ? " |  GFLOP/s" : "");
}

static void print_number(const char *format, int width, double x)
{
    if (isnan(x))
        printf("%*s", width, "");
    else
        printf(format, width, x);
}

static double larger(double a, double b)
{
    return isnan(a) || b > a ? b : a;
}

static void print_line(const bench *b, const bench_group *g, const char *what)
{
    const bench_result *at[BENCH_COLUMNS_MAX];
    double errors[BENCH_ERRORS] = {NAN, NAN, NAN, NAN}, rate = NAN;
    const int n = columns(g);
    printf("%-*s", WHAT_WIDTH, what);
    for (int i = 0; i < n; i++) {
        const bench_result *r = at[i] = bench_find(b, g->name, what, g->column[i].measure);
        if (!r) {
            printf(" | %20s", "");
            continue;
        }
        const double time = unit_scale(g->column[i].unit) * r->seconds,
                     own[BENCH_ERRORS] = {r->estimate, r->error, r->error_cdf, r->ratio};
        printf(" | %8.*f (%9.*f)", time < 10 ? 2 : 0, time, r->seconds < 100 * b->unit,
               r->seconds / b->unit);
        for (int k = 0; k < BENCH_ERRORS; k++)
            errors[k] = larger(errors[k], own[k]);
        rate = larger(rate, 1e-9 * r->flops / r->seconds);
    }
    for (int i = 0; g->evaluations && i < n; i++) {
        printf("%s", i ? "" : " |");
        print_number("%*.4g", 10, at[i] ? at[i]->evaluations : NAN);
    }
    for (int i = 0; i < BENCH_ERRORS; i++)
        if (*g->errors[i]) {
            printf(" | ");
            print_number("%*.2g", 9, errors[i]);
        }
    if (g->rate) {
        printf(" | ");
        print_number("%*.1f", 8, rate);
    }
    printf("\n");
}

void bench_print(const bench *b, const bench_group *group)
{
    print_head(group);
    for (size_t i = 0; i < b->results; i++) {
        const bench_result *r = &b->result[i];
        size_t first = 0; /* of this case */
        while (strcmp(b->result[first].group, r->group) != 0 ||
               strcmp(b->result[first].what, r->what) != 0)
            first++;
        if (first == i && strcmp(r->group, group->name) == 0)
            print_line(b, group, r->what);
    }
}
