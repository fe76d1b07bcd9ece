/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The results as JSON, with the machine they are of. Numbers that do not exist are null. */
#include "bench.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* "model name" of the first processor. */
static void processor_name(char *name, size_t room)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, room, "unknown");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':')) {
            snprintf(name, room, "%.*s", (int)strcspn(strchr(line, ':') + 2, "\n"),
                     strchr(line, ':') + 2);
            break;
        }
    if (file)
        fclose(file);
}

static json_t *machine_pack(void)
{
    char processor[128], date[32];
    const time_t now = time(NULL);
    struct tm parts;
    processor_name(processor, sizeof processor);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    return json_pack("{s:s, s:s, s:s, s:s}", "processor", processor, "compiler", COMPILER,
                     "freejac", fj_version(), "date", date);
}

static json_t *result_pack(const bench *b, const bench_result *r)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "group", r->group,
                     "case", r->what, "measure", r->measure, "ns", number(1e9 * r->seconds), "cexp",
                     number(r->seconds / b->unit), "evaluations", number(r->evaluations),
                     "estimate", number(r->estimate), "error", number(r->error), "error_cdf",
                     number(r->error_cdf), "error_of_estimate", number(r->ratio), "gflops",
                     number(1e-9 * r->flops / r->seconds));
}

int bench_json_write(const bench *b, const char *path)
{
    json_t *results = json_array(), *all = NULL;
    int ok = results != NULL;
    for (size_t i = 0; ok && i < b->results; i++)
        ok = json_array_append_new(results, result_pack(b, &b->result[i])) == 0;
    if (ok)
        all = json_pack("{s:i, s:o, s:i, s:i, s:o, s:o, s:O}", "freejac_bench", 1, "machine",
                        machine_pack(), "rounds", b->rounds, "points", b->points, "cexp_ns",
                        number(1e9 * b->unit), "cexp_ns_most", number(1e9 * b->unit_most),
                        "results", results);
    ok = all && json_dump_file(all, path, JSON_INDENT(1)) == 0;
    if (!ok)
        fprintf(stderr, "bench: '%s' cannot be written\n", path);
    json_decref(all);
    json_decref(results);
    return ok;
}
