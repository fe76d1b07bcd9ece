/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside `freejac spectrum --digits D` (cli_precise.c, cli_precise_find.c). */
#ifndef FJ_CLI_PRECISE_JOB_H
#define FJ_CLI_PRECISE_JOB_H

#include "cli_law.h"
#include "cli_network.h"
#include "output_precise.h"

/* Digits in reserve: log10 s of a quantile near 1 needs them. */
enum { CLI_PRECISE_GUARD = 10 };

typedef struct cli_precise_job {
    cli_law law; /* in double; what was asked */
    cli_network net;
    fj_spectrum *spectrum;
    double digits, threads;
    fj_precise *precise;
    fj_precise_number *moments;
    out_precise_quantile *quantiles;
    char **p, **s; /* plain decimals: of --quantiles, of the points */
    fj_precise_point *points;
    out_precise result;
} cli_precise_job;

/* Options of the library: digits with those in reserve, threads. */
fj_precise_options cli_precise_options(const cli_precise_job *job);

/* A number as the user wrote it, without signs and zeros that say nothing; NULL without memory or for NULL. */
char *cli_precise_plain(const char *text);

/* Moments, quantiles, points, into job->result. Each returns an exit code. */
int cli_precise_moments(cli_precise_job *job);
int cli_precise_quantiles(const cli_run *run, cli_precise_job *job);
int cli_precise_points(cli_run *run, cli_precise_job *job);

/* Frees what they made. */
void cli_precise_clear(cli_precise_job *job);

#endif
