/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a law and asking it.
 *
 * 1. Layers are gathered into groups of equal ones (gather.c; universal laws: limit.c).
 * 2. Atoms in closed form (atoms.c), then the support and the curve on each of its intervals: of one group from the
 *    explicit log z(u), of several by following solutions (stack_law.c). One orthogonal layer is the law of sigma_w^2 t itself
 *    (pushforward.c).
 * 3. A point is in an interval (solve there), or outside (density 0, F the sum of what lies below). */
#include <math.h>
#include <stdlib.h>
#include "average.h"
#include "detail.h"
#include "moments.h"
#include "patches.h"
#include "spectrum_internal.h"

void fj_spectrum_atom_add(fj_spectrum *spectrum, double log_s, double mass)
{
    if (!(mass > 0) || spectrum->atoms == FJ_ATOMS_MAX)
        return;
    size_t at = spectrum->atoms++;
    while (at > 0 && spectrum->atom[at - 1].log_s > log_s) {
        spectrum->atom[at] = spectrum->atom[at - 1];
        at--;
    }
    spectrum->atom[at] = (fj_spectrum_atom){exp(log_s), log_s, mass};
}

static void intervals_publish(fj_spectrum *spectrum)
{
    for (size_t i = 0; i < spectrum->branches; i++) {
        const fj_branch *b = &spectrum->branch[i];
        spectrum->interval[i] = (fj_spectrum_interval){
            .s_min = exp(b->big_x_low / 2),
            .s_max = exp(b->big_x_high / 2),
            .log_s_min = b->big_x_low / 2,
            .log_s_max = b->big_x_high / 2,
        };
    }
}

fj_status fj_spectrum_finish(fj_spectrum *spectrum, fj_detail *detail)
{
    if (fj_ends_settle(spectrum) != FJ_OK)
        return fj_fail(detail, FJ_NO_CONVERGENCE, "the intervals of the support are not in order");
    const int along = spectrum->layers.universal || (spectrum->identical && !spectrum->pushforward);
    for (size_t i = 0; i < spectrum->branches && along; i++) {
        fj_status status = fj_curve_build(&spectrum->layers, &spectrum->branch[i]);
        if (status != FJ_OK)
            return fj_fail(detail, status, "the curve of interval %zu of the support: %s", i + 1,
                           fj_status_message(status));
    }
    intervals_publish(spectrum);
    return FJ_OK;
}

/* Depth multiplies logarithms that are known to rounding: beyond, nothing is left of them. */
static const uint64_t DEPTH_MOST = 1000000000000000;

static fj_status run_check(const fj_network_run *run, fj_detail *detail)
{
    if (!run->activation)
        return fj_fail(detail, FJ_INVALID, "a layer has no activation");
    if (run->weights != FJ_WEIGHTS_ORTHOGONAL && run->weights != FJ_WEIGHTS_GAUSSIAN)
        return fj_fail(detail, FJ_INVALID, "weights must be orthogonal or gaussian");
    if (run->count < 1)
        return fj_fail(detail, FJ_INVALID, "depth must be at least 1");
    if (!(run->q >= 0 && isfinite(run->q)))
        return fj_fail(detail, FJ_INVALID, "q = %g must be finite and not negative", run->q);
    if (!(run->sigma_w > 0 && isfinite(run->sigma_w)))
        return fj_fail(detail, FJ_INVALID, "sigma_w = %g must be finite and above 0", run->sigma_w);
    if (!(run->width > 0 && isfinite(run->width)))
        return fj_fail(detail, FJ_INVALID, "width = %g must be finite and above 0", run->width);
    if (!(run->chi > 0 && isfinite(run->chi)))
        return fj_fail(detail, FJ_INVALID,
                       "chi = %g must be finite and above 0 (where phi' is 0, at q = %g, so is the "
                       "Jacobian)",
                       run->chi, run->q);
    return FJ_OK;
}

static fj_status network_check(const fj_network *network, fj_detail *detail)
{
    if (!network || !network->run || network->runs == 0)
        return fj_fail(detail, FJ_INVALID, "no network given");
    if (!(network->width > 0 && isfinite(network->width)))
        return fj_fail(detail, FJ_INVALID, "the input's width = %g must be finite and above 0",
                       network->width);
    fj_status status = FJ_OK;
    for (size_t i = 0; i < network->runs && status == FJ_OK; i++)
        status = run_check(&network->run[i], detail);
    if (status == FJ_OK && fj_network_depth(network) > DEPTH_MOST)
        return fj_fail(detail, FJ_UNSUPPORTED, "depths above %g are not covered",
                       (double)DEPTH_MOST);
    return status;
}
/* One group of layers between equal widths, or one orthogonal layer: log z(u) is explicit. */
static void identical_init(fj_spectrum *spectrum)
{
    const fj_gathered *g = spectrum->gathered;
    const fj_group *group = &g->stack.group[0];
    const fj_origin *o = &g->origin[g->origin_of[0]];
    spectrum->share = spectrum->pushforward ? 1 / group->scale : 1;
    /* of one run the layers are all alike, or, of constant |phi'|, all but one of them are no part of the group */
    const double log_chi = spectrum->network.runs == 1 && !spectrum->pushforward
                               ? log(spectrum->network.run[0].chi)
                               : (g->stack.log_mean - log(spectrum->share)) / group->count;
    spectrum->identical = 1;
    spectrum->mu1 = o->mu1;
    spectrum->rule = o->rule;
    fj_layers_init(&spectrum->layers, o->rule, o->mu1,
                   group->rho == 0 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, group->count,
                   log_chi);
}

static fj_status law_build(fj_spectrum *spectrum, fj_detail *detail)
{
    fj_status status = fj_gather(&spectrum->network, &spectrum->gathered, detail);
    if (status == FJ_OK)
        status = fj_law_mean_log(spectrum->gathered, &spectrum->mean_log, detail);
    if (status != FJ_OK)
        return status;
    const fj_gathered *g = spectrum->gathered;
    spectrum->mean = exp(g->stack.log_mean);
    spectrum->variance = g->relative_variance * spectrum->mean * spectrum->mean;
    fj_atoms_find(spectrum, &g->stack);
    if (g->stack.groups == 0) /* lambda is one number */
        return FJ_OK;
    spectrum->pushforward = fj_pushforward_applies(&g->stack, spectrum->network.width);
    if (spectrum->pushforward || (g->square && g->stack.groups == 1)) {
        identical_init(spectrum);
        status =
            spectrum->pushforward ? fj_pushforward_support(spectrum) : fj_support_find(spectrum);
        if (status != FJ_OK)
            return fj_fail(detail, status, "the edges of the support could not be bracketed");
    } else {
        status = fj_stack_law_build(spectrum);
        if (status != FJ_OK)
            return fj_fail(detail, status, "the law of %zu different layers: %s", g->stack.groups,
                           fj_status_message(status));
    }
    fj_gathered_settle(spectrum->gathered);
    return fj_spectrum_finish(spectrum, detail);
}

fj_status fj_spectrum_create(const fj_network *network, fj_spectrum **out, fj_detail *detail)
{
    if (!out)
        return fj_fail(detail, FJ_INVALID, "no place for the spectrum (out is NULL)");
    *out = NULL;
    fj_status status = network_check(network, detail);
    if (status != FJ_OK)
        return status;
    fj_spectrum *spectrum = calloc(1, sizeof *spectrum);
    if (!spectrum)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for a spectrum");
    status = fj_network_copy(network, &spectrum->network);
    if (status != FJ_OK)
        fj_fail(detail, status, "no memory for a network of %zu runs", network->runs);
    else
        status = law_build(spectrum, detail);
    if (status != FJ_OK) {
        fj_spectrum_destroy(spectrum);
        return status;
    }
    *out = spectrum;
    return FJ_OK;
}

void fj_spectrum_destroy(fj_spectrum *spectrum)
{
    if (!spectrum)
        return;
    for (size_t i = 0; i < FJ_BRANCHES_MAX; i++) {
        free(spectrum->branch[i].anchor);
        fj_patches_free(spectrum->branch[i].patches);
        free(spectrum->branch[i].patches);
        fj_patches_free(spectrum->branch[i].series);
        free(spectrum->branch[i].series);
    }
    fj_course_free(spectrum->course);
    fj_gathered_destroy(spectrum->gathered);
    fj_network_clear(&spectrum->network);
    free(spectrum);
}

fj_status fj_spectrum_prepare(fj_spectrum *spectrum)
{
    if (!spectrum)
        return FJ_INVALID;
    fj_status status = FJ_OK;
    const int solved = spectrum->identical && !spectrum->pushforward;
    for (size_t i = 0; i < spectrum->branches && solved && status == FJ_OK; i++)
        if (!spectrum->branch[i].series)
            status = fj_curve_series(&spectrum->layers, &spectrum->branch[i]);
    return status;
}

/* By series, where there are any and they cover it. */
static void branch_point(const fj_layers *layers, const fj_branch *b, double big_x,
                         fj_law_point *out)
{
    if (b->series) {
        fj_patches_point(b->series, big_x, b->cdf_low, b->cdf_high, out);
        if (out->status == FJ_OK)
            return;
    }
    fj_point_solve(layers, b, big_x, out);
}

void fj_spectrum_at(const fj_spectrum *spectrum, double big_x, fj_law_point *out)
{
    size_t below = 0;
    for (; below < spectrum->branches; below++) {
        const fj_branch *b = &spectrum->branch[below];
        if (big_x > b->big_x_low && big_x < b->big_x_high) {
            if (spectrum->pushforward)
                fj_pushforward_point(spectrum, big_x, out);
            else if (b->patches)
                fj_patches_point(b->patches, big_x, b->cdf_low, b->cdf_high, out);
            else
                branch_point(&spectrum->layers, b, big_x, out);
            return;
        }
        if (big_x <= b->big_x_low)
            break;
    }
    *out = (fj_law_point){NAN, NAN, NAN, FJ_NO_CONVERGENCE};
    if (fj_seam_is_known(spectrum, below) || big_x != spectrum->branch[below].big_x_low)
        *out = (fj_law_point){0, fj_cdf_outside(spectrum, big_x, below), 0, FJ_OK};
}

static fj_status point_fill(const fj_spectrum *spectrum, double s, double log_s,
                            fj_spectrum_point *out)
{
    fj_law_point at;
    double big_x = fj_place_of(spectrum, log_s);
    fj_spectrum_at(spectrum, big_x, &at);
    if (at.status != FJ_OK || spectrum->pushforward) { /* whose density may diverge at an end */
        const double end = fj_end_of(spectrum, s);
        if (!isnan(end)) {
            big_x = end;
            fj_spectrum_at(spectrum, big_x, &at);
        }
    }
    if (at.status == FJ_OK && fj_ends_bluntly(spectrum, big_x)) /* F is known all the same */
        at.density = NAN;
    /* per unit log lambda -> per unit log s: times 2 */
    out->s = s;
    out->log_s = log_s;
    out->density = at.density == 0 ? 0 : 2 * at.density / s;
    out->density_log10 = 2 * at.density * M_LN10;
    out->cdf = at.status == FJ_OK ? at.cdf : NAN; /* all or nothing */
    out->error = at.error;
    out->status = at.status;
    return at.status;
}

fj_status fj_spectrum_eval(const fj_spectrum *spectrum, const double *s, size_t n,
                           fj_spectrum_point *out)
{
    if (!spectrum || (n && (!s || !out)))
        return FJ_INVALID;
    for (size_t i = 0; i < n; i++)
        if (!(s[i] >= 0))
            return FJ_INVALID;
    fj_status status = FJ_OK;
    for (size_t i = 0; i < n; i++)
        if (point_fill(spectrum, s[i], log(s[i]), &out[i]) != FJ_OK)
            status = FJ_NO_CONVERGENCE;
    return status;
}

fj_status fj_spectrum_eval_log(const fj_spectrum *spectrum, const double *log_s, size_t n,
                               fj_spectrum_point *out)
{
    if (!spectrum || (n && (!log_s || !out)))
        return FJ_INVALID;
    for (size_t i = 0; i < n; i++)
        if (isnan(log_s[i]))
            return FJ_INVALID;
    fj_status status = FJ_OK;
    for (size_t i = 0; i < n; i++)
        if (point_fill(spectrum, exp(log_s[i]), log_s[i], &out[i]) != FJ_OK)
            status = FJ_NO_CONVERGENCE;
    return status;
}

size_t fj_spectrum_intervals(const fj_spectrum *spectrum, const fj_spectrum_interval **intervals)
{
    *intervals = spectrum->interval;
    return spectrum->branches;
}

size_t fj_spectrum_atoms(const fj_spectrum *spectrum, const fj_spectrum_atom **atoms)
{
    *atoms = spectrum->atom;
    return spectrum->atoms;
}

fj_status fj_spectrum_moments(const fj_spectrum *spectrum, size_t n, double *m)
{
    if (!spectrum || (n && !m))
        return FJ_INVALID;
    if (spectrum->layers.universal)
        return fj_limit_moments(spectrum->layers.universal, n, m);
    const fj_gathered *g = spectrum->gathered;
    if (!spectrum->identical)
        return fj_moments_of_stack(g, n, m);
    const fj_origin *o = &g->origin[g->origin_of[0]];
    double *central = malloc((n + 1) * sizeof *central);
    if (!central)
        return FJ_NO_MEMORY;
    /* of an unbounded t, high orders may come from so far out that the gaussian underflows there */
    size_t known = n;
    fj_status status = fj_central_moments(o->activation, o->q, n + 1, central);
    while ((status == FJ_RANGE || status == FJ_NO_CONVERGENCE) && known > 1)
        status = fj_central_moments(o->activation, o->q, known--, central);
    for (size_t k = 0; k < n; k++)
        m[k] = NAN;
    if (status == FJ_OK) {
        fj_moments_input input = {
            spectrum->layers.second == FJ_SECOND_RAW ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
            spectrum->layers.depth, exp(spectrum->layers.log_chi), spectrum->mu1, central};
        status = fj_moments_exact(&input, known, m);
        for (size_t k = 0; k < known; k++)
            m[k] *= spectrum->share;
        for (size_t k = known; k < n && status == FJ_RANGE; k++)
            m[k] = INFINITY;
    } else if (status == FJ_RANGE) {
        status = FJ_NO_CONVERGENCE;
    }
    free(central);
    return status == FJ_OK && known < n ? FJ_NO_CONVERGENCE : status;
}

double fj_spectrum_mean(const fj_spectrum *spectrum)
{
    return spectrum->mean;
}

double fj_spectrum_variance(const fj_spectrum *spectrum)
{
    return spectrum->variance;
}

double fj_spectrum_mean_log(const fj_spectrum *spectrum)
{
    return spectrum->mean_log;
}

const fj_network *fj_spectrum_network(const fj_spectrum *spectrum)
{
    return spectrum->layers.universal ? NULL : &spectrum->network;
}
