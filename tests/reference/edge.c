/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edges of the spectrum.
 *
 * 1. Edges come from real u > 0 in the gaps of the law of t. On a gap m is real; u is outside the
 *    spectrum exactly when arg z = 0 there (count of negative factors) and d log z/d log u > 0:
 *    arg z/sin(theta) increases with theta and has that derivative as its limit at theta = 0.
 * 2. Each gap is scanned on a grid graded to its ends, changes between inside and outside are
 *    bisected in long double, then polished by the secant rule on d log z/d log u in MPFR. log z is
 *    flat there, so s has twice the digits of u.
 * 3. At an end of a gap the state may change without a turning point (the sup of t of softplus; a
 *    point mass of t that has just lost its atom): that end itself is the edge.
 */
#include "reference.h"

#include <math.h>

enum { GRID = 260 };

static void add_gap(struct ends *ends, const mpfr_t left, const mpfr_t right, bool left_atom,
                    bool right_atom)
{
    mpfr_set(ends->left[ends->n], left, MPFR_RNDN);
    mpfr_set(ends->right[ends->n], right, MPFR_RNDN);
    ends->left_atom[ends->n] = left_atom;
    ends->right_atom[ends->n++] = right_atom;
}

void ends_make(const struct law *law, struct ends *ends)
{
    mpfr_prec_t prec = law->rule->prec;
    mpfr_t low, high;
    mpfr_inits2(prec, low, high, (mpfr_ptr)0);
    for (int i = 0; i < MAX_GAPS; i++)
        mpfr_inits2(prec, ends->left[i], ends->right[i], (mpfr_ptr)0);
    ends->n = 0;
    ends->last_open = true;
    bool smooth = activation_range(law->act, low, high), isolated = false;
    if (!smooth)
        mpfr_set_zero(high, 1);
    /* the range starts at 0; positive atoms above it are isolated, in increasing order */
    for (int i = 0; i < law->n_atoms; i++) {
        if (mpfr_cmp(law->value[i], high) <= 0)
            continue;
        add_gap(ends, high, law->value[i], isolated, true);
        mpfr_set(high, law->value[i], MPFR_RNDN);
        isolated = true;
    }
    mpfr_set_inf(low, 1);
    add_gap(ends, high, low, isolated, false);
    mpfr_clears(low, high, (mpfr_ptr)0);
}

void ends_free(struct ends *ends)
{
    for (int i = 0; i < MAX_GAPS; i++)
        mpfr_clears(ends->left[i], ends->right[i], (mpfr_ptr)0);
}

static bool outside(struct law *law, const struct network *net, long double log_u)
{
    struct quick_point p = {.log_r = log_u, .psi = -INFINITY};
    equation_quick(law, net, &p);
    long double m = creall(p.m), one_m = creall(p.one_m);
    long turns = m < 0 && one_m > 0; /* arg z / pi at u + i 0 */
    if (m < 0)
        turns -= net->depth;
    if (one_m < 0 && !net->gaussian)
        turns += net->depth;
    return turns == 0 && creall(p.slope) > 0;
}

static long double grid_point(const struct ends *ends, int gap, int i)
{
    long double a = mpfr_get_ld(ends->left[gap], MPFR_RNDN);
    long double b = mpfr_get_ld(ends->right[gap], MPFR_RNDN);
    if (isinf(b)) /* a (1 + 10^x), x from -14 to 10 */
        return a * (1 + powl(10, -14 + 24.0L * i / (GRID - 1)));
    int half = GRID / 2;
    long double low = a > 0 ? -14 : -60;
    if (i < half)
        return a + (b - a) * powl(10, low + (-0.3L - low) * i / (half - 1));
    return b - (b - a) * powl(10, -0.31L + (-13.7L) * (i - half) / (half - 1));
}

static long double bisect(struct law *law, const struct network *net, long double low,
                          long double high)
{
    bool state = outside(law, net, low);
    for (int i = 0; i < 80 && high - low > 1e-18L * fabsl(high); i++) {
        long double middle = (low + high) / 2;
        if (outside(law, net, middle) == state)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

int edges_find(struct law *law, const struct network *net, struct edge *edges)
{
    struct ends ends;
    ends_make(law, &ends);
    int n = 0;
    bool inside = mpfr_sgn(ends.left[0]) > 0 || !outside(law, net, logl(grid_point(&ends, 0, 0)));
    for (int gap = 0; gap < ends.n; gap++) {
        long double before = 0;
        for (int i = 0; i < GRID && n < MAX_EDGES; i++) {
            long double here = logl(grid_point(&ends, gap, i));
            bool out = outside(law, net, here);
            if (out == inside) {
                struct edge *e = &edges[n++];
                e->turning = i > 0;
                e->lower = inside == false;
                e->end = gap;
                e->log_u = i > 0 ? bisect(law, net, before, here)
                                 : logl(mpfr_get_ld(ends.left[gap], MPFR_RNDN));
                inside = !inside;
            }
            before = here;
        }
    }
    ends_free(&ends);
    return n;
}

/* d log z / d log u and log z at real u = exp(w). */
static void at_real(struct law *law, const struct network *net, const mpfr_t w, mpfr_t slope,
                    mpfr_t log_z)
{
    mpc_t u, z, d, m, one_m;
    mpc_init2(u, law->rule->prec);
    mpc_init2(z, law->rule->prec);
    mpc_init2(d, law->rule->prec);
    mpc_init2(m, law->rule->prec);
    mpc_init2(one_m, law->rule->prec);
    mpc_set_fr(u, w, MPC_RNDNN);
    mpfr_exp(mpc_realref(u), w, MPFR_RNDN);
    equation_log_z(law, net, u, z, d, m, one_m);
    mpfr_set(slope, mpc_realref(d), MPFR_RNDN);
    mpfr_set(log_z, mpc_realref(z), MPFR_RNDN);
    mpc_clear(u);
    mpc_clear(z);
    mpc_clear(d);
    mpc_clear(m);
    mpc_clear(one_m);
}

/*
 * log z at the edge next to an end of the law of t that the grid could not separate from it: a
 * turning point within 1e-14 (SiLU at small q, where the largest t has tiny weight), by bisection
 * in the logarithm of the distance, or the end itself (softplus).
 */
static void end_edge(struct law *law, const struct network *net, const mpfr_t end, mpfr_t log_z)
{
    mpfr_t w, slope;
    mpfr_inits2(law->rule->prec, w, slope, (mpfr_ptr)0);
    mpfr_log(w, end, MPFR_RNDN);
    double low = -42, high = -11;
    for (int round = 0; round < 60; round++) {
        double x = round == 0 ? low : (low + high) / 2;
        mpfr_set_d(w, x * 2.302585092994045684, MPFR_RNDN);
        mpfr_exp(w, w, MPFR_RNDN);
        mpfr_add_ui(w, w, 1, MPFR_RNDN);
        mpfr_mul(w, w, end, MPFR_RNDN);
        mpfr_log(w, w, MPFR_RNDN);
        at_real(law, net, w, slope, log_z);
        bool out = mpfr_sgn(slope) > 0;
        if (round == 0 && out) {
            mpfr_log(w, end, MPFR_RNDN);
            at_real(law, net, w, slope, log_z);
            break;
        }
        if (out)
            high = x;
        else
            low = x;
    }
    mpfr_clears(w, slope, (mpfr_ptr)0);
}

bool edge_polish(struct law *law, const struct network *net, const struct edge *edge, mpfr_t s)
{
    mpfr_prec_t prec = law->rule->prec;
    mpfr_t w0, w1, d0, d1, z, step;
    struct ends ends;
    ends_make(law, &ends);
    mpfr_inits2(prec, w0, w1, d0, d1, z, step, (mpfr_ptr)0);
    bool good = false;
    if (!edge->turning) {
        mpfr_log(w0, ends.left[edge->end], MPFR_RNDN);
        if (ends.left_atom[edge->end] || law->act->shape == SHAPE_ELU) { /* (a / mu_1)^L */
            mpfr_sub(z, w0, law->log_mu_1, MPFR_RNDN);
            mpfr_mul_si(z, z, net->depth, MPFR_RNDN);
        } else {
            end_edge(law, net, ends.left[edge->end], z);
        }
        good = true;
    } else {
        long double a = mpfr_get_ld(ends.left[edge->end], MPFR_RNDN);
        long double b = mpfr_get_ld(ends.right[edge->end], MPFR_RNDN), u = expl(edge->log_u);
        mpfr_set_ld(w0, edge->log_u, MPFR_RNDN);
        mpfr_set_ld(w1, edge->log_u + 1e-7L * fminl(u - a, b - u) / u, MPFR_RNDN);
        at_real(law, net, w0, d0, z);
        for (int round = 0; round < 12 && !good; round++) {
            at_real(law, net, w1, d1, z);
            mpfr_sub(step, w1, w0, MPFR_RNDN);
            mpfr_sub(d0, d1, d0, MPFR_RNDN);
            if (mpfr_zero_p(d0) || mpfr_zero_p(step))
                break;
            mpfr_div(step, step, d0, MPFR_RNDN);
            mpfr_mul(step, step, d1, MPFR_RNDN);
            mpfr_set(w0, w1, MPFR_RNDN);
            mpfr_set(d0, d1, MPFR_RNDN);
            mpfr_sub(w1, w1, step, MPFR_RNDN);
            good = fabsl(mpfr_get_ld(step, MPFR_RNDN)) < 1e-26L * fminl(u - a, b - u) / u;
        }
        /* still the edge that was bracketed */
        good = good &&
               fabsl(mpfr_get_ld(w1, MPFR_RNDN) - edge->log_u) < 1e-4L * fminl(u - a, b - u) / u;
        if (!good && !ends.left_atom[edge->end] && u - a < 1e-11L * a) {
            end_edge(law, net, ends.left[edge->end], z);
            good = true;
        }
    }
    mpfr_div_2ui(z, z, 1, MPFR_RNDN);
    mpfr_exp(s, z, MPFR_RNDN);
    mpfr_clears(w0, w1, d0, d1, z, step, (mpfr_ptr)0);
    ends_free(&ends);
    return good && !law->failed;
}

void atom_of(const struct law *law, const struct network *net, int i, mpfr_t mass, mpfr_t s)
{
    if (mpfr_zero_p(law->value[i])) { /* 0 in any layer */
        mpfr_set(mass, law->mass[i], MPFR_RNDN);
        mpfr_set_zero(s, 1);
        return;
    }
    mpfr_ui_sub(mass, 1, law->mass[i], MPFR_RNDN);
    mpfr_mul_si(mass, mass, net->depth, MPFR_RNDN);
    mpfr_ui_sub(mass, 1, mass, MPFR_RNDN);
    if (net->gaussian || mpfr_cmp_d(mass, 1e-40) < 0)
        mpfr_set_zero(mass, 1);
    mpfr_log(s, law->value[i], MPFR_RNDN);
    mpfr_sub(s, s, law->log_mu_1, MPFR_RNDN);
    mpfr_mul_si(s, s, net->depth, MPFR_RNDN);
    mpfr_div_2ui(s, s, 1, MPFR_RNDN);
    mpfr_exp(s, s, MPFR_RNDN);
}
