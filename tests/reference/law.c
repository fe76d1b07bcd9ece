/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The law of t = phi'(sqrt(q) h)^2, h ~ N(0,1), as panels of quadrature nodes.
 *
 * 1. The smooth part of the line (half of it for even phi', with weight 2) is cut into equal
 *    panels, starting at the kink at 0 where there is one.
 * 2. Panels are halved only where an integrand asks for it (transform.c). Nodes, t and weights are
 *    computed when a panel is first used and kept, since one spectrum uses them again and again.
 * 3. Flat pieces are atoms of t with exact masses.
 */
#include "reference.h"

#include <math.h>
#include <stdlib.h>

static struct panel *panel_make(struct law *law, const mpfr_t low, const mpfr_t high)
{
    const struct rule *rule = law->rule;
    int n = rule->n;
    struct panel *p = calloc(1, sizeof(*p));
    mpfr_inits2(rule->prec, p->middle, p->half, (mpfr_ptr)0);
    mpfr_add(p->middle, low, high, MPFR_RNDN);
    mpfr_div_2ui(p->middle, p->middle, 1, MPFR_RNDN);
    mpfr_sub(p->half, high, low, MPFR_RNDN);
    mpfr_div_2ui(p->half, p->half, 1, MPFR_RNDN);
    p->t = malloc(3 * n * sizeof(mpfr_t));
    p->w = p->t + n;
    p->wt = p->t + 2 * n;
    p->lt = malloc(2 * n * sizeof(long double));
    p->lw = p->lt + n;
    mpfr_t h, x, c;
    mpfr_inits2(rule->prec, h, x, c, (mpfr_ptr)0);
    mpfr_const_pi(c, MPFR_RNDN); /* c = half (2 when even) / sqrt(2 pi) */
    mpfr_mul_2ui(c, c, 1, MPFR_RNDN);
    mpfr_rec_sqrt(c, c, MPFR_RNDN);
    mpfr_mul(c, c, p->half, MPFR_RNDN);
    if (law->act->smooth == SMOOTH_EVEN)
        mpfr_mul_2ui(c, c, 1, MPFR_RNDN);
    for (int i = 0; i < n; i++) {
        mpfr_inits2(rule->prec, p->t[i], p->w[i], p->wt[i], (mpfr_ptr)0);
        mpfr_mul(h, rule->node[i], p->half, MPFR_RNDN);
        mpfr_add(h, h, p->middle, MPFR_RNDN);
        mpfr_mul(x, h, law->sqrt_q, MPFR_RNDN);
        activation_slope(law->act, p->t[i], x);
        mpfr_sqr(p->t[i], p->t[i], MPFR_RNDN);
        mpfr_sqr(h, h, MPFR_RNDN);
        mpfr_div_si(h, h, -2, MPFR_RNDN);
        mpfr_exp(h, h, MPFR_RNDN);
        mpfr_mul(h, h, c, MPFR_RNDN);
        mpfr_mul(p->w[i], h, rule->weight[i], MPFR_RNDN);
        mpfr_mul(p->wt[i], p->w[i], p->t[i], MPFR_RNDN);
        p->lt[i] = mpfr_get_ld(p->t[i], MPFR_RNDN);
        p->lw[i] = mpfr_get_ld(p->w[i], MPFR_RNDN);
    }
    law->n_nodes += n;
    mpfr_clears(h, x, c, (mpfr_ptr)0);
    return p;
}

static void panel_free(const struct law *law, struct panel *p)
{
    if (!p)
        return;
    panel_free(law, p->child[0]);
    panel_free(law, p->child[1]);
    for (int i = 0; i < law->rule->n; i++)
        mpfr_clears(p->t[i], p->w[i], p->wt[i], (mpfr_ptr)0);
    mpfr_clears(p->middle, p->half, (mpfr_ptr)0);
    free(p->t);
    free(p->lt);
    free(p);
}

void panel_split(struct law *law, struct panel *p)
{
    if (p->child[0])
        return;
    mpfr_t end;
    mpfr_init2(end, law->rule->prec);
    mpfr_sub(end, p->middle, p->half, MPFR_RNDN);
    p->child[0] = panel_make(law, end, p->middle);
    mpfr_add(end, p->middle, p->half, MPFR_RNDN);
    p->child[1] = panel_make(law, p->middle, end);
    mpfr_clear(end);
}

static void make_roots(struct law *law)
{
    const struct rule *rule = law->rule;
    int first = 0, last = rule->panels;
    if (law->act->smooth == SMOOTH_NONE)
        last = 0;
    else if (law->act->smooth == SMOOTH_WHOLE)
        first = -rule->panels;
    else if (law->act->smooth == SMOOTH_NEGATIVE)
        first = -rule->panels, last = 0;
    law->root = calloc(last - first + 1, sizeof(*law->root));
    mpfr_t a, b;
    mpfr_inits2(rule->prec, a, b, (mpfr_ptr)0);
    for (int i = first; i < last; i++) {
        mpfr_set_d(a, rule->reach, MPFR_RNDN);
        mpfr_div_si(a, a, rule->panels, MPFR_RNDN);
        mpfr_mul_si(b, a, i + 1, MPFR_RNDN);
        mpfr_mul_si(a, a, i, MPFR_RNDN);
        law->root[law->n_roots++] = panel_make(law, a, b);
    }
    mpfr_clears(a, b, (mpfr_ptr)0);
}

struct law *law_make(const struct activation *act, double q, const struct rule *rule)
{
    struct law *law = calloc(1, sizeof(*law));
    law->act = act;
    law->q = q;
    law->rule = rule;
    mpfr_inits2(rule->prec, law->sqrt_q, law->mu_1, law->log_mu_1, (mpfr_ptr)0);
    for (int i = 0; i < MAX_ATOMS; i++)
        mpfr_inits2(rule->prec, law->value[i], law->mass[i], (mpfr_ptr)0);
    for (int i = 0; i < (int)(sizeof(law->s) / sizeof(law->s[0])); i++)
        mpfr_init2(law->s[i], rule->prec);
    mpfr_set_d(law->sqrt_q, q, MPFR_RNDN);
    mpfr_sqrt(law->sqrt_q, law->sqrt_q, MPFR_RNDN);
    law->n_atoms = activation_atoms(act, law->sqrt_q, law->value, law->mass);
    make_roots(law);
    mpfr_t mu[6];
    for (int i = 0; i < 6; i++)
        mpfr_init2(mu[i], rule->prec);
    law->failed = !line_moments(law, mu);
    mpfr_set(law->mu_1, mu[0], MPFR_RNDN);
    mpfr_log(law->log_mu_1, law->mu_1, MPFR_RNDN);
    law->lmu_1 = mpfr_get_ld(law->mu_1, MPFR_RNDN);
    for (int i = 0; i < 6; i++)
        mpfr_clear(mu[i]);
    return law;
}

void law_trim(struct law *law)
{
    if (law->n_nodes < 300000)
        return;
    for (int i = 0; i < law->n_roots; i++)
        for (int j = 0; j < 2; j++) {
            panel_free(law, law->root[i]->child[j]);
            law->root[i]->child[j] = NULL;
        }
    law->n_nodes = (long)law->n_roots * law->rule->n;
}

void law_free(struct law *law)
{
    for (int i = 0; i < law->n_roots; i++)
        panel_free(law, law->root[i]);
    free(law->root);
    for (int i = 0; i < MAX_ATOMS; i++)
        mpfr_clears(law->value[i], law->mass[i], (mpfr_ptr)0);
    for (int i = 0; i < (int)(sizeof(law->s) / sizeof(law->s[0])); i++)
        mpfr_clear(law->s[i]);
    mpfr_clears(law->sqrt_q, law->mu_1, law->log_mu_1, (mpfr_ptr)0);
    free(law);
}
