/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks layer by layer: runs that merge, lengths against steps of the length map done by hand, and failures that leave
 * everything as it was. */
#include <freejac/meanfield.h>
#include <freejac/network.h>
#include "../allocation.h"
#include "../sample.h"

static fj_network_run layers(const fj_activation *a, uint64_t count, double sigma_w, double sigma_b)
{
    return (fj_network_run){a, FJ_WEIGHTS_GAUSSIAN, count, sigma_w, sigma_b, 1, 0.5, 1};
}

static void followed(fj_network *network, const fj_network_run *run)
{
    fj_detail detail = {""};
    fj_status status = fj_network_follow(network, run, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", fj_status_message(status), detail.text);
}

static void added(fj_network *network, const fj_network_run *run)
{
    ck_assert_int_eq(fj_network_add(network, run, NULL), FJ_OK);
}

static void assert_same(const fj_network *a, const fj_network *b, const char *what)
{
    ck_assert_msg(a->runs == b->runs && a->width == b->width, "%s: %zu runs for %zu", what, a->runs,
                  b->runs);
    for (size_t i = 0; i < a->runs; i++) {
        const fj_network_run *x = &a->run[i], *y = &b->run[i];
        ck_assert_msg(x->activation == y->activation && x->weights == y->weights &&
                          x->count == y->count && x->sigma_w == y->sigma_w &&
                          x->sigma_b == y->sigma_b && x->width == y->width && x->q == y->q &&
                          x->chi == y->chi,
                      "%s: run %zu differs", what, i);
    }
}

/* Refused with a reason and with nothing changed, by add and by follow if it does not depend on q and chi. */
static void refused(fj_network *network, const fj_network_run *run, int by_follow, const char *why)
{
    fj_network before;
    ck_assert_int_eq(fj_network_copy(network, &before), FJ_OK);
    for (int follow = 0; follow <= by_follow; follow++) {
        fj_detail detail = {""};
        fj_status status = follow ? fj_network_follow(network, run, &detail)
                                  : fj_network_add(network, run, &detail);
        ck_assert_msg(status == FJ_INVALID, "accepted: %s", why);
        ck_assert_msg(detail.text[0] != '\0', "nothing said: %s", why);
        assert_same(network, &before, why);
    }
    fj_network_clear(&before);
}

START_TEST(numbers_outside_their_range)
{
    static const double bad[] = {0, -1, NAN, INFINITY};
    fj_activation *a = fj_test_make("tanh");
    const fj_network_run good = layers(a, 3, 1.1, 0.2);
    for (int filled = 0; filled < 2; filled++) {
        fj_network net;
        fj_network_init(&net, 1);
        if (filled)
            added(&net, &good);
        fj_network_run run = good;
        run.activation = NULL;
        refused(&net, &run, 1, "no activation");
        run = good, run.weights = (fj_weights)2;
        refused(&net, &run, 1, "weights 2");
        run = good, run.count = 0;
        refused(&net, &run, 1, "count 0");
        refused(&net, NULL, 1, "no run");
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            run = good, run.sigma_w = bad[i];
            refused(&net, &run, 1, "sigma_w");
            run = good, run.width = bad[i];
            refused(&net, &run, 1, "width");
            run = good, run.chi = bad[i];
            refused(&net, &run, 0, "chi");
            if (bad[i] == 0)
                continue;
            run = good, run.sigma_b = bad[i];
            refused(&net, &run, 1, "sigma_b");
            run = good, run.q = bad[i];
            refused(&net, &run, !filled, "q"); /* follow reads q of the first layer only */
        }
        run = good, run.count = UINT64_MAX - 2;
        if (filled)
            refused(&net, &run, 0, "more layers than can be counted");
        fj_network_clear(&net);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fj_network net;
        fj_network_init(&net, bad[i]);
        ck_assert_int_eq(fj_network_add(&net, &good, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_network_follow(&net, &good, NULL), FJ_INVALID);
        ck_assert_uint_eq(net.runs, 0);
    }
    ck_assert_int_eq(fj_network_add(NULL, &good, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_network_follow(NULL, &good, NULL), FJ_INVALID);
    ck_assert_uint_eq(fj_network_depth(NULL), 0);
    fj_network_clear(NULL);
    fj_activation_destroy(a);
}
END_TEST

/* One field changed makes a new run; none makes a longer one. */
START_TEST(equal_runs_are_one)
{
    fj_activation *a = fj_test_make("tanh"), *b = fj_test_make("tanh");
    fj_network_run run = layers(a, 3, 1.1, 0.2);
    fj_network net;
    fj_network_init(&net, 2);
    added(&net, &run);
    run.count = 4;
    added(&net, &run);
    ck_assert_uint_eq(net.runs, 1);
    ck_assert_uint_eq(net.run[0].count, 7);
    run.activation = b, added(&net, &run);
    run.weights = FJ_WEIGHTS_ORTHOGONAL, added(&net, &run);
    run.sigma_w = 1.2, added(&net, &run);
    run.sigma_b = 0.3, added(&net, &run);
    run.width = 3, added(&net, &run);
    run.q = 0.6, added(&net, &run);
    run.chi = 0.9, added(&net, &run);
    added(&net, &run);
    ck_assert_uint_eq(net.runs, 8);
    ck_assert_uint_eq(net.run[7].count, 8);
    ck_assert_uint_eq(fj_network_depth(&net), 39);
    ck_assert_msg(net.run[0].activation == a && net.run[1].activation == b, "not as given");
    fj_network_clear(&net);
    ck_assert_msg(net.runs == 0 && net.width == 2 && !net.run, "not empty");
    run.count = UINT64_MAX, added(&net, &run);
    run.q = 1, added(&net, &run);
    ck_assert_msg(fj_network_depth(&net) == UINT64_MAX, "the depth went round");
    fj_network_clear(&net);
    fj_activation_destroy(a);
    fj_activation_destroy(b);
}
END_TEST

/* A million runs in linear time, and not one more. */
START_TEST(as_many_runs_as_are_covered)
{
    enum { MOST = 1000000 };
    fj_activation *a = fj_test_make("erf");
    fj_network_run run = layers(a, 1, 1.1, 0.2);
    fj_network net;
    fj_detail detail = {""};
    fj_network_init(&net, 1);
    for (int i = 0; i < MOST; i++) {
        run.width = 1 + i % 2;
        added(&net, &run);
    }
    ck_assert_uint_eq(net.runs, MOST);
    run.width = 3;
    ck_assert_int_eq(fj_network_add(&net, &run, &detail), FJ_UNSUPPORTED);
    ck_assert_msg(detail.text[0] != '\0', "nothing said");
    ck_assert_int_eq(fj_network_follow(&net, &run, NULL), FJ_UNSUPPORTED);
    ck_assert_uint_eq(fj_network_depth(&net), MOST);
    run.width = 2; /* the last run may grow */
    added(&net, &run);
    ck_assert_uint_eq(fj_network_depth(&net), MOST + 1);
    fj_network_clear(&net);
    fj_activation_destroy(a);
}
END_TEST

/* Layers of any kind, weights and width, one by one: q and chi from the layer before by the public maps. */
START_TEST(lengths_by_hand)
{
    enum { DEPTH = 12 };
    fj_test_random r = fj_test_random_make();
    r.state += (uint64_t)_i;
    fj_activation *a[DEPTH];
    fj_network net;
    double q = fj_test_loguniform(&r, 1e-2, 4), before = fj_test_loguniform(&r, 0.1, 10);
    fj_network_init(&net, before);
    for (size_t l = 0; l < DEPTH; l++) {
        char spec[64], what[96];
        fj_averages v;
        fj_test_spec(&r, (size_t)fj_test_uniform(&r, 0, (double)fj_activation_count()), spec,
                     sizeof spec);
        a[l] = fj_test_make(spec);
        fj_network_run run = {.activation = a[l],
                              .weights = fj_test_uniform(&r, 0, 1) < 0.7 ? FJ_WEIGHTS_ORTHOGONAL
                                                                         : FJ_WEIGHTS_GAUSSIAN,
                              .count = 1,
                              .sigma_w = fj_test_uniform(&r, 0.5, 1.5),
                              .sigma_b = fj_test_uniform(&r, 0, 1) < 0.3 ? 0 : 0.3,
                              .width = fj_test_loguniform(&r, 0.1, 10),
                              .q = l == 0 ? q : NAN, /* not read behind the first layer */
                              .chi = NAN};
        if (l > 0) {
            const int spreads = run.weights == FJ_WEIGHTS_ORTHOGONAL && run.width > before;
            const double g = spreads ? before / run.width : 1;
            ck_assert_int_eq(fj_length_map(a[l - 1], run.sigma_w * sqrt(g), run.sigma_b, q, &q),
                             FJ_OK);
        }
        followed(&net, &run);
        before = run.width;
        snprintf(what, sizeof what, "layer %zu, %s", l + 1, spec);
        ck_assert_uint_eq(net.runs, l + 1);
        const fj_network_run *got = &net.run[l];
        ck_assert_msg(got->activation == a[l] && got->weights == run.weights && got->count == 1 &&
                          got->sigma_w == run.sigma_w && got->sigma_b == run.sigma_b &&
                          got->width == run.width,
                      "%s: not as given", what);
        fj_assert_near(got->q, q, 1e-13, what);
        ck_assert_int_eq(fj_averages_at(a[l], q, &v), FJ_OK);
        fj_assert_near(got->chi, run.sigma_w * run.sigma_w * v.mu1, 1e-12, what);
    }
    fj_network_clear(&net);
    for (size_t l = 0; l < DEPTH; l++)
        fj_activation_destroy(a[l]);
}
END_TEST

/* A run of many layers is what its layers are one by one; where q has settled the rest is one run. */
START_TEST(runs_settle)
{
    static const char *const specs[] = {"tanh", "hard-tanh", "erf", "sigmoid", "elu", "softplus"};
    static const double sigma[][2] = {{1.5, 0.1}, {1.3, 0.2}, {0.7, 0.3},
                                      {2, 0.4},   {0.9, 0.2}, {0.6, 0.1}};
    enum { SINGLY = 25 };
    const uint64_t deep = 1000000000000;
    fj_activation *a = fj_test_make(specs[_i]);
    fj_network_run run = layers(a, deep, sigma[_i][0], sigma[_i][1]);
    fj_network net, single;
    fj_meanfield point;
    fj_network_init(&net, 1);
    fj_network_init(&single, 1);
    run.q = 3;
    followed(&net, &run);
    ck_assert_msg(fj_network_depth(&net) == deep, "depth %g", (double)fj_network_depth(&net));
    ck_assert_msg(net.runs > SINGLY - 10 && net.runs < 2000, "%zu runs", net.runs);
    ck_assert_int_eq(fj_meanfield_solve(a, run.sigma_w, run.sigma_b, run.q, &point, NULL), FJ_OK);
    const fj_network_run *last = &net.run[net.runs - 1];
    fj_assert_near(last->q, point.q_star, 1e-13, specs[_i]);
    fj_assert_near(last->chi, point.chi, 1e-12, specs[_i]);
    run.count = 1;
    for (int l = 0; l < SINGLY; l++)
        followed(&single, &run);
    for (size_t i = 0; i < single.runs && i < net.runs; i++) {
        fj_assert_near(single.run[i].q, net.run[i].q, 1e-14, "one by one: q");
        fj_assert_near(single.run[i].chi, net.run[i].chi, 1e-14, "one by one: chi");
    }
    ck_assert_uint_eq(fj_network_depth(&single), SINGLY);
    fj_network_clear(&net);
    fj_network_clear(&single);
    fj_activation_destroy(a);
}
END_TEST

/* Homogeneous layers are one run; the q behind them is a geometric sum. */
START_TEST(homogeneous_layers)
{
    static const char *const specs[] = {"linear", "relu", "leaky-relu:slope=0.3"};
    static const double gains[] = {0.5, 1, 1.3}, sigma_b[] = {0, 0.4};
    static const uint64_t counts[] = {1, 2, 7, 200};
    fj_activation *a = fj_test_make(specs[_i]), *b = fj_test_make("tanh");
    fj_averages v;
    ck_assert_int_eq(fj_averages_at(a, 1, &v), FJ_OK);
    for (int g = 0; g < 3; g++)
        for (int s = 0; s < 2; s++)
            for (int c = 0; c < 4; c++) {
                const double sigma_w = sqrt(gains[g] / v.mu1);
                fj_network_run run = layers(a, counts[c], sigma_w, sigma_b[s]);
                fj_network net, single;
                fj_network_init(&net, 1);
                fj_network_init(&single, 1);
                double q = run.q;
                followed(&net, &run);
                ck_assert_uint_eq(net.runs, 1);
                ck_assert_msg(net.run[0].q == q, "the q of its first layer");
                fj_assert_near(net.run[0].chi, gains[g], 1e-14, "chi");
                for (uint64_t l = 1; l < counts[c]; l++)
                    ck_assert_int_eq(fj_length_map(a, sigma_w, sigma_b[s], q, &q), FJ_OK);
                run.count = 1;
                for (uint64_t l = 0; l < counts[c]; l++) /* one by one they are one run, too */
                    followed(&single, &run);
                assert_same(&single, &net, "one by one");
                run = layers(b, 1, 1.2, 0.1);
                followed(&net, &run);
                ck_assert_int_eq(fj_length_map(a, 1.2, 0.1, q, &q), FJ_OK);
                fj_assert_near(net.run[1].q, q, 1e-13, specs[_i]);
                fj_network_clear(&net);
                fj_network_clear(&single);
            }
    fj_activation_destroy(a);
    fj_activation_destroy(b);
}
END_TEST

/* The ends of the geometric sum: lengths that vanish or grow beyond all bounds, and very deep ones that do neither. */
START_TEST(homogeneous_ends)
{
    fj_activation *a = fj_test_make("relu"), *b = fj_test_make("tanh");
    const fj_network_run behind = layers(b, 1, 1, 0.3);
    fj_network net;
    fj_network_init(&net, 1);
    fj_network_run run = layers(a, 1000000000000000, 1, 0); /* halves q each time */
    followed(&net, &run);
    followed(&net, &behind);
    ck_assert_msg(net.run[1].q == 0.3 * 0.3, "q = %.17g", net.run[1].q);
    fj_network_clear(&net);
    run.sigma_w = 2; /* doubles it */
    followed(&net, &run);
    fj_network before;
    fj_detail detail = {""};
    ck_assert_int_eq(fj_network_copy(&net, &before), FJ_OK);
    ck_assert_int_eq(fj_network_follow(&net, &behind, &detail), FJ_RANGE);
    ck_assert_msg(detail.text[0] != '\0', "nothing said");
    assert_same(&net, &before, "after an overflow");
    fj_network_clear(&before);
    fj_network_clear(&net);
    run.q = 0; /* stays 0 */
    followed(&net, &run);
    followed(&net, &behind);
    ck_assert_msg(net.run[1].q == 0.3 * 0.3, "q = %.17g", net.run[1].q);
    fj_network_clear(&net);
    fj_activation_destroy(a);
    fj_activation_destroy(b);
}
END_TEST

/* The first layer has the q it is given, however much wider it is than the input. */
START_TEST(widths_of_the_first_layers)
{
    fj_activation *a = fj_test_make("tanh");
    fj_network_run run = layers(a, 5, 1.1, 0.2);
    run.weights = FJ_WEIGHTS_ORTHOGONAL;
    run.width = 10;
    fj_network net;
    fj_network_init(&net, 1);
    followed(&net, &run);
    ck_assert_msg(net.run[0].q == 0.5, "q = %.17g", net.run[0].q);
    double q = 0.5; /* within a run widths are equal: no factor */
    for (size_t i = 1; i < net.runs; i++) {
        ck_assert_int_eq(fj_length_map(a, 1.1, 0.2, q, &q), FJ_OK);
        fj_assert_near(net.run[i].q, q, 1e-15, "a run of a wider layer");
    }
    fj_network_clear(&net);
    fj_activation_destroy(a);
}
END_TEST

/* Lengths that leave what is covered in the middle of a run, whose first layers go on with the last one. */
START_TEST(failures_change_nothing)
{
    fj_activation *a = fj_test_make("softplus"), *b = fj_test_make("tanh");
    const fj_network_run diverges = layers(a, 1000, 5, 0.1), first = layers(b, 2, 1.1, 0.2);
    fj_network net, before;
    fj_network_init(&net, 1);
    for (int filled = 0; filled < 2; filled++) {
        fj_detail detail = {""};
        if (filled)
            followed(&net, &first);
        ck_assert_int_eq(fj_network_copy(&net, &before), FJ_OK);
        fj_status status = fj_network_follow(&net, &diverges, &detail);
        ck_assert_msg(status == FJ_RANGE, "%s", fj_status_message(status));
        ck_assert_msg(detail.text[0] != '\0', "nothing said");
        assert_same(&net, &before, "after lengths that diverge");
        fj_network_clear(&before);
    }
    fj_network_clear(&net);
    fj_network_run run = layers(b, 1, 1, 0);
    run.q = 1e41;
    ck_assert_int_ne(fj_network_follow(&net, &run, NULL), FJ_OK);
    ck_assert_uint_eq(net.runs, 0);
    fj_activation_destroy(a);
    fj_activation_destroy(b);
}
END_TEST

START_TEST(memory_that_fails)
{
    fj_activation *a = fj_test_make("tanh");
    const fj_network_run first = layers(a, 4, 1.1, 0.2);
    fj_network_run behind = layers(a, 40, 1.5, 0.1);
    int failed = 0;
    for (long k = 0; k < 100; k++) {
        fj_network net, before;
        fj_detail detail = {""};
        fj_network_init(&net, 1);
        followed(&net, &first);
        ck_assert_int_eq(fj_network_copy(&net, &before), FJ_OK);
        allocations_left = k;
        fj_status status = fj_network_follow(&net, &behind, &detail);
        allocations_left = -1;
        ck_assert_msg(status == FJ_OK || status == FJ_NO_MEMORY, "allocation %ld: %s", k,
                      fj_status_message(status));
        if (status == FJ_NO_MEMORY) {
            failed++;
            ck_assert_msg(detail.text[0] != '\0', "allocation %ld: nothing said", k);
            assert_same(&net, &before, "after memory failed");
        }
        fj_network_clear(&net);
        fj_network_clear(&before);
        if (status == FJ_OK)
            break;
    }
    ck_assert_msg(failed >= 3 && failed < 100, "%d allocations", failed);
    fj_network net, copy;
    fj_network_init(&net, 1);
    allocations_left = 0;
    fj_status status = fj_network_add(&net, &first, NULL);
    allocations_left = -1;
    ck_assert_int_eq(status, FJ_NO_MEMORY);
    ck_assert_uint_eq(net.runs, 0);
    added(&net, &first);
    allocations_left = 0;
    status = fj_network_copy(&net, &copy);
    allocations_left = -1;
    ck_assert_int_eq(status, FJ_NO_MEMORY);
    ck_assert_msg(copy.runs == 0 && !copy.run, "a copy that failed is not empty");
    fj_network_clear(&net);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(copies)
{
    fj_activation *a = fj_test_make("tanh");
    fj_network_run run = layers(a, 30, 1.5, 0.1);
    fj_network net, copy;
    fj_network_init(&net, 2.5);
    ck_assert_int_eq(fj_network_copy(&net, &copy), FJ_OK);
    assert_same(&copy, &net, "of an empty network");
    followed(&net, &run);
    ck_assert_int_eq(fj_network_copy(&net, &copy), FJ_OK);
    assert_same(&copy, &net, "of a network");
    const size_t runs = net.runs;
    copy.run[0].q = 7;
    ck_assert_msg(net.run[0].q == 0.5, "the copy shares its runs");
    run.width = 3;
    followed(&copy, &run); /* it may grow */
    ck_assert_uint_eq(net.runs, runs);
    ck_assert_uint_gt(copy.runs, runs);
    ck_assert_int_eq(fj_network_copy(NULL, &copy), FJ_INVALID);
    ck_assert_int_eq(fj_network_copy(&net, NULL), FJ_INVALID);
    fj_network_clear(&copy);
    fj_network_clear(&net);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(identical_layers)
{
    fj_activation *a = fj_test_make("tanh");
    fj_meanfield point;
    fj_network net;
    ck_assert_int_eq(fj_meanfield_critical(a, 0.1, &point, NULL), FJ_OK);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_ORTHOGONAL, 1000000, &point, &net), FJ_OK);
    ck_assert_msg(net.runs == 1 && net.width == 1 && fj_network_depth(&net) == 1000000, "one run");
    ck_assert_msg(net.run[0].q == 0.1 && net.run[0].chi == 1 &&
                      net.run[0].sigma_w == point.sigma_w && net.run[0].sigma_b == point.sigma_b &&
                      net.run[0].width == 1 && net.run[0].activation == a,
                  "at the mean field");
    fj_network_clear(&net);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_ORTHOGONAL, 0, &point, &net), FJ_INVALID);
    ck_assert_msg(net.runs == 0 && !net.run, "not empty");
    ck_assert_int_eq(fj_network_identical(NULL, FJ_WEIGHTS_ORTHOGONAL, 1, &point, &net),
                     FJ_INVALID);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_ORTHOGONAL, 1, NULL, &net), FJ_INVALID);
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_ORTHOGONAL, 1, &point, NULL), FJ_INVALID);
    point.q_star = NAN;
    ck_assert_int_eq(fj_network_identical(a, FJ_WEIGHTS_ORTHOGONAL, 1, &point, &net), FJ_INVALID);
    ck_assert_uint_eq(net.runs, 0);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network");
    TCase *tcase = tcase_create("network");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, numbers_outside_their_range);
    tcase_add_test(tcase, equal_runs_are_one);
    tcase_add_test(tcase, as_many_runs_as_are_covered);
    tcase_add_loop_test(tcase, lengths_by_hand, 0, 40);
    tcase_add_loop_test(tcase, runs_settle, 0, 6);
    tcase_add_loop_test(tcase, homogeneous_layers, 0, 3);
    tcase_add_test(tcase, homogeneous_ends);
    tcase_add_test(tcase, widths_of_the_first_layers);
    tcase_add_test(tcase, failures_change_nothing);
    tcase_add_test(tcase, memory_that_fails);
    tcase_add_test(tcase, copies);
    tcase_add_test(tcase, identical_layers);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
