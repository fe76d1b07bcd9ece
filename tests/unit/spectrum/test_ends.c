/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law outside its intervals and at their ends: gaps, atoms inside and at the ends of intervals, quantiles at their seams, and points
 * asked for by the numbers that ends and atoms are published by. */
#include "cdf.h"
#include "network_make.h"

#define O FJ_WEIGHTS_ORTHOGONAL
#define G FJ_WEIGHTS_GAUSSIAN

/* phi'^2 is 1/4 for |x| < 1, which lies in the range it has below, and near 4 above. */
static const char INSIDE[] = "expr:where(x<-1,0.5*x+0.1*(sin(x)+sin(1)),"
                             "where(x>1,0.5+2*(x-1)+0.1*(sin(x)-sin(1)),0.5*x))";
/* phi' is 1 for x > -1, its largest value, and tends to it below. */
static const char LARGEST[] = "expr:where(x>-1,x,exp(x+1)-2)";

static double cdf_at(const fj_test_net *net, const fj_spectrum *law, double s)
{
    fj_spectrum_point point;
    ck_assert_msg(fj_spectrum_eval(law, &s, 1, &point) == FJ_OK, "%s, s = %.17g", net->what, s);
    return point.cdf;
}

static double quantile_of(const fj_test_net *net, const fj_spectrum *law, double p)
{
    double log_s;
    ck_assert_msg(fj_spectrum_quantile(law, p, &log_s) == FJ_OK && !isnan(log_s),
                  "%s, quantile of %.17g", net->what, p);
    return exp(log_s);
}

/* P(s <= s in the gap) = P(phi'^2 is that of x < 1), with one layer; with more F goes on from where the upper interval begins. */
START_TEST(gap_above_an_atom)
{
    static const double q[] = {1, 0.5, 0.3};
    const uint64_t depth = 1 + (uint64_t)_i / 3;
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, INSIDE, O, q[_i % 3], 1, 1, depth);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 2);
    ck_assert_uint_eq(fj_spectrum_atoms(law, &atom), 1);
    ck_assert(atom[0].s > interval[0].s_min && atom[0].s < interval[0].s_max);
    const double end = interval[0].s_max, next = interval[1].s_min, off = 1e-11;
    const double gap = cdf_at(&net, law, (end + next) / 2);
    fj_assert_within(cdf_at(&net, law, end * (1 + off)), gap, 0, net.what);
    fj_assert_within(cdf_at(&net, law, next * (1 - off)), gap, 0, net.what);
    /* the density is bounded, or diverges like the inverse root */
    fj_assert_within(cdf_at(&net, law, end * (1 - off)), gap, 1e-5, net.what);
    fj_assert_within(cdf_at(&net, law, next * (1 + off)), gap, 1e-5, net.what);
    if (depth == 1)
        fj_assert_near(gap, erfc(-1 / sqrt(2 * q[_i % 3])) / 2, 1e-14, net.what);
    ck_assert(cdf_at(&net, law, interval[1].s_max) == 1 && cdf_at(&net, law, 100) == 1);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Where the largest s is an atom, and the rest reaches up to it. */
START_TEST(atom_at_the_upper_end)
{
    static const double width[][2] = {{1, 1}, {0.6, 1}, {2, 2}};
    static const double q[][2] = {{2, 2.2}, {1, 1.9}};
    const double *n = width[_i % 3], *at = q[_i / 3];
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, LARGEST, O, at[0], n[0], 1, 1);
    fj_test_net_add(&net, LARGEST, O, at[1], n[1], 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    const size_t intervals = fj_spectrum_intervals(law, &interval),
                 atoms = fj_spectrum_atoms(law, &atom);
    ck_assert(intervals > 0 && atoms > 0);
    const fj_spectrum_atom *top = &atom[atoms - 1];
    const double end = interval[intervals - 1].s_max;
    fj_assert_near(end, top->s, 1e-15, net.what);
    ck_assert(cdf_at(&net, law, top->s) == 1 && cdf_at(&net, law, end) == 1);
    ck_assert(cdf_at(&net, law, end * (1 + 1e-12)) == 1 && cdf_at(&net, law, 10 * end) == 1);
    ck_assert(quantile_of(&net, law, 1) == top->s);
    ck_assert(quantile_of(&net, law, 1 - top->mass / 2) == top->s);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* One layer: F at a published atom holds it, at the largest s it is 1. phi'(x) of sigmoid and softplus is reached nowhere. */
START_TEST(asked_for_as_published)
{
    static const char *const spec[] = {"tanh", "erf",     "sin",  "sigmoid", "elu:alpha=0.3",
                                       "gelu", "silu",    "selu", "arctan",  "leaky-relu:slope=0.3",
                                       "relu", "softsign"};
    fj_test_random random = fj_test_random_make();
    for (int i = 0; i < 40; i++) {
        const fj_spectrum_interval *interval;
        const fj_spectrum_atom *atom;
        fj_test_net net;
        fj_test_net_init(&net, 1);
        fj_test_net_add(&net, spec[_i], O, fj_test_loguniform(&random, 0.1, 4),
                        fj_test_uniform(&random, 0, 1) < 0.5 ? 1 : 0.7,
                        fj_test_loguniform(&random, 0.01, 100), 1);
        fj_spectrum *law = fj_test_net_law(&net);
        const size_t intervals = fj_spectrum_intervals(law, &interval),
                     atoms = fj_spectrum_atoms(law, &atom);
        for (size_t k = 0; k < atoms; k++) {
            const double below = atom[k].s > 0 ? cdf_at(&net, law, atom[k].s * (1 - 1e-12)) : 0;
            for (int units = -1; units <= 1; units++)
                fj_assert_within(cdf_at(&net, law, atom[k].s * (1 + units * 2.3e-16)),
                                 below + atom[k].mass, 1e-5, net.what);
        }
        if (intervals > 0) {
            const double end = interval[intervals - 1].s_max;
            const fj_spectrum_atom *above =
                atoms > 0 && atom[atoms - 1].s > end ? &atom[atoms - 1] : NULL;
            fj_assert_within(cdf_at(&net, law, end), 1 - (above ? above->mass : 0), 0, net.what);
        }
        fj_spectrum_destroy(law);
        fj_test_net_free(&net);
    }
}
END_TEST

typedef struct seam_row {
    const char *spec;
    fj_weights weights;
    double q, width;
} seam_row;

/* An atom inside the interval below is not counted twice. */
START_TEST(quantiles_above_a_gap)
{
    const fj_spectrum_interval *interval;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, INSIDE, O, 0.5, 1, 1, 1 + (uint64_t)_i);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 2);
    const double end = interval[0].s_max, next = interval[1].s_min;
    const double gap = cdf_at(&net, law, (end + next) / 2);
    for (int k = 1; k < 20; k++) {
        const double p = gap + (1 - gap) * k / 20, s = quantile_of(&net, law, p);
        ck_assert_msg(s > next && s < interval[1].s_max, "%s: quantile %.17g", net.what, s);
        fj_assert_within(cdf_at(&net, law, s), p, 1e-11, net.what);
    }
    fj_assert_near(quantile_of(&net, law, gap), end, 1e-9, net.what);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* A p that is F of a gap within rounding: the lower end of the gap, or the atom there. */
START_TEST(quantiles_at_seams)
{
    static const seam_row rows[][2] = {
        {{"leaky-relu:slope=0.1", O, 1, 1}, {"tanh", O, 2, 1}},
        {{"leaky-relu:slope=0.1", O, 1, 0.05}, {"erf", O, 2, 1}},
        {{"leaky-relu:slope=0.1", O, 1, 8}, {"linear", G, 1, 8}},
        {{"leaky-relu:slope=0.01", O, 1, 1}, {"hard-tanh", G, 0.3, 1}},
        {{INSIDE, O, 0.5, 1}, {"linear", O, 1, 0.5}},
        {{"selu", O, 0.3, 1}, {"hard-tanh", O, 0.3, 1}},
        {{"selu", O, 0.3, 0.4}, {"hard-tanh", O, 0.3, 0.4}},
    };
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int k = 0; k < 2; k++)
        fj_test_net_add(&net, rows[_i][k].spec, rows[_i][k].weights, rows[_i][k].q,
                        rows[_i][k].width, 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    const size_t intervals = fj_spectrum_intervals(law, &interval);
    ck_assert_uint_ge(intervals, 1);
    fj_spectrum_atoms(law, &atom);
    for (size_t i = 0; i < intervals; i++) {
        if (!(interval[i].s_min > 0) || (i > 0 && interval[i].s_min == interval[i - 1].s_max))
            continue;
        const double low = i > 0 ? interval[i - 1].s_max : 0;
        const double gap = cdf_at(&net, law, (low + interval[i].s_min) / 2);
        for (int units = -8; units <= 8 && gap > 0; units++) {
            const double s = quantile_of(&net, law, gap * (1 + units * 1.1e-16));
            if (i > 0)
                fj_assert_near(s, low, 1e-7, net.what);
            else
                ck_assert_msg(s == atom[0].s, "%s: %.17g", net.what, s);
        }
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Next to places where densities are refused, or there is no solution: F is known, or between two that are. */
START_TEST(cdf_without_a_point)
{
    static const seam_row rows[][2] = {
        {{"relu", O, 1, 1}, {"leaky-relu:slope=0.5", O, 1, 1}}, /* a pole, twice an edge */
        {{"leaky-relu:slope=0.3", O, 1, 0.5}, {"relu", O, 1, 0.5}},
        {{"tanh", O, 0.5, 1}, {"linear", O, 1, 1}},
        {{INSIDE, O, 0.5, 1}, {INSIDE, O, 0.5, 1}},
        {{"gelu", O, 2, 0.3}, {"linear", O, 1, 0.3}},
    };
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int k = 0; k < 2; k++)
        fj_test_net_add(&net, rows[_i][k].spec, rows[_i][k].weights, rows[_i][k].q,
                        rows[_i][k].width, 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    const size_t intervals = fj_spectrum_intervals(law, &interval),
                 atoms = fj_spectrum_atoms(law, &atom);
    for (size_t i = 0; i < 2 * intervals + atoms; i++) {
        const double place = i >= 2 * intervals ? atom[i - 2 * intervals].log_s
                             : i % 2            ? interval[i / 2].log_s_max
                                                : interval[i / 2].log_s_min;
        double before = 0;
        for (int units = -4096; units <= 4096 && isfinite(place); units += 64) {
            const double log_s = place + units * 1.1e-16 * (1 + fabs(place));
            double cdf[2];
            fj_spectrum_point point;
            ck_assert_msg(fj_cdf_find(law, log_s, cdf), "%s: %d from log s = %.17g", net.what,
                          units, place);
            ck_assert_msg(cdf[1] >= before - 1e-13 && cdf[1] >= cdf[0], "%s: %d from log s = %.17g",
                          net.what, units, place);
            before = cdf[0];
            if (fj_spectrum_eval_log(law, &log_s, 1, &point) == FJ_OK)
                ck_assert(point.cdf == cdf[0] && point.cdf == cdf[1]);
            else
                ck_assert(isnan(point.cdf) && isnan(point.density));
        }
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Beside an atom inside the support the law of layers that differ is not known for a while, and then only told as far as it is. */
START_TEST(what_is_not_known_is_not_told)
{
    static const double q[][2] = {{1, 0.659}, {0.5, 0.2186}, {0.1, 0.3}, {0.4, 2}};
    const fj_spectrum_interval *interval;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int k = 0; k < 2; k++)
        fj_test_net_add(&net, INSIDE, O, q[_i][k], 1, 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    const size_t intervals = fj_spectrum_intervals(law, &interval);
    double known = 0; /* F so far */
    for (size_t i = 0; i + 1 < intervals; i++) {
        fj_spectrum_point at[3];
        const double s[3] = {interval[i].s_max * (1 - 1e-3), interval[i].s_max,
                             interval[i].s_max * (1 + 1e-3)};
        fj_spectrum_eval(law, s, 3, at);
        for (int k = 0; k < 3; k++) {
            if (at[k].status != FJ_OK)
                continue;
            ck_assert_msg(at[k].cdf >= known - 1e-12, "%s: s = %.17g", net.what, s[k]);
            known = at[k].cdf;
        }
        /* an end that meets the next interval: no mass is left out there but what the density, which may begin at an edge, makes of it */
        if (interval[i].s_max == interval[i + 1].s_min && at[1].status == FJ_OK &&
            at[2].status == FJ_OK)
            ck_assert_msg(at[2].cdf - at[1].cdf < 1.1 * at[2].density * (s[2] - s[1]),
                          "%s: s = %.17g", net.what, s[1]);
    }
    for (int k = 1; k < 100; k++) {
        double log_s, cdf[2];
        if (fj_spectrum_quantile(law, k / 100.0, &log_s) != FJ_OK)
            continue;
        if (fj_cdf_find(law, log_s, cdf))
            ck_assert_msg(cdf[1] >= k / 100.0 - 1e-11, "%s: F = %g at that of 0.%02d", net.what,
                          cdf[1], k);
        if (fj_cdf_find(law, log_s - 1e-9, cdf))
            ck_assert_msg(cdf[0] <= k / 100.0 + 1e-11, "%s: F = %g below that of 0.%02d", net.what,
                          cdf[0], k);
    }
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* No upper edge, and an atom at 0, or above it. */
START_TEST(quantile_1_has_no_end)
{
    static const char *const spec[] = {"expr:relu(x)^2", "expr:where(x>1,x+(x-1)^2,x)"};
    fj_test_net net;
    double log_s;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, spec[_i % 2], O, 0.3, 1, 1, 1 + (uint64_t)_i / 2);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_int_eq(fj_spectrum_quantile(law, 1, &log_s), FJ_OK);
    ck_assert_msg(isinf(log_s) && log_s > 0, "%s: %g", net.what, log_s);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* 0 where the density vanishes: at square roots and in tails; elsewhere left out, though F is known. */
START_TEST(density_at_ends)
{
    static const struct {
        const char *spec;
        fj_weights weights;
        uint64_t depth;
        double q, s; /* s < 0: the upper end */
        double cdf;
        int vanishes;
    } ends[] = {
        {"linear", G, 1, 1, 2, 1, 1},
        {"linear", G, 1, 1, 0, 0, 0}, /* the quarter circle: 2/pi */
        {"linear", G, 2, 1, 0, 0, 0}, /* diverges */
        {"relu", O, 2, 1, 2, 1, 0},   /* an arcsine law of lambda */
        {"relu", G, 2, 1, -1, 1, 1},
        {"tanh", O, 20, 0.1, 0, 0, 1},
        {"tanh", O, 20, 0.1, -1, 1, 1},
        {"tanh", O, 1, 0.1, -1, 1, 0},
        {"elu", O, 1, 0.3, -1, 1, 0}, /* leaps */
        {"sin", O, 1, 50, 0, 0, 0},
        /* the end of the range of t: without a mass, and with half, which is the one at two layers */
        {"gelu", G, 2, 0.0119, -1, 1, 1},
        {"softplus", O, 4, 0.065, -1, 1, 1},
        {"silu", O, 3, 0.054, -1, 1, 1},
        {"elu:alpha=0.5", O, 2, 0.3, -1, 1, 0},
        {"leaky-relu:slope=0.4", O, 2, 1, -1, 1, 0},
        {"leaky-relu:slope=0.4", O, 3, 1, -1, 1, 1}};
    const fj_spectrum_interval *interval;
    fj_spectrum_point point;
    fj_test_net net;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, ends[_i].spec, ends[_i].weights, ends[_i].q, 1, 1, ends[_i].depth);
    fj_spectrum *law = fj_test_net_law(&net);
    const size_t n = fj_spectrum_intervals(law, &interval);
    const double s = ends[_i].s < 0 ? interval[n - 1].s_max : ends[_i].s;
    ck_assert_msg(fj_spectrum_eval(law, &s, 1, &point) == FJ_OK, "%s", net.what);
    fj_assert_within(point.cdf, ends[_i].cdf, 0, net.what);
    ck_assert_msg(ends[_i].vanishes ? point.density == 0 : isnan(point.density), "%s: %g", net.what,
                  point.density);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ends");
    TCase *tcase = tcase_create("ends");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, gap_above_an_atom, 0, 9);
    tcase_add_loop_test(tcase, atom_at_the_upper_end, 0, 6);
    tcase_add_loop_test(tcase, asked_for_as_published, 0, 12);
    tcase_add_loop_test(tcase, quantiles_above_a_gap, 0, 3);
    tcase_add_loop_test(tcase, quantiles_at_seams, 0, 7);
    tcase_add_loop_test(tcase, cdf_without_a_point, 0, 5);
    tcase_add_loop_test(tcase, what_is_not_known_is_not_told, 0, 4);
    tcase_add_loop_test(tcase, quantile_1_has_no_end, 0, 4);
    tcase_add_loop_test(tcase, density_at_ends, 0, 16);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
