/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make-network OUTDIR [--networks NAME,NAME..] [--threads N] [--integrate]: makes data/network-*.csv, the laws of
 * networks of unequal layers and widths.
 *
 * 1. Edges from real m (network_real.c). Between them s is chosen: at 1e-6, 1e-3 and 0.03 of an edge
 *    from it, evenly in log s through the bulk, and down a tail that has no lower edge.
 * 2. Every root is found with the rule "quick", from a neighbour along the real axis or around
 *    the arc, rounded s to a double, then solved with "fine" and "check" at exactly that s.
 * 3. A row is written when both agree to 1e-25 (relative; cdf absolute).
 */
#include "network.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS, POINTS, EDGES, ATOMS, MOMENTS, N_FILES, MAX_SOLVED = 64, MAX_ATOM_ROWS = 16 };

static const char *const file_names[N_FILES] = {"network-layers", "network-points",
                                                "network-edges", "network-atoms",
                                                "network-moments"};
static const char *const file_columns[N_FILES] = {
    "network,run,activation,weights,count,sigma_w,q,width_in,width,chi",
    "network,s,density,cdf", "network,edge,s,cdf", "network,s,mass", "network,k,moment"};

static bool integrate; /* --integrate: compare the cdf with the integral of the density */

struct job {
    const struct network_text *text;
    char *out[N_FILES];
    size_t size[N_FILES];
    int left_out;
};

struct work {
    struct job *job;
    FILE *file[N_FILES];
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
    work->job->left_out++;
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
    struct root *root = root_make(chain->n, chain->rule->prec);
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
    mpfr_inits2(rules[RULE_CHECK].prec, exact, target, (mpfr_ptr)0);
    mpfr_set_d(exact, s, MPFR_RNDN);
    mpfr_log(target, exact, MPFR_RNDN);
    mpfr_mul_2ui(target, target, 1, MPFR_RNDN);
    struct root *root = quick_root(work, target, tail);
    bool good = root != NULL;
    for (int r = 0; r < 2 && good; r++) {
        struct chain *chain = work->chain[RULE_FINE + r];
        struct root *here = root_make(chain->n, chain->rule->prec);
        mpfr_t zero;
        mpfr_init2(zero, chain->rule->prec);
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
        growth = work->stack.run[k].act->smooth != SMOOTH_NONE ? 0.5L : growth;
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
    const struct rule *rule = &rules[RULE_FINE];
    struct chain *chain = work->chain[RULE_FINE];
    mpfr_t a, b, s, target, zero, sum, density, cdf, ends[2];
    mpfr_inits2(rule->prec, a, b, s, target, zero, sum, density, cdf, ends[0], ends[1], (mpfr_ptr)0);
    mpfr_set_zero(zero, 1);
    mpfr_set_zero(sum, 1);
    mpfr_set_ld(a, (high - low) / 2, MPFR_RNDN);
    mpfr_set_ld(b, (high + low) / 2, MPFR_RNDN);
    struct root *here = root_make(chain->n, rule->prec);
    bool good = true;
    for (int i = -2; i < rule->n && good; i++) {
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
            good = real_polish(work->chain[RULE_FINE + r], &edges[i], work->a[r], work->b[r]) && good;
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
    work->ray = root_make(quick->n, quick->rule->prec);
    if (alternate && solve_far(quick, work->ray, &work->ray_log)) {
        for (int i = n - 1; i >= 0; i--) {
            if (edges[i].lower)
                continue;
            interval_points(work, i > 0 ? edges[i - 1].log_z / 2 : -INFINITY,
                                edges[i].log_z / 2);
            if (integrate && work->n_solved > work->first + 1)
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

static void atom_rows(struct work *work)
{
    mpfr_t s[2][MAX_ATOM_ROWS], mass[2][MAX_ATOM_ROWS];
    int n[2];
    for (int r = 0; r < 2; r++) {
        for (int i = 0; i < MAX_ATOM_ROWS; i++)
            mpfr_inits2(rules[RULE_FINE + r].prec, s[r][i], mass[r][i], (mpfr_ptr)0);
        n[r] = exact_atoms(work->chain[RULE_FINE + r], s[r], mass[r], MAX_ATOM_ROWS);
    }
    for (int i = 0; i < n[0] && i < n[1]; i++) {
        for (int r = 0; r < 2; r++) {
            mpfr_set(work->a[r], s[r][i], MPFR_RNDN);
            mpfr_set(work->b[r], mass[r][i], MPFR_RNDN);
        }
        if (!agree(work, "atom", i, n[0] == n[1]))
            continue;
        fputs(work->stack.name, work->file[ATOMS]);
        print_number(work->file[ATOMS], work->a[1]);
        print_number(work->file[ATOMS], work->b[1]);
        fputc('\n', work->file[ATOMS]);
    }
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
            mpfr_init2(moment[r][k], rules[RULE_FINE + r].prec);
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

static void run_job(struct job *job)
{
    struct work *work = calloc(1, sizeof(*work));
    work->job = job;
    for (int f = 0; f < N_FILES; f++)
        work->file[f] = open_memstream(&job->out[f], &job->size[f]);
    for (int r = 0; r < 2; r++)
        mpfr_inits2(rules[RULE_FINE + r].prec, work->a[r], work->b[r], (mpfr_ptr)0);
    if (stack_read(job->text, &work->stack)) {
        for (int r = 0; r < N_RULES; r++)
            work->chain[r] = chain_make(&work->stack, &rules[r]);
        layer_rows(work);
        atom_rows(work);
        moment_rows(work);
        spectrum_rows(work);
        for (int r = 0; r < N_RULES; r++)
            chain_free(work->chain[r]);
    } else {
        fprintf(stderr, "cannot read the text of %s\n", job->text->name);
        job->left_out++;
    }
    for (int r = 0; r < 2; r++)
        mpfr_clears(work->a[r], work->b[r], (mpfr_ptr)0);
    for (int f = 0; f < N_FILES; f++)
        fclose(work->file[f]);
    free(work);
}

static struct {
    pthread_mutex_t lock;
    struct job *job;
    int n, next;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *worker(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&queue.lock);
        int i = queue.next < queue.n ? queue.next++ : -1;
        pthread_mutex_unlock(&queue.lock);
        if (i < 0)
            break;
        run_job(&queue.job[i]);
        fprintf(stderr, "%3d/%d %s\n", i + 1, queue.n, queue.job[i].text->name);
    }
    mpfr_free_cache();
    return NULL;
}

static bool write_file(const char *directory, int f)
{
    char path[4096], temporary[4100];
    snprintf(path, sizeof(path), "%s/%s.csv", directory, file_names[f]);
    snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    FILE *out = fopen(temporary, "w");
    if (!out) {
        perror(temporary);
        return false;
    }
    int left_out = 0;
    for (int i = 0; i < queue.n; i++)
        left_out += queue.job[i].left_out;
    fprintf(out, "# maker: tests/reference (MPFR %s, MPC %s), Newton for m and all u together, continued in z\n",
            mpfr_get_version(), mpc_get_version());
    fprintf(out, "# command: make-network OUTDIR\n");
    fprintf(out, "# agreement: every row with %ld and with %ld bits, other nodes, to 1e-25 or better\n",
            (long)rules[RULE_FINE].prec, (long)rules[RULE_CHECK].prec);
    fprintf(out, "# rows left out of this group of tables: %d\n", left_out);
    fprintf(out, "%s\n", file_columns[f]);
    for (int i = 0; i < queue.n; i++)
        fwrite(queue.job[i].out[f], 1, queue.job[i].size[f], out);
    if (fclose(out) != 0 || rename(temporary, path) != 0) {
        perror(path);
        return false;
    }
    return true;
}

/* Is name one of the comma-separated list? */
static bool listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == 0))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const char *directory = NULL, *names = NULL;
    int n_threads = 2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--networks") == 0 && i + 1 < argc)
            names = argv[++i];
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            n_threads = atoi(argv[++i]);
        else if (strcmp(argv[i], "--integrate") == 0)
            integrate = true;
        else if (argv[i][0] != '-' && !directory)
            directory = argv[i];
        else
            directory = NULL, i = argc;
    }
    if (!directory || n_threads < 1 || n_threads > 64) {
        fprintf(stderr, "usage: make-network OUTDIR [--networks NAME,NAME..] [--threads N] [--integrate]\n");
        return 2;
    }
    rules_make();
    queue.job = calloc(n_network_texts, sizeof(*queue.job));
    for (int i = 0; i < n_network_texts; i++)
        if (!names || listed(names, network_texts[i].name))
            queue.job[queue.n++].text = &network_texts[i];
    pthread_t thread[64];
    for (int i = 0; i < n_threads; i++)
        if (pthread_create(&thread[i], NULL, worker, NULL) != 0)
            n_threads = i;
    for (int i = 0; i < n_threads; i++)
        pthread_join(thread[i], NULL);
    bool good = queue.n > 0 && n_threads > 0;
    for (int f = 0; f < N_FILES && good; f++)
        good = write_file(directory, f);
    for (int i = 0; i < queue.n; i++)
        for (int f = 0; f < N_FILES; f++)
            free(queue.job[i].out[f]);
    free(queue.job);
    rules_free();
    mpfr_free_cache();
    return good ? 0 : 1;
}
