/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A count of holders; the first saves the number of threads, the last restores it. OpenBLAS 0.3.21 has no setting for the
 * calling thread only. */
#include "blas.h"
#include <cblas.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned holders;
static int threads_before;

void fj_blas_hold(void)
{
    pthread_mutex_lock(&lock);
    if (holders++ == 0) {
        threads_before = openblas_get_num_threads();
        openblas_set_num_threads(1);
    }
    pthread_mutex_unlock(&lock);
}

void fj_blas_release(void)
{
    pthread_mutex_lock(&lock);
    if (--holders == 0)
        openblas_set_num_threads(threads_before);
    pthread_mutex_unlock(&lock);
}
