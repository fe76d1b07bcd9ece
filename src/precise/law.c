/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The law of t = phi'(sqrt(q) h)^2, h ~ N(0,1), as panels of quadrature nodes.
 *
 * 1. The smooth part of the line (half of it for even phi', with weight 2) is cut into equal
 *    panels, starting at 0, where the kinks are; near 0, where phi' varies over 1/sqrt(q), into
 *    ones that double in length.
 * 2. Panels are halved only where an integrand asks for it (transform.c). Nodes, t and weights are
 *    computed when a panel is first used and kept, since one spectrum uses them again and again.
 * 3. Flat pieces are masses of t, known exactly.
 */
#include "precise_internal.h"

#include <math.h>
#include <stdlib.h>

/* Nodes kept at most between two evaluations, in bits. */
static const double KEPT_BITS = 6e7;

static void panel_fill(const fj_precise_law *law, fj_precise_panel *p)
{
    const fj_precise_rule *rule = law->rule;
    const mpfr_prec_t prec = rule->plan.prec;
    mpfr_t h, x, c;
    mpfr_inits2(prec, h, x, c, (mpfr_ptr)0);
    mpfr_const_pi(c, MPFR_RNDN); /* c = half (2 when even) / sqrt(2 pi) */
    mpfr_mul_2ui(c, c, 1, MPFR_RNDN);
    mpfr_rec_sqrt(c, c, MPFR_RNDN);
    mpfr_mul(c, c, p->half, MPFR_RNDN);
    if (law->smooth == FJ_SMOOTH_EVEN)
        mpfr_mul_2ui(c, c, 1, MPFR_RNDN);
    for (int i = 0; i < rule->plan.n; i++) {
        mpfr_mul(h, rule->node[i], p->half, MPFR_RNDN);
        mpfr_add(h, h, p->middle, MPFR_RNDN);
        mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
        fj_precise_phi_slope(&law->phi, p->t[i], x);
        mpfr_sqr(p->t[i], p->t[i], MPFR_RNDN);
        mpfr_sqr(h, h, MPFR_RNDN);
        mpfr_div_si(h, h, -2, MPFR_RNDN);
        mpfr_exp(h, h, MPFR_RNDN);
        mpfr_mul(h, h, c, MPFR_RNDN);
        mpfr_mul(p->w[i], h, rule->weight[i], MPFR_RNDN);
        mpfr_mul(p->wt[i], p->w[i], p->t[i], MPFR_RNDN);
        p->lt[i] = mpfr_get_ld(p->t[i], MPFR_RNDN);
        p->lw[i] = mpfr_get_ld(p->w[i], MPFR_RNDN);
        mpfr_sub(x, p->t[i], law->mu_1, MPFR_RNDN);
        p->le[i] = mpfr_get_ld(x, MPFR_RNDN);
    }
    mpfr_clears(h, x, c, (mpfr_ptr)0);
}

static void panel_free(const fj_precise_law *law, fj_precise_panel *p)
{
    if (!p)
        return;
    panel_free(law, p->child[0]);
    panel_free(law, p->child[1]);
    fj_precise_array_free(p->t, 3 * (size_t)law->rule->plan.n);
    mpfr_clears(p->middle, p->half, (mpfr_ptr)0);
    free(p->lt);
    free(p);
}

static fj_precise_panel *panel_make(fj_precise_law *law, const mpfr_t low, const mpfr_t high)
{
    const size_t n = (size_t)law->rule->plan.n;
    const mpfr_prec_t prec = law->rule->plan.prec;
    fj_precise_panel *p = calloc(1, sizeof *p);
    mpfr_t *t = p ? fj_precise_array(3 * n, prec) : NULL;
    long double *lt = t ? malloc(3 * n * sizeof *lt) : NULL;
    if (!lt) {
        fj_precise_array_free(t, 3 * n);
        free(p);
        law->status = FJ_NO_MEMORY;
        return NULL;
    }
    mpfr_inits2(prec, p->middle, p->half, (mpfr_ptr)0);
    mpfr_add(p->middle, low, high, MPFR_RNDN);
    mpfr_div_2ui(p->middle, p->middle, 1, MPFR_RNDN);
    mpfr_sub(p->half, high, low, MPFR_RNDN);
    mpfr_div_2ui(p->half, p->half, 1, MPFR_RNDN);
    p->t = t, p->w = t + n, p->wt = t + 2 * n;
    p->lt = lt, p->lw = lt + n, p->le = lt + 2 * n;
    panel_fill(law, p);
    law->n_nodes += (long)n;
    return p;
}

bool fj_precise_panel_split(fj_precise_law *law, fj_precise_panel *p)
{
    mpfr_t end;
    mpfr_init2(end, law->rule->plan.prec);
    mpfr_sub(end, p->middle, p->half, MPFR_RNDN);
    if (!p->child[0])
        p->child[0] = panel_make(law, end, p->middle);
    mpfr_add(end, p->middle, p->half, MPFR_RNDN);
    if (!p->child[1])
        p->child[1] = panel_make(law, p->middle, end);
    mpfr_clear(end);
    return p->child[0] && p->child[1];
}

mpfr_t *fj_precise_cuts(const fj_precise_law *law, size_t *n)
{
    const fj_precise_plan *plan = &law->rule->plan;
    mpfr_t step, fine;
    mpfr_inits2(plan->prec, step, fine, (mpfr_ptr)0);
    mpfr_set_d(step, plan->reach, MPFR_RNDN);
    mpfr_div_si(step, step, plan->panels, MPFR_RNDN);
    /* where phi' begins to vary; a step is a few of those at most */
    mpfr_ui_div(fine, 2, law->sqrt_q, MPFR_RNDN);
    if (law->phi.shape == FJ_SHAPE_SOFTPLUS)
        mpfr_div(fine, fine, law->phi.parameter, MPFR_RNDN);
    size_t doublings = 0;
    while (mpfr_cmp(fine, step) < 0 && doublings < 4000) {
        mpfr_mul_2ui(fine, fine, 1, MPFR_RNDN);
        doublings++;
    }
    *n = 1 + doublings + (size_t)plan->panels;
    mpfr_t *cut = fj_precise_array(*n, plan->prec);
    for (size_t i = 1; cut && i < *n; i++) {
        if (i <= doublings)
            mpfr_div_2ui(cut[i], step, doublings + 1 - i, MPFR_RNDN);
        else
            mpfr_mul_ui(cut[i], step, i - doublings, MPFR_RNDN);
    }
    mpfr_clears(step, fine, (mpfr_ptr)0);
    return cut;
}

static void make_roots(fj_precise_law *law)
{
    size_t n;
    mpfr_t *cut = fj_precise_cuts(law, &n);
    law->root = calloc(2 * n, sizeof(fj_precise_panel *));
    if (!cut || !law->root) {
        law->status = FJ_NO_MEMORY;
        fj_precise_array_free(cut, n);
        return;
    }
    mpfr_t low, high;
    mpfr_inits2(law->rule->plan.prec, low, high, (mpfr_ptr)0);
    for (int side = -1; side <= 1; side += 2) {
        if (side < 0 ? law->smooth == FJ_SMOOTH_EVEN : law->smooth == FJ_SMOOTH_NEGATIVE)
            continue;
        for (size_t i = 0; i + 1 < n && law->status == FJ_OK; i++) {
            mpfr_mul_si(low, cut[side < 0 ? i + 1 : i], side, MPFR_RNDN);
            mpfr_mul_si(high, cut[side < 0 ? i : i + 1], side, MPFR_RNDN);
            law->root[law->n_roots] = panel_make(law, low, high);
            law->n_roots += law->status == FJ_OK;
        }
    }
    mpfr_clears(low, high, (mpfr_ptr)0);
    fj_precise_array_free(cut, n);
}

fj_precise_law *fj_precise_law_new(const fj_precise_spec *spec, const mpfr_t q,
                                   const fj_precise_rule *rule)
{
    const mpfr_prec_t prec = rule->plan.prec;
    fj_precise_law *law = calloc(1, sizeof *law);
    if (!law)
        return NULL;
    law->rule = rule;
    fj_precise_phi_init(&law->phi, spec, prec);
    mpfr_inits2(prec, law->q, law->sqrt_q, law->mu_1, law->log_mu_1, (mpfr_ptr)0);
    for (int i = 0; i < FJ_PRECISE_MASSES_MAX; i++)
        mpfr_inits2(prec, law->value[i], law->mass[i], (mpfr_ptr)0);
    for (int i = 0; i < FJ_PRECISE_SCRATCH; i++)
        mpfr_init2(law->s[i], prec);
    mpfr_set(law->q, q, MPFR_RNDN);
    mpfr_sqrt(law->sqrt_q, law->q, MPFR_RNDN);
    law->smooth = mpfr_zero_p(law->q) ? FJ_SMOOTH_NONE : law->phi.smooth;
    law->n_masses = fj_precise_phi_masses(&law->phi, law->sqrt_q, law->value, law->mass);
    if (law->smooth == FJ_SMOOTH_NONE)
        fj_precise_line_moments(law, 1, &law->mu_1);
    return law;
}

fj_precise_law *fj_precise_law_make(const fj_precise_spec *spec, const mpfr_t q,
                                    const fj_precise_rule *rule)
{
    fj_precise_law *law = fj_precise_law_new(spec, q, rule);
    if (!law)
        return NULL;
    law->status = fj_precise_line_moments(law, 1, &law->mu_1);
    mpfr_log(law->log_mu_1, law->mu_1, MPFR_RNDN);
    law->lmu_1 = mpfr_get_ld(law->mu_1, MPFR_RNDN);
    if (law->smooth != FJ_SMOOTH_NONE && law->status == FJ_OK)
        make_roots(law);
    return law;
}

void fj_precise_law_trim(fj_precise_law *law)
{
    if ((double)law->n_nodes * (double)law->rule->plan.prec < KEPT_BITS)
        return;
    for (size_t i = 0; i < law->n_roots; i++)
        for (int j = 0; j < 2; j++) {
            panel_free(law, law->root[i]->child[j]);
            law->root[i]->child[j] = NULL;
        }
    law->n_nodes = (long)law->n_roots * law->rule->plan.n;
}

void fj_precise_law_free(fj_precise_law *law)
{
    if (!law)
        return;
    for (size_t i = 0; i < law->n_roots; i++)
        panel_free(law, law->root[i]);
    free(law->root);
    for (int i = 0; i < FJ_PRECISE_MASSES_MAX; i++)
        mpfr_clears(law->value[i], law->mass[i], (mpfr_ptr)0);
    for (int i = 0; i < FJ_PRECISE_SCRATCH; i++)
        mpfr_clear(law->s[i]);
    mpfr_clears(law->q, law->sqrt_q, law->mu_1, law->log_mu_1, (mpfr_ptr)0);
    fj_precise_phi_clear(&law->phi);
    free(law);
}

bool fj_precise_near(const mpfr_t a, const mpfr_t b, const fj_precise_law *law)
{
    static const long double ROUNDING = 1e9L; /* of the law's floor */
    mpfr_t d;
    mpfr_init2(d, law->rule->plan.prec);
    mpfr_sub(d, a, b, MPFR_RNDN);
    const bool near = mpfr_zero_p(d) ||
                      (!mpfr_zero_p(b) &&
                       mpfr_get_exp(d) - mpfr_get_exp(b) < log2l(ROUNDING * law->rule->plan.floor));
    mpfr_clear(d);
    return near;
}

void fj_precise_root_exp(mpfr_t y, const mpfr_t x)
{
    mpfr_div_2ui(y, x, 1, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    if (mpfr_zero_p(y))
        mpfr_set_nan(y);
}
