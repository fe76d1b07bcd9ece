/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Haar matrices: orthogonal to rounding; moments of entries and traces; the law of one entry; both signs of the
 * determinant; invariance under multiplication by a fixed matrix. */
#include <cblas.h>
#include <float.h>
#include "blas.h"
#include "haar_make.h"
#include "statistics.h"

/* times FJ_TEST_SCALE; FJ_TEST_SEED chooses the matrices */
static size_t draws = 20000;
static uint64_t start_seed = 5772;

static fj_stream stream_at(uint64_t sample)
{
    return (fj_stream){.seed = start_seed, .sample = sample, .kind = FJ_STREAM_WEIGHTS};
}

static double *matrix_at(size_t n, uint64_t sample)
{
    const fj_stream stream = stream_at(sample);
    fj_haar haar = fj_test_haar(n, n, &stream);
    double *q = fj_test_haar_matrix(&haar);
    fj_test_haar_free(&haar);
    return q;
}

START_TEST(orthogonal)
{
    static const size_t sizes[][2] = {{1, 1},    {2, 2},     {3, 2},    {47, 47},
                                      {48, 48},  {49, 49},   {65, 65},  {97, 96},
                                      {130, 70}, {200, 200}, {300, 48}, {257, 1}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t n = sizes[k][0], m = sizes[k][1];
        const fj_stream stream = stream_at(k);
        fj_haar haar = fj_test_haar(n, m, &stream);
        double *q = fj_test_haar_matrix(&haar), worst = 0;
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j <= i; j++) {
                double product = 0;
                for (size_t r = 0; r < n; r++)
                    product += q[i * n + r] * q[j * n + r];
                worst = fmax(worst, fabs(product - (i == j)));
            }
        fj_assert_within(worst, 0, 40 * DBL_EPSILON, "Q^T Q - 1");
        free(q);
        fj_test_haar_free(&haar);
    }
}
END_TEST

START_TEST(transposed_undoes)
{
    const size_t n = 150, m = 100, columns = 7;
    const fj_stream stream = stream_at(1);
    fj_haar haar = fj_test_haar(n, m, &stream);
    double *c = calloc(n * columns, sizeof *c), *before = calloc(n * columns, sizeof *c),
           work[FJ_HAAR_BLOCK * 7];
    ck_assert(c && before);
    fj_stream_normals(&stream, n * columns, c);
    memcpy(before, c, n * columns * sizeof *c);
    fj_haar_apply(&haar, FJ_HAAR_PLAIN, n, c, n, columns, work);
    double moved = 0;
    for (size_t i = 0; i < n * columns; i++)
        moved = fmax(moved, fabs(c[i] - before[i]));
    ck_assert(moved > 1);
    fj_haar_apply(&haar, FJ_HAAR_TRANSPOSED, n, c, n, columns, work);
    for (size_t i = 0; i < n * columns; i++)
        fj_assert_within(c[i], before[i], 1e-14, "H^T H c");
    free(c);
    free(before);
    fj_test_haar_free(&haar);
}
END_TEST

/* What zeros at the end of C allow to leave out changes nothing. */
START_TEST(reach)
{
    const size_t n = 200, columns = 5;
    const fj_stream stream = stream_at(2);
    fj_haar haar = fj_test_haar(n, n, &stream);
    double *a = calloc(n * columns, sizeof *a), *b = calloc(n * columns, sizeof *b),
           work[FJ_HAAR_BLOCK * 5];
    ck_assert(a && b);
    for (size_t j = 0; j < columns; j++)
        fj_stream_normals(&stream, 70, a + j * n);
    memcpy(b, a, n * columns * sizeof *a);
    fj_haar_apply(&haar, FJ_HAAR_PLAIN, 70, a, n, columns, work);
    fj_haar_apply(&haar, FJ_HAAR_PLAIN, n, b, n, columns, work);
    for (size_t i = 0; i < n * columns; i++)
        fj_assert_within(a[i], b[i], 0, "with and without the zeros");
    free(a);
    free(b);
    fj_test_haar_free(&haar);
}
END_TEST

enum {
    TRACE,
    TRACE2,
    TRACE_SQUARED,
    TRACE2_SQUARED,
    ENTRY,
    FOURTH,
    ROW,
    DIAGONAL,
    CORNERS,
    LAST,
    KINDS
};

static void statistics_of(const double *q, size_t n, double *x[KINDS], size_t at)
{
    double trace = 0, trace2 = 0;
    for (size_t i = 0; i < n; i++) {
        trace += q[i * n + i];
        for (size_t j = 0; j < n; j++)
            trace2 += q[i * n + j] * q[j * n + i];
    }
    const double a = q[0], b = q[n], c = q[1], d = q[n + 1];
    const double values[KINDS] = {
        trace,         trace2,        trace * trace, trace2 * trace2, a,
        a * a * a * a, a * a * b * b, a * a * d * d, a * b * c * d,   q[n * n - 1]};
    for (int k = 0; k < KINDS; k++)
        x[k][at] = values[k];
}

/* Moments of O(n): those of traces are gaussian ones (Diaconis, Evans 2001), those of entries by Weingarten's calculus. */
START_TEST(moments)
{
    static const char *const names[KINDS] = {
        "tr Q",   "tr Q^2",        "(tr Q)^2",      "(tr Q^2)^2",          "q_11",
        "q_11^4", "q_11^2 q_12^2", "q_11^2 q_22^2", "q_11 q_12 q_21 q_22", "q_nn"};
    static const size_t sizes[] = {4, 9};
    double *x[KINDS];
    for (int k = 0; k < KINDS; k++)
        ck_assert((x[k] = calloc(draws, sizeof **x)) != NULL);
    for (size_t s = 0; s < 2; s++) {
        const size_t size = sizes[s];
        const double n = (double)size;
        const double expected[KINDS] = {0,
                                        1,
                                        1,
                                        3,
                                        0,
                                        3 / (n * (n + 2)),
                                        1 / (n * (n + 2)),
                                        (n + 1) / (n * (n - 1) * (n + 2)),
                                        -1 / (n * (n - 1) * (n + 2)),
                                        0};
        for (size_t i = 0; i < draws; i++) {
            double *q = matrix_at(size, i);
            statistics_of(q, size, x, i);
            free(q);
        }
        for (int k = 0; k < KINDS; k++)
            fj_assert_mean(x[k], draws, expected[k], names[k]);
    }
    for (int k = 0; k < KINDS; k++)
        free(x[k]);
}
END_TEST

/* One entry: its square is Beta(1/2, (n-1)/2); in closed form for n = 2, 3, 4. */
static double cdf2(double x)
{
    return 0.5 + asin(x) / M_PI;
}
static double cdf3(double x)
{
    return (1 + x) / 2;
}
static double cdf4(double x)
{
    return 0.5 + (x * sqrt(fmax(0, 1 - x * x)) + asin(x)) / M_PI;
}

START_TEST(one_entry)
{
    double (*const cdf[])(double) = {cdf2, cdf3, cdf4};
    double *x = calloc(draws, sizeof *x);
    ck_assert(x != NULL);
    for (size_t n = 2; n <= 4; n++)
        for (size_t place = 0; place < n * n; place++) {
            for (uint64_t i = 0; i < draws; i++) {
                double *q = matrix_at(n, i);
                x[i] = fmin(1, fmax(-1, q[place]));
                free(q);
            }
            char what[64];
            snprintf(what, sizeof what, "entry %zu of O(%zu)", place, n);
            fj_assert_law(x, draws, cdf[n - 2], what);
        }
    free(x);
}
END_TEST

static double determinant(double *a, size_t n)
{
    double d = 1;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k; i < n; i++)
            pivot = fabs(a[k * n + i]) > fabs(a[k * n + pivot]) ? i : pivot;
        if (pivot != k)
            d = -d;
        for (size_t j = k; j < n; j++) {
            const double swap = a[j * n + k];
            a[j * n + k] = a[j * n + pivot];
            a[j * n + pivot] = swap;
        }
        d *= a[k * n + k];
        for (size_t i = k + 1; i < n; i++)
            for (size_t j = n; j-- > k;)
                a[j * n + i] -= a[k * n + i] / a[k * n + k] * a[j * n + k];
    }
    return d;
}

START_TEST(determinants)
{
    double *x = calloc(draws, sizeof *x);
    ck_assert(x != NULL);
    for (size_t n = 1; n <= 6; n++) {
        for (uint64_t i = 0; i < draws; i++) {
            double *q = matrix_at(n, i);
            x[i] = determinant(q, n);
            fj_assert_within(fabs(x[i]), 1, 1e-13, "|det Q|");
            free(q);
        }
        fj_assert_mean(x, draws, 0, "det Q");
    }
    free(x);
}
END_TEST

/* |D U Q D e|, D diagonal and e fixed, has one law for every orthogonal U: here a turn that mixes everything, and 1. */
static double stretched(const double *u, const double *q, size_t n)
{
    double sum = 0, y[8], z[8];
    for (size_t i = 0; i < n; i++) {
        y[i] = 0;
        for (size_t j = 0; j < n; j++)
            y[i] += q[j * n + i] / (1 + (double)j);
    }
    for (size_t i = 0; i < n; i++) {
        z[i] = 0;
        for (size_t j = 0; j < n; j++)
            z[i] += (u ? u[j * n + i] : i == j) * y[j];
        sum += z[i] * z[i] / ((1 + (double)i) * (1 + (double)i));
    }
    return sum;
}

START_TEST(left_factor)
{
    enum { N = 5 };
    double *x = calloc(draws, sizeof *x), *y = calloc(draws, sizeof *y), turn[N * N];
    ck_assert(x && y);
    for (int i = 0; i < N; i++) /* 1 - 2 e e^T/5 */
        for (int j = 0; j < N; j++)
            turn[i * N + j] = (i == j) - 2.0 / N;
    for (uint64_t i = 0; i < draws; i++) {
        double *q = matrix_at(N, i), *other = matrix_at(N, draws + i);
        x[i] = stretched(NULL, q, N);
        y[i] = stretched(turn, other, N);
        free(q);
        free(other);
    }
    fj_assert_same_law(x, y, draws, "|D U Q D e| with and without U");
    free(x);
    free(y);
}
END_TEST

/* Columns of a rectangle are those of the square: the first ones of a Haar matrix. */
START_TEST(rectangles)
{
    const fj_stream stream = stream_at(3);
    fj_haar whole = fj_test_haar(90, 90, &stream), part = fj_test_haar(90, 70, &stream);
    double *a = fj_test_haar_matrix(&whole), *b = fj_test_haar_matrix(&part);
    for (size_t i = 0; i < (size_t)90 * 70; i++)
        fj_assert_within(b[i], a[i], 1e-14, "a rectangle's entry");
    free(a);
    free(b);
    fj_test_haar_free(&whole);
    fj_test_haar_free(&part);
}
END_TEST

int main(void)
{
    const char *scale = getenv("FJ_TEST_SCALE"), *seed = getenv("FJ_TEST_SEED");
    draws = scale && strtod(scale, NULL) > 0 ? (size_t)(20000 * strtod(scale, NULL)) : draws;
    start_seed = seed ? strtoull(seed, NULL, 10) : start_seed;
    if (fj_blas_load(NULL) != FJ_OK)
        return 1;
    openblas_set_num_threads(1); /* small matrices: threads would wait for each other */
    Suite *suite = suite_create("haar");
    TCase *tc = tcase_create("haar");
    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, orthogonal);
    tcase_add_test(tc, transposed_undoes);
    tcase_add_test(tc, reach);
    tcase_add_test(tc, moments);
    tcase_add_test(tc, one_entry);
    tcase_add_test(tc, determinants);
    tcase_add_test(tc, left_factor);
    tcase_add_test(tc, rectangles);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
