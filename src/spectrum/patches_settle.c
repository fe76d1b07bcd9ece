/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patches as they are asked for: from the upper end of an interval down, each made once, whoever asks.
 *
 * 1. At first as many are made as it takes to know which of them holds the most mass: most questions are about those.
 * 2. F must go on from patch to patch. Where the integral of the density from one to the next is not the difference of the closed forms,
 *    neither counts, but that a tail takes its F from its neighbour towards the one with the most mass. Beside a patch that is refused
 *    nothing is checked. At the ends of the interval F must be that of the closed form there.
 * 3. A patch is settled when the one below it is made, or at once where F at its lower end is known: then it does not change any more,
 *    and is there for all to read. So no answer depends on what was asked before.
 * 4. Where the lower end is open, it is looked for when all patches are made that lie above what is known.
 * 5. Makers are locked, readers are not: they see the number of settled patches. All memory is there from the beginning. */
#include <math.h>
#include <stdlib.h>
#include "patch_maker.h"

static double mass_of(const fj_patch *patch)
{
    return fj_patch_cdf(patch, 1) - fj_patch_cdf(patch, -1);
}

/* Does a patch hold so little mass that F is constant on it to rounding? Far down a tail its closed form may be lost (u_k is next
 * to the axis, and its side decides), but is not needed. */
static int is_tail(const fj_patch *patch)
{
    return !(fabs(mass_of(patch)) > FJ_PATCH_TAIL);
}

static void shift(fj_patch *patch, double by)
{
    if (fabs(by) > FJ_PATCH_SEAM)
        patch->cdf[0] += by;
}

/* Step 2 at the seam between patch i and the one above. */
static void seam_check(fj_patch_maker *b, size_t i, int both_known)
{
    fj_patch *above = &b->patch[i - 1], *below = &b->patch[i];
    if (both_known && fabs(fj_patch_cdf(above, -1) - fj_patch_cdf(below, 1)) > FJ_PATCH_SEAM)
        above->error = below->error = NAN;
}

/* F at an end of what is covered, from the closed form there; or, where that is no edge, from the outermost patch. */
static double end_check(fj_patch_maker *b, int side)
{
    const fj_patches *p = b->out;
    const double end_cdf = b->end_cdf[side];
    if (b->made == 0)
        return end_cdf;
    fj_patch *outer = &b->patch[side == FJ_LOW ? b->made - 1 : 0];
    const double x = p->edge[side] ? 0 : side == FJ_LOW ? -1 : 1, cdf = fj_patch_cdf(outer, x);
    if (isnan(outer->error) || fabs(cdf - end_cdf) <= FJ_PATCH_SEAM)
        return end_cdf;
    if (!p->edge[side] && is_tail(outer) && !b->begun)
        return cdf;
    outer->error = NAN;
    return end_cdf;
}

/* The patch with the most mass. */
static size_t bulk_of(const fj_patch_maker *b)
{
    size_t bulk = 0;
    double most = -1;
    for (size_t i = 0; i < b->made; i++)
        if (!isnan(b->patch[i].error) && mass_of(&b->patch[i]) >= most) {
            most = mass_of(&b->patch[i]);
            bulk = i;
        }
    return bulk;
}

/* Step 2 for all that are made at first. */
static void seams_check(fj_patch_maker *b)
{
    const size_t bulk = bulk_of(b);
    for (size_t i = bulk; i-- > 0;)
        if (is_tail(&b->patch[i]) && !isnan(b->patch[i + 1].error))
            shift(&b->patch[i], fj_patch_cdf(&b->patch[i + 1], 1) - fj_patch_cdf(&b->patch[i], -1));
    for (size_t i = bulk + 1; i < b->made; i++)
        if (is_tail(&b->patch[i]) && !isnan(b->patch[i - 1].error))
            shift(&b->patch[i], fj_patch_cdf(&b->patch[i - 1], -1) - fj_patch_cdf(&b->patch[i], 1));
    int known = b->made > 0 && !isnan(b->patch[0].error);
    for (size_t i = 1; i < b->made; i++) {
        const int this_known = !isnan(b->patch[i].error);
        seam_check(b, i, known && this_known);
        known = this_known;
    }
    b->known = known;
}

/* And for one that is made later. */
static void last_check(fj_patch_maker *b)
{
    const size_t i = b->made - 1;
    const int known = !isnan(b->patch[i].error);
    if (is_tail(&b->patch[i]) && b->known)
        shift(&b->patch[i], fj_patch_cdf(&b->patch[i - 1], -1) - fj_patch_cdf(&b->patch[i], 1));
    seam_check(b, i, b->known && known);
    b->known = known;
}

/* Is the one with the most mass among those made? All that is left would not outweigh it. */
static int bulk_is_made(const fj_patch_maker *b)
{
    const fj_patch *last = fj_patch_maker_last(b);
    if (b->made < 2 || isnan(last->error))
        return 0;
    return fj_patch_cdf(last, -1) - b->end_cdf[FJ_LOW] < mass_of(&b->patch[bulk_of(b)]);
}

static int is_over(const fj_patch_maker *b)
{
    double first, last;
    fj_patches_tau_range(b->out, &first, &last);
    return b->status != FJ_OK || (b->to <= first && !atomic_load(&b->out->open));
}

static void source_release(fj_patch_maker *b)
{
    if (b->source && b->source->release)
        b->source->release(b->source);
    b->source = NULL;
}

/* The last patch is made; where that has failed, none below those settled is known. */
static void finish(fj_patch_maker *b)
{
    if (b->status == FJ_OK) {
        const double cdf = end_check(b, FJ_LOW);
        if (!b->begun)
            b->out->cdf[FJ_LOW] = cdf;
        atomic_store(&b->out->n, b->made);
    }
    atomic_store(&b->out->complete, 1);
    source_release(b);
}

static void settle(fj_patch_maker *b)
{
    if (is_over(b))
        finish(b);
    else
        atomic_store(&b->out->n, b->made - !b->source->stays);
}

/* NULL: no memory; the source is released. */
static fj_patch_maker *maker_create(fj_patch_source *source, const double end_cdf[2],
                                    fj_patches *out)
{
    fj_patch_maker *b = calloc(1, sizeof *b);
    fj_patch *patch = malloc(FJ_PATCHES_MAX * sizeof *patch); /* touched as far as they are made */
    if (!b || !patch || pthread_mutex_init(&b->lock, NULL) != 0) {
        free(b);
        free(patch);
        if (source->release)
            source->release(source);
        return NULL;
    }
    b->out = out;
    b->source = source;
    b->tables = fj_patch_tables_get();
    b->end_cdf[FJ_LOW] = end_cdf[FJ_LOW];
    b->end_cdf[FJ_HIGH] = end_cdf[FJ_HIGH];
    b->to = b->length.would_do = NAN;
    b->tolerance = 1;
    out->patch = b->patch = patch;
    out->maker = b;
    return b;
}

fj_status fj_patches_fit(fj_patch_source *source, const double end_cdf[2], int at_once,
                         fj_patches *out)
{
    fj_patch_maker *b = maker_create(source, end_cdf, out);
    if (!b)
        return FJ_NO_MEMORY;
    while (!is_over(b) && (at_once || !bulk_is_made(b)))
        fj_patch_next(b);
    seams_check(b);
    out->cdf[FJ_LOW] = end_cdf[FJ_LOW];
    out->cdf[FJ_HIGH] = end_check(b, FJ_HIGH);
    settle(b);
    b->begun = 1;
    if (!atomic_load(&out->complete) && source->reserve && source->reserve(source) != FJ_OK)
        b->status = FJ_NO_MEMORY;
    return b->status;
}

static void one_more(fj_patch_maker *b)
{
    const size_t before = b->made;
    fj_patch_next(b);
    if (b->made > before)
        last_check(b);
    settle(b);
}

/* Does any thread see all that reaches down to tau, or all there is? */
static int reaches(const fj_patches *p, double tau)
{
    if (!p->maker || atomic_load(&p->complete))
        return 1;
    const size_t n = atomic_load(&p->n);
    return n > 0 && p->patch[n - 1].from <= tau;
}

void fj_patches_extend(const fj_patches *p, double tau)
{
    if (reaches(p, tau))
        return;
    pthread_mutex_lock(&p->maker->lock);
    while (!reaches(p, tau))
        one_more(p->maker);
    pthread_mutex_unlock(&p->maker->lock);
}

void fj_patches_close(const fj_patches *p)
{
    while (atomic_load(&p->open) && !atomic_load(&p->complete))
        (void)fj_patches_nth(p, atomic_load(&p->n));
}

const fj_patch *fj_patches_nth(const fj_patches *p, size_t i)
{
    while (i >= atomic_load(&p->n) && p->maker && !atomic_load(&p->complete)) {
        const size_t n = atomic_load(&p->n);
        fj_patches_extend(p, nextafter(p->patch[n - 1].from, -INFINITY));
    }
    return i < atomic_load(&p->n) ? p->patch + i : NULL;
}

void fj_patches_free(fj_patches *patches)
{
    fj_patch_maker *b = patches ? patches->maker : NULL;
    if (!b)
        return;
    source_release(b);
    free(b->patch);
    pthread_mutex_destroy(&b->lock);
    free(b);
    patches->maker = NULL;
}
