/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data/spectrum.csv, edges.csv, atoms.csv and moments.csv for one activation and q.
 *
 * 1. The laws of t in the rules "quick", "fine" and "check" serve all depths and both weights.
 * 2. Edges and the points to tabulate come from "quick"; s is rounded to a double there.
 * 3. "fine" and "check" solve for exactly that s; a row is written when their density agrees to
 *    1e-25 relative and their cdf to 1e-25.
 */
#include "reference.h"

#include <math.h>

struct setting {
    const struct activation *act;
    double q;
    bool gaussian;
    long depth;
    fj_precise_layers layers[N_RULES];
    fj_precise_law *law[N_RULES];
    FILE **out;
    int left_out;
};

enum { SPECTRUM, EDGES, ATOMS, MOMENTS };

static void head(struct setting *set, int table)
{
    fprintf(set->out[table], "%s,%s,%ld,%.17g", set->act->name,
            set->gaussian ? "gaussian" : "orthogonal", set->depth, set->q);
}

static void complain(struct setting *set, const char *what, double s)
{
    fprintf(stderr, "left out: %s %s %s depth %ld q %g s %.17g\n", what, set->act->name,
            set->gaussian ? "gaussian" : "orthogonal", set->depth, set->q, s);
    set->left_out++;
    set->law[RULE_FINE]->status = set->law[RULE_CHECK]->status = FJ_OK;
}

static void write_point(struct setting *set, double s, mpfr_t density[2], mpfr_t cdf[2], bool good)
{
    if (!good || !digits_agree(density[0], density[1], false) ||
        !digits_agree(cdf[0], cdf[1], true)) {
        complain(set, good ? "point (digits)" : "point", s);
        return;
    }
    head(set, SPECTRUM);
    fprintf(set->out[SPECTRUM], ",%.17g", s);
    print_number(set->out[SPECTRUM], density[1]);
    print_number(set->out[SPECTRUM], cdf[1]);
    fputc('\n', set->out[SPECTRUM]);
}

static void solve_point(struct setting *set, const struct choice *c, mpfr_t density[2],
                        mpfr_t cdf[2])
{
    bool good = true;
    mpc_t w;
    mpc_init2(w, rules[RULE_CHECK].plan.prec);
    mpfr_set_ld(mpc_realref(w), c->log_r, MPFR_RNDN);
    mpfr_set_ld(mpc_imagref(w), 2 * atanl(expl(c->psi)), MPFR_RNDN);
    for (int r = RULE_FINE; r <= RULE_CHECK && good; r++) {
        mpfr_t log_z;
        mpc_t start; /* the check starts where fine ended */
        mpc_init2(start, rules[r].plan.prec);
        mpc_set(start, w, MPC_RNDNN);
        mpfr_init2(log_z, rules[r].plan.prec);
        mpfr_set_d(log_z, c->s, MPFR_RNDN);
        mpfr_log(log_z, log_z, MPFR_RNDN);
        mpfr_mul_2ui(log_z, log_z, 1, MPFR_RNDN);
        good = fj_precise_root_solve(set->law[r], &set->layers[r], log_z, start, density[r - 1],
                                     cdf[r - 1]);
        mpfr_clear(log_z);
        mpc_set(w, start, MPC_RNDNN);
        mpc_clear(start);
    }
    mpc_clear(w);
    write_point(set, c->s, density, cdf, good);
}

static bool polish(struct setting *set, int r, const fj_precise_edge *edge, mpfr_t s)
{
    mpfr_t log_u;
    long double bend;
    mpfr_init2(log_u, rules[r].plan.prec);
    bool good = fj_precise_edge_polish(set->law[r], &set->layers[r], edge, log_u, s, &bend);
    fj_precise_root_exp(s, s);
    mpfr_clear(log_u);
    return good;
}

/* At s = sigma_w |phi'|. */
static bool push_density(const fj_precise_law *law, double s, mpfr_t density, mpfr_t cdf)
{
    mpfr_t root, y;
    mpfr_inits2(law->rule->plan.prec, root, y, (mpfr_ptr)0);
    mpfr_sqrt(root, law->mu_1, MPFR_RNDN);
    mpfr_mul_d(y, root, s, MPFR_RNDN);
    bool good = fj_precise_push_at(law, y, density, cdf) == FJ_OK && mpfr_sgn(density) > 0;
    mpfr_mul(density, density, root, MPFR_RNDN);
    mpfr_clears(root, y, (mpfr_ptr)0);
    return good;
}

static void edge_row(struct setting *set, int index, bool lower, mpfr_t s[2], bool good)
{
    if (!good || !digits_agree(s[0], s[1], false)) {
        complain(set, "edge", mpfr_get_d(s[0], MPFR_RNDN));
        return;
    }
    head(set, EDGES);
    fprintf(set->out[EDGES], ",%d:%s", index, lower ? "lower" : "upper");
    print_number(set->out[EDGES], s[1]);
    fputc('\n', set->out[EDGES]);
}

static void spectrum_rows(struct setting *set, mpfr_t density[2], mpfr_t cdf[2])
{
    fj_precise_edge edges[FJ_PRECISE_EDGES_MAX];
    struct choice points[MAX_POINTS];
    fj_precise_law *quick = set->law[RULE_QUICK];
    int n = fj_precise_edges_find(quick, &set->layers[RULE_QUICK], edges);
    int interval = 0;
    quick->status = FJ_OK;
    for (int i = 0; i < n; i++) {
        bool good = polish(set, RULE_FINE, &edges[i], density[0]);
        good = polish(set, RULE_CHECK, &edges[i], density[1]) && good;
        long exponent = good ? mpfr_get_exp(density[0]) : 0;
        if (exponent > -960 && exponent < 960) /* within 1e-290..1e290 */
            edge_row(set, interval, edges[i].lower, density, good);
        interval += !edges[i].lower;
    }
    n = choose_points(quick, &set->layers[RULE_QUICK], edges, n, points);
    for (int i = 0; i < n; i++)
        solve_point(set, &points[i], density, cdf);
    for (int r = 0; r < N_RULES; r++)
        fj_precise_law_trim(set->law[r]);
}

/* Depth 1, orthogonal: s = sigma_w |phi'(sqrt(q) h)| at chosen h, and the ends of the range. */
static void push_rows(struct setting *set, mpfr_t density[2], mpfr_t cdf[2])
{
    static const double H[] = {-0.01, -0.31, -0.93, 1.17, -1.71, 2.3, -3.1, -5.2, 7.9, -9.9};
    const fj_precise_law *law = set->law[RULE_FINE];
    for (int i = 0; i < (int)(sizeof(H) / sizeof(H[0])); i++) {
        if (set->act->smooth == FJ_SMOOTH_NEGATIVE && H[i] > 0)
            continue;
        mpfr_mul_d(cdf[0], law->sqrt_q, H[i], MPFR_RNDN);
        fj_precise_phi_slope(&law->phi, density[0], cdf[0]);
        mpfr_abs(density[0], density[0], MPFR_RNDN);
        mpfr_sqrt(cdf[0], law->mu_1, MPFR_RNDN);
        mpfr_div(density[0], density[0], cdf[0], MPFR_RNDN);
        double s = mpfr_get_d(density[0], MPFR_RNDN);
        bool good = true;
        for (int r = 0; r < 2; r++)
            good = push_density(set->law[RULE_FINE + r], s, density[r], cdf[r]) && good;
        write_point(set, s, density, cdf, good);
    }
    for (int r = 0; r < 2; r++) {
        fj_precise_phi_range(&set->law[RULE_FINE + r]->phi, density[r]);
        mpfr_div(density[r], density[r], set->law[RULE_FINE + r]->mu_1, MPFR_RNDN);
        mpfr_sqrt(density[r], density[r], MPFR_RNDN);
    }
    edge_row(set, 0, false, density, true);
}

static void atom_rows(struct setting *set, mpfr_t mass[2], mpfr_t s[2])
{
    for (int i = 0; i < set->law[RULE_FINE]->n_masses; i++) {
        for (int r = 0; r < 2; r++)
            fj_precise_atom_of(set->law[RULE_FINE + r], &set->layers[RULE_FINE + r], i, mass[r],
                               s[r]);
        if (mpfr_zero_p(mass[0]))
            continue;
        if (!digits_agree(mass[0], mass[1], false) || !digits_agree(s[0], s[1], false)) {
            complain(set, "atom", mpfr_get_d(s[0], MPFR_RNDN));
            continue;
        }
        head(set, ATOMS);
        print_number(set->out[ATOMS], s[1]);
        print_number(set->out[ATOMS], mass[1]);
        fputc('\n', set->out[ATOMS]);
    }
}

static void moment_rows(struct setting *set, mpfr_t mu[2][7])
{
    mpfr_t moment[2][7];
    for (int r = 0; r < 2; r++) {
        const fj_precise_law *law = set->law[RULE_FINE + r];
        for (int k = 0; k < 7; k++)
            mpfr_init2(moment[r][k], law->rule->plan.prec);
        if (fj_precise_series_moments(&set->layers[RULE_FINE + r], 6, mu[r], moment[r]) != FJ_OK)
            out_of_memory();
        /* L (E log t - log mu_1 - g) */
        mpfr_sub(moment[r][6], mu[r][6], law->log_mu_1, MPFR_RNDN);
        mpfr_sub_ui(moment[r][6], moment[r][6], set->gaussian, MPFR_RNDN);
        mpfr_mul_si(moment[r][6], moment[r][6], set->depth, MPFR_RNDN);
    }
    for (int k = 0; k < 7; k++) {
        if (!digits_agree(moment[0][k], moment[1][k], false)) {
            complain(set, "moment", k + 1);
            continue;
        }
        head(set, MOMENTS);
        if (k < 6)
            fprintf(set->out[MOMENTS], ",%d", k + 1);
        else
            fputs(",log", set->out[MOMENTS]);
        print_number(set->out[MOMENTS], moment[1][k]);
        fputc('\n', set->out[MOMENTS]);
    }
    for (int r = 0; r < 2; r++)
        for (int k = 0; k < 7; k++)
            mpfr_clear(moment[r][k]);
}

int table_spectrum(FILE **out, const struct activation *act, double q)
{
    static const long depths[] = {1, 2, 10, 100, 10000, 1000000};
    bool scale_free = act->spec.shape == FJ_SHAPE_LINEAR || act->spec.shape == FJ_SHAPE_LEAKY;
    if (scale_free != (q == 1))
        return 0;
    struct setting set = {.act = act, .q = q, .out = out};
    mpfr_t density[2], cdf[2], mu[2][7];
    for (int r = 0; r < N_RULES; r++)
        set.law[r] = law_make(act, q, &rules[r]);
    for (int r = 0; r < 2; r++) {
        mpfr_inits2(rules[RULE_FINE + r].plan.prec, density[r], cdf[r], (mpfr_ptr)0);
        for (int k = 0; k < 7; k++)
            mpfr_init2(mu[r][k], rules[RULE_FINE + r].plan.prec);
        fj_precise_line_moments(set.law[RULE_FINE + r], 6, mu[r]);
        fj_precise_line_mean_log(set.law[RULE_FINE + r], mu[r][6]);
    }
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < (act->deep ? 6 : 5); i++) {
            set.gaussian = g;
            set.depth = depths[i];
            for (int r = 0; r < N_RULES; r++)
                fj_precise_layers_init(&set.layers[r], set.law[r], g, depths[i]);
            if (g || depths[i] > 1) {
                if (g || act->spec.shape != FJ_SHAPE_LINEAR)
                    spectrum_rows(&set, density, cdf);
            } else if (act->smooth != FJ_SMOOTH_NONE) {
                push_rows(&set, density, cdf);
            }
            atom_rows(&set, density, cdf);
            moment_rows(&set, mu);
            for (int r = 0; r < N_RULES; r++)
                fj_precise_layers_clear(&set.layers[r]);
        }
    for (int r = 0; r < 2; r++) {
        mpfr_clears(density[r], cdf[r], (mpfr_ptr)0);
        for (int k = 0; k < 7; k++)
            mpfr_clear(mu[r][k]);
    }
    for (int r = 0; r < N_RULES; r++)
        fj_precise_law_free(set.law[r]);
    return set.left_out;
}
