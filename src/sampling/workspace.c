/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room one sample needs: two matrices, and a third for the product with a gaussian matrix. */
#include <math.h>
#include <stdlib.h>
#include "haar.h"
#include "jacobian.h"

enum { ALIGNMENT = 64, ARRAYS = 12 };

/* How many numbers each array has, in the order of fj_workspace. */
static void sizes(const fj_plan *plan, double count[ARRAYS])
{
    const double widest = (double)plan->widest, columns = (double)plan->inputs + 1,
                 reflectors = (double)plan->reflectors;
    const double all[ARRAYS] = {
        widest * columns, /* product */
        (double)plan->weights,
        reflectors, /* tau */
        reflectors * FJ_HAAR_BLOCK,
        reflectors, /* sign */
        widest,     /* row */
        widest,     /* bias */
        columns * (plan->gaussian ? fmax(widest, FJ_HAAR_BLOCK) : FJ_HAAR_BLOCK),
        (double)plan->chunks,
        (double)plan->inputs, /* values */
        (double)fj_singular_room(plan->outputs, plan->inputs, plan->widest),
        4 * (double)plan->inputs, /* integers, half the size, 8 for each value */
    };
    for (size_t i = 0; i < ARRAYS; i++)
        count[i] = all[i];
}

double fj_workspace_bytes(const fj_plan *plan)
{
    double count[ARRAYS], sum = 0;
    sizes(plan, count);
    for (size_t i = 0; i < ARRAYS; i++)
        sum += count[i] * sizeof(double) + ALIGNMENT;
    return sum;
}

/* The same bits at any number of threads need equal alignment: kernels of BLAS may begin at a boundary. */
static void *aligned(double count)
{
    if (!(count < (double)(SIZE_MAX / 16)))
        return NULL;
    const size_t bytes = (size_t)count * sizeof(double);
    return aligned_alloc(ALIGNMENT, (bytes / ALIGNMENT + 1) * ALIGNMENT);
}

fj_status fj_workspace_create(const fj_plan *plan, fj_workspace *work)
{
    double count[ARRAYS];
    *work = (fj_workspace){.svd_size = 0};
    double **const array[ARRAYS - 1] = {
        &work->product, &work->weights, &work->tau,     &work->t,      &work->sign,    &work->row,
        &work->bias,    &work->scratch, &work->largest, &work->values, &work->svd_work};
    sizes(plan, count);
    int ok = 1;
    for (size_t i = 0; i < ARRAYS - 1; i++)
        ok &= (*array[i] = aligned(count[i])) != NULL;
    work->svd_integers = aligned(count[ARRAYS - 1]);
    work->svd_size = (int)count[ARRAYS - 2];
    if (ok && work->svd_integers)
        return FJ_OK;
    fj_workspace_free(work);
    return FJ_NO_MEMORY;
}

void fj_workspace_free(fj_workspace *work)
{
    double *const array[] = {work->product, work->weights, work->tau,     work->t,
                             work->sign,    work->row,     work->bias,    work->scratch,
                             work->largest, work->values,  work->svd_work};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        free(array[i]);
    free(work->svd_integers);
    *work = (fj_workspace){.svd_size = 0};
}
