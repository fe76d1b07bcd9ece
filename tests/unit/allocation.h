/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that runs out when a test says so. The program is linked with --wrap for malloc, calloc, realloc
 * and aligned_alloc. */
#ifndef FJ_TESTS_ALLOCATION_H
#define FJ_TESTS_ALLOCATION_H

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static long allocations_left = -1; /* -1: any number */

static int allowed(void)
{
    if (allocations_left < 0)
        return 1;
    return allocations_left > 0 ? (int)allocations_left--
                                : 0; /* once there is none, there is none */
}

void *__wrap_malloc(size_t size)
{
    return allowed() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return allowed() ? __real_calloc(n, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    return allowed() ? __real_realloc(old, size) : NULL;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return allowed() ? __real_aligned_alloc(alignment, size) : NULL;
}

#endif
