/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transform in long double, in forms that keep their digits at large u, where deep networks live.
 *
 * 1. The panels are those of transform.c; nine sums over them.
 * 2. With e = t - mu_1 and d = u - mu_1, both E e = 0: y - mu_1/d = u e/(d (u - t)) for y = t/(u - t), so
 *    E[(y-m)^2] = (u/d)^2 (E[(e/(u-t))^2] - E[e/(u-t)]^2), and m u - mu_1 (1+m) = (u/d) E[e^2/(u-t)].
 *    Where that is far below 1, u is far from t compared to the spread of t, or at large u.
 * 3. At small u: E[y + y^2] = u E[t/(u-t)^2], and Var y = Var(1 + y) = u^2 Var(1/(u-t)).
 */
#include "precise_internal.h"

#include <math.h>

/* m u/(mu_1 (1+m)) - 1 below this: far from the law of t. */
static const long double FAR = 1e-3L;

void fj_precise_quick_add(fj_precise_visit *v, const fj_precise_node *p)
{
    const long double n = p->d * p->d + v->ly * v->ly;
    const long double complex g = fj_make_complex(p->d / n, -v->ly / n);
    const long double complex wg = p->w * g, square = wg * g;
    v->sum[0] += p->t * wg;
    v->sum[1] += wg;
    v->sum[2] += p->t * p->t * wg;
    v->sum[3] += p->t * p->t * square;
    v->sum[4] += p->e * wg;
    v->sum[5] += p->e * p->e * wg;
    v->sum[6] += p->e * p->e * square;
    v->sum[7] += p->t * square;
    v->sum[8] += square;
}

static void add_masses(fj_precise_visit *v)
{
    fj_precise_law *law = v->law;
    mpfr_ptr a = law->s[0];
    for (int i = 0; i < law->n_masses; i++) {
        fj_precise_node node = {.t = mpfr_get_ld(law->value[i], MPFR_RNDN),
                                .w = mpfr_get_ld(law->mass[i], MPFR_RNDN)};
        mpfr_sub(a, v->x, law->value[i], MPFR_RNDN);
        node.d = mpfr_get_ld(a, MPFR_RNDN);
        mpfr_sub(a, law->value[i], law->mu_1, MPFR_RNDN);
        node.e = mpfr_get_ld(a, MPFR_RNDN);
        fj_precise_quick_add(v, &node);
    }
}

void fj_precise_transform_quick(fj_precise_law *law, long double complex u, fj_precise_quick *out)
{
    mpfr_t x, y;
    mpfr_inits2(law->rule->plan.prec, x, y, (mpfr_ptr)0);
    mpfr_set_ld(x, creall(u), MPFR_RNDN);
    mpfr_set_ld(y, cimagl(u), MPFR_RNDN);
    fj_precise_visit v = {.law = law, .mode = FJ_MODE_QUICK, .x = x, .y = y};
    fj_precise_visit_panels(&v);
    add_masses(&v);
    const long double complex ratio = u / (u - law->lmu_1);
    out->m = v.sum[0];
    out->y2 = v.sum[3];
    out->dm = -v.sum[7];
    out->m_y2 = u * v.sum[7];
    /* Re(u g); Im(1+m) is Im m, a sum of one sign */
    out->one_m = fj_make_complex(v.lx * creall(v.sum[1]) - v.ly * cimagl(v.sum[1]), cimagl(out->m));
    out->x = v.sum[2] / law->lmu_1;
    out->x_free = ratio * v.sum[5] / (law->lmu_1 * out->one_m);
    /* m u = E[t u/(u-t)] = mu_1 + E[t^2/(u-t)], the form that does not cancel */
    out->near = cabsl(u) < 2 * law->lmu_1 && !(cabsl(out->x_free) < FAR);
    const bool near = out->near;
    out->mu = near ? u * out->m : law->lmu_1 + v.sum[2];
    out->variance = near ? u * u * (v.sum[8] - v.sum[1] * v.sum[1])
                         : ratio * ratio * (v.sum[6] - v.sum[4] * v.sum[4]);
    mpfr_clears(x, y, (mpfr_ptr)0);
}
