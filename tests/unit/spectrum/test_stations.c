/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solutions along a walked stretch: what is solved at a station's own place is as good as anywhere, though the walk knew it to less. */
#include "network_make.h"
#include "patches.h"
#include "stations.h"

enum { LAYERS = 6 };

typedef struct stretch {
    fj_test_net net;
    fj_gathered *gathered;
    fj_walk walk;
    fj_patches patches; /* no series: the coordinate alone */
} stretch;

static void stretch_make(stretch *s)
{
    static const char *const activations[] = {"tanh", "gelu", "erf"};
    *s = (stretch){.walk = {.stretches = 0}};
    fj_test_net_init(&s->net, 1);
    for (int i = 0; i < LAYERS; i++)
        fj_test_net_add(&s->net, activations[i % 3],
                        i % 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, 0.1 + 0.2 * i, 1, 1,
                        1);
    ck_assert_int_eq(fj_gather(&s->net.network, &s->gathered, NULL), FJ_OK);
    s->walk.stack = &s->gathered->stack;
    ck_assert_int_eq(fj_walk_make(&s->walk), FJ_OK);
    ck_assert_uint_eq(s->walk.stretches, 1);
    for (int side = FJ_LOW; side <= FJ_HIGH; side++) {
        s->patches.big_x[side] = s->walk.stretch[0].end[side].big_x;
        s->patches.edge[side] = s->walk.stretch[0].end[side].stop == FJ_STOP_EDGE;
    }
}

static void stretch_free(stretch *s)
{
    fj_walk_free(&s->walk);
    fj_gathered_destroy(s->gathered);
    fj_test_net_free(&s->net);
}

/* Stations with slopes that are off by a hundredth, as if they had been left early. */
START_TEST(slopes_at_stations_are_solved)
{
    stretch s;
    fj_stations good, bad;
    stretch_make(&s);
    fj_stretch *made = &s.walk.stretch[0];
    fj_path *path = &s.walk.path;
    path->want_cdf = 0;
    ck_assert_int_eq(fj_stations_init(&good, path, made, &s.patches), FJ_OK);
    for (size_t i = 0; i < made->stations; i++)
        made->station[i].slope *= 1.01;
    ck_assert_int_eq(fj_stations_init(&bad, path, made, &s.patches), FJ_OK);
    int compared = 0;
    for (size_t i = 1; i + 1 < made->stations; i++) {
        const double tau = fj_patches_tau(&s.patches, creal(made->station[i].log_z));
        const double beside = tau + 1e-13 * fabs(tau);
        const fj_known *at, *near;
        char what[80];
        snprintf(what, sizeof what, "at tau = %.17g", tau);
        ck_assert_int_eq(fj_stations_solve(&bad, tau, 0, &at), FJ_OK);
        ck_assert_int_eq(fj_stations_solve(&good, beside, 0, &near), FJ_OK);
        ck_assert_msg(at->place.tau == tau && near->place.tau == beside, "%s", what);
        fj_assert_within(at->log_im, near->log_im, 1e-9 * (1 + fabs(at->log_im)), what);
        fj_assert_within(at->dlog_im, near->dlog_im, 1e-8 * (1 + fabs(at->dlog_im)), what);
        fj_assert_within(cabs(at->dm - near->dm), 0, 1e-8 * cabs(at->dm), what);
        compared++;
    }
    ck_assert_int_ge(compared, 10);
    fj_stations_free(&good);
    fj_stations_free(&bad);
    stretch_free(&s);
}
END_TEST

/* Far down, u of some layers goes towards -exp(-700), where sums over nodes underflow: the walk ends before, at once. */
START_TEST(walks_end_where_u_cannot_be_followed)
{
    fj_test_net net;
    fj_gathered *g;
    fj_test_net_init(&net, 1);
    net.activation[net.rows++] = fj_test_make("erf");
    const fj_network_run run = {net.activation[0], FJ_WEIGHTS_GAUSSIAN, 40, 1.1, 0.1, 1, 3, 1};
    ck_assert_int_eq(fj_network_follow(&net.network, &run, NULL), FJ_OK);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    fj_walk walk = {.stack = &g->stack};
    ck_assert_int_eq(fj_walk_make(&walk), FJ_OK);
    ck_assert_uint_eq(walk.stretches, 1);
    const fj_stretch *made = &walk.stretch[0];
    double least = 0;
    for (size_t k = 0; k < g->stack.unknowns; k++)
        least = fmin(least, creal(made->station[0].at.u[k].w));
    ck_assert_int_eq(made->end[FJ_LOW].stop, FJ_STOP_DEEP);
    ck_assert_msg(least < -690 && least > -700, "log|u| = %g", least);
    ck_assert_uint_lt(made->stations, 60); /* 90, the last twenty within 1e-3 */
    fj_walk_free(&walk);
    fj_gathered_destroy(g);
    fj_test_net_free(&net);
}
END_TEST

/* Of the stations of the walk, whatever has been solved between them. */
START_TEST(spacing_is_the_walks)
{
    fj_test_net net;
    fj_gathered *g;
    fj_test_net_init(&net, 1);
    fj_test_net_add(&net, "tanh", FJ_WEIGHTS_ORTHOGONAL, 0.1, 1, 1, 1);
    fj_test_net_add(&net, "erf", FJ_WEIGHTS_GAUSSIAN, 0.3, 1, 1, 1);
    ck_assert_int_eq(fj_gather(&net.network, &g, NULL), FJ_OK);
    fj_walk walk = {.stack = &g->stack};
    ck_assert_int_eq(fj_walk_make(&walk), FJ_OK);
    const fj_stretch *s = &walk.stretch[0];
    const fj_patches plain = {.n = 0};
    fj_stations stations;
    ck_assert_uint_ge(s->stations, 6);
    ck_assert_int_eq(fj_stations_init(&stations, &walk.path, s, &plain), FJ_OK);
    const double first = creal(s->station[0].log_z), second = creal(s->station[1].log_z),
                 fourth = creal(s->station[3].log_z), fifth = creal(s->station[4].log_z),
                 last = creal(s->station[s->stations - 1].log_z);
    const fj_known *known;
    for (int i = 1; i < 4; i++)
        ck_assert_int_eq(fj_stations_solve(&stations, fourth + (fifth - fourth) * i / 4, 0, &known),
                         FJ_OK);
    ck_assert(fj_stations_spacing(&stations, fourth + (fifth - fourth) * 0.6) == fifth - fourth);
    ck_assert(fj_stations_spacing(&stations, fourth) == fifth - fourth);
    ck_assert(fj_stations_spacing(&stations, first - 7) == second - first);
    ck_assert(isinf(fj_stations_spacing(&stations, last + 1)));
    fj_stations_free(&stations);
    fj_walk_free(&walk);
    fj_gathered_destroy(g);
    fj_test_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stations");
    TCase *tcase = tcase_create("stations");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, slopes_at_stations_are_solved);
    tcase_add_test(tcase, walks_end_where_u_cannot_be_followed);
    tcase_add_test(tcase, spacing_is_the_walks);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
