/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks of unequal layers and widths against the reference tables of data/, made in multiple precision by another route.
 *
 * One test for each network: every row of network-points.csv, network-edges.csv, network-atoms.csv and
 * network-moments.csv for it, and that the library finds no edge and no atom that is not there. */
#include <freejac/freejac.h>
#include "steepness.h"
#include "table.h"

/* What the project promises: relative for the density, absolute for the distribution function. */
static const double DENSITY = 1e-10, CDF = 1e-11, EDGE = 1e-12, MASS = 1e-12, MOMENT = 1e-12;
/* E log t and its companions, each of order 5, cancel in every layer. */
static const double LOG_ULPS = 8 * DBL_EPSILON;
/* The error estimate may be short by this factor. */
static const double ESTIMATE_TIMES = 2;
/* Of s, in units of its own size: of one layer, since log s is a sum over all. */
static const double ROUNDING = 16 * DBL_EPSILON;
/* Below this s not every network is followed. */
static const double S_LEAST = 1e-143;

enum { MOST_NETWORKS = 160, MOST_ACTIVATIONS = 512 };

static fj_table layers, points, edges, atoms, moments;
static const char *names[MOST_NETWORKS];
static size_t name_count;

/* A law and what it was made from. */
typedef struct case_of {
    const char *name;
    fj_activation *activation[MOST_ACTIVATIONS];
    size_t runs;
    uint64_t depth;
    fj_network network;
    fj_spectrum *law;
} case_of;

static int is_of(const fj_table *t, size_t row, const case_of *c)
{
    return strcmp(fj_table_text(t, row, "network"), c->name) == 0;
}

static void case_add(case_of *c, size_t row)
{
    fj_detail detail = {""};
    ck_assert_uint_lt(c->runs, MOST_ACTIVATIONS);
    fj_activation *a = fj_table_activation(fj_table_text(&layers, row, "activation"));
    c->activation[c->runs++] = a;
    if (c->network.runs == 0)
        fj_network_init(&c->network, fj_table_number(&layers, row, "width_in"));
    const int gaussian = strcmp(fj_table_text(&layers, row, "weights"), "gaussian") == 0;
    const fj_network_run run = {
        .activation = a,
        .weights = gaussian ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
        .count = (uint64_t)fj_table_number(&layers, row, "count"),
        .sigma_w = fj_table_number(&layers, row, "sigma_w"),
        .width = fj_table_number(&layers, row, "width"),
        .q = fj_table_number(&layers, row, "q"),
        .chi = fj_table_number(&layers, row, "chi"),
    };
    c->depth += run.count;
    fj_status status = fj_network_add(&c->network, &run, &detail);
    ck_assert_msg(status == FJ_OK, "%s, run %zu: %s, %s", c->name, c->runs - 1,
                  fj_status_message(status), detail.text);
}

static void case_make(case_of *c, const char *name)
{
    fj_detail detail = {""};
    *c = (case_of){.name = name};
    for (size_t row = 0; row < layers.rows; row++)
        if (is_of(&layers, row, c))
            case_add(c, row);
    fj_status status = fj_spectrum_create(&c->network, &c->law, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s, %s", name, fj_status_message(status), detail.text);
}

static void case_free(case_of *c)
{
    fj_spectrum_destroy(c->law);
    fj_network_clear(&c->network);
    for (size_t i = 0; i < c->runs; i++)
        fj_activation_destroy(c->activation[i]);
}

static void what_write(char *what, size_t room, const fj_table *t, size_t row, const char *of)
{
    snprintf(what, room, "%s of %s (row %zu)", of, fj_table_text(t, row, "network"), row);
}

/* By how much rounding may move s, relative: its own, and that of what each layer multiplies it with. */
static double rounding_of(const case_of *c)
{
    return ROUNDING * (1 + sqrt((double)c->depth) / 4);
}

static void point_check(const case_of *c, size_t row)
{
    char what[200];
    double s = fj_table_number(&points, row, "s"),
           density = fj_table_number(&points, row, "density");
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval(c->law, &s, 1, &point);
    what_write(what, sizeof what, &points, row, "density");
    if (status == FJ_NO_CONVERGENCE && s < S_LEAST)
        return;
    ck_assert_msg(status == FJ_OK, "%s: %s", what, fj_status_message(status));
    fj_assert_near(point.density, density,
                   DENSITY + rounding_of(c) * fj_steepness(c->law, s, density), what);
    fj_assert_near(point.density, density, ESTIMATE_TIMES * point.error, what);
    what_write(what, sizeof what, &points, row, "cdf");
    fj_assert_within(point.cdf, fj_table_number(&points, row, "cdf"),
                     CDF + rounding_of(c) * s * density, what);
}

START_TEST(point_rows)
{
    case_of c;
    case_make(&c, names[_i]);
    for (size_t row = 0; row < points.rows; row++)
        if (is_of(&points, row, &c))
            point_check(&c, row);
    case_free(&c);
}
END_TEST

START_TEST(edge_rows)
{
    char what[200];
    case_of c;
    case_make(&c, names[_i]);
    const fj_spectrum_interval *interval;
    size_t intervals = fj_spectrum_intervals(c.law, &interval), upper = 0;
    for (size_t row = 0; row < edges.rows; row++) {
        if (!is_of(&edges, row, &c))
            continue;
        const char *edge = fj_table_text(&edges, row, "edge");
        size_t index = (size_t)strtoul(edge, NULL, 10);
        int is_upper = strstr(edge, "upper") != NULL;
        what_write(what, sizeof what, &edges, row, "edge");
        ck_assert_msg(index < intervals, "%s: interval %zu of %zu", what, index, intervals);
        double s = is_upper ? interval[index].s_max : interval[index].s_min;
        fj_assert_near(s, fj_table_number(&edges, row, "s"), EDGE, what);
        upper += (size_t)is_upper;
    }
    ck_assert_msg(intervals == upper, "%s: %zu intervals, not %zu", c.name, intervals, upper);
    case_free(&c);
}
END_TEST

START_TEST(atom_rows)
{
    char what[200];
    case_of c;
    case_make(&c, names[_i]);
    const fj_spectrum_atom *atom;
    size_t count = fj_spectrum_atoms(c.law, &atom), wanted = 0;
    for (size_t row = 0; row < atoms.rows; row++) {
        if (!is_of(&atoms, row, &c))
            continue;
        double s = fj_table_number(&atoms, row, "s"), mass = fj_table_number(&atoms, row, "mass");
        size_t found = count;
        what_write(what, sizeof what, &atoms, row, "atom");
        for (size_t i = 0; i < count; i++)
            if (fabs(atom[i].s - s) <= EDGE * s)
                found = i;
        ck_assert_msg(found < count, "%s: none at %.17g", what, s);
        fj_assert_within(atom[found].mass, mass, MASS, what);
        wanted++;
    }
    ck_assert_msg(count == wanted, "%s: %zu atoms, not %zu", c.name, count, wanted);
    case_free(&c);
}
END_TEST

START_TEST(moment_rows)
{
    char what[200];
    case_of c;
    case_make(&c, names[_i]);
    double m[16], mean_log = fj_spectrum_mean_log(c.law);
    for (size_t row = 0; row < moments.rows; row++) {
        if (!is_of(&moments, row, &c))
            continue;
        const char *k = fj_table_text(&moments, row, "k");
        double wanted = fj_table_number(&moments, row, "moment");
        what_write(what, sizeof what, &moments, row, k);
        if (strcmp(k, "log") != 0) {
            size_t n = (size_t)strtoul(k, NULL, 10);
            ck_assert_int_eq(fj_spectrum_moments(c.law, n, m), FJ_OK);
            fj_assert_near(m[n - 1], wanted, MOMENT, what);
        } else if (isfinite(wanted)) {
            fj_assert_within(mean_log, wanted,
                             MOMENT * fmax(1, fabs(wanted)) + LOG_ULPS * (double)c.depth, what);
        } else {
            ck_assert_msg(isnan(mean_log), "%s: %.17g", what, mean_log);
        }
    }
    case_free(&c);
}
END_TEST

START_TEST(tables_are_there)
{
    ck_assert_uint_ge(layers.rows, 1000);
    ck_assert_uint_ge(points.rows, 850);
    ck_assert_uint_ge(edges.rows, 120);
    ck_assert_uint_ge(atoms.rows, 45);
    ck_assert_uint_ge(moments.rows, 450);
    ck_assert_uint_ge(name_count, 65);
}
END_TEST

int main(void)
{
    layers = fj_table_read("network-layers");
    points = fj_table_read("network-points");
    edges = fj_table_read("network-edges");
    atoms = fj_table_read("network-atoms");
    moments = fj_table_read("network-moments");
    for (size_t i = 0; i < layers.rows && name_count < MOST_NETWORKS; i++) {
        const char *name = layers.cell[i * layers.columns];
        if (name_count == 0 || strcmp(names[name_count - 1], name) != 0)
            names[name_count++] = name;
    }
    Suite *suite = suite_create("network_table");
    TCase *tcase = tcase_create("table");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, tables_are_there);
    tcase_add_loop_test(tcase, point_rows, 0, (int)name_count);
    tcase_add_loop_test(tcase, edge_rows, 0, (int)name_count);
    tcase_add_loop_test(tcase, atom_rows, 0, (int)name_count);
    tcase_add_loop_test(tcase, moment_rows, 0, (int)name_count);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
