/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One orthogonal layer: lambda = sigma_w^2 t, the image of the gaussian under t = phi'(sqrt(q) h)^2; where it narrows, that is
 * the law of N_1/N_0 of the singular values, and the others are 0 (src/THEORY.md 3.5, 3.6).
 *
 * 0. Orthogonal layers with |phi'| constant before it, that narrow too, are one matrix with its own, with orthonormal rows: the
 *    widths go from each to the next. Those that keep or widen, on either side, only scale, and were left out (gather.c).
 * 1. At t = lambda/sigma_w^2 find all h with t(h) = t. Density per unit log lambda = sum density(h)/|d log t/dh|.
 * 2. The distribution function is the gaussian measure of {t(h) <= t}: between neighbouring crossings and kinks, one look
 *    at the middle tells on which side t is; not beyond where crossings are looked for, and there is no probability.
 * 3. Where the number of crossings changes within the error of log t (next to an edge, or to the value that t tends to far
 *    out: GELU's 1), and where t underflows, there is no answer. An end of the range that is reached, where d log t/dh goes like the root
 *    of the distance, is told from one that t tends to, where it goes like the distance. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "activation_internal.h"
#include "quadrature.h"
#include "spectrum_internal.h"

enum { CROSSINGS_MAX = 1024 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Does layer l follow upon that width? Widths are known to rounding. */
static int follows(const fj_group *group, double before)
{
    static const double ROUNDING = 8 * DBL_EPSILON;
    return group->count == 1 && fabs(group->width / group->rho - before) <= ROUNDING * before;
}

int fj_pushforward_applies(const fj_stack *stack, double width_0)
{
    if (stack->unknowns > 1 || (stack->unknowns == 0 && stack->groups != 1))
        return 0;
    double before = width_0;
    const size_t known = stack->groups - 1; /* those before */
    size_t at = 0;                          /* mostly they are in order */
    for (size_t done = 0; done < known; done++) {
        size_t looked = 0;
        for (; looked < known; looked++, at = (at + 1) % known)
            if (stack->group[1 + at].p == 1 && follows(&stack->group[1 + at], before))
                break;
        if (looked == known)
            return 0;
        before = stack->group[1 + at].width;
    }
    return follows(&stack->group[0], before);
}

/* log sigma_w^2, of all layers */
static double log_scale(const fj_spectrum *spectrum)
{
    return spectrum->layers.log_chi - log(spectrum->mu1);
}

/* F, from that of t */
static double of_all(const fj_spectrum *spectrum, double cdf)
{
    return 1 - spectrum->share + spectrum->share * cdf;
}

void fj_pushforward_point(const fj_spectrum *spectrum, double big_x, fj_law_point *out)
{
    const fj_activation *a =
        spectrum->gathered->origin[spectrum->gathered->origin_of[0]].activation;
    const double root_q = fj_rule_root_q(spectrum->rule), log_t = big_x - log_scale(spectrum);
    double at[CROSSINGS_MAX + 2 * FJ_FLATS_MAX + FJ_PIECES_MAX];
    fj_crossing crossing[CROSSINGS_MAX];
    size_t n = fj_rule_crossings(spectrum->rule, log_t, crossing, CROSSINGS_MAX);
    const double error = fj_rule_log_t_error(spectrum->rule) + 4 * DBL_EPSILON * fabs(big_x) +
                         fj_rule_blur(spectrum->rule, log_t);
    *out = (fj_law_point){NAN, NAN, NAN, FJ_NO_CONVERGENCE};
    if (n > CROSSINGS_MAX || !fj_rule_crossings_known(spectrum->rule, log_t, error, n))
        return;
    double density = 0, conditioning = 0;
    for (size_t i = 0; i < n; i++) {
        double h = crossing[i].h, slope = crossing[i].slope;
        double term = exp(-h * h / 2) / sqrt(2 * M_PI) / fabs(slope);
        at[i] = h;
        density += term;
        conditioning += term * (1 + fabs(h / slope) + fabs(crossing[i].bend / (slope * slope)));
    }
    /* kinks cut the axis too */
    double kink[2 * FJ_FLATS_MAX + FJ_PIECES_MAX];
    size_t kinks = fj_activation_kinks(a, kink, sizeof kink / sizeof *kink);
    for (size_t i = 0; i < kinks; i++)
        at[n++] = kink[i] / root_q;
    qsort(at, n, sizeof *at, by_value);
    double cdf = 0;
    for (size_t i = 0; i <= n; i++) {
        double from = i > 0 ? at[i - 1] : -INFINITY, to = i < n ? at[i] : INFINITY;
        /* kinks may lie far out, and crossings between them are not looked for */
        const double low = fmax(from, -FJ_H_END), high = fmin(to, FJ_H_END);
        if (!(low < high))
            continue;
        /* beyond the outermost crossing close to it: farther out t may tend to this value (GELU's to 1) */
        double middle = low + (high - low) / 2;
        if (i == n && from > -FJ_H_END)
            middle = fmin(middle, low + 1);
        else if (i == 0 && to < FJ_H_END)
            middle = fmax(middle, high - 1);
        double t = fj_activation_slope(a, root_q * middle);
        /* where t is constant it is a mass, and equality counts, but for the rounding of the scale */
        if (2 * log(fabs(t)) <= log_t + 4 * DBL_EPSILON * (1 + fabs(big_x) + fabs(log_t)))
            cdf += fj_gaussian_mass(from, to);
    }
    density *= spectrum->share;
    conditioning *= spectrum->share;
    cdf = of_all(spectrum, cdf);
    const double known = fj_rule_accuracy(spectrum->rule) + fj_rule_blur(spectrum->rule, log_t) +
                         (density > 0 ? error * conditioning / density : 0);
    if (fj_point_is_known(density, known))
        *out = (fj_law_point){density, fmin(cdf, 1), known, FJ_OK};
}

int fj_pushforward_reaches(const fj_spectrum *spectrum, double big_x)
{
    /* of the distance in log t: between it and its root */
    static const double DISTANCE = 1e-8, SLOPE = 1e-6;
    fj_crossing crossing[CROSSINGS_MAX];
    const double log_t = big_x - log_scale(spectrum);
    for (int side = -1; side <= 1; side += 2) {
        const size_t n =
            fj_rule_crossings(spectrum->rule, log_t + side * DISTANCE, crossing, CROSSINGS_MAX);
        if (n > CROSSINGS_MAX)
            return 0;
        for (size_t i = 0; i < n; i++)
            if (fabs(crossing[i].slope) < SLOPE)
                return 0;
    }
    return 1;
}

/* The part of the range of t as an interval of the support; F by what lies below. */
static void branch_add(fj_spectrum *spectrum, const fj_part *part, double parts_below)
{
    const fj_mass *mass;
    size_t masses = fj_rule_masses(spectrum->rule, &mass);
    fj_branch *branch = &spectrum->branch[spectrum->branches++];
    *branch = (fj_branch){.x_low = log(part->least), .x_high = log(part->most)};
    branch->big_x_low = log(part->least) + log_scale(spectrum);
    branch->big_x_high = log(part->most) + log_scale(spectrum);
    branch->low = part->least == 0 ? FJ_END_ZERO : FJ_END_RANGE;
    branch->high = isinf(part->most) ? FJ_END_INFINITY : FJ_END_RANGE;
    branch->cdf_low = parts_below;
    double inside = 0;
    for (size_t i = 0; i < masses; i++) {
        if (mass[i].t < part->least || (part->least == 0 && mass[i].t == 0))
            branch->cdf_low += mass[i].mass;
        else if (mass[i].t <= part->most)
            inside += mass[i].mass;
    }
    branch->cdf_high = branch->cdf_low + part->mass + inside;
    branch->cdf_low = of_all(spectrum, branch->cdf_low);
    branch->cdf_high = of_all(spectrum, branch->cdf_high);
}

fj_status fj_pushforward_support(fj_spectrum *spectrum)
{
    const fj_part *part;
    size_t parts = fj_rule_parts(spectrum->rule, &part);
    double below = 0;
    if (parts > FJ_BRANCHES_MAX)
        return FJ_NO_CONVERGENCE;
    for (size_t i = 0; i < parts; i++) {
        branch_add(spectrum, &part[i], below);
        if (i + 1 == parts) { /* without the rounding of the sum */
            const fj_mass *mass;
            size_t masses = fj_rule_masses(spectrum->rule, &mass);
            fj_branch *last = &spectrum->branch[spectrum->branches - 1];
            last->cdf_high = 1;
            for (size_t k = 0; k < masses; k++)
                if (mass[k].t > part[i].most)
                    last->cdf_high -= spectrum->share * mass[k].mass;
        }
        below += part[i].mass;
    }
    return FJ_OK;
}
