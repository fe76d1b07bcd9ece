/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failing with a sentence. */
#ifndef FJ_CORE_DETAIL_H
#define FJ_CORE_DETAIL_H

#include <freejac/status.h>

/* Writes the formatted sentence to detail (unless NULL) and returns status, so that callers can
 * `return fj_fail(...)`. */
fj_status fj_fail(fj_detail *detail, fj_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
