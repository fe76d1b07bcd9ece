/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in options, read strictly: each refusal names the option and the value. */
#ifndef FJ_CLI_NUMBERS_H
#define FJ_CLI_NUMBERS_H

#include <stddef.h>
#include "cli_run.h"

/* The numbers an option allows: least <= x <= most, or least < x where open. */
typedef struct cli_range {
    double least, most;
    bool open;
} cli_range;

typedef struct cli_list {
    double *value; /* freed by cli_list_free */
    size_t count;
    bool keep;   /* set before reading: the texts too */
    char **text; /* of each number, as it was given */
} cli_list;

/* Characters of a number; with --digits people may mean that many. */
enum { CLI_NUMBER_LONGEST = 1100 };

/* Reads `length` characters as one decimal number. NULL on success, else what is wrong: "is not a number". */
const char *cli_number_read(const char *text, size_t length, double *out);

/* "must be ..." if x lies outside the range, else NULL; room: text[64]. */
const char *cli_range_check(const cli_range *range, double x, char *text, size_t size);

/* One real number; a whole one (1e6 is one); a list "1,2,3". Each returns an exit code. */
int cli_read_real(const cli_run *run, cli_option_id id, cli_range range, double *out);
int cli_read_count(const cli_run *run, cli_option_id id, double least, double most, double *out);
int cli_read_list(const cli_run *run, cli_option_id id, cli_range range, cli_list *out);

/* One of `words`; *out is its index. */
int cli_read_word(const cli_run *run, cli_option_id id, const char *const *words, size_t count,
                  size_t *out);

/* The numbers of a file, parted by commas or white space, '#' to the end of the line being a comment. */
int cli_read_file(cli_option_id id, const char *path, cli_range range, cli_list *out);

/* Appends to a list whose room is the next power of two; 0, or -1 when out of memory. The second with its text, if the list keeps
 * it. */
int cli_list_add(cli_list *list, double value);
int cli_list_add_text(cli_list *list, double value, const char *text, size_t length);
void cli_list_free(cli_list *list);

#endif
