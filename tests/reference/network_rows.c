/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All rows of one network.
 *
 * 1. Edges from real m (network_real.c). Between them s is chosen: at 1e-6, 1e-3 and 0.03 of an edge
 *    from it, evenly in log s through the bulk, and down a tail that has no lower edge.
 * 2. Every root is found with the rule "quick", from a neighbour along the real axis or around
 *    the arc, rounded s to a double, then solved with "fine" and "check" at exactly that s.
 * 3. A row is written when both agree to 1e-25 (relative; cdf absolute).
 * 4. One nonlinear layer among orthogonal linear ones is the push-forward of the gaussian (push.c).
 */
#include "network.h"

#include <math.h>
#include <stdlib.h>

enum { LAYERS, POINTS, EDGES, ATOMS, MOMENTS, MAX_SOLVED = 64, MAX_ATOM_ROWS = 16 };

struct work {
    FILE **file;
    int left_out;
    bool integrate, atoms_only;
    struct stack stack;
    struct chain *chain[N_RULES];
    struct root *ray, *solved[MAX_SOLVED];
    long double ray_log, solved_log[MAX_SOLVED], density_log[MAX_SOLVED];
    int n_solved, first; /* first: of the interval at hand */
    mpfr_t a[2], b[2];
};

static void complain(struct work *work, const char *what, double s)
{
    fprintf(stderr, "left out: %s of %s at s = %.17g\n", what, work->stack.name, s);
    work->left_out++;
    for (int r = 0; r < N_RULES; r++)
        chain_forgive(work->chain[r]);
}

static bool same_digits(const struct work *work, bool good)
{
    return good && digits_agree(work->a[0], work->a[1], false) &&
           digits_agree(work->b[0], work->b[1], true);
}

static bool agree(struct work *work, const char *what, double s, bool good)
{
    if (same_digits(work, good))
        return true;
    complain(work, what, s);
    return false;
}

static void layer_rows(struct work *work)
{
    for (int k = 0; k < work->stack.n; k++) {
        const struct run *run = &work->stack.run[k];
        for (int r = 0; r < 2; r++) {
            mpfr_set_d(work->a[r], run->sigma_w, MPFR_RNDN);
            mpfr_sqr(work->a[r], work->a[r], MPFR_RNDN);
            mpfr_mul(work->a[r], work->a[r], work->chain[RULE_FINE + r]->mu[k][0], MPFR_RNDN);
            mpfr_set_zero(work->b[r], 1);
        }
        agree(work, "chi", k, true);
        fprintf(work->file[LAYERS], "%s,%d,%s,%s,%ld,%.17g,%.17g,%.17g,%.17g", work->stack.name, k,
                run->act->name, run->gaussian ? "gaussian" : "orthogonal", run->count, run->sigma_w,
                run->q, k ? run[-1].width : work->stack.width_0, run->width);
        print_number(work->file[LAYERS], work->a[1]);
        fputc('\n', work->file[LAYERS]);
    }
}

/* A root of the rule "quick" at log z = target, from the nearest one of this interval or anew. */
static struct root *quick_root(struct work *work, const mpfr_t target, bool tail)
{
    struct chain *chain = work->chain[RULE_QUICK];
    struct root *root = root_make(chain->n, chain->rule->plan.prec);
    long double goal = mpfr_get_ld(target, MPFR_RNDN);
    int best = -1;
    for (int i = work->first; i < work->n_solved; i++)
        if (best < 0 || fabsl(work->solved_log[i] - goal) < fabsl(work->solved_log[best] - goal))
            best = i;
    bool good = false;
    if (best >= 0) {
        root_set(root, work->solved[best]);
        good = solve_along(chain, root, work->solved_log[best], target);
    }
    if (!good && !tail && solve_ray(chain, work->ray, &work->ray_log, goal)) {
        root_set(root, work->ray);
        good = solve_arc(chain, root, target);
    }
    if (good)
        return root;
    root_free(root);
    return NULL;
}

/*
 * Solves for s and writes its row; returns log density, NaN on failure. A failure down a tail, where
 * nobody knows how far it is worth going, is not counted as a row left out.
 */
static long double point(struct work *work, double s, bool tail)
{
    if (work->n_solved == MAX_SOLVED || !(s > 1e-290 && s < 1e290))
        return NAN;
    mpfr_t exact, target;
    mpfr_inits2(rules[RULE_CHECK].plan.prec, exact, target, (mpfr_ptr)0);
    mpfr_set_d(exact, s, MPFR_RNDN);
    mpfr_log(target, exact, MPFR_RNDN);
    mpfr_mul_2ui(target, target, 1, MPFR_RNDN);
    struct root *root = quick_root(work, target, tail);
    bool good = root != NULL;
    for (int r = 0; r < 2 && good; r++) {
        struct chain *chain = work->chain[RULE_FINE + r];
        struct root *here = root_make(chain->n, chain->rule->plan.prec);
        mpfr_t zero;
        mpfr_init2(zero, chain->rule->plan.prec);
        mpfr_set_zero(zero, 1);
        root_set(here, root);
        good = solve_at(chain, target, zero, here);
        if (good)
            solve_values(chain, here, exact, work->a[r], work->b[r]);
        good = good && !chain_failed(chain);
        mpfr_clear(zero);
        root_free(here);
    }
    long double found = NAN;
    if (tail && !same_digits(work, good)) {
        for (int r = 0; r < N_RULES; r++)
            chain_forgive(work->chain[r]);
    } else if (agree(work, root ? "point" : "point (no root)", s, good)) {
        fprintf(work->file[POINTS], "%s,%.17g", work->stack.name, s);
        print_number(work->file[POINTS], work->a[1]);
        print_number(work->file[POINTS], work->b[1]);
        fputc('\n', work->file[POINTS]);
        mpfr_log(target, work->a[1], MPFR_RNDN);
        found = mpfr_get_ld(target, MPFR_RNDN);
        work->solved_log[work->n_solved] = 2 * logl((long double)s);
        work->solved[work->n_solved++] = root;
        root = NULL;
    }
    if (root)
        root_free(root);
    mpfr_clears(exact, target, (mpfr_ptr)0);
    for (int r = 0; r < N_RULES; r++)
        chain_trim(work->chain[r]);
    return found;
}

/* Down from log s = high by growing steps until the density has fallen by 1e-30, or s by 1e-280. */
static void tail_points(struct work *work, long double high)
{
    long double top = -INFINITY, done = 0, down = 0.25L, growth = 1.2L;
    for (int k = 0; k < work->stack.n; k++) /* laws that thin out fast */
        growth = work->stack.run[k].act->smooth != FJ_SMOOTH_NONE ? 0.5L : growth;
    for (int rows = 0, failures = 0; rows < 11 && failures < 4;) {
        long double d = point(work, (double)expl(high - down), rows > 0);
        if (isnan(d) || d < top - 80) { /* too far: between */
            failures++;
            if (!isnan(d) || rows == 0)
                break;
            down = (done + down) / 2;
            continue;
        }
        rows++;
        top = fmaxl(top, d);
        if (d < top - 69 || high - down < -640)
            break;
        done = down;
        down += fminl(down * (d < top - 8 ? 0.3L : growth), 400);
    }
}

/* Points of the interval of log s from low to high; low = -inf for a tail. */
static void interval_points(struct work *work, long double low, long double high)
{
    static const long double near[] = {0.03L, 1e-3L, 1e-6L};
    work->first = work->n_solved;
    if (isinf(low))
        tail_points(work, high);
    else
        for (int i = 1; i <= 5; i++)
            point(work, (double)expl(high - (high - low) * (i - 0.37L) / 5.2L), false);
    for (int i = 0; i < 3; i++) {
        if (isinf(low) || high - low > 4 * near[i])
            point(work, (double)(expl(high) * (1 - near[i])), false);
        if (!isinf(low) && high - low > 4 * near[i])
            point(work, (double)(expl(low) * (1 + near[i])), false);
    }
}

/*
 * The distribution function against the integral of the density, from one point of the bulk to
 * another: 48 nodes, solved at "fine".
 */
static void integral_check(struct work *work, long double low, long double high)
{
    const fj_precise_rule *rule = &rules[RULE_FINE];
    struct chain *chain = work->chain[RULE_FINE];
    mpfr_t a, b, s, target, zero, sum, density, cdf, ends[2];
    mpfr_inits2(rule->plan.prec, a, b, s, target, zero, sum, density, cdf, ends[0], ends[1],
                (mpfr_ptr)0);
    mpfr_set_zero(zero, 1);
    mpfr_set_zero(sum, 1);
    mpfr_set_ld(a, (high - low) / 2, MPFR_RNDN);
    mpfr_set_ld(b, (high + low) / 2, MPFR_RNDN);
    struct root *here = root_make(chain->n, rule->plan.prec);
    bool good = true;
    for (int i = -2; i < rule->plan.n && good; i++) {
        if (i < 0)
            mpfr_set_ld(s, i == -2 ? low : high, MPFR_RNDN);
        else
            mpfr_fma(s, rule->node[i], a, b, MPFR_RNDN);
        mpfr_log(target, s, MPFR_RNDN);
        mpfr_mul_2ui(target, target, 1, MPFR_RNDN);
        struct root *root = quick_root(work, target, false);
        good = root != NULL;
        if (!good)
            break;
        root_set(here, root);
        root_free(root);
        good = solve_at(chain, target, zero, here);
        solve_values(chain, here, s, density, i < 0 ? ends[i + 2] : cdf);
        if (i >= 0)
            mpfr_fma(sum, density, rule->weight[i], sum, MPFR_RNDN);
        chain_trim(chain);
    }
    mpfr_mul(sum, sum, a, MPFR_RNDN);
    mpfr_sub(cdf, ends[1], ends[0], MPFR_RNDN);
    mpfr_sub(sum, sum, cdf, MPFR_RNDN);
    printf("%s: %.6Lg..%.6Lg: cdf rises by %.12Lg, the integral differs by %.2Lg%s\n",
           work->stack.name, low, high, mpfr_get_ld(cdf, MPFR_RNDN), mpfr_get_ld(sum, MPFR_RNDN),
           good ? "" : " (not solved)");
    root_free(here);
    mpfr_clears(a, b, s, target, zero, sum, density, cdf, ends[0], ends[1], (mpfr_ptr)0);
}

static void spectrum_rows(struct work *work)
{
    struct network_edge *edges = malloc(MAX_NETWORK_EDGES * sizeof(*edges));
    int n = 0, interval = 0;
    bool alternate = real_edges(work->chain[RULE_QUICK], edges, &n);
    if (!alternate)
        complain(work, "edges (not lower, upper, lower..)", n);
    for (int i = 0; i < n; i++) {
        bool good = true;
        for (int r = 0; r < 2; r++)
            good =
                real_polish(work->chain[RULE_FINE + r], &edges[i], work->a[r], work->b[r]) && good;
        double s = mpfr_get_d(work->a[1], MPFR_RNDN);
        if (s > 1e-290 && s < 1e290 && agree(work, "edge", s, good)) {
            fprintf(work->file[EDGES], "%s,%d:%s", work->stack.name, interval,
                    edges[i].lower ? "lower" : "upper");
            print_number(work->file[EDGES], work->a[1]);
            print_number(work->file[EDGES], work->b[1]);
            fputc('\n', work->file[EDGES]);
        }
        interval += !edges[i].lower;
    }
    struct chain *quick = work->chain[RULE_QUICK];
    work->ray = root_make(quick->n, quick->rule->plan.prec);
    if (alternate && solve_far(quick, work->ray, &work->ray_log)) {
        for (int i = n - 1; i >= 0; i--) {
            if (edges[i].lower)
                continue;
            interval_points(work, i > 0 ? edges[i - 1].log_z / 2 : -INFINITY, edges[i].log_z / 2);
            if (work->integrate && work->n_solved > work->first + 1)
                integral_check(work, expl(work->solved_log[work->first + 1] / 2),
                               expl(work->solved_log[work->first] / 2));
        }
    } else {
        complain(work, "all points", 0);
    }
    root_free(work->ray);
    for (int i = 0; i < work->n_solved; i++)
        root_free(work->solved[i]);
    free(edges);
}

/*
 * The run of the only layer that is not linear, when everything is orthogonal and of one width: then
 * the law is that of sigma |phi'|, and no subordination is left. -1 otherwise.
 */
static int push_run(const struct stack *stack)
{
    int found = -1;
    for (int k = 0; k < stack->n; k++) {
        const struct run *run = &stack->run[k];
        if (run->gaussian || run->width != stack->width_0)
            return -1;
        if (run->act->spec.shape == FJ_SHAPE_LINEAR)
            continue;
        if (found >= 0 || run->count > 1 || run->act->smooth == FJ_SMOOTH_NONE)
            return -1;
        found = k;
    }
    return found;
}

/* out = the product of all sigma_w */
static void whole_scale(const struct stack *stack, mpfr_t out)
{
    mpfr_t a;
    mpfr_init2(a, mpfr_get_prec(out));
    mpfr_set_ui(out, 1, MPFR_RNDN);
    for (int k = 0; k < stack->n; k++) {
        mpfr_set_d(a, stack->run[k].sigma_w, MPFR_RNDN);
        mpfr_pow_si(a, a, stack->run[k].count, MPFR_RNDN);
        mpfr_mul(out, out, a, MPFR_RNDN);
    }
    mpfr_clear(a);
}

/* The law of sigma |phi'(sqrt(q) h)|: its end, and points below. */
static void push_rows(struct work *work, int k)
{
    static const double share[] = {0.999999, 0.999, 0.97, 0.8, 0.55, 0.3, 0.1, 0.03, 1e-3, 1e-6};
    mpfr_t scale, low;
    mpfr_inits2(rules[RULE_CHECK].plan.prec, scale, low, (mpfr_ptr)0);
    whole_scale(&work->stack, scale);
    for (int r = 0; r < 2; r++) {
        const fj_precise_law *law = work->chain[RULE_FINE + r]->law[k];
        fj_precise_phi_range(&law->phi, work->a[r]);
        mpfr_set_ui(work->b[r], 1, MPFR_RNDN);
        for (int i = 0; i < law->n_masses; i++)
            if (mpfr_cmp(law->value[i], work->a[r]) >= 0)
                mpfr_sub(work->b[r], work->b[r], law->mass[i], MPFR_RNDN);
        mpfr_sqrt(work->a[r], work->a[r], MPFR_RNDN);
        mpfr_mul(work->a[r], work->a[r], scale, MPFR_RNDN);
    }
    double end = mpfr_get_d(work->a[1], MPFR_RNDN);
    if (agree(work, "edge", end, true)) {
        fprintf(work->file[EDGES], "%s,0:upper", work->stack.name);
        print_number(work->file[EDGES], work->a[1]);
        print_number(work->file[EDGES], work->b[1]);
        fputc('\n', work->file[EDGES]);
    }
    for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
        double s = end * share[i];
        bool good = true;
        for (int r = 0; r < 2; r++) {
            const fj_precise_law *law = work->chain[RULE_FINE + r]->law[k];
            mpfr_d_div(low, s, scale, MPFR_RNDN);
            good = fj_precise_push_at(law, low, work->a[r], work->b[r]) == FJ_OK &&
                   mpfr_sgn(work->a[r]) > 0 && good;
            mpfr_div(work->a[r], work->a[r], scale, MPFR_RNDN);
        }
        if (!agree(work, "point", s, good))
            continue;
        fprintf(work->file[POINTS], "%s,%.17g", work->stack.name, s);
        print_number(work->file[POINTS], work->a[1]);
        print_number(work->file[POINTS], work->b[1]);
        fputc('\n', work->file[POINTS]);
    }
    mpfr_clears(scale, low, (mpfr_ptr)0);
}

static void atom_rows(struct work *work)
{
    mpfr_t s[2][MAX_ATOM_ROWS], mass[2][MAX_ATOM_ROWS];
    int n[2];
    long double total = 0;
    for (int r = 0; r < 2; r++) {
        for (int i = 0; i < MAX_ATOM_ROWS; i++)
            mpfr_inits2(rules[RULE_FINE + r].plan.prec, s[r][i], mass[r][i], (mpfr_ptr)0);
        n[r] = exact_atoms(work->chain[RULE_FINE + r], s[r], mass[r], MAX_ATOM_ROWS);
    }
    for (int i = 0; i < n[0] && i < n[1]; i++) {
        for (int r = 0; r < 2; r++) {
            mpfr_set(work->a[r], s[r][i], MPFR_RNDN);
            mpfr_set(work->b[r], mass[r][i], MPFR_RNDN);
        }
        if (!agree(work, "atom", i, n[0] == n[1]))
            continue;
        total += mpfr_get_ld(work->b[1], MPFR_RNDN);
        fputs(work->stack.name, work->file[ATOMS]);
        print_number(work->file[ATOMS], work->a[1]);
        print_number(work->file[ATOMS], work->b[1]);
        fputc('\n', work->file[ATOMS]);
    }
    work->atoms_only = total > 1 - 1e-14L;
    for (int r = 0; r < 2; r++)
        for (int i = 0; i < MAX_ATOM_ROWS; i++)
            mpfr_clears(s[r][i], mass[r][i], (mpfr_ptr)0);
}

static void moment_rows(struct work *work)
{
    mpfr_t moment[2][N_MOMENTS + 1];
    bool good[2];
    for (int r = 0; r < 2; r++) {
        for (int k = 0; k <= N_MOMENTS; k++)
            mpfr_init2(moment[r][k], rules[RULE_FINE + r].plan.prec);
        exact_moments(work->chain[RULE_FINE + r], moment[r]);
        good[r] = exact_mean_log(work->chain[RULE_FINE + r], moment[r][N_MOMENTS]);
    }
    for (int k = 0; k <= N_MOMENTS; k++) {
        for (int r = 0; r < 2; r++) {
            mpfr_set(work->a[r], moment[r][k], MPFR_RNDN);
            mpfr_set_zero(work->b[r], 1);
        }
        if (!agree(work, "moment", k + 1, k < N_MOMENTS || (good[0] && good[1])))
            continue;
        if (k < N_MOMENTS)
            fprintf(work->file[MOMENTS], "%s,%d", work->stack.name, k + 1);
        else
            fprintf(work->file[MOMENTS], "%s,log", work->stack.name);
        print_number(work->file[MOMENTS], moment[1][k]);
        fputc('\n', work->file[MOMENTS]);
    }
    for (int r = 0; r < 2; r++)
        for (int k = 0; k <= N_MOMENTS; k++)
            mpfr_clear(moment[r][k]);
}

int network_rows(const struct network_text *text, FILE **file, bool integrate)
{
    struct work *work = calloc(1, sizeof(*work));
    work->file = file;
    work->integrate = integrate;
    for (int r = 0; r < 2; r++)
        mpfr_inits2(rules[RULE_FINE + r].plan.prec, work->a[r], work->b[r], (mpfr_ptr)0);
    if (stack_read(text, &work->stack)) {
        for (int r = 0; r < N_RULES; r++)
            work->chain[r] = chain_make(&work->stack, &rules[r]);
        layer_rows(work);
        atom_rows(work);
        moment_rows(work);
        int pushed = push_run(&work->stack);
        if (pushed >= 0)
            push_rows(work, pushed);
        else if (!work->atoms_only)
            spectrum_rows(work);
        for (int r = 0; r < N_RULES; r++)
            chain_free(work->chain[r]);
    } else {
        fprintf(stderr, "cannot read the text of %s\n", text->name);
        work->left_out++;
    }
    for (int r = 0; r < 2; r++)
        mpfr_clears(work->a[r], work->b[r], (mpfr_ptr)0);
    int left_out = work->left_out;
    free(work);
    return left_out;
}
