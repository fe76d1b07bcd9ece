/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers that take the next piece from a shared counter until none is left. */
#include "threads.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MOST = 256 };

typedef struct shared {
    const fj_work_plan *plan;
    atomic_size_t next, done;
    atomic_int stop;
} shared;

/* One piece; 0 when there is none. */
static int piece(shared *s)
{
    if (atomic_load(&s->stop))
        return 0;
    size_t index = atomic_fetch_add(&s->next, 1);
    if (index >= s->plan->count)
        return 0;
    s->plan->work(s->plan->context, index);
    atomic_fetch_add(&s->done, 1);
    return 1;
}

static void *worker(void *context)
{
    while (piece(context))
        ;
    return NULL;
}

static unsigned threads_count(const fj_work_plan *plan)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted = plan->threads ? plan->threads : processors > 0 ? (unsigned)processors : 1;
    if (wanted > THREADS_MOST)
        wanted = THREADS_MOST;
    return plan->count < wanted ? (unsigned)plan->count : wanted;
}

fj_status fj_work_run(const fj_work_plan *plan)
{
    shared s = {.plan = plan};
    pthread_t thread[THREADS_MOST];
    unsigned started = 0, wanted = threads_count(plan);
    while (started + 1 < wanted && pthread_create(&thread[started], NULL, worker, &s) == 0)
        started++;
    while (piece(&s))
        if (plan->watch && plan->watch(plan->watch_context, atomic_load(&s.done), plan->count) != 0)
            atomic_store(&s.stop, 1);
    for (unsigned i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    return atomic_load(&s.stop) ? FJ_CANCELLED : FJ_OK;
}
