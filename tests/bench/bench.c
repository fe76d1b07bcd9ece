/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What freejac costs, with how well it is known: one program for all measurements. Never asserted.
 *
 * 1. Go through the groups wanted in rounds; of each measurement the least time counts. The unit is one complex exponential,
 *    timed before every group: machines are shared and differ, so every time is also given as a multiple of it.
 * 2. Groups are files (expectation.c, law.c, layers.c, products.c, phase.c, sampling.c, haar.c, process.c);
 *    measure.c times any law, truth.c knows true errors, count.c counts expectations.
 * 3. Or compare two files of results, or print the tables of README.md from the groups that they need. */
#include "bench.h"
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const bench_group *const groups[] = {
    &bench_expectation, &bench_law,      &bench_layers, &bench_products, &bench_phase,
    &bench_trajectory,  &bench_sampling, &bench_haar,   &bench_process,  &bench_peer};

typedef struct options {
    int rounds, smoke, targets, peers, compare;
    char *only, *json, *freejac, *data;
} options;

/* The program built beside this one: ../../src/cli/freejac from here. */
static const char *program_beside(void)
{
    static char path[4096 + 32];
    const ssize_t n = readlink("/proc/self/exe", path, 4096);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash)
        strcpy(slash, "/../../src/cli/freejac");
    return path;
}

static int group_wanted(const options *o, const bench_group *group)
{
    if (o->only)
        return strcmp(o->only, group->name) == 0;
    if (!o->targets && !o->peers)
        return 1;
    return (o->targets &&
            (group == &bench_law || group == &bench_layers || group == &bench_process)) ||
           (o->peers && (group == &bench_products || group == &bench_peer));
}

static void round_run(bench *b, const options *o)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (!group_wanted(o, groups[i]))
            continue;
        const double unit = bench_exponential();
        b->unit = fmin(b->unit, unit);
        b->unit_most = fmax(b->unit_most, unit);
        b->group = groups[i];
        if (!groups[i]->run(b))
            bench_fail(b, "all", "out of memory");
    }
}

static int run_all(const options *o)
{
    bench b = {.rounds = o->smoke ? 1 : o->rounds, .smoke = o->smoke};
    b.points = o->smoke ? BENCH_POINTS / 10 : BENCH_POINTS;
    b.freejac = o->freejac ? o->freejac : program_beside();
    b.data = o->data ? o->data : "data";
    if (access(b.data, R_OK) != 0)
        fprintf(stderr, "bench: no tables in '%s': true errors are left out (see --data)\n",
                b.data);
    b.unit = INFINITY;
    for (b.round = 0; b.round < b.rounds; b.round++)
        round_run(&b, o);
    if (!o->targets && !o->peers) {
        printf(
            "One complex exponential: %.1f ns (up to %.1f in this run).\nIn parentheses times as "
            "its multiple; then gaussian expectations that each asks for; then errors.\n",
            1e9 * b.unit, 1e9 * b.unit_most);
        for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
            if (group_wanted(o, groups[i]))
                bench_print(&b, groups[i]);
    }
    if (o->targets)
        bench_print_targets(&b);
    if (o->peers)
        bench_print_peers(&b);
    if (o->json && !bench_json_write(&b, o->json))
        b.failed++;
    free(b.result);
    return b.failed > 0;
}

static int wrong(const char *what, const char *value)
{
    fprintf(stderr, "bench: %s%s; see bench --help\n", what, value);
    return 2;
}

static int run_wanted(const options *o, const char **rest)
{
    const int count = !rest || !rest[0] ? 0 : !rest[1] ? 1 : !rest[2] ? 2 : 3;
    int known = !o->only;
    if (o->compare)
        return count == 2 ? bench_compare(rest[0], rest[1])
                          : wrong("--compare needs two files, the old and the new", "");
    if (count)
        return wrong("unexpected ", rest[0]);
    if (o->rounds < 1)
        return wrong("--rounds must be a whole number from 1", "");
    if ((o->only || o->smoke) && (o->targets || o->peers))
        return wrong("--targets and --peers go neither with --only nor with --smoke", "");
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        known |= o->only && strcmp(o->only, groups[i]->name) == 0;
    return known ? run_all(o) : wrong("no group ", o->only);
}

int main(int argc, const char **argv)
{
    options o = {.rounds = 3};
    const struct poptOption table[] = {
        {"rounds", 0, POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, &o.rounds, 0,
         "go through everything so many times; the best counts", "N"},
        {"only", 0, POPT_ARG_STRING, &o.only, 0,
         "expectation, law, layers, products, phase, trajectory, sampling, haar, process or peer",
         "GROUP"},
        {"smoke", 0, POPT_ARG_NONE, &o.smoke, 0, "everything once and smaller: does it run?", NULL},
        {"json", 0, POPT_ARG_STRING, &o.json, 0, "write the results to FILE", "FILE"},
        {"compare", 0, POPT_ARG_NONE, &o.compare, 0,
         "only print the ratios of two such files, OLD NEW", NULL},
        {"targets", 0, POPT_ARG_NONE, &o.targets, 0,
         "print what is aimed at beside what is reached, in Markdown", NULL},
        {"peers", 0, POPT_ARG_NONE, &o.peers, 0,
         "print other programs' times beside freejac's, in Markdown", NULL},
        {"freejac", 0, POPT_ARG_STRING, &o.freejac, 0, "the program (that of this build)", "PATH"},
        {"data", 0, POPT_ARG_STRING, &o.data, 0, "the folder of the reference tables (data)",
         "DIR"},
        POPT_AUTOHELP POPT_TABLEEND};
    poptContext context = poptGetContext("bench", argc, argv, table, 0);
    poptSetOtherOptionHelp(context, "[OPTION...] | --compare OLD.json NEW.json");
    const int next = poptGetNextOpt(context);
    int code = 2;
    if (next == POPT_ERROR_BADNUMBER || next == POPT_ERROR_OVERFLOW)
        wrong("--rounds must be a whole number, not ",
              poptBadOption(context, POPT_BADOPTION_NOALIAS));
    else if (next < -1)
        fprintf(stderr, "bench: %s: %s\n", poptBadOption(context, POPT_BADOPTION_NOALIAS),
                poptStrerror(next));
    else
        code = run_wanted(&o, poptGetArgs(context));
    poptFreeContext(context);
    free(o.only);
    free(o.json);
    free(o.freejac);
    free(o.data);
    return code;
}
