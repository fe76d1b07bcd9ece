/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law against the reference tables of data/, made in multiple precision by another route.
 *
 * 1. One test for each activation: every row of spectrum.csv, edges.csv, atoms.csv and moments.csv for it.
 * 2. Networks stand on the critical line by their chi = 1, also where no bias variance would put them there. */
#include <freejac/freejac.h>
#include "steepness.h"
#include "table.h"

/* What the project promises: relative for the density, absolute for the distribution function. */
static const double DENSITY = 1e-10, CDF = 1e-11, EDGE = 1e-12, MASS = 1e-12, MOMENT = 1e-12;
/* E log t and log mu1, each of order 5, cancel in every layer. */
static const double LOG_ULPS = 8 * DBL_EPSILON;
/* Of s, in units of its own size. */
static const double ROUNDING = 16 * DBL_EPSILON;
/* u is followed to 2e-287: not everywhere below this s. */
static const double S_LEAST = 1e-143;

static fj_table critical, spectrum_rows, edge_rows, atom_rows, moment_rows;
static const char *names[32];
static size_t name_count;

static fj_spectrum *law_make(fj_activation *a, const fj_table *t, size_t row)
{
    const char *name = fj_table_text(t, row, "activation");
    double q = fj_table_number(t, row, "q"), sigma_w2 = 0;
    for (size_t i = 0; i < critical.rows; i++)
        if (strcmp(fj_table_text(&critical, i, "activation"), name) == 0 &&
            fj_table_number(&critical, i, "q") == q)
            sigma_w2 = fj_table_number(&critical, i, "sigma_w2");
    ck_assert_msg(sigma_w2 > 0, "critical.csv has no %s at q = %.17g", name, q);
    int gaussian = strcmp(fj_table_text(t, row, "weights"), "gaussian") == 0;
    fj_network_run run = {a,
                          gaussian ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
                          (uint64_t)fj_table_number(t, row, "depth"),
                          sqrt(sigma_w2),
                          0,
                          1,
                          q,
                          1};
    const fj_network network = {1, 1, 0, &run};
    fj_spectrum *law = NULL;
    fj_detail detail = {""};
    fj_status status = fj_spectrum_create(&network, &law, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", fj_status_message(status), detail.text);
    return law;
}

/* Is the row's law the one of the row before? */
static int same_law(const fj_table *t, size_t row)
{
    static const char *const columns[] = {"activation", "weights", "depth", "q"};
    for (int i = 0; row > 0 && i < 4; i++)
        if (strcmp(fj_table_text(t, row, columns[i]), fj_table_text(t, row - 1, columns[i])) != 0)
            return 0;
    return row > 0;
}

static void what_write(char *what, size_t room, const fj_table *t, size_t row, const char *of)
{
    snprintf(what, room, "%s of %s, %s, depth %s, q = %s (row %zu)", of,
             fj_table_text(t, row, "activation"), fj_table_text(t, row, "weights"),
             fj_table_text(t, row, "depth"), fj_table_text(t, row, "q"), row);
}

static void point_check(const fj_spectrum *law, size_t row)
{
    char what[200];
    double s = fj_table_number(&spectrum_rows, row, "s");
    double density = fj_table_number(&spectrum_rows, row, "density");
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval(law, &s, 1, &point);
    what_write(what, sizeof what, &spectrum_rows, row, "density");
    /* GELU and others at depth 1: t = 1 is where phi'^2 settles, and no crossing can be told from the next */
    const double sigma_w = fj_spectrum_network(law)->run[0].sigma_w;
    if (status == FJ_NO_CONVERGENCE && (s < S_LEAST || fabs(s / sigma_w - 1) < 1e-13))
        return;
    ck_assert_msg(status == FJ_OK, "%s: %s", what, fj_status_message(status));
    fj_assert_near(point.density, density, DENSITY + ROUNDING * fj_steepness(law, s, density),
                   what);
    fj_assert_near(point.density, density, point.error, what);
    what_write(what, sizeof what, &spectrum_rows, row, "cdf");
    fj_assert_within(point.cdf, fj_table_number(&spectrum_rows, row, "cdf"),
                     CDF + ROUNDING * s * density, what);
}

static void edge_check(const fj_spectrum *law, size_t row)
{
    char what[200];
    const fj_spectrum_interval *interval;
    size_t intervals = fj_spectrum_intervals(law, &interval);
    const char *edge = fj_table_text(&edge_rows, row, "edge");
    size_t index = (size_t)strtoul(edge, NULL, 10);
    what_write(what, sizeof what, &edge_rows, row, "edge");
    ck_assert_msg(index < intervals, "%s: interval %zu of %zu", what, index, intervals);
    double s = strstr(edge, "upper") ? interval[index].s_max : interval[index].s_min;
    fj_assert_near(s, fj_table_number(&edge_rows, row, "s"), EDGE, what);
}

static void atom_check(const fj_spectrum *law, size_t row)
{
    char what[200];
    const fj_spectrum_atom *atom;
    size_t atoms = fj_spectrum_atoms(law, &atom);
    double s = fj_table_number(&atom_rows, row, "s"),
           mass = fj_table_number(&atom_rows, row, "mass");
    what_write(what, sizeof what, &atom_rows, row, "atom");
    for (size_t i = 0; i < atoms; i++)
        if (fabs(atom[i].s - s) <= EDGE * s) {
            fj_assert_within(atom[i].mass, mass, MASS, what);
            return;
        }
    ck_assert_msg(mass < 1e-200, "%s: no atom at %.17g", what, s);
}

static void moment_check(const fj_spectrum *law, size_t row)
{
    char what[200];
    const char *k = fj_table_text(&moment_rows, row, "k");
    double wanted = fj_table_number(&moment_rows, row, "moment"), m[16];
    what_write(what, sizeof what, &moment_rows, row, k);
    if (strcmp(k, "log") == 0) {
        double depth = fj_table_number(&moment_rows, row, "depth");
        double mean_log = fj_spectrum_mean_log(law);
        if (isfinite(wanted))
            fj_assert_within(mean_log, wanted, MOMENT * fmax(1, fabs(wanted)) + LOG_ULPS * depth,
                             what);
        else
            ck_assert_msg(isnan(mean_log), "%s: %.17g", what, mean_log);
        return;
    }
    size_t n = (size_t)strtoul(k, NULL, 10);
    ck_assert_int_eq(fj_spectrum_moments(law, n, m), FJ_OK);
    fj_assert_near(m[n - 1], wanted, MOMENT, what);
}

/* All rows of one table for one activation, of laws that are prepared first or not. */
static void rows_check(const fj_table *t, const char *name, int prepared,
                       void (*row_check)(const fj_spectrum *, size_t))
{
    fj_activation *a = fj_table_activation(name);
    fj_spectrum *law = NULL;
    for (size_t row = 0; row < t->rows; row++) {
        if (strcmp(fj_table_text(t, row, "activation"), name) != 0)
            continue;
        if (!law || !same_law(t, row)) {
            fj_spectrum_destroy(law);
            law = law_make(a, t, row);
            if (prepared)
                ck_assert_int_eq(fj_spectrum_prepare(law), FJ_OK);
        }
        row_check(law, row);
    }
    fj_spectrum_destroy(law);
    fj_activation_destroy(a);
}

START_TEST(points)
{
    rows_check(&spectrum_rows, names[_i], 0, point_check);
}
END_TEST

START_TEST(points_of_prepared_laws)
{
    rows_check(&spectrum_rows, names[_i], 1, point_check);
}
END_TEST

START_TEST(edges)
{
    rows_check(&edge_rows, names[_i], 0, edge_check);
}
END_TEST

START_TEST(atoms)
{
    rows_check(&atom_rows, names[_i], 0, atom_check);
}
END_TEST

START_TEST(moments)
{
    rows_check(&moment_rows, names[_i], 0, moment_check);
}
END_TEST

START_TEST(tables_are_there)
{
    ck_assert_uint_ge(spectrum_rows.rows, 3000);
    ck_assert_uint_ge(edge_rows.rows, 300);
    ck_assert_uint_ge(atom_rows.rows, 50);
    ck_assert_uint_ge(moment_rows.rows, 900);
    ck_assert_uint_ge(name_count, 17);
}
END_TEST

int main(void)
{
    critical = fj_table_read("critical");
    spectrum_rows = fj_table_read("spectrum");
    edge_rows = fj_table_read("edges");
    atom_rows = fj_table_read("atoms");
    moment_rows = fj_table_read("moments");
    for (size_t i = 0; i < critical.rows && name_count < 32; i++) {
        const char *name = critical.cell[i * critical.columns];
        if (name_count == 0 || strcmp(names[name_count - 1], name) != 0)
            names[name_count++] = name;
    }
    Suite *suite = suite_create("spectrum_table");
    TCase *tcase = tcase_create("table");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, tables_are_there);
    tcase_add_loop_test(tcase, points, 0, (int)name_count);
    tcase_add_loop_test(tcase, points_of_prepared_laws, 0, (int)name_count);
    tcase_add_loop_test(tcase, edges, 0, (int)name_count);
    tcase_add_loop_test(tcase, atoms, 0, (int)name_count);
    tcase_add_loop_test(tcase, moments, 0, (int)name_count);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
