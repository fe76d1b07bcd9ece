/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solving log z(m, u_1, ..., u_K) = given for layers that differ, and following the solution. */
#ifndef FJ_SPECTRUM_PATH_H
#define FJ_SPECTRUM_PATH_H

#include "stack.h"

/* A solution with its tangent: log z, the point, d log m/d log z, dw_k/d log z. Its arrays belong to whoever made it. */
typedef struct fj_station {
    double complex log_z, slope; /* slope = d log z/d log m */
    fj_stack_point at;
    double complex *dw;
    double rounding, argument; /* as in fj_stack_value, and so is blur */
    double complex blur;
    double cdf; /* NaN unless asked for */
} fj_station;

/* fj_path.enough: to rounding in all that a station holds; or in the point alone. */
#define FJ_PATH_EXACT 1e-7
#define FJ_PATH_POINT 1e-5

/* Scratch of one solver. */
typedef struct fj_path {
    const fj_stack *stack;
    fj_resolvent *r;
    fj_factor *factor; /* of each unknown, where it was evaluated last */
    fj_stack_value value;
    fj_follow *follow;
    int real; /* everything is real: log z, m and each u_k */
    int want_cdf;
    double
        enough; /* a correction of this size is the last, of m and of each u: what is left of the slope is its square, of the point its cube */
    size_t spent;      /* evaluations so far: after a fixed number nothing converges any more */
    double first;      /* size of the first correction of the last solution */
    double first_most; /* a larger one is given up at once */
} fj_path;

fj_status fj_path_init(fj_path *path, const fj_stack *stack);
void fj_path_free(fj_path *path);

/* A station's arrays; FJ_NO_MEMORY. */
fj_status fj_station_init(fj_station *station, const fj_stack *stack);
void fj_station_free(fj_station *station);
void fj_station_copy(const fj_station *from, fj_station *to, const fj_stack *stack);

/* By how much, relative, the density there may be wrong since the rules are (fj_stack_value.blur). */
double fj_station_blur(const fj_station *station);

/* Newton's method from station->at to station->log_z; fills the rest of the station. In the upper half plane any solution is
 * the right one, so that convergence is proof. FJ_NO_CONVERGENCE: the station is then anywhere. */
fj_status fj_path_solve(fj_path *path, fj_station *station);

/* Moves a station along a straight line in log z to `to`, with steps as long as Newton's method likes them, at most `most`.
 * FJ_NO_CONVERGENCE: it stands where no further step was possible. `next` is scratch. */
fj_status fj_path_move(fj_path *path, fj_station *station, fj_station *next, double complex to,
                       double most);

/* The solution at a real log z = big_x on the axis or just above it, from far out, where m ~ 1/z: along the negative
 * axis, where all is real and nothing is in the way, then around at constant |z| down to the angle `least`, 0 to pi. */
fj_status fj_path_start(fj_path *path, fj_station *station, fj_station *next, double big_x,
                        double least);

#endif
