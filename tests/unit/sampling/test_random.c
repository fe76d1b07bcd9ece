/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams: the generator's published values, the transform to gaussian numbers against the C library, the law of the
 * numbers, and that streams which differ in any one coordinate have nothing in common. */
#include <string.h>
#include "random.h"
#include "statistics.h"

enum { COUNT = 200000 };

static const fj_stream START = {
    .seed = 2385, .sample = 7, .layer = 3, .column = 11, .kind = FJ_STREAM_WEIGHTS};

START_TEST(published_values)
{
    /* Random123's table of known answers: philox4x64, 10 rounds, counter and key 0 */
    static const uint64_t zeros[] = {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b,
                                     0x7e68b68aec7ba23b};
    const fj_stream stream = {0};
    for (uint64_t i = 0; i < 4; i++)
        ck_assert_uint_eq(fj_stream_word(&stream, i), zeros[i]);
}
END_TEST

START_TEST(transform)
{
    double x[4 * 1000];
    fj_stream_normals(&START, 4000, x);
    for (uint64_t block = 0; block < 1000; block++)
        for (uint64_t lane = 0; lane < 2; lane++) {
            const uint64_t first = fj_stream_word(&START, 4 * block + lane),
                           second = fj_stream_word(&START, 4 * block + 2 + lane);
            const double u = 1 - (double)(first >> 12) * 0x1p-52;
            const double angle =
                M_PI / 2 *
                ((double)(second >> 62) - 0.5 + ((double)(second << 2 >> 13) + 0.5) * 0x1p-51);
            const double r = sqrt(-2 * log(u));
            fj_assert_within(x[4 * block + lane], r * cos(angle), 8e-15, "cosine");
            fj_assert_within(x[4 * block + 2 + lane], r * sin(angle), 8e-15, "sine");
        }
}
END_TEST

static double gaussian_cdf(double x)
{
    return erfc(-x / M_SQRT2) / 2;
}

START_TEST(gaussian_law)
{
    static const double moment[] = {0, 1, 0, 3, 0, 15};
    double *x = malloc(COUNT * sizeof *x), *power = malloc(COUNT * sizeof *x);
    ck_assert(x && power);
    fj_stream_normals(&START, COUNT, x);
    for (int i = 0; i < COUNT; i++)
        power[i] = 1;
    for (int k = 0; k < 6; k++) {
        for (int i = 0; i < COUNT; i++)
            power[i] *= x[i];
        fj_assert_mean(power, COUNT, moment[k], "moment");
    }
    for (int gap = 1; gap <= 4; gap++) { /* within a block and across */
        for (int i = 0; i + gap < COUNT; i++)
            power[i] = x[i] * x[i + gap];
        fj_assert_mean(power, (size_t)(COUNT - gap), 0, "correlation of neighbours");
        for (int i = 0; i + gap < COUNT; i++)
            power[i] = x[i] * x[i] * x[i + gap] * x[i + gap];
        fj_assert_mean(power, (size_t)(COUNT - gap), 1, "correlation of neighbours' squares");
    }
    for (int i = 0; i < COUNT; i++)
        power[i] = fabs(x[i]) > 3;
    fj_assert_mean(power, COUNT, erfc(3 / M_SQRT2), "beyond 3");
    fj_assert_law(x, COUNT, gaussian_cdf, "Kolmogorov distance from the gaussian law");
    free(x);
    free(power);
}
END_TEST

START_TEST(streams_apart)
{
    fj_stream other[10];
    double *x = malloc(COUNT * sizeof *x), *y = malloc(COUNT * sizeof *x);
    ck_assert(x && y);
    for (int i = 0; i < 10; i++)
        other[i] = START;
    other[0].seed++, other[1].sample++, other[2].layer++, other[3].column++;
    other[4].kind = FJ_STREAM_BIASES;
    other[5].seed ^= UINT64_C(1) << 63, other[6].sample ^= UINT64_C(1) << 63;
    other[7].layer ^= UINT64_C(1) << 63, other[8].column ^= UINT64_C(1) << 63;
    other[9].layer = START.column, other[9].column = START.layer;
    for (int i = 0; i < 10; i++) {
        fj_stream_normals(&START, COUNT, x);
        fj_stream_normals(&other[i], COUNT, y);
        for (int k = 0; k < COUNT; k++)
            x[k] *= y[k];
        fj_assert_mean(x, COUNT, 0, "correlation of streams");
    }
    free(x);
    free(y);
}
END_TEST

START_TEST(any_length)
{
    double all[64], some[64];
    fj_stream_normals(&START, 64, all);
    for (size_t n = 0; n < 64; n++) {
        memset(some, 0, sizeof some);
        fj_stream_normals(&START, n, some);
        ck_assert(memcmp(some, all, n * sizeof *all) == 0);
        ck_assert(some[n] == 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *tc = tcase_create("streams");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, published_values);
    tcase_add_test(tc, transform);
    tcase_add_test(tc, gaussian_law);
    tcase_add_test(tc, streams_apart);
    tcase_add_test(tc, any_length);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
