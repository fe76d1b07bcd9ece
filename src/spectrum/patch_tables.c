/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The maps of all patches, column by column: of Hermite's interpolation, and of the cosine sum of unit vectors. */
#include "patch_tables.h"
#include <math.h>
#include <pthread.h>
#include "chebyshev.h"

enum { INTEGRAND = FJ_PATCH_INTEGRAND, DEGREE = FJ_PATCH_DEGREE };

static fj_patch_tables tables;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void kind_make(fj_patch_kind *kind)
{
    for (size_t j = 0; j < kind->n; j++) {
        double value[DEGREE + 1], slope[DEGREE + 1];
        fj_chebyshev_hermite(kind->x, kind->n, j, value, slope);
        for (size_t k = 0; k < 2 * kind->n; k++) {
            kind->value[k][j] = value[k];
            kind->slope[k][j] = slope[k];
        }
    }
}

static void tables_make(void)
{
    tables.between.n = FJ_PATCH_NODES;
    for (size_t j = 0; j < FJ_PATCH_NODES; j++)
        tables.between.x[j] = fj_chebyshev_point(j, FJ_PATCH_NODES - 1);
    /* all points of degree 12 but the middle one, which is the edge */
    tables.about_edge.n = FJ_PATCH_MIRRORED;
    for (size_t j = 0; j < FJ_PATCH_MIRRORED; j++)
        tables.about_edge.x[j] =
            fj_chebyshev_point(j < FJ_PATCH_MIRRORED / 2 ? j : j + 1, FJ_PATCH_MIRRORED);
    kind_make(&tables.between);
    kind_make(&tables.about_edge);
    for (size_t p = 0; p <= INTEGRAND; p++) {
        const double end = p == 0 || p == INTEGRAND ? 0.5 : 1;
        const double x = tables.point[p] = fj_chebyshev_point(p, INTEGRAND);
        double *t = tables.chebyshev[p];
        t[0] = 1;
        t[1] = x;
        for (size_t k = 2; k <= DEGREE; k++)
            t[k] = 2 * x * t[k - 1] - t[k - 2];
        /* the cosine sum of the unit vector p */
        for (size_t k = 0; k <= INTEGRAND; k++)
            tables.fit[k][p] = (k == 0 || k == INTEGRAND ? 1 : 2) * end / INTEGRAND *
                               fj_chebyshev_point(k * p % (2 * (size_t)INTEGRAND), INTEGRAND);
    }
}

const fj_patch_tables *fj_patch_tables_get(void)
{
    pthread_once(&once, tables_make);
    return &tables;
}
