/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lengths and gains of sampled networks, layer by layer, beside those of the theory:
 *   1. the run a layer belongs to holds q and chi;
 *   2. where the length map moves q within a run (homogeneous activations off their critical point) it is followed from the
 *      run's first layer on. */
#include <freejac/comparison.h>
#include <math.h>

static const double STILL = 1e-9; /* relative: the map leaves q where it is */

static fj_status theory_find(const fj_network_run *run, uint64_t steps, double *q)
{
    double next;
    *q = run->q;
    for (uint64_t i = 0; i < steps; i++) {
        fj_status status = fj_length_map(run->activation, run->sigma_w, run->sigma_b, *q, &next);
        if (status != FJ_OK)
            return status;
        if (fabs(next - *q) <= STILL * *q)
            return FJ_OK;
        *q = next;
    }
    return FJ_OK;
}

fj_status fj_compare_layer(const fj_network *network, const fj_samples *samples, size_t i,
                           fj_layer_drift *out)
{
    const uint64_t *layers;
    if (!network || !samples || !out)
        return FJ_INVALID;
    *out = (fj_layer_drift){0, NAN, NAN, NAN, NAN};
    if (i >= fj_samples_layers(samples, &layers))
        return FJ_INVALID;
    uint64_t before = 0;
    size_t r = 0;
    while (r < network->runs && layers[i] - before > network->run[r].count)
        before += network->run[r++].count;
    if (r == network->runs)
        return FJ_INVALID;
    const size_t n = fj_samples_count(samples);
    double log_q = 0, log_chi = 0;
    for (size_t k = 0; k < n; k++) {
        log_q += log(fj_samples_get(samples, k)->q[i]) / (double)n;
        log_chi += log(fj_samples_get(samples, k)->chi[i]) / (double)n;
    }
    out->layer = layers[i];
    out->q = exp(log_q);
    out->chi = exp(log_chi);
    out->chi_theory = network->run[r].chi;
    return theory_find(&network->run[r], layers[i] - before - 1, &out->q_theory);
}
