/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hermite coefficients of phi' against closed forms, plain integrals, and Parseval. */
#include "hermite.h"
#include "../sample.h"
#include "quadrature.h"

static fj_hermite at(const fj_activation *a, double q, size_t terms)
{
    fj_hermite h;
    fj_averages v;
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    ck_assert_msg(fj_hermite_at(a, q, v.mu1, terms, &h) == FJ_OK, "%s, q = %g",
                  fj_activation_name(a), q);
    ck_assert(h.terms == terms && h.rest >= 0);
    return h;
}

/* E[cos cos] = exp(-q) cosh(q c): b_j^2 = exp(-q) q^j/j! for even j */
START_TEST(sin_is_poisson)
{
    fj_activation *a = fj_test_make("sin");
    static const double q[] = {1e-3, 0.5, 7, 60};
    fj_hermite h = at(a, q[_i], 256);
    double want = exp(-q[_i]);
    for (int j = 0; j < 256; want *= q[_i] / ++j)
        fj_assert_within(h.square[j], j % 2 ? 0 : want, 2e-15, "sin");
    fj_activation_destroy(a);
}
END_TEST

/* E[erf' erf'] = 1/sqrt((1 + b)^2 - (b c)^2), b = pi q/2: a binomial series in (k c)^2, k = b/(1 + b) */
START_TEST(erf_is_binomial)
{
    fj_activation *a = fj_test_make("erf");
    static const double q[] = {1e-3, 0.5, 7, 60};
    fj_hermite h = at(a, q[_i], 512);
    double b = M_PI * q[_i] / 2, k = b / (1 + b), want = 1 / (1 + b);
    for (int j = 0; j < 512; j += 2) {
        fj_assert_within(h.square[j], want, 4e-15, "erf");
        fj_assert_within(h.square[j + 1], 0, 1e-30, "erf");
        want *= k * k * (j + 1.0) / (j + 2.0);
    }
    fj_activation_destroy(a);
}
END_TEST

typedef struct term {
    const fj_activation *a;
    double root_q;
    int j;
} term;

static void integrand(const void *context, double h, double *f)
{
    const term *t = context;
    double before = 0, now = 1;
    for (int j = 0; j < t->j; j++) {
        double next = (h * now - sqrt(j) * before) / sqrt(j + 1);
        before = now, now = next;
    }
    f[0] = fj_activation_slope(t->a, t->root_q * h) * now;
}

/* Every activation: the first coefficients as plain integrals between the kinks; and the squares never exceed mu1. */
START_TEST(first_ones_are_integrals)
{
    fj_test_random r = fj_test_random_make();
    char spec[64];
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    fj_activation *a = fj_test_make(spec);
    for (double q = 1e-2; q < 50; q *= 6) {
        fj_hermite h = at(a, q, 64), longer = at(a, q, 256);
        double kink[8], sum = 0;
        size_t kinks = fj_activation_kinks(a, kink, 8);
        for (int j = 0; j < 12; j++) {
            term t = {a, sqrt(q), j};
            fj_gaussian_integral total = {.n = 1};
            for (size_t i = 0; i <= kinks; i++) {
                double from = i ? kink[i - 1] / t.root_q : -10,
                       to = i < kinks ? kink[i] / t.root_q : 10;
                ck_assert_int_eq(
                    fj_gaussian_integrate(integrand, &t, from, to, 0, 0.1 / t.root_q, &total),
                    FJ_OK);
            }
            char what[96];
            snprintf(what, sizeof what, "%s, q = %g, j = %d", spec, q, j);
            /* beyond |h| = 10, where the integrals end, he_11 has 1e-17 */
            fj_assert_within(h.square[j], total.sum[0] * total.sum[0], 4e-14, what);
            fj_assert_within(longer.square[j], h.square[j], 4e-15, what);
        }
        for (int j = 64; j < 256; j++)
            sum += longer.square[j];
        fj_assert_within(h.rest - longer.rest, sum, 1e-14, "the rest is the sum of what follows");
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(misuse_is_refused)
{
    fj_activation *a = fj_test_make("tanh");
    fj_hermite h;
    ck_assert_int_eq(fj_hermite_at(a, 0, 1, 32, &h), FJ_INVALID);
    ck_assert_int_eq(fj_hermite_at(a, -1, 1, 32, &h), FJ_INVALID);
    ck_assert_int_eq(fj_hermite_at(a, 1, 1, 1024, &h), FJ_INVALID);
    ck_assert_int_eq(fj_hermite_at(a, 1, 0.1, 32, &h), FJ_NO_CONVERGENCE);     /* not its mu1 */
    ck_assert_int_eq(fj_hermite_at(a, 1e12, 1e-6, 32, &h), FJ_NO_CONVERGENCE); /* too many nodes */
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hermite");
    TCase *all = tcase_create("hermite");
    suite_add_tcase(suite, all);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, sin_is_poisson, 0, 4);
    tcase_add_loop_test(all, erf_is_binomial, 0, 4);
    tcase_add_loop_test(all, first_ones_are_integrals, 0, (int)fj_activation_count());
    tcase_add_test(all, misuse_is_refused);
    return fj_run_tap(suite);
}
