/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading by the name that a program linked with the library would look for. */
#include "library.h"
#include <dlfcn.h>
#include <string.h>
#include "detail.h"

/* Why dlopen or dlsym failed. */
static const char *reason(void)
{
    const char *text = dlerror();
    return text ? text : "unknown reason";
}

/* 0: one is missing */
static int symbols_find(void *opened, const fj_symbol *symbol, size_t count, void *functions)
{
    _Static_assert(sizeof(void *) == sizeof(void (*)(void)), "as POSIX has it");
    for (size_t i = 0; i < count; i++) {
        void *const found = dlsym(opened, symbol[i].name);
        if (!found)
            return 0;
        memcpy((char *)functions + symbol[i].place, &found, sizeof found);
    }
    return 1;
}

fj_status fj_library_load(const char *what, const char *file, const fj_symbol *symbol, size_t count,
                          void *functions, fj_detail *detail)
{
    /* what it loads in turn (libgomp), or its threads, need not bear being unloaded */
    void *opened = dlopen(file, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (opened && symbols_find(opened, symbol, count, functions))
        return FJ_OK;
    (void)fj_fail(detail, FJ_UNREADABLE, "%s cannot be loaded: %s", what, reason());
    if (opened)
        dlclose(opened);
    return FJ_UNREADABLE;
}
