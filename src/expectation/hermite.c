/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hermite coefficients of phi'(sqrt(q) h).
 *
 * 1. The functions he_j(h) density(h)^(1/2) are bounded by 1 and oscillate with wave numbers up to sqrt(j), so what is
 *    integrated falls like exp(-h^2/4): the axis ends at REACH.
 * 2. Smooth phi: the trapezoidal rule. Its error is the integrand's spectrum at 2 pi/step; he_j density reaches to
 *    sqrt(j) and a gaussian's width beyond, phi' to `phi's bandwidth` at which its own spectrum is rounding.
 * 3. Kinks: on flats int he_j density = he_(j-1) density at the ends, over sqrt(j); on pieces Gauss-Legendre panels
 *    that double away from the origin and resolve the wave number sqrt(j).
 * 4. Eight nodes at a time go through the recurrence he_(j+1) = (h he_j - sqrt(j) he_(j-1))/sqrt(j+1). */
#include "hermite.h"
#include <float.h>
#include <math.h>
#include "average_internal.h"
#include "gauss_legendre.h"

/* exp(-REACH^2/4) = 2e-17 */
static const double REACH = 12.4;
/* A spectrum that falls like exp(-w) or exp(-w^2) is below 1e-16 here. */
static const double SPECTRUM_END = 37;
/* Width of the spectrum of he_j density beyond sqrt(j): a gaussian's at 1e-16, with the polynomial before it. */
static const double SPECTRUM_MARGIN = 8.5;
/* A 20-point panel resolves so many radians of oscillation. */
static const double PANEL_RADIANS = 16;
/* The squares may exceed their sum mu1 by its rounding and theirs. */
static const double EXCESS_MOST = 1e-13;

enum { BLOCK = 8, NODES_MOST = 8192, PANELS_MOST = 400 };

typedef struct sum {
    const fj_view *view;
    size_t terms;
    int folded; /* nodes stand for their mirror images too */
    size_t held;
    double h[BLOCK], even[BLOCK], odd[BLOCK]; /* weight density times phi', for even and odd j */
    double up[FJ_HERMITE_MOST], down[FJ_HERMITE_MOST]; /* of the recurrence */
    double b[FJ_HERMITE_MOST];
} sum;

/* Takes the nodes held through the recurrence. */
static void block_add(sum *s)
{
    double before[BLOCK] = {0}, now[BLOCK];
    for (size_t i = s->held; i < BLOCK; i++)
        s->h[i] = s->even[i] = s->odd[i] = 0;
    for (size_t i = 0; i < BLOCK; i++)
        now[i] = 1;
    for (size_t j = 0; j < s->terms; j++) {
        const double *f = j % 2 ? s->odd : s->even;
        double up = s->up[j], down = s->down[j], total = 0;
        for (size_t i = 0; i < BLOCK; i++) {
            total += f[i] * now[i];
            double next = up * s->h[i] * now[i] - down * before[i];
            before[i] = now[i];
            now[i] = next;
        }
        s->b[j] += total;
    }
    s->held = 0;
}

static void node_add(sum *s, double h, double weight)
{
    const fj_activation *a = s->view->activation;
    double slope = fj_activation_slope(a, s->view->root_q * h), mirrored = slope;
    if (s->folded) {
        double other = fj_activation_slope(a, -s->view->root_q * h);
        mirrored = slope - other;
        slope += other;
    }
    weight *= fj_gaussian_density(h);
    s->h[s->held] = h;
    s->even[s->held] = weight * slope;
    s->odd[s->held] = weight * mirrored;
    if (++s->held == BLOCK)
        block_add(s);
}

/* The frequency at which the spectrum of phi'(sqrt(q) h) has fallen to rounding. */
static double bandwidth(const fj_view *view)
{
    double scale = view->scale / view->root_q;
    switch (view->activation->kind->growth) {
    case FJ_GROWTH_GAUSSIAN: /* phi' = exp(-h^2/(4 scale^2)) */
        return sqrt(SPECTRUM_END) / scale;
    case FJ_GROWTH_PERIODIC: /* phi' has half the frequency of phi'^2 */
        return 0.5 / scale;
    case FJ_GROWTH_SINGULAR:
        break;
    }
    return SPECTRUM_END / scale;
}

static fj_status trapezoid_add(sum *s)
{
    double top = sqrt((double)s->terms) + SPECTRUM_MARGIN + bandwidth(s->view);
    double count = ceil(REACH * top / (2 * M_PI)), step = REACH / count;
    if (count > NODES_MOST)
        return FJ_NO_CONVERGENCE;
    s->folded = 1;
    node_add(s, 0, step / 2);
    for (int i = 1; i <= (int)count; i++)
        node_add(s, i * step, step);
    return FJ_OK;
}

static fj_status piece_add(sum *s, double from, double to)
{
    double step = s->view->scale / s->view->root_q;
    double longest = PANEL_RADIANS / (sqrt((double)s->terms) + 1);
    double h = fmax(from, -REACH), end = fmin(to, REACH);
    s->folded = s->view->half_line;
    if (s->folded)
        h = fmax(h, 0);
    for (int panels = 0; h < end; panels++) {
        if (panels == PANELS_MOST)
            return FJ_NO_CONVERGENCE;
        double next = fmin(fj_gaussian_panel_end(h, end, 0, step), h + longest);
        double half = (next - h) / 2;
        for (int i = 0; i < FJ_GAUSS_NODES; i++) {
            const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
            node_add(s, h + half * (i % 2 ? 1 - node->x : 1 + node->x), half * node->weight);
        }
        h = next;
    }
    return FJ_OK;
}

/* Adds slope int_h^infinity he_j density for j > 0; h finite. */
static void edge_add(sum *s, double h, double slope)
{
    double before = 0, now = fj_gaussian_density(h);
    for (size_t j = 0; j + 1 < s->terms; j++) {
        s->b[j + 1] += slope * now * s->up[j];
        double next = s->up[j] * h * now - s->down[j] * before;
        before = now;
        now = next;
    }
}

static void flat_add(sum *s, const fj_flat *flat)
{
    double from = flat->from / s->view->root_q, to = flat->to / s->view->root_q;
    s->b[0] += flat->slope * fj_gaussian_mass(from, to);
    if (isfinite(from))
        edge_add(s, from, flat->slope);
    if (isfinite(to))
        edge_add(s, to, -flat->slope);
}

fj_status fj_hermite_at(const fj_activation *activation, double q, double mu1, size_t terms,
                        fj_hermite *out)
{
    fj_view view;
    fj_status status = fj_view_init(activation, q, &view);
    if (status != FJ_OK)
        return status;
    if (!(q > 0) || terms > FJ_HERMITE_MOST)
        return FJ_INVALID;
    view.root_q = sqrt(q); /* the view of a periodic phi may have lowered it */
    sum s = {.view = &view, .terms = terms};
    for (size_t j = 0; j < terms; j++) {
        s.up[j] = 1 / sqrt((double)j + 1);
        s.down[j] = sqrt((double)j / ((double)j + 1));
    }
    for (size_t i = 0; i < activation->flats; i++)
        flat_add(&s, &activation->flat[i]);
    if (view.smooth)
        status = trapezoid_add(&s);
    for (size_t i = 0; i < activation->pieces && !view.smooth && status == FJ_OK; i++)
        status = piece_add(&s, activation->piece[i].from / view.root_q,
                           activation->piece[i].to / view.root_q);
    if (status != FJ_OK)
        return status;
    block_add(&s);
    double total = 0;
    for (size_t j = 0; j < terms; j++) {
        out->square[j] = s.b[j] * s.b[j];
        total += out->square[j];
    }
    out->terms = terms;
    out->rest = fmax(0, mu1 - total);
    return mu1 - total > -EXCESS_MOST * mu1 ? FJ_OK : FJ_NO_CONVERGENCE;
}
