/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenBLAS, loaded when it is first needed: its start (relocation, a pool of threads, one of which then spins) takes longer
 * than a law, so that whoever does not sample does without. And the number of its threads, which belongs to the process. */
#ifndef FJ_SAMPLING_BLAS_H
#define FJ_SAMPLING_BLAS_H

#include <freejac/status.h>
#include <cblas.h>
#include <lapack.h>

/* The functions in use: X(name). Types and symbols are those of the headers. */
#define FJ_BLAS_LIST(X)                                                                            \
    X(cblas_dgemm)                                                                                 \
    X(cblas_idamax)                                                                                \
    X(LAPACK_dgesdd_base)                                                                          \
    X(LAPACK_dlarfb_base)                                                                          \
    X(LAPACK_dlarft_base)                                                                          \
    X(openblas_get_num_threads)                                                                    \
    X(openblas_set_num_threads)

typedef struct fj_blas_functions {
#define FJ_BLAS_MEMBER(name) __typeof__(name) *(name);
    FJ_BLAS_LIST(FJ_BLAS_MEMBER)
#undef FJ_BLAS_MEMBER
} fj_blas_functions;

/* Loads it unless it is there. Any thread may. FJ_UNREADABLE: it cannot be loaded, or lacks a function; detail says which, and
 * the next call tries again. Cost: 4 milliseconds once. It stays loaded. */
fj_status fj_blas_load(fj_detail *detail);

/* The functions; to be called only after fj_blas_load returned FJ_OK, in this thread or in the one that started it. */
const fj_blas_functions *fj_blas(void);

/* From the first hold to the last release OpenBLAS works on the calling thread alone: the threads are our own. Then
 * it has as many as before. Any thread may hold; other users of OpenBLAS in the process are slowed meanwhile. */
void fj_blas_hold(void);
void fj_blas_release(void);

#endif
