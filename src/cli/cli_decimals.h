/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of a grid as short decimals, so that what is printed is exactly where the law was computed. */
#ifndef FJ_CLI_DECIMALS_H
#define FJ_CLI_DECIMALS_H

#include "cli_grid.h"

/* The texts of grid->count points, each within a hundredth of the way to its neighbours; NULL when out of memory, or for none.
 * Free with cli_decimals_free. */
char **cli_decimals_make(const cli_grid *grid);
void cli_decimals_free(char **text, size_t count);

#endif
