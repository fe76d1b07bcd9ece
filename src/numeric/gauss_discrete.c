/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss quadrature of a discrete measure (Golub and Welsch 1969).
 *
 * 1. The polynomials orthonormal in sum_i w_i f(x_i) g(x_i) have a three-term recurrence; Lanczos's method on the points, moved to
 *    [-1, 1], gives its coefficients. Each polynomial is made orthogonal to all before it twice, or rounding brings them back.
 * 2. The nodes are the eigenvalues of the tridiagonal matrix of the coefficients, the weights the squared first components of its
 *    eigenvectors times the sum of the w_i (LAPACK). */
#include "gauss_discrete.h"
#include <lapack.h>
#include <math.h>
#include <stdlib.h>

/* A polynomial this small on all points is rounding. */
static const double NOTHING = 1e-13;

/* Fills the diagonal and what is beside it; returns the order reached. p: room for n + 1 polynomials by their values times
 * the root of the weight, the first one given. x in [-1, 1]. */
static size_t lanczos(const double *x, size_t points, size_t n, double *p, double *diagonal,
                      double *beside)
{
    for (size_t k = 0;; k++) {
        const double *now = p + k * points;
        double *next = p + (k + 1) * points, size = 0;
        diagonal[k] = 0;
        for (size_t i = 0; i < points; i++)
            diagonal[k] += x[i] * now[i] * now[i];
        if (k + 1 == n)
            return n;
        for (size_t i = 0; i < points; i++)
            next[i] = x[i] * now[i];
        for (int twice = 0; twice < 2; twice++)
            for (size_t j = 0; j <= k; j++) {
                const double *other = p + j * points;
                double along = 0;
                for (size_t i = 0; i < points; i++)
                    along += next[i] * other[i];
                for (size_t i = 0; i < points; i++)
                    next[i] -= along * other[i];
            }
        for (size_t i = 0; i < points; i++)
            size += next[i] * next[i];
        beside[k] = sqrt(size);
        if (!(beside[k] > NOTHING))
            return k + 1;
        for (size_t i = 0; i < points; i++)
            next[i] /= beside[k];
    }
}

fj_status fj_gauss_discrete(const double *x, const double *w, size_t points, size_t *n, double *y,
                            double *v)
{
    double least = x[0], most = x[0], total = 0;
    for (size_t i = 0; i < points; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
        total += w[i];
    }
    const double centre = (least + most) / 2, half = (most - least) / 2;
    const size_t room = *n;
    double *p = malloc((points * (room + 2) + room * (room + 3)) * sizeof *p);
    if (!p)
        return FJ_NO_MEMORY;
    double *moved = p + points * (room + 1), *beside = moved + points, *vector = beside + room,
           *work = vector + room * room;
    for (size_t i = 0; i < points; i++) {
        moved[i] = (x[i] - centre) / half;
        p[i] = sqrt(w[i] / total);
    }
    *n = lanczos(moved, points, room, p, y, beside);
    lapack_int order = (lapack_int)*n, info = 0;
    LAPACK_dstev("V", &order, y, beside, vector, &order, work, &info);
    for (size_t j = 0; j < *n && info == 0; j++) {
        const double first = vector[j * *n];
        y[j] = centre + half * y[j];
        v[j] = total * first * first;
    }
    free(p);
    return info == 0 ? FJ_OK : FJ_NO_CONVERGENCE;
}
