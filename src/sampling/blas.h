/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The number of threads that OpenBLAS uses, which belongs to the whole process. */
#ifndef FJ_SAMPLING_BLAS_H
#define FJ_SAMPLING_BLAS_H

/* From the first hold to the last release OpenBLAS works on the calling thread alone: the threads are our own. Then
 * it has as many as before. Any thread may hold; other users of OpenBLAS in the process are slowed meanwhile. */
void fj_blas_hold(void);
void fj_blas_release(void);

#endif
