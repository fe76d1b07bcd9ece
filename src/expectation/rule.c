/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rule for E[f(t)/(u - t)]: point masses, nodes, and corrections for the poles near the axis.
 *
 * 1. Flat parts of phi give point masses of t, with exact gaussian probabilities; they enter as nodes.
 * 2. The rest gets the trapezoid (closed-form poles, up to q = 10^4: its nodes grow like the root of q) or panels.
 * 3. At u far from the range of t: a series in its central moments (far.c). Else find the poles close to the axis, sum
 *    over the nodes that stay away from them, and add for each pole density(h0) kernel(h0)/t'(h0), which makes the sum
 *    exact (the pole of 1/(u - t) at h0 has residue -1/t').
 * 4. Second derivatives are taken without care for their last digits.
 * 5. For the potential: the same with logarithms and the kernel's integral, at the poles already found. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include "average.h"
#include "quadrature.h"
#include "rule_internal.h"

/* A smaller probability counts as none (hard-tanh at small q): laws are followed down to densities of 1e-200. */
static const double MASS_LEAST = 1e-200;

/* Nearer than this angle to the negative axis, where all is real, corrections follow from their derivative. */
static const double NEXT_TO_AXIS = 1e-6;
/* And so nearer to the positive axis than this part of how far the range of t is: poles come in pairs, whose imaginary parts cancel. */
static const double OFF_RANGE = 1e-8;

static void mass_add(fj_rule *rule, double t, double mass)
{
    if (!(mass > MASS_LEAST))
        return;
    size_t at = 0;
    while (at < rule->masses && rule->mass[at].t < t)
        at++;
    if (at < rule->masses && rule->mass[at].t == t) {
        rule->mass[at].mass += mass;
        return;
    }
    for (size_t i = rule->masses; i > at; i--)
        rule->mass[i] = rule->mass[i - 1];
    rule->mass[at] = (fj_mass){t, mass};
    rule->masses++;
}

static void masses_find(fj_rule *rule)
{
    const fj_activation *a = rule->activation;
    for (size_t i = 0; i < a->flats; i++) {
        const fj_flat *flat = &a->flat[i];
        double t = flat->slope * flat->slope;
        if (rule->q > 0)
            mass_add(rule, t, fj_gaussian_mass(flat->from / rule->root_q, flat->to / rule->root_q));
        else if (flat->from < 0 && flat->to > 0) /* h = 0 always */
            mass_add(rule, t, 1);
        else if (flat->from == 0 ||
                 flat->to == 0) /* a kink at 0: both sides count half, the limit q -> 0 */
            mass_add(rule, t, 0.5);
    }
    if (rule->q == 0)
        for (size_t i = 0; i < a->pieces; i++) {
            double slope = fj_activation_slope(a, a->piece[i].to == 0 ? -0x1p-1074 : 0);
            if (a->piece[i].from < 0 && a->piece[i].to > 0)
                mass_add(rule, slope * slope, 1);
            else if (a->piece[i].from == 0 || a->piece[i].to == 0)
                mass_add(rule, slope * slope, 0.5);
        }
}

/* Adds a part, joined with those it meets. */
static void part_add(fj_rule *rule, fj_part part)
{
    size_t kept = 0;
    for (size_t i = 0; i < rule->parts; i++) {
        const fj_part *other = &rule->part[i];
        if (other->most < part.least || other->least > part.most) {
            rule->part[kept++] = *other;
            continue;
        }
        part.least = fmin(part.least, other->least);
        part.most = fmax(part.most, other->most);
        part.mass += other->mass;
    }
    size_t at = kept;
    for (; at > 0 && rule->part[at - 1].least > part.least; at--)
        rule->part[at] = rule->part[at - 1];
    rule->part[at] = part;
    rule->parts = kept + 1;
}

/* The parts of the range of t, piece by piece, and the range as a whole. */
static void range_find(fj_rule *rule)
{
    const fj_activation *a = rule->activation;
    /* with what noise may have added, so that no value lies outside */
    const double noise = 2 * fj_activation_noise(a);
    double masses = 0;
    for (size_t i = 0; i < a->pieces; i++) {
        const fj_piece *piece = &a->piece[i];
        part_add(rule,
                 (fj_part){piece->t_least * (1 - noise), piece->t_most * (1 + noise),
                           fj_gaussian_mass(piece->from / rule->root_q, piece->to / rule->root_q)});
    }
    if (rule->parts == 0)
        return;
    rule->t_least = rule->part[0].least;
    rule->t_most = rule->part[rule->parts - 1].most;
    for (size_t i = 0; i < rule->masses; i++)
        masses += rule->mass[i].mass;
    if (rule->parts == 1)
        rule->part[0].mass = 1 - masses;
}

/* The masses as nodes. */
static fj_status atoms_fill(fj_rule *rule)
{
    fj_nodes *atoms = &rule->atoms;
    fj_status status = fj_nodes_create(atoms, rule->masses + (rule->underflow > 0));
    if (status != FJ_OK)
        return status;
    for (size_t i = 0; i < rule->masses; i++) {
        atoms->t[i] = rule->mass[i].t;
        atoms->e[i] = rule->mass[i].t - rule->mu1;
        atoms->weight[i] = rule->mass[i].mass;
    }
    if (rule->underflow > 0) { /* where t underflows it counts as 0 */
        atoms->t[rule->masses] = 0;
        atoms->e[rule->masses] = -rule->mu1;
        atoms->weight[rule->masses] = rule->underflow;
    }
    return FJ_OK;
}

/* Var t by that set of nodes. */
static double variance_by(const fj_rule *rule, int set)
{
    double variance = 0;
    for (size_t k = 0; k < rule->set[set].n; k++)
        variance += rule->set[set].second[FJ_SECOND_CENTRED][k];
    for (size_t k = 0; k < rule->atoms.n; k++)
        variance += rule->atoms.second[FJ_SECOND_CENTRED][k];
    return variance;
}

/* Does the trapezoid serve? From this q on panels cost less, and their number does not grow; but not for a t that is a gaussian or
 * has more and more periods within one. */
static const double PANELS_FROM = 1e4;

static int by_trapezoid(const fj_rule *rule)
{
    const fj_activation_kind *kind = rule->activation->kind;
    return kind->poles && (rule->q < PANELS_FROM || kind->growth != FJ_GROWTH_SINGULAR);
}

/* With shapes of its own where none are given. */
static fj_status by_panels(fj_rule *rule, fj_panel_shapes *shapes)
{
    fj_panel_shapes *own = shapes ? NULL : fj_panel_shapes_create();
    if (!shapes && !own)
        return FJ_NO_MEMORY;
    const fj_status status = fj_panels_create(rule, shapes ? shapes : own);
    fj_panel_shapes_destroy(own);
    return status;
}

fj_status fj_rule_create(const fj_activation *activation, double q, fj_panel_shapes *shapes,
                         fj_rule **out)
{
    *out = NULL;
    fj_rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return FJ_NO_MEMORY;
    rule->activation = activation;
    rule->even = activation->kind->even_slope;
    fj_status status = fj_view_init(activation, q, &rule->view);
    if (status != FJ_OK)
        goto done;
    rule->q =
        rule->view
            .q; /* of a periodic t whose phase is even at q, a smaller one where it already is */
    rule->root_q = rule->view.root_q;
    masses_find(rule);
    rule->has_range = activation->pieces > 0 && q > 0;
    if (!rule->has_range || !by_trapezoid(rule)) /* which finds it by itself */
        status = fj_mean_slope2(rule->activation, rule->q, &rule->mu1);
    if (status == FJ_OK && rule->has_range)
        status = by_trapezoid(rule) ? fj_trapezoid_create(rule) : by_panels(rule, shapes);
    if (status == FJ_OK)
        status = atoms_fill(rule);
    if (status != FJ_OK)
        goto done;
    fj_nodes_finish(rule);
    range_find(rule);
    rule->spread = sqrt(variance_by(rule, 0));
    if (rule->panel)
        fj_panels_bounds(rule);
    status = fj_far_create(rule);
    if (status != FJ_OK)
        goto done;
    *out = rule;
    rule = NULL;
done:
    fj_rule_destroy(rule);
    return status;
}

void fj_rule_destroy(fj_rule *rule)
{
    if (!rule)
        return;
    fj_nodes_destroy(&rule->atoms);
    for (int s = 0; s < FJ_SETS; s++)
        fj_nodes_destroy(&rule->set[s]);
    free(rule->panel);
    free(rule);
}

static void poles_find(const fj_rule *rule, double complex w, double complex root, fj_poles *poles)
{
    poles->count = 0;
    poles->overflow = 0;
    if (!rule->has_range)
        return;
    if (rule->panel)
        fj_panels_poles(rule, w, root, poles);
    else
        fj_trapezoid_poles(rule, w, root, rule->reach, poles);
}

/* Moves *p behind the panels from there on that use the same set, which it returns. */
static int same_set(const fj_poles *poles, size_t *p)
{
    const int set = poles->set[*p];
    while (*p < poles->last && poles->set[*p] == set)
        ++*p;
    return set;
}

static void sum_nodes(const fj_rule *rule, const fj_poles *poles, fj_second second,
                      double complex u, fj_sums *sums)
{
    fj_sums_add(sums, &rule->atoms, 0, rule->atoms.n, second, u);
    if (!rule->has_range)
        return;
    if (!rule->panel) {
        const fj_nodes *nodes = &rule->set[poles->set[0]];
        size_t from, to;
        fj_trapezoid_nodes(rule, nodes, u, &from, &to);
        fj_sums_add(sums, nodes, from, to, second, u);
        return;
    }
    for (size_t p = poles->first, first = p; p < poles->last; first = p) {
        const int set = same_set(poles, &p);
        const size_t order = fj_panels_order(set);
        fj_sums_add(sums, &rule->set[set], first * order, p * order, second, u);
    }
}

void fj_rule_resolvent(const fj_rule *rule, fj_second second, double complex w, fj_resolvent *out)
{
    fj_rule_resolvent_at(rule, second, w, fj_exp(w / 2), out);
}

void fj_rule_resolvent_at(const fj_rule *rule, fj_second second, double complex w,
                          double complex root, fj_resolvent *out)
{
    const double mu1 = rule->mu1;
    const double complex u = root * root;
    fj_poles *poles = &out->poles;
    poles->count = 0;
    if (fj_far_serves(rule, u)) {
        fj_far_resolvent(rule, second, w, u, out);
        return;
    }
    out->far = 0;
    poles_find(rule, w, root, poles);
    fj_sums s = {0};
    sum_nodes(rule, poles, second, u, &s);
    out->w = w;
    out->u = u;
    if (poles->overflow)
        s.m_re = s.n_re = s.dm_re = NAN;
    out->m = CMPLX(s.m_re, s.m_im);
    out->n = CMPLX(s.n_re, s.m_im);
    out->v = CMPLX(s.v_re, s.v_im);
    out->dm = CMPLX(s.dm_re, s.dm_im);
    out->dv = CMPLX(s.dv_re, s.dv_im);
    out->ddm = CMPLX(s.ddm_re, s.ddm_im);
    if (poles->count == 0)
        return;
    double complex a = u, da = u; /* what the residue of v is of that of n, and its derivative */
    if (second == FJ_SECOND_CENTRED) {
        const double complex part = fj_quotient(u - mu1, u);
        a = (u - mu1) * part;
        da = (u + mu1) * part;
    }
    double complex c = 0, dc = 0, ddc = 0; /* corrects E[u/(u - t)]; its derivatives */
    double apart = INFINITY; /* of log u from where t is: no pole comes from the axis */
    for (size_t i = 0; i < poles->count; i++) {
        const fj_correction *pole = &poles->pole[i];
        /* dh0/dw = 1/l1 */
        double complex density = pole->times * pole->density, inverse = fj_quotient(1, pole->l1);
        apart = fmin(apart, fabs(cimag(pole->h0)) * fj_size(pole->l1));
        double complex one = density * pole->kernel * inverse;
        const double complex square = inverse * inverse, bent = pole->l2 * inverse;
        const double complex part = 1 - (pole->h0 + bent) * inverse;
        const double complex rest = density * pole->kernel_h * square, steep = one * part + rest;
        c += one;
        dc += steep;
        /* d l1/dw, d part/dw, and that of `rest` over it */
        const double complex dl1 = bent - pole->l1;
        const double complex dpart =
            square * ((pole->h0 + 2 * bent) * dl1 - 1 - pole->l3 * inverse + pole->l2);
        ddc += steep * part + one * dpart +
               (density * pole->kernel_hh * square - rest * (pole->h0 + 2 * dl1)) * inverse;
    }
    if (creal(u) < 0 && cimag(u) < NEXT_TO_AXIS * -creal(u)) { /* w does not tell how near */
        c = CMPLX(creal(c), creal(dc) * cimag(u) / creal(u));
        dc = creal(dc);
        ddc = creal(ddc);
    } else if (creal(u) > 0 && cimag(w) < OFF_RANGE * apart) {
        c = CMPLX(creal(c), creal(dc) * cimag(w));
        dc = CMPLX(creal(dc), creal(ddc) * cimag(w));
    }
    out->m += c;
    out->n += c;
    out->dm += dc;
    out->v += a * c;
    out->dv += a * dc + da * c;
    out->ddm += ddc;
}

/* arg(g (u - mu1)), g = E[1/(u - t)]: of 1 + E[(t - mu1)/(u - t)] where that is near 1. */
static double mean_argument(fj_second second, double mu1, const fj_resolvent *at)
{
    const double complex d = at->u - mu1;
    double complex e = 1;
    if (second == FJ_SECOND_CENTRED && at->v != 0)
        e = at->v / d;
    else if (second == FJ_SECOND_RAW && cabs(at->u) > mu1) /* below, v and mu1 m cancel */
        e = (at->v - mu1 * at->m) / at->u;
    return cabs(e) < 0.1 ? atan2(cimag(e), 1 + creal(e)) : carg(at->n / at->u * d);
}

/* E arg((u - mu1)/(u - t)) */
static double expected_argument(const fj_rule *rule, const fj_resolvent *at)
{
    const double mu1 = rule->mu1;
    const double complex u = at->u;
    const fj_poles *poles = &at->poles;
    double sum = fj_sums_argument(&rule->atoms, 0, rule->atoms.n, mu1, u);
    if (!rule->has_range)
        return sum;
    if (!rule->panel) {
        const fj_nodes *nodes = &rule->set[poles->set[0]];
        size_t from, to;
        fj_trapezoid_nodes(rule, nodes, u, &from, &to);
        sum += fj_sums_argument(nodes, from, to, mu1, u);
    } else {
        for (size_t p = poles->first, first = p; p < poles->last; first = p) {
            const int set = same_set(poles, &p);
            const size_t order = fj_panels_order(set);
            sum += fj_sums_argument(&rule->set[set], first * order, p * order, mu1, u);
        }
    }
    /* what the nodes lack of the exact value is added pole by pole */
    for (size_t i = 0; i < poles->count; i++) {
        const fj_correction *pole = &poles->pole[i];
        double complex cut =
            rule->panel ? fj_panels_cut(rule, pole, poles) : fj_trapezoid_cut(rule, pole);
        sum -= pole->times * cimag(cut);
    }
    return sum;
}

double fj_rule_potential(const fj_rule *rule, fj_second second, const fj_resolvent *at)
{
    /* log n + E log(1 - t/u) = log(g (u - mu1)) - E log((u - mu1)/(u - t)): both are small far from the law of t, and all
     * arguments stay inside (-pi, pi) */
    double sum = at->far ? fj_far_argument(rule, at->u) : expected_argument(rule, at);
    double j = mean_argument(second, rule->mu1, at) - sum;
    return second == FJ_SECOND_RAW ? j + cimag(at->m) - carg(at->n) : j;
}

size_t fj_rule_masses(const fj_rule *rule, const fj_mass **masses)
{
    *masses = rule->mass;
    return rule->masses;
}

double fj_rule_root_q(const fj_rule *rule)
{
    return rule->root_q;
}

int fj_rule_range(const fj_rule *rule, double *least, double *most)
{
    *least = rule->t_least;
    *most = rule->t_most;
    return rule->has_range;
}

/* t is followed down to where phi' is this many times its rounding. */
static const double CLEAR = 1e6;
static const double LOG_U_LEAST = -660; /* 2e-287: some 13 digits above where t is taken for 0 */

/* Laws of noisy callbacks were found wrong by so many times their noise. */
static const double NOISE_TIMES = 8;

double fj_rule_blur(const fj_rule *rule, double log_u)
{
    /* what callbacks are wrong by everywhere: of t, and of t - mu1 */
    const double everywhere = NOISE_TIMES * fj_activation_noise(rule->activation);
    const double blur = everywhere > 0 ? everywhere * (1 + rule->mu1 / rule->spread) : 0;
    return blur + (rule->noise > 0 ? 2 * rule->noise * exp(-log_u / 2) : 0);
}

double fj_rule_slope_error(const fj_rule *rule)
{
    static const double OF_POLYNOMIAL = 4e-13; /* measured far down the tail of softsign */
    return rule->panel ? OF_POLYNOMIAL : DBL_EPSILON;
}

double fj_rule_error(const fj_rule *rule)
{
    /* Measured far down the tails of 10^4 layers: sin, with dozens of poles, shows 3, softsign 10; gelu, where poles stand beside a zero
     * of phi' and between nodes, so that the rounding of their place moves the kernel, 105. */
    static const double OF_PERIODIC = 4, OF_PANELS = 20, OF_ZEROS = 200;
    if (!rule->panel)
        return rule->activation->kind->growth == FJ_GROWTH_PERIODIC ? OF_PERIODIC : 1;
    for (size_t p = 0; p < rule->panels; p++)
        if (!rule->panel[p].logarithmic)
            return OF_ZEROS;
    return OF_PANELS;
}

double fj_rule_bottom(const fj_rule *rule)
{
    return rule->noise > 0 ? 2 * log(CLEAR * rule->noise) : LOG_U_LEAST;
}

double fj_rule_top(const fj_rule *rule)
{
    double top = -INFINITY;
    for (size_t p = 0; p < rule->panels + rule->far; p++)
        for (int side = -1; side <= 1; side += 2) {
            const double h = rule->panel[p].centre + side * rule->panel[p].half * (1 - 1e-9);
            top = fmax(top, fj_view_log_t(&rule->view, rule->root_q * h));
        }
    return top;
}

size_t fj_rule_parts(const fj_rule *rule, const fj_part **parts)
{
    *parts = rule->part;
    return rule->has_range ? rule->parts : 0;
}

double fj_rule_mean(const fj_rule *rule)
{
    return rule->mu1;
}

fj_status fj_rule_variance(const fj_rule *rule, double *out)
{
    static const double SAME = 4 * DBL_EPSILON; /* by both sets of nodes */
    double central[3] = {NAN, NAN, NAN};
    const double variance = variance_by(rule, 0);
    if (rule->has_range &&
        (!rule->panel || fabs(variance_by(rule, 1) - variance) <= SAME * variance)) {
        *out = variance;
        return FJ_OK;
    }
    fj_status status = fj_central_moments(rule->activation, rule->q, 3, central);
    *out = central[2];
    return status;
}

double fj_rule_spread(const fj_rule *rule)
{
    return rule->spread;
}

double fj_rule_accuracy(const fj_rule *rule)
{
    return rule->panel ? 4e-12 : 2e-12;
}

/* What polynomials add where t hardly varies: elu at q = 1e-6, the worst of data/, shows half of that. */
static const double OF_PANELS = 3;

double fj_rule_spread_error(const fj_rule *rule)
{
    if (rule->view.narrow || !(rule->spread > 0))
        return 1;
    return 1 + (rule->panel ? OF_PANELS : 1) * rule->mu1 / rule->spread;
}
