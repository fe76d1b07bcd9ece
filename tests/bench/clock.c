/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time.
 *
 * 1. Work on one thread is timed by the thread's own processor time: the machine is shared, and what others do does not count.
 * 2. Every measurement is repeated, in every round, and the least time counts: the others were disturbed.
 * 3. The unit is one complex exponential of the same run: machines differ, and their clocks vary. */
#include "bench.h"
#include <complex.h>
#include <math.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_cpu(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}

double bench_wall(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double bench_exponential(void)
{
    enum { CALLS = 10000, RUNS = 40 };
    double best = INFINITY;
    for (int r = 0; r < RUNS; r++) {
        double complex sum = 0;
        const double start = bench_cpu();
        for (int i = 0; i < CALLS; i++)
            sum += cexp(-1e-3 * i + 1e-2 * I * (i % 300));
        const double time = (bench_cpu() - start) / CALLS;
        if (creal(sum) != 0 && time < best)
            best = time;
    }
    return best;
}

int bench_more(const bench *b, int count, double spent)
{
    static const double BUDGET = 0.005; /* seconds */
    enum { TIMES_MOST = 50 };
    return count == 0 || (!b->smoke && spent < BUDGET && count < TIMES_MOST);
}

double bench_best(const bench *b, bench_work *work, void *context)
{
    double best = INFINITY, spent = 0;
    for (int count = 0; bench_more(b, count, spent); count++) {
        const double start = bench_cpu();
        if (!work(context))
            return NAN;
        const double time = bench_cpu() - start;
        spent += time;
        best = fmin(best, time);
    }
    return best;
}
