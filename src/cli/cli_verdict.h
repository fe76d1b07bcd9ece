/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on a comparison, in words. */
#ifndef FJ_CLI_VERDICT_H
#define FJ_CLI_VERDICT_H

#include "output_result.h"

/* Fills result->agrees, the sentence verdict[size], and the reasons. */
void cli_verdict_find(out_compare *result, const fj_spectrum *law, char *verdict, size_t size,
                      out_lines *reasons);

#endif
