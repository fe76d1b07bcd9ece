/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * data/expectation.csv and data/critical.csv: gaussian expectations at given q, and at given u.
 *
 * 1. Choose the u: far, moderate, on the negative axis, just above the range of t at values t takes,
 *    just beyond the largest t, and tiny at two angles. Each is a pair of doubles from the start.
 * 2. Compute everything with the rules "fine" and "check".
 * 3. Write a row when every number agrees to 1e-25 relative.
 */
#include "reference.h"

#include <math.h>
#include <stdlib.h>

bool digits_agree(const mpfr_t a, const mpfr_t b, bool absolute)
{
    if (mpfr_nan_p(a) || mpfr_nan_p(b))
        return mpfr_nan_p(a) && mpfr_nan_p(b);
    mpfr_t d, scale;
    mpfr_init2(d, mpfr_get_prec(a));
    mpfr_init2(scale, mpfr_get_prec(a));
    mpfr_sub(d, a, b, MPFR_RNDN);
    mpfr_abs(d, d, MPFR_RNDN);
    mpfr_set_d(scale, 1e-25, MPFR_RNDN);
    if (!absolute)
        mpfr_mul(scale, scale, b, MPFR_RNDN);
    mpfr_abs(scale, scale, MPFR_RNDN);
    bool agree = mpfr_zero_p(d) || mpfr_cmp(d, scale) < 0;
    mpfr_clears(d, scale, (mpfr_ptr)0);
    return agree;
}

void print_number(FILE *out, const mpfr_t x)
{
    if (mpfr_nan_p(x))
        fputs(",nan", out);
    else if (mpfr_zero_p(x))
        fputs(",0", out);
    else
        mpfr_fprintf(out, ",%.31RNe", x);
}

static double t_at(const fj_precise_law *law, double h)
{
    mpfr_t x, t;
    mpfr_inits2(law->rule->plan.prec, x, t, (mpfr_ptr)0);
    mpfr_mul_d(x, law->sqrt_q, h, MPFR_RNDN);
    fj_precise_phi_slope(&law->phi, t, x);
    mpfr_sqr(t, t, MPFR_RNDN);
    double out = mpfr_get_d(t, MPFR_RNDN);
    mpfr_clears(x, t, (mpfr_ptr)0);
    return out;
}

static double t_max(const fj_precise_law *law)
{
    mpfr_t high;
    mpfr_init2(high, law->rule->plan.prec);
    double top = fj_precise_phi_range(&law->phi, high) ? mpfr_get_d(high, MPFR_RNDN) : 0;
    for (int i = 0; i < law->n_masses; i++)
        top = fmax(top, mpfr_get_d(law->value[i], MPFR_RNDN));
    mpfr_clear(high);
    return top;
}

enum { N_POINTS = 15 };

static void choose_u(const fj_precise_law *law, double u[N_POINTS][2])
{
    double top = t_max(law);
    bool flat = law->smooth == FJ_SMOOTH_NONE;
    const double list[N_POINTS][2] = {
        {1e3 * top * cos(1.1), 1e3 * top * sin(1.1)},
        {0.8 * top * cos(1.3), 0.8 * top * sin(1.3)},
        {1.37 * top, 0.41 * top},
        {-0.613 * top, 0},
        {-1.3e-3 * top, 0},
        {flat ? 0.7312 : t_at(law, -0.7337), 1e-2},
        {flat ? 0.4127 : t_at(law, -1.2119), 1e-6},
        {flat ? 0.0871 : t_at(law, -0.4391), 1e-12},
        {t_at(law, 1.9173 / fmax(1, mpfr_get_d(law->sqrt_q, MPFR_RNDN))), 1e-12},
        {top * (1 + 1e-2), 0},
        {top * (1 + 1e-6), 0},
        {1e-8 * cos(0.5), 1e-8 * sin(0.5)},
        {1e-8 * cos(2.9), 1e-8 * sin(2.9)},
        {1e-30 * cos(0.5), 1e-30 * sin(0.5)},
        {1e-30 * cos(2.9), 1e-30 * sin(2.9)},
    };
    for (int i = 0; i < N_POINTS; i++) {
        u[i][0] = list[i][0];
        u[i][1] = list[i][1];
    }
}

static void all_of(fj_precise_law *law, const double u[2], mpfr_t *row)
{
    mpc_t z, v[4];
    mpc_init2(z, law->rule->plan.prec);
    mpc_set_d_d(z, u[0], u[1], MPC_RNDNN);
    for (int j = 0; j < 4; j++)
        mpc_init2(v[j], law->rule->plan.prec);
    fj_precise_transform_exact(law, z, v[0], v[2], v[1]);
    fj_precise_transform_log(law, z, v[3]);
    for (int j = 0; j < 4; j++) {
        mpfr_set(row[2 * j], mpc_realref(v[j]), MPFR_RNDN);
        mpfr_set(row[2 * j + 1], mpc_imagref(v[j]), MPFR_RNDN);
        mpc_clear(v[j]);
    }
    mpc_clear(z);
    fj_precise_law_trim(law);
}

static int write_row(FILE *out, int n, mpfr_t *a, mpfr_t *b, const char *head, bool usable)
{
    bool agree = usable;
    for (int j = 0; j < n; j++)
        agree = agree && digits_agree(a[j], b[j], false);
    if (agree) {
        fputs(head, out);
        for (int j = 0; j < n; j++)
            print_number(out, b[j]);
        fputc('\n', out);
        return 0;
    }
    fprintf(stderr, "left out: %s (usable %d)", head, usable);
    for (int j = 0; j < n; j++)
        if (!digits_agree(a[j], b[j], false))
            mpfr_fprintf(stderr, " [%d] %.20RNe %.20RNe", j, a[j], b[j]);
    fputc('\n', stderr);
    return 1;
}

static void init_rows(mpfr_t a[8], mpfr_t b[8])
{
    for (int j = 0; j < 8; j++) {
        mpfr_init2(a[j], rules[RULE_FINE].plan.prec);
        mpfr_init2(b[j], rules[RULE_CHECK].plan.prec);
    }
}

static void clear_rows(mpfr_t a[8], mpfr_t b[8])
{
    for (int j = 0; j < 8; j++)
        mpfr_clears(a[j], b[j], (mpfr_ptr)0);
}

int table_expectation(FILE **out, const struct activation *act, double q)
{
    fj_precise_law *fine = law_make(act, q, &rules[RULE_FINE]);
    fj_precise_law *check = law_make(act, q, &rules[RULE_CHECK]);
    double u[N_POINTS][2];
    mpfr_t a[8], b[8];
    init_rows(a, b);
    choose_u(fine, u);
    int left_out = 0;
    for (int i = 0; i < N_POINTS; i++) {
        char head[160];
        bool atom = false; /* u on a point mass: nothing to tabulate */
        for (int j = 0; j < fine->n_masses; j++)
            atom = atom || (u[i][1] == 0 && mpfr_cmp_d(fine->value[j], u[i][0]) == 0);
        if (atom)
            continue;
        all_of(fine, u[i], a);
        all_of(check, u[i], b);
        snprintf(head, sizeof(head), "%s,%.17g,%.17g,%.17g", act->name, q, u[i][0], u[i][1]);
        left_out +=
            write_row(out[0], 8, a, b, head, fine->status == FJ_OK && check->status == FJ_OK);
        fine->status = check->status = FJ_OK;
    }
    clear_rows(a, b);
    fj_precise_law_free(fine);
    fj_precise_law_free(check);
    return left_out;
}

/* sigma_w2, sigma_b2, mu_1, mu_2, E phi^2, length slope, E log t */
static bool critical_row(const fj_precise_law *law, mpfr_t *row)
{
    mpfr_t mu[6], slope;
    mpfr_init2(slope, law->rule->plan.prec);
    for (int k = 0; k < 6; k++)
        mpfr_init2(mu[k], law->rule->plan.prec);
    bool good = fj_precise_line_moments(law, 6, mu) == FJ_OK &&
                fj_precise_line_lengths(law, row[4], slope) == FJ_OK;
    mpfr_set(row[2], mu[0], MPFR_RNDN);
    mpfr_set(row[3], mu[1], MPFR_RNDN);
    mpfr_ui_div(row[0], 1, mu[0], MPFR_RNDN);
    mpfr_div(row[1], row[4], mu[0], MPFR_RNDN);
    mpfr_sub(row[1], law->q, row[1], MPFR_RNDN);
    if (fabsl(mpfr_get_ld(row[1], MPFR_RNDN)) <
        1e-36L * mpfr_get_ld(law->q, MPFR_RNDN)) /* scale-free phi: exactly 0 */
        mpfr_set_zero(row[1], 1);
    mpfr_div(row[5], slope, mu[0], MPFR_RNDN);
    good = fj_precise_line_mean_log(law, row[6]) == FJ_OK && good;
    if (!mpfr_nan_p(row[6]) && fabsl(mpfr_get_ld(row[6], MPFR_RNDN)) < 1e-36L)
        mpfr_set_zero(row[6], 1);
    mpfr_clear(slope);
    for (int k = 0; k < 6; k++)
        mpfr_clear(mu[k]);
    return good;
}

int table_critical(FILE **out, const struct activation *act, double q)
{
    fj_precise_law *fine = law_make(act, q, &rules[RULE_FINE]);
    fj_precise_law *check = law_make(act, q, &rules[RULE_CHECK]);
    mpfr_t a[8], b[8];
    init_rows(a, b);
    bool good = critical_row(fine, a);
    good = critical_row(check, b) && good;
    char head[80];
    snprintf(head, sizeof(head), "%s,%.17g", act->name, q);
    int left_out = write_row(out[0], 7, a, b, head, good);
    clear_rows(a, b);
    fj_precise_law_free(fine);
    fj_precise_law_free(check);
    return left_out;
}
