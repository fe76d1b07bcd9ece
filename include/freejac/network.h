/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the network whose Jacobian is asked for. */
#ifndef FREEJAC_NETWORK_H
#define FREEJAC_NETWORK_H

#include <stdint.h>
#include <freejac/activation.h>
#include <freejac/meanfield.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fj_weights { FJ_WEIGHTS_ORTHOGONAL, FJ_WEIGHTS_GAUSSIAN } fj_weights;

/* `depth` identical square layers at a fixed point of the length map. A plain value; the activation is borrowed and
 * must outlive the network and whatever is made from it. All numbers dimensionless. */
typedef struct fj_network {
    const fj_activation *activation;
    fj_weights weights;
    uint64_t depth;          /* L >= 1 */
    double sigma_w, sigma_b; /* standard deviations */
    double q;                /* variance of the preactivations */
    double chi;              /* sigma_w^2 E[phi'(sqrt(q) h)^2]; exactly 1 on the critical line */
} fj_network;

/* Fills *out from a mean field (fj_meanfield_critical or _solve). FJ_INVALID for depth 0 or NULL. O(1). */
FJ_API fj_status fj_network_init(const fj_activation *activation, fj_weights weights,
                                 uint64_t depth, const fj_meanfield *point, fj_network *out);

#ifdef __cplusplus
}
#endif
#endif
