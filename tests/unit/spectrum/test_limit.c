/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The universal laws against their table, closed forms, the numbers known from elsewhere, and themselves. What lies at the
 * ends of their range: test_limit_range.c. */
#include <freejac/freejac.h>
#include <complex.h>
#include <string.h>
#include "legendre_rule.h"
#include "series.h"
#include "limit_law.h"
#include "table.h"

static const double DENSITY = 1e-11, CDF = 1e-14, EDGE = 1e-14;

static fj_table rows;

static fj_limit_class class_of(const char *word)
{
    static const char *const words[] = {"smooth", "bernoulli", "resnet"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0)
            return (fj_limit_class)i;
    ck_abort_msg("the table's class '%s'", word);
}

static void point_check(const fj_spectrum *law, size_t row, const char *what)
{
    double density = fj_table_number(&rows, row, "value");
    double log_s = log(fj_table_number(&rows, row, "s"));
    fj_spectrum_point point = at(law, fj_table_number(&rows, row, "s"));
    const fj_spectrum_interval *interval;
    fj_spectrum_intervals(law, &interval);
    /* half a unit of rounding of log s and of the edge, over the distance under the square root */
    double distance = fmin(log_s - interval[0].log_s_min, interval[0].log_s_max - log_s);
    double rounding = DBL_EPSILON * (fabs(log_s) + fabs(interval[0].log_s_max)) / distance;
    fj_assert_near(point.density, density, DENSITY + rounding, what);
    fj_assert_near(point.density, density, point.error, what);
    ck_assert_msg(point.error < 1e-8, "%s: error estimate %g", what, point.error);
    fj_assert_within(point.cdf, fj_table_number(&rows, row, "cdf"), CDF, what);
}

START_TEST(table)
{
    fj_spectrum *law = NULL;
    size_t points = 0;
    for (size_t row = 0; row < rows.rows; row++) {
        const char *word = fj_table_text(&rows, row, "class");
        const char *parameter = fj_table_text(&rows, row, "parameter");
        const char *kind = fj_table_text(&rows, row, "what");
        if (class_of(word) != (fj_limit_class)_i)
            continue;
        if (!law || strcmp(parameter, fj_table_text(&rows, row - 1, "parameter")) != 0) {
            fj_spectrum_destroy(law);
            law = law_of(class_of(word), fj_table_number(&rows, row, "parameter"));
        }
        char what[120];
        snprintf(what, sizeof what, "%s, %s, %s (row %zu)", word, parameter, kind, row);
        const fj_spectrum_interval *interval;
        const fj_spectrum_atom *atom;
        ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
        size_t atoms = fj_spectrum_atoms(law, &atom);
        double value = fj_table_number(&rows, row, "value");
        if (strcmp(kind, "lower") == 0) {
            /* the logarithm's rounding, times its size */
            fj_assert_near(interval[0].s_min, value, EDGE * (1 + fabs(log(value))), what);
        } else if (strcmp(kind, "upper") == 0) {
            fj_assert_near(interval[0].s_max, value, EDGE * (1 + fabs(log(value))), what);
        } else if (strcmp(kind, "atom") == 0) {
            ck_assert_uint_eq(atoms, 1);
            fj_assert_near(atom[0].s, value, EDGE, what);
            fj_assert_within(atom[0].mass, fj_table_number(&rows, row, "cdf"), CDF, what);
        } else {
            point_check(law, row, what);
            points++;
        }
    }
    ck_assert_uint_ge(points, 50);
    fj_spectrum_destroy(law);
}
END_TEST

/* NUMBERS known from an independent computation, to the digits given there. */
START_TEST(densities_known)
{
    static const double lambda[] = {0.25, 0.5, 1, 1.5, 2, 3};
    static const struct {
        fj_limit_class limit_class;
        double sigma2, density[6];
    } known[] = {
        {FJ_LIMIT_SMOOTH, 0.25, {0, 1.04211472, .62522608, .35752019, .18487603, 0}},
        {FJ_LIMIT_SMOOTH, 1, {1.10703863, .60866102, .29676358, .18361678, .12538742, .06538153}},
        {FJ_LIMIT_BERNOULLI, 0.25, {.23741943, .13786550, 0, 0, 0, 0}},
        {FJ_LIMIT_BERNOULLI, 1, {.37602477, .25510471, .18891618, .17569796, .19286767, 0}},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        fj_spectrum *law = law_of(known[k].limit_class, sqrt(known[k].sigma2));
        for (int i = 0; i < 6; i++) {
            fj_spectrum_point point = at(law, sqrt(lambda[i]));
            fj_assert_within(point.density / (2 * point.s), known[k].density[i], 5.1e-9, "density");
        }
        fj_spectrum_destroy(law);
    }
}
END_TEST

START_TEST(edges_known)
{
    static const double sigma2[] = {0.25, 0.5, 1, 2, 4};
    static const double low[] = {.5668499985, .4288819425, .275207803, .1320592819, .03704628696};
    static const double high[] = {1.556843794, 1.815886159, 2.203900664, 2.785714385, 3.653140284};
    static const double top[] = {1.133148453, 1.284025417, 1.648721271, 2.331643982, 3.297442541};
    static const double continuous[] = {.824360635, 1.165822, 1.648721271, 2.331643982,
                                        3.297442541};
    static const double mass[] = {.75, .5, 0, 0, 0};
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    for (int i = 0; i < 5; i++) {
        fj_spectrum *law = law_of(FJ_LIMIT_SMOOTH, sqrt(sigma2[i]));
        ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
        ck_assert_uint_eq(fj_spectrum_atoms(law, &atom), 0);
        fj_assert_within(interval[0].s_min, low[i], 5.1e-10, "smooth, s_min");
        fj_assert_within(interval[0].s_max, high[i], 5.1e-10, "smooth, s_max");
        fj_spectrum_destroy(law);
        law = law_of(FJ_LIMIT_RESNET, sigma2[i] / 2);
        fj_spectrum_intervals(law, &interval);
        fj_assert_near(interval[0].s_max, high[i] * exp(sigma2[i] / 4), 5e-10, "resnet, s_max");
        fj_assert_near(interval[0].s_min, low[i] * exp(sigma2[i] / 4), 5e-9, "resnet, s_min");
        fj_spectrum_destroy(law);
        law = law_of(FJ_LIMIT_BERNOULLI, sqrt(sigma2[i]));
        ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
        size_t atoms = fj_spectrum_atoms(law, &atom);
        ck_assert(interval[0].s_min == 0);
        fj_assert_near(interval[0].s_max, continuous[i], i == 1 ? 5e-7 : 5e-10, "bernoulli, s_max");
        double sum = 0, last = interval[0].s_max;
        for (size_t k = 0; k < atoms; k++) {
            sum += atom[k].mass;
            last = fmax(last, atom[k].s);
        }
        fj_assert_within(sum, mass[i], 1e-15, "bernoulli, mass of the atom");
        fj_assert_within(last, top[i], 5.1e-10, "bernoulli, largest s");
        fj_spectrum_destroy(law);
    }
}
END_TEST

/* Independent of the solver: m/(1+m) = -W(-v/lambda)/v by Newton on W exp(W). */
START_TEST(lambert)
{
    static const double sigmas[] = {0.2, 0.7, 1, 1.3, 4};
    const double v = sigmas[_i] * sigmas[_i];
    fj_spectrum *law = law_of(FJ_LIMIT_BERNOULLI, sigmas[_i]);
    for (int k = 1; k < 60; k++) {
        double lambda = v * M_E * pow(10, -k / 4.0);
        /* W in the strip 0 < Im W < pi, by bracketing |W exp W| along the line arg(W exp W) = pi */
        double low = 1e-9, high = M_PI - 1e-12;
        for (int i = 0; i < 100; i++) {
            double theta = (low + high) / 2;
            if (theta / sin(theta) * exp(-theta / tan(theta)) < v / lambda)
                low = theta;
            else
                high = theta;
        }
        double theta = (low + high) / 2;
        double complex w = -theta / tan(theta) + I * theta;
        for (int i = 0; i < 4; i++)
            w -= (w + v / lambda * cexp(-w)) / (1 + w);
        ck_assert(cabs(w * cexp(w) + v / lambda) < 1e-12 * v / lambda);
        double complex y = -w / v, m = y / (1 - y);
        fj_spectrum_point point = at(law, sqrt(lambda));
        fj_assert_near(point.density * point.s / 2, -cimag(m) / M_PI, 1e-11, "Lambert's W");
    }
    fj_spectrum_destroy(law);
}
END_TEST

/* z(m) = lambda at the m that density and distribution function tell: Re m from the formula's modulus. */
START_TEST(smooth_equation)
{
    static const double sigmas[] = {0.01, 0.5, 1, 3, 10};
    const double v = sigmas[_i] * sigmas[_i];
    fj_spectrum *law = law_of(FJ_LIMIT_SMOOTH, sigmas[_i]);
    const fj_spectrum_interval *interval;
    fj_spectrum_intervals(law, &interval);
    for (int k = 1; k < 40; k++) {
        double log_s =
            interval[0].log_s_min + (interval[0].log_s_max - interval[0].log_s_min) * k / 40;
        fj_spectrum_point point;
        ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
        double b = M_PI * point.density_log10 / (2 * M_LN10);
        /* arg z = 0: [-1, 0] is seen from m = a - ib under the angle v b; of the two a with that b, the one with
         * log |z| = log lambda */
        double square = b / tan(v * b) - b * b + 0.25, root = sqrt(fmax(square, 0)),
               best = INFINITY;
        for (int side = -1; side <= 1; side += 2) {
            double a = -0.5 + side * root;
            double miss = log(hypot(1 + a, b) / hypot(a, b)) + v * a - 2 * log_s;
            if (fabs(miss) < fabs(best))
                best = miss;
        }
        /* the root loses digits where the two a meet */
        fj_assert_within(best, 0, 1e-11 * v * (1 + b) / fmax(root, 1e-4) + 1e-13, "log z at m");
    }
    fj_spectrum_destroy(law);
}
END_TEST

/* Moments by Lagrange inversion of the series of m z(m), through fj_series. */
START_TEST(moments_by_series)
{
    enum { N = 12 };
    static const double sigma2[] = {0.25, 1, 4};
    for (int k = 0; k < 3; k++)
        for (int which = FJ_LIMIT_SMOOTH; which <= FJ_LIMIT_RESNET; which++) {
            double exponent[N] = {0}, power[N], binomial[N], got[N];
            double c = sigma2[k] / 2, v = sigma2[k];
            fj_spectrum *law =
                law_of((fj_limit_class)which, which == FJ_LIMIT_RESNET ? c : sqrt(v));
            fj_status status = fj_spectrum_moments(law, N, got);
            ck_assert_int_eq(status, FJ_OK);
            for (int n = 1; n <= N; n++) {
                for (int i = 0; i < N; i++) {
                    binomial[i] = i == 0 ? 1 : binomial[i - 1] * (n - i + 1) / i;
                    exponent[i] = which == FJ_LIMIT_BERNOULLI ? (i ? (i % 2 ? 1 : -1) * n * v : 0)
                                                              : (i == 1 ? n * v : 0);
                }
                if (which == FJ_LIMIT_RESNET)
                    exponent[0] = n * c;
                fj_series_exp(exponent, N, power);
                double wanted = fj_series_product_last(binomial, power, (size_t)n) / n;
                fj_assert_near(got[n - 1], wanted, 1e-9, "moment by series");
            }
            fj_assert_near(fj_spectrum_mean(law), got[0], 1e-15, "mean");
            fj_assert_near(fj_spectrum_variance(law), got[1] - got[0] * got[0], 1e-14, "variance");
            fj_spectrum_destroy(law);
        }
    static const double smooth[2][4] = {{1, 1.25, 1.84375, 3.0416667}, {1, 2, 5.5, 17.6666667}};
    static const double bernoulli[2][4] = {{1, 1.25, 1.59375, 2.0416667}, {1, 2, 4.5, 10.6666667}};
    for (int k = 0; k < 2; k++) {
        double got[4];
        fj_spectrum *law = law_of(FJ_LIMIT_SMOOTH, sqrt(sigma2[k]));
        ck_assert_int_eq(fj_spectrum_moments(law, 4, got), FJ_OK);
        for (int i = 0; i < 4; i++)
            fj_assert_within(got[i], smooth[k][i], 5.1e-8, "smooth, moments known");
        fj_spectrum_destroy(law);
        law = law_of(FJ_LIMIT_BERNOULLI, sqrt(sigma2[k]));
        ck_assert_int_eq(fj_spectrum_moments(law, 4, got), FJ_OK);
        for (int i = 0; i < 4; i++)
            fj_assert_within(got[i], bernoulli[k][i], 5.1e-8, "bernoulli, moments known");
        fj_spectrum_destroy(law);
    }
}
END_TEST

/* Sum of weight * density per unit log s * (1, lambda, lambda^2, log lambda) between two log s; a sine's substitution
 * takes the square roots at both ends. */
static void integrate(const fj_spectrum *law, double from, double to, double sums[4])
{
    enum { NODES = 24, PANELS = 24 };
    double x[NODES], weight[NODES];
    fj_legendre_rule(NODES, x, weight);
    for (int p = 0; p < PANELS; p++)
        for (int i = 0; i < NODES; i++) {
            double t = M_PI * ((p + (x[i] + 1) / 2) / PANELS - 0.5);
            double log_s = (from + to) / 2 + (to - from) / 2 * sin(t);
            double w = weight[i] / 2 * M_PI / PANELS * (to - from) / 2 * cos(t);
            fj_spectrum_point point;
            ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
            double density = point.density_log10 / M_LN10 * w;
            sums[0] += density;
            sums[1] += density * exp(2 * log_s);
            sums[2] += density * exp(4 * log_s);
            sums[3] += density * 2 * log_s;
        }
}

START_TEST(density_integrates)
{
    static const struct {
        fj_limit_class limit_class;
        double parameter;
    } laws[] = {{FJ_LIMIT_SMOOTH, 1e-9},   {FJ_LIMIT_SMOOTH, 1e-4},   {FJ_LIMIT_SMOOTH, 0.5},
                {FJ_LIMIT_SMOOTH, 3},      {FJ_LIMIT_SMOOTH, 20},     {FJ_LIMIT_RESNET, 0.125},
                {FJ_LIMIT_RESNET, 3},      {FJ_LIMIT_BERNOULLI, 0.3}, {FJ_LIMIT_BERNOULLI, 0.95},
                {FJ_LIMIT_BERNOULLI, 1.2}, {FJ_LIMIT_BERNOULLI, 2.5}};
    fj_spectrum *law = law_of(laws[_i].limit_class, laws[_i].parameter);
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    fj_spectrum_intervals(law, &interval);
    size_t atoms = fj_spectrum_atoms(law, &atom);
    double moment[2], sums[4] = {0}, from = interval[0].log_s_min, below = 0;
    ck_assert_int_eq(fj_spectrum_moments(law, 2, moment), FJ_OK);
    if (laws[_i].limit_class ==
        FJ_LIMIT_BERNOULLI) { /* the tail below by the distribution function */
        fj_spectrum_point point;
        from = interval[0].log_s_max - 40;
        ck_assert_int_eq(fj_spectrum_eval_log(law, &from, 1, &point), FJ_OK);
        below = point.cdf;
        ck_assert(below > 0 && below < 0.2);
    }
    integrate(law, from, interval[0].log_s_max, sums);
    double mass = sums[0] + below;
    for (size_t i = 0; i < atoms; i++) {
        mass += atom[i].mass;
        sums[1] += atom[i].mass * atom[i].s * atom[i].s;
        sums[2] += atom[i].mass * pow(atom[i].s, 4);
    }
    fj_assert_within(mass, 1, 1e-11, "mass and atoms");
    fj_assert_near(sums[1], moment[0], 1e-10, "first moment");
    fj_assert_near(sums[2], moment[1], 1e-10, "second moment");
    double mean_log = fj_spectrum_mean_log(law);
    if (laws[_i].limit_class == FJ_LIMIT_BERNOULLI)
        ck_assert_msg(isnan(mean_log), "mean of log: %.17g", mean_log);
    else
        fj_assert_within(sums[3], mean_log, 1e-11 * (1 + fabs(mean_log)), "mean of log");
    fj_spectrum_destroy(law);
}
END_TEST

/* The residual network's law: log s symmetric about 0, and the smooth law shifted. */
START_TEST(resnet_is_smooth_shifted)
{
    static const double cs[] = {1e-6, 0.125, 0.5, 4, 60};
    const double c = cs[_i];
    fj_spectrum *resnet = law_of(FJ_LIMIT_RESNET, c),
                *smooth = law_of(FJ_LIMIT_SMOOTH, sqrt(2 * c));
    for (int k = 1; k < 20; k++) {
        double p = k / 20.0, a, b, mirrored;
        ck_assert_int_eq(fj_spectrum_quantile(resnet, p, &a), FJ_OK);
        ck_assert_int_eq(fj_spectrum_quantile(smooth, p, &b), FJ_OK);
        ck_assert_int_eq(fj_spectrum_quantile(resnet, 1 - p, &mirrored), FJ_OK);
        fj_assert_within(a, b + c / 2, 1e-14 * (1 + c), "shifted by c/2");
        fj_assert_within(a, -mirrored, 1e-13 * (sqrt(c) + c), "symmetric in log s");
    }
    ck_assert(fj_spectrum_mean_log(resnet) == 0);
    fj_assert_near(fj_spectrum_mean(resnet), exp(c), 1e-15, "mean");
    fj_spectrum_destroy(resnet);
    fj_spectrum_destroy(smooth);
}
END_TEST

int main(void)
{
    rows = fj_table_read("limit");
    Suite *suite = suite_create("limit");
    TCase *tcase = tcase_create("limit");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, table, 0, 3);
    tcase_add_test(tcase, densities_known);
    tcase_add_test(tcase, edges_known);
    tcase_add_loop_test(tcase, lambert, 0, 5);
    tcase_add_loop_test(tcase, smooth_equation, 0, 5);
    tcase_add_test(tcase, moments_by_series);
    tcase_add_loop_test(tcase, density_integrates, 0, 11);
    tcase_add_loop_test(tcase, resnet_is_smooth_shifted, 0, 5);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
