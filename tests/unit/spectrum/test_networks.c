/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold for the law of every network of unequal layers and widths, on seeded random networks.
 *
 * 1. The density, integrated in the angle that makes both ends of an interval smooth, gives what F gains in every cell, total mass 1
 *    with the atoms, the moments, and E log lambda.
 * 2. F is monotone; quantile and F are each other's inverses; sigma_w of any layer times c multiplies s by c^count.
 * 3. Quantiles of what is resolved are found whatever is not.
 * 4. How many networks are refused, and how many have points that are marked: counted and bounded. */
#include "network_make.h"
#include "legendre_rule.h"

enum { CELLS = 40, NODES = 12, HALVINGS = 12, HALVINGS_ALONE = 26, ORDERS = 4, GRID = 200 };
/* A cell is resolved when density and F agree to this. */
static const double CELL_ERROR = 1e-10;
/* Mass in cells that halving did not resolve: next to an inner place where the density diverges, as of silu alone, where phi'^2
 * settles at 1. */
static const double LEFT_OVER = 5e-4;
static const double MASS = 1e-8, MOMENT = 1e-7, MEAN_LOG = 1e-6;
/* Mass below which an interval down to 0 is not integrated. */
static const double FAR_DOWN = 1e-9;
/* Bounds on the share of the random networks that are refused, and that have marked points. */
static const double REFUSED_SHARE = 0.02, MARKED_SHARE = 0.02;

typedef struct integral {
    const fj_spectrum *law;
    const char *what;
    double x[NODES], w[NODES];
    double low, half; /* of the interval: log s = low + half (1 - cos angle) */
    const fj_spectrum_interval *interval;
    double m[ORDERS + 1], log, marked; /* E lambda^k, E log lambda; marked: not known, mass */
    double left_over;
    int halvings; /* of a cell */
} integral;

static double place(const integral *sum, double angle)
{
    const double part = sin(angle / 2);
    return sum->low + 2 * sum->half * part * part;
}

static fj_spectrum_point ask(const integral *sum, double log_s)
{
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval_log(sum->law, &log_s, 1, &point);
    ck_assert_msg(status == point.status, "%s, log s = %.17g: two statuses", sum->what, log_s);
    if (status == FJ_OK)
        ck_assert_msg((point.density_log10 >= 0 ||
                       (isnan(point.density_log10) && fj_test_is_end(sum->law, log_s))) &&
                          point.cdf >= 0 && point.cdf <= 1 && point.error >= 0 &&
                          point.error < INFINITY,
                      "%s, log s = %.17g: density %g, F = %g, error %g", sum->what, log_s,
                      point.density_log10, point.cdf, point.error);
    else
        ck_assert_msg(status == FJ_NO_CONVERGENCE && isnan(point.density) && isnan(point.cdf),
                      "%s, log s = %.17g: a failure is never a number", sum->what, log_s);
    return point;
}

/* Atoms inside the interval, up to log s. */
static double atoms_inside(const integral *sum, double log_s)
{
    const fj_spectrum_atom *atom;
    const size_t atoms = fj_spectrum_atoms(sum->law, &atom);
    double mass = 0;
    for (size_t i = 0; i < atoms; i++)
        if (atom[i].log_s > sum->interval->log_s_min && atom[i].log_s < sum->interval->log_s_max &&
            atom[i].log_s <= log_s)
            mass += atom[i].mass;
    return mass;
}

/* F at an angle inside the interval, less atoms inside. A marked point: at one beside it. */
static double gained_at(const integral *sum, double angle)
{
    double log_s = place(sum, angle), cdf = ask(sum, log_s).cdf;
    for (int i = 1; isnan(cdf) && i < 8; i++) {
        log_s = place(sum, angle + 1e-9 * pow(4, i));
        cdf = ask(sum, log_s).cdf;
    }
    return cdf - atoms_inside(sum, log_s);
}

/* Adds the cell [from, to], where F goes from low to high, halving until the density gives what F gained. */
static void cell_add(integral *sum, double from, double to, double low, double high, int halvings)
{
    double m[ORDERS + 1] = {0}, log_sum = 0;
    const double gained = high - low;
    for (int i = 0; i < NODES; i++) {
        const double angle = from + (to - from) * (1 + sum->x[i]) / 2, log_s = place(sum, angle);
        const double width = sum->w[i] / 2 * (to - from) * sum->half * sin(angle);
        const double mass = ask(sum, log_s).density_log10 / M_LN10 * width;
        log_sum += mass * 2 * log_s;
        for (int k = 0; k <= ORDERS; k++)
            m[k] += mass * exp(2 * k * log_s);
    }
    ck_assert_msg(!(gained < -1e-11), "%s: F falls by %g at log s = %.17g", sum->what, -gained,
                  place(sum, from));
    if (!(fabs(m[0] - gained) <= CELL_ERROR) && halvings > 0) {
        const double middle = (from + to) / 2, cdf = gained_at(sum, middle);
        cell_add(sum, from, middle, low, cdf, halvings - 1);
        cell_add(sum, middle, to, cdf, high, halvings - 1);
        return;
    }
    if (!(fabs(m[0] - gained) <= CELL_ERROR)) {
        const double log_s = place(sum, (from + to) / 2);
        if (isnan(gained))
            sum->marked = NAN;
        sum->left_over += fabs(gained);
        log_sum = gained * 2 * log_s;
        for (int k = 0; k <= ORDERS; k++)
            m[k] = gained * exp(2 * k * log_s);
    }
    sum->log += log_sum;
    for (int k = 0; k <= ORDERS; k++)
        sum->m[k] += m[k];
}

static void interval_add(integral *sum, const fj_spectrum_interval *interval, double edge_cdf[2])
{
    double from = interval->log_s_min, before = edge_cdf[0];
    sum->interval = interval;
    if (!isfinite(from) && edge_cdf[1] - before < FAR_DOWN) { /* all of it is far down */
        sum->m[0] += edge_cdf[1] - before;
        return;
    }
    if (!isfinite(from)) {
        const double p = before + FAR_DOWN;
        if (fj_spectrum_quantile(sum->law, p, &from) != FJ_OK || !isfinite(from)) {
            sum->marked = NAN;
            return;
        }
        sum->m[0] += p - before;
        sum->log += (p - before) * 2 * from; /* and a little more */
        before = p;
    }
    sum->low = from;
    sum->half = (interval->log_s_max - from) / 2;
    for (int cell = 0; cell < CELLS; cell++) {
        const double to = M_PI * (cell + 1) / CELLS,
                     next = cell + 1 < CELLS ? gained_at(sum, to) : edge_cdf[1];
        cell_add(sum, M_PI * cell / CELLS, to, before, next, sum->halvings);
        before = next;
    }
}

/* Mass of intervals and atoms up to an interval's ends, from F just outside it. */
static void interval_ends(const integral *sum, const fj_spectrum_interval *interval, double cdf[2])
{
    const fj_spectrum_atom *atom;
    const size_t atoms = fj_spectrum_atoms(sum->law, &atom);
    cdf[0] = isfinite(interval->log_s_min) ? ask(sum, interval->log_s_min).cdf
                                           : fj_test_mass_at_zero(sum->law);
    cdf[1] = ask(sum, interval->log_s_max).cdf;
    for (size_t i = 0; i < atoms; i++) /* no part of what has a density */
        if (atom[i].log_s > interval->log_s_min && atom[i].log_s <= interval->log_s_max)
            cdf[1] -= atom[i].mass;
}

/* The i-th network of the seed; 0 where it is refused, which only happens with a reason. */
static fj_spectrum *law_make(int i, uint64_t stride, fj_test_random *random, fj_test_net *net)
{
    fj_detail detail = {""};
    fj_spectrum *law = NULL;
    *random = fj_test_random_make();
    random->state += 0x9e3779b97f4a7c15u * stride * (uint64_t)i;
    fj_test_net_random(net, random);
    if (getenv("FJ_TEST_LIST")) /* one that never ends is the last of its process */
        fprintf(stderr, "network %d of stride %d: %s\n", i, (int)stride, net->what);
    fj_status status = fj_spectrum_create(&net->network, &law, &detail);
    ck_assert_msg(status == FJ_OK || (status == FJ_NO_CONVERGENCE && !law && detail.text[0]),
                  "%s: %s without a word", net->what, fj_status_message(status));
    return law;
}

START_TEST(mass_and_moments)
{
    fj_test_random random;
    fj_test_net net;
    fj_spectrum *law = law_make(_i, 101, &random, &net);
    const int alone = net.network.runs == 1 && net.network.run[0].count == 1;
    integral sum = {.law = law, .what = net.what, .halvings = alone ? HALVINGS_ALONE : HALVINGS};
    fj_legendre_rule(NODES, sum.x, sum.w);
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    const size_t intervals = law ? fj_spectrum_intervals(law, &interval) : 0,
                 atoms = law ? fj_spectrum_atoms(law, &atom) : 0;
    for (size_t i = 0; i < atoms; i++) {
        sum.log += atom[i].mass * 2 * atom[i].log_s;
        for (int k = 0; k <= ORDERS; k++)
            sum.m[k] += atom[i].mass * (k ? exp(2 * k * atom[i].log_s) : 1);
    }
    for (size_t i = 0; i < intervals; i++) {
        double cdf[2];
        ck_assert_msg(interval[i].log_s_min < interval[i].log_s_max &&
                          (i == 0 || interval[i - 1].log_s_max <= interval[i].log_s_min),
                      "%s: interval %zu from %.17g to %.17g", net.what, i, interval[i].log_s_min,
                      interval[i].log_s_max);
        interval_ends(&sum, &interval[i], cdf);
        interval_add(&sum, &interval[i], cdf);
    }
    if (law && !isnan(sum.marked)) { /* else the last test counts it */
        double exact[ORDERS], mean_log = fj_spectrum_mean_log(law);
        fj_assert_within(sum.left_over, 0, LEFT_OVER, net.what);
        fj_assert_within(sum.m[0], 1, MASS, net.what);
        ck_assert_int_eq(fj_spectrum_moments(law, ORDERS, exact), FJ_OK);
        const double most = intervals ? interval[intervals - 1].log_s_max : -INFINITY;
        for (int k = 1; k <= ORDERS; k++) /* cells far up weigh more than they are resolved */
            fj_assert_within(sum.m[k], exact[k - 1],
                             MOMENT * exact[k - 1] + CELL_ERROR * exp(2 * k * most), net.what);
        fj_assert_near(fj_spectrum_mean(law), exact[0], 1e-12, net.what);
        fj_assert_within(fj_spectrum_variance(law), exact[1] - exact[0] * exact[0],
                         1e-12 * (fj_spectrum_variance(law) + exact[1]), net.what);
        if (isfinite(mean_log))
            fj_assert_within(sum.log, mean_log, MEAN_LOG * fmax(1, fabs(mean_log)), net.what);
        else
            ck_assert_msg(isnan(mean_log), "%s: E log lambda = %g", net.what, mean_log);
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* d F/d log s by differences, at points where the density is smooth on their scale. */
static void density_is_the_derivative(const integral *sum, double log_s, double density)
{
    double before = NAN, slope = NAN;
    for (double step = 1e-3; step > 1e-5; step /= 4) {
        const double f[4] = {ask(sum, log_s - 2 * step).cdf, ask(sum, log_s - step).cdf,
                             ask(sum, log_s + step).cdf, ask(sum, log_s + 2 * step).cdf};
        before = slope;
        slope = (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * step);
        if (fabs(slope - before) < 1e-7 * density) {
            fj_assert_near(density, slope, 1e-6, sum->what);
            return;
        }
    }
}

START_TEST(quantiles_and_distribution)
{
    fj_test_random random;
    fj_test_net net;
    fj_spectrum *law = law_make(_i, 211, &random, &net);
    integral sum = {.law = law, .what = net.what};
    double before = -INFINITY, cdf_before = 0;
    for (int k = 1; law && k < 40; k++) {
        const double p = k / 40.0;
        double log_s;
        fj_status status = fj_spectrum_quantile(law, p, &log_s);
        if (status == FJ_RANGE || status == FJ_NO_CONVERGENCE) {
            ck_assert_msg(isnan(log_s), "%s, p = %g: a failure is never a number", net.what, p);
            continue;
        }
        ck_assert_int_eq(status, FJ_OK);
        if (!isfinite(log_s)) {
            ck_assert_msg(p <= fj_test_mass_at_zero(law) + 1e-12, "%s, p = %g", net.what, p);
            continue;
        }
        fj_spectrum_point now = ask(&sum, log_s);
        if (isnan(now.cdf)) /* an atom beside a place that is not known */
            continue;
        ck_assert_msg(log_s >= before && now.cdf >= cdf_before - 1e-12, "%s, p = %g: not monotone",
                      net.what, p);
        ck_assert_msg(now.cdf >= p - 1e-9, "%s, p = %g: F = %.17g", net.what, p, now.cdf);
        if (now.cdf > p + 1e-9) { /* a leap: F is below p beside it */
            fj_spectrum_point beside = ask(&sum, log_s - 1e-9);
            ck_assert_msg(!(beside.cdf > p + 1e-4), /* or not known there */
                          "%s, p = %g: not the least s", net.what, p);
        } else if (now.density_log10 > 1e-3) {
            density_is_the_derivative(&sum, log_s, now.density_log10 / M_LN10);
        }
        before = log_s;
        cdf_before = now.cdf;
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

START_TEST(scaling)
{
    fj_test_random random;
    fj_test_net net;
    fj_spectrum *law = law_make(_i, 307, &random, &net), *scaled = NULL;
    const size_t which = (size_t)fj_test_uniform(&random, 0, (double)net.network.runs);
    fj_network_run *run = &net.network.run[which];
    const double c = fj_test_uniform(&random, 0.8, 1.25), shift = (double)run->count * log(c);
    run->sigma_w *= c;
    run->chi *= c * c;
    if (law && fj_spectrum_create(&net.network, &scaled, NULL) == FJ_OK) {
        for (double p = 0.05; p < 1; p += 0.15) {
            double log_s;
            fj_spectrum_point one, two;
            if (fj_spectrum_quantile(law, p, &log_s) != FJ_OK || !isfinite(log_s))
                continue;
            const double there = log_s + shift;
            if (fj_spectrum_eval_log(law, &log_s, 1, &one) != FJ_OK || one.density_log10 == 0 ||
                fj_spectrum_eval_log(scaled, &there, 1, &two) != FJ_OK)
                continue;
            if (fabs(one.cdf - p) > 1e-9) /* an atom: its place is known to rounding only */
                continue;
            if (isnan(one.density) || isnan(two.density)) /* the end of an interval */
                continue;
            fj_assert_within(two.cdf, one.cdf, 1e-10, net.what);
            fj_assert_near(two.density_log10, one.density_log10, 1e-8, net.what);
        }
    }
    fj_spectrum_destroy(scaled);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* FJ_TEST_LIST: names them on stderr. */
START_TEST(refusals_and_marked_points_are_rare)
{
    const int n = fj_test_times(30), list = getenv("FJ_TEST_LIST") != NULL;
    int refused = 0, marked = 0;
    for (int i = 0; i < n; i++) {
        fj_test_random random;
        fj_test_net net;
        fj_spectrum *law = law_make(i, 101, &random, &net);
        const fj_spectrum_interval *interval;
        const size_t intervals = law ? fj_spectrum_intervals(law, &interval) : 0;
        int points = 0;
        for (size_t k = 0; k < intervals; k++) {
            const double high = interval[k].log_s_max, low = fmax(interval[k].log_s_min, high - 8);
            for (int j = 0; j < GRID; j++) {
                fj_spectrum_point point;
                const double log_s = low + (high - low) * (1 - cos(M_PI * (j + 0.5) / GRID)) / 2;
                points += fj_spectrum_eval_log(law, &log_s, 1, &point) != FJ_OK;
            }
        }
        refused += !law;
        marked += points > 0;
        if (list && (!law || points))
            fprintf(stderr, "%s, %d points\n", law ? "marked" : "refused", points);
        fj_spectrum_destroy(law);
        fj_test_net_free(&net);
    }
    ck_assert_msg(refused <= 1 + REFUSED_SHARE * n, "%d of %d are refused", refused, n);
    ck_assert_msg(marked <= 1 + MARKED_SHARE * n, "%d of %d have marked points", marked, n);
}
END_TEST

/* The quantile is found, and F there is p. */
static void check_quantile(const fj_spectrum *law, double p, const char *what)
{
    double log_s;
    fj_spectrum_point point;
    ck_assert_msg(fj_spectrum_quantile(law, p, &log_s) == FJ_OK, "%s: quantile %g", what, p);
    ck_assert_msg(fj_spectrum_eval_log(law, &log_s, 1, &point) == FJ_OK, "%s: at that of %g", what,
                  p);
    fj_assert_within(point.cdf, p, 1e-11, what);
}

/* phi' of these formulas is 0 at an end of a panel: the tail below some log s is not resolved, for hundreds of decades of s.
 * What lies above it is. */
START_TEST(quantiles_above_a_tail_that_is_not_resolved)
{
    static const char *formula[] = {"expr:log1p(x^2)", "expr:relu(x)*tanh(x)+6.4*relu(x)^2"};
    static const double p[] = {0.01, 0.1, 0.5, 0.9, 0.99};
    fj_test_net net;
    fj_spectrum *law;
    fj_test_net_init(&net, 1);
    if (_i == 0) {
        fj_test_net_add(&net, "sigmoid", FJ_WEIGHTS_GAUSSIAN, 0.0333, 1, 0.04, 1);
        fj_test_net_add(&net, "sigmoid", FJ_WEIGHTS_GAUSSIAN, 1.14, 1, 0.03, 2);
        fj_test_net_add(&net, formula[0], FJ_WEIGHTS_GAUSSIAN, 0.456, 1, 0.8, 1);
    } else {
        fj_test_net_add(&net, "tanh", FJ_WEIGHTS_ORTHOGONAL, 0.5, 1, 0.8, 2);
        fj_test_net_add(&net, formula[1], FJ_WEIGHTS_ORTHOGONAL, 0.044, 1, 1.3, 1);
        fj_test_net_add(&net, formula[1], FJ_WEIGHTS_ORTHOGONAL, 0.043, 1, 1.3, 1);
        fj_test_net_add(&net, formula[1], FJ_WEIGHTS_ORTHOGONAL, 0.041, 1, 1.2, 1);
    }
    ck_assert_int_eq(fj_spectrum_create(&net.network, &law, NULL), FJ_OK);
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        const double zeros = _i == 0 ? 0 : 0.5;
        check_quantile(law, zeros + (1 - zeros) * p[i], net.what);
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Far up the tail of an unbounded phi', where 1 - F is 1e-17, densities are noise, and no series fits: but elsewhere. */
START_TEST(quantiles_below_a_tail_of_noise)
{
    fj_test_net net;
    fj_spectrum *law;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "expr:-x*sigmoid(-x)", FJ_WEIGHTS_ORTHOGONAL, 0.1828, 1,
                    0.47535983419888056, 1);
    fj_test_net_add(&net, "expr:1.67*(x+0.282)*cos(1.67*(x+0.282))+1.76*(x-1.8)^3",
                    FJ_WEIGHTS_ORTHOGONAL, 0.060220005114281376, 1, 426.47154581050825, 1);
    fj_test_net_add(&net, "expr:erf(-x)", FJ_WEIGHTS_ORTHOGONAL, 228.27361762455456, 1,
                    0.073044265713740689, 1);
    ck_assert_int_eq(fj_spectrum_create(&net.network, &law, NULL), FJ_OK);
    for (double p = 0.3; p < 0.951; p += 0.05)
        check_quantile(law, p, net.what);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* An atom inside an interval: next to it rounding is all that is left of the density, and that must not use up what the rest of the law
 * takes. Points between the ends are known, whatever the order of the layers, and the mean from F is the exact one. */
START_TEST(next_to_an_atom_inside)
{
    static const char *const spec[] = {"selu", "hard-tanh"};
    static const double Q[] = {0.3, 0.393931};
    enum { POINTS = 2000 };
    fj_test_net net[2];
    fj_spectrum *law[2];
    for (int k = 0; k < 2; k++) {
        fj_test_net_init(&net[k], 1);
        for (int i = 0; i < 2; i++)
            fj_test_net_add(&net[k], spec[i ^ k], FJ_WEIGHTS_ORTHOGONAL, Q[i ^ k], 1, 1, 1);
        law[k] = fj_test_net_law(&net[k]);
    }
    const fj_spectrum_interval *interval;
    const size_t intervals = fj_spectrum_intervals(law[0], &interval);
    const double low = interval[0].s_min, high = interval[intervals - 1].s_max;
    double mean = low * low * (1 - fj_test_mass_at_zero(law[0])); /* int (1 - F) d lambda */
    for (int i = 0; i < POINTS; i++) {
        const double s = low + (high - low) * (i + 0.5) / POINTS;
        fj_spectrum_point point[2];
        for (int k = 0; k < 2; k++)
            ck_assert_msg(fj_spectrum_eval(law[k], &s, 1, &point[k]) == FJ_OK, "%s: s = %.17g",
                          net[k].what, s);
        fj_assert_within(point[1].density, point[0].density,
                         (point[0].error + point[1].error) * point[0].density, net[0].what);
        fj_assert_within(point[1].cdf, point[0].cdf, 1e-10, net[0].what);
        mean += (1 - point[0].cdf) * 2 * s * (high - low) / POINTS;
    }
    fj_assert_near(mean, fj_spectrum_mean(law[0]), 1e-3, net[0].what);
    for (int k = 0; k < 2; k++) {
        fj_spectrum_destroy(law[k]);
        fj_test_net_free(&net[k]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("networks");
    TCase *tcase = tcase_create("networks");
    const int n = fj_test_times(30);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, mass_and_moments, 0, n);
    tcase_add_loop_test(tcase, quantiles_and_distribution, 0, n);
    tcase_add_loop_test(tcase, scaling, 0, n);
    tcase_add_loop_test(tcase, quantiles_above_a_tail_that_is_not_resolved, 0, 2);
    tcase_add_test(tcase, quantiles_below_a_tail_of_noise);
    tcase_add_test(tcase, next_to_an_atom_inside);
    tcase_add_test(tcase, refusals_and_marked_points_are_rare);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
