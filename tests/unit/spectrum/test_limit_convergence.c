/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finite depth tends to the universal laws. For orthogonal networks on the critical line, with q*(L) such that
 * L Var(t)/E[t]^2 = sigma_0^2:
 *
 * 1. Smooth class. The largest distance D of the distribution functions falls like L^(-1/2), not 1/L: the next term of
 *    -log S is the third cumulant of t, L kappa_3 m^2 with L kappa_3 = sigma_0^3 skew/sqrt(L), and t has the skewness of
 *    -h^2 (-sqrt 8), or of -|h| for softsign. With z(m) given, A = (1+m) log z - int log z dm changes at fixed z by
 *    - int_0^m (change of log z), so F changes by L kappa_3 Im(m^3)/(3 pi) to first order.
 * 2. Bernoulli class. D falls like 1/L. Beside an atom D is no measure, since the atoms' places differ; their places and
 *    masses converge like 1/L, and so does the rest. At sigma_0 = 1 alone D falls like L^(-1/2): the edge, which converges
 *    like 1/L, has a density that diverges like an inverse square root. */
#include <string.h>
#include "bracket.h"
#include "sample.h"
#include <freejac/limit.h>

typedef struct tuning {
    const fj_activation *activation;
    double depth, sigma2;
} tuning;

static fj_spectrum *law_at(const fj_activation *a, double depth, double q)
{
    fj_meanfield point;
    fj_network network;
    fj_spectrum *law;
    fj_detail detail = {""};
    fj_status status = fj_meanfield_critical(a, q, &point, &detail);
    ck_assert_msg(status == FJ_OK, "q = %g: %s", q, detail.text);
    ck_assert_int_eq(
        fj_network_identical(a, FJ_WEIGHTS_ORTHOGONAL, (uint64_t)depth, &point, &network), FJ_OK);
    status = fj_spectrum_create(&network, &law, &detail);
    ck_assert_msg(status == FJ_OK, "depth %g, q = %g: %s", depth, q, detail.text);
    fj_network_clear(&network);
    return law;
}

static double variance_miss(void *context, double log_q)
{
    const tuning *t = context;
    fj_spectrum *law = law_at(t->activation, t->depth, exp(log_q));
    double variance = fj_spectrum_variance(law);
    fj_spectrum_destroy(law);
    return log(variance / t->sigma2);
}

/* q*(L) */
static double tuned_q(const fj_activation *a, double depth, double sigma2)
{
    tuning t = {a, depth, sigma2};
    double log_q;
    ck_assert_int_eq(fj_bracket_root(variance_miss, &t, log(1e-9), log(3.9), &log_q), FJ_OK);
    return exp(log_q);
}

static fj_spectrum *tuned_law(const fj_activation *a, double depth, double sigma2)
{
    fj_spectrum *law = law_at(a, depth, tuned_q(a, depth, sigma2));
    fj_assert_near(fj_spectrum_variance(law), sigma2, 1e-12, "the tuned variance");
    return law;
}

static double cdf(const fj_spectrum *law, double log_s)
{
    fj_spectrum_point point;
    ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
    return point.cdf;
}

/* The largest distance over a grid of log s from `from` to `to`. */
static double distance_over(const fj_spectrum *a, const fj_spectrum *b, double from, double to)
{
    enum { POINTS = 2000 };
    double most = 0;
    for (int i = 0; i <= POINTS; i++) {
        double log_s = from + (to - from) * i / POINTS;
        most = fmax(most, fabs(cdf(a, log_s) - cdf(b, log_s)));
    }
    return most;
}

/* The same at distances from 1e-12 to 0.3 on both sides of an edge. */
static double distance_near(const fj_spectrum *a, const fj_spectrum *b, double edge)
{
    double most = 0;
    for (double distance = 1e-12; distance < 0.3; distance *= 1.01)
        for (int side = -1; side <= 1; side += 2) {
            double log_s = edge + side * distance;
            most = fmax(most, fabs(cdf(a, log_s) - cdf(b, log_s)));
        }
    return most;
}

/* D to first order at large depth, times sqrt(L): the largest sigma_0^3 skew |Im m^3|/(3 pi) on the limit's curve. */
static double smooth_constant(double sigma2, double skew)
{
    const double half = sqrt(1 + 4 / sigma2) / 2;
    double most = 0;
    for (int i = 1; i < 2000; i++) {
        double a = -0.5 + half * sin(M_PI * (i / 2000.0 - 0.5));
        double low = 0, high = 4 / sqrt(sigma2) + 4 / sigma2;
        for (int k = 0; k < 100;
             k++) { /* [-1, 0] is seen from m = a - ib under the angle sigma2 b */
            double b = (low + high) / 2;
            if (atan2(b, a * (a + 1) + b * b) > sigma2 * b)
                low = b;
            else
                high = b;
        }
        double b = (low + high) / 2;
        most = fmax(most, fabs(b * b * b - 3 * a * a * b));
    }
    return pow(sigma2, 1.5) * skew * most / (3 * M_PI);
}

static const struct {
    const char *name;
    double skew;
} smooth[] = {{"tanh", 2.8284271247461903},
              {"erf", 2.8284271247461903},
              {"sin", 2.8284271247461903},
              {"softsign", 0.99527174643115600}}; /* of |h|: sqrt(2) (4 - pi)/(pi - 2)^1.5 */
static const double sigma2s[] = {0.25, 1, 4};

START_TEST(smooth_falls_like_the_root)
{
    static const double depths[] = {1e2, 1e3, 1e4, 1e5, 1e6};
    const double sigma2 = sigma2s[_i % 3];
    fj_activation *a = fj_test_make(smooth[_i / 3].name);
    fj_spectrum *limit;
    const fj_spectrum_interval *interval;
    double before = 1;
    char what[80];
    ck_assert_int_eq(fj_limit_create(FJ_LIMIT_SMOOTH, sqrt(sigma2), &limit, NULL), FJ_OK);
    fj_spectrum_intervals(limit, &interval);
    double constant = smooth_constant(sigma2, smooth[_i / 3].skew);
    for (int i = 0; i < 5; i++) {
        fj_spectrum *law = tuned_law(a, depths[i], sigma2);
        double d =
            distance_over(law, limit, interval[0].log_s_min - 1, interval[0].log_s_max + 0.5);
        double exponent = log10(before / d);
        snprintf(what, sizeof what, "%s, sigma_0^2 = %g, depth %g", smooth[_i / 3].name, sigma2,
                 depths[i]);
        if (i > 1) /* 1/2, approached from below */
            fj_assert_within(exponent, 0.5, 2.5 / sqrt(depths[i - 1]), what);
        fj_assert_near(d * sqrt(depths[i]), constant, 5.5 / sqrt(depths[i]) + 1e-3, what);
        before = d;
        fj_spectrum_destroy(law);
    }
    fj_spectrum_destroy(limit);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(bernoulli_falls_like_the_inverse)
{
    static const double depths[] = {1e2, 1e3, 1e4, 1e5, 1e6};
    const double sigma2 = sigma2s[_i];
    fj_activation *a = fj_test_make("hard-tanh");
    fj_spectrum *limit;
    const fj_spectrum_interval *interval, *here;
    const fj_spectrum_atom *atom, *there;
    double before = 1, edge_before = 1, place_before = 1;
    char what[80];
    ck_assert_int_eq(fj_limit_create(FJ_LIMIT_BERNOULLI, sqrt(sigma2), &limit, NULL), FJ_OK);
    fj_spectrum_intervals(limit, &interval);
    size_t atoms = fj_spectrum_atoms(limit, &there);
    for (int i = 0; i < 5; i++) {
        fj_spectrum *law = tuned_law(a, depths[i], sigma2);
        fj_spectrum_intervals(law, &here);
        /* down to s = 0, where the network has an atom of mass 1 - p, and the limit none */
        double top = interval[0].log_s_max - 0.3;
        double d = distance_near(law, limit, interval[0].log_s_max);
        d = fmax(d, distance_over(law, limit, top - 3, top));
        d = fmax(d, distance_over(law, limit, -300, top - 3));
        d = fmax(d, fabs(cdf(law, -INFINITY) - cdf(limit, -INFINITY)));
        snprintf(what, sizeof what, "hard-tanh, sigma_0^2 = %g, depth %g", sigma2, depths[i]);
        if (i > 0) /* the grid tells a maximum to half a percent next to a diverging density */
            fj_assert_within(log10(before / d), sigma2 == 1 ? 0.5 : 1,
                             2 * sigma2 / depths[i - 1] + (sigma2 == 1 ? 0.004 : 0), what);
        before = d;
        double edge = fabs(here[0].log_s_max - interval[0].log_s_max);
        if (i > 0 && i < 4)
            fj_assert_within(log10(edge_before / edge), 1, 5 / depths[i - 1] + 1e-6, what);
        edge_before = edge;
        size_t count = fj_spectrum_atoms(law, &atom);
        /* one at 0, and at sigma_0 = 1 still one of mass 1/(L + 1), where the limit has none */
        ck_assert_uint_eq(count, sigma2 > 1 ? 1 : 2);
        fj_assert_near(atom[0].mass, sigma2 / (depths[i] + sigma2), 1e-10, "1 - p");
        if (count > 1)
            fj_assert_within(atom[1].mass, 1 - sigma2 * depths[i] / (depths[i] + sigma2), 1e-10,
                             what);
        if (atoms) {
            double place = fabs(atom[1].log_s - there[0].log_s);
            fj_assert_within(atom[1].mass, there[0].mass, sigma2 * sigma2 / depths[i] * 1.001,
                             what);
            if (i > 0 && i < 4)
                fj_assert_within(log10(place_before / place), 1, 5 / depths[i - 1] + 1e-6, what);
            place_before = place;
        }
        fj_spectrum_destroy(law);
    }
    fj_spectrum_destroy(limit);
    fj_activation_destroy(a);
}
END_TEST

/* q*(L), computed independently of this project to the digits shown. */
START_TEST(tuned_q_known)
{
    static const struct {
        double depth, sigma2, tanh, erf, hard_tanh;
    } known[] = {
        {10, 0.25, .073829, .089525, .197368},   {10, 1, .194579, .227300, .349870},
        {50, 0.25, .028319, .035221, .126767},   {50, 1, .064130, .078119, .183605},
        {100, 0.25, .019308, .024172, .109347},  {100, 1, .042166, .051978, .150317},
        {200, 0.25, .013305, .016737, .095995},  {200, 1, .028319, .035221, .126767},
        {1000, 0.25, .005749, .007279, .074557}, {1000, 1, .011822, .014890, .092341},
    };
    static const char *const names[] = {"tanh", "erf", "hard-tanh"};
    fj_activation *a = fj_test_make(names[_i]);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        double wanted = _i == 0 ? known[k].tanh : _i == 1 ? known[k].erf : known[k].hard_tanh;
        double q = tuned_q(a, known[k].depth, known[k].sigma2);
        char what[80];
        snprintf(what, sizeof what, "%s, depth %g, sigma_0^2 = %g", names[_i], known[k].depth,
                 known[k].sigma2);
        fj_assert_within(q, wanted, 5.1e-7, what);
    }
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limit_convergence");
    TCase *tcase = tcase_create("convergence");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, smooth_falls_like_the_root, 0, 12);
    tcase_add_loop_test(tcase, bernoulli_falls_like_the_inverse, 0, 3);
    tcase_add_loop_test(tcase, tuned_q_known, 0, 3);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
