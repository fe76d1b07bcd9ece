/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The averages of mean field theory at one q.
 *
 * 1. Where phi' is constant (flats), phi = slope x + offset and everything is closed in the gaussian's mass and first
 *    two moments over the flat. The pieces between are integrated numerically, all integrands at once.
 * 2. sigma_b^2 = q - E phi^2/mu1 on the critical line cancels almost entirely for small q (4 q^3/3 remains for tanh) and
 *    for nearly homogeneous phi at large q. Integration by parts, E[x g(x)] = q E g'(x) with g = phi phi', gives
 *        q mu1 - E phi^2 = E[phi (x phi' - phi)] - q E[phi phi''],
 *    the deltas of phi'' at kinks included: exactly 0 for homogeneous phi, and without large terms where phi is nearly so.
 * 3. For small q and smooth phi the Hermite coefficients b_m of q phi''(sqrt(q) h) fall like q^(m/2), and
 *        q mu1 - E phi^2 = -(E phi)^2 + sum_m b_m^2/(m + 2),
 *    because those of phi are a_n = b_(n-2)/sqrt(n (n-1)), and q mu1 - E phi^2 = sum_n (n - 1) a_n^2. */
#include "average.h"
#include <float.h>
#include <math.h>
#include "average_internal.h"

enum {
    MEAN,
    FIRST,
    SQUARE,
    MU1,
    MU2,
    SPREADING, /* t (h^2 - 1)/2 */
    LENGTH,    /* phi phi' h */
    EULER,     /* phi (x phi' - phi): zero for homogeneous phi */
    CURVED,    /* phi phi'' */
    HERMITE,   /* phi'' times the normalised Hermite polynomials, narrow views only */
    HERMITE_TERMS = 14
};

static void integrand(const void *context, double h, double *f)
{
    const fj_view *view = context;
    double x = view->root_q * h, phi, slope, curvature;
    fj_activation_derivatives(view->activation, x, &phi, &slope, &curvature);
    f[MEAN] = phi;
    f[FIRST] = h * phi;
    f[SQUARE] = phi * phi;
    f[MU1] = slope * slope;
    f[MU2] = f[MU1] * f[MU1];
    f[SPREADING] = f[MU1] * (h * h - 1) / 2;
    f[LENGTH] = phi * slope * h;
    f[EULER] = phi * (x * slope - phi);
    f[CURVED] = phi * curvature;
    if (!view->narrow)
        return;
    double before = 0, now = curvature;
    for (int m = 0; m < HERMITE_TERMS; m++) {
        f[HERMITE + m] = now;
        double next = (h * now - sqrt(m) * before) / sqrt(m + 1);
        before = now, now = next;
    }
}

static void sum_add(fj_gaussian_integral *total, int which, double term)
{
    total->sum[which] += term;
    total->magnitude[which] += fabs(term);
}

/* int_from^to h^2 density(h) dh; by its power series where the closed form mass + moving would cancel. */
static double second_moment(double from, double to, double mass, double moving)
{
    const double narrow = 0.3;
    if (!(fabs(from) <= narrow && fabs(to) <= narrow))
        return mass + moving;
    double low = from * from * from, high = to * to * to, factor = 1, sum = 0;
    for (int k = 0; k < 9; k++) { /* 0.3^18/(2^9 9!) = 2e-18 */
        sum += factor * (high - low) / (2 * k + 3);
        factor /= -2 * (k + 1);
        low *= from * from;
        high *= to * to;
    }
    return sum * fj_gaussian_density(0);
}

/* phi = slope x + offset on the flat: everything in its mass and its first two moments. */
static void flat_add(const fj_view *view, size_t i, fj_gaussian_integral *total)
{
    const fj_flat *flat = &view->activation->flat[i];
    double edge = isfinite(flat->from) ? flat->from : isfinite(flat->to) ? flat->to : 0;
    double offset = fj_activation_value(view->activation, edge) - flat->slope * edge;
    double from = flat->from / view->root_q, to = flat->to / view->root_q;
    double low = isfinite(from) ? fj_gaussian_density(from) : 0;
    double high = isfinite(to) ? fj_gaussian_density(to) : 0;
    double first = low - high, moving = (low > 0 ? from * low : 0) - (high > 0 ? to * high : 0);
    double mass = fj_gaussian_mass(from, to), second = second_moment(from, to, mass, moving);
    double scaled = flat->slope * view->root_q, t = flat->slope * flat->slope;
    sum_add(total, MEAN, scaled * first + offset * mass);
    sum_add(total, FIRST, scaled * second + offset * first);
    sum_add(total, SQUARE,
            scaled * (scaled * second + 2 * offset * first) + offset * offset * mass);
    sum_add(total, MU1, t * mass);
    sum_add(total, MU2, t * t * mass);
    sum_add(total, SPREADING, t * moving / 2);
    sum_add(total, LENGTH, flat->slope * (scaled * second + offset * first));
    double euler = -offset * (scaled * first + offset * mass);
    sum_add(total, EULER, euler);
    total->error[EULER] +=
        fabs(euler) * DBL_EPSILON * edge * edge / view->q; /* rounding of the edge */
}

/* The deltas that phi'' has where phi' jumps. */
static void kinks_add(const fj_view *view, fj_gaussian_integral *total)
{
    const fj_activation *a = view->activation;
    double kink[FJ_FLATS_MAX + FJ_PIECES_MAX];
    size_t kinks = fj_activation_kinks(a, kink, sizeof kink / sizeof *kink);
    for (size_t i = 0; i < kinks; i++) {
        double at = kink[i], phi = fj_activation_value(a, at);
        double jump = fj_activation_slope(a, at) - fj_activation_slope(a, nextafter(at, -INFINITY));
        if (phi == 0) /* as at the origin, for most */
            continue;
        double curved = phi * jump * fj_gaussian_density(at / view->root_q) / view->root_q;
        sum_add(total, CURVED, curved);
        total->error[CURVED] += fabs(curved) * DBL_EPSILON * at * at / view->q;
    }
}

/* Drops the integrals that vanish because phi is odd or even; the half line does not see that. */
static void parity_clear(const fj_view *view, fj_gaussian_integral *total)
{
    fj_parity parity = fj_activation_parity(view->activation);
    if (parity == FJ_PARITY_ODD)
        total->sum[MEAN] = 0;
    if (parity == FJ_PARITY_EVEN)
        total->sum[FIRST] = 0;
    for (int m = 0; parity != FJ_PARITY_NONE && HERMITE + m < (int)total->n; m++)
        if ((m % 2 == 0) == (parity == FJ_PARITY_ODD))
            total->sum[HERMITE + m] = 0;
}

/* q mu1 - E phi^2 with its estimated error. */
static double excess(const fj_view *view, const fj_gaussian_integral *total, double *error)
{
    double q = view->q, mean = total->sum[MEAN];
    double direct = total->sum[EULER] - q * total->sum[CURVED];
    *error = 2 * DBL_EPSILON * (total->magnitude[EULER] + q * total->magnitude[CURVED]) +
             total->error[EULER] + q * total->error[CURVED];
    if (view->activation->pieces > 0) /* x phi' - phi is rounded like phi */
        *error += DBL_EPSILON * total->sum[SQUARE];
    if (!view->narrow)
        return direct;
    double sum = 0, term = 0, last = 0;
    for (int m = 0; m < HERMITE_TERMS; m++) {
        double b = q * total->sum[HERMITE + m];
        last = term;
        term = b * b / (m + 2);
        sum += term;
    }
    double hermite_error = 8 * DBL_EPSILON * (sum + mean * mean) + term + last +
                           2 * DBL_EPSILON * fabs(mean) * total->magnitude[MEAN];
    if (hermite_error > *error)
        return direct;
    *error = hermite_error;
    return sum - mean * mean;
}

/* E t in the limit q -> 0: of the two sides. */
static double slope2_at_origin(const fj_activation *a)
{
    const double right = fj_activation_slope(a, 0), left = fj_activation_slope(a, -DBL_MIN);
    return (left * left + right * right) / 2;
}

static void slope2_integrand(const void *context, double h, double *f)
{
    const fj_view *view = context;
    const double slope = fj_activation_slope(view->activation, view->root_q * h);
    f[0] = slope * slope;
}

fj_status fj_mean_slope2(const fj_activation *activation, double q, double *mu1)
{
    fj_view view;
    fj_status status = fj_view_init(activation, q, &view);
    if (status != FJ_OK)
        return status;
    if (q == 0) {
        *mu1 = slope2_at_origin(activation);
        return FJ_OK;
    }
    fj_gaussian_integral total = {.n = 1};
    status = fj_view_integrate(&view, slope2_integrand, &view, &total);
    if (status == FJ_OK)
        status = fj_view_check(&total);
    for (size_t i = 0; i < activation->flats; i++) {
        const double slope = activation->flat[i].slope;
        total.sum[0] += slope * slope * fj_view_flat_mass(&view, i);
    }
    *mu1 = total.sum[0];
    return status == FJ_OK && !isfinite(*mu1) ? FJ_RANGE : status;
}

/* The limit q -> 0: averages over the two sides of the origin. */
static void at_origin(const fj_view *view, fj_averages *out)
{
    const fj_activation *a = view->activation;
    double phi = fj_activation_value(a, 0);
    double right = fj_activation_slope(a, 0), left = fj_activation_slope(a, -DBL_MIN);
    double t_left = left * left, t_right = right * right;
    *out = (fj_averages){.mean_phi = phi, .phi2 = phi * phi, .error = 2 * DBL_EPSILON};
    out->mu1 = slope2_at_origin(a);
    out->mu2 = (t_left * t_left + t_right * t_right) / 2;
    out->length_slope = out->mu1 + (left == right ? phi * fj_activation_curvature(a, 0) : 0);
    out->sigma_b2_critical = -out->phi2 / out->mu1;
    out->sigma_b2_error = 2 * DBL_EPSILON * fabs(out->sigma_b2_critical);
}

static void finish(const fj_view *view, const fj_gaussian_integral *total, double q,
                   double quadrature_error, fj_averages *out)
{
    const double *sum = total->sum;
    double error, remaining = excess(view, total, &error);
    *out = (fj_averages){.mean_phi = sum[MEAN],
                         .phi_h = sum[FIRST],
                         .phi2 = sum[SQUARE],
                         .mu1 = sum[MU1],
                         .mu2 = sum[MU2],
                         .mu1_log_slope = sum[SPREADING],
                         .error = quadrature_error,
                         .evaluations = total->evaluations};
    out->sigma_b2_critical = remaining / out->mu1;
    out->sigma_b2_error = error / out->mu1;
    /* E[phi phi' h] divides by sqrt(q) what cancels where phi(0) is not 0; the other form cancels for large q */
    int by_curvature = view->smooth && view->q < view->scale * view->scale;
    out->length_slope = by_curvature ? sum[MU1] + sum[CURVED] : sum[LENGTH] / view->root_q;
    if (view->saturated) {
        out->sigma_b2_critical = q - out->phi2 / out->mu1;
        out->sigma_b2_error = out->error * q;
    }
    if (fj_activation_is_homogeneous(view->activation)) {
        out->phi2 = q * out->mu1;
        out->length_slope = out->mu1;
        out->mu1_log_slope = 0;
        out->sigma_b2_critical = out->sigma_b2_error = 0;
    }
}

fj_status fj_averages_at(const fj_activation *activation, double q, fj_averages *out)
{
    fj_view view;
    fj_status status = fj_view_init(activation, q, &view);
    if (status != FJ_OK)
        return status;
    if (q == 0) {
        at_origin(&view, out);
        return FJ_OK;
    }
    fj_gaussian_integral total = {.n = view.narrow ? HERMITE + HERMITE_TERMS : HERMITE};
    /* x phi' - phi is rounded like phi itself; at tiny q nothing else is left of it */
    double right = fj_activation_slope(activation, 0),
           left = fj_activation_slope(activation, -DBL_MIN);
    total.enough[EULER] = DBL_EPSILON * q * fmax(left * left, right * right);
    status = fj_view_integrate(&view, integrand, &view, &total);
    if (status == FJ_OK)
        status = fj_view_check(&total);
    if (status != FJ_OK)
        return status;
    double quadrature_error = fj_gaussian_error(&total);
    for (size_t i = 0; i < activation->flats; i++)
        flat_add(&view, i, &total);
    kinks_add(&view, &total);
    parity_clear(&view, &total);
    finish(&view, &total, q, quadrature_error, out);
    if (out->phi2 > 0 && out->mu1 < DBL_MIN) { /* phi is constant all around 0 */
        out->sigma_b2_critical = -INFINITY;
        out->sigma_b2_error = 0;
        return FJ_OK;
    }
    return isfinite(out->phi2) && isfinite(out->sigma_b2_critical) ? FJ_OK : FJ_RANGE;
}
