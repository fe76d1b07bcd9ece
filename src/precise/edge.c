/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edges in MPFR, the distribution function beside them, and atoms.
 *
 * 1. A turning point: the zero of d log z/d log u by the secant rule, in the logarithm of the distance of u
 *    from the nearer end of its gap. log z is flat there, so it has twice the digits of u.
 * 2. An end of the law of t: a point mass leaves log z = L log(sigma_w^2 a). Where t has no mass, a turning
 *    point closer than the scan could see is looked for by bisection (SiLU at small q, where the largest t
 *    has tiny weight); without one (softplus) log z at the end itself.
 * 3. In a gap u is real, and F = 1 - [1+m < 0] c - L P(t > u), c = 1 gaussian, 1 - L orthogonal (THEORY 3.3).
 */
#include "precise_internal.h"

#include <math.h>

/* Real u = a + exp(y), or b - exp(y). */
typedef struct side {
    fj_precise_law *law;
    const fj_precise_layers *layers;
    mpfr_srcptr end;
    int sign;
    mpc_t u, log_z, slope, m, one_m;
} side;

static void side_init(side *at, fj_precise_law *law, const fj_precise_layers *layers,
                      mpfr_srcptr end, int sign)
{
    const mpfr_prec_t prec = law->rule->plan.prec;
    at->law = law;
    at->layers = layers;
    at->end = end;
    at->sign = sign;
    mpc_init2(at->u, prec);
    mpc_init2(at->log_z, prec);
    mpc_init2(at->slope, prec);
    mpc_init2(at->m, prec);
    mpc_init2(at->one_m, prec);
}

static void side_clear(side *at)
{
    mpc_clear(at->u);
    mpc_clear(at->log_z);
    mpc_clear(at->slope);
    mpc_clear(at->m);
    mpc_clear(at->one_m);
}

/* Everything at distance exp(y) from the end; returns d log z/d log u. */
static mpfr_srcptr side_at(side *at, const mpfr_t y)
{
    mpfr_t x;
    mpfr_init2(x, at->law->rule->plan.prec);
    mpfr_exp(x, y, MPFR_RNDN);
    if (at->sign < 0)
        mpfr_neg(x, x, MPFR_RNDN);
    mpfr_add(x, x, at->end, MPFR_RNDN);
    mpc_set_fr(at->u, x, MPC_RNDNN);
    mpfr_clear(x);
    fj_precise_equation_log_z(at->law, at->layers, at->u, at->log_z, at->slope, at->m, at->one_m);
    return mpc_realref(at->slope);
}

/* The secant rule from y; true when it arrives near where it started. *bend = d slope/d log u. */
static bool turning_point(side *at, mpfr_t y, long double *bend)
{
    enum { MOST = 40 };
    const long double start = mpfr_get_ld(y, MPFR_RNDN);
    const long double arrived = powl(at->law->rule->plan.floor, 0.55L);
    mpfr_t y_before, d, d_before, step;
    mpfr_inits2(at->law->rule->plan.prec, y_before, d, d_before, step, (mpfr_ptr)0);
    mpfr_set(y_before, y, MPFR_RNDN);
    mpfr_set(d_before, side_at(at, y), MPFR_RNDN);
    mpfr_add_d(y, y, 1e-7, MPFR_RNDN);
    bool good = false;
    for (int round = 0; round < MOST && !good && at->law->status == FJ_OK; round++) {
        mpfr_set(d, side_at(at, y), MPFR_RNDN);
        mpfr_sub(step, y, y_before, MPFR_RNDN);
        mpfr_sub(d_before, d, d_before, MPFR_RNDN);
        good = mpfr_zero_p(d) || (mpfr_zero_p(d_before) && round > 2);
        if (mpfr_zero_p(d_before) || mpfr_zero_p(step))
            break;
        mpfr_div(step, step, d_before, MPFR_RNDN); /* dy/d slope */
        if (fabsl(mpfr_get_ld(step, MPFR_RNDN)) > 0) {
            const long double share = expl(mpfr_get_ld(y, MPFR_RNDN)) /
                                      mpfr_get_ld(mpc_realref(at->u), MPFR_RNDN) * at->sign;
            *bend = 1 / (mpfr_get_ld(step, MPFR_RNDN) * share);
        }
        mpfr_mul(step, step, d, MPFR_RNDN);
        mpfr_set(y_before, y, MPFR_RNDN);
        mpfr_set(d_before, d, MPFR_RNDN);
        mpfr_sub(y, y, step, MPFR_RNDN);
        good = good || fabsl(mpfr_get_ld(step, MPFR_RNDN)) < arrived;
    }
    mpfr_clears(y_before, d, d_before, step, (mpfr_ptr)0);
    side_at(at, y);
    return good && fabsl(mpfr_get_ld(y, MPFR_RNDN) - start) < 0.05L;
}

/* Next to an end of the law of t without a mass: a turning point within 1e-14, or the end itself. */
static bool end_edge(side *at, mpfr_t y, long double *bend)
{
    enum { MOST = 24 };
    const long double end = mpfr_get_ld(at->end, MPFR_RNDN);
    long double low = 0.9L * logl(at->law->rule->plan.floor) + logl(end);
    long double high = -30 + logl(end);
    mpfr_set_ld(y, low, MPFR_RNDN);
    if (mpfr_sgn(side_at(at, y)) > 0)
        return true;
    for (int round = 0; round < MOST; round++) {
        const long double middle = (low + high) / 2;
        mpfr_set_ld(y, middle, MPFR_RNDN);
        if (mpfr_sgn(side_at(at, y)) > 0)
            high = middle;
        else
            low = middle;
    }
    return turning_point(at, y, bend);
}

bool fj_precise_edge_polish(fj_precise_law *law, const fj_precise_layers *layers,
                            const fj_precise_edge *edge, mpfr_t log_u, mpfr_t log_z,
                            long double *bend)
{
    fj_precise_ends ends;
    mpfr_t y;
    fj_precise_ends_make(law, &ends);
    mpfr_init2(y, law->rule->plan.prec);
    mpfr_srcptr left = ends.left[edge->end], right = ends.right[edge->end];
    *bend = 0;
    bool good = true;
    if (!edge->turning && (ends.left_mass[edge->end] || fj_precise_layers_push(layers))) {
        mpfr_log(log_u, left, MPFR_RNDN);
        mpfr_log(log_z, layers->sigma_w, MPFR_RNDN);
        mpfr_mul_2ui(log_z, log_z, 1, MPFR_RNDN);
        mpfr_add(log_z, log_z, log_u, MPFR_RNDN);
        mpfr_mul_si(log_z, log_z, layers->depth, MPFR_RNDN);
    } else {
        const long double u = expl(edge->log_u);
        const long double a = mpfr_get_ld(left, MPFR_RNDN), b = mpfr_get_ld(right, MPFR_RNDN);
        const bool from_right = edge->turning && b - u < u - a;
        side at;
        side_init(&at, law, layers, from_right ? right : left, from_right ? -1 : 1);
        mpfr_set_ld(y, edge->turning ? logl(from_right ? b - u : u - a) : 0, MPFR_RNDN);
        good = edge->turning && turning_point(&at, y, bend);
        if (!good && !from_right && !ends.left_mass[edge->end] &&
            (!edge->turning || u - a < 1e-11L * a))
            good = end_edge(&at, y, bend);
        mpfr_log(log_u, mpc_realref(at.u), MPFR_RNDN);
        mpfr_set(log_z, mpc_realref(at.log_z), MPFR_RNDN);
        side_clear(&at);
    }
    mpfr_clear(y);
    fj_precise_ends_free(&ends);
    return good && law->status == FJ_OK && mpfr_number_p(log_z);
}

void fj_precise_edge_cdf(fj_precise_law *law, const fj_precise_layers *layers,
                         const fj_precise_edge *edge, mpfr_t cdf)
{
    static const long double BESIDE = 1e-13L; /* of an edge that is a point mass, or an end */
    fj_precise_quick_point p = {.log_r = edge->log_u, .psi = -INFINITY};
    if (!edge->turning)
        p.log_r += edge->lower ? -BESIDE : BESIDE;
    fj_precise_equation_quick(law, layers, &p);
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(cdf));
    mpfr_set_ui(cdf, 1, MPFR_RNDN);
    if (creall(p.one_m) < 0)
        mpfr_sub_si(cdf, cdf, layers->gaussian ? 1 : 1 - layers->depth, MPFR_RNDN);
    for (int i = 0; i < law->n_masses; i++)
        if (mpfr_get_ld(law->value[i], MPFR_RNDN) > expl(p.log_r)) {
            mpfr_mul_si(a, law->mass[i], layers->depth, MPFR_RNDN);
            mpfr_sub(cdf, cdf, a, MPFR_RNDN);
        }
    mpfr_clear(a);
}

void fj_precise_atom_of(const fj_precise_law *law, const fj_precise_layers *layers, int i,
                        mpfr_t mass, mpfr_t s)
{
    static const long double NOTHING =
        1e-4L;                        /* of the precision: 1 - L (1 - p) = 0 up to rounding */
    if (mpfr_zero_p(law->value[i])) { /* 0 in any layer */
        mpfr_set(mass, law->mass[i], MPFR_RNDN);
        mpfr_set_zero(s, 1);
        return;
    }
    mpfr_ui_sub(mass, 1, law->mass[i], MPFR_RNDN);
    mpfr_mul_si(mass, mass, layers->depth, MPFR_RNDN);
    mpfr_ui_sub(mass, 1, mass, MPFR_RNDN);
    if (layers->gaussian || mpfr_get_ld(mass, MPFR_RNDN) < NOTHING * law->rule->plan.floor)
        mpfr_set_zero(mass, 1);
    mpfr_sqrt(s, law->value[i], MPFR_RNDN);
    mpfr_mul(s, s, layers->sigma_w, MPFR_RNDN);
    mpfr_pow_ui(s, s, (unsigned long)layers->depth, MPFR_RNDN);
    if (mpfr_zero_p(s)) /* below MPFR's range */
        mpfr_set_nan(s);
}
