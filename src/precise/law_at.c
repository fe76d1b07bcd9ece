/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The law at one s in one run.
 *
 * 1. Which interval: log lambda = 2 log s against the edges. What equals an edge, or an atom, up to rounding counts as it when
 *    the run has so many more digits than the text of s that chance is out of the question; else more are asked for.
 * 2. Inside: the root (root.c), from long double, or, next to an edge, from the square root that log z is there.
 * 3. Outside: density 0, and F from the edge below and the atoms above it. At an edge that is a turning point the
 *    density is 0; at an end of the law of t it has no value.
 * 4. Depth 1 with orthogonal weights: push.c.
 */
#include "precise_internal.h"

#include <math.h>
#include <string.h>

/* The expansion at an edge serves within this share of the distance to the law of t. */
static const long double BESIDE_EDGE = 1e-4L;

void fj_precise_atoms_between(const fj_precise_run *run, mpfr_srcptr from, mpfr_srcptr to,
                              mpfr_t mass)
{
    mpfr_t place, part;
    mpfr_inits2(run->rule.plan.prec, place, part, (mpfr_ptr)0);
    mpfr_set_zero(mass, 1);
    for (int i = 0; i < run->law->n_masses; i++) {
        fj_precise_atom_of(run->law, &run->layers, i, part, place);
        if (from && (mpfr_cmp(place, from) <= 0 || fj_precise_near(place, from, run->law)))
            continue;
        if (!to || mpfr_cmp(place, to) <= 0 || fj_precise_near(place, to, run->law))
            mpfr_add(mass, mass, part, MPFR_RNDN);
    }
    mpfr_clears(place, part, (mpfr_ptr)0);
}

/* Whether rounding alone cannot make a text of that length equal to anything in this run. */
static bool decisive(const fj_precise_place *place, const fj_precise_run *run)
{
    return run->digits >= (double)strlen(place->s) + run->problem->digits + 10;
}

/* Logarithms of places that are the same up to rounding. */
static bool same_place(const fj_precise_run *run, const mpfr_t x, const mpfr_t y)
{
    mpfr_t d, one;
    mpfr_inits2(run->rule.plan.prec, d, one, (mpfr_ptr)0);
    mpfr_sub(d, x, y, MPFR_RNDN);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    mpfr_add(d, d, one, MPFR_RNDN);
    const bool same = fj_precise_near(d, one, run->law) || fj_precise_near(x, y, run->law);
    mpfr_clears(d, one, (mpfr_ptr)0);
    return same;
}

/* w = log u beside edge i, where log z = z_edge + bend (w - w_edge)^2/2; false: too far from it. */
static bool start_at_edge(const fj_precise_run *run, int i, const mpfr_t x, mpc_t w)
{
    const fj_precise_edge *edge = &run->problem->edge[i];
    if (!edge->turning || run->bend[i] == 0)
        return false;
    mpfr_t d;
    mpfr_init2(d, run->rule.plan.prec);
    mpfr_sub(d, x, run->edge_z[i], MPFR_RNDN);
    mpfr_abs(d, d, MPFR_RNDN);
    const long double distance = sqrtl(2 * mpfr_get_ld(d, MPFR_RNDN) / fabsl(run->bend[i]));
    const bool good = distance < BESIDE_EDGE * BESIDE_EDGE;
    mpfr_set(mpc_realref(w), run->edge_u[i], MPFR_RNDN);
    mpfr_set_ld(d, fabsl(run->bend[i]) / 2, MPFR_RNDN);
    mpfr_sub(mpc_imagref(w), x, run->edge_z[i], MPFR_RNDN);
    mpfr_abs(mpc_imagref(w), mpc_imagref(w), MPFR_RNDN);
    mpfr_div(mpc_imagref(w), mpc_imagref(w), d, MPFR_RNDN);
    mpfr_sqrt(mpc_imagref(w), mpc_imagref(w), MPFR_RNDN);
    mpfr_clear(d);
    return good && mpfr_sgn(mpc_imagref(w)) > 0;
}

/* Whether s cannot be told from an atom above 0. */
static bool near_atom(const fj_precise_run *run, const mpfr_t s)
{
    mpfr_t place, mass;
    bool near = false;
    mpfr_inits2(run->rule.plan.prec, place, mass, (mpfr_ptr)0);
    for (int i = 0; i < run->law->n_masses; i++) {
        fj_precise_atom_of(run->law, &run->layers, i, mass, place);
        near = near ||
               (mpfr_sgn(mass) > 0 && mpfr_sgn(place) > 0 && fj_precise_near(s, place, run->law));
    }
    mpfr_clears(place, mass, (mpfr_ptr)0);
    return near;
}

/* s = sigma_w |phi'| at log lambda = x */
static fj_status push_forward(fj_precise_run *run, const mpfr_t x, mpfr_t density, mpfr_t cdf)
{
    mpfr_t y;
    mpfr_init2(y, run->rule.plan.prec);
    mpfr_div_2ui(y, x, 1, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    mpfr_div(y, y, run->layers.sigma_w, MPFR_RNDN);
    fj_status status = fj_precise_push_at(run->law, y, density, cdf);
    mpfr_div(density, density, run->layers.sigma_w, MPFR_RNDN);
    mpfr_clear(y);
    return status == FJ_OK && mpfr_zero_p(density) ? FJ_NO_CONVERGENCE : status;
}

fj_status fj_precise_law_inside(fj_precise_place *place, fj_precise_desk *desk, fj_precise_run *run,
                                int upper, const mpfr_t x, mpfr_t density, mpfr_t cdf)
{
    if (fj_precise_layers_push(&run->layers))
        return push_forward(run, x, density, cdf);
    const fj_precise_edge *edge = run->problem->edge;
    const bool open = upper == 0 || !edge[upper - 1].lower;
    mpc_t w;
    mpc_init2(w, run->rule.plan.prec);
    bool good = start_at_edge(run, upper, x, w) || (!open && start_at_edge(run, upper - 1, x, w));
    if (!good) {
        if (!place->started)
            place->started = fj_precise_root_start(
                desk->quick.law, &desk->quick.layers, open ? -INFINITY : edge[upper - 1].log_u,
                edge[upper].log_u, mpfr_get_ld(x, MPFR_RNDN), &place->start);
        if (desk->quick.law->status == FJ_NO_MEMORY)
            run->law->status = FJ_NO_MEMORY;
        desk->quick.law->status = FJ_OK;
        good = place->started;
        fj_precise_root_set(w, &place->start);
    }
    good = good && fj_precise_root_solve(run->law, &run->layers, x, w, density, cdf);
    mpc_clear(w);
    return good ? FJ_OK : run->law->status != FJ_OK ? run->law->status : FJ_NO_CONVERGENCE;
}

/* Beyond edge i (-1: below all), or on it. */
static void beyond(fj_precise_run *run, int i, const mpfr_t s, mpfr_t cdf)
{
    mpfr_t edge, mass;
    mpfr_inits2(run->rule.plan.prec, edge, mass, (mpfr_ptr)0);
    mpfr_set_zero(cdf, 1);
    if (i >= 0) {
        fj_precise_edge_cdf(run->law, &run->layers, &run->problem->edge[i], cdf);
        fj_precise_root_exp(edge, run->edge_z[i]);
    }
    fj_precise_atoms_between(run, i >= 0 ? edge : NULL, s, mass);
    mpfr_add(cdf, cdf, mass, MPFR_RNDN);
    mpfr_clears(edge, mass, (mpfr_ptr)0);
}

fj_status fj_precise_law_at(fj_precise_place *place, fj_precise_desk *desk, fj_precise_run *run,
                            mpfr_t density, mpfr_t cdf)
{
    const fj_precise_problem *problem = run->problem;
    mpfr_t s, x;
    mpfr_inits2(run->rule.plan.prec, s, x, (mpfr_ptr)0);
    fj_precise_read(s, place->s);
    mpfr_log(x, s, MPFR_RNDN);
    mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
    fj_status status = fj_precise_run_edges(run);
    if (status == FJ_OK) {
        int i = 0, at = -1;
        for (; i < problem->edges; i++) {
            if (mpfr_sgn(s) > 0 && same_place(run, x, run->edge_z[i]))
                at = i;
            if (at >= 0 || mpfr_cmp(x, run->edge_z[i]) < 0)
                break;
        }
        if ((at >= 0 || near_atom(run, s)) && !decisive(place, run)) {
            status = FJ_NO_CONVERGENCE;
        } else if (at < 0 && i < problem->edges && !problem->edge[i].lower && mpfr_sgn(s) > 0) {
            status = fj_precise_law_inside(place, desk, run, i, x, density, cdf);
        } else {
            mpfr_set_zero(density, 1);
            beyond(run, at >= 0 ? at : i - 1, s, cdf);
            if ((at >= 0 && !problem->edge[at].turning) ||
                (mpfr_zero_p(s) && problem->edges > 0 && !problem->edge[0].lower))
                mpfr_set_nan(density);
        }
    }
    mpfr_clears(s, x, (mpfr_ptr)0);
    return status;
}
