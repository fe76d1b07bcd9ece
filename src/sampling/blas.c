/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 1. OpenBLAS is loaded by the name that a program linked with it would look for (meson reads it from the library), and the
 *    functions in use are looked up in it; nobody else in the process sees them.
 * 2. Threads: a count of holders; the first saves their number, the last restores it. OpenBLAS 0.3.21 has no setting for the
 *    calling thread only. */
#include "blas.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include "detail.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all that follows */
static void *library;
static fj_blas_functions functions;
static unsigned holders;
static int threads_before;

#define TEXT_OF_IT(name) #name
#define TEXT(name)       TEXT_OF_IT(name) /* once macros in it are replaced */

static const struct symbol {
    const char *name;
    size_t place;
} SYMBOLS[] = {
#define SYMBOL(name) {TEXT(name), offsetof(fj_blas_functions, name)},
    FJ_BLAS_LIST(SYMBOL)
#undef SYMBOL
};

/* Why dlopen or dlsym failed. */
static const char *reason(void)
{
    const char *text = dlerror();
    return text ? text : "unknown reason";
}

/* The functions of what was opened; 0: one is missing. */
static int functions_find(void *opened)
{
    _Static_assert(sizeof(void *) == sizeof functions.cblas_dgemm, "as POSIX has it");
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++) {
        void *const found = dlsym(opened, SYMBOLS[i].name);
        if (!found)
            return 0;
        memcpy((char *)&functions + SYMBOLS[i].place, &found, sizeof found);
    }
    return 1;
}

fj_status fj_blas_load(fj_detail *detail)
{
    fj_status status = FJ_OK;
    pthread_mutex_lock(&lock);
    if (!library) {
        void *opened = dlopen(FJ_OPENBLAS, RTLD_LAZY | RTLD_LOCAL);
        if (opened && functions_find(opened)) {
            library = opened;
        } else {
            status = fj_fail(detail, FJ_UNREADABLE, "OpenBLAS cannot be loaded: %s", reason());
            if (opened)
                dlclose(opened);
        }
    }
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
