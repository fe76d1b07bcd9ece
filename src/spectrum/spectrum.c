/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a law and asking it.
 *
 * 1. Averages of t give mu1 and its variance; the rule and the composition over depth follow (universal laws: limit.c).
 * 2. Atoms in closed form (THEORY 3.5), then the support and the curve on each of its intervals; one orthogonal layer is
 *    the law of sigma_w^2 t itself.
 * 3. A point is in an interval (solve there), or outside (density 0, F the sum of what lies below). */
#include <math.h>
#include <stdlib.h>
#include "average.h"
#include "detail.h"
#include "moments.h"
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

/* Mass 0 of t stays; with orthogonal weights a mass p of t at a > 0 leaves 1 - L (1 - p) at (sigma_w^2 a)^L. */
static void atoms_find(fj_spectrum *spectrum)
{
    const fj_mass *mass;
    const fj_layers *layers = &spectrum->layers;
    size_t n = fj_rule_masses(spectrum->rule, &mass);
    double least, most;
    int has_range = fj_rule_range(spectrum->rule, &least, &most);
    for (size_t i = 0; i < n; i++) {
        if (mass[i].t == 0) {
            fj_spectrum_atom_add(spectrum, -INFINITY, mass[i].mass);
            continue;
        }
        if (layers->second == FJ_SECOND_RAW)
            continue;
        /* where t has masses alone, 1 - p and log(mu1/t) without the cancellation of p near 1 */
        double others = 0, excess = 0;
        for (size_t k = 0; k < n; k++)
            if (k != i) {
                others += mass[k].mass;
                excess += mass[k].mass * (mass[k].t / mass[i].t - 1);
            }
        double log_ratio = log1p(excess);
        if (has_range) {
            others = 1 - mass[i].mass;
            log_ratio = log(spectrum->mu1 / mass[i].t);
        }
        fj_spectrum_atom_add(spectrum, layers->depth * (layers->log_chi - log_ratio) / 2,
                             1 - layers->depth * others);
    }
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
    for (size_t i = 0; i < spectrum->branches && !spectrum->pushforward; i++) {
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

static fj_status network_check(const fj_network *network, fj_detail *detail)
{
    if (!network || !network->activation)
        return fj_fail(detail, FJ_INVALID, "no network given");
    if (network->weights != FJ_WEIGHTS_ORTHOGONAL && network->weights != FJ_WEIGHTS_GAUSSIAN)
        return fj_fail(detail, FJ_INVALID, "weights must be orthogonal or gaussian");
    if (network->depth < 1)
        return fj_fail(detail, FJ_INVALID, "depth must be at least 1");
    if (network->depth > DEPTH_MOST)
        return fj_fail(detail, FJ_UNSUPPORTED, "depths above %g are not covered",
                       (double)DEPTH_MOST);
    if (!(network->q >= 0 && isfinite(network->q)))
        return fj_fail(detail, FJ_INVALID, "q = %g must be finite and not negative", network->q);
    if (!(network->sigma_w > 0 && isfinite(network->sigma_w)))
        return fj_fail(detail, FJ_INVALID, "sigma_w = %g must be finite and above 0",
                       network->sigma_w);
    if (!(network->chi > 0 && isfinite(network->chi)))
        return fj_fail(detail, FJ_INVALID, "chi = %g must be finite and above 0", network->chi);
    return FJ_OK;
}

static fj_status law_build(fj_spectrum *spectrum, fj_detail *detail)
{
    const fj_network *network = &spectrum->network;
    fj_averages averages;
    double central[3];
    fj_status status = fj_averages_at(network->activation, network->q, &averages);
    if (status == FJ_OK)
        status = fj_central_moments(network->activation, network->q, 3, central);
    if (status != FJ_OK)
        return fj_fail(detail, status, "gaussian averages of %s at q = %g: %s",
                       fj_activation_name(network->activation), network->q,
                       fj_status_message(status));
    spectrum->mu1 = averages.mu1;
    status = fj_rule_create(network->activation, network->q, averages.mu1, &spectrum->rule);
    if (status != FJ_OK)
        return fj_fail(detail, status, "the quadrature for %s at q = %g: %s",
                       fj_activation_name(network->activation), network->q,
                       fj_status_message(status));
    fj_layers_init(&spectrum->layers, spectrum->rule, averages.mu1, network->weights,
                   (double)network->depth, log(network->chi));
    double mean_log_t;
    status = fj_mean_log_slope2(network->activation, network->q, &mean_log_t);
    if (status == FJ_RANGE) /* phi' underflows where it matters: nothing else depends on it */
        mean_log_t = NAN;
    else if (status != FJ_OK)
        return fj_fail(detail, status, "E log phi'^2 of %s at q = %g: %s",
                       fj_activation_name(network->activation), network->q,
                       fj_status_message(status));
    double g = network->weights == FJ_WEIGHTS_GAUSSIAN;
    spectrum->mean_log =
        spectrum->layers.depth * (mean_log_t - log(averages.mu1) + spectrum->layers.log_chi - g);
    if (!isfinite(spectrum->mean_log))
        spectrum->mean_log = NAN;
    double relative = central[2] / (averages.mu1 * averages.mu1), depth = spectrum->layers.depth;
    spectrum->mean = exp(depth * spectrum->layers.log_chi);
    spectrum->variance = depth * (relative + g) * spectrum->mean * spectrum->mean;
    atoms_find(spectrum);
    spectrum->pushforward = network->depth == 1 && network->weights == FJ_WEIGHTS_ORTHOGONAL;
    status = spectrum->pushforward ? fj_pushforward_support(spectrum) : fj_support_find(spectrum);
    if (status != FJ_OK)
        return fj_fail(detail, status, "the edges of the support could not be bracketed");
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
    spectrum->network = *network;
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
    for (size_t i = 0; i < FJ_BRANCHES_MAX; i++)
        free(spectrum->branch[i].anchor);
    fj_rule_destroy(spectrum->rule);
    free(spectrum);
}

void fj_spectrum_at(const fj_spectrum *spectrum, double big_x, fj_law_point *out)
{
    double cdf = 0;
    for (size_t i = 0; i < spectrum->branches; i++) {
        const fj_branch *b = &spectrum->branch[i];
        if (big_x > b->big_x_low && big_x < b->big_x_high) {
            if (spectrum->pushforward)
                fj_pushforward_point(spectrum, big_x, out);
            else
                fj_point_solve(&spectrum->layers, b, big_x, out);
            return;
        }
        if (big_x >= b->big_x_high)
            cdf += b->cdf_high - b->cdf_low;
    }
    for (size_t i = 0; i < spectrum->atoms; i++)
        if (2 * spectrum->atom[i].log_s <= big_x)
            cdf += spectrum->atom[i].mass;
    *out = (fj_law_point){0, fmin(fmax(cdf, 0), 1), 0, FJ_OK};
}

static fj_status point_fill(const fj_spectrum *spectrum, double s, double log_s,
                            fj_spectrum_point *out)
{
    fj_law_point at;
    fj_spectrum_at(spectrum, 2 * log_s, &at);
    /* per unit log lambda -> per unit log s: times 2 */
    out->s = s;
    out->log_s = log_s;
    out->density = at.density == 0 ? 0 : 2 * at.density / s;
    out->density_log10 = 2 * at.density * M_LN10;
    out->cdf = at.cdf;
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
    double *central = malloc((n + 1) * sizeof *central);
    if (!central)
        return FJ_NO_MEMORY;
    const fj_network *network = &spectrum->network;
    /* of an unbounded t, high orders may come from so far out that the gaussian underflows there */
    size_t known = n;
    fj_status status = fj_central_moments(network->activation, network->q, n + 1, central);
    while ((status == FJ_RANGE || status == FJ_NO_CONVERGENCE) && known > 1)
        status = fj_central_moments(network->activation, network->q, known--, central);
    for (size_t k = 0; k < n; k++)
        m[k] = NAN;
    if (status == FJ_OK) {
        fj_moments_input input = {network->weights, spectrum->layers.depth, network->chi,
                                  spectrum->mu1, central};
        status = fj_moments_exact(&input, known, m);
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
