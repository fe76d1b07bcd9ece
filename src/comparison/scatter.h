/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the singular values of networks of finite width scatter, all together. */
#ifndef FJ_COMPARISON_SCATTER_H
#define FJ_COMPARISON_SCATTER_H

#include <freejac/spectrum.h>
#include "complex_parts.h"

enum { FJ_PLACES_MAX = 13, FJ_NODES_MAX = 2300 };

/* Places of a law's support, ascending, and what networks do there; 0 for places on an atom,
 * which stays. */
typedef struct fj_scatter {
    size_t n;
    double log_s[FJ_PLACES_MAX];
    int still[FJ_PLACES_MAX];  /* 1: on an atom */
    double cdf[FJ_PLACES_MAX]; /* the standard deviation of F */
    double covariance[FJ_PLACES_MAX]
                     [FJ_PLACES_MAX]; /* of log s at equal F, but for what gaussian matrices do */
    double matrices;                  /* the standard deviation of log s by those alone */
} fj_scatter;

/* Fills the last three for networks with `count` inputs. FJ_INVALID for a universal law;
 * FJ_NO_CONVERGENCE, FJ_NO_MEMORY. Cost: some ten evaluations of each different layer a place. */
fj_status fj_scatter_find(const fj_spectrum *law, double count, fj_scatter *scatter);

/* The standard deviation of the median over the places of log s at equal F (median.c). */
double fj_scatter_median(const fj_scatter *scatter);

/* A layer's neurons as a sum over nodes h: weights that add to 1, h^2 - 1, t, and phi^2 over its
 * mean (neurons.c). */
typedef struct fj_neurons {
    size_t n;
    double weight[FJ_NODES_MAX], square[FJ_NODES_MAX], t[FJ_NODES_MAX], length[FJ_NODES_MAX];
    double mean_length;                            /* E phi^2 */
    double deviation[FJ_PLACES_MAX][FJ_NODES_MAX]; /* scratch of fj_neurons_joint */
} fj_neurons;

void fj_neurons_make(const fj_activation *activation, double q, fj_neurons *out);

/* Covariances of f_i = arg(1 - t inverse[i]), g = phi^2/E phi^2 and h^2. */
typedef struct fj_joint {
    double ff[FJ_PLACES_MAX][FJ_PLACES_MAX], fg[FJ_PLACES_MAX], fh[FJ_PLACES_MAX], gg, gh;
} fj_joint;

void fj_neurons_joint(fj_neurons *neurons, const double complex *inverse, size_t n, fj_joint *out);

#endif
