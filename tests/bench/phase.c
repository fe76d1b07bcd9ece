/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a phase diagram and a trajectory cost.
 *
 * 1. Time one exponential in this run: machines are shared and differ, so every figure is also given as a multiple of it.
 * 2. A diagram of 100 by 100 points, sigma_w from 0.5 to 4 and sigma_b from 0 to 1, on one thread and on all; the best
 *    of several rounds counts.
 * 3. The worst difference in one step of the length map from q*, and of the correlation map from c*, is printed beside
 *    the times, so that speed cannot be bought with accuracy.
 *
 * phase [ROUNDS]: more rounds for a steadier figure (default 2). */
#include <freejac/freejac.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SIDE = 100, POINTS = SIDE * SIDE, DEPTH = 100000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds for one exponential. */
static double exponential_time(int rounds)
{
    enum { CALLS = 1000000 };
    double best = INFINITY;
    for (int r = 0; r < rounds; r++) {
        double sum = 0, start = now();
        for (int i = 0; i < CALLS; i++)
            sum += exp(-1e-6 * i);
        double time = (now() - start) / CALLS;
        if (sum != 0 && time < best)
            best = time;
    }
    return best;
}

/* Largest |one step - fixed point|, relative for q*, absolute for c*, over a hundredth of the points. */
static void residual(const fj_activation *activation, const fj_phase_point *point, double worst[2])
{
    worst[0] = worst[1] = 0;
    for (size_t i = 0; i < POINTS; i += 101) {
        const fj_phase_point *p = &point[i];
        double next;
        if (p->status != FJ_OK || !(p->q_star > 0))
            continue;
        if (fj_length_map(activation, p->sigma_w, p->sigma_b, p->q_star, &next) == FJ_OK)
            worst[0] = fmax(worst[0], fabs(next / p->q_star - 1));
        fj_correlation c = fj_correlation_of(p->c_star), after;
        if (fj_correlation_map(activation, p->sigma_w, p->sigma_b, p->q_star, &c, &after) == FJ_OK)
            worst[1] = fmax(worst[1], fabs(after.c - c.c));
    }
}

static int diagram_run(const char *name, double unit, int rounds)
{
    static double w[SIDE], b[SIDE];
    static fj_phase_point point[POINTS];
    fj_activation *activation = NULL;
    double best[2] = {INFINITY, INFINITY}, worst[2];
    for (int i = 0; i < SIDE; i++) {
        w[i] = 0.5 + 3.5 * i / (SIDE - 1);
        b[i] = (double)i / (SIDE - 1);
    }
    int ok = fj_activation_create(name, &activation, NULL) == FJ_OK;
    for (int r = 0; ok && r < 2 * rounds; r++) {
        fj_phase_options options = fj_phase_options_default();
        options.threads = r % 2 ? 0 : 1;
        double start = now();
        ok = fj_phase_grid(activation, w, SIDE, b, SIDE, &options, point, NULL) == FJ_OK;
        best[r % 2] = fmin(best[r % 2], now() - start);
    }
    for (int i = 0; ok && i < POINTS; i++)
        ok = point[i].status == FJ_OK || point[i].status == FJ_NO_FIXED_POINT;
    if (ok) {
        residual(activation, point, worst);
        printf("%-10s %9.2f %9.2f | %8.1f (%8.0f) | %.1e %.1e\n", name, best[0], best[1],
               1e6 * best[0] / POINTS, best[0] / POINTS / unit, worst[0], worst[1]);
    } else {
        printf("%-10s failed\n", name);
    }
    fj_activation_destroy(activation);
    return ok;
}

static int layers_run(const char *name, const double at[4], double unit)
{
    fj_activation *activation = NULL;
    fj_trajectory *trajectory = NULL;
    fj_layer *layer = calloc(DEPTH, sizeof *layer);
    int ok =
        layer && fj_activation_create(name, &activation, NULL) == FJ_OK &&
        fj_trajectory_create(activation, at[0], at[1], at[2], at[3], &trajectory, NULL) == FJ_OK;
    double start = now();
    ok = ok && fj_trajectory_next(trajectory, DEPTH, layer) == FJ_OK;
    double time = (now() - start) / DEPTH;
    if (ok)
        printf("%-10s %8g %8g | %8.2f (%8.0f)\n", name, at[0], at[1], 1e6 * time, time / unit);
    fj_trajectory_destroy(trajectory);
    fj_activation_destroy(activation);
    free(layer);
    return ok;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"tanh", "erf",  "relu", "hard-tanh", "gelu",
                                        "elu",  "selu", "sin",  "softsign",  "silu"};
    static const struct {
        const char *name;
        double at[4];
    } deep[] = {{"tanh", {1, 0, 1, 0.5}},       /* q never settles */
                {"tanh", {1.5, 0.1, 3, 0.5}},   /* settles after some hundred layers */
                {"hard-tanh", {1, 0, 1, 0.5}},  /* q never settles */
                {"relu", {M_SQRT2, 0, 1, 0.5}}, /* c never settles */
                {"selu", {0.95, 0.1, 1, 0.5}}}; /* c approaches 1 */
    int rounds = argc > 1 ? atoi(argv[1]) : 2, failed = 0;
    if (rounds < 1) {
        fprintf(stderr, "phase: ROUNDS must be a whole number from 1\n");
        return 2;
    }
    double unit = exponential_time(rounds);
    printf("one exponential: %.1f ns\n\nphase diagrams of %d points\n", 1e9 * unit, POINTS);
    printf("%-10s %9s %9s | %19s | %s\n", "activation", "1 thread", "all", "point us (x exp)",
           "worst step from q*, c*");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        failed += !diagram_run(names[i], unit, rounds);
    printf("\ntrajectories of %d layers\n%-10s %8s %8s | %19s\n", DEPTH, "activation", "sigma_w",
           "sigma_b", "layer us (x exp)");
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++)
        failed += !layers_run(deep[i].name, deep[i].at, unit);
    return failed > 0;
}
