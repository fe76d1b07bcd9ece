/* SPDX-License-Identifier: GPL-3.0-or-later */
/* muParser is loaded by its soname, which meson reads from the library. */
#include "muparser.h"
#include <pthread.h>
#include <stddef.h>
#include "library.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the next two */
static int loaded;
static fj_muparser_functions functions;

static const fj_symbol SYMBOLS[] = {
#define SYMBOL(name) {#name, offsetof(fj_muparser_functions, name)},
    FJ_MUPARSER_LIST(SYMBOL)
#undef SYMBOL
};

fj_status fj_muparser_load(const fj_muparser_functions **out, fj_detail *detail)
{
    fj_status status = FJ_OK;
    *out = &functions;
    pthread_mutex_lock(&lock);
    if (!loaded)
        status = fj_library_load("muParser", FJ_MUPARSER, SYMBOLS, sizeof SYMBOLS / sizeof *SYMBOLS,
                                 &functions, detail);
    loaded = status == FJ_OK;
    pthread_mutex_unlock(&lock);
    return status;
}
