/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Averages of one activation on a fixed logarithmic grid of q, shared by every search for fixed points. */
#ifndef FJ_MEANFIELD_AVERAGE_TABLE_H
#define FJ_MEANFIELD_AVERAGE_TABLE_H

#include "average.h"

/* Grid points are numbered: q = 10^(i/5), FJ_TABLE_FIRST <= i <= FJ_TABLE_LAST; 1e-14 to 1e39. */
enum { FJ_TABLE_PER_DECADE = 5, FJ_TABLE_FIRST = -70, FJ_TABLE_LAST = 195 };

typedef struct fj_average_table {
    const fj_activation *activation;
    double q[FJ_TABLE_LAST - FJ_TABLE_FIRST + 1];
    fj_averages at[FJ_TABLE_LAST - FJ_TABLE_FIRST + 1];
    fj_status status[FJ_TABLE_LAST - FJ_TABLE_FIRST + 1];
    unsigned char known[FJ_TABLE_LAST - FJ_TABLE_FIRST + 1];
} fj_average_table;

/* An empty table; entries are computed when first asked for. 25 kilobytes, O(1) per entry. */
void fj_average_table_init(fj_average_table *table, const fj_activation *activation);

/* The averages at grid point i. Writes to the table unless the entry is known: fill it before sharing it. */
fj_status fj_average_table_at(fj_average_table *table, int i, const fj_averages **out);

double fj_average_table_q(int i);

#endif
