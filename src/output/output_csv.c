/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV: comment lines (program, command, parameters with their defaults, results, notes), one header line, rows.
 * Nothing that changes between equal runs is written: no date, no file name. */
#include "output_csv.h"
#include <math.h>
#include "output_compare.h"
#include "output_design.h"
#include "output_layers.h"
#include "output_number.h"

static void number(FILE *stream, const char *before, double value)
{
    char text[OUT_NUMBER_ROOM];
    out_number(text, value);
    fputs(before, stream);
    fputs(text, stream);
}

static void row(FILE *stream, const double values[OUT_POINT_COLUMNS])
{
    char text[OUT_POINT_COLUMNS * OUT_NUMBER_ROOM], *at = text;
    for (int k = 0; k < OUT_POINT_COLUMNS; k++) {
        at = out_number(at, values[k]);
        *at++ = k + 1 < OUT_POINT_COLUMNS ? ',' : '\n';
    }
    fwrite(text, 1, (size_t)(at - text), stream);
}

static void comment(FILE *stream, const char *key, double value)
{
    fprintf(stream, "# %s", key);
    number(stream, ": ", value);
    fputc('\n', stream);
}

void out_csv_heading(FILE *stream, const out_heading *heading)
{
    fprintf(stream, "# freejac: %s\n# command: %s\n", fj_version(), heading->command);
    for (size_t i = 0; i < heading->parameters->count; i++)
        fprintf(stream, "# %s\n", heading->parameters->text[i]);
}

void out_csv_notes(FILE *stream, const out_heading *heading)
{
    for (size_t i = 0; i < heading->notes->count; i++)
        fprintf(stream, "# note: %s\n", heading->notes->text[i]);
}

static void point_write(FILE *stream, const fj_meanfield *point)
{
    comment(stream, "q_star", point->q_star);
    comment(stream, "chi", point->chi);
    comment(stream, "sigma_w", point->sigma_w);
    comment(stream, "sigma_b", point->sigma_b);
    if (isnan(point->q_star))
        return;
    fprintf(stream, "# phase: %s\n", out_phase_word(point->phase));
    fprintf(stream, "# stable: %s\n", point->stable ? "yes" : "no");
}

static void sections_write(FILE *stream, const out_spectrum *result)
{
    for (size_t i = 0; i < result->section_count; i++)
        for (size_t k = 0; k < result->sections[i].count; k++) {
            const out_entry *entry = &result->sections[i].entries[k];
            if (entry->text)
                fprintf(stream, "# %s: %s\n", entry->key, entry->text);
            else
                comment(stream, entry->key, entry->value);
        }
}

static void quantiles_write(FILE *stream, const out_quantile *quantile, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        number(stream, "# quantile: p=", quantile[i].p);
        number(stream, ",s=", quantile[i].s);
        number(stream, ",log10_s=", quantile[i].log10_s);
        fputc('\n', stream);
    }
}

static void law_write(FILE *stream, const out_spectrum *result)
{
    comment(stream, "s_min", out_place(result->low.s, result->low.log_s));
    comment(stream, "s_max", out_place(result->high.s, result->high.log_s));
    fputs("# support:", stream);
    for (size_t i = 0; i < result->interval_count; i++) {
        const fj_spectrum_interval *interval = &result->intervals[i];
        number(stream, " [", out_place(interval->s_min, interval->log_s_min));
        number(stream, ",", out_place(interval->s_max, interval->log_s_max));
        fputc(']', stream);
    }
    fprintf(stream, "%s\n# atoms:", result->interval_count ? "" : " none");
    for (size_t i = 0; i < result->atom_count; i++) {
        number(stream, " s=", out_place(result->atoms[i].s, result->atoms[i].log_s));
        number(stream, ",mass=", result->atoms[i].mass);
    }
    fprintf(stream, "%s\n# moments:", result->atom_count ? "" : " none");
    for (size_t i = 0; i < result->moment_count; i++)
        number(stream, i ? "," : " ", result->moments[i]);
    fputc('\n', stream);
    comment(stream, "mean_lambda", result->mean);
    comment(stream, "var_lambda", result->variance);
    comment(stream, "mean_log_lambda", result->mean_log);
    quantiles_write(stream, result->quantiles, result->quantile_count);
    comment(stream, "max_error", result->max_error);
    fprintf(stream, "# failed_points: %zu\n", result->failed_count);
}

void out_csv_spectrum(FILE *stream, const out_spectrum *result)
{
    out_csv_heading(stream, &result->heading);
    if (result->point)
        point_write(stream, result->point);
    if (out_layers_differ(&result->heading) || (result->point && isnan(result->point->q_star)))
        out_csv_layers(stream, &result->heading);
    sections_write(stream, result);
    if (result->design)
        out_csv_design(stream, result->design);
    law_write(stream, result);
    out_csv_notes(stream, &result->heading);
    for (int k = 0; k < OUT_POINT_COLUMNS; k++)
        fprintf(stream, "%s%s", k ? "," : "", out_point_columns[k]);
    fputc('\n', stream);
    for (size_t i = 0; i < result->point_count && !ferror(stream); i++) {
        double values[OUT_POINT_COLUMNS];
        out_point_values(&result->points[i], values);
        row(stream, values);
    }
}

void out_csv_meanfield(FILE *stream, const out_meanfield *result)
{
    const fj_meanfield *point = result->point;
    out_csv_heading(stream, &result->heading);
    point_write(stream, point);
    comment(stream, "slope", point->slope);
    comment(stream, "xi_q", point->xi_q);
    comment(stream, "xi_c", point->xi_c);
    comment(stream, "c_star", point->c_star);
    for (size_t i = 0; i < point->fixed_point_count; i++)
        if (!out_fixed_point_in_force(point, i)) {
            const fj_fixed_point *other = &point->fixed_points[i];
            fprintf(stream, "# fixed_point: q=%.17g,slope=%.17g,chi=%.17g\n", other->q,
                    other->slope, other->chi);
        }
    out_csv_notes(stream, &result->heading);
    fputs("layer,q,chi,c\n", stream);
    for (size_t l = 1; l <= (size_t)result->heading.depth && !ferror(stream); l++) {
        const fj_layer *layer = out_layer(result, (double)l);
        fprintf(stream, "%zu", l);
        number(stream, ",", layer->q);
        number(stream, ",", layer->chi);
        number(stream, ",", layer->c);
        fputc('\n', stream);
    }
}

void out_csv_phase(FILE *stream, const out_phase *result)
{
    out_csv_heading(stream, &result->heading);
    fprintf(stream, "# missing_points: %zu\n# failed_points: %zu\n", result->missing,
            result->failed);
    out_csv_notes(stream, &result->heading);
    const out_phase_column *columns;
    size_t n = out_phase_columns(result, &columns), count = out_phase_count(result);
    for (size_t k = 0; k < n; k++)
        fprintf(stream, "%s%s", k ? "," : "", out_phase_name(columns[k]));
    fputc('\n', stream);
    for (size_t i = 0; i < count && !ferror(stream); i++) {
        for (size_t k = 0; k < n; k++)
            number(stream, k ? "," : "", out_phase_value(&result->points[i], columns[k]));
        fputc('\n', stream);
    }
}

void out_csv_sample(FILE *stream, const out_sample *result)
{
    out_csv_heading(stream, &result->heading);
    point_write(stream, result->point);
    if (out_layers_differ(&result->heading))
        out_csv_layers(stream, &result->heading);
    for (int k = 0; k < OUT_SAMPLE_SPREADS; k++) {
        char key[64];
        snprintf(key, sizeof key, "%s_mean", out_sample_keys[k]);
        comment(stream, key, result->spread[k].mean);
        snprintf(key, sizeof key, "%s_std", out_sample_keys[k]);
        comment(stream, key, result->spread[k].deviation);
    }
    quantiles_write(stream, result->quantiles, result->quantile_count);
    fprintf(stream, "# zeros: %zu\n# below_rounding: %zu\n", result->zeros, result->below_rounding);
    out_csv_notes(stream, &result->heading);
    fputs("sample,index,s\n", stream);
    for (size_t k = 0; k < fj_samples_count(result->samples); k++) {
        const fj_sample *sample = fj_samples_get(result->samples, k);
        for (size_t i = 0; i < sample->count && !ferror(stream); i++) {
            fprintf(stream, "%zu,%zu", k + 1, i + 1);
            number(stream, ",", sample->s[i]);
            fputc('\n', stream);
        }
    }
}

void out_csv_compare(FILE *stream, const out_compare *result)
{
    out_csv_heading(stream, &result->heading);
    point_write(stream, result->point);
    if (out_layers_differ(&result->heading))
        out_csv_layers(stream, &result->heading);
    out_csv_comparison(stream, result);
    out_csv_notes(stream, &result->heading);
    fputs("p,s,s_theory\n", stream);
    for (size_t i = 0; i < result->quantile_count; i++) {
        number(stream, "", result->quantiles[i].p);
        number(stream, ",", result->quantiles[i].s);
        number(stream, ",", result->quantiles[i].s_theory);
        fputc('\n', stream);
    }
}

/* One field, quoted where a comma or quote asks for it (RFC 4180). */
static void field(FILE *stream, const char *text, char after)
{
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fprintf(stream, "\"%c", after);
}

void out_csv_activations(FILE *stream, const out_heading *heading)
{
    out_csv_heading(stream, heading);
    fputs("name,formula,parameters,parity,remark\n", stream);
    for (size_t i = 0; i < fj_activation_count(); i++) {
        fj_activation_info info;
        if (fj_activation_describe(i, &info) != FJ_OK)
            continue;
        fprintf(stream, "%s,", info.name);
        field(stream, info.formula, ',');
        field(stream, info.parameters, ',');
        fprintf(stream, "%s,", out_parity_word(info.parity));
        field(stream, info.remark, '\n');
    }
}
