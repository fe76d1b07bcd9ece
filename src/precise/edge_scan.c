/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the edges of the spectrum are, in long double.
 *
 * 1. Edges come from real u > 0 in the gaps of the law of t. On a gap m is real; u is outside the
 *    spectrum exactly when arg z = 0 there (count of negative factors) and d log z/d log u > 0:
 *    arg z/sin(theta) increases with theta and has that derivative as its limit at theta = 0.
 * 2. Each gap is scanned on a grid graded to its ends, changes between inside and outside are
 *    bisected.
 * 3. At an end of a gap the state may change without a turning point (the sup of t of softplus; a
 *    point mass of t that has just lost its atom): that end itself is the edge.
 * 4. One orthogonal layer: the end of the law of t is the only edge.
 */
#include "precise_internal.h"

#include <math.h>

/* Points of the grid in a decade of the distance to an end of a gap; the least distance, relative. */
enum { A_DECADE = 9 };
static const long double NEAREST = -14;

static void add_gap(fj_precise_ends *ends, const mpfr_t left, const mpfr_t right, bool left_mass)
{
    mpfr_set(ends->left[ends->n], left, MPFR_RNDN);
    mpfr_set(ends->right[ends->n], right, MPFR_RNDN);
    ends->left_mass[ends->n++] = left_mass;
}

void fj_precise_ends_make(const fj_precise_law *law, fj_precise_ends *ends)
{
    const mpfr_prec_t prec = law->rule->plan.prec;
    mpfr_t high, infinity;
    mpfr_inits2(prec, high, infinity, (mpfr_ptr)0);
    for (int i = 0; i < FJ_PRECISE_GAPS_MAX; i++)
        mpfr_inits2(prec, ends->left[i], ends->right[i], (mpfr_ptr)0);
    ends->n = 0;
    if (law->smooth == FJ_SMOOTH_NONE)
        mpfr_set_zero(high, 1);
    else
        fj_precise_phi_range(&law->phi, high);
    bool mass = false;
    /* the range starts at 0; masses above it are isolated, in increasing order */
    for (int i = 0; i < law->n_masses; i++) {
        if (mpfr_cmp(law->value[i], high) > 0) {
            add_gap(ends, high, law->value[i], mass);
            mpfr_set(high, law->value[i], MPFR_RNDN);
        }
        mass = mass || (mpfr_equal_p(law->value[i], high) && mpfr_sgn(high) > 0);
    }
    mpfr_set_inf(infinity, 1);
    add_gap(ends, high, infinity, mass);
    mpfr_clears(high, infinity, (mpfr_ptr)0);
}

void fj_precise_ends_free(fj_precise_ends *ends)
{
    for (int i = 0; i < FJ_PRECISE_GAPS_MAX; i++)
        mpfr_clears(ends->left[i], ends->right[i], (mpfr_ptr)0);
}

static bool outside(fj_precise_law *law, const fj_precise_layers *layers, long double log_u)
{
    fj_precise_quick_point p = {.log_r = log_u, .psi = -INFINITY};
    fj_precise_equation_quick(law, layers, &p);
    const long double m = creall(p.m), one_m = creall(p.one_m);
    long turns = m < 0 && one_m > 0; /* arg z / pi at u + i 0 */
    if (m < 0)
        turns -= layers->depth;
    if (one_m < 0 && !layers->gaussian)
        turns += layers->depth;
    return turns == 0 && creall(p.slope) > 0;
}

/* A grid of one gap, from left to right; in decades of the distance from the left end, then from the right. */
typedef struct grid {
    long double a, b;   /* ends of the gap */
    long double low;    /* decade it starts at */
    long double middle; /* and where it changes sides, or ends */
    int n_left, n_right;
} grid;

static grid grid_make(const fj_precise_law *law, const fj_precise_layers *layers,
                      const fj_precise_ends *ends, int gap)
{
    grid g = {.a = mpfr_get_ld(ends->left[gap], MPFR_RNDN),
              .b = mpfr_get_ld(ends->right[gap], MPFR_RNDN),
              .low = NEAREST};
    g.middle = isinf(g.b) ? 12 + log10l(layers->depth) : log10l(0.5L);
    if (g.a == 0) { /* down to below the mass at 0 */
        g.low = -60;
        for (int i = 0; i < law->n_masses; i++)
            if (mpfr_zero_p(law->value[i]))
                g.low = fminl(g.low, log10l(mpfr_get_ld(law->mass[i], MPFR_RNDN)) - 10);
        if (isinf(g.low))
            g.low = -4800;
    }
    g.n_left = (int)((g.middle - g.low) * A_DECADE) + 2;
    g.n_right = isinf(g.b) ? 0 : (int)(-NEAREST * A_DECADE);
    return g;
}

static long double grid_point(const grid *g, int i)
{
    if (i < g->n_left) {
        const long double scale = isinf(g->b) ? g->a : g->b - g->a;
        return g->a + scale * powl(10, g->low + (g->middle - g->low) * i / (g->n_left - 1));
    }
    const long double decade = g->middle + (NEAREST - g->middle) * (i - g->n_left + 1) / g->n_right;
    return g->b - (g->b - g->a) * powl(10, decade);
}

static long double bisect(fj_precise_law *law, const fj_precise_layers *layers, long double low,
                          long double high)
{
    const bool state = outside(law, layers, low);
    for (int i = 0; i < 80 && high - low > 1e-18L * fabsl(high); i++) {
        const long double middle = (low + high) / 2;
        if (outside(law, layers, middle) == state)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

int fj_precise_edges_find(fj_precise_law *law, const fj_precise_layers *layers,
                          fj_precise_edge *edges)
{
    fj_precise_ends ends;
    fj_precise_ends_make(law, &ends);
    if (fj_precise_layers_push(layers)) {
        edges[0] = (fj_precise_edge){.log_u = logl(mpfr_get_ld(ends.left[0], MPFR_RNDN))};
        fj_precise_ends_free(&ends);
        return law->smooth != FJ_SMOOTH_NONE;
    }
    grid g = grid_make(law, layers, &ends, 0);
    int n = 0;
    bool inside = mpfr_sgn(ends.left[0]) > 0 || !outside(law, layers, logl(grid_point(&g, 0)));
    for (int gap = 0; gap < ends.n; gap++) {
        long double before = 0;
        g = grid_make(law, layers, &ends, gap);
        for (int i = 0; i < g.n_left + g.n_right && n < FJ_PRECISE_EDGES_MAX; i++) {
            const long double here = logl(grid_point(&g, i));
            if (outside(law, layers, here) == inside) {
                edges[n++] = (fj_precise_edge){.log_u = i > 0 ? bisect(law, layers, before, here)
                                                              : logl(g.a),
                                               .lower = !inside,
                                               .turning = i > 0,
                                               .end = gap};
                inside = !inside;
            }
            before = here;
        }
    }
    fj_precise_ends_free(&ends);
    return n;
}
