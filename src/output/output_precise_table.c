/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law in arbitrary precision for people. Numbers may be of any length: each has a line of its own, and points stand one below
 * the other. */
#include "output_picture.h"
#include "output_precise.h"
#include "output_table.h"

static const char UNKNOWN[] = "- (its digits could not be established)";

static void row(FILE *stream, const char *name, const out_precise *result,
                const fj_precise_number *value, const char *otherwise)
{
    char text[OUT_PRECISE_ROOM];
    const char *known = out_precise_text(result, value, text);
    if (!known && value && value->status == FJ_NO_CONVERGENCE)
        otherwise = UNKNOWN;
    fprintf(stream, "  %-18s%s\n", name, known ? known : otherwise);
}

static void support_write(FILE *stream, const out_precise *result)
{
    static const char none[] = "none: the law has no upper edge";
    fputs("\nSingular values s\n", stream);
    row(stream, "s_min", result, out_precise_low(result), "-");
    row(stream, "s_max", result, out_precise_high(result), none);
    for (size_t i = 0; i < result->interval_count; i++) {
        row(stream, i ? "and from" : "continuous from", result, &result->intervals[i].s_min, "-");
        row(stream, "to", result, &result->intervals[i].s_max, none);
    }
    if (!result->interval_count)
        fputs("  continuous on     nothing: the law is all atoms\n", stream);
    for (size_t i = 0; i < result->atom_count; i++) {
        row(stream, "atom at s", result, &result->atoms[i].s, "-");
        row(stream, "its mass", result, &result->atoms[i].mass, "-");
    }
    if (!result->atom_count)
        fputs("  atoms             none\n", stream);
}

static void moments_write(FILE *stream, const out_precise *result)
{
    fputs("\nlambda = s^2\n", stream);
    row(stream, "mean", result, &result->lambda->mean, "-");
    row(stream, "variance", result, &result->lambda->variance, "-");
    row(stream, "mean of log", result, &result->lambda->mean_log, "- (not finite)");
    for (size_t i = 0; i < result->moment_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "moment %zu", i + 1);
        row(stream, name, result, &result->moments[i], "-");
    }
}

static void points_write(FILE *stream, const out_precise *result)
{
    static const char *const names[OUT_POINT_COLUMNS] = {
        [OUT_S] = "s",
        [OUT_DENSITY] = "density",
        [OUT_CDF] = "cdf",
        [OUT_LOG10_S] = "log10 s",
        [OUT_DENSITY_LOG10] = "per log10 s",
    };
    char text[OUT_PRECISE_ROOM];
    fputs("\nPoints\n", stream);
    for (size_t i = 0; i < result->point_count && !ferror(stream); i++)
        for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
            const char *known = out_precise_column(result, i, k, text);
            fprintf(stream, "%s  %-18s%s\n", i && k == 0 ? "\n" : "", names[k],
                    known                                       ? known
                    : out_precise_failed(&result->points[i], k) ? UNKNOWN
                                                                : "-");
        }
}

void out_table_precise(FILE *stream, const out_precise *result, bool unicode)
{
    const fj_meanfield *point = result->law->point;
    out_table_network(stream, &result->law->heading);
    fputs("\nMean field\n", stream);
    row(stream, "q*", result, &result->where->q_star, "-");
    row(stream, "sigma_w", result, &result->where->sigma_w, "-");
    row(stream, "sigma_b", result, &result->where->sigma_b, "-");
    row(stream, "chi", result, &result->where->chi, "-");
    row(stream, "slope at q*", result, &result->where->slope, "-");
    fprintf(stream, "  %-18s%s%s\n", "phase", out_phase_word(point->phase),
            point->stable ? "" : "; UNSTABLE: sampled networks drift away from q*");
    support_write(stream, result);
    moments_write(stream, result);
    if (result->quantile_count > 0)
        fputs("\nQuantiles\n", stream);
    for (size_t i = 0; i < result->quantile_count; i++) {
        fprintf(stream, "%s  %-18s%s\n", i ? "\n" : "", "p", result->quantiles[i].p);
        row(stream, "s", result, &result->quantiles[i].s, "-");
        row(stream, "log10 s", result, &result->quantiles[i].log10_s, "-");
    }
    if (result->points_listed)
        points_write(stream, result);
    out_picture_draw(stream, result->law, unicode);
    fprintf(stream, "\nEvery number is correct to %zu significant digit%s; s of points is exact.\n",
            result->digits, result->digits == 1 ? "" : "s");
    if (result->failed)
        fprintf(stream, "%zu number%s could not be established.\n", result->failed,
                result->failed == 1 ? "" : "s");
}
