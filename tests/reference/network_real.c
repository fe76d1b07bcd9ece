/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gaps and edges of the spectrum from real m.
 *
 * 1. In a gap m, all u_k and z > 0 are real. On every piece of the real line without t the transform
 *    M_k falls (the two outer pieces join at infinity, where M_k = 0), so m and a choice of piece
 *    for each run give all u_k, by bisection.
 * 2. Such a point belongs to a gap exactly when pushing m into the lower half plane gives a
 *    certified root: the limits of the arguments add up to 0, log z falls with m, and so do the
 *    points that play the part of u for gaussian W^T W, with arguments in [0, pi]. (M_k always
 *    falls.)
 * 3. The line of m is cut where a 1 + m_j or a u_k vanishes and at 0, each part is scanned on a grid
 *    graded to both ends, for every choice of pieces, and the ends of the runs of grid points that
 *    belong to gaps are bisected. Ends at the cuts are no edges: the gap goes on there, or lambda
 *    becomes 0, infinity or an atom.
 *    Only where the masses of the atoms at such a place add up to 0 does the spectrum end there.
 * All in long double; network_edge.c does the rest.
 */
#include "network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 140, MAX_PIECES = 4, MAX_CUTS = 3 * MAX_RUNS + 4 };

/* One piece of the real line without t: u from low to high; the outer ones are told by infinity. */
struct piece {
    long double low, high;
    bool atom_low, atom_high;
};

struct scan {
    struct chain *chain;
    long double ratio[MAX_RUNS + 1], constant;
    struct piece piece[MAX_RUNS][MAX_PIECES];
    int n_pieces[MAX_RUNS], choice[MAX_RUNS];
    long double mass_0[MAX_RUNS], x[MAX_RUNS];      /* P(t = 0); last place of the root */
    long double single[MAX_RUNS], weight[MAX_RUNS]; /* the only positive t, when there is but one */
    struct network_edge *edge;
    int n_edges;
    bool overflow;
};

struct real_point {
    long double log_z, slope, u[MAX_RUNS];
    int failed_run; /* -1, or the run that has no u there */
};

static void make_pieces(struct scan *scan, int k)
{
    fj_precise_law *law = scan->chain->law[k];
    mpfr_t high;
    mpfr_init2(high, law->rule->plan.prec);
    bool smooth = fj_precise_phi_range(&law->phi, high), atom = false;
    long double end = smooth ? mpfr_get_ld(high, MPFR_RNDN) : 0;
    int n = 0;
    scan->piece[k][n++] = (struct piece){.low = -INFINITY, .high = 0};
    scan->mass_0[k] = 0;
    scan->weight[k] = 0;
    bool started = smooth;
    for (int i = 0; i < law->n_masses; i++) {
        long double t = mpfr_get_ld(law->value[i], MPFR_RNDN);
        if (t == 0) {
            scan->mass_0[k] = mpfr_get_ld(law->mass[i], MPFR_RNDN);
            continue;
        }
        if (t <= end)
            continue;
        if (started) {
            scan->piece[k][n++] =
                (struct piece){.low = end, .high = t, .atom_low = atom, .atom_high = true};
            scan->weight[k] = 0;
        } else {
            scan->piece[k][0].high = t;
            scan->piece[k][0].atom_high = true;
            scan->single[k] = t;
            scan->weight[k] = mpfr_get_ld(law->mass[i], MPFR_RNDN);
        }
        started = true;
        atom = true;
        end = t;
    }
    scan->piece[k][n++] = (struct piece){.low = end, .high = INFINITY, .atom_low = atom};
    scan->n_pieces[k] = n;
    mpfr_clear(high);
}

static long double place(const struct piece *p, long double x)
{
    if (isinf(p->low))
        return p->high - expl(x);
    if (isinf(p->high))
        return p->low * (1 + expl(x));
    return p->low + (p->high - p->low) / (1 + expl(-x));
}

static long double value_at(struct scan *scan, int k, const struct piece *p, long double x)
{
    fj_precise_quick q;
    fj_precise_transform_quick(scan->chain->law[k], fj_make_complex(place(p, x), 0), &q);
    long double m = creall(q.m);
    /* monotone in x, and near linear where x is far out */
    if (isinf(p->low) && !p->atom_high)
        return logl(creall(q.one_m)) - logl(-m);
    return isinf(p->low) || isinf(p->high) ? -logl(fabsl(m)) : -asinhl(m);
}

struct bracket {
    long double low, high, f_low, f_high, goal;
};

/* Steps out from x until the bracket closes around the root; b holds it all along. */
static void narrow(struct scan *scan, int k, const struct piece *p, long double x,
                   struct bracket *b)
{
    for (long double step = 0.3L; step < 400; step *= 4) {
        for (int side = -1; side <= 1; side += 2) {
            long double at = x + side * step;
            if (!(at > b->low && at < b->high))
                continue;
            long double f = value_at(scan, k, p, at) - b->goal;
            if (f < 0)
                b->low = at, b->f_low = f;
            else
                b->high = at, b->f_high = f;
        }
        if (b->low >= x - 1.01L * step && b->high <= x + 1.01L * step)
            return;
    }
}

/* Regula falsi (Illinois) with bisection every sixth time. */
static long double close_in(struct scan *scan, int k, const struct piece *p, struct bracket b)
{
    for (int i = 0, side = 0; i < 200; i++) {
        if (b.high - b.low <= 1e-17L * fmaxl(1, fabsl(b.low)))
            break;
        long double x = (b.low * b.f_high - b.high * b.f_low) / (b.f_high - b.f_low);
        if (i % 6 == 5 || !(x > b.low && x < b.high))
            x = (b.low + b.high) / 2;
        if (x == b.low || x == b.high)
            break;
        long double f = value_at(scan, k, p, x) - b.goal;
        if (f == 0)
            return x;
        if (f < 0) {
            b.low = x, b.f_low = f;
            b.f_high /= side == -1 ? 2 : 1;
            side = -1;
        } else {
            b.high = x, b.f_high = f;
            b.f_low /= side == 1 ? 2 : 1;
            side = 1;
        }
    }
    return (b.low + b.high) / 2;
}

/* Step 1 for run k at m_k; false when the piece holds no such u. */
static bool find_u(struct scan *scan, int k, long double m, long double *u)
{
    const struct piece *p = &scan->piece[k][scan->choice[k]];
    bool lower = isinf(p->low), upper = isinf(p->high);
    if ((lower && m >= 0) || (upper && m <= 0))
        return false;
    if (scan->weight[k] > 0) {
        *u = scan->single[k] * (1 + scan->weight[k] / m);
        return true;
    }
    struct bracket b = {.low = -32, .high = 43, .goal = -asinhl(m)};
    if (lower && !p->atom_high) { /* smooth laws have no mass at 0 */
        if (m <= -1)
            return false;
        b.goal = logl(1 + m) - logl(-m);
        b.low = -50, b.high = 140;
    } else if (lower || upper) {
        b.goal = -logl(fabsl(m));
        b.high = 140;
    }
    b.f_low = value_at(scan, k, p, b.low) - b.goal;
    b.f_high = value_at(scan, k, p, b.high) - b.goal;
    if (!(b.f_low < 0 && b.f_high > 0))
        return false;
    narrow(scan, k, p, scan->x[k], &b);
    scan->x[k] = close_in(scan, k, p, b);
    *u = place(p, scan->x[k]);
    return true;
}

/* m_k and M_k' u_k at real u of run k. */
static long double log_slope(struct scan *scan, int k, long double u)
{
    if (scan->weight[k] > 0) {
        long double d = u - scan->single[k];
        return -u * scan->weight[k] * scan->single[k] / (d * d);
    }
    fj_precise_quick q;
    fj_precise_transform_quick(scan->chain->law[k], fj_make_complex(u, 0), &q);
    return u * creall(q.dm);
}

/* Step 2 for the gaussian layers of run k: m_before and m_here are L m on its two sides. */
static bool gaussian_good(long double m, long double before, long double here)
{
    int turns = (m < 0) - (1 + before < 0) - (1 + here < 0);
    if (turns < 0 || turns > 1)
        return false;
    long double fall = before / (1 + before) + here / (1 + here) - 1; /* m d log/dm */
    long double slope = fall / m;
    return turns == 0 ? slope < 0 : slope > 0;
}

static bool in_gap(struct scan *scan, long double m, struct real_point *p)
{
    struct chain *chain = scan->chain;
    long turns = -(chain->depth - 1) * (m < 0), powers = chain->depth - 1;
    bool far = fabsl(m) > 1; /* there the powers of m cancel */
    p->slope = 0;
    p->log_z = scan->constant + (chain->depth - 1) * logl(fabsl(m));
    p->failed_run = -1;
    bool good = true;
    for (int j = 0; j <= chain->n; j++) {
        long double one = 1 + scan->ratio[j] * m;
        turns -= chain->power[j] * (one < 0);
        powers += far * chain->power[j];
        p->slope += far ? -chain->power[j] / (m * one) : chain->power[j] * scan->ratio[j] / one;
        if (chain->power[j])
            p->log_z += chain->power[j] * logl(fabsl(one));
    }
    p->slope += powers / m;
    for (int k = 0; k < chain->n; k++) {
        const struct run *run = &chain->stack->run[k];
        long double here = scan->ratio[k + 1] * m, before = scan->ratio[k] * m;
        if (!find_u(scan, k, here, &p->u[k])) {
            p->failed_run = k;
            return false;
        }
        if (run->gaussian)
            good = good && gaussian_good(m, before, here) &&
                   (run->count == 1 || gaussian_good(m, here, here));
        turns += run->count * (p->u[k] < 0);
        p->slope += run->count * scan->ratio[k + 1] / log_slope(scan, k, p->u[k]);
        p->log_z += run->count * logl(fabsl(p->u[k]));
    }
    return good && turns == 0 && p->slope < 0;
}

static void add_edge(struct scan *scan, long double inside, long double outside, bool lower)
{
    struct real_point p, q;
    for (int i = 0; i < 90; i++) {
        long double middle = (inside + outside) / 2;
        if (middle == inside || middle == outside)
            break;
        if (in_gap(scan, middle, &p))
            inside = middle;
        else
            outside = middle;
    }
    in_gap(scan, inside, &p);
    in_gap(scan, outside, &q);
    if (scan->n_edges == MAX_NETWORK_EDGES) {
        scan->overflow = true;
        return;
    }
    struct network_edge *e = &scan->edge[scan->n_edges++];
    *e = (struct network_edge){
        .lower = lower, .end_of = q.failed_run, .m = inside, .log_z = p.log_z};
    memcpy(e->u, p.u, sizeof(p.u));
}

/* Grid point i of the part (a, b) of the line of m. */
static long double grid(long double a, long double b, int i)
{
    long double x = -6.5L + 13 * (i + 0.5L) / GRID;
    if (isinf(b))
        return powl(10, x);
    if (isinf(a))
        return b - fabsl(b) * powl(10, -x);
    return x < 0 ? a + (b - a) * powl(10, x) / (1 + powl(10, x))
                 : b - (b - a) * powl(10, -x) / (1 + powl(10, -x));
}

/*
 * The gap reaches infinite m with these pieces. Where that is a place of atoms whose mass is 0, as
 * the dimensions count it, the spectrum ends there with an infinite density.
 */
static void add_infinite(struct scan *scan, bool lower)
{
    const struct stack *stack = scan->chain->stack;
    struct network_edge e = {.lower = lower, .end_of = INFINITE_M, .m = lower ? -1e30L : 1e30L};
    long double mass = stack->width_0, before = stack->width_0;
    for (int k = 0; k < stack->n; k++) {
        const struct run *run = &stack->run[k];
        const struct piece *p = &scan->piece[k][scan->choice[k]];
        const fj_precise_law *law = scan->chain->law[k];
        if (run->gaussian || !(lower ? p->atom_high : p->atom_low))
            return;
        e.u[k] = lower ? p->high : p->low;
        e.log_z += run->count * logl(run->sigma_w * (long double)run->sigma_w * e.u[k]);
        mass -= fmaxl(0, before - run->width) + (long double)run->count * run->width;
        for (int i = 0; i < law->n_masses; i++)
            if (fabsl(mpfr_get_ld(law->value[i], MPFR_RNDN) / e.u[k] - 1) < 1e-15L)
                mass += run->count * run->width * mpfr_get_ld(law->mass[i], MPFR_RNDN);
        before = run->width;
    }
    if (fabsl(mass) > 1e-13L * stack->width_0)
        return;
    if (scan->n_edges < MAX_NETWORK_EDGES)
        scan->edge[scan->n_edges++] = e;
    else
        scan->overflow = true;
}

static void scan_part(struct scan *scan, long double a, long double b)
{
    struct real_point p;
    bool before = false;
    for (int i = 0; i < GRID; i++) {
        long double m = grid(a, b, i);
        bool here = in_gap(scan, m, &p);
        if (i > 0 && here != before) /* lambda falls with m: the left end is a lower edge */
            add_edge(scan, here ? m : grid(a, b, i - 1), here ? grid(a, b, i - 1) : m, here);
        if (here && ((i == 0 && isinf(a)) || (i == GRID - 1 && isinf(b))))
            add_infinite(scan, i == 0);
        before = here;
    }
}

static int compare_long(const void *a, const void *b)
{
    long double x = *(const long double *)a, y = *(const long double *)b;
    return (x > y) - (x < y);
}

static int compare_edges(const void *a, const void *b)
{
    return compare_long(&((const struct network_edge *)a)->log_z,
                        &((const struct network_edge *)b)->log_z);
}

/* All choices of pieces for the part (a, b). */
static void scan_choices(struct scan *scan, long double a, long double b)
{
    int n = scan->chain->n;
    bool negative = b <= 0;
    for (int k = 0; k < n; k++)
        scan->choice[k] = negative ? 0 : scan->n_pieces[k] - 1;
    for (;;) {
        for (int k = 0; k < n; k++)
            scan->x[k] = 0;
        scan_part(scan, a, b);
        int k = 0;
        for (; k < n; k++) { /* next choice: the outer piece, then the inner ones */
            int inner = scan->n_pieces[k] - 2, outer = negative ? 0 : scan->n_pieces[k] - 1;
            scan->choice[k] = scan->choice[k] == outer ? 1 : scan->choice[k] + 1;
            if (scan->choice[k] <= inner)
                break;
            scan->choice[k] = outer;
        }
        if (k == n)
            return;
    }
}

bool real_edges(struct chain *chain, struct network_edge *edges, int *n)
{
    struct scan *scan = calloc(1, sizeof(*scan));
    long double cut[MAX_CUTS];
    int cuts = 0;
    scan->chain = chain;
    scan->edge = edges;
    scan->constant = mpfr_get_ld(chain->constant, MPFR_RNDN);
    for (int j = 0; j <= chain->n; j++) {
        scan->ratio[j] = mpfr_get_ld(chain->ratio[j], MPFR_RNDN);
        cut[cuts++] = -1 / scan->ratio[j];
    }
    for (int k = 0; k < chain->n; k++) {
        make_pieces(scan, k);
        if (scan->mass_0[k] > 0)
            cut[cuts++] = -(1 - scan->mass_0[k]) / scan->ratio[k + 1];
    }
    cut[cuts++] = 0;
    qsort(cut, cuts, sizeof(*cut), compare_long);
    scan_choices(scan, -INFINITY, cut[0]);
    for (int i = 0; i + 1 < cuts; i++)
        if (cut[i + 1] - cut[i] > -1e-15L * cut[i])
            scan_choices(scan, cut[i], cut[i + 1]);
    scan_choices(scan, 0, INFINITY);
    qsort(edges, scan->n_edges, sizeof(*edges), compare_edges);
    *n = scan->n_edges;
    bool good = !scan->overflow && *n > 0 && !edges[*n - 1].lower;
    for (int i = 1; i < *n; i++)
        good = good && edges[i].lower != edges[i - 1].lower;
    free(scan);
    chain_forgive(chain);
    return good;
}
