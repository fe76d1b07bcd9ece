/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network made ready for sampling. */
#ifndef FJ_SAMPLING_PLAN_H
#define FJ_SAMPLING_PLAN_H

#include <freejac/network.h>
#include <stddef.h>

/* The network with whole widths. */
typedef struct fj_plan {
    const fj_network *network;
    size_t *width;     /* N_l of each run */
    size_t inputs;     /* N_0 */
    size_t outputs;    /* N_L */
    size_t widest;     /* the largest of all N_l */
    size_t weights;    /* numbers in the largest weight matrix */
    size_t reflectors; /* most of one orthogonal layer; 0 if there is none */
    int gaussian;      /* 1 if some layer is */
    uint64_t depth;    /* L */
    size_t chunks,
        chunk; /* the columns of the product are worked on in `chunks` groups of `chunk` */
    double input_square; /* |x^0|^2 */
    uint64_t seed;
} fj_plan;

/* The plan for `samples` networks with N_0 = width (0: the network's own). Statuses as fj_samples_create; nothing to free
 * on failure. The network is borrowed; the seed is left to the caller. */
fj_status fj_plan_create(const fj_network *network, double width, size_t samples, fj_plan *plan,
                         fj_detail *detail);
void fj_plan_free(fj_plan *plan);

#endif
