/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations with 1/(u - t) in them.
 *
 * 1. Every row of expectation.csv: m, n and their derivative, the second-order expectation, the potential; tolerances
 *    follow from what a rounding of u does to each.
 * 2. E t, Var t, E log t from a rule's nodes against adaptive integration.
 * 3. The series far from the range of t against the nodes.
 * 4. The two kinds of rule against each other, on activations that both can serve. */
#include "rule_internal.h"
#include "../table.h"
#include "rule_make.h"

static fj_table table, line; /* expectation.csv, critical.csv */

/* Derivatives steer Newton and carry its last step, at most 1e-8: what is off by 1e-8 of them is below rounding. */
static const double DERIVATIVES = 1e-8;

/* Distance of w, in the logarithm of u, from the nearest end of the range of t or mass of it. */
static double to_singularity(const fj_rule *rule, double complex w)
{
    double least, most, distance = 1;
    const fj_mass *mass;
    size_t n = fj_rule_masses(rule, &mass);
    if (fj_rule_range(rule, &least, &most)) {
        distance = fmin(distance, cabs(w - log(most)));
        if (least > 0)
            distance = fmin(distance, cabs(w - log(least)));
    }
    for (size_t i = 0; i < n; i++)
        if (mass[i].t > 0)
            distance = fmin(distance, cabs(w - log(mass[i].t)));
    return distance;
}

/* |d^2 m/dw^2|, to a few digits, for a tolerance */
static double bending(const fj_rule *rule, double complex w)
{
    fj_resolvent left, right;
    double step = 1e-3 * to_singularity(rule, w);
    fj_rule_resolvent(rule, FJ_SECOND_RAW, w - step, &left);
    fj_rule_resolvent(rule, FJ_SECOND_RAW, w + step, &right);
    return cabs(right.dm - left.dm) / (2 * step);
}

typedef struct row {
    const char *name;
    double q, theta, largest; /* largest: rounding of w, in units */
    double unit;              /* relative error of u that is accepted */
    long double mu1, m_re, m_im, g_re, g_im, k_im;
    double complex w, u, m, dm, g;
    char what[200];
} row;

static row row_read(size_t i)
{
    row r = {.name = fj_table_text(&table, i, "activation"), .q = fj_table_number(&table, i, "q")};
    r.u = CMPLX(fj_table_number(&table, i, "re_u"), fj_table_number(&table, i, "im_u"));
    r.w = clog(r.u);
    r.theta = cimag(r.w);
    r.largest = 1 + fabs(creal(r.w));
    r.m_re = fj_table_long(&table, i, "re_m"), r.m_im = fj_table_long(&table, i, "im_m");
    r.g_re = fj_table_long(&table, i, "re_g"), r.g_im = fj_table_long(&table, i, "im_g");
    r.k_im = fj_table_long(&table, i, "im_k");
    r.m = CMPLX(r.m_re, r.m_im);
    r.g = CMPLX(r.g_re, r.g_im);
    r.dm = r.u * CMPLX(fj_table_number(&table, i, "re_dm"), fj_table_number(&table, i, "im_dm"));
    for (size_t k = 0; k < line.rows; k++)
        if (strcmp(fj_table_text(&line, k, "activation"), r.name) == 0 &&
            fj_table_number(&line, k, "q") == r.q)
            r.mu1 = fj_table_long(&line, k, "mu_1");
    ck_assert_msg(r.mu1 > 0, "%s at q = %g is not in critical.csv", r.name, r.q);
    snprintf(r.what, sizeof r.what, "%.60s, q = %.17g, u = %.17g + %.17g i", r.name, r.q,
             creal(r.u), cimag(r.u));
    return r;
}

static void near_complex(double complex got, double complex want, double tolerance, const row *r,
                         const char *which)
{
    char what[256];
    snprintf(what, sizeof what, "%s: Re %s", r->what, which);
    fj_assert_within(creal(got), creal(want), tolerance, what);
    snprintf(what, sizeof what, "%s: Im %s", r->what, which);
    fj_assert_within(cimag(got), cimag(want), tolerance, what);
}

/* m, n, dm: what a relative error of a few units in u does to them. */
static void check_first_order(const fj_rule *rule, const row *r, const fj_resolvent *at)
{
    const double unit = r->unit;
    const double moved = cabs(r->dm) * r->largest, bend = bending(rule, r->w) * r->largest;
    near_complex(at->m, r->m, unit * (cabs(r->m) + moved), r, "m");
    near_complex(at->n, r->u * r->g, unit * (cabs(r->u * r->g) + moved), r, "n");
    near_complex(at->dm, r->dm, DERIVATIVES * (cabs(r->dm) + bend), r, "dm/dw");
    /* imaginary parts by themselves: theta moves by its own relative rounding only */
    char what[256];
    snprintf(what, sizeof what, "%s: Im m alone", r->what);
    if (r->theta > 0 && r->theta < 3)
        fj_assert_within(cimag(at->m), (double)r->m_im,
                         unit * (fabs((double)r->m_im) + fabs(cimag(r->dm)) * r->largest +
                                 fabs(creal(r->dm)) * r->theta),
                         what);
}

/* What a relative error of one unit in u does to the two terms of J, m and log n + E log(1 - t/u) by dm/dw, dm/(n dw)
 * and m. */
static double potential_size(fj_second second, const fj_resolvent *at)
{
    return cabs(at->m) + cabs(second == FJ_SECOND_CENTRED ? at->dm / at->n : at->dm);
}

/* v = u m - mu1 or (u - mu1)((u - mu1) g - 1), formed in long double from 30 digits; and the potential. */
static void check_second_order(const row *r, fj_second second, const fj_resolvent *at,
                               const fj_rule *rule)
{
    const double unit = r->unit, mu1 = (double)r->mu1;
    const long double re = creal(r->u), im = cimag(r->u), d = re - r->mu1;
    long double want_re = re * r->m_re - im * r->m_im - r->mu1;
    long double want_im = re * r->m_im + im * r->m_re, j = r->m_im + r->k_im;
    double complex dv = r->u * (r->m + r->dm);
    if (second == FJ_SECOND_CENTRED) {
        long double a = d * r->g_re - im * r->g_im - 1, b = d * r->g_im + im * r->g_re;
        want_re = d * a - im * b;
        want_im = d * b + im * a;
        /* g = n/u: dg/dw = (dm - n)/u */
        dv = r->u * (2 * (r->u - mu1) * r->g - 1) +
             (r->u - mu1) * (r->u - mu1) * (r->dm - r->u * r->g) / r->u;
        j = atan2l(re * r->g_im + im * r->g_re, re * r->g_re - im * r->g_im) + r->k_im;
    }
    double complex v = CMPLX(want_re, want_im);
    /* of the long doubles the wanted values are made of */
    double terms = second == FJ_SECOND_RAW ? cabs(r->u * r->m) + mu1
                                           : cabs(r->u - mu1) * (1 + cabs((r->u - mu1) * r->g));
    double known = 16 * (double)LDBL_EPSILON * terms;
    double moved = cabs(dv) * r->largest + mu1 * cabs(r->m - mu1 * r->g);
    /* far below mu1 the wanted values themselves cancel, and nobody asks for v */
    if (cabs(r->u) > 1e-3 * mu1) {
        near_complex(at->v, v, unit * (cabs(v) + moved) + known, r, second ? "v" : "v raw");
        near_complex(at->dv, dv,
                     DERIVATIVES *
                             (cabs(dv) + cabs(r->u) * (cabs(r->m) + cabs(r->dm)) +
                              mu1 * cabs(r->dm) + bending(rule, r->w) * cabs(r->u) * r->largest) +
                         known,
                     r, second ? "dv" : "dv raw");
    }
    if (fj_rule_spread(rule) > 0) /* else the law is one atom, and nobody asks */
        fj_assert_within(fj_rule_potential(rule, second, at), (double)j,
                         unit * potential_size(second, at) * r->largest, r->what);
}

START_TEST(reference_table)
{
    const size_t a_network = 15;
    for (size_t i = (size_t)_i * a_network; i < ((size_t)_i + 1) * a_network && i < table.rows;
         i++) {
        row r = row_read(i);
        double mu1;
        fj_activation *a = fj_table_activation(r.name);
        r.unit = accuracy(a);
        fj_rule *rule = make_rule(a, r.q, &mu1);
        for (int second = 0; second < 2; second++) {
            fj_resolvent at;
            fj_rule_resolvent(rule, (fj_second)second, r.w, &at);
            check_first_order(rule, &r, &at);
            check_second_order(&r, (fj_second)second, &at, rule);
        }
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
}
END_TEST

START_TEST(far_out_the_moments_take_over)
{
    /* E[(t - mu1)^2/(u - t)] = sum_j c_j/(u - mu1)^(j-1), c_j the central moments; deep laws live there */
    enum { ORDERS = 24 };
    fj_test_random random = fj_test_random_make();
    for (int i = 0; i < fj_test_times(40); i++) {
        char spec[96], what[200];
        fj_test_spec(&random, (size_t)_i, spec, sizeof spec);
        fj_activation *a = fj_test_make(spec);
        double q = fj_test_loguniform(&random, 1e-3, 100), mu1, least, most, c[ORDERS];
        fj_rule *rule = make_rule(a, q, &mu1);
        if (!fj_rule_range(rule, &least, &most))
            most = 1;
        ck_assert_int_eq(fj_central_moments(a, q, ORDERS, c), FJ_OK);
        double size = fmax(1, most) * fj_test_loguniform(&random, 30, 1e9);
        double complex u = size * cexp(I * fj_test_uniform(&random, 0.1, 3)), want = 0;
        for (int j = ORDERS - 1; j >= 2; j--)
            want = (want + c[j]) / (u - mu1);
        fj_resolvent at;
        fj_rule nodes = *rule;
        nodes.far_series.distance = INFINITY;
        fj_rule_resolvent(&nodes, FJ_SECOND_CENTRED, clog(u), &at);
        snprintf(what, sizeof what, "%s, q = %.17g, u = %.17g + %.17g i", spec, q, creal(u),
                 cimag(u));
        if (c[2] > 1e-200) /* hard-tanh at small q */
            fj_assert_within(cabs(at.v / want - 1), 0, 5e-13, what);
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
}
END_TEST

/* The series' coefficients against adaptive integration, as far as they count where it takes over, |y| = 1/3; t - mu1 is known to the
 * rounding of t on both sides. */
START_TEST(coefficients_of_the_far_series)
{
    static const double SAME = 1e-14;
    fj_test_random random = fj_test_random_make();
    for (int i = 0; i < fj_test_times(20); i++) {
        char spec[96], what[200];
        fj_test_spec(&random, (size_t)_i, spec, sizeof spec);
        fj_activation *a = fj_test_make(spec);
        const double q = fj_test_loguniform(&random, 1e-6, 100);
        double mu1, central[FJ_FAR_TERMS + 2], counts = 1;
        fj_rule *rule = make_rule(a, q, &mu1);
        const fj_far *far = &rule->far_series;
        const int has_series =
            isfinite(far->distance) && fj_central_moments(a, q, FJ_FAR_TERMS + 2, central) == FJ_OK;
        for (int k = 0; k < FJ_FAR_TERMS && has_series; k++, counts /= 3) {
            snprintf(what, sizeof what, "%s, q = %.17g, moment %d", spec, q, k + 2);
            const double off = far->c[k] - central[k + 2] * pow(far->size, -(k + 2));
            fj_assert_within(off * counts / far->c[0], 0,
                             SAME + 2 * DBL_EPSILON * mu1 / rule->spread, what);
        }
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
}
END_TEST

START_TEST(far_series_and_nodes_agree)
{
    fj_test_random random = fj_test_random_make();
    int compared = 0;
    for (int i = 0; i < fj_test_times(20); i++) {
        char spec[96];
        fj_test_spec(&random, (size_t)_i, spec, sizeof spec);
        fj_activation *a = fj_test_make(spec);
        double q = fj_test_loguniform(&random, 1e-6, 100), mu1;
        fj_rule *rule = make_rule(a, q, &mu1), nodes = *rule;
        nodes.far_series.distance = INFINITY;
        for (int k = 0; k < 12 && isfinite(rule->far_series.distance); k++) {
            /* from where the series takes over, also next to the axis */
            double size = rule->far_series.distance *
                          (k % 3 ? 1 + fj_test_loguniform(&random, 1e-3, 1e6) : 1.0001);
            double angle =
                k % 2 ? fj_test_uniform(&random, 0.01, 3.1) : fj_test_loguniform(&random, 1e-12, 1);
            double complex w = clog(mu1 + size * cexp(I * angle));
            fj_second second = (fj_second)(k / 2 % 2);
            fj_resolvent x, y;
            fj_rule_resolvent(rule, second, w, &x);
            fj_rule_resolvent(&nodes, second, w, &y);
            ck_assert(x.far && !y.far);
            row at = {.q = q};
            snprintf(at.what, sizeof at.what, "%s, q = %.17g, w = %.17g + %.17g i", spec, q,
                     creal(w), cimag(w));
            /* poles of the nodes' second-order sums cancel to three digits there */
            const double unit = accuracy(a);
            near_complex(x.n, y.n, unit * cabs(y.n), &at, "n");
            near_complex(x.m, y.m, unit * cabs(y.m), &at, "m");
            near_complex(x.v, y.v, PANELS * cabs(y.v), &at, "v");
            near_complex(x.dm, y.dm, DERIVATIVES * cabs(y.dm), &at, "dm/dw");
            near_complex(x.dv, y.dv, DERIVATIVES * cabs(y.dv), &at, "dv/dw");
            /* next to the axis the series keeps Im m to full relative accuracy: theta dm/dw */
            if (cimag(w) < 1e-8)
                fj_assert_within(cimag(x.m) / (cimag(w) * creal(x.dm)), 1, TRAPEZOID, at.what);
            fj_assert_within(fj_rule_potential(rule, second, &x),
                             fj_rule_potential(&nodes, second, &y),
                             16 * unit * potential_size(second, &y), at.what);
            compared++;
        }
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    ck_assert_msg(compared > 0 || strstr("linear relu leaky-relu hard-tanh", info.name),
                  "%s has no series", info.name);
}
END_TEST

/* d^2m/dw^2 on a circle around w: nodes, poles and the far series, by Cauchy's integral of dm/dw. */
START_TEST(second_derivatives)
{
    enum { AROUND = 16 };
    static const double HALF_THE_DIGITS = 1e-7;
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    fj_activation *a = fj_test_make(info.name);
    fj_test_random r = fj_test_random_make();
    for (int n = 0; n < fj_test_times(12); n++) {
        double q = fj_test_loguniform(&r, 1e-2, 10), mu1;
        fj_rule *rule = make_rule(a, q, &mu1);
        for (int k = 0; k < 20; k++) {
            const double theta = fj_test_loguniform(&r, 1e-2, 1.5), radius = theta / 6;
            const double complex w = CMPLX(log(mu1) + fj_test_uniform(&r, -4, 3), theta);
            fj_resolvent at, around;
            double complex sum = 0;
            double size = 0;
            fj_rule_resolvent(rule, k % 2 ? FJ_SECOND_RAW : FJ_SECOND_CENTRED, w, &at);
            for (int j = 0; j < AROUND; j++) {
                const double complex e = cexp(2 * M_PI * I * (j + 0.5) / AROUND);
                fj_rule_resolvent(rule, FJ_SECOND_RAW, w + radius * e, &around);
                sum += around.dm / (e * radius * AROUND);
                size = fmax(size, cabs(around.dm) / radius);
            }
            row here = {.q = q};
            snprintf(here.what, sizeof here.what, "%s, q = %.17g, w = %.17g + %.17g i", info.name,
                     q, creal(w), theta);
            /* what the circle leaves out is 6^-16 */
            near_complex(at.ddm, sum, HALF_THE_DIGITS * size, &here, "d^2m/dw^2");
        }
        fj_rule_destroy(rule);
    }
    fj_activation_destroy(a);
}
END_TEST

/* E t, Var t and E log(t/mu1) of a rule, from its own nodes where they serve, against adaptive integration. */
START_TEST(moments_without_u)
{
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    fj_activation *a = fj_test_make(info.name);
    for (double log_q = -14; log_q < 5; log_q += 0.77) {
        const double q = exp(log_q);
        double mu1, central[3], variance, of_log, mean_log;
        char what[120];
        fj_rule *rule = make_rule(a, q, &mu1);
        snprintf(what, sizeof what, "%s at q = %.17g", info.name, q);
        ck_assert_int_eq(fj_central_moments(a, q, 3, central), FJ_OK);
        ck_assert_int_eq(fj_rule_variance(rule, &variance), FJ_OK);
        fj_assert_near(fj_rule_mean(rule), mu1, 4 * DBL_EPSILON, what);
        fj_assert_near(variance, central[2], 1e-13, what);
        if (fj_mean_log_slope2(a, q, &mean_log) == FJ_OK && isfinite(mean_log)) {
            ck_assert_int_eq(fj_rule_mean_log(rule, &of_log), FJ_OK);
            fj_assert_within(of_log + log(mu1), mean_log, 4e-15 * (1 + fabs(mean_log)), what);
        }
        fj_rule_destroy(rule);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(the_table_is_there)
{
    ck_assert_msg(table.rows >= 1000, "only %zu rows", table.rows);
}
END_TEST

/* ---- the two kinds of rule against each other ---- */

static const char *const analytic[] = {"tanh", "erf",      "sigmoid",          "arctan",
                                       "sin",  "softplus", "softplus:beta=2.5"};

/* A point beside the range of t: a little above its top, a little inside it, or near the axis in the middle. */
static double complex beside(fj_test_random *r, int i, double top)
{
    double distance = fj_test_loguniform(r, 1e-12, 1);
    switch (i % 4) {
    case 0:
        return CMPLX(log(top) + distance, 0);
    case 1:
        return log(top) + distance * cexp(I * fj_test_uniform(r, 0.01, M_PI - 0.01));
    case 2:
        return CMPLX(log(top) - fj_test_loguniform(r, 0.01, 8), distance);
    default:
        return CMPLX(log(top) + fj_test_uniform(r, -20, 5), fj_test_uniform(r, 0.01, M_PI));
    }
}

/* u so small that t underflows not far beyond where it falls to |u|: the probability of what lies there counts in n, which is
 * itself a probability of 1e-60. */
START_TEST(where_t_underflows)
{
    static const char *const falling[] = {"tanh", "erf", "sigmoid", "softplus"};
    fj_activation *a = fj_test_make(falling[_i]), copy = *a;
    fj_activation_kind kind = *a->kind;
    kind.poles = NULL;
    copy.kind = &kind;
    fj_test_random r = fj_test_random_make();
    for (int n = 0; n < fj_test_times(10); n++) {
        double q = fj_test_loguniform(&r, 10, 100), mu1;
        fj_rule *one = make_rule(a, q, &mu1), *other = make_rule(&copy, q, &mu1);
        for (int k = 0; k < 10; k++) {
            double complex w = CMPLX(fj_test_uniform(&r, -659, -100), fj_test_uniform(&r, 0.1, 3));
            fj_resolvent x, y;
            fj_rule_resolvent(one, FJ_SECOND_RAW, w, &x);
            fj_rule_resolvent(other, FJ_SECOND_RAW, w, &y);
            row at = {.q = q};
            snprintf(at.what, sizeof at.what, "%s, q = %.17g, w = %.17g + %.17g i", falling[_i], q,
                     creal(w), cimag(w));
            double unit = PANELS * (1 + fabs(creal(w)) / 100); /* of the rounding of exp(w) */
            near_complex(x.n, y.n, unit * cabs(y.n), &at, "n");
            fj_assert_near(cimag(x.m), cimag(y.m), 4 * unit, at.what);
        }
        fj_rule_destroy(one);
        fj_rule_destroy(other);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(panels_and_trapezoid_agree)
{
    fj_activation *a = fj_test_make(analytic[_i]), copy = *a;
    fj_activation_kind kind = *a->kind;
    kind.poles = NULL;
    copy.kind = &kind;
    fj_test_random r = fj_test_random_make();
    for (int n = 0; n < fj_test_times(12); n++) {
        /* above, sin would need more panels than there are, and has its own rule; from 10^4 on panels take over */
        const int wide = n % 4 == 3 && a->kind->growth == FJ_GROWTH_SINGULAR;
        double q = fj_test_loguniform(&r, wide ? 100 : 1e-6, wide ? 9999 : 10), mu1, least, most;
        fj_rule *one = make_rule(a, q, &mu1), *other = make_rule(&copy, q, &mu1);
        ck_assert(fj_rule_range(one, &least, &most));
        for (int k = 0; k < 40; k++) {
            double complex w = beside(&r, k, most);
            fj_second second = (fj_second)(k / 4 % 2);
            fj_resolvent x, y;
            fj_rule_resolvent(one, second, w, &x);
            fj_rule_resolvent(other, second, w, &y);
            row at = {.q = q};
            snprintf(at.what, sizeof at.what, "%s, q = %.17g, w = %.17g + %.17g i", analytic[_i], q,
                     creal(w), cimag(w));
            double unit = PANELS, size = 1 + fabs(creal(w)); /* w is exact, but exp(w) is rounded */
            double moved = cabs(x.dm) * size, bend = bending(one, w) * size;
            near_complex(y.m, x.m, unit * (cabs(x.m) + moved), &at, "m");
            near_complex(y.n, x.n, unit * (cabs(x.n) + moved), &at, "n");
            near_complex(y.dm, x.dm, DERIVATIVES * (cabs(x.dm) + bend), &at, "dm/dw");
            near_complex(y.v, x.v,
                         unit * (cabs(x.v) + cabs(x.dv) * size + mu1 * cabs(x.m - mu1 * x.n / x.u)),
                         &at, "v");
            if (fj_rule_spread(one) > 0)
                fj_assert_within(fj_rule_potential(other, second, &y),
                                 fj_rule_potential(one, second, &x),
                                 unit * potential_size(second, &x) * size, at.what);
        }
        fj_rule_destroy(one);
        fj_rule_destroy(other);
    }
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rule");
    TCase *rows = tcase_create("table"), *two = tcase_create("two rules");
    table = fj_table_read("expectation");
    line = fj_table_read("critical");
    suite_add_tcase(suite, rows);
    tcase_add_test(rows, the_table_is_there);
    tcase_add_loop_test(rows, second_derivatives, 0, (int)fj_activation_count());
    tcase_add_loop_test(rows, moments_without_u, 0, (int)fj_activation_count());
    tcase_add_loop_test(rows, reference_table, 0, (int)((table.rows + 14) / 15));
    tcase_add_loop_test(rows, far_out_the_moments_take_over, 0, (int)fj_activation_count());
    tcase_add_loop_test(rows, coefficients_of_the_far_series, 0, (int)fj_activation_count());
    tcase_add_loop_test(rows, far_series_and_nodes_agree, 0, (int)fj_activation_count());
    suite_add_tcase(suite, two);
    tcase_set_timeout(two, 120);
    tcase_add_loop_test(two, where_t_underflows, 0, 4);
    tcase_add_loop_test(two, panels_and_trapezoid_agree, 0, sizeof analytic / sizeof *analytic);
    fj_run_tap(suite);
    fj_table_free(&table);
    fj_table_free(&line);
    return 0;
}
