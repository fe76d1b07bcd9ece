/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Haar matrices written out, for tests. Column-major. */
#ifndef FJ_TESTS_HAAR_MAKE_H
#define FJ_TESTS_HAAR_MAKE_H

#include <string.h>
#include "haar.h"
#include "sanitizer.h"
#include "tap.h"

static inline fj_haar fj_test_haar(size_t size, size_t count, const fj_stream *stream)
{
    fj_haar haar = {size,
                    count,
                    calloc(size * count, sizeof(double)),
                    calloc(count, sizeof(double)),
                    calloc(FJ_HAAR_BLOCK * count, sizeof(double)),
                    calloc(count, sizeof(double))};
    ck_assert(haar.v && haar.tau && haar.t && haar.sign);
    for (size_t i = 0; i < fj_haar_blocks(&haar); i++)
        fj_haar_draw(&haar, i, stream);
    return haar;
}

static inline void fj_test_haar_free(fj_haar *haar)
{
    free(haar->v);
    free(haar->tau);
    free(haar->t);
    free(haar->sign);
}

/* The first `count` columns, size x count: H_1 ... H_count applied to the unit matrix's, with signs. */
static inline double *fj_test_haar_matrix(const fj_haar *haar)
{
    double *q = calloc(haar->size * haar->count, sizeof *q),
           *work = calloc(FJ_HAAR_BLOCK * haar->count, sizeof *work);
    ck_assert(q && work);
    for (size_t j = 0; j < haar->count; j++)
        q[j * haar->size + j] = haar->sign[j];
    fj_haar_apply(haar, FJ_HAAR_PLAIN, haar->count, q, haar->size, haar->count, work);
    free(work);
    return q;
}

#endif
