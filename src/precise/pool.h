/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desks of a law, handed out to one thread at a time. */
#ifndef FJ_PRECISE_POOL_H
#define FJ_PRECISE_POOL_H

#include <freejac/status.h>

struct fj_precise_pool;
fj_status fj_precise_pool_make(struct fj_precise_pool **pool); /* FJ_NO_MEMORY */
void fj_precise_pool_free(struct fj_precise_pool *pool);       /* NULL does nothing */

#endif
