/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gauss_legendre.h"
#include "../tap.h"

/* Sum over both signs of the rule's nodes on (0, 1). */
static double power_sum(double power, int logarithmic)
{
    double sum = 0;
    for (int i = 0; i < FJ_GAUSS_HALF; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i];
        double far = logarithmic ? node->log_far : node->weight / 2;
        double near = logarithmic ? node->log_near : node->weight / 2;
        sum += far * pow((1 + node->x) / 2, power) + near * pow((1 - node->x) / 2, power);
    }
    return sum;
}

START_TEST(powers_are_integrated_exactly)
{
    for (int k = 0; k < 2 * FJ_GAUSS_NODES; k++)
        fj_assert_near(power_sum(k, 0), 1.0 / (k + 1), 1e-14, "int x^k");
    for (int k = 0; k < FJ_GAUSS_NODES; k++)
        fj_assert_near(power_sum(k, 1), -1.0 / ((k + 1) * (k + 1)), 1e-13, "int log(x) x^k");
}
END_TEST

START_TEST(legendre_columns_are_legendre_polynomials)
{
    for (int i = 0; i < FJ_GAUSS_HALF; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i];
        double before = 1, now = node->x;
        for (int k = 1; k < FJ_GAUSS_NODES - 1; k++) {
            double next = ((2 * k + 1) * node->x * now - k * before) / (k + 1);
            before = now, now = next;
        }
        fj_assert_within(node->p18, before, 1e-14, "P18");
        fj_assert_within(node->p19, now, 1e-14, "P19");
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gauss_legendre");
    TCase *tests = tcase_create("gauss_legendre");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, powers_are_integrated_exactly);
    tcase_add_test(tests, legendre_columns_are_legendre_polynomials);
    return fj_run_tap(suite);
}
