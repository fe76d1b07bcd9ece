/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole program, from start to exit: `freejac spectrum` that writes 1000 points as CSV, beside `freejac --version`, which
 * is what starting the program and its libraries costs alone. Time on the wall, and the processor time of the child. */
#include "bench.h"
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { RUNS = 12 };               /* a round, at most */
static const double BUDGET = 0.3; /* seconds of a round, about */

static double of_timeval(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* Runs a program with its output thrown away; the exit code, -1 if it did not start. */
static int run_once(char *const *arguments, double *wall, double *cpu)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t child;
    int status = -1;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const double start = bench_wall();
    const int spawned = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) == 0;
    const int waited = spawned && wait4(child, &status, 0, &usage) == child;
    *wall = bench_wall() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (!waited || !WIFEXITED(status))
        return -1;
    *cpu = of_timeval(usage.ru_utime) + of_timeval(usage.ru_stime);
    return WEXITSTATUS(status);
}

/* Data rows of a CSV file; comments and the head do not count. */
static long rows_count(const char *path)
{
    char line[512];
    long rows = -1;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        rows += *line != '#';
    if (file)
        fclose(file);
    return rows;
}

static void case_run(bench *b, const char *what, char *const *arguments, const char *csv, long rows)
{
    double best[2] = {INFINITY, INFINITY}, wall = 0, cpu = 0, spent = 0;
    int code = 0;
    for (int i = 0; i < (b->smoke ? 1 : RUNS) && spent < BUDGET && code == 0; i++) {
        code = run_once(arguments, &wall, &cpu);
        spent += wall;
        best[0] = fmin(best[0], wall);
        best[1] = fmin(best[1], cpu);
    }
    if (code != 0 || (csv && rows_count(csv) != rows)) {
        bench_fail(b, what, code < 0 ? "did not start" : "ended with another result");
        return;
    }
    bench_add(b, what, "wall", best[0]);
    bench_add(b, what, "cpu", best[1]);
}

static int process_run(bench *b)
{
    static const char *const networks[][2] = {
        {"tanh", "0.025"}, {"relu", "1"}, {"hard-tanh", "0.5"}, {"elu", "0.5"}, {"gelu", "0.5"}};
    char program[4096], folder[] = "/tmp/freejac-bench-XXXXXX", csv[64], what[BENCH_TEXT];
    snprintf(program, sizeof program, "%s", b->freejac);
    if (!mkdtemp(folder)) {
        bench_fail(b, "spectrum", "no temporary folder");
        return 1;
    }
    snprintf(csv, sizeof csv, "%s/s.csv", folder);
    char version[] = "--version";
    char *const only_start[] = {program, version, NULL};
    case_run(b, "--version", only_start, NULL, 0);
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        char line[BENCH_TEXT * 3], *words[24] = {program};
        int n = 1;
        snprintf(line, sizeof line,
                 "spectrum --activation %s --q %s --depth 200 --points 1000 -o %s", networks[i][0],
                 networks[i][1], csv);
        for (char *rest = line, *word; n < 23 && (word = strsep(&rest, " ")) != NULL;)
            words[n++] = word;
        snprintf(what, sizeof what, "%s orthogonal 200 q=%s", networks[i][0], networks[i][1]);
        case_run(b, what, words, csv, 1000);
    }
    unlink(csv);
    rmdir(folder);
    return 1;
}

const bench_group bench_process = {
    .name = "process",
    .title = "freejac spectrum, 1000 points as CSV, start and libraries included",
    .run = process_run,
    .column = {{"wall", "ms"}, {"cpu", "ms"}},
    .errors = {"", "", "", ""},
};
