/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages: one line each, whatever the user's text holds (control characters become '?', long text is cut). */
#include "cli_message.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 1024, WORD_LONGEST = 40 };

static void line_format(char line[LINE_SIZE], const char *format, va_list arguments)
{
    if (vsnprintf(line, LINE_SIZE, format, arguments) >= LINE_SIZE)
        memcpy(line + LINE_SIZE - 4, "...", 4);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
}

int cli_usage(const cli_command *command, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    line_format(line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "freejac: %s; try 'freejac %s%s--help'\n", line, command ? command->name : "",
            command ? " " : "");
    return CLI_USAGE;
}

int cli_fail(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    line_format(line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "freejac: %s\n", line);
    return CLI_FAILED;
}

void cli_notes_print(const cli_run *run)
{
    if (run->given[CLI_QUIET])
        return;
    for (size_t i = 0; i < run->notes.count; i++)
        fprintf(stderr, "freejac: warning: %s\n", run->notes.text[i]);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Letters to insert, delete, change or swap with the next one to make a from b (restricted
 * Damerau-Levenshtein), by the usual table. */
static int word_distance(const char *a, const char *b)
{
    int m = (int)strlen(a), n = (int)strlen(b);
    if (m > WORD_LONGEST || n > WORD_LONGEST)
        return WORD_LONGEST;
    int cost[WORD_LONGEST + 1][WORD_LONGEST + 1];
    for (int i = 0; i <= m; i++)
        cost[i][0] = i;
    for (int j = 0; j <= n; j++)
        cost[0][j] = j;
    for (int i = 1; i <= m; i++)
        for (int j = 1; j <= n; j++) {
            int change = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            cost[i][j] = least(change, 1 + least(cost[i - 1][j], cost[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[m][n];
}

void cli_suggest(const char *word, const char *const *words, size_t count, char *text, size_t size)
{
    int best = WORD_LONGEST;
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        int distance = word_distance(word, words[i]);
        if (distance < best) {
            best = distance;
            found = words[i];
        }
    }
    /* a slip in every third letter is still a slip; more is another word */
    if (found && best <= (int)(strlen(found) + 2) / 3)
        snprintf(text, size, "; did you mean '%s'?", found);
    else
        snprintf(text, size, "%s", "");
}
