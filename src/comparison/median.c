/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The standard deviation of the median of numbers that are gaussian together, with the
 * covariance of log s at the places of a law. There is no closed form; places move together, but
 * those near 0 more than others, and not all to the same side:
 *   1. the covariance as a product of a triangular matrix and its transpose; what rounding makes
 *      negative is 0;
 *   2. 4000 draws, always the same ones, each with its median: a per cent.
 * What gaussian matrices add is the same at all places. */
#include <math.h>
#include <stdlib.h>
#include "random.h"
#include "scatter.h"

enum { DRAWS = 4000 };
static const double RANK = 1e-12; /* of the largest variance: below it is rounding */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void triangle_find(const fj_scatter *scatter, double root[][FJ_PLACES_MAX])
{
    double largest = 0;
    for (size_t i = 0; i < scatter->n; i++)
        largest = fmax(largest, scatter->covariance[i][i]);
    for (size_t j = 0; j < scatter->n; j++)
        for (size_t i = 0; i < scatter->n; i++) {
            double left = i < j ? 0 : scatter->covariance[i][j];
            for (size_t k = 0; k < j && i >= j; k++)
                left -= root[i][k] * root[j][k];
            if (i == j)
                root[j][j] = left > RANK * largest ? sqrt(left) : 0;
            else
                root[i][j] = i > j && root[j][j] > 0 ? left / root[j][j] : 0;
        }
}

double fj_scatter_median(const fj_scatter *scatter)
{
    double root[FJ_PLACES_MAX][FJ_PLACES_MAX], sum = 0;
    const size_t n = scatter->n;
    if (n == 0)
        return scatter->matrices;
    triangle_find(scatter, root);
    fj_stream stream = {.seed = 1, .kind = FJ_STREAM_WEIGHTS};
    for (stream.sample = 0; stream.sample < DRAWS; stream.sample++) {
        double free[FJ_PLACES_MAX], x[FJ_PLACES_MAX] = {0};
        fj_stream_normals(&stream, n, free);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k <= i; k++)
                x[i] += root[i][k] * free[k];
        qsort(x, n, sizeof *x, ascending);
        const double median = (x[(n - 1) / 2] + x[n / 2]) / 2;
        sum += median * median / DRAWS;
    }
    return sqrt(sum + scatter->matrices * scatter->matrices);
}
