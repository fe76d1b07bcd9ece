/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks whose laws must be equal: the same layers told otherwise, in another order, or transposed; and the same law however it is
 * asked. */
#include <pthread.h>
#include "network_make.h"

/* Of what should be equal; where log s is known to rounding only, times what that does. */
static const double EQUAL = 1e-12;
/* Below this layers that differ are not followed (patches.h). */
static const double FAINT = 1e-138;

static fj_spectrum_point at(const fj_test_net *net, const fj_spectrum *law, double log_s)
{
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval_log(law, &log_s, 1, &point);
    ck_assert_msg(status == FJ_OK, "%s, log s = %.17g: %s", net->what, log_s,
                  fj_status_message(status));
    return point;
}

/* Densities times share_a and share_b are equal, so are masses above; the intervals are the same. */
static void assert_same(const fj_test_net *a, const fj_test_net *b, double share_a, double share_b,
                        double equal)
{
    char what[2600];
    fj_spectrum *one = fj_test_net_law(a), *two = fj_test_net_law(b);
    const fj_spectrum_interval *interval[2];
    const size_t n = fj_spectrum_intervals(one, &interval[0]);
    snprintf(what, sizeof what, "%s AND %s", a->what, b->what);
    ck_assert_msg(fj_spectrum_intervals(two, &interval[1]) == n, "%s: not as many intervals", what);
    for (size_t i = 0; i < n; i++) {
        const double high = interval[0][i].log_s_max, low = interval[0][i].log_s_min;
        fj_assert_within(interval[1][i].log_s_max, high, equal, what);
        ck_assert_msg(isfinite(low) == isfinite(interval[1][i].log_s_min), "%s: lower ends", what);
        if (isfinite(low))
            fj_assert_within(interval[1][i].log_s_min, low, equal, what);
        for (int k = 1; k < 50; k++) {
            const double part = sin(M_PI * k / 100), from = isfinite(low) ? low : high - 12;
            const double log_s = from + (high - from) * part * part;
            fj_spectrum_point x = at(a, one, log_s), y = at(b, two, log_s);
            fj_assert_within(share_b * (1 - y.cdf), share_a * (1 - x.cdf),
                             equal * (1 + x.density_log10), what);
            /* the edge's own error matters next to it; each density is good to EQUAL alone */
            const double near = fmin(high - log_s, isfinite(low) ? log_s - low : INFINITY);
            if (x.density_log10 < FAINT && y.density_log10 < FAINT)
                continue;
            fj_assert_near(share_b * y.density_log10, share_a * x.density_log10,
                           2 * equal * (1 + 1 / near), what);
        }
    }
    if (share_a == share_b) {
        double p[4], r[4];
        ck_assert_int_eq(fj_spectrum_moments(one, 4, p), FJ_OK);
        ck_assert_int_eq(fj_spectrum_moments(two, 4, r), FJ_OK);
        for (int k = 0; k < 4; k++)
            fj_assert_near(r[k], p[k], equal, what);
        for (int k = 1; k < 20; k++) {
            double x, y;
            ck_assert_int_eq(fj_spectrum_quantile(one, k / 20.0, &x), FJ_OK);
            ck_assert_int_eq(fj_spectrum_quantile(two, k / 20.0, &y), FJ_OK);
            /* F is that well known, and log s by F over its slope */
            const double slope = isfinite(x) ? at(a, one, x).density_log10 / M_LN10 : 0;
            if (slope > 0)
                fj_assert_within(y, x, equal * (1 + fabs(x) + 1 / slope), what);
            else
                ck_assert_msg(x == y || fabs(x - y) < equal, "%s: quantile %d/20", what, k);
        }
    }
    fj_spectrum_destroy(one);
    fj_spectrum_destroy(two);
}

static const struct {
    const char *spec;
    double q;
} equal_cases[] = {{"tanh", 0.1},      {"erf", 1},
                   {"hard-tanh", 0.5}, {"elu", 0.5},
                   {"sigmoid", 2},     {"gelu", 1},
                   {"arctan", 0.3},    {"softsign", 0.2},
                   {"softplus", 0.7},  {"silu", 0.6},
                   {"sin", 0.4},       {"relu", 1},
                   {"linear", 1},      {"leaky-relu:slope=0.2", 0.3}};
enum { EQUAL_CASES = sizeof equal_cases / sizeof *equal_cases };

/* Depth in rows, of which every third has a q that differs in the last digit: the general solver must be used. */
START_TEST(rows_are_one_run)
{
    static const uint64_t depths[] = {2, 3, 10, 100};
    const uint64_t depth = depths[_i / EQUAL_CASES % 4];
    const int kind = _i % EQUAL_CASES;
    const fj_weights weights = _i / EQUAL_CASES / 4 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
    const double q = equal_cases[kind].q, other = q * (1 + 1e-15);
    ck_assert(other != q);
    fj_test_net whole, rows, mixed;
    fj_test_net_init(&whole, 1);
    fj_test_net_init(&rows, 1);
    fj_test_net_init(&mixed, 1);
    fj_test_net_add(&whole, equal_cases[kind].spec, weights, q, 1, 1, depth);
    for (uint64_t l = 0; l < depth; l++) {
        fj_test_net_add(&rows, equal_cases[kind].spec, weights, q, 1, 1, 1);
        fj_test_net_add(&mixed, equal_cases[kind].spec, weights, l % 3 == 1 ? other : q, 1, 1, 1);
    }
    assert_same(&whole, &rows, 1, 1, 1e-15);
    /* the upper edge of softplus, where the density vanishes faster than any power, is known less well */
    const int faint_edge = strncmp(equal_cases[kind].spec, "softplus", 8) == 0;
    assert_same(&whole, &mixed, 1, 1, EQUAL * (1 + faint_edge + (double)depth / 50));
    fj_test_net_free(&whole);
    fj_test_net_free(&rows);
    fj_test_net_free(&mixed);
}
END_TEST

typedef struct row {
    const char *spec;
    fj_weights weights;
    double q, width;
} row;
#define O FJ_WEIGHTS_ORTHOGONAL
#define G FJ_WEIGHTS_GAUSSIAN
enum { ROWS = 4 };

/* Rows in an order; width 0: all equal. */
static void rows_add(fj_test_net *net, const row *rows, const int *order, int with_widths)
{
    fj_test_net_init(net, 1);
    for (int i = 0; i < ROWS; i++) {
        const row *r = &rows[order[i]];
        fj_test_net_add(net, r->spec, r->weights, r->q, with_widths ? r->width : 1, 1.05, 2);
    }
}

static const row sets[][ROWS] = {
    {{"tanh", O, 0.2, 2}, {"erf", G, 0.5, 0.7}, {"hard-tanh", O, 1, 1.5}, {"linear", G, 1, 1}},
    {{"relu", O, 1, 3}, {"tanh", G, 0.1, 0.8}, {"sigmoid", O, 1, 1.2}, {"arctan", O, 1, 2}},
    {{"elu", G, 0.5, 0.5},
     {"leaky-relu:slope=0.3", O, 1, 2},
     {"tanh", O, 1, 1},
     {"sin", G, 0.1, 3}},
};
static const int orders[][ROWS] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};

START_TEST(order_counts_only_where_widths_differ)
{
    fj_test_net first, other;
    rows_add(&first, sets[_i], orders[0], 0);
    for (int k = 1; k < 3; k++) {
        rows_add(&other, sets[_i], orders[k], 0);
        assert_same(&first, &other, 1, 1, EQUAL);
        fj_test_net_free(&other);
    }
    fj_test_net_free(&first);
    rows_add(&first, sets[_i], orders[0], 1);
    rows_add(&other, sets[_i], orders[1], 1);
    fj_spectrum *one = fj_test_net_law(&first), *two = fj_test_net_law(&other);
    double x, y;
    ck_assert_int_eq(fj_spectrum_quantile(one, 0.9, &x), FJ_OK);
    ck_assert_int_eq(fj_spectrum_quantile(two, 0.9, &y), FJ_OK);
    ck_assert_msg(fabs(x - y) > 1e-3, "%s: %g, reversed %g", first.what, x, y);
    fj_spectrum_destroy(one);
    fj_spectrum_destroy(two);
    fj_test_net_free(&first);
    fj_test_net_free(&other);
}
END_TEST

/* Random square networks: their layers one by one, shuffled. */
START_TEST(layers_shuffled)
{
    fj_test_random random = fj_test_random_make();
    fj_test_net net, shuffled;
    random.state += 0x9e3779b97f4a7c15u * 401 * (uint64_t)_i;
    fj_test_net_random(&net, &random);
    while (net.network.runs < 2 || net.network.run[0].width != 1) { /* two in five are square */
        fj_test_net_free(&net);
        fj_test_net_random(&net, &random);
    }
    const fj_network_run *run[5 * 20];
    size_t layers = 0;
    for (size_t i = 0; i < net.network.runs; i++)
        for (uint64_t l = 0; l < net.network.run[i].count; l++)
            run[layers++] = &net.network.run[i];
    fj_test_net_init(&shuffled, 1);
    for (size_t left = layers; left > 0; left--) {
        const size_t which = (size_t)fj_test_uniform(&random, 0, (double)left);
        fj_network_run one = *run[which];
        one.count = 1;
        run[which] = run[left - 1];
        fj_test_net_push(&shuffled, &one);
    }
    snprintf(shuffled.what, sizeof shuffled.what, "the same, shuffled");
    assert_same(&net, &shuffled, 1, 1, EQUAL);
    fj_test_net_free(&net);
    fj_test_net_free(&shuffled);
}
END_TEST

/* J^T = W_1^T D_1 .. W_L^T D_L is a network from N_L to N_0: first an orthogonal square layer with the last activation (a Haar matrix
 * more changes nothing), then W_l^T before D_(l-1), and W_1^T before a linear layer. A gaussian matrix of variance sigma^2/N_(l-1) has
 * sigma^2 N_l/N_(l-1) by its new fan-in. */
START_TEST(transposed)
{
    const row *rows = sets[_i];
    fj_test_net net, reversed;
    const double last = rows[ROWS - 1].width;
    fj_test_net_init(&net, 1);
    fj_test_net_init(&reversed, last);
    for (int l = 0; l < ROWS; l++)
        fj_test_net_add(&net, rows[l].spec, rows[l].weights, rows[l].q, rows[l].width, 1, 1);
    fj_test_net_add(&reversed, rows[ROWS - 1].spec, FJ_WEIGHTS_ORTHOGONAL, rows[ROWS - 1].q, last,
                    1, 1);
    for (int l = ROWS - 1; l >= 0; l--) {
        const double before = l ? rows[l - 1].width : 1;
        const double fan = rows[l].weights == FJ_WEIGHTS_GAUSSIAN ? rows[l].width / before : 1;
        /* chi = sigma^2 mu1 of the activation that now follows: every mu1 and every sigma
         * appears once on both sides, so that the products of chi say the same */
        fj_test_net_add(&reversed, l ? rows[l - 1].spec : "linear", rows[l].weights,
                        l ? rows[l - 1].q : 1, before, fan, 1);
    }
    assert_same(&net, &reversed, 1, last, EQUAL);
    fj_test_net_free(&net);
    fj_test_net_free(&reversed);
}
END_TEST

/* One orthogonal layer that narrows, between linear ones that narrow before it and widen behind it: N_1/N_0 of the law of a square one,
 * and the rest at 0. F reaches 1 at the upper end. */
START_TEST(one_layer_narrows)
{
    static const double width[][3] = {{1, 1, 0.37}, {1, 0.8, 0.8}, {0.9, 0.7, 0.21}};
    const int kind = _i % EQUAL_CASES;
    const double *n = width[_i / EQUAL_CASES];
    fj_test_net square, narrow;
    fj_test_net_init(&square, 1);
    fj_test_net_init(&narrow, 1);
    fj_test_net_add(&square, equal_cases[kind].spec, FJ_WEIGHTS_ORTHOGONAL, equal_cases[kind].q, 1,
                    1.21, 1);
    fj_test_net_add(&narrow, "linear", FJ_WEIGHTS_ORTHOGONAL, 1, n[0], 1.1, 1);
    fj_test_net_add(&narrow, "linear", FJ_WEIGHTS_ORTHOGONAL, 1, n[1], 1, 1);
    fj_test_net_add(&narrow, equal_cases[kind].spec, FJ_WEIGHTS_ORTHOGONAL, equal_cases[kind].q,
                    n[2], 1.1, 1);
    fj_test_net_add(&narrow, "linear", FJ_WEIGHTS_ORTHOGONAL, 1, 2, 1, 3);
    assert_same(&square, &narrow, 1, 1 / n[2], EQUAL);
    fj_spectrum *one = fj_test_net_law(&square), *two = fj_test_net_law(&narrow);
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom[2];
    const size_t intervals = fj_spectrum_intervals(two, &interval),
                 atoms[2] = {fj_spectrum_atoms(one, &atom[0]), fj_spectrum_atoms(two, &atom[1])};
    const size_t zero = atoms[0] > 0 && atom[0][0].s == 0;
    fj_assert_near(fj_test_mass_at_zero(two), 1 - n[2] * (1 - fj_test_mass_at_zero(one)), EQUAL,
                   narrow.what);
    ck_assert_uint_eq(atoms[1], atoms[0] + !zero);
    for (size_t i = zero; i < atoms[0]; i++) {
        fj_assert_near(atom[1][i + !zero].mass, n[2] * atom[0][i].mass, EQUAL, narrow.what);
        fj_assert_near(atom[1][i + !zero].s, atom[0][i].s, EQUAL, narrow.what);
    }
    if (intervals > 0) {
        const double end = interval[intervals - 1].log_s_max;
        ck_assert(at(&narrow, two, end).cdf == 1);
        /* the density is known as near to the end as that of the square layer */
        for (double off = 1e-2; off > 1e-11; off /= 10) {
            const double log_s = end - off, other = log_s;
            fj_spectrum_point x, y;
            ck_assert_int_eq(fj_spectrum_eval_log(one, &log_s, 1, &x),
                             fj_spectrum_eval_log(two, &other, 1, &y));
            fj_assert_within(1 - y.cdf, n[2] * (1 - x.cdf), 1e-10, narrow.what);
        }
    }
    double p[4], r[4], log_s[2];
    ck_assert_int_eq(fj_spectrum_moments(one, 4, p), FJ_OK);
    ck_assert_int_eq(fj_spectrum_moments(two, 4, r), FJ_OK);
    for (int k = 0; k < 4; k++)
        fj_assert_near(r[k], n[2] * p[k], EQUAL, narrow.what);
    for (double part = 0.0713; part < 1; part += 0.0913) {
        ck_assert_int_eq(fj_spectrum_quantile(one, part, &log_s[0]), FJ_OK);
        ck_assert_int_eq(fj_spectrum_quantile(two, 1 - n[2] * (1 - part), &log_s[1]), FJ_OK);
        if (isfinite(log_s[0]) || isfinite(log_s[1]))
            fj_assert_within(log_s[1], log_s[0], 1e-10, narrow.what);
    }
    fj_spectrum_destroy(one);
    fj_spectrum_destroy(two);
    fj_test_net_free(&square);
    fj_test_net_free(&narrow);
}
END_TEST

/* L layers of constant |phi'|, of which the first narrows, are one run: sigma^(2 L) on a part of the axis. */
START_TEST(narrowing_layers_of_constant_slope)
{
    static const char *const spec[] = {"linear", "expr:abs(x)", "expr:2*x"};
    const double width = 0.71638219148847282, chi = 1.3;
    for (uint64_t depth = 1; depth < 30; depth += 6) {
        fj_activation *a = fj_test_make(spec[_i]);
        fj_averages v;
        fj_network network;
        fj_spectrum *law;
        double moment[4], log_s;
        ck_assert_int_eq(fj_averages_at(a, 1, &v), FJ_OK);
        fj_network_init(&network, 1);
        const fj_network_run run = {
            a, FJ_WEIGHTS_ORTHOGONAL, depth, sqrt(chi / v.mu1), 0, width, 1, chi};
        ck_assert_int_eq(fj_network_add(&network, &run, NULL), FJ_OK);
        ck_assert_int_eq(fj_spectrum_create(&network, &law, NULL), FJ_OK);
        ck_assert_int_eq(fj_spectrum_moments(law, 4, moment), FJ_OK);
        for (int k = 1; k <= 4; k++)
            fj_assert_near(moment[k - 1], width * pow(chi, k * (double)depth), 1e-13, spec[_i]);
        fj_assert_near(fj_spectrum_mean(law), moment[0], 1e-13, spec[_i]);
        ck_assert_int_eq(fj_spectrum_quantile(law, 0.5, &log_s), FJ_OK);
        fj_assert_near(log_s, (double)depth * log(chi) / 2, 1e-13, spec[_i]);
        fj_spectrum_destroy(law);
        fj_network_clear(&network);
        fj_activation_destroy(a);
    }
}
END_TEST

enum { ASKED = 64 };

typedef struct request {
    const fj_spectrum *law;
    double log_s[ASKED];
    fj_spectrum_point point[ASKED];
} request;

static void *ask(void *data)
{
    request *r = data;
    for (int i = 0; i < 20; i++)
        fj_spectrum_eval_log(r->law, r->log_s, ASKED, r->point);
    return NULL;
}

static int same(const fj_spectrum_point *x, const fj_spectrum_point *y)
{
    return memcmp(&x->density, &y->density, sizeof(double)) == 0 &&
           memcmp(&x->cdf, &y->cdf, sizeof(double)) == 0 && x->status == y->status;
}

/* Ascending, descending, by one, again, from two threads: bit for bit. */
START_TEST(order_and_company)
{
    fj_test_net net;
    rows_add(&net, sets[_i], orders[0], 1);
    fj_spectrum *law = fj_test_net_law(&net), *again = fj_test_net_law(&net);
    const fj_spectrum_interval *interval;
    const size_t n = fj_spectrum_intervals(law, &interval);
    ck_assert_uint_ge(n, 1);
    request up = {.law = law}, down = {.law = law};
    const double high = interval[n - 1].log_s_max, low = fmax(interval[0].log_s_min, high - 8);
    for (int i = 0; i < ASKED; i++) /* inside the support only */
        up.log_s[i] = down.log_s[ASKED - 1 - i] = low + (high - low) * (i + 0.5) / ASKED;
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, ask, &up), 0);
    ask(&down);
    pthread_join(thread, NULL);
    for (int i = 0; i < ASKED; i++) {
        fj_spectrum_point alone, other;
        fj_spectrum_eval_log(law, &up.log_s[i], 1, &alone);
        fj_spectrum_eval_log(again, &up.log_s[i], 1, &other); /* its first question */
        ck_assert_msg(same(&alone, &up.point[i]) && same(&alone, &down.point[ASKED - 1 - i]) &&
                          same(&alone, &other),
                      "%s, log s = %.17g: not the same answer", net.what, up.log_s[i]);
    }
    fj_spectrum_destroy(law);
    fj_spectrum_destroy(again);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network_equal");
    TCase *tcase = tcase_create("network_equal");
    const int n = sizeof sets / sizeof *sets;
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, rows_are_one_run, 0, 8 * EQUAL_CASES);
    tcase_add_loop_test(tcase, order_counts_only_where_widths_differ, 0, n);
    tcase_add_loop_test(tcase, layers_shuffled, 0, fj_test_times(20));
    tcase_add_loop_test(tcase, transposed, 0, n);
    tcase_add_loop_test(tcase, one_layer_narrows, 0, 3 * EQUAL_CASES);
    tcase_add_loop_test(tcase, narrowing_layers_of_constant_slope, 0, 3);
    tcase_add_loop_test(tcase, order_and_company, 0, n);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
