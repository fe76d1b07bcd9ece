/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far out on the h axis nodes and poles are looked for. */
#include "rule_internal.h"
#include "rule_make.h"

/* How far poles matter: up to the first step on which t underflows, or which is beyond all of phi' that is not constant; found in
 * strides. */
START_TEST(the_last_step)
{
    static const double STEP = 0.25;
    static const char HARD_SWISH[] = "expr:where(x<-3,0,where(x>3,x,x*(x+3)/6))";
    static const struct {
        const char *spec;
        double side, q, piece; /* where phi' is constant from on */
    } ends[] = {{"gelu", -1, 3, INFINITY},
                {"gelu", -1, 0.49, INFINITY},
                {"gelu", 1, 3, INFINITY},
                {"silu", -1, 700, INFINITY},
                {"softplus", -1, 900, INFINITY},
                {"softsign", 1, 1, INFINITY},
                {"expr:exp(-x^2)", 1, 0.244, INFINITY},
                {"expr:x*exp(-abs(x))", -1, 900, INFINITY},
                {HARD_SWISH, 1, 0.02, 3},
                {HARD_SWISH, -1, 0.013, 3},
                {HARD_SWISH, 1, 0.0123, 3},
                {HARD_SWISH, -1, 0.0117, 3},
                {HARD_SWISH, -1, 1, 3}};
    fj_activation *a = fj_test_make(ends[_i].spec);
    const double side = ends[_i].side;
    const fj_rule rule = {.activation = a, .mu1 = 0.3, .q = ends[_i].q, .root_q = sqrt(ends[_i].q)};
    double last, h = STEP;
    const double end = fj_nodes_reach(&rule, side, &last);
    for (; h < FJ_H_END && rule.root_q * h <= ends[_i].piece; h += STEP) {
        int below = 1;
        for (int i = -1; i <= 1; i++) {
            const double slope = fj_activation_slope(a, rule.root_q * (side * h + i * STEP / 3));
            below &= slope * slope < FJ_T_LEAST;
        }
        if (below)
            break;
    }
    ck_assert_msg(last == fmin(h, FJ_H_END), "%s, q = %g: %g, not %g", ends[_i].spec, ends[_i].q,
                  last, h);
    ck_assert_msg(end <= last, "%s: %g > %g", ends[_i].spec, end, last);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reach");
    TCase *tcase = tcase_create("reach");
    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, the_last_step, 0, 13);
    return fj_run_tap(suite);
}
