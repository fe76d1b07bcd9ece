/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks, run by run.
 *
 * 1. A run is checked, then appended, or merged with the last one if it differs in count only.
 * 2. Following the length map: the first layer of a run takes q from the layer before, with that layer's activation; from
 *    there a trajectory gives the layers one by one, and once it has settled the rest is one run.
 * 3. Homogeneous layers are one run from the start, since t does not depend on q; q behind them is a geometric sum. */
#include <freejac/network.h>
#include <freejac/trajectory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "average.h"
#include "detail.h"

enum { RUNS_MOST = 1000000, ROOM_FIRST = 4 };

void fj_network_init(fj_network *network, double width)
{
    *network = (fj_network){.width = width};
}

void fj_network_clear(fj_network *network)
{
    if (!network)
        return;
    free(network->run);
    *network = (fj_network){.width = network->width};
}

uint64_t fj_network_depth(const fj_network *network)
{
    uint64_t depth = 0;
    for (size_t i = 0; network && i < network->runs; i++) {
        const uint64_t count = network->run[i].count;
        depth = count < UINT64_MAX - depth ? depth + count : UINT64_MAX;
    }
    return depth;
}

/* What fj_network_add and _follow ask of a run, but for q and chi. */
static fj_status run_check(const fj_network *network, const fj_network_run *run, fj_detail *detail)
{
    if (!network || !run || !run->activation)
        return fj_fail(detail, FJ_INVALID, "no layer given");
    if (run->weights != FJ_WEIGHTS_ORTHOGONAL && run->weights != FJ_WEIGHTS_GAUSSIAN)
        return fj_fail(detail, FJ_INVALID, "weights must be orthogonal or gaussian");
    if (run->count < 1)
        return fj_fail(detail, FJ_INVALID, "a run must have at least one layer");
    if (!(run->sigma_w > 0 && isfinite(run->sigma_w)))
        return fj_fail(detail, FJ_INVALID, "sigma_w = %g must be finite and above 0", run->sigma_w);
    if (!(run->sigma_b >= 0 && isfinite(run->sigma_b)))
        return fj_fail(detail, FJ_INVALID, "sigma_b = %g must be finite and not negative",
                       run->sigma_b);
    if (!(run->width > 0 && isfinite(run->width)))
        return fj_fail(detail, FJ_INVALID, "width = %g must be finite and above 0", run->width);
    if (!(network->width > 0 && isfinite(network->width)))
        return fj_fail(detail, FJ_INVALID, "the input's width = %g must be finite and above 0",
                       network->width);
    return FJ_OK;
}

static int is_same(const fj_network_run *a, const fj_network_run *b)
{
    return a->activation == b->activation && a->weights == b->weights && a->sigma_w == b->sigma_w &&
           a->sigma_b == b->sigma_b && a->width == b->width && a->q == b->q && a->chi == b->chi;
}

static fj_status append(fj_network *network, const fj_network_run *run, fj_detail *detail)
{
    fj_network_run *last = network->runs > 0 ? &network->run[network->runs - 1] : NULL;
    if (last && is_same(last, run)) {
        if (run->count > UINT64_MAX - last->count)
            return fj_fail(detail, FJ_INVALID, "too many layers");
        last->count += run->count;
        return FJ_OK;
    }
    if (network->runs == RUNS_MOST)
        return fj_fail(detail, FJ_UNSUPPORTED, "more than %d different layers are not covered",
                       RUNS_MOST);
    if (!network->run || network->runs == network->room) {
        size_t room = network->room ? 2 * network->room : ROOM_FIRST;
        fj_network_run *more = realloc(network->run, room * sizeof *more);
        if (!more)
            return fj_fail(detail, FJ_NO_MEMORY, "no memory for %zu runs of layers", room);
        network->run = more;
        network->room = room;
    }
    network->run[network->runs++] = *run;
    return FJ_OK;
}

fj_status fj_network_add(fj_network *network, const fj_network_run *run, fj_detail *detail)
{
    fj_status status = run_check(network, run, detail);
    if (status != FJ_OK)
        return status;
    if (!(run->q >= 0 && isfinite(run->q)))
        return fj_fail(detail, FJ_INVALID, "q = %g must be finite and not negative", run->q);
    if (!(run->chi > 0 && isfinite(run->chi)))
        return fj_fail(detail, FJ_INVALID,
                       "chi = %g must be finite and above 0 (where phi' is 0, at q = %g, so is the "
                       "Jacobian)",
                       run->chi, run->q);
    return append(network, run, detail);
}

/* q of the last layer: homogeneous runs hold that of their first, from which gain^k q + sigma_b^2 (1 + ... + gain^(k-1)). */
static fj_status last_q(const fj_network_run *last, double *q)
{
    *q = last->q;
    if (!fj_activation_is_homogeneous(last->activation) || last->count == 1)
        return FJ_OK;
    fj_averages a;
    fj_status status = fj_averages_at(last->activation, 1, &a);
    if (status != FJ_OK)
        return status;
    const double rate = 2 * log(last->sigma_w) + log(a.mu1), k = (double)(last->count - 1);
    const double sum = fabs(rate) * k < 1e-12 ? k : expm1(rate * k) / expm1(rate);
    /* a length of 0 stays 0 at any gain */
    *q = (last->q > 0 ? last->q * exp(rate * k) : 0) +
         (last->sigma_b > 0 ? last->sigma_b * last->sigma_b * sum : 0);
    return FJ_OK;
}

/* q of the first layer of a run, from the layer before. */
static fj_status first_q(const fj_network *network, const fj_network_run *run, double *q)
{
    const fj_network_run *last = &network->run[network->runs - 1];
    double before, phi2;
    fj_averages a;
    fj_status status = last_q(last, &before);
    if (status != FJ_OK)
        return status;
    if (!isfinite(before))
        return FJ_RANGE;
    const int homogeneous = fj_activation_is_homogeneous(last->activation);
    status = fj_averages_at(last->activation, homogeneous ? 1 : before, &a);
    if (status != FJ_OK)
        return status == FJ_INVALID ? FJ_RANGE : status; /* q beyond what is covered */
    phi2 = homogeneous ? before * a.mu1 : a.phi2;
    const double spread = run->weights == FJ_WEIGHTS_ORTHOGONAL && run->width > last->width
                              ? last->width / run->width
                              : 1;
    *q = spread * run->sigma_w * run->sigma_w * phi2 + run->sigma_b * run->sigma_b;
    return isfinite(*q) ? FJ_OK : FJ_RANGE;
}

/* A homogeneous layer that goes on with the last run has the q of that, which is the q of its first layer. */
static void first_q_take(const fj_network *network, fj_network_run *run)
{
    if (network->runs == 0)
        return;
    const fj_network_run *last = &network->run[network->runs - 1];
    fj_network_run as_first = *run;
    as_first.q = last->q;
    if (is_same(last, &as_first))
        run->q = last->q;
}

/* The layers of *run, which stands at the q of its first layer, as many runs as there are different q. */
static fj_status trajectory_add(fj_network *network, fj_network_run *run, fj_detail *detail)
{
    const uint64_t count = run->count;
    const int homogeneous = fj_activation_is_homogeneous(run->activation);
    fj_trajectory *trajectory;
    fj_status status = fj_trajectory_create(run->activation, run->sigma_w, run->sigma_b, run->q, 1,
                                            &trajectory, detail);
    for (uint64_t done = 0; done < count && status == FJ_OK; done += run->count) {
        fj_layer layer;
        status = fj_trajectory_next(trajectory, 1, &layer);
        if (status != FJ_OK) {
            fj_fail(detail, status, "the length map cannot be followed beyond q = %g: %s", run->q,
                    fj_status_message(status));
            break;
        }
        run->q = layer.q;
        run->chi = layer.chi;
        if (homogeneous)
            first_q_take(network, run);
        run->count = homogeneous || fj_trajectory_settled(trajectory) ? count - done : 1;
        if (!(run->chi > 0 && isfinite(run->chi)))
            status =
                fj_fail(detail, FJ_RANGE, "chi = %g at q = %g: no Jacobian can be followed there",
                        run->chi, run->q);
        if (status == FJ_OK)
            status = append(network, run, detail);
    }
    fj_trajectory_destroy(trajectory);
    return status;
}

fj_status fj_network_follow(fj_network *network, const fj_network_run *run, fj_detail *detail)
{
    fj_status status = run_check(network, run, detail);
    if (status != FJ_OK)
        return status;
    const size_t runs = network->runs;
    const uint64_t last_count = runs ? network->run[runs - 1].count : 0;
    fj_network_run at = *run;
    if (runs > 0) {
        status = first_q(network, run, &at.q);
        if (status != FJ_OK)
            return fj_fail(detail, status, "the variance q of the preactivations of layer %llu: %s",
                           (unsigned long long)fj_network_depth(network) + 1,
                           fj_status_message(status));
    } else if (!(at.q >= 0 && isfinite(at.q))) {
        return fj_fail(detail, FJ_INVALID, "q = %g must be finite and not negative", at.q);
    }
    status = trajectory_add(network, &at, detail);
    if (status != FJ_OK) {
        network->runs = runs;
        if (runs)
            network->run[runs - 1].count = last_count;
    }
    return status;
}

fj_status fj_network_identical(const fj_activation *activation, fj_weights weights, uint64_t depth,
                               const fj_meanfield *point, fj_network *out)
{
    if (!out)
        return FJ_INVALID;
    fj_network_init(out, 1);
    if (!point || !activation || depth == 0)
        return FJ_INVALID;
    /* NaN, of a mean field that was not obtained, is refused */
    const fj_network_run run = {activation,     weights, depth,         point->sigma_w,
                                point->sigma_b, 1,       point->q_star, point->chi};
    return fj_network_add(out, &run, NULL);
}

fj_status fj_network_copy(const fj_network *network, fj_network *out)
{
    if (!network || !out)
        return FJ_INVALID;
    fj_network_init(out, network->width);
    if (network->runs == 0)
        return FJ_OK;
    out->run = malloc(network->runs * sizeof *out->run);
    if (!out->run)
        return FJ_NO_MEMORY;
    memcpy(out->run, network->run, network->runs * sizeof *out->run);
    out->runs = out->room = network->runs;
    return FJ_OK;
}
