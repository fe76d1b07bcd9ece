/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "average_table.h"
#include <math.h>
#include <string.h>

double fj_average_table_q(int i)
{
    return pow(10, (double)i / FJ_TABLE_PER_DECADE);
}

void fj_average_table_init(fj_average_table *table, const fj_activation *activation)
{
    table->activation = activation;
    memset(table->known, 0, sizeof table->known);
}

fj_status fj_average_table_at(fj_average_table *table, int i, const fj_averages **out)
{
    int at = i - FJ_TABLE_FIRST;
    if (i < FJ_TABLE_FIRST || i > FJ_TABLE_LAST)
        return FJ_INVALID;
    if (!table->known[at]) {
        table->q[at] = fj_average_table_q(i);
        table->status[at] = fj_averages_at(table->activation, table->q[at], &table->at[at]);
        table->known[at] = 1;
    }
    *out = &table->at[at];
    return table->status[at];
}
