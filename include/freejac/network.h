/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the network whose Jacobian is asked for, layer by layer. */
#ifndef FREEJAC_NETWORK_H
#define FREEJAC_NETWORK_H

#include <stddef.h>
#include <stdint.h>
#include <freejac/activation.h>
#include <freejac/meanfield.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The law of a layer's weight matrix W, N_l x N_(l-1). */
typedef enum fj_weights {
    FJ_WEIGHTS_ORTHOGONAL, /* sigma_w times a Haar matrix whose shorter side is orthonormal */
    FJ_WEIGHTS_GAUSSIAN    /* independent entries N(0, sigma_w^2/N_(l-1)) */
} fj_weights;

/* A run of equal layers x = phi(W x' + b), all dimensionless. */
typedef struct fj_network_run {
    const fj_activation
        *activation;    /* borrowed: it must outlive whatever is made from the network */
    fj_weights weights; /* law of W */
    uint64_t count;     /* layers, at least 1 */
    double sigma_w;     /* standard deviation of the weights, times sqrt(fan-in) */
    double sigma_b;     /* standard deviation of the biases */
    double width;       /* N_l > 0 of each, in any unit: only ratios of widths count */
    double q;           /* variance of the preactivations */
    double chi;         /* sigma_w^2 E[phi'(sqrt(q) h)^2]; exactly 1 on the critical line */
} fj_network_run;

/* A network by runs of equal layers, from the input on: a plain value that owns its array of runs. A million equal layers
 * are one run. */
typedef struct fj_network {
    double width;        /* N_0, of the input, in the unit of the runs' widths */
    size_t runs;         /* how many there are */
    size_t room;         /* for how many the array has room */
    fj_network_run *run; /* the array */
} fj_network;

/* An empty network with input width N_0 > 0 (1 if all widths are equal), to be freed with fj_network_clear. O(1). */
FJ_API void fj_network_init(fj_network *network, double width);

/* Frees the runs of a network and leaves it empty, with its input width; NULL does nothing. O(1). */
FJ_API void fj_network_clear(fj_network *network);

/* Adds a run of layers that stand where it says: at its q, with its chi. Runs that are equal in all but `count` become
 * one. *run is copied. FJ_INVALID, with the reason in detail (may be NULL): a number outside its range (count >= 1; sigma_w,
 * width, chi > 0; sigma_b, q >= 0; all finite), or NULL; FJ_NO_MEMORY. On failure the network is as before. O(1). */
FJ_API fj_status fj_network_add(fj_network *network, const fj_network_run *run, fj_detail *detail);

/* Adds a run of layers whose q and chi follow from the layer before, x_0 = phi_0(h_0) at q_0, by the length map
 *   q = g sigma_w^2 E[phi_0(sqrt(q_0) h)^2] + sigma_b^2,   g = N_(l-1)/N_l for orthogonal weights that widen, else 1
 * (an orthogonal matrix keeps the length of x_0, a wider layer spreads it over more neurons). Each layer with a q of its own
 * becomes a run; once the map moves q by rounding only, the rest is one run. So are homogeneous layers, whose law does
 * not depend on q: their run holds the q of its first layer. In an empty network run->q is the q of the first
 * layer; else q and chi of *run are not read.
 * FJ_INVALID, FJ_NO_MEMORY as fj_network_add; FJ_RANGE where q overflows; FJ_NO_CONVERGENCE where an expectation is not
 * resolved; FJ_UNSUPPORTED for more than a million different layers. On failure the network is as before.
 * Cost: 5 to 25 microseconds for each different layer. Source: Poole et al. 2016, eq. 3. */
FJ_API fj_status fj_network_follow(fj_network *network, const fj_network_run *run,
                                   fj_detail *detail);

/* A new network *out of `depth` identical square layers at a mean field (fj_meanfield_critical or _solve).
 * Ownership: the caller's, to be freed with fj_network_clear; empty on failure.
 * FJ_INVALID for depth 0 or NULL or a mean field that was not obtained; FJ_NO_MEMORY. O(1). */
FJ_API fj_status fj_network_identical(const fj_activation *activation, fj_weights weights,
                                      uint64_t depth, const fj_meanfield *point, fj_network *out);

/* A copy *out with runs of its own, the caller's, to be freed with fj_network_clear. FJ_INVALID for NULL; FJ_NO_MEMORY: *out
 * is empty. O(runs). */
FJ_API fj_status fj_network_copy(const fj_network *network, fj_network *out);

/* L, the number of layers; 0 if there is none, UINT64_MAX if they are more. O(runs). */
FJ_API uint64_t fj_network_depth(const fj_network *network);

#ifdef __cplusplus
}
#endif
#endif
