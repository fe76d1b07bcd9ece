/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composite Gauss-Legendre quadrature against the gaussian density.
 *
 * 1. Cut the interval into panels that double in length away from the integrand's feature.
 * 2. Take the 20-point rule on each and, from the same values, the Legendre coefficients of degree 18 and 19. For an
 *    analytic integrand the coefficients decay geometrically, so the rule, exact to degree 39, is wrong by about
 *    (coefficient 19)^2 / magnitude: the check costs no evaluations.
 * 3. Halve the panels whose estimate is not below rounding of the whole, until it is.
 * 4. Where the integrand grows without bound, go on outwards until a panel adds nothing. */
#include "quadrature.h"
#include "gauss_legendre.h"
#include <float.h>
#include <math.h>

/* Longest panel, in standard deviations: the 20-point rule resolves exp(-h^2/2) on it to the last digit. */
static const double PANEL_LONGEST = 2;
/* Truncation per panel relative to the whole: a quarter of the rounding of one operation. */
static const double PANEL_TOLERANCE = DBL_EPSILON / 8;
/* From the shortest step (1e-23) to the reach: 78 doublings on either side and ten panels of full length. */
enum { PANELS_MAX = 192, DEPTH_MAX = 40, REFINED_MAX = 20000, REFINED_NOISY = 500 };
static const double STEP_LEAST = 1e-23;
/* The integral of the degree-19 Legendre coefficient's term against itself: 2k + 1. */
static const double LEGENDRE_NORM = 39;

typedef struct panel_sum {
    double sum[FJ_INTEGRANDS_MAX], magnitude[FJ_INTEGRANDS_MAX], error[FJ_INTEGRANDS_MAX];
} panel_sum;

typedef struct adaptation {
    fj_integrand *f;
    const void *context;
    fj_gaussian_integral *total;
    size_t refined;
} adaptation;

double fj_gaussian_density(double h)
{
    return exp(-h * h / 2) * (M_SQRT1_2 * M_2_SQRTPI / 2);
}

double fj_gaussian_mass(double from, double to)
{
    if (to <= from)
        return 0;
    if (from > 0)
        return (erfc(from * M_SQRT1_2) - erfc(to * M_SQRT1_2)) / 2;
    if (to < 0)
        return (erfc(-to * M_SQRT1_2) - erfc(-from * M_SQRT1_2)) / 2;
    return (erf(to * M_SQRT1_2) - erf(from * M_SQRT1_2)) / 2;
}

double fj_gaussian_panel_end(double h, double to, double centre, double step)
{
    double distance = fabs(h - centre);
    double length = h >= centre ? distance : distance / 2; /* towards the centre they halve */
    length = fmin(PANEL_LONGEST, fmax(fmax(step, STEP_LEAST), length));
    double end = h + length;
    if (h < centre && end > centre - step / 2)
        end = centre;
    return end < to ? end : to;
}

static void panel_evaluate(adaptation *a, double from, double to, panel_sum *out)
{
    size_t n = a->total->n;
    double half = (to - from) / 2, centre = from + half;
    double p18[FJ_INTEGRANDS_MAX] = {0}, p19[FJ_INTEGRANDS_MAX] = {0}, f[FJ_INTEGRANDS_MAX];
    *out = (panel_sum){.sum = {0}};
    for (int i = 0; i < FJ_GAUSS_NODES; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
        double side = i % 2 ? -1 : 1, h = centre + side * half * node->x;
        double weight = half * node->weight * fj_gaussian_density(h);
        a->f(a->context, h, f);
        for (size_t j = 0; j < n; j++) {
            double term = weight * f[j];
            out->sum[j] += term;
            out->magnitude[j] += fabs(term);
            p18[j] += term * node->p18;
            p19[j] += term * side * node->p19;
        }
    }
    a->total->evaluations += FJ_GAUSS_NODES;
    for (size_t j = 0; j < n; j++) {
        double last = LEGENDRE_NORM * fmax(fabs(p18[j]), fabs(p19[j]));
        /* written so that neither the square nor the quotient underflows alone */
        out->error[j] = out->magnitude[j] > 0 ? last * (last / out->magnitude[j]) : 0;
    }
}

static int panel_resolved(const adaptation *a, const panel_sum *panel)
{
    for (size_t j = 0; j < a->total->n; j++)
        if (panel->error[j] > PANEL_TOLERANCE * a->total->magnitude[j] + a->total->enough[j])
            return 0;
    return 1;
}

static void panel_add(adaptation *a, const panel_sum *panel)
{
    for (size_t j = 0; j < a->total->n; j++) {
        a->total->sum[j] += panel->sum[j];
        a->total->error[j] += panel->error[j];
    }
}

/* total->magnitude already holds what the unrefined panels gave, which is enough to judge by. */
static void panel_refine(adaptation *a, double from, double to, int depth)
{
    const size_t refined_most = a->total->noise > 0 ? REFINED_NOISY : REFINED_MAX;
    double middle = from + (to - from) / 2, end[3] = {from, middle, to};
    for (int side = 0; side < 2; side++) {
        panel_sum panel;
        panel_evaluate(a, end[side], end[side + 1], &panel);
        if (panel_resolved(a, &panel) || depth >= DEPTH_MAX || a->refined >= refined_most) {
            panel_add(a, &panel);
        } else {
            a->refined++;
            panel_refine(a, end[side], end[side + 1], depth + 1);
        }
    }
}

/* Is the panel beyond the reach of a bounded integrand, and below the rounding of every integral? */
static int panel_negligible(const adaptation *a, const panel_sum *panel, double from)
{
    for (size_t j = 0; j < a->total->n; j++)
        if (!(panel->magnitude[j] <= PANEL_TOLERANCE / 16 * a->total->magnitude[j]))
            return 0;
    return from >= FJ_GAUSSIAN_REACH;
}

/* From FJ_GAUSSIAN_REACH outwards on the given side. FJ_RANGE where the integrand still matters at the end. */
static fj_status outwards(adaptation *a, double limit, double side)
{
    for (double from = FJ_GAUSSIAN_REACH; from < limit; from += 1) {
        const double to = fmin(from + 1, limit);
        const double low = side > 0 ? from : -to, high = side > 0 ? to : -from;
        panel_sum panel;
        if (from >= FJ_GAUSSIAN_FAR)
            return FJ_RANGE;
        panel_evaluate(a, low, high, &panel);
        for (size_t j = 0; j < a->total->n; j++) {
            if (!isfinite(panel.sum[j]))
                return FJ_RANGE;
            a->total->magnitude[j] += panel.magnitude[j];
        }
        if (panel_negligible(a, &panel, from))
            break;
        if (panel_resolved(a, &panel))
            panel_add(a, &panel);
        else
            panel_refine(a, low, high, 0);
    }
    return FJ_OK;
}

fj_status fj_gaussian_integrate(fj_integrand *f, const void *context, double from, double to,
                                double centre, double step, fj_gaussian_integral *total)
{
    adaptation a = {.f = f, .context = context, .total = total};
    panel_sum panel[PANELS_MAX];
    double end[PANELS_MAX + 1];
    size_t panels = 0;
    const double low_limit = -from, high_limit = to;
    end[0] = fmax(from, -FJ_GAUSSIAN_REACH);
    to = fmin(to, FJ_GAUSSIAN_REACH);
    while (panels < PANELS_MAX && end[panels] < to) {
        end[panels + 1] = fj_gaussian_panel_end(end[panels], to, centre, step);
        panel_evaluate(&a, end[panels], end[panels + 1], &panel[panels]);
        for (size_t j = 0; j < total->n; j++)
            total->magnitude[j] += panel[panels].magnitude[j];
        panels++;
    }
    for (size_t i = 0; i < panels; i++) {
        if (panel_resolved(&a, &panel[i]))
            panel_add(&a, &panel[i]);
        else
            panel_refine(&a, end[i], end[i + 1], 0);
    }
    fj_status status = FJ_OK;
    if (total->growing)
        status = outwards(&a, low_limit, -1);
    if (total->growing && status == FJ_OK)
        status = outwards(&a, high_limit, 1);
    for (size_t j = 0; j < total->n; j++)
        if (!isfinite(total->sum[j]))
            return FJ_RANGE;
    return status;
}

double fj_gaussian_error(const fj_gaussian_integral *total)
{
    double worst = 0;
    for (size_t j = 0; j < total->n; j++)
        if (total->error[j] > PANELS_MAX * total->enough[j] && total->magnitude[j] > 0)
            worst = fmax(worst, total->error[j] / total->magnitude[j]);
    return worst + 2 * DBL_EPSILON;
}
