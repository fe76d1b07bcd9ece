/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * m = E[t/(u-t)], g = E[1/(u-t)], dm/du = -E[t/(u-t)^2] and k = E[log(1-t/u)] at complex u.
 *
 * 1. A panel is taken when three high Legendre coefficients of w t/(u-t)^2 on its nodes (for k: of
 *    w log(1-t/u)) are below the rule's tolerance, the imaginary part against its own largest
 *    value, the real part, which can cancel, against the modulus; else it is halved. Poles near the real axis show in those coefficients, so
 *    the panels shrink geometrically towards the crossings t(h) = |u| with no need to know them.
 *    The test runs in long double, on u - t subtracted in MPFR first.
 * 2. Panels whose share of the whole is below the rule's floor are taken as they are.
 * 3. Accepted panels are summed in MPFR (transform_exact, transform_log) or in long double
 *    (transform_quick). Im m is a sum of terms of one sign, so it keeps its relative accuracy
 *    however small it is; 1+m is formed as u g and never as 1 + m.
 */
#include "reference.h"

#include <math.h>

enum mode { MODE_QUICK, MODE_EXACT, MODE_LOG };
enum { MAX_LEVEL = 400, MAX_NODES = 1500000 };

struct visit {
    struct law *law;
    enum mode mode;
    bool with_slope;
    mpfr_srcptr x, y; /* u = x + i y */
    long double lx, ly;
    long double floor, floor_m; /* for the tested integrand, and for w t/(u-t) */
    long double sum[8];         /* quick: m, dm, g, E[t^2/(u-t)], re and im each */
    long double part[8];
    long double size, size_m; /* of the same on the panel last tested */
};

/* Real and imaginary part of the tested integrand with its weight, d = x - t. */
static void tested(struct visit *v, long double d, long double t, long double w, long double *re,
                   long double *im)
{
    long double y = v->ly, x = v->lx, n = d * d + y * y;
    if (v->mode == MODE_LOG) {
        long double u2 = x * x + y * y;
        if (t * t < 0.25L * u2)
            *re = 0.5L * w * log1pl(t * (t - 2 * x) / u2);
        else
            *re = 0.5L * w * logl(n / u2);
        *im = w * atan2l(t * y, y * y + x * d);
        return;
    }
    long double gr = d / n, gi = -y / n, wt = w * t;
    *re = wt * (gr * gr - gi * gi);
    *im = wt * 2 * gr * gi;
    if (v->mode == MODE_QUICK) {
        const long double add[8] = {wt * gr, wt * gi, -*re,        -*im,
                                    w * gr,  w * gi,  wt * t * gr, wt * t * gi};
        for (int j = 0; j < 8; j++)
            v->part[j] += add[j];
    }
}

/* Is the rule accurate on this panel? Leaves the size of the integrand in v->size. */
static bool resolved(struct visit *v, const struct panel *p)
{
    bool log_mode = v->mode == MODE_LOG;
    const struct rule *rule = v->law->rule;
    mpfr_ptr diff = v->law->s[23];
    long double c[6] = {0}, top_re = 0, top_im = 0;
    v->size = v->size_m = 0;
    for (int j = 0; j < 8; j++)
        v->part[j] = 0;
    for (int i = 0; i < rule->n; i++) {
        long double re, im;
        mpfr_sub(diff, v->x, p->t[i], MPFR_RNDN);
        long double d = mpfr_get_ld(diff, MPFR_RNDN);
        tested(v, d, p->lt[i], p->lw[i], &re, &im);
        if (!log_mode)
            v->size_m += p->lw[i] * p->lt[i] / hypotl(d, v->ly);
        for (int j = 0; j < 3; j++) {
            c[j] += rule->legendre[j][i] * re;
            c[3 + j] += rule->legendre[j][i] * im;
        }
        v->size += fabsl(re) + fabsl(im);
        top_re = fmaxl(top_re, hypotl(re, im) * rule->inverse_weight[i]);
        top_im = fmaxl(top_im, fabsl(im) * rule->inverse_weight[i]);
    }
    top_im = fmaxl(top_im, 1e-45L * top_re); /* below that it is rounding */
    for (int j = 0; j < 3; j++)
        if (fabsl(c[j]) > rule->tolerance * top_re || fabsl(c[3 + j]) > rule->tolerance * top_im)
            return false;
    return true;
}

/*
 * What the floors are relative to, from the unrefined panels: of the sums of |re| and |im| the
 * smaller one, for the tested integrand and for w t/(u-t).
 */
static void set_floors(struct visit *v)
{
    long double sum[4] = {0};
    mpfr_ptr diff = v->law->s[23];
    for (int r = 0; r < v->law->n_roots; r++)
        for (int i = 0; i < v->law->rule->n; i++) {
            const struct panel *p = v->law->root[r];
            long double re, im, d, g;
            mpfr_sub(diff, v->x, p->t[i], MPFR_RNDN);
            d = mpfr_get_ld(diff, MPFR_RNDN);
            g = p->lw[i] * p->lt[i] / (d * d + v->ly * v->ly);
            tested(v, d, p->lt[i], p->lw[i], &re, &im);
            sum[0] += fabsl(re);
            sum[1] += fabsl(im);
            sum[2] += fabsl(g * d);
            sum[3] += fabsl(g * v->ly);
        }
    long double floor = v->law->rule->floor;
    v->floor = floor * (sum[1] > 0 ? fminl(sum[0], sum[1]) : sum[0]);
    v->floor_m = floor * (sum[3] > 0 ? fminl(sum[2], sum[3]) : sum[2]);
}

/* Scratch s[0..7]: 0,1 m  2,3 dm  4,5 g  6,7 k. One node of value t, weight w, product wt. */
static void add_exact(struct visit *v, const mpfr_t t, const mpfr_t w, const mpfr_t wt)
{
    mpfr_t *s = v->law->s;
    mpfr_ptr d = s[10], n = s[11], gr = s[12], gi = s[13], a = s[14];
    mpfr_sub(d, v->x, t, MPFR_RNDN);
    mpfr_sqr(n, d, MPFR_RNDN);
    mpfr_add(n, n, s[8], MPFR_RNDN); /* s[8] = y^2 */
    if (v->mode == MODE_LOG) {
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

static void descend(struct visit *v, struct panel *p, int level)
{
    if (!resolved(v, p) && (v->size > v->floor || v->size_m > v->floor_m)) {
        if (level >= MAX_LEVEL || v->law->n_nodes > MAX_NODES) {
            v->law->failed = true;
            return;
        }
        panel_split(v->law, p);
        descend(v, p->child[0], level + 1);
        descend(v, p->child[1], level + 1);
        return;
    }
    if (v->mode == MODE_QUICK) {
        for (int j = 0; j < 8; j++)
            v->sum[j] += v->part[j];
        return;
    }
    for (int i = 0; i < v->law->rule->n; i++)
        add_exact(v, p->t[i], p->w[i], p->wt[i]);
}

static void sum_panels(struct visit *v)
{
    v->lx = mpfr_get_ld(v->x, MPFR_RNDN);
    v->ly = mpfr_get_ld(v->y, MPFR_RNDN);
    set_floors(v);
    for (int r = 0; r < v->law->n_roots; r++)
        descend(v, v->law->root[r], 0);
}

void transform_quick(struct law *law, long double complex u, struct quick *out)
{
    mpfr_t x, y;
    mpfr_inits2(law->rule->prec, x, y, (mpfr_ptr)0);
    mpfr_set_ld(x, creall(u), MPFR_RNDN);
    mpfr_set_ld(y, cimagl(u), MPFR_RNDN);
    struct visit v = {.law = law, .mode = MODE_QUICK, .x = x, .y = y};
    sum_panels(&v);
    for (int i = 0; i < law->n_atoms; i++) {
        long double re, im, t = mpfr_get_ld(law->value[i], MPFR_RNDN);
        mpfr_sub(law->s[0], x, law->value[i], MPFR_RNDN);
        for (int j = 0; j < 8; j++)
            v.part[j] = 0;
        tested(&v, mpfr_get_ld(law->s[0], MPFR_RNDN), t, mpfr_get_ld(law->mass[i], MPFR_RNDN), &re,
               &im);
        for (int j = 0; j < 8; j++)
            v.sum[j] += v.part[j];
    }
    out->m = make_complex(v.sum[0], v.sum[1]);
    out->dm = make_complex(v.sum[2], v.sum[3]);
    /* Re(u g); Im(1+m) is Im m, a sum of one sign */
    out->one_m = make_complex(v.lx * v.sum[4] - v.ly * v.sum[5], v.sum[1]);
    /* m u = E[t u/(u-t)] = mu_1 + E[t^2/(u-t)], the form that does not cancel */
    if (hypotl(v.lx, v.ly) < law->lmu_1)
        out->mu =
            make_complex(v.lx * v.sum[0] - v.ly * v.sum[1], v.lx * v.sum[1] + v.ly * v.sum[0]);
    else
        out->mu = make_complex(law->lmu_1 + v.sum[6], v.sum[7]);
    mpfr_clears(x, y, (mpfr_ptr)0);
}

static void sum_exact(struct law *law, const mpc_t u, enum mode mode, bool with_slope)
{
    struct visit v = {.law = law,
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
    sum_panels(&v);
    for (int i = 0; i < law->n_atoms; i++) {
        mpfr_mul(s[15], law->value[i], law->mass[i], MPFR_RNDN);
        add_exact(&v, law->value[i], law->mass[i], s[15]);
    }
}

void transform_exact(struct law *law, const mpc_t u, mpc_t m, mpc_t g, mpc_t dm)
{
    sum_exact(law, u, MODE_EXACT, dm != NULL);
    mpc_set_fr_fr(m, law->s[0], law->s[1], MPC_RNDNN);
    mpc_set_fr_fr(g, law->s[4], law->s[5], MPC_RNDNN);
    if (dm)
        mpc_set_fr_fr(dm, law->s[2], law->s[3], MPC_RNDNN);
}

void transform_log(struct law *law, const mpc_t u, mpc_t k)
{
    sum_exact(law, u, MODE_LOG, false);
    mpc_set_fr_fr(k, law->s[6], law->s[7], MPC_RNDNN);
}
