/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Singular values without vectors.
 *
 * LAPACK's dgesdd reduces to bidiagonal form by reflectors and finds the values of that by dqds (Fernando, Parlett 1994),
 * to high relative accuracy; the reduction leaves an error of some units of rounding of the largest value. One-sided
 * Jacobi (dgesvj) would keep small values of graded matrices, at twenty times the cost; the product before it has
 * lost them already. The Gram matrix would lose half of all digits. */
#include <float.h>
#include <math.h>
#include "blas.h"
#include "jacobian.h"

/* dgesdd of LAPACK 3.11 asks for no vectors but wants their leading dimensions. */
static fj_status values_find(double *matrix, const lapack_int size[3], double *values, double *work,
                             lapack_int room, lapack_int *integers)
{
    lapack_int one = 1, info = 0;
    double none = 0;
    fj_blas()->LAPACK_dgesdd("N", &size[0], &size[1], matrix, &size[2], values, &none, &one, &none,
                             &one, work, &room, integers, &info);
    return info == 0 ? FJ_OK : FJ_NO_CONVERGENCE;
}

int fj_singular_room(size_t rows, size_t columns, size_t leading)
{
    const lapack_int size[3] = {(lapack_int)rows, (lapack_int)columns, (lapack_int)leading};
    lapack_int integers[8];
    double matrix = 0, value = 0, room = 0;
    values_find(&matrix, size, &value, &room, -1, integers);
    return (int)room;
}

fj_status fj_singular_values(const fj_matrix *matrix, fj_workspace *work, double *s, double *log_s)
{
    enum { BEYOND = 5000 }; /* powers of two that no double reaches */
    const lapack_int size[3] = {(lapack_int)matrix->rows, (lapack_int)matrix->columns,
                                (lapack_int)matrix->leading};
    const int64_t e = matrix->exponent;
    const int exponent = e < -BEYOND ? -BEYOND : e > BEYOND ? BEYOND : (int)e;
    fj_status status = values_find(matrix->numbers, size, work->values, work->svd_work,
                                   work->svd_size, work->svd_integers);
    if (status != FJ_OK)
        return status;
    for (size_t i = 0; i < matrix->columns; i++) {
        const double value = i < matrix->rank ? work->values[i] : 0;
        log_s[i] = value > 0 ? log(value) + (double)e * M_LN2 : -INFINITY;
        s[i] = ldexp(value, exponent);
    }
    return FJ_OK;
}
