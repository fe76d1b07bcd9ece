/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real gaussian averages of an activation at preactivation variance q: h ~ N(0,1), x = sqrt(q) h, t = phi'(x)^2. */
#ifndef FJ_EXPECTATION_AVERAGE_H
#define FJ_EXPECTATION_AVERAGE_H

#include <stddef.h>
#include <freejac/activation.h>

/* Averages at one q. With kinks at the origin, q = 0 is the limit q -> 0. */
typedef struct fj_averages {
    double mean_phi;          /* E phi */
    double phi_h;             /* E[h phi] = sqrt(q) E phi' */
    double phi2;              /* E phi^2 */
    double mu1, mu2;          /* E t, E t^2 */
    double mu1_log_slope;     /* q d mu1/dq = E[t (h^2 - 1)]/2 */
    double length_slope;      /* d E[phi^2]/dq = E[phi'^2 + phi phi''], deltas at kinks included */
    double sigma_b2_critical; /* q - E phi^2/mu1, without its cancellation; -inf where mu1 is 0 */
    double sigma_b2_error;    /* estimated absolute error of that */
    double error;             /* estimated error of the others, relative to E|integrand| */
    size_t evaluations;       /* of phi that it took */
} fj_averages;

/* FJ_INVALID unless 0 <= q <= 1e40; FJ_RANGE if an average overflows; FJ_NO_CONVERGENCE if an integrand is not resolved
 * to 1e-11. Cost: 120 to 1000 evaluations of phi, phi', phi''. */
fj_status fj_averages_at(const fj_activation *activation, double q, fj_averages *out);

/* mu1 alone, as fj_averages_at gives it but for rounding. Statuses as above. Cost: 120 to 500 evaluations of phi'. */
fj_status fj_mean_slope2(const fj_activation *activation, double q, double *mu1);

/* Central moments of t: c[k] = E[(t - E t)^k], k = 0..n-1, relatively accurate also where t hardly varies (small q,
 * atoms of mass near 1). Statuses as above. Cost: as above for each 23 orders. */
fj_status fj_central_moments(const fj_activation *activation, double q, size_t n, double *c);

/* E log t; -infinity where P(t = 0) > 0. Statuses as above. */
fj_status fj_mean_log_slope2(const fj_activation *activation, double q, double *out);

/* E log(1 + t/r), r > 0. Statuses as above. */
fj_status fj_mean_log_plus(const fj_activation *activation, double q, double r, double *out);

#endif
