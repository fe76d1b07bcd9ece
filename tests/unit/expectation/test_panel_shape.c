/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rules of one activation share while they are made: they are made sooner, and are the same. */
#include <freejac/activation.h>
#include <string.h>
#include "panel_polynomial.h"
#include "panel_shape.h"
#include "rule_make.h"

static const char *const NAMES[] = {"gelu", "elu", "softsign", "expr:x*erf(x)", "expr:x+x^3/3"};
static const double QS[] = {0.02, 1e-6, 0.03, 0.3, 0.04, 3, 50};
enum { PLACES = sizeof QS / sizeof *QS };

static fj_rule *rule_at(const fj_activation *a, double q, fj_panel_shapes *shapes)
{
    fj_rule *rule;
    ck_assert_int_eq(fj_rule_create(a, q, shapes, &rule), FJ_OK);
    return rule;
}

static void nodes_compare(const fj_nodes *a, const fj_nodes *b)
{
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_int_eq(memcmp(a->t, b->t, a->n * sizeof *a->t), 0);
    ck_assert_int_eq(memcmp(a->e, b->e, a->n * sizeof *a->e), 0);
    ck_assert_int_eq(memcmp(a->weight, b->weight, a->n * sizeof *a->weight), 0);
}

/* Bit for bit, whatever was made before. */
START_TEST(company_changes_nothing)
{
    fj_activation *a = fj_test_make(NAMES[_i]);
    fj_panel_shapes *shapes = fj_panel_shapes_create();
    for (int i = 0; i < PLACES; i++) {
        fj_rule *alone = rule_at(a, QS[i], NULL), *among = rule_at(a, QS[i], shapes);
        ck_assert_uint_eq(alone->panels, among->panels);
        ck_assert_uint_eq(alone->far, among->far);
        for (size_t p = 0; p < alone->panels + alone->far; p++) {
            ck_assert_int_eq(memcmp(alone->panel[p].polynomial, among->panel[p].polynomial,
                                    sizeof alone->panel[p].polynomial),
                             0);
            ck_assert(alone->panel[p].centre == among->panel[p].centre);
            ck_assert(alone->panel[p].half == among->panel[p].half);
        }
        for (int s = 0; s < FJ_SETS; s++)
            nodes_compare(&alone->set[s], &among->set[s]);
        fj_rule_destroy(alone);
        fj_rule_destroy(among);
    }
    fj_panel_shapes_destroy(shapes);
    fj_activation_destroy(a);
}
END_TEST

static double bent(double x, void *context)
{
    (void)context;
    return x * x / 2 + sin(x) / 3;
}

/* Counts how often it is asked. */
static double bent_slope(double x, void *context)
{
    ++*(long *)context;
    return x + cos(x) / 3;
}

/* A second q asks for far fewer values of phi' than the first, and t at its nodes is that of phi'. */
START_TEST(rules_share_what_has_no_q)
{
    long asked = 0;
    fj_activation *a;
    const fj_activation_custom custom = {
        .name = "bent", .value = bent, .slope = bent_slope, .context = &asked};
    ck_assert_int_eq(fj_activation_create_custom(&custom, &a, NULL), FJ_OK);
    fj_panel_shapes *shapes = fj_panel_shapes_create();
    long alone = 0, among = 0;
    for (int i = 0; i < 20; i++) {
        const double q = 1 + 0.02 * i;
        long before = asked;
        fj_rule_destroy(rule_at(a, q, NULL));
        alone += asked - before;
        before = asked;
        fj_rule *rule = rule_at(a, q, shapes);
        among += asked - before;
        for (int s = 0; s < FJ_SETS; s++)
            for (size_t p = 0, k = 0; p < rule->panels; p++)
                for (size_t j = 0; j < fj_panels_order(s); j++, k++) {
                    const fj_panel *panel = &rule->panel[p];
                    const double y = fj_panel_value(panel, fj_panel_tables_get()->legendre_x[s][j]);
                    const double t = panel->logarithmic ? exp(y) : y * y;
                    fj_assert_within(rule->set[s].t[k], t, 1e-12 * (1 + t), "t");
                }
        fj_rule_destroy(rule);
    }
    printf("# values of phi': %ld alone, %ld among others\n", alone, among);
    ck_assert_int_lt(among, alone / 3);
    fj_panel_shapes_destroy(shapes);
    fj_activation_destroy(a);
}
END_TEST

/* Panels meet, whatever the ends of pieces are, and none is far shorter than its neighbour. */
START_TEST(panels_meet)
{
    static const char *const specs[] = {"gelu", "expr:abs(x-0.7071)*x", "expr:max(x^2,1+x^3/9)",
                                        "expr:abs(x-0.50001)*tanh(x)", "elu"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        for (double q = 0.001; q < 40; q *= 1.7) {
            fj_activation *a = fj_test_make(specs[i]);
            fj_rule *rule = rule_at(a, q, NULL);
            for (size_t p = 0; p + 1 < rule->panels; p++) {
                const fj_panel *left = &rule->panel[p], *right = &rule->panel[p + 1];
                const double end = left->centre + left->half, begin = right->centre - right->half;
                fj_assert_within(end, begin, 1e-14 * (1 + fabs(end)), specs[i]);
                ck_assert(left->half > 1e-4 && right->half > 1e-4);
            }
            fj_rule_destroy(rule);
            fj_activation_destroy(a);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("panel_shape");
    TCase *tests = tcase_create("shapes");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, company_changes_nothing, 0, sizeof NAMES / sizeof *NAMES);
    tcase_add_test(tests, rules_share_what_has_no_q);
    tcase_add_test(tests, panels_meet);
    return fj_run_tap(suite);
}
