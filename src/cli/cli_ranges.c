/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of values: the parts between colons are read one by one, each refusal naming the option and the part. */
#include "cli_ranges.h"
#include "cli_message.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = 4 };
static const double COUNT_MOST = 10000000;

typedef struct parts {
    const char *text[PARTS_MOST];
    size_t length[PARTS_MOST], count;
} parts;

static int split(const char *text, parts *out)
{
    for (out->count = 0; out->count < PARTS_MOST; text += out->length[out->count - 1] + 1) {
        out->text[out->count] = text;
        out->length[out->count] = strcspn(text, ":");
        out->count++;
        if (!text[out->length[out->count - 1]])
            return 1;
    }
    return 0;
}

/* Reads part i as a number within range. */
static int part_read(const cli_run *run, cli_option_id id, const parts *p, size_t i,
                     const cli_range *range, double *out)
{
    char reason[64];
    const char *wrong = cli_number_read(p->text[i], p->length[i], out);
    if (!wrong)
        wrong = cli_range_check(range, *out, reason, sizeof reason);
    if (!wrong)
        return CLI_DONE;
    int length = p->length[i] > 60 ? 60 : (int)p->length[i];
    return cli_usage(run->command, "--%s: '%.*s' %s", cli_options[id].name, length, p->text[i],
                     wrong);
}

static int bounds_check(const cli_run *run, cli_option_id id, const double end[2], double count,
                        bool logarithmic)
{
    const char *name = cli_options[id].name, *text = run->given[id];
    if (end[1] < end[0])
        return cli_usage(run->command, "--%s: '%.60s' runs backwards: A:B:N needs A <= B", name,
                         text);
    if (count != floor(count) || count < 1 || count > COUNT_MOST)
        return cli_usage(run->command, "--%s: '%.60s': N must be a whole number from 1 to %.0f",
                         name, text, COUNT_MOST);
    if (count == 1 && end[0] != end[1])
        return cli_usage(run->command, "--%s: '%.60s': one value needs A = B", name, text);
    if (count > 1 && end[0] == end[1])
        return cli_usage(run->command, "--%s: '%.60s': A = B leaves one value, N = 1", name, text);
    if (logarithmic && !(end[0] > 0))
        return cli_usage(run->command, "--%s: '%.60s': log needs A > 0", name, text);
    return CLI_DONE;
}

int cli_read_range(const cli_run *run, cli_option_id id, const char *usual, cli_range range,
                   cli_list *out)
{
    const char *text = run->given[id] ? run->given[id] : usual;
    double end[2] = {0, 0}, count = 1;
    const cli_range any = {-HUGE_VAL, HUGE_VAL, false};
    parts p;
    *out = (cli_list){0};
    if (!split(text, &p) || p.count == 2)
        return cli_usage(run->command, "--%s: '%.60s' is no range: A:B:N, A:B:N:log or a number",
                         cli_options[id].name, text);
    bool logarithmic = p.count == 4;
    if (logarithmic && strcmp(p.text[3], "log") != 0)
        return cli_usage(run->command, "--%s: '%.60s': after A:B:N only 'log' may follow",
                         cli_options[id].name, text);
    int code = part_read(run, id, &p, 0, &range, &end[0]);
    end[1] = end[0];
    if (code == CLI_DONE && p.count > 1)
        code = part_read(run, id, &p, 1, &range, &end[1]);
    if (code == CLI_DONE && p.count > 1)
        code = part_read(run, id, &p, 2, &any, &count);
    if (code == CLI_DONE && p.count > 1)
        code = bounds_check(run, id, end, count, logarithmic);
    if (code != CLI_DONE)
        return code;
    out->count = (size_t)count;
    out->value = calloc(out->count, sizeof *out->value);
    if (!out->value)
        return cli_fail("out of memory");
    for (size_t i = 0; i < out->count; i++) {
        double part = count > 1 ? (double)i / (count - 1) : 0;
        out->value[i] =
            logarithmic ? end[0] * pow(end[1] / end[0], part) : end[0] + (end[1] - end[0]) * part;
    }
    out->value[out->count - 1] = end[1];
    return CLI_DONE;
}
