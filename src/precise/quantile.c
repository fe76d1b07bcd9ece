/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quantiles: the least s with F(s) >= p.
 *
 * 1. Intervals and atoms upwards: an atom that takes F past p is the answer; p reached in a gap is the upper edge of the
 *    interval below.
 * 2. Inside an interval: a bracket in log lambda and Newton on F, whose derivative is the density; on log F for small
 *    p, and by halves where Newton leaves the bracket. First in the run for long double, then in the pair.
 * 3. An atom inside an interval: where the bracket closes in on its place.
 */
#include "precise_internal.h"

#include <math.h>
#include <string.h>

/* How far below the upper edge to look first, in log lambda: less than any law is wide. */
static const double FIRST_STEP = 1e-8;
/* What the quick run has of F beyond doubt. */
static const double QUICK_CDF = 1e-14;

typedef struct quantile {
    const char *p;
    bool started;
    long double x; /* log lambda, near the answer */
} quantile;

/* One interval in one run. */
typedef struct piece {
    fj_precise_desk *desk;
    fj_precise_run *run;
    int upper; /* index of its upper edge */
    mpfr_t low, high;
    bool has_low;
} piece;

/* x becomes the next guess: Newton on F - p or log F - log p from x, or a half of the bracket. Returns the relative change. */
static long double next_guess(piece *at, const mpfr_t p, mpfr_t x, const mpfr_t density,
                              const mpfr_t cdf)
{
    mpfr_t step, s;
    mpfr_inits2(at->run->rule.plan.prec, step, s, (mpfr_ptr)0);
    if (mpfr_cmp(cdf, p) < 0) {
        mpfr_set(at->low, x, MPFR_RNDN);
        at->has_low = true;
    } else {
        mpfr_set(at->high, x, MPFR_RNDN);
    }
    mpfr_srcptr edge = at->run->edge_z[at->upper];
    mpfr_div_2ui(s, x, 1, MPFR_RNDN); /* dF/d log lambda = density s/2 */
    mpfr_exp(s, s, MPFR_RNDN);
    mpfr_mul(s, s, density, MPFR_RNDN);
    mpfr_div_2ui(s, s, 1, MPFR_RNDN);
    if (mpfr_cmp_d(p, 0.1) < 0 && mpfr_sgn(cdf) > 0) {
        mpfr_div(step, p, cdf, MPFR_RNDN);
        mpfr_log(step, step, MPFR_RNDN);
        mpfr_mul(step, step, cdf, MPFR_RNDN);
    } else {
        mpfr_sub(step, p, cdf, MPFR_RNDN);
    }
    mpfr_div(step, step, s, MPFR_RNDN);
    mpfr_add(s, x, step, MPFR_RNDN);
    if (at->has_low) {
        if (!(mpfr_cmp(s, at->high) < 0 && mpfr_cmp(s, at->low) > 0)) {
            mpfr_add(s, at->low, at->high, MPFR_RNDN);
            mpfr_div_2ui(s, s, 1, MPFR_RNDN);
        }
    } else { /* at most twice as far from the edge: farther down lies nothing that can be followed */
        mpfr_sub(step, x, edge, MPFR_RNDN);
        mpfr_mul_2ui(step, step, 1, MPFR_RNDN);
        mpfr_add(step, step, edge, MPFR_RNDN);
        if (!(mpfr_cmp(s, at->high) < 0 && mpfr_cmp(s, step) > 0))
            mpfr_set(s, step, MPFR_RNDN);
    }
    mpfr_sub(step, s, x, MPFR_RNDN);
    mpfr_set(x, s, MPFR_RNDN);
    const long double change = fabsl(mpfr_get_ld(step, MPFR_RNDN));
    mpfr_clears(step, s, (mpfr_ptr)0);
    return change;
}

static void piece_middle(const piece *at, mpfr_t x)
{
    if (at->has_low) {
        mpfr_add(x, at->low, at->high, MPFR_RNDN);
        mpfr_div_2ui(x, x, 1, MPFR_RNDN);
    } else {
        mpfr_sub_d(x, at->high, FIRST_STEP, MPFR_RNDN);
    }
}

/* From x to the root of F = p; `arrived` is the last change of x that is still taken. */
static fj_status close_in(piece *at, const mpfr_t p, mpfr_t x, long double arrived)
{
    enum { MOST = 200 };
    mpfr_t density, cdf;
    mpfr_inits2(at->run->rule.plan.prec, density, cdf, (mpfr_ptr)0);
    fj_status status = FJ_NO_CONVERGENCE;
    for (int round = 0; round < MOST; round++) {
        fj_precise_place place = {.s = ""};
        status = fj_precise_law_inside(&place, at->desk, at->run, at->upper, x, density, cdf);
        if (status == FJ_NO_CONVERGENCE && !at->has_low) { /* below all that can be followed */
            at->run->law->status = FJ_OK;
            mpfr_set(at->low, x, MPFR_RNDN);
            at->has_low = true;
            piece_middle(at, x);
            continue;
        }
        if (status != FJ_OK)
            break;
        status = FJ_NO_CONVERGENCE;
        if (next_guess(at, p, x, density, cdf) < arrived) {
            status = FJ_OK;
            break;
        }
    }
    mpfr_clears(density, cdf, (mpfr_ptr)0);
    return status;
}

/* Brackets between the edges of the run. */
static void piece_init(piece *at, fj_precise_desk *desk, fj_precise_run *run, int upper)
{
    *at = (piece){.desk = desk, .run = run, .upper = upper};
    const bool open = upper == 0 || !run->problem->edge[upper - 1].lower;
    mpfr_inits2(run->rule.plan.prec, at->low, at->high, (mpfr_ptr)0);
    mpfr_set(at->high, run->edge_z[upper], MPFR_RNDN);
    if (!open)
        mpfr_set(at->low, run->edge_z[upper - 1], MPFR_RNDN);
    at->has_low = !open;
}

/* Whether the bracket has closed in on an atom, whose place x then is. */
static bool at_atom(const piece *at, mpfr_t x)
{
    static const long double NEAR = 1e-6L;
    mpfr_t mass;
    bool found = false;
    mpfr_init2(mass, at->run->rule.plan.prec);
    mpfr_sub(mass, at->high, at->low, MPFR_RNDN);
    const bool tight = at->has_low && mpfr_get_ld(mass, MPFR_RNDN) < NEAR;
    for (int i = 0; i < at->run->law->n_masses && tight && !found; i++) {
        fj_precise_atom_of(at->run->law, &at->run->layers, i, mass, x);
        mpfr_log(x, x, MPFR_RNDN);
        mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
        found = mpfr_sgn(mass) > 0 && mpfr_cmp(x, at->low) >= 0 && mpfr_cmp(x, at->high) <= 0;
    }
    mpfr_clear(mass);
    return found;
}

/* log lambda of the quantile inside the interval of that upper edge. */
static fj_status inside(quantile *q, fj_precise_desk *desk, fj_precise_run *run, int upper,
                        const mpfr_t p, mpfr_t x)
{
    piece at;
    fj_status status = FJ_OK;
    const long double rough = 1e-9L;
    const double quick = fmin(mpfr_get_d(p, MPFR_RNDN), 1 - mpfr_get_d(p, MPFR_RNDN));
    if (!q->started && quick > QUICK_CDF && fj_precise_run_edges(&desk->quick) == FJ_OK) {
        mpfr_t there;
        mpfr_init2(there, desk->quick.rule.plan.prec);
        piece_init(&at, desk, &desk->quick, upper);
        piece_middle(&at, there);
        q->started = close_in(&at, p, there, rough) == FJ_OK;
        q->x = mpfr_get_ld(there, MPFR_RNDN);
        mpfr_clears(there, at.low, at.high, (mpfr_ptr)0);
        if (desk->quick.law->status == FJ_NO_MEMORY)
            return FJ_NO_MEMORY;
        desk->quick.law->status = FJ_OK;
    }
    piece_init(&at, desk, run, upper);
    piece_middle(&at, x);
    if (q->started)
        mpfr_set_ld(x, q->x, MPFR_RNDN);
    status = close_in(&at, p, x, powl(run->rule.plan.floor, 0.52L));
    if (status == FJ_NO_CONVERGENCE && at_atom(&at, x))
        status = FJ_OK;
    mpfr_clears(at.low, at.high, (mpfr_ptr)0);
    if (status == FJ_OK) {
        q->started = true;
        q->x = mpfr_get_ld(x, MPFR_RNDN);
    }
    return status;
}

/* The atoms of a run above a place, ascending: *mass is the next one's, which moves *place there. False: none up to `to`. */
static bool next_atom(const fj_precise_run *run, int *i, mpfr_srcptr to, mpfr_t place, mpfr_t mass)
{
    for (; *i < run->law->n_masses; ++*i) {
        fj_precise_atom_of(run->law, &run->layers, *i, mass, place);
        if (mpfr_zero_p(mass))
            continue;
        if (to && mpfr_cmp(place, to) > 0)
            return false;
        ++*i;
        return true;
    }
    return false;
}

static bool reached(const mpfr_t cdf, const mpfr_t p, const fj_precise_run *run)
{
    return mpfr_cmp(cdf, p) >= 0 || fj_precise_near(cdf, p, run->law);
}

/* Where F reaches p among the atoms up to `to`; true when it does, at *place. cdf grows. */
static bool among_atoms(const fj_precise_run *run, int *atom, mpfr_srcptr to, const mpfr_t p,
                        mpfr_t cdf, mpfr_t place)
{
    mpfr_t mass;
    bool found = false;
    mpfr_init2(mass, run->rule.plan.prec);
    while (!found && next_atom(run, atom, to, place, mass)) {
        mpfr_add(cdf, cdf, mass, MPFR_RNDN);
        found = reached(cdf, p, run);
    }
    mpfr_clear(mass);
    return found;
}

/* The end of an interval in s; 0 for the lower end of one without lower edge. */
static void interval_end(const fj_precise_run *run, int edge, mpfr_t s)
{
    mpfr_set_zero(s, 1);
    if (edge < 0)
        return;
    fj_precise_root_exp(s, run->edge_z[edge]);
}

static fj_status compute_quantile(void *context, fj_precise_desk *desk, fj_precise_run *run,
                                  mpfr_t *out)
{
    quantile *q = context;
    const fj_precise_problem *problem = run->problem;
    mpfr_t p, cdf, end, x;
    mpfr_inits2(run->rule.plan.prec, p, cdf, end, x, (mpfr_ptr)0);
    fj_precise_read(p, q->p);
    mpfr_set_zero(cdf, 1);
    mpfr_set_zero(out[0], 1);
    int atom = 0;
    bool found = mpfr_zero_p(p);
    fj_status status = fj_precise_run_edges(run);
    for (int i = 0; i < problem->edges && !found && status == FJ_OK; i++) {
        if (problem->edge[i].lower)
            continue;
        const bool open = i == 0 || !problem->edge[i - 1].lower;
        interval_end(run, open ? -1 : i - 1, end);
        if ((found = among_atoms(run, &atom, end, p, cdf, out[0])))
            break;
        fj_precise_edge_cdf(run->law, &run->layers, &problem->edge[i], cdf);
        interval_end(run, i, out[0]);
        if ((found = reached(cdf, p, run))) {
            if (!fj_precise_near(cdf, p, run->law)) {
                status = inside(q, desk, run, i, p, x);
                fj_precise_root_exp(out[0], x);
            }
        } else { /* those inside the interval are counted already */
            while (next_atom(run, &atom, out[0], end, x))
                ;
        }
    }
    if (!found && status == FJ_OK)
        among_atoms(run, &atom, NULL, p, cdf, out[0]);
    mpfr_clears(p, cdf, end, x, (mpfr_ptr)0);
    return status;
}

fj_status fj_precise_quantile(const fj_precise *precise, const char *p, fj_precise_number *out)
{
    if (!out)
        return FJ_INVALID;
    *out = (fj_precise_number){NULL, FJ_INVALID};
    if (!precise || !p)
        return FJ_INVALID;
    mpfr_t x;
    mpfr_init2(x, 64);
    const bool valid = fj_precise_read(x, p) && mpfr_sgn(x) >= 0;
    mpfr_set_prec(x, 4 * (mpfr_prec_t)strlen(p) + 64); /* 1.000...01 is above 1 */
    const bool above = valid && fj_precise_read(x, p) && mpfr_cmp_ui(x, 1) > 0;
    mpfr_clear(x);
    if (!valid || above)
        return FJ_INVALID;
    quantile q = {.p = p};
    fj_precise_desk *desk;
    fj_status status = fj_precise_desk_take(precise, &desk);
    if (status == FJ_OK)
        status = fj_precise_establish(desk, compute_quantile, &q, 1, (fj_precise_number *[]){out});
    fj_precise_desk_return(precise, desk);
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
    if (status != FJ_OK)
        out->status = status;
    return out->status;
}
