/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of a piecewise linear phi, by one integral over the angle between the inputs.
 *
 * 1. phi'' is a sum of deltas, J_i at k_i = sqrt(q) kappa_i. With c = cos(theta), Price's theorem, d/dc E[f(u1) f(u2)] =
 *    q E[f'(u1) f'(u2)], gives twice
 *        E[phi'(u1) phi'(u2)] = E phi'^2 - (1/2 pi) sum_ij J_i J_j int_0^theta E_ij(tau) d tau,
 *        E phi^2 - E[phi(u1) phi(u2)] = q [(1 - c) E phi'^2
 *                             - (1/2 pi) sum_ij J_i J_j int_0^theta (cos tau - cos theta) E_ij(tau) d tau],
 *        E_ij(tau) = exp(-(kappa_i^2 + kappa_j^2 - 2 kappa_i kappa_j cos tau)/(2 sin^2 tau)).
 * 2. For i = j the integrand is smooth. For i != j it vanishes towards tau = 0 like exp(-A/tau^2), A = (kappa_i -
 *    kappa_j)^2/2: panels halve towards 0 until it is below rounding.
 * 3. Where q E phi'^2 (1 - c) exceeds E phi^2 the difference in 1 loses digits (hard-tanh at large q). There, from the other end,
 *        E[phi(u1) phi(u2)] = c q (E phi')^2 + (q/2 pi) int_theta^(pi/2) (cos theta - cos tau) sum_ij J_i J_j E_ij d tau,
 *    where for two opposite kinks +-kappa the sum is 2 J^2 E_11 (1 - exp(-2 kappa^2 cos tau/sin^2 tau)), all positive.
 * 4. 1 - c and cos(tau) - cos(theta) are formed from sines, so that small angles lose nothing.
 * R. Price, A useful theorem for nonlinear devices having gaussian inputs, IRE Trans. Inform. Theory 4 (1958). */
#include <math.h>
#include "gauss_legendre.h"
#include "average_internal.h"
#include "pair.h"

/* exp(-45) = 3e-20 */
static const double EXPONENT_MOST = 45;
enum { SMOOTH_PANELS = 3, PANELS_MOST = 200 };

typedef struct angle_sums {
    double slopes, values; /* int E, int (cos tau - cos theta) E */
} angle_sums;

/* The exponent of E_ij, without cancellation towards either end. */
static double exponent(double k1, double k2, double tau)
{
    double sine = sin(tau), cosine = cos(tau), square = 2 * sine * sine;
    if (cosine >= 0)
        return (k1 == k2 ? 0 : (k1 - k2) * (k1 - k2) / square) + k1 * k2 / (1 + cosine);
    return (k1 == -k2 ? 0 : (k1 + k2) * (k1 + k2) / square) - k1 * k2 / (1 - cosine);
}

static void panel_add(double k1, double k2, double theta, const double end[2], angle_sums *sums)
{
    double half = (end[1] - end[0]) / 2, middle = end[0] + half;
    for (int i = 0; i < FJ_GAUSS_NODES; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
        double tau = middle + half * (i % 2 ? -node->x : node->x);
        double term = half * node->weight * exp(-exponent(k1, k2, tau));
        sums->slopes += term;
        sums->values += term * 2 * sin((theta + tau) / 2) * sin((theta - tau) / 2);
    }
}

static angle_sums integrate(double k1, double k2, double theta)
{
    angle_sums sums = {0, 0};
    double high = theta;
    for (int panel = 0; panel < PANELS_MOST; panel++) {
        int last = k1 == k2 ? panel + 1 == SMOOTH_PANELS
                            : (k1 - k2) * (k1 - k2) > 2 * EXPONENT_MOST * high * high;
        double end[2] = {last ? 0 : high / 2, high};
        if (!last || k1 == k2)
            panel_add(k1, k2, theta, end, &sums);
        if (last)
            break;
        high /= 2;
    }
    return sums;
}

/* E[phi(u1) phi(u2)] for c >= 0 and opposite kinks, without cancellation. */
static double product_opposite(const fj_pair *pair, const fj_correlation *c, double theta)
{
    const fj_activation *a = pair->activation;
    double kappa = a->flat[1].to / sqrt(pair->q), jump = a->flat[1].slope - a->flat[0].slope;
    double slope = a->flat[0].slope + jump * fj_gaussian_mass(-kappa, kappa), sum = 0;
    for (double from = theta; from < M_PI_2;) {
        double to = 2 * from < 0.9 * M_PI_2 ? 2 * from : M_PI_2, half = (to - from) / 2;
        for (int i = 0; i < FJ_GAUSS_NODES; i++) {
            const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
            double tau = from + half * (i % 2 ? 1 - node->x : 1 + node->x), sine = sin(tau);
            double both = exp(-kappa * kappa / (1 + cos(tau)));
            double differ = -expm1(-2 * kappa * kappa * cos(tau) / (sine * sine));
            sum += half * node->weight * 2 * jump * jump * both * differ *
                   (2 * sin((theta + tau) / 2) * sin((tau - theta) / 2));
        }
        from = to;
    }
    return pair->q * (c->c * slope * slope + sum / (2 * M_PI));
}

/* 1 for three flats and odd phi: kinks at +-k. */
static int opposite_kinks(const fj_activation *a)
{
    return fj_activation_parity(a) == FJ_PARITY_ODD && a->flats == 3 &&
           a->flat[0].to == -a->flat[1].to && a->flat[0].slope == a->flat[2].slope;
}

fj_status fj_pair_flat(const fj_pair *pair, const fj_correlation *c, fj_pair_values *out)
{
    const fj_activation *a = pair->activation;
    double root_q = sqrt(pair->q);
    double theta = c->c >= 0 ? 2 * asin(sqrt(c->below / 2)) : M_PI - 2 * asin(sqrt(c->above / 2));
    double slopes = 0, values = 0;
    for (size_t i = 0; i + 1 < a->flats; i++)
        for (size_t j = 0; j <= i; j++) {
            double jumps = (a->flat[i + 1].slope - a->flat[i].slope) *
                           (a->flat[j + 1].slope - a->flat[j].slope);
            angle_sums sums = integrate(a->flat[i].to / root_q, a->flat[j].to / root_q, theta);
            slopes += (i == j ? 1 : 2) * jumps * sums.slopes / (2 * M_PI);
            values += (i == j ? 1 : 2) * jumps * sums.values / (2 * M_PI);
        }
    out->slope = pair->averages.mu1 - slopes;
    out->apart = pair->q * (c->below * pair->averages.mu1 - values);
    if (c->c >= 0 && opposite_kinks(a) &&
        pair->q * c->below * pair->averages.mu1 > pair->averages.phi2)
        out->apart = pair->averages.phi2 - product_opposite(pair, c, theta);
    out->together = 2 * pair->averages.phi2 - out->apart;
    return FJ_OK;
}
