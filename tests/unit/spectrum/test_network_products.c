/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks of unequal widths whose law is known in closed form: Marchenko-Pastur, products of two such laws, projections, and products
 * of two free projections (Jacobi). */
#include "network_make.h"

static fj_spectrum_point at(const fj_test_net *net, const fj_spectrum *law, double lambda)
{
    const double s = sqrt(lambda);
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval(law, &s, 1, &point);
    ck_assert_msg(status == FJ_OK, "%s, s = %.17g: %s", net->what, s, fj_status_message(status));
    return point;
}

/* mass (high - x)^1/2 (x - low)^1/2/(2 pi x (1 - x)^jacobi) per unit lambda; its integral by Simpson's rule
 * in the angle between the edges. */
typedef struct closed_form {
    double low, high, mass; /* mass: the factor */
    int jacobi;
} closed_form;

static double closed_density(const closed_form *f, double x)
{
    return f->mass * sqrt((f->high - x) * (x - f->low)) / (2 * M_PI * x * (f->jacobi ? 1 - x : 1));
}

static double closed_gain(const closed_form *f, double from, double to)
{
    enum { STEPS = 20000 }; /* of Simpson's rule, in the angle */
    const double half = (f->high - f->low) / 2, middle = (f->high + f->low) / 2;
    const double a = acos((middle - from) / half), b = acos((middle - to) / half);
    double sum = 0;
    for (int i = 0; i <= STEPS; i++) {
        const double angle = a + (b - a) * i / STEPS, x = middle - half * cos(angle);
        const double weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
        if (x > f->low && x < f->high)
            sum += weight * closed_density(f, x) * half * sin(angle);
    }
    return sum * (b - a) / (3 * STEPS);
}

static void assert_closed(const fj_test_net *net, const closed_form *f)
{
    fj_spectrum *law = fj_test_net_law(net);
    const fj_spectrum_interval *interval;
    const double width = f->high - f->low;
    fj_spectrum_point before = {0};
    double lambda_before = 0;
    ck_assert_msg(fj_spectrum_intervals(law, &interval) == 1, "%s: not one interval", net->what);
    fj_assert_near(interval[0].s_max, sqrt(f->high), 1e-13, net->what);
    if (f->low > 0)
        fj_assert_near(interval[0].s_min, sqrt(f->low), 1e-12, net->what);
    for (int k = 1; k < 60; k++) {
        const double part = sin(M_PI * k / 120), lambda = f->low + width * part * part;
        fj_spectrum_point point = at(net, law, lambda);
        fj_assert_near(point.density, 2 * point.s * closed_density(f, lambda), 1e-11, net->what);
        if (k > 1)
            fj_assert_within(point.cdf - before.cdf, closed_gain(f, lambda_before, lambda), 1e-11,
                             net->what);
        before = point;
        lambda_before = lambda;
    }
    fj_spectrum_destroy(law);
}

static void assert_atom(const fj_test_net *net, double s, double mass)
{
    fj_spectrum *law = fj_test_net_law(net);
    const fj_spectrum_atom *atom;
    const size_t atoms = fj_spectrum_atoms(law, &atom);
    double found = 0;
    for (size_t i = 0; i < atoms; i++)
        if (fabs(atom[i].s - s) <= 1e-14 * (1 + s))
            found += atom[i].mass;
    char what[1300];
    snprintf(what, sizeof what, "%s, atom at %g", net->what, s);
    fj_assert_within(found, mass, 1e-14, what);
    fj_spectrum_destroy(law);
}

static const double ratios[] = {0.05, 0.2, 0.5, 0.8, 0.99, 1, 1.01, 1.25, 2, 5, 30};

/* W is N_1 x N_0 with variance 1/N_0: r = N_1/N_0. */
START_TEST(marchenko_pastur)
{
    const double r = ratios[_i], root = sqrt(r);
    const closed_form law = {(1 - root) * (1 - root), (1 + root) * (1 + root), 1, 0};
    fj_test_net net;
    fj_test_net_init(&net, 7); /* any unit */
    fj_test_net_add(&net, "linear", FJ_WEIGHTS_GAUSSIAN, 1, 7 * r, 1, 1);
    assert_closed(&net, &law);
    assert_atom(&net, 0, fmax(0, 1 - r));
    fj_test_net_free(&net);
    /* ReLU behind it takes every other row: half the ratio */
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "relu", FJ_WEIGHTS_GAUSSIAN, 1, 2 * r, 0.5, 1);
    assert_closed(&net, &law);
    assert_atom(&net, 0, fmax(0, 1 - r));
    fj_test_net_free(&net);
}
END_TEST

/* D_2 W_2 D_1 W_1 with orthogonal weights and phi' = 0 or 1, N_0 and N_2 not above N_1: on the N_1 neurons between, two free
 * projections. a and b: the shares of the N_1 that they keep. */
static void jacobi_check(const fj_test_net *net, double a, double b, double width_0, double width_1)
{
    const double middle = a + b - 2 * a * b, half = sqrt(4 * a * b * (1 - a) * (1 - b));
    const double inverse = width_1 / width_0;
    assert_closed(net, &(closed_form){fmax(0, middle - half), middle + half, inverse, 1});
    assert_atom(net, 0, 1 - inverse * fmin(a, b));
    assert_atom(net, 1, inverse * fmax(0, a + b - 1));
}

START_TEST(free_projections)
{
    static const double narrow[] = {0.2, 0.5, 0.8, 0.97};
    const double n = narrow[_i];
    fj_test_net net;
    /* one ReLU, W_1 narrows to N_1 = n, W_2 to N_2 = n^2, then ReLU */
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "relu", FJ_WEIGHTS_ORTHOGONAL, 1, n, 0.5, 1);
    fj_test_net_add(&net, "relu", FJ_WEIGHTS_ORTHOGONAL, 1, n * n, 0.5, 1);
    jacobi_check(&net, 0.5, n / 2, 1, n);
    fj_test_net_free(&net);
    /* widening, then ReLU: W^T D W */
    fj_test_net_init(&net, n);
    fj_test_net_add(&net, "relu", FJ_WEIGHTS_ORTHOGONAL, 1, 1, 0.5, 1);
    jacobi_check(&net, 0.5, n, n, 1);
    fj_test_net_free(&net);
    /* hard-tanh: phi' = 1 with probability erf(1/sqrt(2 q)), another one */
    const double q = 2, p = erf(1 / sqrt(2 * q));
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "hard-tanh", FJ_WEIGHTS_ORTHOGONAL, q, 1, p, 1);
    fj_test_net_add(&net, "relu", FJ_WEIGHTS_ORTHOGONAL, 1, n, 0.5, 1);
    jacobi_check(&net, p, n / 2, 1, 1);
    fj_test_net_free(&net);
    /* linear narrowing at the end, the other order of the same */
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "hard-tanh", FJ_WEIGHTS_ORTHOGONAL, q, 1, p, 1);
    fj_test_net_add(&net, "linear", FJ_WEIGHTS_ORTHOGONAL, 1, n, 1, 1);
    jacobi_check(&net, p, n, 1, 1);
    fj_test_net_free(&net);
}
END_TEST

START_TEST(orthogonal_narrowing_is_a_projection)
{
    static const double widths[][3] = {{0.3, 0.3, 0.3}, {0.6, 0.3, 0.2}, {2, 1, 0.25}, {2, 3, 5}};
    const fj_spectrum_interval *interval;
    fj_test_net net;
    double narrow = 1;
    fj_test_net_init(&net, 1);
    for (int l = 0; l < 3; l++) {
        narrow = fmin(narrow, widths[_i][l]);
        fj_test_net_add(&net, "linear", FJ_WEIGHTS_ORTHOGONAL, 1, widths[_i][l], 1.44, 1);
    }
    fj_spectrum *law = fj_test_net_law(&net);
    const size_t intervals = fj_spectrum_intervals(law, &interval);
    fj_spectrum_destroy(law);
    if (_i == 2) { /* twice as wide before it narrows: no longer one projection's multiple */
        ck_assert_uint_eq(intervals, 1);
    } else {
        ck_assert_uint_eq(intervals, 0);
        assert_atom(&net, 1.2 * 1.2 * 1.2, narrow);
    }
    assert_atom(&net, 0, 1 - narrow);
    fj_test_net_free(&net);
}
END_TEST

/* Gaussian linear layers with weights of variance 1/N_l. */
static void variance_by_width(fj_test_net *net, const double *width, int layers)
{
    fj_test_net_init(net, width[0]);
    for (int l = 1; l <= layers; l++)
        fj_test_net_add(net, "linear", FJ_WEIGHTS_GAUSSIAN, 1, width[l], width[l - 1] / width[l],
                        1);
}

/* Edges of products of two Marchenko-Pastur laws, computed elsewhere to the digits given; of the first, (sqrt(5) - 1)/20. */
START_TEST(products_of_two)
{
    static const struct {
        double width[3], low, high, error;
    } cases[] = {{{1, 2, 5}, 0.0618033989, 3.6, 1e-9},
                 {{1, 1.25, 1.25}, 0.001370184487, 5.838629816, 2e-10}};
    fj_test_net net;
    variance_by_width(&net, cases[_i].width, 2);
    fj_spectrum *law = fj_test_net_law(&net);
    const fj_spectrum_interval *interval;
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
    fj_assert_near(pow(interval[0].s_min, 2), cases[_i].low, cases[_i].error, net.what);
    fj_assert_near(pow(interval[0].s_max, 2), cases[_i].high, cases[_i].error, net.what);
    if (_i == 0)
        fj_assert_near(pow(interval[0].s_min, 2), (sqrt(5) - 1) / 20, 1e-12, net.what);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

START_TEST(quantiles_of_narrowing_products)
{
    /* by integrating roots of the polynomial in m that log z = log((1 + m)/m) + sum log(1 + 0.8^l m) is, in another language,
     * by trapezoids of the variable that removes the upper edge's root: 0 where that lost the root */
    static const struct {
        int layers;
        double lambda[3];
    } cases[] = {{5, {0.0054897, 0.225953, 3.285726}}, {20, {0, 0.113401, 3.337268}}};
    static const double p[] = {0.1, 0.5, 0.9};
    double width[21] = {1};
    for (int l = 1; l <= 20; l++)
        width[l] = width[l - 1] / 0.8;
    fj_test_net net;
    variance_by_width(&net, width, cases[_i].layers);
    fj_spectrum *law = fj_test_net_law(&net);
    for (int k = 0; k < 3; k++) {
        double log_s;
        ck_assert_int_eq(fj_spectrum_quantile(law, p[k], &log_s), FJ_OK);
        if (cases[_i].lambda[k] > 0)
            fj_assert_near(exp(2 * log_s), cases[_i].lambda[k], 1e-5, net.what);
        else /* to its four decimals, from a third place */
            fj_assert_within(exp(2 * log_s), 0.0015, 5e-5, net.what);
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network_products");
    TCase *tcase = tcase_create("network_products");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, marchenko_pastur, 0, sizeof ratios / sizeof *ratios);
    tcase_add_loop_test(tcase, free_projections, 0, 4);
    tcase_add_loop_test(tcase, orthogonal_narrowing_is_a_projection, 0, 4);
    tcase_add_loop_test(tcase, products_of_two, 0, 2);
    tcase_add_loop_test(tcase, quantiles_of_narrowing_products, 0, 2);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
