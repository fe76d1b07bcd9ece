/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss quadrature of a discrete measure (Golub and Welsch 1969).
 *
 * 1. The polynomials orthonormal in sum_i w_i f(x_i) g(x_i) have a three-term recurrence; Lanczos's method on the points, moved to
 *    [-1, 1], gives its coefficients. Each polynomial is made orthogonal to all before it twice, or rounding brings them back.
 * 2. The nodes are the eigenvalues of the tridiagonal matrix of the coefficients, the weights the squared first components of its
 *    eigenvectors times the sum of the w_i: the QL iteration with Wilkinson's shift, which carries along of the eigenvectors no
 *    more than these components, as theirs does. LAPACK's dstev needs OpenBLAS, whose start alone takes longer than a law. */
#include "gauss_discrete.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* A polynomial this small on all points is rounding. */
static const double NOTHING = 1e-13;

/* An eigenvalue takes two or three steps of QL. */
enum { STEPS_MOST = 60 };

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

/* One step of QL on rows from .. to, whose shift is an eigenvalue of the two uppermost: rotations from the bottom up. first: the
 * first components of what are becoming the eigenvectors. */
static void ql_step(size_t from, size_t to, double *diagonal, double *beside, double *first)
{
    const double slope = (diagonal[from + 1] - diagonal[from]) / (2 * beside[from]),
                 shift = diagonal[from] - beside[from] / (slope + copysign(hypot(slope, 1), slope));
    double g = diagonal[to] - shift, sine = 1, cosine = 1, moved = 0;
    for (size_t i = to; i-- > from;) {
        const double f = sine * beside[i], b = cosine * beside[i], size = hypot(f, g);
        beside[i + 1] = size;
        if (size == 0) { /* the matrix has fallen apart here */
            diagonal[i + 1] -= moved;
            beside[to] = 0;
            return;
        }
        sine = f / size;
        cosine = g / size;
        g = diagonal[i + 1] - moved;
        const double turned = (diagonal[i] - g) * sine + 2 * cosine * b, below = first[i + 1];
        moved = sine * turned;
        diagonal[i + 1] = g + moved;
        g = cosine * turned - b;
        first[i + 1] = sine * first[i] + cosine * below;
        first[i] = cosine * first[i] - sine * below;
    }
    diagonal[from] -= moved;
    beside[from] = g;
    beside[to] = 0;
}

/* The eigenvalues into the diagonal, ascending, and the first components of their eigenvectors. beside: room for n; destroyed. */
static fj_status eigen_find(size_t n, double *diagonal, double *beside, double *first)
{
    for (size_t i = 0; i < n; i++)
        first[i] = i == 0;
    beside[n - 1] = 0;
    for (size_t from = 0; from < n; from++)
        for (int step = 0;; step++) {
            size_t to = from; /* the rows from here to there hang together */
            while (to + 1 < n &&
                   fabs(beside[to]) > DBL_EPSILON * (fabs(diagonal[to]) + fabs(diagonal[to + 1])))
                to++;
            if (to == from)
                break;
            if (step == STEPS_MOST)
                return FJ_NO_CONVERGENCE;
            ql_step(from, to, diagonal, beside, first);
        }
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && diagonal[k - 1] > diagonal[k]; k--) {
            const double value = diagonal[k], component = first[k];
            diagonal[k] = diagonal[k - 1];
            first[k] = first[k - 1];
            diagonal[k - 1] = value;
            first[k - 1] = component;
        }
    return FJ_OK;
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
    double *p = calloc(points * (room + 2) + room, sizeof *p);
    if (!p)
        return FJ_NO_MEMORY;
    double *moved = p + points * (room + 1), *beside = moved + points;
    for (size_t i = 0; i < points; i++) {
        moved[i] = (x[i] - centre) / half;
        p[i] = sqrt(w[i] / total);
    }
    *n = lanczos(moved, points, room, p, y, beside);
    fj_status status = eigen_find(*n, y, beside, v);
    for (size_t j = 0; j < *n; j++) {
        y[j] = centre + half * y[j];
        v[j] *= total * v[j];
    }
    free(p);
    return status;
}
