/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the groups of measurements share: the clock, the results, the laws that are timed, the tables of data/. */
#ifndef FJ_BENCH_H
#define FJ_BENCH_H

#include <freejac/freejac.h>
#include <stddef.h>

enum {
    BENCH_TEXT = 64,
    BENCH_POINTS = 1000,
    BENCH_QUANTILES = 25,
    BENCH_COLUMNS_MAX = 6,
    BENCH_ERRORS = 4,
    BENCH_KINDS = 9
};

/* One measurement, the least of all rounds. NaN where a number does not exist. */
typedef struct bench_result {
    char group[16], what[BENCH_TEXT], measure[16];
    double seconds;          /* for one */
    double evaluations;      /* gaussian expectations of resolvents, for one */
    double estimate;         /* the library's own largest estimate of its error */
    double error, error_cdf; /* the largest true errors; the group says of what */
    double ratio;            /* the largest error as a multiple of the library's estimate there */
    double flops;            /* of one */
} bench_result;

/* A run of the program: all groups are gone through in rounds, so that no case meets bad times only. */
typedef struct bench {
    int rounds, round, smoke;   /* round: the one in work, from 0 */
    int points;                 /* of a table: BENCH_POINTS, fewer where smoke is set */
    const char *freejac, *data; /* the program, the folder of the tables */
    double unit, unit_most; /* seconds of one complex exponential: the least, the most measured */
    const struct bench_group *group;
    bench_result *result;
    size_t results, room;
    int failed; /* cases that gave no result */
} bench;

/* A column of a group's table: a measure, with the unit it is printed in. */
typedef struct bench_column {
    const char *measure, *unit;
} bench_column;

/* A group of measurements. Each case is a line: its measures, then `errors`, whose titles are "" where there are none. */
typedef struct bench_group {
    const char *name, *title;
    int (*run)(bench *b); /* 0: no memory */
    bench_column column[BENCH_COLUMNS_MAX];
    const char *errors[BENCH_ERRORS]; /* of estimate, error, error_cdf, ratio */
    int evaluations, rate;            /* are they printed? */
} bench_group;

extern const bench_group bench_expectation, bench_law, bench_layers, bench_products, bench_phase,
    bench_trajectory, bench_sampling, bench_haar, bench_process, bench_peer;

/* The activations whose laws are timed, where they stand, and what a point should take, in seconds. */
typedef struct bench_kind {
    const char *name;
    double q, point_wanted;
} bench_kind;
extern const bench_kind bench_kinds[BENCH_KINDS];

/* Seconds: of this thread's own work, which others on the machine do not lengthen; and of the clock on the wall. */
double bench_cpu(void);
double bench_wall(void);
/* CPU seconds of one complex exponential, the least of some runs. */
double bench_exponential(void);
/* Is another repetition wanted in this round, after `count` that took `spent` seconds together? */
int bench_more(const bench *b, int count, double spent);
/* The least CPU time of one call, repeated as bench_more likes it; NaN: work returned 0. */
typedef int bench_work(void *context);
double bench_best(const bench *b, bench_work *work, void *context);

/* Gaussian expectations of resolvents that this thread has asked for so far. */
double bench_evaluations(void);

/* Adds a result to the group in work, or to what earlier rounds have of it; valid until the next. NULL: no memory (then
 * b->failed says so too). */
bench_result *bench_add(bench *b, const char *what, const char *measure, double seconds);
/* NULL: there is none. */
const bench_result *bench_find(const bench *b, const char *group, const char *what,
                               const char *measure);
void bench_fail(bench *b, const char *what, const char *why);
/* A line for each case. */
void bench_print(const bench *b, const bench_group *group);

/* Times building the law of a network, 1000 points of it, the same again, quantiles; adds the results. True errors are those at
 * the rows of data/`table`.csv that begin with `rows`; NULL: none. */
int bench_law_measure(bench *b, const char *what, const fj_network *network, const char *table,
                      const char *rows);

/* The largest errors of a law at those rows into error, of the density, relative, beyond what one rounding of s does, error_cdf
 * and ratio. NaN where there is no row. */
void bench_truth_law(const bench *b, const fj_spectrum *law, const char *table, const char *rows,
                     bench_result *result);
/* The same of E[t/(u - t)], relative, beyond a rounding of u. */
struct fj_rule;
double bench_truth_expectation(const bench *b, const struct fj_rule *rule, const char *name,
                               double q);

/* Writes all results; 0: it could not, and a line on stderr says why. */
int bench_json_write(const bench *b, const char *path);
/* Prints the ratios of two such files; the exit code. */
int bench_compare(const char *old_path, const char *new_path);

/* The Markdown tables of README.md. */
void bench_print_targets(const bench *b);
void bench_print_peers(const bench *b);

#endif
