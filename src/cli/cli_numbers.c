/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in options: only digits, sign, point and exponent are let through to strtod (no hexadecimal, no "inf", no
 * white space), the whole text must be used, and the result must be finite and in the option's range. */
#include "cli_numbers.h"
#include "cli_message.h"
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool names_no_number(const char *text)
{
    text += strspn(text, "+-");
    return strncasecmp(text, "nan", 3) == 0 || strncasecmp(text, "inf", 3) == 0;
}

const char *cli_number_read(const char *text, size_t length, double *out)
{
    char copy[CLI_NUMBER_LONGEST + 1], *end = NULL;
    if (length == 0)
        return "is empty";
    if (length > CLI_NUMBER_LONGEST)
        return "is too long for a number";
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (names_no_number(copy))
        return "is not a finite number";
    if (strspn(copy, "0123456789+-.eE") != length)
        return "is not a number";
    double value = strtod(copy, &end);
    if (end == copy || *end)
        return "is not a number";
    if (!isfinite(value))
        return "is too large";
    *out = value;
    return NULL;
}

const char *cli_range_check(const cli_range *range, double x, char *text, size_t size)
{
    if (range->open ? x <= range->least : x < range->least)
        snprintf(text, size, "must be %s %.15g", range->open ? "above" : "at least", range->least);
    else if (x > range->most)
        snprintf(text, size, "must be at most %.15g", range->most);
    else
        return NULL;
    return text;
}

/* Reads one item of an option. */
static int item_read(const cli_run *run, cli_option_id id, const char *text, size_t length,
                     const cli_range *range, double *out)
{
    char reason[64];
    const char *wrong = cli_number_read(text, length, out);
    if (!wrong)
        wrong = cli_range_check(range, *out, reason, sizeof reason);
    if (wrong)
        return cli_usage(run->command, "--%s: '%.*s' %s", cli_options[id].name,
                         length > 60 ? 60 : (int)length, text, wrong);
    return CLI_DONE;
}

int cli_read_real(const cli_run *run, cli_option_id id, cli_range range, double *out)
{
    const char *text = run->given[id];
    return text ? item_read(run, id, text, strlen(text), &range, out) : CLI_DONE;
}

int cli_read_count(const cli_run *run, cli_option_id id, double least, double most, double *out)
{
    double value = 0;
    const char *text = run->given[id];
    if (!text)
        return CLI_DONE;
    int code = item_read(run, id, text, strlen(text),
                         &(cli_range){.least = -HUGE_VAL, .most = HUGE_VAL}, &value);
    if (code != CLI_DONE)
        return code;
    if (value != floor(value))
        return cli_usage(run->command, "--%s: '%.60s' is not a whole number", cli_options[id].name,
                         text);
    code =
        item_read(run, id, text, strlen(text), &(cli_range){.least = least, .most = most}, &value);
    if (code == CLI_DONE)
        *out = value;
    return code;
}

/* Makes room for one more element where the list is full, at 0, 1, 2, 4, 8, ... */
static void *list_grow(void *elements, size_t count, size_t size)
{
    if (count & (count - 1))
        return elements;
    const size_t room = count ? 2 * count : 1;
    return room > SIZE_MAX / size ? NULL : realloc(elements, room * size);
}

int cli_list_add(cli_list *list, double value)
{
    double *grown = list_grow(list->value, list->count, sizeof *grown);
    if (!grown)
        return -1;
    list->value = grown;
    list->value[list->count++] = value;
    return 0;
}

int cli_list_add_text(cli_list *list, double value, const char *text, size_t length)
{
    if (list->keep) {
        char **grown = list_grow(list->text, list->count, sizeof *grown);
        if (!grown)
            return -1;
        list->text = grown;
        list->text[list->count] = strndup(text, length);
        if (!list->text[list->count])
            return -1;
    }
    if (cli_list_add(list, value) == 0)
        return 0;
    if (list->keep)
        free(list->text[list->count]);
    return -1;
}

void cli_list_free(cli_list *list)
{
    for (size_t i = 0; list->keep && i < list->count; i++)
        free(list->text[i]);
    free(list->text);
    free(list->value);
    *list = (cli_list){.keep = list->keep};
}

int cli_read_list(const cli_run *run, cli_option_id id, cli_range range, cli_list *out)
{
    const char *text = run->given[id];
    *out = (cli_list){.keep = out->keep};
    if (!text)
        return CLI_DONE;
    if (!*text)
        return cli_usage(run->command, "--%s: the list is empty", cli_options[id].name);
    for (;;) {
        double value = 0;
        size_t length = strcspn(text, ",");
        int code = item_read(run, id, text, length, &range, &value);
        if (code == CLI_DONE && cli_list_add_text(out, value, text, length) != 0)
            code = cli_fail("out of memory");
        if (code != CLI_DONE)
            cli_list_free(out);
        if (code != CLI_DONE || !text[length])
            return code;
        text += length + 1;
    }
}

int cli_read_word(const cli_run *run, cli_option_id id, const char *const *words, size_t count,
                  size_t *out)
{
    const char *text = run->given[id];
    if (!text)
        return CLI_DONE;
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return CLI_DONE;
        }
    char hint[96];
    cli_suggest(text, words, count, hint, sizeof hint);
    return cli_usage(run->command, "--%s: '%.60s' is none of %s%s", cli_options[id].name, text,
                     cli_options[id].word, hint);
}
