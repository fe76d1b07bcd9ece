/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: which version is linked. */
#ifndef FREEJAC_VERSION_H
#define FREEJAC_VERSION_H

#include <freejac/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version, "major.minor.patch". Static storage, thread-safe. O(1). */
FJ_API const char *fj_version(void);

#ifdef __cplusplus
}
#endif
#endif
