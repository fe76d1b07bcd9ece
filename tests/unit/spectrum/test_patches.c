/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of layers that differ, made as they are asked for: whoever asks, and in whatever order, has the same answers; what nobody asks
 * for is not made; and no memory is needed once the law is there. */
#include <pthread.h>
#include "../allocation.h"
#include "network_make.h"
#include "patch_maker.h"
#include "spectrum_internal.h"

typedef struct layers {
    const char *activation[3]; /* in turn */
    int count, weights, narrows;
    double q_least, q_most;
    double deep; /* log s from the upper end to where the last question is */
} layers;

static const layers nets[] = {
    {{"tanh", "tanh", "tanh"}, 20, FJ_WEIGHTS_ORTHOGONAL, 0, 0.02, 0.3, 30},
    {{"tanh", "tanh", "tanh"}, 20, FJ_WEIGHTS_GAUSSIAN, 0, 0.1, 0.3, 300},
    {{"gelu", "gelu", "gelu"}, 14, FJ_WEIGHTS_ORTHOGONAL, 0, 0.1, 0.3, 200},
    {{"tanh", "erf", "silu"}, 4, FJ_WEIGHTS_GAUSSIAN, 0, 0.1, 0.5, 200},
    {{"tanh", "hard-tanh", "elu"}, 3, FJ_WEIGHTS_ORTHOGONAL, 1, 0.2, 0.5, 8},
    {{"expr:x*exp(-abs(x))", "tanh", "tanh"}, 3, FJ_WEIGHTS_GAUSSIAN, 0, 0.2, 0.5, 100},
};
enum { NETS = sizeof nets / sizeof *nets, ASKED = 48, QUANTILES = 6, THREADS = 4 };

static const double QUANTILE[QUANTILES] = {0.9, 0.5, 0.05, 1e-3, 1e-9, 1e-30};

static void net_make(const layers *what, fj_test_net *net)
{
    fj_test_net_init(net, 1);
    for (int i = 0; i < what->count; i++) {
        const double part = (i + 0.5) / what->count,
                     q = what->q_least + (what->q_most - what->q_least) * part;
        fj_test_net_add(net, what->activation[i % 3], (fj_weights)what->weights, q,
                        what->narrows && i ? 0.7 : 1, 1, 1);
    }
}

static const fj_patches *patches_of(const fj_spectrum *law)
{
    return law->branch[law->branches - 1].patches;
}

typedef struct answers {
    const fj_spectrum *law;
    double log_s[ASKED]; /* descending */
    fj_spectrum_point point[ASKED];
    double quantile[QUANTILES];
    int upwards;
} answers;

static void answers_init(const fj_spectrum *law, double deep, answers *a)
{
    *a = (answers){.law = law};
    const double high = law->interval[law->branches - 1].log_s_max;
    for (int i = 0; i < ASKED; i++) {
        const double part = (i + 0.5) / ASKED;
        a->log_s[i] = high - deep * part * part * part;
    }
}

static void *ask(void *data)
{
    answers *a = data;
    for (int i = 0; i < ASKED; i++) {
        const int k = a->upwards ? ASKED - 1 - i : i;
        (void)fj_spectrum_eval_log(a->law, &a->log_s[k], 1, &a->point[k]);
        const int q = a->upwards ? QUANTILES - 1 - i : i;
        if (q >= 0 && q < QUANTILES)
            (void)fj_spectrum_quantile(a->law, QUANTILE[q], &a->quantile[q]);
    }
    return NULL;
}

static void assert_same(const fj_test_net *net, const answers *a, const answers *b)
{
    for (int i = 0; i < ASKED; i++) {
        const fj_spectrum_point *x = &a->point[i], *y = &b->point[i];
        ck_assert_msg(memcmp(&x->density_log10, &y->density_log10, sizeof(double)) == 0 &&
                          memcmp(&x->cdf, &y->cdf, sizeof(double)) == 0 && x->status == y->status,
                      "%s, log s = %.17g: %.17g and %.17g, F %.17g and %.17g", net->what,
                      a->log_s[i], x->density_log10, y->density_log10, x->cdf, y->cdf);
    }
    for (int i = 0; i < QUANTILES; i++)
        ck_assert_msg(memcmp(&a->quantile[i], &b->quantile[i], sizeof(double)) == 0,
                      "%s, quantile of %g: %.17g and %.17g", net->what, QUANTILE[i], a->quantile[i],
                      b->quantile[i]);
}

/* From above, from below, and from four threads at a law that nobody has asked yet: bit for bit. */
START_TEST(order_does_not_matter)
{
    fj_test_net net;
    answers down, up, together[THREADS];
    net_make(&nets[_i], &net);
    fj_spectrum *law[3];
    for (int i = 0; i < 3; i++)
        law[i] = fj_test_net_law(&net);
    answers_init(law[0], nets[_i].deep, &down);
    ask(&down);
    answers_init(law[1], nets[_i].deep, &up);
    up.upwards = 1;
    ask(&up);
    assert_same(&net, &down, &up);
    int known = 0;
    for (int i = 0; i < ASKED; i++)
        known += down.point[i].status == FJ_OK && down.point[i].density > 0;
    ck_assert_msg(known > ASKED / 2, "%s: %d points", net.what, known);
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        answers_init(law[2], nets[_i].deep, &together[i]);
        together[i].upwards = i % 2;
        ck_assert_int_eq(pthread_create(&thread[i], NULL, ask, &together[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS; i++)
        assert_same(&net, &down, &together[i]);
    for (int i = 0; i < 3; i++)
        fj_spectrum_destroy(law[i]);
    fj_test_net_free(&net);
}
END_TEST

/* What is settled stays as it is while more is made, from above; and it is not more than was asked for. */
START_TEST(no_more_than_asked_for)
{
    fj_test_net net;
    answers a;
    net_make(&nets[_i], &net);
    fj_spectrum *law = fj_test_net_law(&net);
    const fj_patches *patches = patches_of(law);
    answers_init(law, nets[_i].deep, &a);
    ck_assert_msg(!atomic_load(&patches->complete), "%s: all is made at once", net.what);
    double log_s;
    ck_assert_int_eq(fj_spectrum_quantile(law, 0.9, &log_s), FJ_OK);
    const size_t first = atomic_load(&patches->n);
    ck_assert_uint_ge(first, 1);
    ck_assert_msg(!atomic_load(&patches->complete), "%s: a quantile makes all", net.what);
    fj_patch before[8];
    const size_t held = first < 8 ? first : 8;
    memcpy(before, patches->patch, held * sizeof *before);
    size_t n = first;
    int waiting = 0;
    for (int i = 0; i < ASKED; i++) {
        (void)fj_spectrum_eval_log(law, &a.log_s[i], 1, &a.point[i]);
        const size_t now = atomic_load(&patches->n);
        ck_assert_uint_ge(now, n);
        waiting += patches->maker->made > now;
        /* the one above the last that was made for it does not reach so far down */
        const double tau = fj_patches_tau(patches, 2 * a.log_s[i]);
        ck_assert_msg(now == n || patches->patch[now - 2].from > tau ||
                          atomic_load(&patches->complete),
                      "%s: more patches than log s = %g needs", net.what, a.log_s[i]);
        n = now;
    }
    ck_assert_msg(n > first, "%s: the tail was there", net.what);
    ck_assert_msg(waiting == 0, "%s: %d times one was made that did not count", net.what, waiting);
    ck_assert_msg(memcmp(before, patches->patch, held * sizeof *before) == 0,
                  "%s: settled patches have changed", net.what);
    for (size_t i = 0; i + 1 < n; i++)
        ck_assert_double_eq(patches->patch[i].from, patches->patch[i + 1].to);
    fj_spectrum_destroy(law);
    fj_test_net_free(&net);
}
END_TEST

START_TEST(nothing_is_allocated_later)
{
    fj_test_net net;
    answers with, without;
    net_make(&nets[_i], &net);
    fj_spectrum *law = fj_test_net_law(&net), *other = fj_test_net_law(&net);
    answers_init(law, nets[_i].deep, &with);
    ask(&with);
    answers_init(other, nets[_i].deep, &without);
    without.upwards = 1;
    allocations_left = 0;
    ask(&without);
    allocations_left = -1;
    assert_same(&net, &with, &without);
    fj_spectrum_destroy(law);
    fj_spectrum_destroy(other);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("patches");
    TCase *tcase = tcase_create("patches");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, order_does_not_matter, 0, NETS);
    tcase_add_loop_test(tcase, no_more_than_asked_for, 0, NETS);
    tcase_add_loop_test(tcase, nothing_is_allocated_later, 0, NETS);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
