/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sampled network: its weights, its forward pass, its Jacobian and the singular values. Column-major. BLAS
 * must be loaded (blas.h). */
#ifndef FJ_SAMPLING_JACOBIAN_H
#define FJ_SAMPLING_JACOBIAN_H

#include "plan.h"

/* Room for one sample at a time. */
typedef struct fj_workspace {
    double *product; /* widest x (inputs + 1); the last column is the network's state x^l */
    double *weights, *tau, *t, *sign;
    double *row;  /* widest: by what the product's rows are to be multiplied before they are used */
    double *bias; /* widest */
    double *scratch;   /* of every chunk */
    double *largest;   /* of every chunk: its largest entry, in absolute value */
    double *values;    /* singular values */
    double *svd_work;  /* of dgesdd */
    int *svd_integers; /* likewise */
    int svd_size;
} fj_workspace;

/* What is recorded of a sample; the arrays are the caller's. */
typedef struct fj_record {
    double *s, *log_s;     /* inputs each */
    size_t layers;         /* recorded: */
    const uint64_t *layer; /* their numbers 1 .. L, ascending */
    double *q, *chi;       /* `layers` each */
    double log_chi;        /* sum over all layers */
    size_t rank; /* of J, at most: the least number of neurons with phi'(h) != 0 in a layer */
} fj_record;

/* Told after every layer; nonzero: stop. */
typedef int fj_layer_watch(void *context);

/* What a sample does and with whom: `threads` at once; may be one. */
typedef struct fj_crew {
    unsigned threads;
    fj_layer_watch *watch;
    void *watch_context;
} fj_crew;

/* Bytes of a workspace. */
double fj_workspace_bytes(const fj_plan *plan);
/* FJ_NO_MEMORY: *work is empty. */
fj_status fj_workspace_create(const fj_plan *plan, fj_workspace *work);
void fj_workspace_free(fj_workspace *work);

/* Sample number `sample`: x0 (inputs numbers) is the input. FJ_RANGE: the product or the network's state left the range of
 * double; FJ_NO_CONVERGENCE: LAPACK's iteration failed; FJ_CANCELLED. Results are the same, to the last bit, for any
 * number of threads. Cost: 2 N^3 multiplications a layer, 8 N^3/3 for the singular values. */
fj_status fj_jacobian_sample(const fj_plan *plan, uint64_t sample, const double *x0,
                             const fj_crew *crew, fj_workspace *work, fj_record *record);

/* singular.c: the singular values of the rows x columns matrix, times 2^exponent, descending; from number `rank` on they
 * are known to be 0. The matrix is destroyed. FJ_NO_CONVERGENCE. */
typedef struct fj_matrix {
    double *numbers;
    size_t rows, columns, leading, rank;
    int64_t exponent;
} fj_matrix;

fj_status fj_singular_values(const fj_matrix *matrix, fj_workspace *work, double *s, double *log_s);
/* Room that dgesdd asks for. */
int fj_singular_room(size_t rows, size_t columns, size_t leading);

#endif
