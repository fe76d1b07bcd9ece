/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Independent pieces of work on several threads. */
#ifndef FJ_CORE_THREADS_H
#define FJ_CORE_THREADS_H

#include <stddef.h>
#include <freejac/status.h>

/* Piece `index` of the work; pieces must not touch each other's results. */
typedef void fj_work(void *context, size_t index);

/* Asked on the calling thread now and then, with the number of pieces done; nonzero stops the work. */
typedef int fj_work_watch(void *context, size_t done, size_t count);

typedef struct fj_work_plan {
    size_t count;     /* pieces 0 .. count-1, taken in ascending order */
    unsigned threads; /* at most so many; 0: one for each processor */
    fj_work *work;
    void *context;
    fj_work_watch *watch; /* NULL: none */
    void *watch_context;
} fj_work_plan;

/* Does all pieces, the calling thread among the workers. FJ_CANCELLED if watch asked to stop: pieces begun are
 * finished, the rest left out. A thread that cannot be started is done without. */
fj_status fj_work_run(const fj_work_plan *plan);

#endif
