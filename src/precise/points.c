/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The law at many points, on threads. Each piece of work is one point; a thread takes a desk while it works on one, so
 * that there are as many desks as threads. What a desk holds does not change a result. */
#include "precise_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include "detail.h"
#include "pool.h"
#include "threads.h"

struct fj_precise_pool {
    pthread_mutex_t lock;
    fj_precise_desk *free;
};

fj_status fj_precise_pool_make(struct fj_precise_pool **pool)
{
    *pool = malloc(sizeof **pool);
    if (!*pool)
        return FJ_NO_MEMORY;
    (*pool)->free = NULL;
    pthread_mutex_init(&(*pool)->lock, NULL);
    return FJ_OK;
}

void fj_precise_pool_free(struct fj_precise_pool *pool)
{
    if (!pool)
        return;
    while (pool->free) {
        fj_precise_desk *next = pool->free->next;
        fj_precise_desk_free(pool->free);
        pool->free = next;
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

fj_status fj_precise_desk_take(const fj_precise *precise, fj_precise_desk **out)
{
    pthread_mutex_lock(&precise->pool->lock);
    *out = precise->pool->free;
    if (*out)
        precise->pool->free = (*out)->next;
    pthread_mutex_unlock(&precise->pool->lock);
    return *out ? FJ_OK : fj_precise_desk_make(&precise->problem, out);
}

void fj_precise_desk_return(const fj_precise *precise, fj_precise_desk *desk)
{
    if (!desk)
        return;
    pthread_mutex_lock(&precise->pool->lock);
    desk->next = precise->pool->free;
    precise->pool->free = desk;
    pthread_mutex_unlock(&precise->pool->lock);
}

enum { DENSITY, CDF, LOG10_S, DENSITY_LOG10, N_NUMBERS };

static fj_status compute_point(void *context, fj_precise_desk *desk, fj_precise_run *run,
                               mpfr_t *out)
{
    fj_precise_place *place = context;
    fj_status status = fj_precise_law_at(place, desk, run, out[DENSITY], out[CDF]);
    if (status != FJ_OK)
        return status;
    mpfr_t s, a;
    mpfr_inits2(run->rule.plan.prec, s, a, (mpfr_ptr)0);
    fj_precise_read(s, place->s);
    mpfr_log10(out[LOG10_S], s, MPFR_RNDN); /* -infinity at 0 */
    mpfr_log_ui(a, 10, MPFR_RNDN);
    mpfr_mul(a, a, s, MPFR_RNDN);
    mpfr_mul(out[DENSITY_LOG10], out[DENSITY], a, MPFR_RNDN);
    mpfr_clears(s, a, (mpfr_ptr)0);
    return FJ_OK;
}

typedef struct eval {
    const fj_precise *precise;
    const char *const *s;
    fj_precise_point *out;
    fj_status *status; /* of each point */
} eval;

static void eval_point(void *context, size_t i)
{
    eval *all = context;
    fj_precise_point *out = &all->out[i];
    fj_precise_number *number[N_NUMBERS] = {&out->density, &out->cdf, &out->log10_s,
                                            &out->density_log10};
    fj_precise_place place = {.s = all->s[i]};
    fj_precise_desk *desk;
    fj_status status = fj_precise_desk_take(all->precise, &desk);
    if (status == FJ_OK)
        status = fj_precise_establish(desk, compute_point, &place, N_NUMBERS, number);
    for (int k = 0; k < N_NUMBERS; k++) {
        if (status == FJ_OK && number[k]->status == FJ_NO_CONVERGENCE)
            all->status[i] = FJ_NO_CONVERGENCE;
        else if (status != FJ_OK && !number[k]->text)
            number[k]->status = status;
    }
    if (status != FJ_OK)
        all->status[i] = status;
    fj_precise_desk_return(all->precise, desk);
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
}

/* Whether all texts are numbers >= 0. */
static fj_status check_points(const char *const *s, size_t n, fj_detail *detail)
{
    mpfr_t x;
    mpfr_init2(x, 64);
    fj_status status = FJ_OK;
    for (size_t i = 0; i < n && status == FJ_OK; i++)
        if (!s[i] || !fj_precise_read(x, s[i]) || mpfr_sgn(x) < 0)
            status = fj_fail(detail, FJ_INVALID, "s = '%s' is no number >= 0", s[i] ? s[i] : "");
    mpfr_clear(x);
    return status;
}

fj_status fj_precise_eval(const fj_precise *precise, const char *const *s, size_t n,
                          const fj_precise_options *options, fj_precise_point *out,
                          fj_detail *detail)
{
    if (!precise || (n > 0 && (!s || !out)))
        return fj_fail(detail, FJ_INVALID, "needs a law, points and room for the results");
    static const fj_precise_number nothing = {NULL, FJ_CANCELLED};
    for (size_t i = 0; i < n; i++)
        out[i] = (fj_precise_point){nothing, nothing, nothing, nothing};
    const fj_precise_options by_default = fj_precise_options_default();
    if (!options)
        options = &by_default;
    fj_status status = check_points(s, n, detail);
    if (status != FJ_OK || n == 0)
        return status;
    eval all = {precise, s, out, calloc(n, sizeof(fj_status))};
    if (!all.status)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for %zu points", n);
    const fj_work_plan plan = {.count = n,
                               .threads = options->threads,
                               .work = eval_point,
                               .context = &all,
                               .watch = options->progress,
                               .watch_context = options->progress_context};
    status = fj_work_run(&plan);
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        bad += all.status[i] != FJ_OK;
        if (status == FJ_OK || (status == FJ_NO_CONVERGENCE && all.status[i] != FJ_OK))
            status = all.status[i];
    }
    free(all.status);
    if (status == FJ_NO_CONVERGENCE)
        return fj_fail(detail, status, "%zu of %zu points were not established to %u digits", bad,
                       n, precise->problem.digits);
    return status == FJ_OK ? FJ_OK : fj_fail(detail, status, "%s", fj_status_message(status));
}

void fj_precise_points_clear(fj_precise_point *point, size_t n)
{
    for (size_t i = 0; point && i < n; i++) {
        fj_precise_numbers_clear(&point[i].density, 1);
        fj_precise_numbers_clear(&point[i].cdf, 1);
        fj_precise_numbers_clear(&point[i].log10_s, 1);
        fj_precise_numbers_clear(&point[i].density_log10, 1);
    }
}
