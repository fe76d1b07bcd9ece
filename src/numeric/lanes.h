/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two doubles at a time, in the vector types of gcc and clang: every processor of the architectures Debian runs on has
 * instructions for them, and results do not depend on which. No branches: both sides are computed, a mask chooses. */
#ifndef FJ_NUMERIC_LANES_H
#define FJ_NUMERIC_LANES_H

#include <float.h>
#include <math.h>
#include <string.h>

enum { FJ_LANES = 2 };
typedef double fj_lanes __attribute__((vector_size(16)));
typedef double fj_quad __attribute__((vector_size(32))); /* four, or twice two */
typedef long long fj_lanes_mask __attribute__((vector_size(16)));

static inline fj_lanes fj_lanes_all(double x)
{
    return (fj_lanes){x, x};
}

/* Quads by address or name: as arguments they would depend on whether the compiler may use AVX. */
#define FJ_QUAD_ALL(x) ((fj_quad){(x), (x), (x), (x)})

static inline void fj_quad_load(const double *x, fj_quad *out)
{
    memcpy(out, x, sizeof *out);
}

static inline double fj_quad_sum(const fj_quad *x)
{
    return ((*x)[0] + (*x)[1]) + ((*x)[2] + (*x)[3]);
}

static inline fj_lanes fj_lanes_load(const double *x)
{
    fj_lanes out;
    memcpy(&out, x, sizeof out);
    return out;
}

static inline void fj_lanes_store(fj_lanes x, double *out)
{
    memcpy(out, &x, sizeof x);
}

static inline double fj_lanes_sum(fj_lanes x)
{
    return x[0] + x[1];
}

/* mask ? a : b */
static inline fj_lanes fj_lanes_choose(fj_lanes_mask mask, fj_lanes a, fj_lanes b)
{
    return (fj_lanes)(((fj_lanes_mask)a & mask) | ((fj_lanes_mask)b & ~mask));
}

/* atan2(y, x) to two units of rounding, and relatively as well for angles near 0; atan2(0, 0) = 0.
 *
 * 1. The smaller of |x|, |y| over the larger is tan of an angle in [0, pi/4]; where it exceeds tan(pi/8), turn by pi/4,
 *    in the same division.
 * 2. atan on [-tan(pi/8), tan(pi/8)] by a polynomial; put the octants back. */
static inline fj_lanes fj_lanes_atan2(fj_lanes y, fj_lanes x)
{
    static const double C[] = {
#include "arctangent_table.inc"
    };
    const fj_lanes_mask sign = (fj_lanes_mask)fj_lanes_all(-0.0);
    const fj_lanes ax = (fj_lanes)((fj_lanes_mask)x & ~sign),
                   ay = (fj_lanes)((fj_lanes_mask)y & ~sign);
    const fj_lanes_mask steep = ay > ax;
    const fj_lanes least = fj_lanes_choose(steep, ax, ay), most = fj_lanes_choose(steep, ay, ax);
    const fj_lanes_mask turn = least > most * fj_lanes_all(M_SQRT2 - 1);
    const fj_lanes z =
        fj_lanes_choose(turn, least - most, least) /
        (fj_lanes_choose(turn, least + most, most) + fj_lanes_all(DBL_MIN)); /* never 0/0 */
    const fj_lanes s = z * z, s2 = s * s;
    /* even and odd coefficients apart: two chains of half the length */
    fj_lanes even = fj_lanes_all(C[10]), odd = fj_lanes_all(C[9]);
    for (int k = 8; k >= 0; k -= 2) {
        even = even * s2 + fj_lanes_all(C[k]);
        if (k > 0)
            odd = odd * s2 + fj_lanes_all(C[k - 1]);
    }
    fj_lanes a = z + z * s * (even + s * odd);
    a = fj_lanes_choose(turn, a + fj_lanes_all(M_PI_4), a);
    a = fj_lanes_choose(steep, fj_lanes_all(M_PI_2) - a, a);
    a = fj_lanes_choose(x < fj_lanes_all(0), fj_lanes_all(M_PI) - a, a);
    return (fj_lanes)((fj_lanes_mask)a | ((fj_lanes_mask)y & sign));
}

#endif
