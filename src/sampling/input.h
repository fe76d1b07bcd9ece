/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What feeds a sampled network. */
#ifndef FJ_SAMPLING_INPUT_H
#define FJ_SAMPLING_INPUT_H

#include "cifar10.h"
#include "jacobian.h"

typedef struct fj_source {
    const fj_cifar10 *images; /* NULL: gaussian */
    int order[FJ_CIFAR10_SIDE * FJ_CIFAR10_SIDE];
} fj_source;

/* x[0 .. inputs-1] with |x|^2 = plan->input_square, for sample number `sample`. FJ_UNREADABLE: an image cannot be read, or
 * a hundred of them have one colour. */
fj_status fj_source_draw(const fj_source *source, const fj_plan *plan, uint64_t sample, double *x,
                         fj_detail *detail);

#endif
