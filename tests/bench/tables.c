/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Markdown tables of README.md: what is aimed at beside what this run reached, and what others take beside it. */
#include "bench.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The targets, in seconds; those of points stand beside the activations (law.c). */
static const double BUILD_WANTED = 50e-6, AGAIN_WANTED = 20e-9, PROCESS_WANTED = 5e-3,
                    LAYERS_WANTED = 5e-3;

/* Over all cases of an activation. */
typedef struct range {
    double least, most, evaluations, estimate, error, ratio; /* the last four: the largest */
} range;

static range range_of(const bench *b, const char *activation, const char *measure)
{
    range all = {INFINITY, 0, NAN, NAN, NAN, NAN};
    const size_t length = strlen(activation);
    for (size_t i = 0; i < b->results; i++) {
        const bench_result *r = &b->result[i];
        if (strcmp(r->group, "law") != 0 || strncmp(r->what, activation, length) != 0 ||
            r->what[length] != ' ' || strcmp(r->measure, measure) != 0)
            continue;
        all.least = fmin(all.least, r->seconds);
        all.most = fmax(all.most, r->seconds);
        all.evaluations = fmax(all.evaluations, r->evaluations);
        all.estimate = fmax(all.estimate, r->estimate);
        all.error = fmax(all.error, r->error);
        all.ratio = fmax(all.ratio, r->ratio);
    }
    return all;
}

static void print_range(const range *r, double scale, double unit)
{
    char text[3][32];
    const double x[3] = {scale * r->least, scale * r->most, r->most / unit};
    for (int i = 0; i < 3; i++)
        snprintf(text[i], sizeof text[i], "%.*f", x[i] < 10 ? 2 : x[i] < 100 ? 1 : 0, x[i]);
    printf(" %s to %s (%s) |", text[0], text[1], text[2]);
}

/* How many times as long a table takes at depth 10^6 as at 10: the larger of both kinds of weights. */
static double deep_over_shallow(const bench *b, const char *activation)
{
    static const char *const weights[] = {"orthogonal", "gaussian"};
    double worst = NAN;
    for (size_t i = 0; i < b->results; i++)
        for (int w = 0; w < 2; w++) {
            char deep[BENCH_TEXT], shallow[BENCH_TEXT];
            const bench_result *r = &b->result[i];
            const int n = snprintf(deep, sizeof deep, "%s %s 1e+06 q=", activation, weights[w]);
            if (strcmp(r->group, "law") != 0 || strcmp(r->measure, "table") != 0 || n < 0 ||
                strncmp(r->what, deep, (size_t)n) != 0)
                continue;
            snprintf(shallow, sizeof shallow, "%s %s 10 q=%s", activation, weights[w], r->what + n);
            const bench_result *other = bench_find(b, "law", shallow, "table");
            if (other)
                worst = fmax(worst, r->seconds / other->seconds);
        }
    return worst;
}

static void print_time(double seconds, double scale)
{
    if (isfinite(seconds))
        printf(" %.3g |", scale * seconds);
    else
        printf(" none |");
}

static void print_small(double x)
{
    if (isnan(x))
        printf(" not in data/ |");
    else
        printf(" %.1e |", x);
}

static void print_others(const bench *b)
{
    static const struct {
        const char *group, *what, *measure, *says;
        double wanted;
    } rows[] = {
        {"process", "tanh orthogonal 200 q=0.025", "wall",
         "`freejac spectrum`, tanh, 1000 points as CSV: the whole process", PROCESS_WANTED},
        {"process", "gelu orthogonal 200 q=0.5", "wall", "the same, gelu", PROCESS_WANTED},
        {"process", "--version", "wall", "`freejac --version`: start and libraries alone", NAN},
        {"layers", "tanh orthogonal, 40 different of 40", "table",
         "40 different layers, tanh: law and 1000 points", LAYERS_WANTED},
        {"layers", "tanh-forty-q-g", "table", "the same, gaussian weights", LAYERS_WANTED},
        {"layers", "tanh orthogonal, 40 from q = 3", "table",
         "the same, tanh by `--q0 3`, beside its fixed point", LAYERS_WANTED},
        {"layers", "erf orthogonal, 40 different of 40", "table", "the same, erf", LAYERS_WANTED},
        {"layers", "arctan orthogonal, 40 different of 40", "table", "the same, arctan",
         LAYERS_WANTED},
        {"layers", "softplus orthogonal, 40 from q = 3", "table", "the same, softplus by `--q0 3`",
         LAYERS_WANTED},
        {"layers", "hard-tanh orthogonal, 40 different of 40", "table", "the same, hard-tanh",
         LAYERS_WANTED},
        {"layers", "elu orthogonal, 40 different of 40", "table", "the same, elu", LAYERS_WANTED},
        {"layers", "selu orthogonal, 40 different of 40", "table", "the same, selu", LAYERS_WANTED},
        {"layers", "sin orthogonal, 40 different of 40", "table", "the same, sin", LAYERS_WANTED},
        {"layers", "softsign orthogonal, 40 different of 40", "table", "the same, softsign",
         LAYERS_WANTED},
        {"layers", "gelu orthogonal, 40 different of 40", "table", "the same, gelu", LAYERS_WANTED},
        {"layers", "silu orthogonal, 40 different of 40", "table", "the same, silu", LAYERS_WANTED},
        {"layers", "expr:x*tanh(x) orthogonal, 40 different of 40", "table",
         "the same, `expr:x*tanh(x)`", LAYERS_WANTED},
    };
    printf("\n| one thread | wanted, ms | here, ms |\n|:---|---:|---:|\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bench_result *r = bench_find(b, rows[i].group, rows[i].what, rows[i].measure);
        printf("| %s |", rows[i].says);
        print_time(rows[i].wanted, 1e3);
        print_time(r ? r->seconds : NAN, 1e3);
        printf("\n");
    }
}

/* The last column: a true error as a multiple of the estimate at the same point. */
static void print_ratio(double ratio)
{
    if (isnan(ratio))
        printf(" |\n");
    else
        printf(" %.2g |\n", ratio);
}

static void print_target(const bench *b, const char *name, double point_wanted)
{
    const range point = range_of(b, name, "point"), build = range_of(b, name, "build"),
                again = range_of(b, name, "again");
    range table = range_of(b, name, "table");
    table.least /= b->points;
    table.most /= b->points;
    printf("| %s |", strncmp(name, "expr:", 5) == 0 ? "a formula" : name);
    if (!(point.most > 0)) {
        printf(" failed | | | | | | | | | | | |\n");
        return;
    }
    print_range(&point, 1e6, b->unit);
    printf(" %g |", 1e6 * point_wanted);
    print_range(&table, 1e6, b->unit);
    print_range(&build, 1e6, b->unit);
    printf(" %g |", 1e6 * BUILD_WANTED);
    print_range(&again, 1e9, b->unit);
    printf(" %g | %.2f | %.3g |", 1e9 * AGAIN_WANTED, deep_over_shallow(b, name),
           point.evaluations);
    print_small(point.estimate);
    print_small(point.error);
    print_ratio(point.ratio);
}

void bench_print_targets(const bench *b)
{
    printf("One complex exponential: %.1f ns (up to %.1f in this run); in parentheses the largest "
           "time as a multiple of it.\n\n",
           1e9 * b->unit, 1e9 * b->unit_most);
    printf("| activation | a point, us | wanted | with its part of the law, us | the law, us | "
           "wanted | a point again, ns | wanted | 10^6 layers : 10 | expectations a point | "
           "estimate | true error | of its estimate |\n"
           "|:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < BENCH_KINDS; i++)
        print_target(b, bench_kinds[i].name, bench_kinds[i].point_wanted);
    print_others(b);
}

/* Newton lilypads (Chhaibi, Daouda, Kahn 2022), gaussian products of width ratio 0.8, 1000 points at a broadening of 1e-4, and
 * one orthogonal tanh network of N = 1000, L = 100 sampled with numpy: seconds, measured for this project on a machine
 * of this kind (two processors of a shared AMD EPYC), not by this program. Lilypads' errors of the density there: median
 * 7e-5, largest 1e-3. NAN: hangs, as it does from L = 80 on. */
static const struct {
    int depth;
    double python, cython;
} lilypads[] = {{5, 105e-3, 23e-3},  {10, 145e-3, 28e-3}, {20, 213e-3, 35e-3},
                {40, 370e-3, 52e-3}, {80, NAN, NAN},      {500, NAN, NAN}};
static const char LILYPADS_ERROR[] = "7e-5, 1e-3", NUMPY[] = "7 to 11";

static void print_lilypads(const bench *b)
{
    printf("| gaussian products, ratio 0.8, 1000 points | lilypads in Python, ms | in Cython, ms | "
           "their error: median, worst | freejac: law, ms | 1000 points, ms | both, ms | times "
           "faster than Cython | "
           "estimate | true error | of its estimate |\n"
           "|:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < sizeof lilypads / sizeof *lilypads; i++) {
        char what[BENCH_TEXT];
        snprintf(what, sizeof what, "linear-0.8-%d", lilypads[i].depth);
        const bench_result *build = bench_find(b, "products", what, "build"),
                           *point = bench_find(b, "products", what, "point"),
                           *table = bench_find(b, "products", what, "table");
        const int ends = isfinite(lilypads[i].cython);
        printf("| L = %d |", lilypads[i].depth);
        if (ends)
            printf(" %.0f | %.0f | %s |", 1e3 * lilypads[i].python, 1e3 * lilypads[i].cython,
                   LILYPADS_ERROR);
        else
            printf(" hangs | hangs | |");
        if (!build || !point || !table) {
            printf(" failed | | | | | | |\n");
            continue;
        }
        printf(" %.3g | %.3g | %.3g |", 1e3 * build->seconds, 1e3 * point->seconds * b->points,
               1e3 * table->seconds);
        if (ends)
            printf(" %.0f |", lilypads[i].cython / table->seconds);
        else
            printf(" |");
        print_small(point->estimate);
        print_small(point->error);
        print_ratio(point->ratio);
    }
}

void bench_print_peers(const bench *b)
{
    static const char what[] = "tanh orthogonal 100 q=0.025";
    const bench_result *one = bench_find(b, "peer", what, "one thread"),
                       *all = bench_find(b, "peer", what, "all threads"),
                       *law = bench_find(b, "peer", what, "table");
    print_lilypads(b);
    printf("\n| one orthogonal tanh network, N = 1000, L = 100 | numpy, s | freejac sample, one "
           "thread, s | all threads, s | exact law and 1000 points, ms |\n"
           "|:---|---:|---:|---:|---:|\n| once |");
    printf(" %s |", NUMPY);
    print_time(one ? one->seconds : NAN, 1);
    print_time(all ? all->seconds : NAN, 1);
    print_time(law ? law->seconds : NAN, 1e3);
    printf("\n");
}
