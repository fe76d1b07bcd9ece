/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log z for layers that differ in activation, q, weights or width (src/THEORY.md 3.6).
 *
 * 1. All layers share one m: layer l has m_l = (N_0/N_l) m and its own u_l with M_l(u_l) = m_l.
 * 2. log z = log((1 + m)/m) + log E[lambda] + sum_l [log(m_l u_l/mu1) - log(1 + rho_l m_l)], rho_l = 0 for gaussian
 *    weights, 1 for orthogonal ones that keep or widen, N_l/N_(l-1) for those that narrow.
 * 3. Where t has one value above 0, of probability p, u_l is known from m_l: the bracket is log(1 + s) with
 *    s = m_l (1 - p rho)/(p (1 + rho m_l)). Else u_l is an unknown, the bracket is that of layer.c, and
 *    log(m_l/M_l(u_l)) says by how much w_l = log u_l misses. As lambda goes to 0, m goes to -P(lambda > 0) =: -above and the
 *    narrowest layers' p + m_l to 0: these are made from m + above, which is kept beside m, and 1 + M_l.
 * 4. The distribution function: F = 1 + (arg(1 + m) - sum Im J_l)/pi, J_l = (K_l + log(1 + rho m_l)/rho) N_l/N_0,
 *    K_l = E log(1 - t/u_l); log(1 + rho m)/rho is m where rho = 0.
 * 5. Second derivatives come along, so that a step converges to third order (stack.h).
 * 6. A layer whose u has not moved is not evaluated anew. */
#include "stack.h"
#include <float.h>
#include <math.h>
#include "logarithm.h"

/* A smaller angle from the negative axis, squared, is below rounding. */
static const double NEXT_TO_AXIS = 1e-6;
/* |s| below this: log(1 + s) from s. */
static const double SMALL = 0.5;

static double complex log_plus(double complex s)
{
    return fj_size(s) < SMALL ? fj_log_one_plus(s) : fj_log(1 + s);
}

/* 1 + m, where it may be next to 0 too. */
static double complex one_plus(const fj_stack *stack, const fj_stack_point *at)
{
    return fj_size(at->rest) < fj_size(at->m) ? stack->at_zero + at->rest : 1 + at->m;
}

/* x + step for x > 0, positive: a long fall is taken in the logarithm, and no further than a step is to be trusted. */
static const double FALL_LONG = 0.1, FALL_MOST = 40;

static double move_positive(double x, double step)
{
    return step < -FALL_LONG * x ? x * exp(fmax(step / x, -FALL_MOST)) : x + step;
}

/* z + step, taken so that no part changes its sign: where the imaginary part is far smaller than the real one, in each by
 * itself, since they may differ by hundreds of decades; else in the logarithm of z. */
static double complex move(double complex z, double complex step)
{
    const double ratio = 0.1;
    if (fabs(cimag(z)) > ratio * fabs(creal(z)))
        return z * fj_exp(fj_quotient(step, z));
    const double sign = cimag(z) < 0 ? -1 : 1;
    const double im = cimag(z) == 0 ? 0 : sign * move_positive(fabs(cimag(z)), sign * cimag(step));
    return CMPLX(creal(z) * exp(creal(step) / creal(z)), im);
}

void fj_stack_point_move(const fj_stack *stack, fj_stack_point *at, double complex dmu)
{
    const double complex step = at->m * dmu;
    if (fj_size(at->rest) < fj_size(at->m)) {
        at->rest = move(at->rest, step);
        at->m = at->rest - stack->above;
    } else {
        at->m = move(at->m, step);
        at->rest = at->m + stack->above;
    }
}

void fj_stack_point_leave(fj_stack_point *at, double complex dmu)
{
    const double complex step = at->m * dmu;
    at->m += step;
    at->rest += step;
}

void fj_subordinate_move(fj_subordinate *u, double complex dw)
{
    const double sign = u->left ? -1 : 1, turn = 0.6 * M_PI;
    double angle = fabs(cimag(u->w));
    if (angle > 0)
        angle = fmin(move_positive(angle, sign * cimag(dw)), (angle + M_PI) / 2);
    if (angle > turn) { /* nearer to the other half of the axis */
        u->left = !u->left;
        angle = -(M_PI - angle);
    }
    u->w = CMPLX(creal(u->w) + creal(dw), sign * angle);
}

typedef struct sums {
    double complex log_z, slope;
    double complex bend[3];
    double unit;
    double rounding, argument, turns;
    double complex blur;
    fj_stack_value *value;
    int with_potential;
} sums;

/* log(a/b), small where a is near b */
static double complex log_quotient(double complex a, double complex b)
{
    static const double SERIES = 1e-4; /* to the fourth, over 5, is below rounding */
    const double complex off = fj_quotient(a - b, b);
    if (fj_size(off) < SERIES)
        return off * (1 - off * (1.0 / 2 - off * (1.0 / 3 - off * (1.0 / 4))));
    return fj_size(off) < SMALL ? fj_log_one_plus(off) : fj_log(fj_quotient(a, b));
}

static void add(sums *s, double count, double complex term, double complex slope, double error,
                double unit)
{
    s->log_z += count * term;
    s->slope += count * slope;
    s->rounding += count * (DBL_EPSILON * (error + fabs(creal(term))));
    s->argument += count * unit * fabs(cimag(term));
}

static void explicit_add(sums *s, const fj_group *g, const fj_stack_point *at)
{
    const double complex m_l = g->scale * at->m;
    const int low = fj_size(at->rest) < fj_size(at->m);
    const double complex n_l = low ? g->full + g->scale * at->rest : 1 + m_l;
    const double complex wider = g->one_minus_rho + g->rho * n_l;
    const double complex ratio = fj_quotient(m_l * (g->deficit / g->p), wider);
    const double complex left = low ? g->slack + g->scale * at->rest : g->p + m_l;
    const int small = fj_size(ratio) < SMALL;
    /* 1 + ratio = left/(p wider) */
    const double complex term =
        small ? fj_log_one_plus(ratio)
              : fj_log_turned(fj_quotient(left / g->p, wider), g->count, &s->turns);
    const double complex slope = fj_quotient(m_l * g->deficit, left * wider);
    add(s, g->count, term, slope, small ? 2 * fj_size(ratio) : 2, 1);
    s->bend[2] += g->count / 2 * (slope * s->unit) *
                  (s->unit * (1 - fj_quotient(m_l, left) - fj_quotient(g->rho * m_l, wider)));
    if (!s->with_potential)
        return;
    /* J and dJ/d log m */
    const double complex hit = fj_quotient(g->p * m_l, left), part = m_l / g->p;
    const double complex other = fj_quotient(m_l, wider);
    double j = -g->p * (fj_size(part) < SMALL ? cimag(fj_log_one_plus(part)) : carg(left));
    const double turn = low ? carg(wider) : cimag(log_plus(g->rho * m_l));
    j += g->rho > 0 ? turn / g->rho : cimag(m_l);
    const double weight = g->count / g->scale;
    s->value->potential += weight * j;
    s->value->potential_slope += weight * (other - hit);
}

/* The factor of a group whose u is an unknown, from the resolvent there. */
static void factor_find(const fj_group *g, const fj_resolvent *r, fj_factor *f)
{
    f->m = r->m;
    f->n = r->n;
    f->dm = r->dm;
    f->ddm = r->ddm;
    f->bend = fj_layers_factor_bend(&g->layers, r);
    f->term = fj_layers_factor(&g->layers, r, &f->slope, &f->error, &f->turns);
    f->turns *= g->count;
    f->blur = g->count * fj_rule_blur(g->layers.rule, creal(f->at.w));
    if (!(g->rho > 0 && g->rho < 1))
        return;
    const double complex wider = 1 + g->rho * r->m;
    const double complex more = fj_quotient(g->one_minus_rho * r->m, wider);
    f->term += fj_size(more) < SMALL ? fj_log_one_plus(more)
                                     : fj_log_turned(fj_quotient(r->n, wider), g->count, &f->turns);
    const double complex both = wider * r->n, steep = fj_quotient(r->dm, both);
    f->slope += g->one_minus_rho * steep;
    f->bend +=
        g->one_minus_rho * (fj_quotient(r->ddm, both) - steep * steep * (g->rho * r->n + wider));
    f->error += 2;
}

static void implicit_add(sums *s, const fj_group *g, const fj_factor *f, const fj_stack_point *at,
                         fj_follow *follow)
{
    const double complex inverse = fj_quotient(1, f->dm), gain = f->m * inverse;
    double complex miss;
    if (fj_size(at->rest) < fj_size(at->m) && fj_size(f->n) < SMALL)
        miss = log_quotient(g->full + g->scale * at->rest, f->n) * f->n * inverse;
    else
        miss = log_quotient(g->scale * at->m, f->m) * gain;
    *follow = (fj_follow){miss, gain, 1 - gain * f->ddm * inverse};
    s->turns += f->turns;
    add(s, g->count, f->term + f->slope * miss, f->slope * gain, f->error, g->layers.unit);
    /* at a given m, log z has u only as log u, which moves by what n is wrong by over d m/d log u; parts of n are right by themselves */
    const double complex per_n = f->n * inverse;
    s->blur += CMPLX(f->blur * fabs(creal(per_n)), f->blur * fabs(cimag(per_n)));
    const double complex step = gain * s->unit, off = fj_quotient(miss, step);
    const double complex curve =
        g->count / 2 * (f->slope * follow->bend * s->unit + f->bend * step) * step;
    s->bend[0] += curve * off * off;
    s->bend[1] += 2 * curve * off;
    s->bend[2] += curve;
}

/* Its J, and how that changes. */
static void potential_add(sums *s, const fj_group *g, const fj_subordinate *u,
                          const fj_resolvent *r, const fj_follow *follow)
{
    double complex dj =
        r->m + (g->layers.second == FJ_SECOND_RAW ? r->dm : fj_quotient(r->dm, r->n));
    /* J is real for u < 0, and its imaginary part next to it */
    double j = u->left && fabs(cimag(u->w)) < NEXT_TO_AXIS
                   ? creal(dj) * cimag(u->w)
                   : fj_rule_potential(g->layers.rule, g->layers.second, r);
    if (g->rho > 0 && g->rho < 1) {
        const double complex wider = 1 + g->rho * r->m;
        j += cimag(log_plus(g->rho * r->m)) / g->rho - carg(r->n);
        dj += fj_quotient(r->dm, wider) - fj_quotient(r->dm, r->n);
    }
    const double weight = g->count / g->scale;
    s->value->potential += weight * j;
    s->value->potential_slope += weight * dj * follow->gain;
    s->value->potential_miss += weight * dj * follow->miss;
}

static void resolvent_find(const fj_group *g, const fj_subordinate *u, fj_resolvent *r)
{
    const double complex root = fj_exp(u->w / 2);
    if (u->left)
        fj_rule_resolvent_at(g->layers.rule, g->layers.second, u->w + CMPLX(0, M_PI),
                             CMPLX(-cimag(root), creal(root)), r);
    else
        fj_rule_resolvent_at(g->layers.rule, g->layers.second, u->w, root, r);
}

/* Is that u the same, to the last digit? */
static int is_at(const fj_subordinate *a, const fj_subordinate *b)
{
    return creal(a->w) == creal(b->w) && cimag(a->w) == cimag(b->w) && a->left == b->left;
}

void fj_factors_clear(fj_factor *factor, size_t n)
{
    for (size_t k = 0; k < n; k++)
        factor[k].at.w = NAN;
}

void fj_stack_evaluate(const fj_stack *stack, const fj_stack_point *at, int with_potential,
                       fj_resolvent *r, fj_factor *factor, fj_stack_value *value, fj_follow *follow)
{
    sums s = {.value = value,
              .with_potential = with_potential,
              .unit = fmin(1, fj_size(at->rest) / fj_size(at->m))};
    value->potential = 0;
    value->potential_slope = value->potential_miss = 0;
    for (size_t k = 0; k < stack->groups; k++) {
        const fj_group *g = &stack->group[k];
        if (g->is_explicit) {
            explicit_add(&s, g, at);
            continue;
        }
        const fj_subordinate *u = &at->u[k];
        const int known = is_at(&factor[k].at, u);
        if (!known || with_potential)
            resolvent_find(g, u, r);
        if (!known) {
            factor[k].at = *u;
            factor_find(g, r, &factor[k]);
        }
        implicit_add(&s, g, &factor[k], at, &follow[k]);
        if (with_potential)
            potential_add(&s, g, u, r, &follow[k]);
    }
    const double complex n = one_plus(stack, at),
                         ratio = fj_log_turned(fj_quotient(n, at->m), 1, &s.turns);
    value->log_z = ratio + s.log_z + CMPLX(stack->log_mean, M_PI * s.turns);
    value->slope = s.slope - fj_quotient(1, n);
    value->bend[0] = s.bend[0];
    value->bend[1] = s.bend[1];
    value->bend[2] = s.bend[2] + fj_quotient(s.unit * at->m, n) * fj_quotient(s.unit, n) / 2;
    value->unit = s.unit;
    value->rounding = s.rounding + DBL_EPSILON * (4 + fabs(creal(ratio)) + fabs(stack->log_mean));
    value->argument = s.argument + fabs(cimag(ratio));
    value->blur = s.blur;
}

double fj_stack_cdf(const fj_stack *stack, const fj_stack_value *value, const fj_stack_point *at,
                    double complex dmu)
{
    const double j = value->potential + cimag(value->potential_miss + dmu * value->potential_slope);
    return 1 + (carg(one_plus(stack, at)) - j) / M_PI;
}
