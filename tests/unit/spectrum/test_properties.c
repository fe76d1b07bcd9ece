/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold for every law, on seeded random networks.
 *
 * 1. F grows from quantile to quantile as the density says (Gauss-Legendre between neighbours), and quantile and F are
 *    each other's inverses.
 * 2. Mass of intervals and atoms together is 1; moments integrated from the density are the exact ones.
 * 3. sigma_w times c multiplies s by c^L. Answers do not depend on order, on company, or on the thread that asks. */
#include <freejac/freejac.h>
#include <pthread.h>
#include <string.h>
#include "legendre_rule.h"
#include "quadrature.h"
#include "sample.h"

enum { CELLS = 24, NODES = 12 };
/* A cell is resolved when density and F agree to this. */
static const double CELL_ERROR = 1e-10;

/* A random law; its name for messages. */
static fj_spectrum *random_law(fj_test_random *r, double depth_most, fj_activation **a, char *what,
                               size_t room)
{
    char spec[96];
    size_t kind = (size_t)fj_test_uniform(r, 0, (double)fj_activation_count());
    fj_test_spec(r, kind, spec, sizeof spec);
    ck_assert_int_eq(fj_activation_create(spec, a, NULL), FJ_OK);
    fj_network_run network = fj_test_network(
        *a, fj_test_uniform(r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
        (uint64_t)fj_test_loguniform(r, 2, depth_most), fj_test_loguniform(r, 0.01, 10));
    fj_test_network_name(&network, what, room);
    return fj_test_spectrum(&network);
}

static fj_spectrum_point at(const fj_spectrum *law, double log_s, const char *what)
{
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval_log(law, &log_s, 1, &point);
    ck_assert_msg(status == FJ_OK, "%s, log s = %.17g: %s", what, log_s, fj_status_message(status));
    const int left_out = isnan(point.density_log10) && fj_test_is_end(law, log_s);
    ck_assert_msg(
        (point.density_log10 >= 0 || left_out) && point.error >= 0 && point.error < INFINITY,
        "%s, log s = %.17g: density %g, error %g", what, log_s, point.density_log10, point.error);
    return point;
}

/* One cell of an integral of density * lambda^k. */
typedef struct cell_sum {
    const fj_spectrum *law;
    const char *what;
    double x[NODES], w[NODES];
    double m[5];      /* by the density, k = 0..4 */
    double left_over; /* mass of the cells that halving did not resolve */
} cell_sum;

/* Adds the integral from low to high (in log s), halving until the density gives what F gained. */
static void integrate(cell_sum *sum, fj_spectrum_point low, fj_spectrum_point high, int halvings)
{
    double m[5] = {0}, gained = high.cdf - low.cdf, width = high.log_s - low.log_s;
    for (int i = 0; i < NODES; i++) {
        double log_s = low.log_s + width * (1 + sum->x[i]) / 2;
        double mass = sum->w[i] / 2 * width * at(sum->law, log_s, sum->what).density_log10 / M_LN10;
        for (int k = 0; k <= 4; k++)
            m[k] += mass * exp(2 * k * log_s);
    }
    ck_assert_msg(gained > -1e-11, "%s: F falls by %g at log s = %.17g", sum->what, -gained,
                  low.log_s);
    if (fabs(m[0] - gained) > CELL_ERROR && halvings > 0) {
        fj_spectrum_point middle = at(sum->law, low.log_s + width / 2, sum->what);
        integrate(sum, low, middle, halvings - 1);
        integrate(sum, middle, high, halvings - 1);
        return;
    }
    if (fabs(m[0] - gained) > CELL_ERROR) { /* next to a place where the density diverges */
        sum->left_over += gained;
        for (int k = 0; k <= 4; k++)
            m[k] = gained * exp(k * (low.log_s + high.log_s));
    }
    for (int k = 0; k <= 4; k++)
        sum->m[k] += m[k];
}

START_TEST(mass_and_moments)
{
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 17;
    fj_activation *a;
    char what[200];
    fj_spectrum *law = random_law(&random, 12, &a, what, sizeof what);
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    size_t intervals = fj_spectrum_intervals(law, &interval), atoms = fj_spectrum_atoms(law, &atom);
    cell_sum sum = {.law = law, .what = what};
    double exact[4];
    fj_legendre_rule(NODES, sum.x, sum.w);
    for (size_t i = 0; i < atoms; i++)
        for (int k = 0; k <= 4; k++)
            sum.m[k] += atom[i].mass * (k ? pow(atom[i].s, 2 * k) : 1);
    for (size_t i = 0; i < intervals; i++) {
        fj_spectrum_point low = {.log_s = interval[i].log_s_min},
                          high = {.log_s = interval[i].log_s_max};
        if (!isfinite(low.log_s)) /* below, F counts, and no moment moves */
            low.log_s = high.log_s - 12;
        low.cdf = at(law, low.log_s, what).cdf;
        high.cdf = at(law, high.log_s, what).cdf;
        if (!isfinite(interval[i].log_s_min))
            sum.m[0] += low.cdf - (atoms && atom[0].s == 0 ? atom[0].mass : 0);
        for (size_t k = 0; k < atoms; k++) /* an atom at the very edge is no part of the interval */
            if (atom[k].log_s == high.log_s)
                high.cdf -= atom[k].mass;
        double from = low.log_s, width = high.log_s - low.log_s;
        fj_spectrum_point before = low;
        for (int cell = 1; cell <= CELLS; cell++) {
            fj_spectrum_point next = high;
            if (cell < CELLS)
                next = at(law, from + width * cell / CELLS, what);
            integrate(&sum, before, next, 26);
            before = next;
        }
    }
    const double *m = sum.m;
    fj_assert_within(sum.left_over, 0, 2e-4, what);
    fj_assert_within(m[0], 1, 1e-7, what);
    ck_assert_int_eq(fj_spectrum_moments(law, 4, exact), FJ_OK);
    for (int k = 1; k <= 4; k++)
        fj_assert_near(m[k], exact[k - 1], 1e-7, what);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(distribution_and_density)
{
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 31;
    fj_activation *a;
    char what[200];
    fj_spectrum *law = random_law(&random, 1e5, &a, what, sizeof what);
    cell_sum sum = {.law = law, .what = what};
    fj_spectrum_point before = {.log_s = -INFINITY};
    double p_before = 0;
    fj_legendre_rule(NODES, sum.x, sum.w);
    for (int k = 1; k < 60; k++) {
        double p = k / 60.0, log_s;
        fj_status status = fj_spectrum_quantile(law, p, &log_s);
        if (status == FJ_RANGE)
            continue;
        ck_assert_msg(status == FJ_OK, "%s, p = %g: %s", what, p, fj_status_message(status));
        if (!isfinite(log_s))
            continue;
        fj_spectrum_point now = at(law, log_s, what);
        ck_assert_msg(now.cdf >= p - 1e-9 && log_s >= before.log_s,
                      "%s, p = %g: F = %.17g at log s = %.17g", what, p, now.cdf, log_s);
        /* neighbours inside the continuous part, not on an atom */
        if (fabs(now.cdf - p) < 1e-9 && fabs(before.cdf - p_before) < 1e-9 &&
            isfinite(before.log_s))
            integrate(&sum, before, now, 26);
        before = now;
        p_before = p;
    }
    fj_assert_within(sum.left_over, 0, 2e-4, what);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(scaling)
{
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 47;
    fj_activation *a;
    char what[200];
    fj_spectrum *law = random_law(&random, 100, &a, what, sizeof what);
    fj_network_run network = fj_spectrum_network(law)->run[0];
    double c = 1 + 0.3 / (double)network.count, log_s;
    network.sigma_w *= c;
    network.chi *= c * c;
    fj_spectrum *scaled = fj_test_spectrum(&network);
    for (double p = 0.6; p < 0.95; p += 0.1) {
        if (fj_spectrum_quantile(law, p, &log_s) != FJ_OK || !isfinite(log_s))
            continue;
        fj_spectrum_point one = at(law, log_s, what);
        if (one.density_log10 == 0) /* an atom: its place is known to rounding only */
            continue;
        fj_spectrum_point two = at(scaled, log_s + (double)network.count * log(c), what);
        fj_assert_within(two.cdf, one.cdf, 1e-9, what);
        fj_assert_within(two.density_log10, one.density_log10, 1e-8 * (1 + one.density_log10),
                         what);
    }
    fj_spectrum_destroy(scaled);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Of one orthogonal layer, by looking everywhere: P(t <= t0), and the density of log t there, by bisection between samples
 * of phi'. Solutions nearer to each other than a sample are missed by pairs, which the caller keeps away from. */
static void look_everywhere(const fj_activation *a, double q, double t0, double *cdf,
                            double *density)
{
    enum { SAMPLES = 40000 };
    const double reach = 9.5, root_q = sqrt(q);
    *cdf = *density = 0;
    double from = -reach, before = 0;
    for (int i = 0; i <= SAMPLES; i++) {
        /* off the kinks at 0 and +-1 */
        double h = reach * (2.0 * i / SAMPLES - 1) + 1e-7,
               slope = fj_activation_slope(a, root_q * h);
        double now = slope * slope - t0;
        if (i > 0 && (now > 0) != (before > 0)) {
            double low = h - 2 * reach / SAMPLES, high = h;
            for (int k = 0; k < 60; k++) {
                double middle = (low + high) / 2, there = fj_activation_slope(a, root_q * middle);
                if ((there * there - t0 > 0) == (now > 0))
                    high = middle;
                else
                    low = middle;
            }
            double there = fj_activation_slope(a, root_q * high);
            *density += exp(-high * high / 2) / sqrt(2 * M_PI) /
                        fabs(2 * root_q * fj_activation_curvature(a, root_q * high) / there);
            if (before <= 0)
                *cdf += fj_gaussian_mass(from, high);
            from = high;
        }
        before = now;
    }
    if (before <= 0)
        *cdf += fj_gaussian_mass(from, INFINITY);
}

START_TEST(one_orthogonal_layer)
{
    static const char *const smooth[] = {"tanh",     "erf", "sigmoid", "arctan", "softsign",
                                         "softplus", "elu", "gelu",    "silu"};
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 83;
    const char *name = smooth[_i % 9];
    fj_activation *a = fj_test_make(name);
    double q = fj_test_loguniform(&random, 1e-2, 30);
    fj_network_run network = fj_test_network(a, FJ_WEIGHTS_ORTHOGONAL, 1, q);
    fj_spectrum *law = fj_test_spectrum(&network);
    int answered = 0;
    for (int k = 0; k < 12; k++) {
        char what[200];
        double h = k % 2 ? fj_test_uniform(&random, -5, 5) : fj_test_uniform(&random, -1, 1);
        if (strcmp(name, "elu") == 0)
            h = -fabs(h); /* above, t = 1 is an atom */
        double slope = fj_activation_slope(a, sqrt(q) * h), t = slope * slope, cdf, density;
        if (t < 1e-4) /* solutions on both sides of a zero of phi' are too near */
            continue;
        if (k % 3 == 0 && _i % 9 >= 7) /* next to what GELU and SiLU tend to */
            t = 1 + copysign(fj_test_loguniform(&random, 1e-15, 0.01), t - 1);
        double log_s = log(t) / 2 + log(network.sigma_w);
        snprintf(what, sizeof what, "%s, depth 1, q = %.17g, t = 1 %+g", name, q, t - 1);
        look_everywhere(a, q, t, &cdf, &density);
        fj_spectrum_point point;
        if (fj_spectrum_eval_log(law, &log_s, 1, &point) != FJ_OK) {
            ck_assert_msg(fabs(t - 1) < 1e-11, "%s is refused", what);
            continue;
        }
        answered++;
        /* what the error of log t does to both */
        double error = 1e-13 + 4 * point.error;
        fj_assert_within(point.cdf, cdf, error * fmax(1, density), what);
        if (density > 1e-9)
            fj_assert_near(point.density_log10 / (2 * M_LN10), density, error + 1e-9, what);
    }
    ck_assert_msg(answered > 0, "%s, q = %.17g: %d of 12", name, q, answered);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Depth 2, half of t at one value a: the curve runs through u = a, at lambda = (sigma_w^2 a)^2, where the density diverges
 * like a root on both sides, with a tiny factor on the lower one. Close to it there are points, F increases, and above it the
 * density times the root stays what it is. */
START_TEST(through_a_mass)
{
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 71;
    char spec[64], what[200];
    snprintf(spec, sizeof spec, _i % 2 ? "elu:alpha=%.17g" : "selu",
             fj_test_uniform(&random, 1.05, 2.5));
    fj_activation *a = fj_test_make(spec);
    double q = fj_test_loguniform(&random, 1e-6, 5e-3), slope = fj_activation_slope(a, 1);
    fj_network_run network = fj_test_network(a, FJ_WEIGHTS_ORTHOGONAL, 2, q);
    fj_spectrum *law = fj_test_spectrum(&network);
    double place = 2 * log(network.sigma_w * slope), root = 0, cdf[2] = {0, 1};
    for (double distance = 1e-7; distance > 1e-12; distance /= 2.7)
        for (int side = 0; side < 2; side++) {
            double log_s = place + (side ? distance : -distance);
            snprintf(what, sizeof what, "%s, q = %.17g, %g from log s = %.17g", spec, q,
                     log_s - place, place);
            fj_spectrum_point point = at(law, log_s, what);
            ck_assert_msg(side ? point.cdf < cdf[1] : point.cdf > cdf[0] - 1e-15, "%s: F = %.17g",
                          what, point.cdf);
            cdf[side] = point.cdf;
            if (side == 0)
                continue;
            double now = point.density_log10 * sqrt(log_s - place);
            if (root > 0) /* log s itself is rounded */
                fj_assert_near(now, root, 1e-3 + 8 * DBL_EPSILON / distance, what);
            else
                root = now;
        }
    ck_assert_msg(root > 0 && cdf[1] - cdf[0] < 1e-5, "%s", what);
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

/* Clusters far apart: half of t at 1, the rest up to alpha^2. One gaussian layer has next to nothing between them, one
 * orthogonal layer an atom inside its interval. */
START_TEST(clusters_far_apart)
{
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 91;
    char spec[64], what[160];
    snprintf(spec, sizeof spec, "elu:alpha=%.17g", fj_test_loguniform(&random, 3, 60));
    fj_activation *a = fj_test_make(spec);
    double q = fj_test_loguniform(&random, 1e-4, 3);
    for (int weights = 0; weights < 2; weights++) {
        fj_network_run network =
            fj_test_network(a, weights ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, 1, q);
        fj_spectrum *law = fj_test_spectrum(&network);
        for (double p = 0.02; p < 1; p += 0.04) {
            double log_s;
            snprintf(what, sizeof what, "%s, q = %.17g, weights %d, p = %g", spec, q, weights, p);
            ck_assert_msg(fj_spectrum_quantile(law, p, &log_s) == FJ_OK, "%s", what);
            fj_spectrum_point point = at(law, log_s, what);
            ck_assert_msg(point.cdf > p - 1e-9, "%s: F = %.17g", what, point.cdf);
            if (weights) /* no atoms */
                fj_assert_within(point.cdf, p, 1e-9, what);
        }
        fj_spectrum_destroy(law);
    }
    fj_activation_destroy(a);
}
END_TEST

typedef struct batch {
    const fj_spectrum *law;
    double log_s[64];
    fj_spectrum_point point[64];
} batch;

static void *ask(void *context)
{
    batch *b = context;
    fj_spectrum_eval_log(b->law, b->log_s, 64, b->point);
    return NULL;
}

START_TEST(order_and_company)
{
    fj_test_random random = fj_test_random_make();
    for (int skip = 0; skip < _i; skip++)
        random.state += 0x9e3779b97f4a7c15u * 61;
    fj_activation *a;
    char what[200];
    fj_spectrum *law = random_law(&random, 1000, &a, what, sizeof what);
    const fj_spectrum_interval *interval;
    size_t n = fj_spectrum_intervals(law, &interval);
    double high = n ? interval[n - 1].log_s_max : 0;
    static batch forward, backward;
    forward.law = backward.law = law;
    for (int i = 0; i < 64; i++)
        forward.log_s[i] = backward.log_s[63 - i] = high + 0.1 - 5 * fj_test_uniform(&random, 0, 1);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, ask, &forward), 0);
    ask(&backward);
    pthread_join(thread, NULL);
    for (int i = 0; i < 64; i++) {
        fj_spectrum_point alone;
        fj_spectrum_eval_log(law, &forward.log_s[i], 1, &alone);
        ck_assert_msg(memcmp(&alone.density, &forward.point[i].density, sizeof(double)) == 0 &&
                          memcmp(&alone.cdf, &backward.point[63 - i].cdf, sizeof(double)) == 0,
                      "%s, log s = %.17g: not the same answer", what, forward.log_s[i]);
        if (forward.log_s[i] > high)
            ck_assert_msg(alone.density == 0 && alone.cdf <= 1, "%s: outside the support", what);
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("properties");
    TCase *tcase = tcase_create("properties");
    tcase_set_timeout(tcase, 600);
    int n = fj_test_times(20);
    tcase_add_loop_test(tcase, mass_and_moments, 0, n);
    tcase_add_loop_test(tcase, distribution_and_density, 0, n);
    tcase_add_loop_test(tcase, scaling, 0, n);
    tcase_add_loop_test(tcase, one_orthogonal_layer, 0, 2 * n);
    tcase_add_loop_test(tcase, through_a_mass, 0, n);
    tcase_add_loop_test(tcase, clusters_far_apart, 0, n);
    tcase_add_loop_test(tcase, order_and_company, 0, n);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
