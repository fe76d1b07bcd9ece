/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <freejac/network.h>
#include <math.h>

fj_status fj_network_init(const fj_activation *activation, fj_weights weights, uint64_t depth,
                          const fj_meanfield *point, fj_network *out)
{
    if (!activation || !point || !out || depth == 0)
        return FJ_INVALID;
    if (weights != FJ_WEIGHTS_ORTHOGONAL && weights != FJ_WEIGHTS_GAUSSIAN)
        return FJ_INVALID;
    if (!isfinite(point->q_star) || !isfinite(point->chi)) /* a mean field that was not obtained */
        return FJ_INVALID;
    *out = (fj_network){.activation = activation,
                        .weights = weights,
                        .depth = depth,
                        .sigma_w = point->sigma_w,
                        .sigma_b = point->sigma_b,
                        .q = point->q_star,
                        .chi = point->chi};
    return FJ_OK;
}
