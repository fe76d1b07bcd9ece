/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phi' off the axis by a callback, against data/spectrum.csv.
 *
 * 1. Exact callbacks give the laws of the table, and with a continuation nearer than without.
 * 2. With slope and continuation wrong by up to 1e-12, each number by itself, so that they are near no analytic function, laws
 *    are wrong by some times as much, and say so; without continuation there are none. */
#include <freejac/freejac.h>
#include "complex_parts.h"
#include "legendre_rule.h"
#include "sample.h"
#include "table.h"

enum { NODES = 40 };
static fj_table table;

typedef struct callbacks {
    const char *name; /* in the table */
    double (*value)(double x);
    double complex (*slope)(double complex z);
    double noise;
} callbacks;

/* 1/(1 + exp(-z)) and that of -z, without overflow */
static double complex logistic(double complex z)
{
    return creal(z) < 0 ? cexp(z) / (1 + cexp(z)) : 1 / (1 + cexp(-z));
}

static double softplus_value(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double silu_value(double x)
{
    return x * creal(logistic(x));
}

static double complex silu_slope(double complex z)
{
    return logistic(z) * (1 + z * logistic(-z));
}

static double complex tanh_slope(double complex z)
{
    return 4 * logistic(2 * z) * logistic(-2 * z);
}

static double gelu_value(double x)
{
    return x * erfc(-x * M_SQRT1_2) / 2;
}

static double complex gauss(double complex z)
{
    return cexp(-z * z / 2) / sqrt(2 * M_PI);
}

/* P(h < z) + z gauss(z), from the axis upwards */
static double complex gelu_slope(double complex z)
{
    static double x[NODES], w[NODES];
    double complex sum = 0;
    if (w[0] == 0)
        fj_legendre_rule(NODES, x, w);
    for (int i = 0; i < NODES && cimag(z) != 0; i++)
        sum += w[i] / 2 * gauss(CMPLX(creal(z), cimag(z) * (1 + x[i]) / 2));
    return erfc(-creal(z) * M_SQRT1_2) / 2 + I * cimag(z) * sum + z * gauss(z);
}

/* in (-1, 1), another at every number */
static double noise_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits ^ (bits >> 31)) * 0x9e3779b97f4a7c15u;
    bits = (bits ^ (bits >> 29)) * 0xbf58476d1ce4e5b9u;
    return (double)(int64_t)(bits ^ (bits >> 32)) / 9223372036854775808.0;
}

static double value(double x, void *context)
{
    return ((const callbacks *)context)->value(x);
}

static double slope(double x, void *context)
{
    const callbacks *c = context;
    return creal(c->slope(x)) * (1 + c->noise * noise_of(x));
}

static void continuation(double re, double im, double at, double out[2], void *context)
{
    const callbacks *c = context;
    const double complex f = c->slope(CMPLX(re, im));
    (void)at;
    out[0] = creal(f) + cabs(f) * c->noise * noise_of(re + 3 * fabs(im) + 7);
    out[1] = cimag(f) + (im == 0 ? 0 : cimag(f)) * c->noise * noise_of(re - 5 * fabs(im));
}

static const callbacks all[] = {{"gelu", gelu_value, gelu_slope, 0},
                                {"silu", silu_value, silu_slope, 0},
                                {"softplus", softplus_value, logistic, 0},
                                {"tanh", tanh, tanh_slope, 0}};
enum { ALL = sizeof all / sizeof *all };

typedef struct errors {
    int laws, none, points, unknown;
    double worst, mean;    /* relative, of the density */
    double worst_estimate; /* error in units of what the law says of it */
} errors;

static int starts_law(const fj_table *t, size_t row)
{
    static const char *const columns[] = {"activation", "weights", "depth", "q"};
    for (int i = 0; row > 0 && i < 4; i++)
        if (strcmp(fj_table_text(t, row, columns[i]), fj_table_text(t, row - 1, columns[i])) != 0)
            return 1;
    return row == 0;
}

/* NULL where there is none. */
static fj_spectrum *law_make(const fj_activation *a, size_t row)
{
    const double q = fj_table_number(&table, row, "q");
    const int gaussian = strcmp(fj_table_text(&table, row, "weights"), "gaussian") == 0;
    fj_spectrum *law = NULL;
    fj_averages v;
    if (fj_averages_at(a, q, &v) != FJ_OK)
        return NULL;
    fj_network_run run = {a,
                          gaussian ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
                          (uint64_t)fj_table_number(&table, row, "depth"),
                          1 / sqrt(v.mu1),
                          0,
                          1,
                          q,
                          1};
    (void)fj_spectrum_create(&(fj_network){1, 1, 0, &run}, &law, NULL);
    return law;
}

/* Points whose own estimate is above are compared with that only. */
static const double UNKNOWN = 1e-6;

static void point_check(const fj_spectrum *law, size_t row, errors *e)
{
    const double s = fj_table_number(&table, row, "s");
    const double density = fj_table_number(&table, row, "density");
    double around[2] = {s * (1 - 1e-7), s * (1 + 1e-7)}, steepness = 0;
    fj_spectrum_point at, beside[2];
    if (fj_spectrum_eval(law, &s, 1, &at) != FJ_OK) {
        e->unknown++;
        return;
    }
    /* what the rounding of s does */
    if (fj_spectrum_eval(law, around, 2, beside) == FJ_OK)
        steepness = fabs(beside[1].density - beside[0].density) / (2e-7 * density);
    const double error = fabs(at.density / density - 1) / (1 + steepness);
    e->worst_estimate = fmax(e->worst_estimate, error / at.error);
    if (at.error >
        UNKNOWN) /* where t is next to its largest value, the rounding of s is all there is */
        return;
    e->points++;
    e->mean += error;
    e->worst = fmax(e->worst, error);
}

static errors errors_of(callbacks c, double noise, int continued, double deepest)
{
    errors e = {0};
    fj_spectrum *law = NULL;
    fj_activation *a;
    fj_detail detail = {""};
    c.noise = noise;
    fj_activation_custom custom = {.name = "mine",
                                   .value = value,
                                   .slope = slope,
                                   .context = &c,
                                   .continuation = continued ? continuation : NULL};
    ck_assert_msg(fj_activation_create_custom(&custom, &a, &detail) == FJ_OK, "%s", detail.text);
    for (size_t row = 0; row < table.rows; row++) {
        if (strcmp(fj_table_text(&table, row, "activation"), c.name) != 0 ||
            fj_table_number(&table, row, "depth") > deepest)
            continue;
        if (starts_law(&table, row)) {
            fj_spectrum_destroy(law);
            law = law_make(a, row);
            e.laws += law != NULL;
            e.none += law == NULL;
        }
        if (law)
            point_check(law, row, &e);
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
    e.mean /= e.points ? e.points : 1;
    printf("# %s, noise %g, %s: %d laws, %d none, %d points, %d unknown; density wrong by %.1e, on "
           "average %.1e, in units of the estimate %.2g\n",
           c.name, noise, continued ? "continued" : "not continued", e.laws, e.none, e.points,
           e.unknown, e.worst, e.mean, e.worst_estimate);
    return e;
}

START_TEST(exact)
{
    const errors without = errors_of(all[_i], 0, 0, 100), with = errors_of(all[_i], 0, 1, 100);
    ck_assert_int_gt(with.laws, 20);
    ck_assert_int_gt(with.points, 150);
    ck_assert_int_eq(with.none, 0);
    ck_assert_int_le(with.unknown, 2); /* where phi'^2 settles at 1 */
    ck_assert(with.worst < 1e-12 && with.worst_estimate < 1);
    ck_assert(with.mean < 0.7 * without.mean);
}
END_TEST

START_TEST(noisy)
{
    const double noise = 1e-12;
    const errors with = errors_of(all[_i], noise, 1, 2), without = errors_of(all[_i], noise, 0, 2);
    ck_assert_int_eq(without.laws, 0);
    ck_assert_int_eq(with.none, 0);
    ck_assert_int_gt(with.points, 80);
    ck_assert_int_le(with.unknown, 9); /* one layer at q = 1e-6 with all of its law within 1e-6 */
    ck_assert(with.worst_estimate < 2);
    ck_assert(with.mean < 5 * noise && with.worst < 1000 * noise);
}
END_TEST

int main(void)
{
    table = fj_table_read("spectrum");
    Suite *suite = suite_create("continuation");
    TCase *tcase = tcase_create("table");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, exact, 0, ALL);
    tcase_add_loop_test(tcase, noisy, 0, ALL);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
