/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which layers count together, which have no effect, and the masses and moments that the groups carry. */
#include "gather.h"
#include "../spectrum/network_make.h"

#define O FJ_WEIGHTS_ORTHOGONAL
#define G FJ_WEIGHTS_GAUSSIAN

static fj_gathered *gather(const fj_test_net *net)
{
    fj_detail detail = {""};
    fj_gathered *g = NULL;
    fj_status status = fj_gather(&net->network, &g, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", net->what, detail.text);
    return g;
}

static double layers_counted(const fj_gathered *g)
{
    double count = 0;
    for (size_t i = 0; i < g->stack.groups; i++)
        count += g->stack.group[i].count;
    return count;
}

static void assert_groups(fj_test_net *net, size_t groups, size_t unknowns, double layers)
{
    fj_gathered *g = gather(net);
    ck_assert_msg(g->stack.groups == groups && g->stack.unknowns == unknowns,
                  "%s: %zu groups, %zu unknowns", net->what, g->stack.groups, g->stack.unknowns);
    ck_assert_msg(layers_counted(g) == layers, "%s: %g layers", net->what, layers_counted(g));
    for (size_t i = 0; i < groups; i++)
        ck_assert_msg(g->stack.group[i].is_explicit == (i >= unknowns), "%s: unknowns first",
                      net->what);
    fj_gathered_destroy(g);
    fj_test_net_free(net);
}

START_TEST(equal_layers_merge_anywhere)
{
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int i = 0; i < 12; i++) {
        fj_test_net_add(&net, "tanh", O, i % 2 ? 0.1 : 0.2, 1, 1, 3);
        fj_test_net_add(&net, "erf", G, 0.1, 1, 1, 1);
    }
    assert_groups(&net, 3, 3, 48);
    /* weights, q by one bit, and activations keep apart; sigma_w does not */
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "tanh", O, 0.5, 1, 1, 1);
    fj_test_net_add(&net, "tanh", G, 0.5, 1, 1, 1);
    fj_test_net_add(&net, "tanh", O, nextafter(0.5, 1), 1, 1, 1);
    fj_test_net_add(&net, "erf", O, 0.5, 1, 1, 1);
    fj_test_net_add(&net, "tanh", O, 0.5, 1, 1.3, 1);
    assert_groups(&net, 4, 4, 5);
    /* the first layer of a run may change the width, the others keep it: but gaussian ones are of one kind */
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "tanh", O, 0.5, 0.5, 1, 4);
    assert_groups(&net, 2, 2, 4);
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "tanh", G, 0.5, 0.5, 1, 4);
    assert_groups(&net, 1, 1, 4);
    /* so are orthogonal ones that widen */
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "tanh", O, 0.5, 2, 1, 4);
    assert_groups(&net, 1, 1, 4);
}
END_TEST

START_TEST(homogeneous_layers_have_no_q)
{
    fj_test_net net;
    fj_test_net_init(&net, 1);
    for (int i = 1; i <= 9; i++) {
        fj_test_net_add(&net, "relu", O, i, 1, 1, 1);
        fj_test_net_add(&net, "leaky-relu:slope=0.2", G, i, 1, 1, 1);
    }
    assert_groups(&net, 2, 1, 18); /* u of ReLU is known, leaky ReLU has two masses */
}
END_TEST

START_TEST(trivial_layers_vanish)
{
    fj_test_net net;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "linear", O, 1, 1, 1.5, 5);
    assert_groups(&net, 0, 0, 0);
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "linear", O, 1, 2, 1.5, 5); /* widening keeps lengths */
    assert_groups(&net, 0, 0, 0);
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "linear", O, 1, 0.5, 1.5,
                    5); /* narrowing does not: its first layer only */
    fj_test_net_add(&net, "tanh", O, 0.1, 0.5, 1, 2);
    assert_groups(&net, 2, 1, 3);
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "linear", G, 1, 1, 1, 5);
    assert_groups(&net, 1, 0, 5);
}
END_TEST

/* The dimensions that get through are those of the layer with the least N_l P(t_l > 0). */
START_TEST(the_narrowest_layer_binds)
{
    static const struct {
        double relu_width, linear_width, above; /* from N_0 = 1 */
        int binding;                            /* 0: ReLU, 1: linear, 2: the input */
    } cases[] = {{1, 0.7, 0.5, 0},    {1, 0.3, 0.3, 1}, {3, 2, 1, 2},
                 {1.8, 0.95, 0.9, 0}, {2, 1, 1, 2},     {0.8, 0.35, 0.35, 1}};
    for (int order = 0; order < 2; order++) {
        fj_test_net net;
        fj_test_net_init(&net, 1);
        for (int i = 0; i < 2; i++)
            if (i == order)
                fj_test_net_add(&net, "relu", G, 1, cases[_i].relu_width, 1, 1);
            else
                fj_test_net_add(&net, "linear", G, 1, cases[_i].linear_width, 1, 1);
        fj_gathered *g = gather(&net);
        fj_assert_within(g->stack.above, cases[_i].above, 2e-16, net.what);
        fj_assert_within(g->stack.at_zero, 1 - cases[_i].above, 2e-16, net.what);
        ck_assert_msg(!g->square, "%s: not square", net.what);
        ck_assert_uint_eq(g->stack.groups, 2);
        for (size_t k = 0; k < 2; k++) {
            const fj_group *group = &g->stack.group[k];
            const int is_relu = group->p < 1;
            fj_assert_within(group->p, is_relu ? 0.5 : 1, 0, net.what);
            fj_assert_near(group->scale, 1 / group->width, 4e-16, net.what);
            fj_assert_within(group->slack, group->p - group->scale * g->stack.above, 4e-16,
                             net.what);
            ck_assert_msg((group->slack == 0) == (cases[_i].binding == !is_relu ||
                                                  group->p * group->width == g->stack.above),
                          "%s: slack %g of %s", net.what, group->slack,
                          is_relu ? "relu" : "linear");
            fj_assert_within(group->full, 1 - group->scale * g->stack.above, 4e-16, net.what);
        }
        fj_gathered_destroy(g);
        fj_test_net_free(&net);
    }
}
END_TEST

START_TEST(narrowing_by_orthogonal_weights)
{
    fj_test_net net;
    fj_test_net_init(&net, 3);
    fj_test_net_add(&net, "tanh", O, 0.5, 2, 1, 1);
    fj_gathered *g = gather(&net);
    const fj_group *group = &g->stack.group[0];
    fj_assert_near(group->rho, 2.0 / 3, 2e-16, "rho");
    fj_assert_near(group->one_minus_rho, 1.0 / 3, 2e-16, "1 - rho");
    fj_assert_near(group->scale, 1.5, 2e-16, "scale");
    fj_assert_near(g->stack.above, 2.0 / 3, 2e-16, "P(lambda > 0)");
    fj_assert_within(g->stack.log_mean, log(2.0 / 3), 4e-16, "log E lambda");
    fj_gathered_destroy(g);
    fj_test_net_free(&net);
}
END_TEST

/* E lambda and Var lambda/(E lambda)^2 against the moments that the series give, on random networks; and P(lambda = 0) against its
 * definition. */
START_TEST(totals_of_random_networks)
{
    fj_test_random random = fj_test_random_make();
    random.state += 0x9e3779b97f4a7c15u * 501 * (uint64_t)_i;
    fj_test_net net;
    fj_test_net_random(&net, &random);
    fj_gathered *g = gather(&net);
    fj_spectrum *law = NULL;
    double m[2], above = net.network.width;
    for (size_t i = 0; i < net.network.runs; i++) {
        const fj_network_run *run = &net.network.run[i];
        /* by name: half of ReLU's neurons, those beyond 1 of hard-tanh's */
        const char *name = fj_activation_name(run->activation);
        const double p = strcmp(name, "relu") == 0        ? 0.5
                         : strcmp(name, "hard-tanh") == 0 ? erf(1 / sqrt(2 * run->q))
                                                          : 1;
        above = fmin(above, run->width * p);
    }
    fj_assert_within(g->stack.above, above / net.network.width, 1e-14, net.what);
    if (fj_spectrum_create(&net.network, &law, NULL) == FJ_OK) {
        ck_assert_int_eq(fj_spectrum_moments(law, 2, m), FJ_OK);
        fj_assert_near(exp(g->stack.log_mean), m[0], 1e-12, net.what);
        fj_assert_within(1 + g->relative_variance, m[1] / (m[0] * m[0]),
                         1e-12 * (1 + g->relative_variance), net.what);
    }
    fj_spectrum_destroy(law);
    fj_gathered_destroy(g);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gather");
    TCase *tcase = tcase_create("gather");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, equal_layers_merge_anywhere);
    tcase_add_test(tcase, homogeneous_layers_have_no_q);
    tcase_add_test(tcase, trivial_layers_vanish);
    tcase_add_loop_test(tcase, the_narrowest_layer_binds, 0, 6);
    tcase_add_test(tcase, narrowing_by_orthogonal_weights);
    tcase_add_loop_test(tcase, totals_of_random_networks, 0, fj_test_times(20));
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
