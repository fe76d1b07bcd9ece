/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "average_internal.h"
#include <float.h>
#include <math.h>
#include "gauss_legendre.h"

/* Panels shrink like 1/sqrt(q); beyond this their number would outgrow fixed arrays, and no network lives there. */
static const double Q_MOST = 1e40;
/* phi has frequency 1/(2 scale) when t has 1/scale: at q = 400 scale^2 what still depends on q is exp(-50). */
static const double SATURATION = 400;
/* |x| <= 10 sqrt(q) is then within two thirds of the convergence radius of phi's Taylor series. */
static const double NARROW = 1e-2;
/* What an average may be wrong by, relative to E|integrand|, before it counts as unresolved. */
static const double ERROR_MOST = 1e-11;
/* Or so many times the noise of phi': integrands are differences. */
static const double NOISE_TIMES = 100;

fj_status fj_view_init(const fj_activation *activation, double q, fj_view *view)
{
    if (!activation || !(q >= 0) || q > Q_MOST)
        return FJ_INVALID;
    const fj_activation_kind *kind = activation->kind;
    *view = (fj_view){.activation = activation, .q = q};
    view->scale = kind->scale ? fmin(1, kind->scale(activation->parameter)) : 1;
    view->smooth = activation->flats == 0 && activation->pieces == 1;
    view->half_line = fj_activation_parity(activation) != FJ_PARITY_NONE;
    view->noise = fj_activation_noise(activation);
    view->narrow = view->smooth && q <= NARROW * view->scale * view->scale;
    double saturation = SATURATION * view->scale * view->scale;
    if (view->smooth && kind->poles && kind->growth == FJ_GROWTH_PERIODIC && q > saturation) {
        view->saturated = 1;
        view->q = saturation;
    }
    view->root_q = sqrt(view->q);
    return FJ_OK;
}

fj_status fj_view_integrate(const fj_view *view, fj_integrand *f, const void *context,
                            fj_gaussian_integral *total)
{
    const fj_activation *a = view->activation;
    fj_status status = FJ_OK;
    total->growing = fj_activation_is_unbounded(a);
    total->noise = view->noise;
    for (size_t i = 0; i < a->pieces && status == FJ_OK; i++) {
        double from = a->piece[i].from / view->root_q, to = a->piece[i].to / view->root_q;
        if (view->half_line)
            from = fmax(from, 0);
        if (from < to)
            status =
                fj_gaussian_integrate(f, context, from, to, 0, view->scale / view->root_q, total);
    }
    for (size_t j = 0; j < total->n && view->half_line; j++) {
        total->sum[j] *= 2;
        total->magnitude[j] *= 2;
        total->error[j] *= 2;
    }
    return status;
}

fj_status fj_view_check(const fj_gaussian_integral *total)
{
    return fj_gaussian_error(total) <= fmax(ERROR_MOST, NOISE_TIMES * total->noise)
               ? FJ_OK
               : FJ_NO_CONVERGENCE;
}

double fj_view_flat_mass(const fj_view *view, size_t i)
{
    const fj_flat *flat = &view->activation->flat[i];
    return fj_gaussian_mass(flat->from / view->root_q, flat->to / view->root_q);
}

double fj_view_deviation(const fj_view *view, double x)
{
    /* the integral of t' = 2 phi' phi'' from 0 to x: no difference of nearly equal numbers */
    double sum = 0;
    for (int i = 0; i < FJ_GAUSS_NODES; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
        double y = x / 2 * (1 + (i % 2 ? -node->x : node->x));
        double slope, curvature;
        fj_activation_derivatives(view->activation, y, NULL, &slope, &curvature);
        sum += node->weight * slope * curvature;
    }
    return x * sum;
}

double fj_view_log_t(const fj_view *view, double x)
{
    return 2 * fj_activation_log_slope(view->activation, x);
}
