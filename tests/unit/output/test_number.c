/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text: byte for byte printf's, on random ones of all sizes, near powers of ten and two, and on short decimals, where the digits
 * are tied or carry. */
#include "output_number.h"
#include <stdint.h>
#include <string.h>
#include "../tap.h"

static void same_as_printf(double x)
{
    char text[OUT_NUMBER_ROOM], wanted[64];
    const char *end = out_number(text, x);
    snprintf(wanted, sizeof wanted, "%.17g", x);
    if (strcmp(text, isnan(x) ? "nan" : wanted) != 0 || end != text + strlen(text))
        ck_abort_msg("%s, not %s", text, wanted);
}

/* The double `steps` after x. */
static double after(double x, int64_t steps)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits += steps;
    memcpy(&x, &bits, sizeof x);
    return x;
}

START_TEST(random_numbers)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 300000; i++) {
        same_as_printf(ldexp(fj_test_uniform(&r, -1, 1), (int)fj_test_uniform(&r, -1080, 1025)));
        same_as_printf(fj_test_uniform(&r, -2, 2));
        same_as_printf(-fj_test_loguniform(&r, 1e-45, 1e20));
    }
}
END_TEST

START_TEST(beside_powers)
{
    for (int e = -42; e <= 20; e++)
        for (int64_t steps = -200; steps <= 200; steps++) {
            same_as_printf(after(pow(10, e), steps));
            same_as_printf(after(pow(2, 3 * e), steps));
        }
}
END_TEST

START_TEST(short_ones)
{
    const double special[] = {0,        -0.0,
                              INFINITY, -INFINITY,
                              NAN,      5e-324,
                              2.2e-308, 1e-5,
                              1e-4,     9.9999999999999991e-05,
                              1e16,     123456789,
                              0.1,      1.7976931348623157e308};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        same_as_printf(special[i]);
        same_as_printf(-special[i]);
    }
    for (int i = 0; i < 20000; i++) {
        same_as_printf(i * 0.125);
        same_as_printf(i * 1e-3);
        same_as_printf(i / 1e9);
        same_as_printf(ldexp(i, -60)); /* ties */
        same_as_printf(1e15 + i * 0.125);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *tcase = tcase_create("number");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, random_numbers);
    tcase_add_test(tcase, beside_powers);
    tcase_add_test(tcase, short_ones);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
