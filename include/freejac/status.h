/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: what the library's functions return. */
#ifndef FREEJAC_STATUS_H
#define FREEJAC_STATUS_H

#include <stddef.h>

/* What stands before every function that the shared library exports. */
#if defined(__GNUC__)
#define FJ_API __attribute__((visibility("default")))
#else
#define FJ_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The one list of statuses: X(name, message). Enumeration, messages and the man page come from it. */
#define FJ_STATUS_LIST(X)                                                                          \
    X(OK, "done")                                                                                  \
    X(INVALID, "an argument lies outside its domain")                                              \
    X(UNKNOWN, "no such name")                                                                     \
    X(NO_MEMORY, "out of memory")                                                                  \
    X(NO_CONVERGENCE, "an iteration did not reach its tolerance")                                  \
    X(INFEASIBLE, "no network has these properties")                                               \
    X(NO_FIXED_POINT, "the length map has no fixed point")                                         \
    X(UNSUPPORTED, "this case is not covered")                                                     \
    X(RANGE, "the result is not a finite number")                                                  \
    X(CANCELLED, "stopped by the caller")                                                          \
    X(UNREADABLE, "a file cannot be read, or is not what it should be")

/* What every function that can fail returns. FJ_OK is 0; a failure is never told by a number among the results. */
typedef enum fj_status {
#define FJ_STATUS_ENUM(name, message) FJ_##name,
    FJ_STATUS_LIST(FJ_STATUS_ENUM)
#undef FJ_STATUS_ENUM
        FJ_STATUS_COUNT /* how many there are */
} fj_status;

/* Room for one sentence that says what was wrong and with which value. The caller owns it; every function that
 * takes one accepts NULL. It is written on failure only, always terminated. */
typedef struct fj_detail {
    char text[256]; /* one line */
} fj_detail;

/* Called on the calling thread now and then: `done` of `count` parts of the work are behind; context is the caller's. A
 * nonzero result stops the work, which then returns FJ_CANCELLED. */
typedef int fj_progress(void *context, size_t done, size_t count);

/* The sentence that goes with a status, e.g. "out of memory". Never NULL, static storage, thread-safe; an unknown
 * value gives "unknown status". O(1). */
FJ_API const char *fj_status_message(fj_status status);

#ifdef __cplusplus
}
#endif
#endif
