/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short decimals: of s, in as few digits as leave it within a hundredth of the distance to the nearer neighbour. That crowds
 * towards an edge like the points themselves, so that none is moved over one. */
#include "cli_decimals.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 17, TEXT_ROOM = 32 };
static const double PART = 0.01;

static double place(const cli_grid *grid, size_t i)
{
    return grid->logarithmic ? exp(grid->x[i]) : grid->x[i];
}

static double room_of(const cli_grid *grid, size_t i)
{
    const double s = place(grid, i);
    double room = s;
    if (i > 0)
        room = fmin(room, fabs(s - place(grid, i - 1)));
    if (i + 1 < grid->count)
        room = fmin(room, fabs(place(grid, i + 1) - s));
    return PART * room;
}

char **cli_decimals_make(const cli_grid *grid)
{
    char **text = calloc(grid->count ? grid->count : 1, sizeof *text);
    for (size_t i = 0; text && i < grid->count; i++) {
        const double s = place(grid, i), room = room_of(grid, i);
        char short_one[TEXT_ROOM];
        for (int digits = 1; digits <= DIGITS_MOST; digits++) {
            snprintf(short_one, sizeof short_one, "%.*g", digits, s);
            if (fabs(strtod(short_one, NULL) - s) <= room)
                break;
        }
        text[i] = strdup(short_one);
        if (!text[i]) {
            cli_decimals_free(text, i);
            return NULL;
        }
    }
    return text;
}

void cli_decimals_free(char **text, size_t count)
{
    for (size_t i = 0; text && i < count; i++)
        free(text[i]);
    free(text);
}
