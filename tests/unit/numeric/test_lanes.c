/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arctangent of lanes against the C library's, at every quadrant, seam and size. */
#include "lanes.h"
#include "../tap.h"

static void compare(double y, double x)
{
    const fj_lanes got = fj_lanes_atan2((fj_lanes){y, -y}, (fj_lanes){x, x});
    const double want = atan2(y, x), allowed = 2 * DBL_EPSILON * fabs(want);
    char what[100];
    snprintf(what, sizeof what, "atan2(%.17g, %.17g)", y, x);
    fj_assert_within(got[0], want, allowed, what);
    fj_assert_within(got[1], -want, allowed, what);
}

START_TEST(arctangent_at_random_points)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 200000; i++) {
        double y = fj_test_uniform(&r, -1, 1), x = fj_test_uniform(&r, -1, 1);
        if (i % 2) /* any size, down to subnormal quotients */
            y *= exp(fj_test_uniform(&r, -300, 0)), x *= exp(fj_test_uniform(&r, -300, 0));
        compare(y, x);
    }
}
END_TEST

START_TEST(arctangent_at_its_seams)
{
    const double slopes[] = {0, 0x1p-1000, 1e-9, M_SQRT2 - 1, 1, M_SQRT2 + 1, 1e9, 1e200};
    for (size_t i = 0; i < sizeof slopes / sizeof *slopes; i++)
        for (int ulps = -2; ulps <= 2; ulps++) {
            double y = slopes[i];
            for (int k = 0; k < abs(ulps); k++)
                y = nextafter(y, ulps < 0 ? 0 : INFINITY);
            compare(y, 1);
            compare(y, -1);
        }
    compare(1, 0);
    const fj_lanes origin = fj_lanes_atan2(fj_lanes_all(0), fj_lanes_all(0));
    ck_assert(origin[0] == 0 && origin[1] == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lanes");
    TCase *cases = tcase_create("arctangent");
    tcase_add_test(cases, arctangent_at_random_points);
    tcase_add_test(cases, arctangent_at_its_seams);
    suite_add_tcase(suite, cases);
    return fj_run_tap(suite);
}
