/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gaussian deviates from a counter-based generator.
 *
 * 1. Philox 4x64-10 (Salmon, Moraes, Dror, Shaw 2011; the library Random123) maps the counter (block, column, layer,
 *    sample) under the key (seed, kind) to four words of 64 bits: number i of a stream is in block i/4.
 * 2. Box and Muller 1958: two words give r = sqrt(-2 log u), u in (0, 1], and an angle a, uniform on 2^53 places of the
 *    circle; r cos a and r sin a are independent N(0, 1). |r| <= sqrt(104 log 2) = 8.5: what lies beyond has
 *    probability 2e-16.
 * 3. Two pairs at a time in vector arithmetic. log by the series of atanh about 1, sin and cos by Taylor's series on
 *    [-pi/4, pi/4]; both to rounding. A quadrant turns the point by swapping and changing signs. */
#include "random.h"
#include <Random123/philox.h>
#include <math.h>
#include <string.h>
#include "lanes.h"

typedef unsigned long long lanes_bits __attribute__((vector_size(16)));

enum { BLOCK = 4 }; /* numbers from one counter */

static philox4x64_ctr_t block_at(const fj_stream *stream, uint64_t block)
{
    const philox4x64_ctr_t counter = {{block, stream->column, stream->layer, stream->sample}};
    const philox4x64_key_t key = {{stream->seed, (uint64_t)stream->kind}};
    return philox4x64(counter, key);
}

uint64_t fj_stream_word(const fj_stream *stream, uint64_t index)
{
    return block_at(stream, index / BLOCK).v[index % BLOCK];
}

/* sqrt(-2 log u) for u = 1 - 2^-52 k, k from the upper 52 bits: u in (0, 1]. */
static fj_lanes radius(lanes_bits word)
{
    const lanes_bits one = {0x3ff0000000000000u, 0x3ff0000000000000u};
    const fj_lanes u = fj_lanes_all(2) - (fj_lanes)(word >> 12 | one);
    /* u = 2^e m with m in [sqrt(1/2), sqrt(2)): adding the distance from sqrt(1/2) to 1 carries into the exponent */
    const lanes_bits carry = one - (lanes_bits)fj_lanes_all(M_SQRT1_2);
    const lanes_bits shifted = (lanes_bits)u + carry;
    const lanes_bits mantissa = (shifted & (lanes_bits){0x000fffffffffffffu, 0x000fffffffffffffu}) +
                                (lanes_bits)fj_lanes_all(M_SQRT1_2);
    const fj_lanes m = (fj_lanes)mantissa;
    /* the biased exponent, at most 1023, as a double: into the low bits of 2^52 */
    const fj_lanes e =
        (fj_lanes)(shifted >> 52 | (lanes_bits)fj_lanes_all(0x1p52)) - fj_lanes_all(0x1p52 + 1023);
    const fj_lanes z = (m - fj_lanes_all(1)) / (m + fj_lanes_all(1)), z2 = z * z; /* < 0.0295 */
    fj_lanes series = fj_lanes_all(1.0 / 21);
    for (int k = 19; k >= 3; k -= 2)
        series = series * z2 + fj_lanes_all(1.0 / k);
    const fj_lanes log_u = e * fj_lanes_all(M_LN2) + fj_lanes_all(2) * (z + z * z2 * series);
    const fj_lanes square = fj_lanes_all(-2) * log_u;
    return (fj_lanes){sqrt(square[0]), sqrt(square[1])};
}

/* All bits of a lane set where bit `place` is. */
static fj_lanes_mask bit_mask(lanes_bits word, int place)
{
    return (fj_lanes_mask)((lanes_bits){0, 0} - (word >> place & (lanes_bits){1, 1}));
}

/* Cosine and sine of the angle: bits 63 and 62 give the quadrant, the next 51 the place in it. */
static void direction(lanes_bits word, fj_lanes *cosine, fj_lanes *sine)
{
    static const double S[] = {1.0 / 6,   1.0 / 20,  1.0 / 42, 1.0 / 72,
                               1.0 / 110, 1.0 / 156, 1.0 / 210},
                        C[] = {1.0 / 2,  1.0 / 12,  1.0 / 30,  1.0 / 56,
                               1.0 / 90, 1.0 / 132, 1.0 / 182, 1.0 / 240};
    const lanes_bits one = {0x3ff0000000000000u, 0x3ff0000000000000u};
    const lanes_bits place = (word << 2 >> 13)
                             << 1; /* the middle of the 2^51 places is added below */
    const fj_lanes x =
        ((fj_lanes)(place | one) - fj_lanes_all(1.5 - 0x1p-52)) * fj_lanes_all(M_PI_2);
    const fj_lanes x2 = x * x, unit = fj_lanes_all(1);
    fj_lanes s = unit, c = unit;
    for (int k = 6; k >= 0; k--)
        s = unit - x2 * fj_lanes_all(S[k]) * s;
    for (int k = 7; k >= 0; k--)
        c = unit - x2 * fj_lanes_all(C[k]) * c;
    s = s * x;
    const fj_lanes_mask swap = bit_mask(word, 62), turn = bit_mask(word, 63);
    const fj_lanes_mask sign = (fj_lanes_mask)fj_lanes_all(-0.0);
    const fj_lanes a = fj_lanes_choose(swap, -s, c), b = fj_lanes_choose(swap, c, s);
    *cosine = (fj_lanes)((fj_lanes_mask)a ^ (turn & sign));
    *sine = (fj_lanes)((fj_lanes_mask)b ^ (turn & sign));
}

static void normals_of(const philox4x64_ctr_t *words, double out[BLOCK])
{
    const lanes_bits first = {words->v[0], words->v[1]}, second = {words->v[2], words->v[3]};
    fj_lanes cosine, sine;
    const fj_lanes r = radius(first);
    direction(second, &cosine, &sine);
    fj_lanes_store(r * cosine, out);
    fj_lanes_store(r * sine, out + FJ_LANES);
}

void fj_stream_normals(const fj_stream *stream, size_t n, double *out)
{
    const size_t whole = n / BLOCK;
    for (size_t i = 0; i < whole; i++) {
        const philox4x64_ctr_t words = block_at(stream, i);
        normals_of(&words, out + BLOCK * i);
    }
    if (n % BLOCK) {
        double last[BLOCK];
        const philox4x64_ctr_t words = block_at(stream, whole);
        normals_of(&words, last);
        memcpy(out + BLOCK * whole, last, n % BLOCK * sizeof *out);
    }
}
