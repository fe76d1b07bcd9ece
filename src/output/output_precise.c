/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law in arbitrary precision as CSV: the lines of output_csv.c, each number a text of that many
 * digits. And what all its writers share. */
#include "output_precise.h"
#include <string.h>
#include "output_csv.h"
#include "output_decimal.h"

bool out_precise_known(const fj_precise_number *number)
{
    return number && number->text && number->status == FJ_OK && strcmp(number->text, "inf") != 0;
}

const char *out_precise_text(const out_precise *result, const fj_precise_number *number,
                             char text[OUT_PRECISE_ROOM])
{
    if (!out_precise_known(number))
        return NULL;
    out_decimal_write(number->text, result->digits, text);
    return text;
}

/* The less (sign < 0) or the more of two; either may be missing. */
static const fj_precise_number *extreme(const fj_precise_number *a, const fj_precise_number *b,
                                        int sign)
{
    if (!a || !a->text)
        return b;
    if (!b || !b->text)
        return a;
    return sign * out_decimal_compare(a->text, b->text) >= 0 ? a : b;
}

const fj_precise_number *out_precise_low(const out_precise *result)
{
    return extreme(result->interval_count ? &result->intervals[0].s_min : NULL,
                   result->atom_count ? &result->atoms[0].s : NULL, -1);
}

const fj_precise_number *out_precise_high(const out_precise *result)
{
    const size_t i = result->interval_count, k = result->atom_count;
    return extreme(i ? &result->intervals[i - 1].s_max : NULL, k ? &result->atoms[k - 1].s : NULL,
                   1);
}

/* The number in that column; NULL for s, which is exact. */
static const fj_precise_number *column(const fj_precise_point *point, int k)
{
    switch (k) {
    case OUT_S:
        return NULL;
    case OUT_DENSITY:
        return &point->density;
    case OUT_CDF:
        return &point->cdf;
    case OUT_LOG10_S:
        return &point->log10_s;
    default:
        return &point->density_log10;
    }
}

const char *out_precise_column(const out_precise *result, size_t i, int k,
                               char text[OUT_PRECISE_ROOM])
{
    if (k != OUT_S)
        return out_precise_text(result, column(&result->points[i], k), text);
    out_decimal_write(result->s[i], 0, text); /* all its digits */
    return text;
}

bool out_precise_failed(const fj_precise_point *point, int k)
{
    return k != OUT_S && column(point, k)->status == FJ_NO_CONVERGENCE;
}

static size_t failed(const fj_precise_number *number)
{
    return number->status == FJ_NO_CONVERGENCE;
}

void out_precise_count(out_precise *r)
{
    const fj_precise_meanfield *w = r->where;
    r->failed = r->failed_points = 0;
    if (!w)
        return;
    r->failed = failed(&w->q_star) + failed(&w->sigma_w) + failed(&w->sigma_b) + failed(&w->chi) +
                failed(&w->slope) + failed(&r->lambda->mean) + failed(&r->lambda->variance) +
                failed(&r->lambda->mean_log);
    for (size_t i = 0; i < r->interval_count; i++)
        r->failed += failed(&r->intervals[i].s_min) + failed(&r->intervals[i].s_max);
    for (size_t i = 0; i < r->atom_count; i++)
        r->failed += failed(&r->atoms[i].s) + failed(&r->atoms[i].mass);
    for (size_t i = 0; i < r->moment_count; i++)
        r->failed += failed(&r->moments[i]);
    for (size_t i = 0; i < r->quantile_count; i++)
        r->failed += failed(&r->quantiles[i].s) + failed(&r->quantiles[i].log10_s);
    for (size_t i = 0; i < r->point_count; i++) {
        size_t of_point = 0;
        for (int k = 0; k < OUT_POINT_COLUMNS; k++)
            of_point += out_precise_failed(&r->points[i], k);
        r->failed += of_point;
        r->failed_points += of_point > 0;
    }
}

void out_precise_error(const out_precise *result, char text[32])
{
    snprintf(text, 32, "1e-%02zu", result->digits - 1);
}

static void number(FILE *stream, const char *before, const out_precise *result,
                   const fj_precise_number *value)
{
    char text[OUT_PRECISE_ROOM];
    const char *known = out_precise_text(result, value, text);
    const bool infinite = value && value->text && strcmp(value->text, "inf") == 0;
    fprintf(stream, "%s%s", before, known ? known : infinite ? "inf" : "nan");
}

static void comment(FILE *stream, const char *key, const out_precise *result,
                    const fj_precise_number *value)
{
    fprintf(stream, "# %s", key);
    number(stream, ": ", result, value);
    fputc('\n', stream);
}

static void point_write(FILE *stream, const out_precise *result)
{
    const fj_meanfield *point = result->law->point;
    comment(stream, "q_star", result, &result->where->q_star);
    comment(stream, "chi", result, &result->where->chi);
    comment(stream, "sigma_w", result, &result->where->sigma_w);
    comment(stream, "sigma_b", result, &result->where->sigma_b);
    fprintf(stream, "# phase: %s\n# stable: %s\n", out_phase_word(point->phase),
            point->stable ? "yes" : "no");
}

static void law_write(FILE *stream, const out_precise *result)
{
    comment(stream, "s_min", result, out_precise_low(result));
    comment(stream, "s_max", result, out_precise_high(result));
    fputs("# support:", stream);
    for (size_t i = 0; i < result->interval_count; i++) {
        number(stream, " [", result, &result->intervals[i].s_min);
        number(stream, ",", result, &result->intervals[i].s_max);
        fputc(']', stream);
    }
    fprintf(stream, "%s\n# atoms:", result->interval_count ? "" : " none");
    for (size_t i = 0; i < result->atom_count; i++) {
        number(stream, " s=", result, &result->atoms[i].s);
        number(stream, ",mass=", result, &result->atoms[i].mass);
    }
    fprintf(stream, "%s\n# moments:", result->atom_count ? "" : " none");
    for (size_t i = 0; i < result->moment_count; i++)
        number(stream, i ? "," : " ", result, &result->moments[i]);
    fputc('\n', stream);
    comment(stream, "mean_lambda", result, &result->lambda->mean);
    comment(stream, "var_lambda", result, &result->lambda->variance);
    comment(stream, "mean_log_lambda", result, &result->lambda->mean_log);
    for (size_t i = 0; i < result->quantile_count; i++) {
        fprintf(stream, "# quantile: p=%s", result->quantiles[i].p);
        number(stream, ",s=", result, &result->quantiles[i].s);
        number(stream, ",log10_s=", result, &result->quantiles[i].log10_s);
        fputc('\n', stream);
    }
}

void out_csv_precise(FILE *stream, const out_precise *result)
{
    char error[32], text[OUT_PRECISE_ROOM];
    out_csv_heading(stream, &result->law->heading);
    point_write(stream, result);
    law_write(stream, result);
    out_precise_error(result, error);
    fprintf(stream, "# max_error: %s\n# failed_points: %zu\n", error, result->failed_points);
    out_csv_notes(stream, &result->law->heading);
    for (int k = 0; k < OUT_POINT_COLUMNS; k++)
        fprintf(stream, "%s%s", k ? "," : "", out_point_columns[k]);
    fputc('\n', stream);
    for (size_t i = 0; i < result->point_count && !ferror(stream); i++) {
        for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
            const char *known = out_precise_column(result, i, k, text);
            fprintf(stream, "%s%s", k ? "," : "", known ? known : "nan");
        }
        fputc('\n', stream);
    }
}
