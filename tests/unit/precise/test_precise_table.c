/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A random sample of the rows of data/ made again by the public functions, at 30 digits, and compared to 1e-25.
 *
 * 1. A row is drawn, dear activations being drawn less often. q and s are passed as hexadecimal texts, that is as the
 *    very doubles the row is for.
 * 2. Two activations go by another that has the same law: SELU is ELU times a constant, which sigma_w undoes (and whose
 *    digits beyond double are not those of the library's SELU); sigmoid(x) is (1 + tanh(x/2))/2.
 * 3. Where sigma_b^2 would be negative, as for softplus, the refusal is checked; and where hard-tanh is flat with
 *    probability 1e-217151, so that no edge can be told from 1.
 * 4. Texts are compared as numbers of 256 bits, never through double. */
#include "precise_sample.h"
#include "table.h"

enum { DIGITS = 30, BITS = PRECISE_SAMPLE_BITS, MOMENTS = 6 };
/* Density times s, below which the search for the root in long double may not succeed. */
static const double FAINT = 1e-26;
/* That the tables promise. */
static const char *const AGREEMENT = "1e-25";
static const char *const SELU_ALPHA = "0x1.ac5afad782cf1p+0", *const SELU = "0x1.0cfabd6a91132p+0";

/* How often a row of these is used when it is drawn; of others, always. */
static const struct {
    const char *name;
    double share;
} dear[] = {{"gelu", 0.1},     {"silu", 0.2}, {"softplus", 0.2},
            {"softsign", 0.3}, {"sin", 0.5},  {"sigmoid", 0.5}};

static fj_table critical, spectrum_rows, edge_rows, atom_rows, moment_rows;

static size_t row_draw(fj_test_random *r, const fj_table *t)
{
    for (;;) {
        const size_t row = (size_t)fj_test_uniform(r, 0, (double)t->rows);
        double share = 1;
        for (size_t i = 0; i < sizeof dear / sizeof *dear; i++)
            if (strcmp(fj_table_text(t, row, "activation"), dear[i].name) == 0)
                share = dear[i].share;
        if (fj_test_uniform(r, 0, 1) < share)
            return row;
    }
}

static void what_write(char *what, size_t room, const fj_table *t, size_t row)
{
    size_t used = (size_t)snprintf(what, room, "row %zu of %s.csv:", row + 1, t->name);
    for (size_t i = 0; i < t->columns && used < room; i++)
        used += (size_t)snprintf(what + used, room - used, " %s", t->cell[row * t->columns + i]);
}

/* ---- numbers ---- */

static void assert_number(fj_precise_number got, const fj_table *t, size_t row, const char *column,
                          bool absolute)
{
    char what[320];
    const char *want = fj_table_text(t, row, column);
    what_write(what, sizeof what, t, row);
    if (strcmp(want, "nan") == 0) {
        ck_assert_msg(got.status == FJ_RANGE && !got.text, "%s: %s is %s", what, column, got.text);
        return;
    }
    ck_assert_msg(got.status == FJ_OK && got.text, "%s: %s: %s", what, column,
                  fj_status_message(got.status));
    ck_assert_msg(precise_texts_agree(got.text, want, absolute, AGREEMENT),
                  "%s: %s\ngot  %s\nwant %s", what, column, got.text, want);
}

static void assert_value(const mpfr_t got, const fj_table *t, size_t row, const char *column,
                         bool absolute)
{
    char what[320], *text = NULL;
    what_write(what, sizeof what, t, row);
    mpfr_t want;
    mpfr_init2(want, BITS);
    mpfr_set_str(want, fj_table_text(t, row, column), 10, MPFR_RNDN);
    if (!precise_agree(got, want, absolute, AGREEMENT) && mpfr_asprintf(&text, "%.31Re", got) > 0)
        ck_abort_msg("%s: %s\ngot  %s\nwant %s", what, column, text, fj_table_text(t, row, column));
    mpfr_clear(want);
}

/* ---- laws ---- */

/* Is sigma_b^2 of the row's point negative? */
static bool infeasible(const fj_table *t, size_t row)
{
    for (size_t i = 0; i < critical.rows; i++)
        if (strcmp(fj_table_text(&critical, i, "activation"),
                   fj_table_text(t, row, "activation")) == 0 &&
            fj_table_number(&critical, i, "q") == fj_table_number(t, row, "q"))
            return fj_table_text(&critical, i, "sigma_b2")[0] == '-';
    ck_abort_msg("critical.csv has no such point as row %zu of %s.csv", row + 1, t->name);
}

/* The law of a row; NULL where it is rightly refused. */
static fj_precise *law_make(const fj_table *t, size_t row)
{
    char spec[128], q_text[64], what[320];
    const char *name = fj_table_text(t, row, "activation");
    const bool layers = t != &critical, halved = layers && strcmp(name, "sigmoid") == 0;
    const double q = fj_table_number(t, row, "q");
    if (strcmp(name, "selu") == 0)
        snprintf(spec, sizeof spec, "elu:alpha=%s", SELU_ALPHA);
    else
        fj_table_spec(halved ? "tanh" : name, spec, sizeof spec);
    snprintf(q_text, sizeof q_text, "%a", halved ? q / 4 : q);
    fj_precise_network network = {spec, FJ_WEIGHTS_ORTHOGONAL, 1, q_text, NULL, NULL};
    if (layers && strcmp(fj_table_text(t, row, "weights"), "gaussian") == 0)
        network.weights = FJ_WEIGHTS_GAUSSIAN;
    if (layers)
        network.depth = (uint64_t)fj_table_number(t, row, "depth");
    const bool refused = !halved && infeasible(t, row);
    const bool unseen = strcmp(name, "hard-tanh") == 0 && q < 1e-3 && network.depth > 1 &&
                        network.weights == FJ_WEIGHTS_ORTHOGONAL;
    if (!refused && !unseen)
        return precise_make(&network, DIGITS);
    fj_precise *precise = NULL;
    const fj_status status = fj_precise_create(&network, NULL, &precise, NULL);
    what_write(what, sizeof what, t, row);
    ck_assert_msg(!precise && status == (refused ? FJ_INFEASIBLE : FJ_NO_CONVERGENCE), "%s: %s",
                  what, fj_status_message(status));
    return NULL;
}

/* ---- rows ---- */

static void spectrum_check(const fj_precise *law, size_t row)
{
    char s[64];
    const char *const places[] = {s};
    fj_precise_point point;
    snprintf(s, sizeof s, "%a", fj_table_number(&spectrum_rows, row, "s"));
    fj_precise_eval(law, places, 1, NULL, &point, NULL);
    if (point.density.status == FJ_NO_CONVERGENCE &&
        fj_table_number(&spectrum_rows, row, "density") * strtod(s, NULL) < FAINT)
        return;
    assert_number(point.density, &spectrum_rows, row, "density", false);
    assert_number(point.cdf, &spectrum_rows, row, "cdf", true);
    fj_precise_points_clear(&point, 1);
}

static void edge_check(const fj_precise *law, size_t row)
{
    const fj_precise_interval *interval;
    const char *edge = fj_table_text(&edge_rows, row, "edge");
    const size_t index = (size_t)strtoul(edge, NULL, 10);
    ck_assert_uint_lt(index, fj_precise_intervals(law, &interval));
    assert_number(strstr(edge, "upper") ? interval[index].s_max : interval[index].s_min, &edge_rows,
                  row, "s", false);
}

/* Atoms may coincide in double: the row's is the one whose s has its digits. */
static void atom_check(const fj_precise *law, size_t row)
{
    const fj_precise_atom *atom;
    const size_t atoms = fj_precise_atoms(law, &atom);
    const char *s = fj_table_text(&atom_rows, row, "s");
    size_t i = 0;
    ck_assert_uint_gt(atoms, 0);
    while (i + 1 < atoms &&
           !(atom[i].s.text && precise_texts_agree(atom[i].s.text, s, false, AGREEMENT)))
        i++;
    assert_number(atom[i].s, &atom_rows, row, "s", false);
    assert_number(atom[i].mass, &atom_rows, row, "mass", false);
}

static void moment_check(const fj_precise *law, size_t row)
{
    const char *k = fj_table_text(&moment_rows, row, "k");
    fj_precise_number moment[MOMENTS];
    if (strcmp(k, "log") == 0) {
        assert_number(fj_precise_lambda(law)->mean_log, &moment_rows, row, "moment", false);
        return;
    }
    const size_t n = (size_t)strtoul(k, NULL, 10);
    ck_assert_msg(n >= 1 && n <= MOMENTS, "moment %s", k);
    ck_assert_int_eq(fj_precise_moments(law, n, moment), FJ_OK);
    assert_number(moment[n - 1], &moment_rows, row, "moment", false);
    fj_precise_numbers_clear(moment, n);
}

/* One orthogonal layer at the point: sigma_w, sigma_b, slope, mu_2 = mu_1^2 (1 + Var lambda), E log t = E log lambda -
 * log sigma_w^2; where phi is c times the table's, mu_k is c^(2k) times. */
static void critical_check(const fj_precise *law, size_t row)
{
    mpfr_t c2, w2, x, y;
    const fj_precise_meanfield *where = fj_precise_where(law);
    const fj_precise_summary *lambda = fj_precise_lambda(law);
    const bool selu = strcmp(fj_table_text(&critical, row, "activation"), "selu") == 0;
    mpfr_inits2(BITS, c2, w2, x, y, (mpfr_ptr)0);
    mpfr_set_str(c2, selu ? SELU : "1", 0, MPFR_RNDN);
    mpfr_sqr(c2, c2, MPFR_RNDN);
    mpfr_set_str(w2, where->sigma_w.text, 10, MPFR_RNDN);
    mpfr_sqr(w2, w2, MPFR_RNDN);
    mpfr_div(w2, w2, c2, MPFR_RNDN);
    assert_value(w2, &critical, row, "sigma_w2", false);
    mpfr_ui_div(x, 1, w2, MPFR_RNDN);
    assert_value(x, &critical, row, "mu_1", false);
    mpfr_set_str(y, lambda->variance.text, 10, MPFR_RNDN);
    mpfr_add_ui(y, y, 1, MPFR_RNDN);
    mpfr_sqr(x, x, MPFR_RNDN);
    mpfr_mul(x, x, y, MPFR_RNDN);
    assert_value(x, &critical, row, "mu_2", false);
    mpfr_set_str(y, where->sigma_b.text, 10, MPFR_RNDN);
    mpfr_sqr(y, y, MPFR_RNDN);
    assert_value(y, &critical, row, "sigma_b2", false);
    mpfr_d_sub(x, fj_table_number(&critical, row, "q"), y, MPFR_RNDN);
    mpfr_div(x, x, w2, MPFR_RNDN);
    assert_value(x, &critical, row, "e_phi2", false);
    assert_number(where->slope, &critical, row, "length_slope", false);
    if (lambda->mean_log.text) {
        mpfr_set_str(x, lambda->mean_log.text, 10, MPFR_RNDN);
        mpfr_log(w2, w2, MPFR_RNDN);
        mpfr_sub(x, x, w2, MPFR_RNDN);
        assert_value(x, &critical, row, "mean_log_t", true);
    } else {
        assert_number(lambda->mean_log, &critical, row, "mean_log_t", false);
    }
    mpfr_clears(c2, w2, x, y, (mpfr_ptr)0);
}

/* ---- tests ---- */

static const struct {
    fj_table *table;
    size_t least; /* rows of it */
    int drawn;
    void (*check)(const fj_precise *, size_t);
} kinds[] = {{&critical, 150, 6, critical_check},
             {&spectrum_rows, 5000, 9, spectrum_check},
             {&edge_rows, 500, 4, edge_check},
             {&atom_rows, 90, 8, atom_check},
             {&moment_rows, 4000, 4, moment_check}};
enum { KINDS = sizeof kinds / sizeof *kinds };

START_TEST(rows)
{
    const fj_table *t = kinds[_i].table;
    fj_test_random r = fj_test_random_make();
    r.state += (uint64_t)_i << 32;
    int made = 0;
    ck_assert_uint_ge(t->rows, kinds[_i].least);
    for (int i = 0; i < fj_test_times(kinds[_i].drawn) || (made == 0 && i < 99); i++) {
        const size_t row = row_draw(&r, t);
        fj_precise *law = law_make(t, row);
        if (law)
            kinds[_i].check(law, row);
        made += law != NULL;
        fj_precise_destroy(law);
    }
    ck_assert_int_gt(made, 0);
}
END_TEST

/* Every digit up to the 24th counts. */
START_TEST(a_wrong_digit_is_seen)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 100; i++) {
        const size_t row = (size_t)fj_test_uniform(&r, 0, (double)spectrum_rows.rows);
        const char *want = fj_table_text(&spectrum_rows, row, "density");
        char *wrong = strdup(want);
        const size_t place = 2 + (size_t)fj_test_uniform(&r, 0, 23);
        ck_assert(precise_texts_agree(wrong, want, false, AGREEMENT));
        wrong[place] = (char)(wrong[place] == '9' ? '8' : wrong[place] + 1);
        ck_assert_msg(!precise_texts_agree(wrong, want, false, AGREEMENT), "%s is taken for %s",
                      wrong, want);
        free(wrong);
    }
    ck_assert(!precise_texts_agree("1e-26", "0", false, AGREEMENT));
    ck_assert(!precise_texts_agree("0", "1e-200", false, AGREEMENT));
    ck_assert(precise_texts_agree("0", "0", false, AGREEMENT));
    ck_assert(!precise_texts_agree("nan", "0.5", true, AGREEMENT));
}
END_TEST

int main(void)
{
    critical = fj_table_read("critical");
    spectrum_rows = fj_table_read("spectrum");
    edge_rows = fj_table_read("edges");
    atom_rows = fj_table_read("atoms");
    moment_rows = fj_table_read("moments");
    Suite *suite = suite_create("the tables made again");
    TCase *tcase = tcase_create("rows");
    tcase_set_timeout(tcase, 200);
    tcase_add_loop_test(tcase, rows, 0, KINDS);
    tcase_add_test(tcase, a_wrong_digit_is_seen);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
