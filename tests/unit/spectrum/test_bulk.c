/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of many layers that differ in q, most of which fewer layers serve for: against the whole network's own solution, which is
 * followed from far out to each point by itself; and that the reduction takes place at all. Faint tails of few layers, likewise. */
#include "bulk.h"
#include "network_make.h"
#include "patches.h"

enum { POINTS = 12 };
enum { O = FJ_WEIGHTS_ORTHOGONAL, G = FJ_WEIGHTS_GAUSSIAN };

typedef struct many {
    const char *activation;
    int layers, weights; /* 2: in turn */
    double q_least, q_most;
    int reduces;
} many;

static const char HARD_SWISH[] = "expr:where(x<-3,0,where(x>3,x,x*(x+3)/6))";

static const many nets[] = {
    {"tanh", 60, FJ_WEIGHTS_ORTHOGONAL, 0.02, 0.3, 1},
    {"tanh", 60, FJ_WEIGHTS_GAUSSIAN, 0.05, 0.2, 1},
    {"tanh", 100, 2, 0.1, 0.3, 1},
    {"erf", 100, FJ_WEIGHTS_ORTHOGONAL, 0.02, 1, 1},
    {"arctan", 60, FJ_WEIGHTS_GAUSSIAN, 0.1, 1, 1},
    {"sigmoid", 50, FJ_WEIGHTS_ORTHOGONAL, 0.1, 0.11, 1},
    {"sin", 60, FJ_WEIGHTS_GAUSSIAN, 0.01, 0.1, 1},
    {"elu", 40, FJ_WEIGHTS_ORTHOGONAL, 0.2, 0.4, 1},
    {"gelu", 40, FJ_WEIGHTS_GAUSSIAN, 0.5, 0.8, 1},
    {"gelu", 40, FJ_WEIGHTS_GAUSSIAN, 0.02, 0.3, 1}, /* wide laws, much of which lies below */
    {"silu", 40, FJ_WEIGHTS_ORTHOGONAL, 0.02, 0.3, 1},
    {"sin", 40, FJ_WEIGHTS_GAUSSIAN, 0.02, 0.3, 1},
    {"hard-tanh", 60, FJ_WEIGHTS_ORTHOGONAL, 0.3, 2, 0}, /* in closed form already */
    {"tanh", 6, FJ_WEIGHTS_ORTHOGONAL, 0.1, 0.3, 0},
};

static void net_make(const many *what, fj_test_net *net)
{
    fj_test_net_init(net, 1);
    for (int i = 0; i < what->layers; i++) {
        const double q =
            what->q_least * pow(what->q_most / what->q_least, (i + 0.5) / what->layers);
        const fj_weights weights =
            what->weights == 2 ? (fj_weights)(i % 2) : (fj_weights)what->weights;
        fj_test_net_add(net, what->activation, weights, q, 1, 1, 1);
    }
}

/* Density per unit log lambda and F of the whole network at log lambda = big_x. */
static int exact_at(const fj_stack *stack, double big_x, double *density, double *cdf)
{
    fj_path path;
    fj_station at, next;
    ck_assert_int_eq(fj_path_init(&path, stack), FJ_OK);
    ck_assert_int_eq(fj_station_init(&at, stack), FJ_OK);
    ck_assert_int_eq(fj_station_init(&next, stack), FJ_OK);
    fj_status status = fj_path_start(&path, &at, &next, big_x, 0);
    path.want_cdf = 1;
    if (status == FJ_OK)
        status = fj_path_solve(&path, &at);
    *density = -cimag(at.at.m) / M_PI;
    *cdf = at.cdf;
    fj_station_free(&next);
    fj_station_free(&at);
    fj_path_free(&path);
    return status == FJ_OK;
}

START_TEST(the_law_is_the_whole_networks)
{
    fj_test_net net;
    fj_gathered *g;
    net_make(&nets[_i], &net);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    const fj_spectrum_interval *interval;
    ck_assert_uint_eq(fj_spectrum_intervals(law, &interval), 1);
    int compared = 0;
    for (int i = 0; i <= POINTS; i++) {
        const double p = i == 0 ? 1e-9 : i == POINTS ? 1 - 1e-6 : (double)i / POINTS;
        double log_s, density, cdf;
        fj_spectrum_point point;
        if (fj_spectrum_quantile(law, p, &log_s) != FJ_OK)
            continue;
        ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
        if (point.density_log10 == 0 || !exact_at(&g->stack, 2 * log_s, &density, &cdf))
            continue;
        const double ours = point.density_log10 / (2 * M_LN10);
        ck_assert_msg(fabs(ours / density - 1) <= 2 * point.error, "%s: at p = %g %.17g, not %.17g",
                      net.what, p, ours, density);
        fj_assert_within(point.cdf, cdf, 1e-12, net.what);
        compared++;
    }
    ck_assert_msg(compared > POINTS / 3, "%s: %d points only", net.what, compared);
    fj_gathered_destroy(g);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

START_TEST(most_of_the_law_is_reduced)
{
    fj_test_net net;
    fj_gathered *g;
    fj_bulk bulk;
    net_make(&nets[_i], &net);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    fj_walk *walk = calloc(1, sizeof *walk);
    walk->stack = &g->stack;
    ck_assert_int_eq(fj_bulk_find(g, walk, &bulk), FJ_OK);
    ck_assert_msg((bulk.reduction != NULL) == nets[_i].reduces, "%s: %d", net.what,
                  bulk.reduction != NULL);
    if (bulk.reduction) {
        double layers = 0, all = 0;
        ck_assert_uint_le(2 * bulk.reduction->stack.unknowns, g->stack.unknowns + 10);
        for (size_t k = 0; k < bulk.reduction->stack.groups; k++)
            layers += bulk.reduction->stack.group[k].count;
        for (size_t k = 0; k < g->stack.groups; k++)
            all += g->stack.group[k].count;
        fj_assert_within(layers, all, 1e-12 * all, net.what);
    }
    fj_bulk_free(&bulk);
    fj_walk_free(walk);
    free(walk);
    fj_gathered_destroy(g);
    fj_test_net_free(&net);
}
END_TEST

/* Away from its fixed point a length map's first layers stand apart, and then crowd: the law is the whole network's, from few layers. */
START_TEST(the_first_stand_apart)
{
    static const struct {
        const char *activation;
        fj_weights weights;
        double q0, sigma_w, sigma_b;
    } maps[] = {
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 3, 1.1, 0.1},   {"tanh", FJ_WEIGHTS_GAUSSIAN, 3, 1.1, 0.1},
        {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, 1.5, 0.3},  {"erf", FJ_WEIGHTS_GAUSSIAN, 3, 1.1, 0.1},
        {"arctan", FJ_WEIGHTS_ORTHOGONAL, 3, 1.1, 0.1}, {"gelu", FJ_WEIGHTS_GAUSSIAN, 3, 1.1, 0.1},
    };
    fj_test_net net;
    fj_gathered *g;
    fj_bulk bulk;
    fj_test_net_init(&net, 1);
    net.activation[net.rows++] = fj_test_make(maps[_i].activation);
    snprintf(net.what, sizeof net.what, "%s from q = %g", maps[_i].activation, maps[_i].q0);
    const fj_network_run run = {net.activation[0],
                                maps[_i].weights,
                                40,
                                maps[_i].sigma_w,
                                maps[_i].sigma_b,
                                1,
                                maps[_i].q0,
                                1};
    ck_assert_int_eq(fj_network_follow(&net.network, &run, NULL), FJ_OK);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    ck_assert_uint_ge(g->stack.unknowns, 30);
    fj_walk *walk = calloc(1, sizeof *walk);
    walk->stack = &g->stack;
    ck_assert_int_eq(fj_bulk_find(g, walk, &bulk), FJ_OK);
    ck_assert_msg(bulk.reduction != NULL, "%s: no reduction", net.what);
    ck_assert_msg(bulk.reduction->stack.unknowns <= 16, "%s: %zu unknowns", net.what,
                  bulk.reduction->stack.unknowns);
    fj_bulk_free(&bulk);
    fj_walk_free(walk);
    free(walk);
    fj_spectrum *law = fj_test_net_law(&net);
    for (int i = 1; i < POINTS; i++) {
        double log_s, density, cdf;
        fj_spectrum_point point;
        ck_assert_int_eq(fj_spectrum_quantile(law, (double)i / POINTS, &log_s), FJ_OK);
        ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
        ck_assert_msg(exact_at(&g->stack, 2 * log_s, &density, &cdf), "%s: log s = %g", net.what,
                      log_s);
        const double ours = point.density_log10 / (2 * M_LN10);
        ck_assert_msg(fabs(ours / density - 1) <= 2 * point.error,
                      "%s: log s = %g %.17g, not %.17g", net.what, log_s, ours, density);
        fj_assert_within(point.cdf, cdf, 1e-12, net.what);
    }
    fj_gathered_destroy(g);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* One layer of another kind among many; the order does not count. */
START_TEST(a_stranger_among_them)
{
    fj_test_net net;
    fj_gathered *g;
    net_make(&nets[0], &net);
    fj_test_net_add(&net, "relu", FJ_WEIGHTS_GAUSSIAN, 1, 1, 1, 3);
    if (_i) /* an unknown with an atom at 0 */
        fj_test_net_add(&net, HARD_SWISH, FJ_WEIGHTS_GAUSSIAN, 1, 1, 1, 1);
    fj_test_net_add(&net, "softplus", FJ_WEIGHTS_ORTHOGONAL, 0.7, 1, 1, 2);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    for (int i = 6; i < POINTS; i++) { /* an atom of 1/2 at 0 */
        double log_s, density, cdf;
        fj_spectrum_point point;
        ck_assert_int_eq(fj_spectrum_quantile(law, (i + 0.5) / POINTS, &log_s), FJ_OK);
        ck_assert_int_eq(fj_spectrum_eval_log(law, &log_s, 1, &point), FJ_OK);
        ck_assert(exact_at(&g->stack, 2 * log_s, &density, &cdf));
        fj_assert_near(point.density_log10 / (2 * M_LN10), density, 2 * point.error, net.what);
        fj_assert_within(point.cdf, cdf, 1e-12, net.what);
    }
    fj_gathered_destroy(g);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Far down a lower tail, where log lambda hardly depends on the imaginary parts, these must be solved for all the same. */
START_TEST(faint_tails)
{
    static const struct {
        const char *activation[3];
        int weights[3];
        double width[3], q[3];
    } tails[] = {
        {{"elu:alpha=1", "silu", NULL}, {G, G, G}, {0.8123, 0.5611, 1}, {0.0781, 0.1261, 1}},
        {{"arctan", "expr:x*tanh(x)", "arctan"},
         {G, O, O},
         {0.9894, 0.6955, 0.7639},
         {0.0319, 0.036, 0.0401}},
        {{"elu", "tanh", "gelu"}, {G, G, O}, {0.9, 0.8, 0.7}, {0.2, 0.1, 0.3}},
        /* a zero of phi' that is double: what its rounding does must not keep anything from being solved for */
        {{"expr:tanh(x)^3", "tanh", "expr:x*tanh(x)"}, {G, O, O}, {1, 1, 1}, {0.114, 0.086, 0.057}},
        /* what lies below next to no mass is not walked before it is asked for */
        {{"tanh", "sin", "erf"}, {O, G, O}, {1, 1, 1}, {0.8, 0.7, 0.3}},
        {{"silu", "elu", "selu"}, {O, O, G}, {1, 1, 1}, {0.6, 0.4, 0.2}},
    };
    enum { LOOKS = 60, WAIT = 4 };
    fj_test_net net;
    fj_gathered *g;
    fj_test_net_init(&net, 1);
    for (int l = 0; l < 3 && tails[_i].activation[l]; l++)
        fj_test_net_add(&net, tails[_i].activation[l], (fj_weights)tails[_i].weights[l],
                        tails[_i].q[l], tails[_i].width[l], 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    const fj_patches *patches = law->branch[law->branches - 1].patches;
    ck_assert_int_eq(atomic_load(&patches->open), _i >= WAIT);
    int compared = 0, waited = 0;
    for (int i = 0; i < LOOKS; i++) {
        const double log_s = -100 + 98 * (i + 0.5) / LOOKS;
        double density, cdf;
        fj_spectrum_point point;
        if (fj_spectrum_eval_log(law, &log_s, 1, &point) != FJ_OK ||
            !exact_at(&g->stack, 2 * log_s, &density, &cdf))
            continue;
        const double ours = point.density_log10 / (2 * M_LN10);
        ck_assert_msg(fabs(ours / density - 1) <= point.error, "%s: log s = %g %.17g, not %.17g",
                      net.what, log_s, ours, density);
        compared++;
        waited += 2 * log_s < patches->big_x[FJ_LOW];
    }
    ck_assert_msg(compared > LOOKS / 4, "%s: %d points only", net.what, compared);
    ck_assert_msg(waited > 0 || _i < WAIT, "%s: all was walked at first", net.what);
    fj_gathered_destroy(g);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

/* Ten unknowns with atoms at 0: nothing can be reduced. */
START_TEST(strangers_only)
{
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int l = 0; l < 10; l++)
        fj_test_net_add(&net, HARD_SWISH, FJ_WEIGHTS_GAUSSIAN, 0.5 + 0.1 * l, 1, 1, 1);
    fj_spectrum *law = fj_test_net_law(&net);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bulk");
    TCase *tcase = tcase_create("bulk");
    const int n = (int)(sizeof nets / sizeof *nets);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_law_is_the_whole_networks, 0, n);
    tcase_add_loop_test(tcase, most_of_the_law_is_reduced, 0, n);
    tcase_add_loop_test(tcase, the_first_stand_apart, 0, 6);
    tcase_add_loop_test(tcase, a_stranger_among_them, 0, 2);
    tcase_add_loop_test(tcase, faint_tails, 0, 6);
    tcase_add_test(tcase, strangers_only);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
