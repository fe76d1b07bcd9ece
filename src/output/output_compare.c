/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison for people, in JSON and in CSV. Single numbers stand in one list with their keys, so that JSON and CSV hold the
 * same. */
#include "output_compare.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "output_layers.h"
#include "output_table.h"

typedef struct single {
    const char *object, *key; /* object NULL: a key of the whole */
    double value;
    const char *reason; /* why it may be missing */
} single;

enum { SINGLES = 22 };

static size_t singles_list(const out_compare *result, single *list)
{
    const fj_comparison *c = &result->comparison;
    const char *hidden = "nothing to compare, or points of the law did not converge";
    const char *one = "one network has no deviation";
    const char *edge = "the law has no upper edge of this kind, or the network is too narrow";
    const single all[] = {
        {NULL, "ks_distance", c->ks_distance, hidden},
        {NULL, "ks_at", exp(c->ks_log_s), hidden},
        {NULL, "ks_independent", c->ks_independent, hidden},
        {NULL, "ks_expected", c->ks_expected, hidden},
        {NULL, "ks_rescaled", c->ks_rescaled, hidden},
        {NULL, "ks_squares", c->ks_squares, hidden},
        {"factor", "mean", exp(c->log_factor_mean), hidden},
        {"factor", "log_std", c->log_factor_deviation, one},
        {"factor", "log_std_expected", c->log_factor_expected,
         "lengths run away from an unstable fixed point, or points of the law did not converge"},
        {"m2_over_m1_squared", "samples", c->ratio, "a network has no singular value but 0"},
        {"m2_over_m1_squared", "theory", c->theory_ratio, "it leaves the range of double"},
        {"m2_over_m1_squared", "relative_deviation", c->ratio / c->theory_ratio - 1, "see there"},
        {"s_max", "mean", c->s_max_mean, "it leaves the range of double"},
        {"s_max", "std", c->s_max_deviation, one},
        {"s_max", "rescaled_mean", c->s_max_rescaled, hidden},
        {NULL, "s_max_theory", c->edge.s, "the law has no upper edge"},
        {"s_max_predicted", "mean", c->edge.mean, edge},
        {"s_max_predicted", "std", c->edge.deviation, edge},
        {"s_max_predicted", "shift", c->edge.shift, edge},
    };
    memcpy(list, all, sizeof all);
    return sizeof all / sizeof *all;
}

static const char *const drift_names[OUT_DRIFTS] = {"first", "worst", "last"};

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* json_object_set_new refuses NULL, so that lack of memory shows in `failed`. */
static void put(int *failed, json_t *object, const char *key, json_t *value)
{
    *failed |= json_object_set_new(object, key, value) != 0;
}

static void singles_put(int *failed, const out_compare *result, json_t *object, out_lines *notes)
{
    single list[SINGLES];
    const size_t n = singles_list(result, list);
    for (size_t i = 0; i < n; i++) {
        json_t *at = object;
        if (list[i].object) {
            at = json_object_get(object, list[i].object);
            if (!at) {
                put(failed, object, list[i].object, json_object());
                at = json_object_get(object, list[i].object);
            }
        }
        put(failed, at, list[i].key, number(list[i].value));
        if (!isfinite(list[i].value))
            out_lines_add(notes, "%s%s%s is null: %s", list[i].object ? list[i].object : "",
                          list[i].object ? "." : "", list[i].key, list[i].reason);
    }
    put(failed, json_object_get(object, "s_max_predicted"), "valid",
        json_boolean(result->comparison.edge.valid));
    put(failed, json_object_get(object, "s_max_predicted"), "atom",
        json_boolean(result->comparison.edge.is_atom));
}

static void moments_put(int *failed, const fj_comparison *c, json_t *object, out_lines *notes)
{
    json_t *moments = json_object(), *mine = json_array(), *law = json_array(), *off = json_array();
    size_t missing = 0;
    for (int k = 0; k < FJ_COMPARISON_MOMENTS; k++) {
        const double deviation = c->moments[k] / c->theory_moments[k] - 1;
        *failed |= json_array_append_new(mine, number(c->moments[k])) != 0;
        *failed |= json_array_append_new(law, number(c->theory_moments[k])) != 0;
        *failed |= json_array_append_new(off, number(deviation)) != 0;
        missing += !isfinite(deviation);
    }
    if (missing)
        out_lines_add(notes,
                      "moments: null in %zu: one leaves the range of double, or is not "
                      "resolved",
                      missing);
    put(failed, moments, "samples", mine);
    put(failed, moments, "theory", law);
    put(failed, moments, "relative_deviation", off);
    put(failed, object, "moments", moments);
}

static void lists_put(int *failed, const out_compare *result, json_t *object, out_lines *notes)
{
    json_t *quantiles = json_array(), *atoms = json_array(), *reasons = json_array();
    size_t missing = 0;
    for (size_t i = 0; i < result->quantile_count; i++) {
        const out_quantile_pair *pair = &result->quantiles[i];
        json_t *one = json_object();
        put(failed, one, "p", number(pair->p));
        put(failed, one, "s", number(pair->s));
        put(failed, one, "s_theory", number(pair->s_theory));
        missing += !isfinite(pair->s) + !isfinite(pair->s_theory);
        *failed |= json_array_append_new(quantiles, one) != 0;
    }
    if (missing)
        out_lines_add(notes, "quantiles: %zu null: hidden by rounding, or not found", missing);
    for (size_t i = 0; i < result->atom_count; i++) {
        json_t *one = json_object();
        put(failed, one, "s", number(result->atoms[i].s));
        put(failed, one, "mass", number(result->atoms[i].mass));
        put(failed, one, "share", number(result->atom_shares[i]));
        *failed |= json_array_append_new(atoms, one) != 0;
    }
    for (size_t i = 0; i < result->reasons->count; i++)
        *failed |= json_array_append_new(reasons, json_string(result->reasons->text[i])) != 0;
    put(failed, object, "quantiles", quantiles);
    put(failed, object, "atoms", atoms);
    put(failed, object, "reasons", reasons);
}

static void drift_put(int *failed, const out_compare *result, json_t *object, out_lines *notes)
{
    if (!result->drift_known) {
        put(failed, object, "drift", json_null());
        out_lines_add(notes, "drift is null: the lengths q of measured networks are not known");
        return;
    }
    json_t *drift = json_object();
    for (int i = 0; i < OUT_DRIFTS; i++) {
        const fj_layer_drift *layer = &result->drift[i];
        json_t *one = json_object();
        put(failed, one, "layer", json_integer((json_int_t)layer->layer));
        put(failed, one, "q", number(layer->q));
        put(failed, one, "q_theory", number(layer->q_theory));
        put(failed, one, "chi", number(layer->chi));
        put(failed, one, "chi_theory", number(layer->chi_theory));
        put(failed, drift, drift_names[i], one);
    }
    put(failed, object, "drift", drift);
}

int out_json_comparison(const out_compare *result, json_t *object, out_lines *notes)
{
    const fj_comparison *c = &result->comparison;
    int failed = 0;
    put(&failed, object, "source",
        json_string(result->values_file ? result->values_file : "sampled"));
    put(&failed, object, "width", number(result->width));
    if (!result->values_file) {
        put(&failed, object, "seed", json_integer((json_int_t)result->seed));
        put(&failed, object, "input", json_string(result->input));
    }
    put(&failed, object, "samples", json_integer((json_int_t)c->samples));
    put(&failed, object, "values", json_integer((json_int_t)c->values));
    put(&failed, object, "zeros", json_integer((json_int_t)c->zeros));
    put(&failed, object, "below_rounding", json_integer((json_int_t)c->below_rounding));
    put(&failed, object, "on_atoms", json_integer((json_int_t)c->on_atoms));
    put(&failed, object, "agrees", json_boolean(result->agrees));
    put(&failed, object, "verdict", json_string(result->verdict));
    singles_put(&failed, result, object, notes);
    moments_put(&failed, c, object, notes);
    lists_put(&failed, result, object, notes);
    drift_put(&failed, result, object, notes);
    return failed ? -1 : 0;
}

void out_csv_comparison(FILE *stream, const out_compare *result)
{
    single list[SINGLES];
    const size_t n = singles_list(result, list);
    const fj_comparison *c = &result->comparison;
    fprintf(stream,
            "# networks: %zu\n# values_count: %zu\n# zeros: %zu\n# below_rounding: %zu\n# "
            "on_atoms: %zu\n",
            c->samples, c->values, c->zeros, c->below_rounding, c->on_atoms);
    for (size_t i = 0; i < n; i++) {
        fprintf(stream, "# %s%s%s: ", list[i].object ? list[i].object : "",
                list[i].object ? "_" : "", list[i].key);
        fprintf(stream, isnan(list[i].value) ? "nan\n" : "%.17g\n", list[i].value);
    }
    for (int k = 0; k < FJ_COMPARISON_MOMENTS; k++)
        fprintf(stream, "# moment: k=%d,samples=%.17g,theory=%.17g\n", k + 1, c->moments[k],
                c->theory_moments[k]);
    for (size_t i = 0; i < result->atom_count; i++)
        fprintf(stream, "# atom: s=%.17g,mass=%.17g,share=%.17g\n", result->atoms[i].s,
                result->atoms[i].mass, result->atom_shares[i]);
    for (int i = 0; result->drift_known && i < OUT_DRIFTS; i++)
        fprintf(stream,
                "# drift_%s: layer=%" PRIu64 ",q=%.17g,q_theory=%.17g,chi=%.17g,chi_theory=%.17g\n",
                drift_names[i], result->drift[i].layer, result->drift[i].q,
                result->drift[i].q_theory, result->drift[i].chi, result->drift[i].chi_theory);
    fprintf(stream, "# agrees: %s\n# verdict: %s\n", result->agrees ? "yes" : "no",
            result->verdict);
    for (size_t i = 0; i < result->reasons->count; i++)
        fprintf(stream, "# reason: %s\n", result->reasons->text[i]);
}

static void cell(FILE *stream, double x)
{
    if (isnan(x))
        fprintf(stream, "%-16s", "-");
    else
        fprintf(stream, "%-16.8g", x);
}

static void pair_write(FILE *stream, const char *name, double mine, double law)
{
    fprintf(stream, "  %-18s", name);
    cell(stream, mine);
    cell(stream, law);
    if (isfinite(mine / law))
        fprintf(stream, "%+.2f%%", 100 * (mine / law - 1));
    fputc('\n', stream);
}

/* Broken at spaces before column 80. */
static void text_write(FILE *stream, const char *before, const char *text)
{
    enum { WIDTH = 74 };
    while (*text) {
        size_t length = strlen(text), cut = length;
        if (length > WIDTH)
            for (cut = WIDTH; cut > 0 && text[cut] != ' '; cut--)
                ;
        if (cut == 0)
            cut = strcspn(text, " ");
        fprintf(stream, "  %s%.*s\n", before, (int)cut, text);
        text += cut + (text[cut] == ' ');
        before = "  ";
    }
}

static void distance_write(FILE *stream, const fj_comparison *c)
{
    fputs("\nDistance of the distribution functions\n", stream);
    fprintf(stream, "  %-18s%-16.6gat s = %.6g\n", "KS distance", c->ks_distance, exp(c->ks_log_s));
    fprintf(stream, "  %-18s%-16.6gwhat networks of this width stay below\n", "expected",
            c->ks_expected);
    fprintf(stream, "  %-18s%-16.6gafter each network's factor is divided out\n", "rescaled",
            c->ks_rescaled);
    fprintf(stream, "  %-18s%-16.6g5%% critical value of independent numbers; singular\n",
            "independent", c->ks_independent);
    fprintf(stream, "  %-34srepel each other and lie far below it without drift\n", "values");
    fprintf(stream, "  %-18s%-16.6gfinite width alone: 1 +- %.2g\n", "factor",
            exp(c->log_factor_mean), c->log_factor_expected);
}

static void counts_write(FILE *stream, const out_compare *result)
{
    const fj_comparison *c = &result->comparison;
    fputs("\nValues\n", stream);
    if (result->values_file)
        fprintf(stream, "  %-18s%s\n", "from", result->values_file);
    else
        fprintf(stream, "  %-18ssampled, seed %.0f, input %s\n", "from", result->seed,
                result->input);
    fprintf(stream, "  %-18s%zu\n  %-18s%.10g\n  %-18s%zu\n", "networks", c->samples, "values each",
            result->width, "zeros", c->zeros);
    if (c->below_rounding)
        fprintf(stream, "  %-18s%-16zunoise: counted, not compared\n", "below rounding",
                c->below_rounding);
    for (size_t i = 0; i < result->atom_count; i++)
        fprintf(stream, "  %-18s%-16.8g%.8g of the values there, theory %.8g\n", "atom at s",
                result->atoms[i].s, result->atom_shares[i], result->atoms[i].mass);
}

static void edge_write(FILE *stream, const fj_comparison *c)
{
    fprintf(stream, "\nLargest singular value\n  %-18s", "samples");
    cell(stream, c->s_max_mean);
    if (!isnan(c->s_max_deviation))
        fprintf(stream, "+- %.3g over networks", c->s_max_deviation);
    fprintf(stream, "\n  %-18s", "rescaled");
    cell(stream, c->s_max_rescaled);
    fprintf(stream, "without each network's factor\n  %-18s", "theory");
    cell(stream, c->edge.s);
    fprintf(stream, "%s\n  %-18s", c->edge.is_atom ? "an atom" : "infinite width", "predicted");
    cell(stream, c->edge.mean);
    if (!isnan(c->edge.mean))
        fprintf(stream, "+- %.3g at this width (Tracy-Widom)%s", c->edge.deviation,
                c->edge.valid ? "" : "; NOT valid:");
    fputc('\n', stream);
    if (!c->edge.valid && !isnan(c->edge.shift))
        fprintf(stream, "  %-18s%-16sits shift is %.0f%% of lambda_max; it holds for small L/N\n",
                "", "", 100 * c->edge.shift);
}

static void drift_write(FILE *stream, const out_compare *result)
{
    fputs("\nDrift           layer     q             theory        chi           theory\n", stream);
    for (int i = 0; i < OUT_DRIFTS; i++) {
        const fj_layer_drift *d = &result->drift[i];
        fprintf(stream, "  %-14s%-10" PRIu64 "%-14.6g%-14.6g%-14.6g%.6g\n", drift_names[i],
                d->layer, d->q, d->q_theory, d->chi, d->chi_theory);
    }
}

void out_table_compare(FILE *stream, const out_compare *result)
{
    const fj_comparison *c = &result->comparison;
    out_table_network(stream, &result->heading);
    out_table_point(stream, result->point, result->heading.missing);
    if (out_layers_differ(&result->heading))
        out_table_layers(stream, &result->heading);
    counts_write(stream, result);
    distance_write(stream, c);
    fputs("\nMoments of s^2      samples         theory\n", stream);
    for (int k = 0; k < FJ_COMPARISON_MOMENTS; k++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", k + 1);
        pair_write(stream, name, c->moments[k], c->theory_moments[k]);
    }
    pair_write(stream, "m2/m1^2", c->ratio, c->theory_ratio);
    fputs("\nQuantiles of s      samples         theory\n", stream);
    for (size_t i = 0; i < result->quantile_count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%.6g", result->quantiles[i].p);
        pair_write(stream, name, result->quantiles[i].s, result->quantiles[i].s_theory);
    }
    edge_write(stream, c);
    if (result->drift_known)
        drift_write(stream, result);
    fputs("\nVerdict\n", stream);
    text_write(stream, "", result->verdict);
    for (size_t i = 0; i < result->reasons->count; i++)
        text_write(stream, "- ", result->reasons->text[i]);
}
