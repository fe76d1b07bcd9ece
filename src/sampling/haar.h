/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Haar orthogonal matrices as products of reflectors, and what they do to other matrices. Never a matrix themselves.
 * All arrays are column-major, as LAPACK's, which must be loaded (blas.h). */
#ifndef FJ_SAMPLING_HAAR_H
#define FJ_SAMPLING_HAAR_H

#include <stddef.h>
#include "random.h"

enum { FJ_HAAR_BLOCK = 48 }; /* reflectors applied at once: the fastest at widths 400 and 1000 */

/* Q = H_1 ... H_count diag(sign, 1, ..., 1), H_j acting on rows j .. size. The first `count` columns of Q are those of a Haar
 * matrix of O(size); with count = size the whole of it. The arrays are the caller's. */
typedef struct fj_haar {
    size_t size, count;
    double *v; /* size x count: reflector j in column j below the diagonal, whose 1 is not stored */
    double *tau;  /* count */
    double *t;    /* FJ_HAAR_BLOCK x count: the triangular factor of each block */
    double *sign; /* count: +-1 */
} fj_haar;

/* The number of blocks. */
size_t fj_haar_blocks(const fj_haar *haar);

/* Draws the reflectors of block `block` from the stream (its column is the reflector's). The blocks are independent of
 * each other and may be made at once on several threads. Cost: 8 nanoseconds an entry, half a matrix in all. */
void fj_haar_draw(const fj_haar *haar, size_t block, const fj_stream *stream);

typedef enum fj_haar_side { FJ_HAAR_PLAIN, FJ_HAAR_TRANSPOSED } fj_haar_side;

/* C := H_1 ... H_count C, or its transpose, C size x columns with the given leading dimension; the signs are left to the
 * caller, who scales rows anyway. `reach`: rows of C from this one on are 0 (size if not known; plain only).
 * work: FJ_HAAR_BLOCK x columns. Cost: 4 size columns count multiplications, less 2 columns count^2. */
void fj_haar_apply(const fj_haar *haar, fj_haar_side side, size_t reach, double *c, size_t leading,
                   size_t columns, double *work);

#endif
