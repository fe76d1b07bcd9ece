/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines that start a network in a framework. */
#ifndef FJ_CLI_FRAMEWORK_H
#define FJ_CLI_FRAMEWORK_H

#include "output_result.h"

/* Fills design->code from the numbers in *design; activation: fj_activation_name. The lines are freed by
 * cli_framework_free. */
void cli_framework_write(const char *activation, out_design *design);
void cli_framework_free(out_design *design);

#endif
