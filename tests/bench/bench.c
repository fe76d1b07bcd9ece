/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a law costs: building it, a point of it (density with distribution function), a quantile.
 *
 * 1. Time one complex exponential in this run: machines are shared and differ, so every figure is also given as a
 *    multiple of it.
 * 2. For each network: build, then 1000 points between the 1e-4 quantile and the upper edge, repeated; the best of
 *    several rounds counts, for the others were disturbed.
 * 3. Print the worst error estimate beside the times, so that speed cannot be bought with accuracy.
 *
 * bench [ROUNDS]: more rounds for a steadier figure (default 3). */
#include <complex.h>
#include <freejac/freejac.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { POINTS = 1000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds for one complex exponential. */
static double exponential_time(int rounds)
{
    enum { CALLS = 200000 };
    double best = INFINITY;
    for (int r = 0; r < rounds; r++) {
        double complex sum = 0;
        double start = now();
        for (int i = 0; i < CALLS; i++)
            sum += cexp(-1e-3 * i + 1e-2 * I * (i % 300));
        double time = (now() - start) / CALLS;
        if (creal(sum) != 0 && time < best)
            best = time;
    }
    return best;
}

typedef struct bench_case {
    const char *activation;
    fj_weights weights;
    uint64_t depth;
    double q;
} bench_case;

typedef struct bench_result {
    double build, point, quantile, error;
} bench_result;

static int bench_run(const bench_case *what, int rounds, bench_result *out)
{
    static double log_s[POINTS];
    static fj_spectrum_point point[POINTS];
    fj_activation *activation = NULL;
    fj_spectrum *spectrum = NULL;
    fj_meanfield meanfield;
    fj_network network = {0};
    int ok =
        fj_activation_create(what->activation, &activation, NULL) == FJ_OK &&
        fj_meanfield_critical(activation, what->q, &meanfield, NULL) == FJ_OK &&
        fj_network_identical(activation, what->weights, what->depth, &meanfield, &network) == FJ_OK;
    *out = (bench_result){INFINITY, INFINITY, INFINITY, 0};
    for (int r = 0; ok && r < rounds; r++) {
        fj_spectrum_destroy(spectrum);
        double start = now();
        ok = fj_spectrum_create(&network, &spectrum, NULL) == FJ_OK;
        out->build = fmin(out->build, now() - start);
    }
    const fj_spectrum_interval *interval;
    size_t intervals = ok ? fj_spectrum_intervals(spectrum, &interval) : 0;
    double lowest = 0;
    ok = intervals > 0;
    for (size_t k = 1; ok && k <= 20; k++) { /* skips a mass at 0 */
        ok = fj_spectrum_quantile(spectrum, fmin(1, 1e-4 + 0.05 * (double)(k - 1)), &lowest) ==
             FJ_OK;
        if (isfinite(lowest))
            break;
    }
    for (int i = 0; ok && i < POINTS; i++)
        log_s[i] = lowest + (interval[intervals - 1].log_s_max - lowest) * (i + 0.5) / POINTS;
    for (int r = 0; ok && r < rounds; r++) {
        double start = now();
        ok = fj_spectrum_eval_log(spectrum, log_s, POINTS, point) == FJ_OK;
        out->point = fmin(out->point, (now() - start) / POINTS);
        start = now();
        for (int i = 0; ok && i < 100; i++) {
            double quantile;
            ok = fj_spectrum_quantile(spectrum, (i + 0.5) / 100, &quantile) == FJ_OK;
        }
        out->quantile = fmin(out->quantile, (now() - start) / 100);
    }
    for (int i = 0; ok && i < POINTS; i++)
        out->error = fmax(out->error, point[i].error);
    fj_spectrum_destroy(spectrum);
    fj_network_clear(&network);
    fj_activation_destroy(activation);
    return ok;
}

int main(int argc, char **argv)
{
    static const bench_case cases[] = {
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, 0.025},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 200, 0.025},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 1000000, 0.025},
        {"tanh", FJ_WEIGHTS_GAUSSIAN, 10, 0.025},
        {"tanh", FJ_WEIGHTS_GAUSSIAN, 1000000, 0.025},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 200, 1},
        {"erf", FJ_WEIGHTS_ORTHOGONAL, 200, 0.025},
        {"relu", FJ_WEIGHTS_ORTHOGONAL, 200, 1},
        {"relu", FJ_WEIGHTS_GAUSSIAN, 200, 1},
        {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 200, 0.25},
        {"elu", FJ_WEIGHTS_ORTHOGONAL, 200, 0.5},
        {"gelu", FJ_WEIGHTS_ORTHOGONAL, 200, 1},
    };
    int rounds = argc > 1 ? atoi(argv[1]) : 3, failed = 0;
    if (rounds < 1) {
        fprintf(stderr, "bench: ROUNDS must be a whole number from 1\n");
        return 2;
    }
    double unit = exponential_time(rounds);
    printf("one complex exponential: %.1f ns\n\n", 1e9 * unit);
    printf("%-10s %-10s %8s %6s | %9s | %18s | %18s | %s\n", "activation", "weights", "depth", "q",
           "build us", "point ns (x cexp)", "quantile us", "worst error");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_result result;
        const bench_case *c = &cases[i];
        if (!bench_run(c, rounds, &result)) {
            printf("%-10s did not converge\n", c->activation);
            failed++;
            continue;
        }
        printf("%-10s %-10s %8llu %6g | %9.0f | %9.0f (%6.1f) | %18.2f | %.1e\n", c->activation,
               c->weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal",
               (unsigned long long)c->depth, c->q, 1e6 * result.build, 1e9 * result.point,
               result.point / unit, 1e6 * result.quantile, result.error);
    }
    return failed > 0;
}
