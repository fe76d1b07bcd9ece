/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A root of a real function that is bracketed. */
#ifndef FJ_NUMERIC_BRACKET_H
#define FJ_NUMERIC_BRACKET_H

#include <freejac/status.h>

typedef double fj_real_function(void *context, double x);

/* The root of f between a and b, where f(a) and f(b) have opposite signs (or one is 0), to the last few units of
 * precision of the root. FJ_INVALID without a change of sign; FJ_NO_CONVERGENCE if f returns a NaN. */
fj_status fj_bracket_root(fj_real_function *f, void *context, double a, double b, double *root);

#endif
