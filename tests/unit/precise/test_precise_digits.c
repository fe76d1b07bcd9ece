/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arbitrary precision against itself: more digits, other texts of the same number, other numbers of threads. */
#include "precise_sample.h"

enum { SHORT = 30, LONG = 60, BITS = 700 };

/* `shorter` is the rounding of `longer` to its digits, within one unit of the last; or both have no text. */
static void assert_rounding(fj_precise_number shorter, fj_precise_number longer, unsigned digits,
                            const char *what)
{
    ck_assert_msg(shorter.status == longer.status, "%s: %s, with more digits %s", what,
                  fj_status_message(shorter.status), fj_status_message(longer.status));
    if (!longer.text)
        return;
    mpfr_t want;
    mpfr_init2(want, BITS);
    mpfr_set_str(want, longer.text, 10, MPFR_RNDN);
    precise_assert_text(shorter, want, digits, what);
    mpfr_clear(want);
}

static void compare(const fj_precise_network *network, unsigned digits, unsigned more,
                    const char *const *s, size_t n)
{
    char what[160];
    fj_precise *a = precise_make(network, digits), *b = precise_make(network, more);
    snprintf(what, sizeof what, "%s, %s, depth %llu, q = %s", network->activation,
             network->weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal",
             (unsigned long long)network->depth, network->q ? network->q : "of the sigmas");
    const fj_precise_meanfield *wa = fj_precise_where(a), *wb = fj_precise_where(b);
    assert_rounding(wa->q_star, wb->q_star, digits, what);
    assert_rounding(wa->sigma_w, wb->sigma_w, digits, what);
    assert_rounding(wa->sigma_b, wb->sigma_b, digits, what);
    assert_rounding(wa->chi, wb->chi, digits, what);
    assert_rounding(wa->slope, wb->slope, digits, what);
    assert_rounding(fj_precise_lambda(a)->variance, fj_precise_lambda(b)->variance, digits, what);
    assert_rounding(fj_precise_lambda(a)->mean_log, fj_precise_lambda(b)->mean_log, digits, what);
    const fj_precise_interval *ia, *ib;
    const size_t k = fj_precise_intervals(a, &ia);
    ck_assert_uint_eq(fj_precise_intervals(b, &ib), k);
    for (size_t i = 0; i < k; i++) {
        assert_rounding(ia[i].s_min, ib[i].s_min, digits, what);
        assert_rounding(ia[i].s_max, ib[i].s_max, digits, what);
    }
    fj_precise_point pa[8], pb[8];
    ck_assert_int_eq(fj_precise_eval(a, s, n, NULL, pa, NULL), FJ_OK);
    ck_assert_int_eq(fj_precise_eval(b, s, n, NULL, pb, NULL), FJ_OK);
    for (size_t i = 0; i < n; i++) {
        assert_rounding(pa[i].density, pb[i].density, digits, what);
        assert_rounding(pa[i].cdf, pb[i].cdf, digits, what);
        assert_rounding(pa[i].log10_s, pb[i].log10_s, digits, what);
        assert_rounding(pa[i].density_log10, pb[i].density_log10, digits, what);
    }
    fj_precise_points_clear(pa, n);
    fj_precise_points_clear(pb, n);
    fj_precise_number qa, qb;
    ck_assert_int_eq(fj_precise_quantile(a, "0.37", &qa), FJ_OK);
    ck_assert_int_eq(fj_precise_quantile(b, "0.37", &qb), FJ_OK);
    assert_rounding(qa, qb, digits, what);
    fj_precise_numbers_clear(&qa, 1);
    fj_precise_numbers_clear(&qb, 1);
    fj_precise_destroy(a);
    fj_precise_destroy(b);
}

START_TEST(more_digits)
{
    static const char *const kinds[] = {
        "tanh", "erf", "softsign", "elu:alpha=0.7", "hard-tanh", "leaky-relu:slope=0.2", "arctan"};
    static const char *const places[] = {"0.4", "1.1"};
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(7); i++) {
        char q[32];
        snprintf(q, sizeof q, "%.4f", fj_test_uniform(&r, 0.2, 1.5));
        const fj_precise_network network = {kinds[i % 7],
                                            fj_test_uniform(&r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN
                                                                            : FJ_WEIGHTS_ORTHOGONAL,
                                            2 + (uint64_t)fj_test_uniform(&r, 0, 20),
                                            q,
                                            NULL,
                                            NULL};
        compare(&network, SHORT, LONG, places, 2);
    }
}
END_TEST

START_TEST(one_digit_to_120)
{
    static const char *const places[] = {"0.5"};
    const fj_precise_network tanh = {"tanh", FJ_WEIGHTS_GAUSSIAN, 12, "0.3", NULL, NULL};
    compare(&tanh, LONG, 120, places, 1);
    compare(&tanh, 1, SHORT, places, 1);
    const fj_precise_network sigmas = {"tanh", FJ_WEIGHTS_ORTHOGONAL, 5, NULL, "1.3", "0.2"};
    compare(&sigmas, SHORT, LONG, places, 1);
}
END_TEST

/* Far down, where F is tiny, digits are lost and won again. */
START_TEST(deep_tail)
{
    static const char *const places[] = {"1e-40", "1e-3", "5.2"};
    const fj_precise_network network = {"linear", FJ_WEIGHTS_GAUSSIAN, 20, "1", NULL, NULL};
    compare(&network, SHORT, LONG, places, 3);
    const fj_precise_network tanh = {"tanh", FJ_WEIGHTS_GAUSSIAN, 3, "0.1", NULL, NULL};
    static const char *const low[] = {"1e-30"};
    compare(&tanh, 20, 40, low, 1);
}
END_TEST

START_TEST(decimal_is_exact)
{
    /* 0.3 and the double nearest to it differ in the 17th digit; hexadecimal and decimal of one number do not */
    const fj_precise_network decimal = {"tanh", FJ_WEIGHTS_ORTHOGONAL, 4, "0.3", NULL, NULL},
                             nearest = {"tanh", FJ_WEIGHTS_ORTHOGONAL,
                                        4,      "0x1.3333333333333p-2",
                                        NULL,   NULL},
                             half = {"tanh", FJ_WEIGHTS_ORTHOGONAL, 4, "0.5", NULL, NULL},
                             hex_half = {"tanh", FJ_WEIGHTS_ORTHOGONAL, 4, "0x.8", NULL, NULL};
    fj_precise *a = precise_make(&decimal, 30), *b = precise_make(&nearest, 30),
               *c = precise_make(&half, 30), *d = precise_make(&hex_half, 30);
    const char *x = fj_precise_where(a)->sigma_w.text, *y = fj_precise_where(b)->sigma_w.text;
    ck_assert_str_ne(x, y);
    ck_assert_int_eq(strncmp(x, y, 16), 0);
    ck_assert_str_eq(fj_precise_where(c)->sigma_w.text, fj_precise_where(d)->sigma_w.text);
    fj_precise_destroy(a);
    fj_precise_destroy(b);
    fj_precise_destroy(c);
    fj_precise_destroy(d);
    const fj_precise_network tenth = {
        "leaky-relu:slope=0.1", FJ_WEIGHTS_ORTHOGONAL, 1, NULL, "1", NULL};
    a = precise_make(&tenth, 40);
    const fj_precise_atom *atom;
    ck_assert_uint_eq(fj_precise_atoms(a, &atom), 2);
    ck_assert_str_eq(atom[0].s.text, "1.000000000000000000000000000000000000000e-01");
    fj_precise_destroy(a);
}
END_TEST

static int count(void *context, size_t done, size_t all)
{
    size_t *seen = context;
    ck_assert_uint_le(done, all);
    *seen = done;
    return 0;
}

START_TEST(threads_are_equal)
{
    enum { N = 9 };
    static const char *const s[N] = {"0.1", "0.2", "0.35", "0.7", "1", "1.3", "1.8", "2.5", "9"};
    const fj_precise_network network = {"tanh", FJ_WEIGHTS_GAUSSIAN, 6, "0.4", NULL, NULL};
    fj_precise *p = precise_make(&network, 25);
    fj_precise_point one[N], many[N];
    size_t seen = 0;
    fj_precise_options options = fj_precise_options_default();
    options.threads = 1;
    ck_assert_int_eq(fj_precise_eval(p, s, N, &options, one, NULL), FJ_OK);
    options.threads = 4;
    options.progress = count;
    options.progress_context = &seen;
    ck_assert_int_eq(fj_precise_eval(p, s, N, &options, many, NULL), FJ_OK);
    ck_assert_uint_gt(seen, 0);
    for (int i = 0; i < N; i++) {
        ck_assert_str_eq(one[i].density.text, many[i].density.text);
        ck_assert_str_eq(one[i].cdf.text, many[i].cdf.text);
    }
    fj_precise_points_clear(one, N);
    fj_precise_points_clear(many, N);
    fj_precise_destroy(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arbitrary precision against itself");
    TCase *tcase = tcase_create("digits");
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, more_digits);
    tcase_add_test(tcase, one_digit_to_120);
    tcase_add_test(tcase, deep_tail);
    tcase_add_test(tcase, decimal_is_exact);
    tcase_add_test(tcase, threads_are_equal);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
