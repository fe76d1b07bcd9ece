/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polynomials of panels: where they are critical and how far they reach, what they continue, and where they have a given value. */
#include "panel_polynomial.h"
#include "panel_roots.h"
#include "rule_make.h"

/* The ellipse's half axes. */
static const double LONG = (FJ_PANEL_RHO + 1 / FJ_PANEL_RHO) / 2,
                    SHORT = (FJ_PANEL_RHO - 1 / FJ_PANEL_RHO) / 2;

/* Chebyshev coefficients of scale (xi^3/3 - (a + b) xi^2/2 + a b xi), critical at a and b, for given sum and product. */
static void cubic(double sum, double product, double scale, double *c)
{
    for (int k = 0; k < FJ_PANEL_ROOM; k++)
        c[k] = 0;
    c[0] = -scale * sum / 4;
    c[1] = scale * (product + 0.25);
    c[2] = -scale * sum / 4;
    c[3] = scale / 12;
}

START_TEST(critical_points_are_counted)
{
    static const double scales[] = {1e-160, 1, 1e100};
    double c[FJ_PANEL_ROOM];
    for (size_t i = 0; i < 3; i++) {
        const double s = scales[i];
        cubic(0.2, -0.5, s, c);
        ck_assert_int_eq(fj_panel_critical_count(c), 2);
        cubic(1.02 * LONG + 0.1, 1.02 * LONG * 0.1, s, c);
        ck_assert_int_eq(fj_panel_critical_count(c), 1);
        cubic(0.98 * LONG + 0.1, 0.98 * LONG * 0.1, s, c);
        ck_assert_int_eq(fj_panel_critical_count(c), 2);
        cubic(0, 1.04 * SHORT * SHORT, s, c); /* a conjugate pair */
        ck_assert_int_eq(fj_panel_critical_count(c), 0);
        cubic(0, 0.96 * SHORT * SHORT, s, c);
        ck_assert_int_eq(fj_panel_critical_count(c), 2);
    }
    for (int k = 1; k < FJ_PANEL_POINTS; k++) { /* all zeros of T_k' lie on the panel */
        for (int i = 0; i < FJ_PANEL_ROOM; i++)
            c[i] = i == k;
        ck_assert_int_eq(fj_panel_critical_count(c), k - 1);
    }
}
END_TEST

START_TEST(one_critical_point_is_found)
{
    fj_panel panel = {.centre = 0};
    panel.polynomial[0] = 3;
    panel.polynomial[1] = -0.8;
    panel.polynomial[2] = 1;
    ck_assert_int_eq(fj_panel_critical_find(&panel), 1);
    fj_assert_near(panel.critical, 0.4, 4 * DBL_EPSILON, "critical point");
    panel.polynomial[1] = -5; /* beyond the ellipse */
    ck_assert_int_eq(fj_panel_critical_find(&panel), 0);
}
END_TEST

START_TEST(radius_is_the_largest_value_on_the_ellipse)
{
    static const double scales[] = {1e-200, 1, 1e100};
    for (size_t i = 0; i < 3; i++) {
        fj_panel panel = {.centre = 0};
        double c[FJ_PANEL_ROOM] = {0};
        c[0] = panel.polynomial[0] = 7 * scales[i];
        c[1] = panel.polynomial[1] = -scales[i];
        fj_panel_bounds(&panel, c);
        fj_assert_near(panel.radius, 1.05 * LONG * scales[i], 1e-14, "radius");
    }
}
END_TEST

static fj_panel_key key_of(const fj_activation *a, double from, double to)
{
    return (fj_panel_key){.activation = a, .from = from, .to = to, .size = 0.5, .may_narrow = 1};
}

/* elu's log t is linear, gelu has no continuation: its polynomial is that of its values. */
START_TEST(polynomials_are_what_they_continue)
{
    static const char *const names[] = {"elu", "silu", "gelu"};
    for (size_t i = 0; i < 3; i++) {
        fj_activation *a = fj_test_make(names[i]);
        double c[FJ_PANEL_ROOM];
        const fj_panel_key key = key_of(a, -0.375, 0);
        fj_panel panel = {.centre = -0.1875, .half = 0.1875};
        ck_assert_int_eq(fj_panel_fit(&key, &panel, c), 1);
        ck_assert_int_eq(panel.logarithmic, 1);
        for (int j = -10; j <= 10; j++) {
            const double xi = j / 10.0, x = panel.centre + panel.half * xi;
            double monomials = 0, chebyshev = 0;
            for (int k = FJ_PANEL_DEGREE; k >= 0; k--)
                monomials = monomials * xi + panel.polynomial[k];
            for (int k = 0; k < FJ_PANEL_POINTS; k++)
                chebyshev += c[k] * cos(k * acos(xi));
            const double want = 2 * log(fabs(fj_activation_slope(a, x)));
            if (j < 10) /* slope has a kink there */
                fj_assert_within(monomials, want, 1e-13, names[i]);
            fj_assert_within(chebyshev, monomials, 1e-13, names[i]);
        }
        if (i == 0)
            for (int k = 2; k < FJ_PANEL_POINTS; k++)
                fj_assert_within(c[k], 0, 1e-15, "elu");
        fj_activation_destroy(a);
    }
}
END_TEST

START_TEST(a_panel_that_is_too_wide_is_not_resolved)
{
    fj_activation *a = fj_test_make("silu");
    double c[FJ_PANEL_ROOM];
    const fj_panel_key key = key_of(a, -6, 6);
    fj_panel panel = {.centre = 0, .half = 6};
    ck_assert_int_eq(fj_panel_fit(&key, &panel, c), 0);
    fj_activation_destroy(a);
}
END_TEST

static double complex value(const fj_panel *panel, double complex xi)
{
    double complex y = 0;
    for (int k = FJ_PANEL_DEGREE; k >= 0; k--)
        y = y * xi + panel->polynomial[k];
    return y;
}

/* Its values on the ellipse, as fj_panel_bounds puts them down for a polynomial of degree 3 or less. */
static void put_edge(fj_panel *panel)
{
    const double *p = panel->polynomial;
    const double c[FJ_PANEL_ROOM] = {p[0] + p[2] / 2, p[1] + 0.75 * p[3], p[2] / 2, p[3] / 4};
    fj_panel_bounds(panel, c);
}

/* A cubic with zeros at a, b and c. */
static fj_panel cubic_of(double a, double b, double c)
{
    fj_panel panel = {.logarithmic = 1};
    panel.polynomial[0] = -a * b * c;
    panel.polynomial[1] = a * b + b * c + c * a;
    panel.polynomial[2] = -(a + b + c);
    panel.polynomial[3] = 1;
    put_edge(&panel);
    return panel;
}

/* Zeros inside are counted or nothing is said, which happens next to the ellipse only; a polynomial reaches what it is somewhere inside. */
START_TEST(solutions_are_counted)
{
    static const double ends[] = {-1.5, -1, 0.999, 1.001, 3};
    for (size_t i = 0; i < 5; i++)
        for (int j = 0; j < 40; j++) {
            const double a = LONG * ends[i], b = 0.02 * j, c = j % 2 ? -0.7 * b : 9;
            const fj_panel panel = cubic_of(a, b, c);
            const int inside = (fabs(a) < LONG) + (fabs(b) < LONG) + (fabs(c) < LONG);
            const int found = fj_panel_winding(&panel, 0);
            ck_assert(found == inside || (found == -1 && fabs(ends[i]) < 1.01));
        }
    const fj_panel panel = cubic_of(0.1, 4, -5);
    int unknown = 0;
    for (int i = 0; i < 4000; i++) {
        const double size = 1.2 * i / 4000, angle = 0.37 * i;
        const double complex at = CMPLX(size * LONG * cos(angle), size * SHORT * sin(angle));
        const double complex target = value(&panel, at);
        const int found = fj_panel_winding(&panel, target);
        unknown += found == -1;
        ck_assert(found == (size < 1) || (found == -1 && fabs(size - 1) < 0.01));
        ck_assert(size > 1 || fj_panel_reaches(&panel, target));
    }
    ck_assert_int_lt(unknown, 40);
    ck_assert(!fj_panel_reaches(&panel, value(&panel, I * 1.2 * SHORT)));
}
END_TEST

/* (xi - critical)^2 and a little more: both solutions, also next to the critical point. */
START_TEST(solutions_about_a_critical_point)
{
    fj_panel panel = {.centre = 0};
    panel.polynomial[0] = 0.09;
    panel.polynomial[1] = -0.6;
    panel.polynomial[2] = 1;
    put_edge(&panel);
    ck_assert_int_eq(fj_panel_critical_find(&panel), 1);
    for (int i = 0; i < 12; i++) {
        const double complex apart = pow(10, -i) * cexp(I * (double)i);
        fj_panel_root root[2];
        ck_assert_int_eq(fj_panel_roots(&panel, apart * apart, root), 2);
        for (int k = 0; k < 2; k++) {
            const double sign = cabs(root[k].xi - 0.3 - apart) < cabs(apart) ? 1 : -1;
            fj_assert_within(cabs(root[k].xi - 0.3 - sign * apart), 0,
                             1e-15 * fmax(1, 1 / cabs(apart)), "solution");
            fj_assert_within(cabs(root[k].slope - 2 * sign * apart), 0,
                             1e-14 * fmax(1, 1 / cabs(apart)), "slope");
            fj_assert_within(cabs(root[k].bend - 1), 0, 1e-14, "bend");
        }
        if (i < 7)
            ck_assert(cabs(root[0].xi - root[1].xi) > cabs(apart));
    }
}
END_TEST

/* exp(xi) - 1 to 20 terms: derivatives at the solution are those of the polynomial, by differences. */
START_TEST(solutions_without_a_critical_point)
{
    for (int far = 0; far < 2; far++) {
        fj_panel panel = {.radius = 10, .far = far};
        double factorial = 1;
        for (int k = 1; k <= FJ_PANEL_DEGREE; k++)
            panel.polynomial[k] = 1 / (factorial *= k);
        for (int k = 0; k < FJ_PANEL_EDGE; k++) {
            const double angle = M_PI * k / (FJ_PANEL_EDGE - 1);
            const double complex y = value(&panel, CMPLX(LONG * cos(angle), SHORT * sin(angle)));
            panel.edge_re[k] = creal(y);
            panel.edge_im[k] = cimag(y);
        }
        panel.edge_re[FJ_PANEL_EDGE] = panel.edge_re[FJ_PANEL_EDGE - 1];
        panel.chord = 0.5;
        panel.slack = 0.1;
        for (int i = -9; i <= 9; i++)
            for (int j = 0; j <= 4; j++) {
                const double complex want = CMPLX(i / 10.0, far ? j / 20.0 : j / 4.0);
                fj_panel_root root[2];
                ck_assert_int_eq(fj_panel_roots(&panel, value(&panel, want), root), 1);
                fj_assert_within(cabs(root[0].xi - want), 0, 2e-15, "solution");
                fj_assert_within(cabs(root[0].slope - cexp(want)), 0, 1e-14, "slope");
                fj_assert_within(cabs(root[0].bend - cexp(want) / 2), 0, 1e-10, "bend");
                fj_assert_within(cabs(root[0].third - cexp(want) / 6), 0, 1e-5, "third");
            }
        fj_panel_root none[2];
        if (!far)
            ck_assert_int_eq(fj_panel_roots(&panel, CMPLX(30, 0), none), 0);
    }
}
END_TEST

/* log((xi + 1)/(xi - 1)) - sum of weight/(xi - node) */
static double complex kernel(int set, double complex xi)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    double complex sum = clog((xi + 1) / (xi - 1));
    for (size_t i = 0; i < fj_panels_order(set); i++)
        sum -= tables->legendre_w[set][i] / (xi - tables->legendre_x[set][i]);
    return sum;
}

/* The integral by brute force, in panels of 20 nodes in geometric progression. */
static double complex cut_slowly(const fj_panel *panel, int set, const fj_correction *pole)
{
    const fj_panel_tables *tables = fj_panel_tables_get();
    const double complex up = cimag(pole->h0) >= 0 ? I : -I;
    double complex sum = 0;
    for (double from = 0, to = 1e-14; from < 2 * panel->half; from = to, to *= 1.3)
        for (int i = 0; i < FJ_ORDER_B; i++) {
            const double eta = from + (to - from) / 2 * (1 + tables->legendre_x[1][i]);
            sum += (to - from) / 2 * tables->legendre_w[1][i] *
                   fj_normal_density(pole->h0 + up * eta) *
                   kernel(set, pole->xi + up * (eta / panel->half));
        }
    return -sum * up;
}

START_TEST(cuts_are_the_integral_of_the_kernel)
{
    static const char *const names[] = {"elu", "silu", "gelu"};
    static fj_resolvent at;
    size_t seen = 0;
    for (size_t i = 0; i < 3; i++) {
        fj_activation *a = fj_test_make(names[i]);
        double mu1;
        fj_rule *rule = make_rule(a, 0.5, &mu1);
        for (int j = 0; j < 30; j++)
            for (int k = 0; k < 5; k++) {
                fj_rule_resolvent(rule, FJ_SECOND_CENTRED, CMPLX(-6 + 0.21 * j, pow(10, -2 * k)),
                                  &at);
                for (size_t p = 0; p < at.poles.count; p++) {
                    const fj_correction *pole = &at.poles.pole[p];
                    const fj_panel *panel = &rule->panel[pole->panel];
                    if (panel->far)
                        continue;
                    const double complex want = cut_slowly(panel, at.poles.set[pole->panel], pole);
                    const double size = panel->half * cabs(pole->density);
                    fj_assert_within(cabs(fj_panels_cut(rule, pole, &at.poles) - want), 0,
                                     1e-14 * size, names[i]);
                    seen++;
                }
            }
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
    ck_assert_int_gt(seen, 300);
}
END_TEST

/* In closed form, next to panels and at their ends, to rounding of the panel's largest density. */
START_TEST(logarithms_next_to_panels)
{
    static const double panels[][2] = {{0, 0.7}, {-0.3, 0.3}, {4.95, 0.707}, {-9, 0.4}, {1, 1}};
    size_t seen = 0;
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++)
        for (double re = -1.05; re < 1.06; re += 0.05)
            for (double im = 0.41; im > 1e-9; im /= 7)
                for (int set = 0; set < FJ_SETS; set++) {
                    const fj_panel panel = {.centre = panels[i][0], .half = panels[i][1]};
                    const double complex xi =
                        CMPLX(fabs(re) > 0.999 && fabs(re) < 1.001 ? round(re) : re, im);
                    const double complex h0 = panel.centre + panel.half * xi;
                    const fj_correction pole = {
                        .h0 = h0, .xi = xi, .density = fj_normal_density(h0)};
                    const double nearest = fmax(fabs(panel.centre) - panel.half, 0);
                    const double largest = exp(-nearest * nearest / 2) / sqrt(2 * M_PI);
                    if (!fj_panel_is_near(xi))
                        continue;
                    fj_assert_within(
                        cabs(fj_panel_log_miss(&panel, set, xi) - cut_slowly(&panel, set, &pole)),
                        0, 6e-15 * panel.half * largest, "panel");
                    seen++;
                }
    ck_assert_int_gt(seen, 1000);
}
END_TEST

/* Of all sizes of u, real and imaginary parts one by one, to rounding of the whole. */
START_TEST(panels_that_do_not_count_change_nothing)
{
    static const double qs[] = {0.025, 0.5, 5, 50};
    static const char *const names[] = {"gelu", "silu", "elu", "expr:x*tanh(log(1+exp(x)))"};
    static fj_resolvent some, all;
    size_t left_out = 0;
    for (size_t i = 0; i < 16; i++) {
        fj_activation *a = fj_test_make(names[i / 4]);
        double mu1;
        fj_rule *rule = make_rule(a, qs[i % 4], &mu1);
        for (int j = 0; j < 120; j++) {
            const fj_second second = j % 2 ? FJ_SECOND_RAW : FJ_SECOND_CENTRED;
            const double complex w = CMPLX(1 - 0.04 * j * j, 3 * pow(10, -j % 9));
            double counts_to[FJ_PANELS_MAX];
            fj_rule_resolvent(rule, second, w, &some);
            const double potential = fj_rule_potential(rule, second, &some);
            for (size_t p = 0; p < rule->panels; p++) {
                counts_to[p] = rule->panel[p].counts_to;
                rule->panel[p].counts_to = INFINITY;
            }
            fj_rule_resolvent(rule, second, w, &all);
            const double want = fj_rule_potential(rule, second, &all);
            for (size_t p = 0; p < rule->panels; p++)
                rule->panel[p].counts_to = counts_to[p];
            if (!some.far)
                left_out += rule->panels - (some.poles.last - some.poles.first);
            fj_assert_near(potential, want, 4e-14, names[i / 4]);
            fj_assert_near(cimag(some.m), cimag(all.m), 4e-15, names[i / 4]);
            fj_assert_near(cimag(some.v), cimag(all.v), 4e-15, names[i / 4]);
            fj_assert_within(cabs(some.n - all.n), 0, 4e-15 * cabs(all.n), names[i / 4]);
            fj_assert_within(cabs(some.v - all.v), 0, 4e-15 * cabs(all.v), names[i / 4]);
            fj_assert_within(cabs(some.dm - all.dm), 0, 4e-15 * cabs(all.dm), names[i / 4]);
            fj_assert_within(cabs(some.ddm - all.ddm), 0, 1e-13 * cabs(all.ddm), names[i / 4]);
        }
        fj_rule_destroy(rule);
        fj_activation_destroy(a);
    }
    ck_assert_int_gt(left_out, 3000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("panel");
    TCase *tests = tcase_create("panel");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, critical_points_are_counted);
    tcase_add_test(tests, one_critical_point_is_found);
    tcase_add_test(tests, radius_is_the_largest_value_on_the_ellipse);
    tcase_add_test(tests, polynomials_are_what_they_continue);
    tcase_add_test(tests, a_panel_that_is_too_wide_is_not_resolved);
    tcase_add_test(tests, solutions_are_counted);
    tcase_add_test(tests, solutions_about_a_critical_point);
    tcase_add_test(tests, solutions_without_a_critical_point);
    tcase_add_test(tests, panels_that_do_not_count_change_nothing);
    tcase_add_test(tests, cuts_are_the_integral_of_the_kernel);
    tcase_add_test(tests, logarithms_next_to_panels);
    return fj_run_tap(suite);
}
