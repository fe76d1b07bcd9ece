/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Haar matrices by reflectors of falling dimension.
 *
 * 1. Stewart 1980: if x is gaussian in R^n and U any orthogonal matrix, chosen by x, with U e_1 = x/|x|, and Q' is Haar on
 *    O(n-1), then U diag(1, Q') is Haar on O(n): its first column is uniform on the sphere, and given that column the
 *    others are Haar on its complement.
 * 2. The reflector that is stable, H = 1 - tau v v^T with v = x + sign(x_1) |x| e_1, has H e_1 = -sign(x_1) x/|x|: so
 *    U = H diag(-sign(x_1), 1, ..., 1). Without these signs (Mezzadri 2007) Q would not be Haar. They commute with
 *    the later reflectors and are gathered into one diagonal.
 * 3. The last column of a square matrix has dimension 1: its reflector is 1, its sign that of a gaussian number.
 * 4. Blocks of reflectors are 1 - V T V^T (Schreiber, Van Loan 1989; LAPACK's dlarft and dlarfb), so that nearly all of
 *    the work is products of matrices. */
#include "haar.h"
#include <math.h>
#include "blas.h"

size_t fj_haar_blocks(const fj_haar *haar)
{
    return (haar->count + FJ_HAAR_BLOCK - 1) / FJ_HAAR_BLOCK;
}

static size_t block_count(const fj_haar *haar, size_t first)
{
    const size_t left = haar->count - first;
    return left < FJ_HAAR_BLOCK ? left : FJ_HAAR_BLOCK;
}

/* |x|^2, in partial sums: their rounding, an eighth as many terms, is what H lacks of orthogonality. */
static double square_of(size_t n, const double *x)
{
    enum { SUMS = 8 };
    double sum[SUMS] = {0};
    const size_t whole = n / SUMS * SUMS;
    for (size_t i = 0; i < whole; i += SUMS)
        for (size_t k = 0; k < SUMS; k++)
            sum[k] += x[i + k] * x[i + k];
    for (size_t i = whole; i < n; i++)
        sum[i - whole] += x[i] * x[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/* Turns the n gaussian numbers at x into the reflector. */
static void reflector_make(size_t n, double *x, double *tau, double *sign)
{
    const double square = square_of(n - 1, x + 1);
    if (!(square > 0)) { /* n = 1 */
        *tau = 0;
        *sign = x[0] < 0 ? -1 : 1;
        return;
    }
    const double norm = copysign(sqrt(square + x[0] * x[0]), x[0]), scale = 1 / (x[0] + norm);
    for (size_t i = 1; i < n; i++)
        x[i] *= scale;
    *tau = (x[0] + norm) / norm;
    *sign = norm < 0 ? 1 : -1;
}

void fj_haar_draw(const fj_haar *haar, size_t block, const fj_stream *stream)
{
    const size_t first = block * FJ_HAAR_BLOCK, count = block_count(haar, first);
    for (size_t j = first; j < first + count; j++) {
        fj_stream column = *stream;
        double *x = haar->v + j * haar->size + j;
        column.column = j;
        fj_stream_normals(&column, haar->size - j, x);
        reflector_make(haar->size - j, x, &haar->tau[j], &haar->sign[j]);
    }
    const lapack_int n = (lapack_int)(haar->size - first), k = (lapack_int)count,
                     leading = (lapack_int)haar->size, t_leading = FJ_HAAR_BLOCK;
    fj_blas()->LAPACK_dlarft("F", "C", &n, &k, haar->v + first * haar->size + first, &leading,
                             haar->tau + first, haar->t + first * FJ_HAAR_BLOCK, &t_leading);
}

static void block_apply(const fj_haar *haar, fj_haar_side side, size_t block, double *c,
                        size_t leading, size_t columns, double *work)
{
    const size_t first = block * FJ_HAAR_BLOCK;
    const lapack_int m = (lapack_int)(haar->size - first), n = (lapack_int)columns,
                     k = (lapack_int)block_count(haar, first), v_leading = (lapack_int)haar->size,
                     t_leading = FJ_HAAR_BLOCK, c_leading = (lapack_int)leading;
    fj_blas()->LAPACK_dlarfb("L", side == FJ_HAAR_PLAIN ? "N" : "T", "F", "C", &m, &n, &k,
                             haar->v + first * haar->size + first, &v_leading,
                             haar->t + first * FJ_HAAR_BLOCK, &t_leading, c + first, &c_leading,
                             work, &n);
}

void fj_haar_apply(const fj_haar *haar, fj_haar_side side, size_t reach, double *c, size_t leading,
                   size_t columns, double *work)
{
    const size_t blocks = fj_haar_blocks(haar);
    for (size_t i = 0; i < blocks; i++) {
        /* H_1 ... H_count C: the last comes first */
        const size_t block = side == FJ_HAAR_PLAIN ? blocks - 1 - i : i;
        if (side == FJ_HAAR_TRANSPOSED || block * FJ_HAAR_BLOCK < reach)
            block_apply(haar, side, block, c, leading, columns, work);
    }
}
