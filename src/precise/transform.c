/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * m = E[t/(u-t)], g = E[1/(u-t)], dm/du = -E[t/(u-t)^2] and k = E[log(1-t/u)] at complex u.
 *
 * 1. A panel is taken when three high Legendre coefficients of w t/(u-t)^2 on its nodes (for k: of
 *    w log(1-t/u)) are below the rule's tolerance, the imaginary part against its own largest
 *    value, the real part, which can cancel, against the modulus; else it is halved. Poles near the
 *    real axis show in those coefficients, so the panels shrink geometrically towards the crossings
 *    t(h) = |u| with no need to know them. The test runs in long double, on u - t subtracted in MPFR
 *    first.
 * 2. Panels whose share of the whole is below the rule's floor are taken as they are.
 * 3. Accepted panels are summed in MPFR (fj_precise_transform_exact, _log) or in long double
 *    (transform_quick.c). Im m is a sum of terms of one sign, so it keeps its relative accuracy
 *    however small it is; 1+m is formed as u g and never as 1 + m.
 */
#include "precise_internal.h"

#include <math.h>

enum { MAX_LEVEL = 8000 };
/* Nodes of a law at most, in bits: a gigabyte or two. */
static const double MAX_BITS = 4e8;
/* Imaginary parts below this share of the modulus are rounding. */
static const long double ROUNDING = 1e-45L;

/* Real and imaginary part of the tested integrand with its weight. */
static void tested(const fj_precise_visit *v, const fj_precise_node *p, long double *re,
                   long double *im)
{
    const long double y = v->ly, x = v->lx, d = p->d, t = p->t, n = d * d + y * y;
    if (v->mode == FJ_MODE_LOG) {
        const long double u2 = x * x + y * y;
        if (t * t < 0.25L * u2)
            *re = 0.5L * p->w * log1pl(t * (t - 2 * x) / u2);
        else
            *re = 0.5L * p->w * logl(n / u2);
        *im = p->w * atan2l(t * y, y * y + x * d);
        return;
    }
    const long double gr = d / n, gi = -y / n, wt = p->w * t;
    *re = wt * (gr * gr - gi * gi);
    *im = wt * 2 * gr * gi;
}

static fj_precise_node node_of(const fj_precise_visit *v, const fj_precise_panel *p, int i)
{
    mpfr_ptr diff = v->law->s[23];
    mpfr_sub(diff, v->x, p->t[i], MPFR_RNDN);
    return (fj_precise_node){mpfr_get_ld(diff, MPFR_RNDN), p->lt[i], p->le[i], p->lw[i]};
}

/* Is the rule accurate on this panel? Leaves the size of the integrand in v->size. */
static bool resolved(fj_precise_visit *v, const fj_precise_panel *p)
{
    const fj_precise_rule *rule = v->law->rule;
    long double c[6] = {0}, top_re = 0, top_im = 0;
    v->size = v->size_m = 0;
    for (int i = 0; i < rule->plan.n; i++) {
        const fj_precise_node node = node_of(v, p, i);
        long double re, im;
        tested(v, &node, &re, &im);
        if (v->mode != FJ_MODE_LOG)
            v->size_m += node.w * node.t / hypotl(node.d, v->ly);
        for (int j = 0; j < 3; j++) {
            c[j] += rule->legendre[j][i] * re;
            c[3 + j] += rule->legendre[j][i] * im;
        }
        v->size += fabsl(re) + fabsl(im);
        top_re = fmaxl(top_re, hypotl(re, im) * rule->inverse_weight[i]);
        top_im = fmaxl(top_im, fabsl(im) * rule->inverse_weight[i]);
    }
    top_im = fmaxl(top_im, ROUNDING * top_re);
    const long double tolerance = rule->plan.tolerance;
    for (int j = 0; j < 3; j++)
        if (fabsl(c[j]) > tolerance * top_re || fabsl(c[3 + j]) > tolerance * top_im)
            return false;
    return true;
}

/*
 * What the floors are relative to, from the unrefined panels: of the sums of |re| and |im| the
 * smaller one, for the tested integrand and for w t/(u-t).
 */
static void set_floors(fj_precise_visit *v)
{
    long double sum[4] = {0};
    for (size_t r = 0; r < v->law->n_roots; r++)
        for (int i = 0; i < v->law->rule->plan.n; i++) {
            const fj_precise_node node = node_of(v, v->law->root[r], i);
            long double re, im;
            const long double g = node.w * node.t / (node.d * node.d + v->ly * v->ly);
            tested(v, &node, &re, &im);
            sum[0] += fabsl(re);
            sum[1] += fabsl(im);
            sum[2] += fabsl(g * node.d);
            sum[3] += fabsl(g * v->ly);
        }
    const long double floor = v->law->rule->plan.floor;
    v->floor = floor * (sum[1] > 0 ? fminl(sum[0], sum[1]) : sum[0]);
    v->floor_m = floor * (sum[3] > 0 ? fminl(sum[2], sum[3]) : sum[2]);
}

/* Scratch s[0..7]: 0,1 m  2,3 dm  4,5 g  6,7 k. One node of value t, weight w, product wt. */
static void add_exact(fj_precise_visit *v, const mpfr_t t, const mpfr_t w, const mpfr_t wt)
{
    mpfr_t *s = v->law->s;
    mpfr_ptr d = s[10], n = s[11], gr = s[12], gi = s[13], a = s[14];
    mpfr_sub(d, v->x, t, MPFR_RNDN);
    mpfr_sqr(n, d, MPFR_RNDN);
    mpfr_add(n, n, s[8], MPFR_RNDN); /* s[8] = y^2 */
    if (v->mode == FJ_MODE_LOG) {
        mpfr_log(n, n, MPFR_RNDN);
        mpfr_sub(n, n, s[9], MPFR_RNDN); /* s[9] = log |u|^2 */
        mpfr_mul(n, n, w, MPFR_RNDN);
        mpfr_div_2ui(n, n, 1, MPFR_RNDN);
        mpfr_add(s[6], s[6], n, MPFR_RNDN);
        mpfr_mul(gr, d, v->x, MPFR_RNDN);
        mpfr_add(gr, gr, s[8], MPFR_RNDN);
        mpfr_mul(gi, t, v->y, MPFR_RNDN);
        mpfr_atan2(a, gi, gr, MPFR_RNDN);
        mpfr_mul(a, a, w, MPFR_RNDN);
        mpfr_add(s[7], s[7], a, MPFR_RNDN);
        return;
    }
    mpfr_ui_div(n, 1, n, MPFR_RNDN);
    mpfr_mul(gr, d, n, MPFR_RNDN);
    mpfr_mul(gi, v->y, n, MPFR_RNDN); /* -Im g */
    mpfr_mul(a, gr, wt, MPFR_RNDN);
    mpfr_add(s[0], s[0], a, MPFR_RNDN);
    mpfr_mul(n, gi, wt, MPFR_RNDN);
    mpfr_sub(s[1], s[1], n, MPFR_RNDN);
    if (v->with_slope) { /* w t (gr^2 - gi^2), -2 w t gr gi */
        mpfr_mul(d, a, gr, MPFR_RNDN);
        mpfr_sub(s[2], s[2], d, MPFR_RNDN);
        mpfr_mul(d, n, gi, MPFR_RNDN);
        mpfr_add(s[2], s[2], d, MPFR_RNDN);
        mpfr_mul(d, a, gi, MPFR_RNDN);
        mpfr_mul_2ui(d, d, 1, MPFR_RNDN);
        mpfr_add(s[3], s[3], d, MPFR_RNDN);
    }
    mpfr_mul(a, gr, w, MPFR_RNDN);
    mpfr_add(s[4], s[4], a, MPFR_RNDN);
    mpfr_mul(a, gi, w, MPFR_RNDN);
    mpfr_sub(s[5], s[5], a, MPFR_RNDN);
}

static void descend(fj_precise_visit *v, fj_precise_panel *p, int level)
{
    fj_precise_law *law = v->law;
    if (law->status != FJ_OK)
        return;
    if (!resolved(v, p) && (v->size > v->floor || v->size_m > v->floor_m)) {
        if (level >= MAX_LEVEL || (double)law->n_nodes * (double)law->rule->plan.prec > MAX_BITS) {
            law->status = FJ_NO_CONVERGENCE;
            return;
        }
        if (fj_precise_panel_split(law, p)) {
            descend(v, p->child[0], level + 1);
            descend(v, p->child[1], level + 1);
        }
        return;
    }
    for (int i = 0; i < law->rule->plan.n; i++) {
        if (v->mode == FJ_MODE_QUICK) {
            const fj_precise_node node = node_of(v, p, i);
            fj_precise_quick_add(v, &node);
        } else {
            add_exact(v, p->t[i], p->w[i], p->wt[i]);
        }
    }
}

void fj_precise_visit_panels(fj_precise_visit *v)
{
    v->lx = mpfr_get_ld(v->x, MPFR_RNDN);
    v->ly = mpfr_get_ld(v->y, MPFR_RNDN);
    set_floors(v);
    for (size_t r = 0; r < v->law->n_roots; r++)
        descend(v, v->law->root[r], 0);
}

static void sum_exact(fj_precise_law *law, const mpc_t u, fj_precise_mode mode, bool with_slope)
{
    fj_precise_visit v = {.law = law,
                          .mode = mode,
                          .with_slope = with_slope,
                          .x = mpc_realref(u),
                          .y = mpc_imagref(u)};
    mpfr_t *s = law->s;
    for (int i = 0; i < 8; i++)
        mpfr_set_zero(s[i], 1);
    mpfr_sqr(s[8], v.y, MPFR_RNDN);
    mpfr_sqr(s[9], v.x, MPFR_RNDN);
    mpfr_add(s[9], s[9], s[8], MPFR_RNDN);
    mpfr_log(s[9], s[9], MPFR_RNDN);
    fj_precise_visit_panels(&v);
    for (int i = 0; i < law->n_masses; i++) {
        mpfr_mul(s[15], law->value[i], law->mass[i], MPFR_RNDN);
        add_exact(&v, law->value[i], law->mass[i], s[15]);
    }
}

void fj_precise_transform_exact(fj_precise_law *law, const mpc_t u, mpc_t m, mpc_t g, mpc_t dm)
{
    sum_exact(law, u, FJ_MODE_EXACT, dm != NULL);
    mpc_set_fr_fr(m, law->s[0], law->s[1], MPC_RNDNN);
    mpc_set_fr_fr(g, law->s[4], law->s[5], MPC_RNDNN);
    if (dm)
        mpc_set_fr_fr(dm, law->s[2], law->s[3], MPC_RNDNN);
}

void fj_precise_transform_log(fj_precise_law *law, const mpc_t u, mpc_t k)
{
    sum_exact(law, u, FJ_MODE_LOG, false);
    mpc_set_fr_fr(k, law->s[6], law->s[7], MPC_RNDNN);
}
