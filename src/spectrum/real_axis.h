/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solutions for layers that differ where log z is real and no density lies: edges, gaps. */
#ifndef FJ_SPECTRUM_REAL_AXIS_H
#define FJ_SPECTRUM_REAL_AXIS_H

#include "path.h"

/* Puts a station on the real axis: m real, each w_k real or i pi above it, whichever is nearer. */
void fj_real_snap(const fj_stack *stack, fj_station *station);

/* Is it a solution outside the support, with lambda(m) decreasing, every u_k outside the law of its t, and the right
 * argument of z? */
int fj_real_is_gap(const fj_stack *stack, const fj_station *station);

/* F in that gap, exactly, from the masses of t above the u_k. */
double fj_real_cdf(const fj_stack *stack, const fj_station *station);

/* An edge near `station`: on the real axis, d log z/d log m = 0. `bend` is an estimate of the second derivative, and
 * becomes it. On success station->log_z is the edge's place, its slope 0, and dw_k = dw_k/d log m. FJ_NO_CONVERGENCE. */
fj_status fj_real_edge(fj_path *path, fj_station *station, double *bend);

#endif
