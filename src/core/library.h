/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library that is loaded when it is first needed, because its start takes longer than a law. */
#ifndef FJ_CORE_LIBRARY_H
#define FJ_CORE_LIBRARY_H

#include <freejac/status.h>

/* A function, and where its pointer belongs in a structure of them. */
typedef struct fj_symbol {
    const char *name;
    size_t place;
} fj_symbol;

/* Loads `file`, which messages call `what`, looks up `count` functions and writes their pointers into the structure at
 * `functions`; nobody else in the process sees them. It stays loaded. FJ_UNREADABLE: it cannot be loaded, or lacks a
 * function; detail says which, and it may be tried again. */
fj_status fj_library_load(const char *what, const char *file, const fj_symbol *symbol, size_t count,
                          void *functions, fj_detail *detail);

#endif
