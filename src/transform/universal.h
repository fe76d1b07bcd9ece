/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The universal laws of infinite depth in the place of a network's layers: log z(u) and the distribution function. */
#ifndef FJ_TRANSFORM_UNIVERSAL_H
#define FJ_TRANSFORM_UNIVERSAL_H

#include "layer.h"

typedef enum fj_universal_kind {
    FJ_UNIVERSAL_SMOOTH,   /* S = exp(-sigma2 m) */
    FJ_UNIVERSAL_BERNOULLI /* S = exp(-sigma2 m/(1 + m)) */
} fj_universal_kind;

typedef struct fj_universal {
    fj_universal_kind kind;
    double sigma, sigma2; /* sigma_0 > 0 and its square */
    double log_mean;      /* log E lambda: shifts log z */
} fj_universal;

/* Layers that stand for the law; borrows it. */
void fj_universal_init(fj_layers *layers, const fj_universal *law);

/* What fj_layers_compose, _cdf and _density do for layers of this kind. Cost: two complex exponentials. */
void fj_universal_compose(const fj_universal *law, double complex w, fj_composed *out);
double fj_universal_cdf(const fj_universal *law, const fj_composed *at, double complex step);
double fj_universal_density(const fj_universal *law, const fj_composed *at, double complex step);

#endif
