/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a law of unequal layers costs by the number of different layers, and that depth costs nothing.
 *
 * 1. tanh, orthogonal, q evenly from 0.02 to 0.3 in 1, 2, 5 .. 80 different layers: time to build, and for 1000 points from the 1e-4
 *    quantile to the upper edge. The best of several rounds counts.
 * 2. The same for 10 different layers at depth 10, 1000, 1000000.
 * 3. Each also as a multiple of the law of one layer's kind at the same depth, of this run: machines differ and are shared.
 *
 * bench_layers [ROUNDS]: more rounds for a steadier figure (default 3). */
#include <freejac/freejac.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { POINTS = 1000 };
static const double Q_LEAST = 0.02, Q_MOST = 0.3;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* `depth` layers in `kinds` runs with q of their own, each with E[phi'^2] sigma_w^2 = 1. */
static int network_make(const fj_activation *a, int kinds, uint64_t depth, fj_network *out)
{
    fj_network_init(out, 1);
    for (int i = 0; i < kinds; i++) {
        fj_meanfield point;
        const uint64_t from = depth * (uint64_t)i / (uint64_t)kinds,
                       to = depth * (uint64_t)(i + 1) / (uint64_t)kinds;
        const double q = Q_LEAST + (Q_MOST - Q_LEAST) * (i + 0.5) / kinds;
        if (fj_meanfield_critical(a, q, &point, NULL) != FJ_OK)
            return 0;
        const fj_network_run run = {a, FJ_WEIGHTS_ORTHOGONAL, to - from, point.sigma_w, 0, 1, q, 1};
        if (fj_network_add(out, &run, NULL) != FJ_OK)
            return 0;
    }
    return 1;
}

typedef struct bench_result {
    double build, points, error; /* seconds, the latter for POINTS of them */
} bench_result;

static int bench_run(int kinds, uint64_t depth, int rounds, bench_result *out)
{
    static double log_s[POINTS];
    static fj_spectrum_point point[POINTS];
    fj_activation *a = NULL;
    fj_spectrum *law = NULL;
    fj_network network = {0};
    double lowest = 0;
    *out = (bench_result){INFINITY, INFINITY, 0};
    int ok =
        fj_activation_create("tanh", &a, NULL) == FJ_OK && network_make(a, kinds, depth, &network);
    for (int r = 0; ok && r < rounds; r++) {
        fj_spectrum_destroy(law);
        const double start = now();
        ok = fj_spectrum_create(&network, &law, NULL) == FJ_OK;
        out->build = fmin(out->build, now() - start);
    }
    const fj_spectrum_interval *interval;
    const size_t intervals = ok ? fj_spectrum_intervals(law, &interval) : 0;
    ok = intervals > 0 && fj_spectrum_quantile(law, 1e-4, &lowest) == FJ_OK;
    for (int i = 0; ok && i < POINTS; i++)
        log_s[i] = lowest + (interval[intervals - 1].log_s_max - lowest) * (i + 0.5) / POINTS;
    for (int r = 0; ok && r < rounds; r++) {
        const double start = now();
        ok = fj_spectrum_eval_log(law, log_s, POINTS, point) == FJ_OK;
        out->points = fmin(out->points, now() - start);
    }
    for (int i = 0; ok && i < POINTS; i++)
        out->error = fmax(out->error, point[i].error);
    fj_spectrum_destroy(law);
    fj_network_clear(&network);
    fj_activation_destroy(a);
    return ok;
}

/* Prints one line; returns 0 where there is no result. */
static int line_print(int kinds, uint64_t depth, int rounds)
{
    bench_result one, many;
    if (!bench_run(1, depth, rounds, &one) || !bench_run(kinds, depth, rounds, &many)) {
        printf("%9d %8llu | did not converge\n", kinds, (unsigned long long)depth);
        return 0;
    }
    printf("%9d %8llu | %9.0f %9.0f %9.0f | %7.2f %7.2f %7.2f | %.1e\n", kinds,
           (unsigned long long)depth, 1e6 * many.build, 1e6 * many.points,
           1e6 * (many.build + many.points), many.build / one.build, many.points / one.points,
           (many.build + many.points) / (one.build + one.points), many.error);
    return 1;
}

int main(int argc, char **argv)
{
    static const int kinds[] = {1, 2, 5, 10, 20, 40, 80};
    static const uint64_t depths[] = {10, 1000, 1000000};
    const int rounds = argc > 1 ? atoi(argv[1]) : 3;
    int failed = 0;
    if (rounds < 1) {
        fprintf(stderr, "bench_layers: ROUNDS must be a whole number from 1\n");
        return 2;
    }
    printf("tanh, orthogonal, q from %g to %g; %d points\n\n", Q_LEAST, Q_MOST, POINTS);
    printf("%9s %8s | %9s %9s %9s | %23s | %s\n", "different", "depth", "build us", "points us",
           "both us", "times one kind of layer", "worst error");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        failed += !line_print(kinds[i], (uint64_t)kinds[i], rounds);
    printf("\n");
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        failed += !line_print(10, depths[i], rounds);
    return failed > 0;
}
