/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library, or a function of it, that is missing when a test says so. The program is linked with --wrap for dlopen and dlsym. */
#ifndef FJ_TESTS_LOADER_H
#define FJ_TESTS_LOADER_H

#include <stddef.h>
#include <string.h>

void *__real_dlopen(const char *name, int mode);
void *__wrap_dlopen(const char *name, int mode);
void *__real_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name);

static int library_missing;
static const char *function_missing; /* a part of its name; NULL: none */

void *__wrap_dlopen(const char *name, int mode)
{
    return __real_dlopen(library_missing ? "libnot-there.so.0" : name, mode);
}

void *__wrap_dlsym(void *library, const char *name)
{
    const int missing = function_missing && strstr(name, function_missing);
    return __real_dlsym(library, missing ? "not_there" : name);
}

#endif
