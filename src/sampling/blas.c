/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 1. OpenBLAS is loaded by its soname, which meson reads from the library.
 * 2. Threads: a count of holders; the first saves their number, the last restores it. OpenBLAS 0.3.21 has no setting for the
 *    calling thread only. */
#include "blas.h"
#include <pthread.h>
#include <stddef.h>
#include "library.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all that follows */
static int loaded;
static fj_blas_functions functions;
static unsigned holders;
static int threads_before;

#define TEXT_OF_IT(name) #name
#define TEXT(name)       TEXT_OF_IT(name) /* once macros in it are replaced */

static const fj_symbol SYMBOLS[] = {
#define SYMBOL(name) {TEXT(name), offsetof(fj_blas_functions, name)},
    FJ_BLAS_LIST(SYMBOL)
#undef SYMBOL
};

fj_status fj_blas_load(fj_detail *detail)
{
    fj_status status = FJ_OK;
    pthread_mutex_lock(&lock);
    if (!loaded)
        status = fj_library_load("OpenBLAS", FJ_OPENBLAS, SYMBOLS, sizeof SYMBOLS / sizeof *SYMBOLS,
                                 &functions, detail);
    loaded = status == FJ_OK;
    pthread_mutex_unlock(&lock);
    return status;
}

const fj_blas_functions *fj_blas(void)
{
    return &functions;
}

void fj_blas_hold(void)
{
    pthread_mutex_lock(&lock);
    if (holders++ == 0) {
        threads_before = functions.openblas_get_num_threads();
        functions.openblas_set_num_threads(1);
    }
    pthread_mutex_unlock(&lock);
}

void fj_blas_release(void)
{
    pthread_mutex_lock(&lock);
    if (--holders == 0)
        functions.openblas_set_num_threads(threads_before);
    pthread_mutex_unlock(&lock);
}
