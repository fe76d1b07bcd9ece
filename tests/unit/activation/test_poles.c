/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The poles of 1/(u - t) in closed form: each one solves t(x) = u, its derivatives are those of t, and none is missing:
 * their number in a rectangle is the winding number of an entire function around it. */
#include "activation_internal.h"
#include "../sample.h"

enum { ROOM = 4096, CIRCLE = 32, MAXIMUM = 48 };

/* ---- t at complex x, written down here a second time ---- */

static double complex tanh_t(double p, double complex x)
{
    (void)p;
    double complex s = 1 / ccosh(x);
    return s * s * s * s;
}

static double complex erf_t(double p, double complex x)
{
    (void)p;
    return cexp(-M_PI / 2 * x * x);
}

static double complex sigmoid_t(double p, double complex x)
{
    (void)p;
    double complex s = 0.5 / ccosh(x / 2);
    return s * s * s * s;
}

static double complex arctan_t(double p, double complex x)
{
    (void)p;
    return 1 / ((1 + x * x) * (1 + x * x));
}

static double complex sin_t(double p, double complex x)
{
    (void)p;
    return ccos(x) * ccos(x);
}

static double complex softplus_t(double p, double complex x)
{
    double complex s = 1 / (1 + cexp(-p * x));
    return s * s;
}

static const struct {
    const char *spec;
    double complex (*t)(double p, double complex x);
    double p;
    double distance,
        period;     /* singularities of t at +-i distance + i k period (0: none, or no period) */
    int reciprocal; /* 1/t is entire; else t */
} kinds[] = {
    {"tanh", tanh_t, 0, M_PI / 2, M_PI, 1},
    {"erf", erf_t, 0, 0, 0, 1},
    {"sigmoid", sigmoid_t, 0, M_PI, 2 * M_PI, 1},
    {"arctan", arctan_t, 0, 1, 0, 1},
    {"sin", sin_t, 0, 0, 0, 0},
    {"softplus", softplus_t, 1, M_PI, 2 * M_PI, 1},
    {"softplus:beta=0.375", softplus_t, 0.375, M_PI / 0.375, 2 * M_PI / 0.375, 1},
    {"softplus:beta=3.5", softplus_t, 3.5, M_PI / 3.5, 2 * M_PI / 3.5, 1},
};

/* A circle around x on which t is analytic, at most 1 wide. */
static double room_around(int i, double complex x)
{
    double y = fabs(cimag(x));
    if (kinds[i].distance == 0)
        return fmin(0.25, 0.25 / (1 + cabs(x)));
    double k = kinds[i].period > 0 ? fmax(0, round((y - kinds[i].distance) / kinds[i].period)) : 0;
    double complex singular = I * (kinds[i].distance + k * kinds[i].period);
    return 0.3 * fmin(1, cabs(CMPLX(creal(x), y) - singular));
}

/* t'(x)/u, t''(x)/u and t'''(x)/u by Cauchy's integrals on that circle. */
static void by_circle(int i, double complex x, double complex u, double complex *l1,
                      double complex *l2, double complex *l3, double *radius)
{
    *radius = room_around(i, x);
    *l1 = *l2 = *l3 = 0;
    for (int k = 0; k < CIRCLE; k++) {
        double complex e = cexp(2 * M_PI * I * (k + 0.5) / CIRCLE);
        double complex f = kinds[i].t(kinds[i].p, x + *radius * e) / u / CIRCLE;
        *l1 += f / e / *radius;
        *l2 += 2 * f / (e * e) / (*radius * *radius);
        *l3 += 6 * f / (e * e * e) / (*radius * *radius * *radius);
    }
}

/* A random w = log u: of order one, near log of the largest t, far down; the angle down to 1e-15 and on both axes. */
static double complex random_w(fj_test_random *r, int i, double top)
{
    double x, theta;
    switch (i % 3) {
    case 0:
        x = log(top) + fj_test_uniform(r, -4, 2);
        break;
    case 1:
        x = log(top) + fj_test_loguniform(r, 1e-10, 1) * (i % 2 ? 1 : -1);
        break;
    default:
        x = log(top) - fj_test_loguniform(r, 1, 200);
    }
    switch (i / 3 % 4) {
    case 0:
        theta = fj_test_uniform(r, 0, M_PI);
        break;
    case 1:
        theta = fj_test_loguniform(r, 1e-15, 1);
        break;
    case 2:
        theta = M_PI - fj_test_loguniform(r, 1e-10, 1);
        break;
    default:
        theta = 0;
    }
    return CMPLX(x, theta);
}

/* the length over which t varies */
static double unit_of(int i)
{
    return kinds[i].distance > 0 ? kinds[i].distance : 1.5;
}

static double top_of(int i)
{
    return strcmp(kinds[i].spec, "sigmoid") == 0 ? 0.0625 : 1;
}

START_TEST(poles_solve_their_equation)
{
    static const double ROUNDING = 16 * DBL_EPSILON;
    fj_activation *a = fj_test_make(kinds[_i].spec);
    fj_test_random r = fj_test_random_make();
    static fj_pole pole[ROOM];
    size_t seen = 0;
    for (int k = 0; k < fj_test_times(400); k++) {
        double complex w = random_w(&r, k, top_of(_i)), u = cexp(w);
        double strip = unit_of(_i) * fj_test_loguniform(&r, 0.1, 8);
        double reach = unit_of(_i) * fj_test_loguniform(&r, 1, 200);
        size_t n = a->kind->poles(a, w, cexp(w / 2), strip, reach, pole, ROOM);
        ck_assert_uint_le(n, ROOM);
        seen += n;
        for (size_t j = 0; j < n; j++) {
            double complex x = pole[j].x, l1, l2, l3;
            double radius, scale = 1 + cabs(x) * cabs(pole[j].l1) + cabs(w);
            char what[256];
            snprintf(what, sizeof what, "%s, w = %.17g + %.17g i, x = %.17g + %.17g i",
                     kinds[_i].spec, creal(w), cimag(w), creal(x), cimag(x));
            ck_assert_msg(fabs(cimag(x)) < strip && fabs(creal(x)) < reach, "%s: outside", what);
            ck_assert_msg(!a->kind->even_slope || cimag(x) >= 0, "%s: the lower of a pair", what);
            double miss = cabs(kinds[_i].t(kinds[_i].p, x) / u - 1);
            if (ROUNDING * scale < 1e-3) /* else x itself is too coarse: zeros of cos far out */
                ck_assert_msg(miss <= ROUNDING * scale, "%s: t(x)/u - 1 = %.3g", what, miss);
            else
                continue;
            by_circle(_i, x, u, &l1, &l2, &l3, &radius);
            double off1 = cabs(l1 - pole[j].l1), off2 = cabs(l2 - pole[j].l2);
            double noise = ROUNDING * scale * (1 + cabs(l1) * radius + cabs(l2) * radius * radius);
            double coarse = ROUNDING * cabs(x) * cabs(l2);
            ck_assert_msg(off1 <= noise / radius + coarse, "%s: t'/u off by %.3g", what, off1);
            ck_assert_msg(off2 <= noise / (radius * radius), "%s: t''/u off by %.3g", what, off2);
            const double off3 = cabs(l3 - pole[j].l3), cube = radius * radius * radius;
            ck_assert_msg(off3 <= 6 * noise / cube + ROUNDING * scale * cabs(l3),
                          "%s: t'''/u off by %.3g", what, off3);
        }
    }
    ck_assert_uint_ge(seen, (size_t)fj_test_times(100));
    fj_activation_destroy(a);
}
END_TEST

/* The part of the argument of f = 1/t - 1/u (or t - u) that is gathered on the segment from x to y. */
static double turn(int i, double complex u, double complex x, double complex y, double complex fx,
                   double complex fy, int depth)
{
    double complex ratio = fy / fx, middle = (x + y) / 2;
    if (cabs(y - x) < 0.1 && fabs(carg(ratio)) < 0.4 && cabs(ratio) < 1.6 && cabs(ratio) > 0.6)
        return carg(ratio);
    ck_assert_msg(depth < MAXIMUM, "%s: a zero on the contour", kinds[i].spec);
    double complex t = kinds[i].t(kinds[i].p, middle);
    double complex f = kinds[i].reciprocal ? 1 / t - 1 / u : t - u;
    return turn(i, u, x, middle, fx, f, depth + 1) + turn(i, u, middle, y, f, fy, depth + 1);
}

START_TEST(no_pole_is_missing)
{
    fj_activation *a = fj_test_make(kinds[_i].spec);
    fj_test_random r = fj_test_random_make();
    static fj_pole pole[ROOM];
    size_t most = 0;
    for (int k = 0; k < fj_test_times(150); k++) {
        double complex w = random_w(&r, k, top_of(_i)), u = cexp(w), f[5];
        if (creal(w) < -60) /* 1/t overflows long before the corners */
            w = CMPLX(creal(w) / 4, cimag(w)), u = cexp(w);
        double strip = unit_of(_i) * fj_test_loguniform(&r, 0.1, 5);
        double reach = unit_of(_i) * fj_test_loguniform(&r, 1, 8);
        const double complex corner[5] = {CMPLX(-reach, -strip), CMPLX(reach, -strip),
                                          CMPLX(reach, strip), CMPLX(-reach, strip),
                                          CMPLX(-reach, -strip)};
        double total = 0;
        for (int c = 0; c < 5; c++) {
            double complex t = kinds[_i].t(kinds[_i].p, corner[c]);
            f[c] = kinds[_i].reciprocal ? 1 / t - 1 / u : t - u;
        }
        for (int c = 0; c < 4; c++)
            total += turn(_i, u, corner[c], corner[c + 1], f[c], f[c + 1], 0);
        size_t n = a->kind->poles(a, w, cexp(w / 2), strip, reach, pole, ROOM),
               want = (size_t)lround(total / (2 * M_PI));
        size_t times = a->kind->even_slope ? 2 : 1;
        ck_assert_msg(times * n == want,
                      "%s, w = %.17g + %.17g i, strip %.17g, reach %.17g: %zu of %zu poles",
                      kinds[_i].spec, creal(w), cimag(w), strip, reach, times * n, want);
        most = want > most ? want : most;
        /* with less room: the same number, and nothing beyond the room */
        fj_pole few[3];
        memset(few, 0x55, sizeof few);
        fj_pole untouched = few[2];
        ck_assert_uint_eq(a->kind->poles(a, w, cexp(w / 2), strip, reach, few, 2), n);
        ck_assert_mem_eq(&few[2], &untouched, sizeof untouched);
        ck_assert_mem_eq(few, pole, (n < 2 ? n : 2) * sizeof *few);
    }
    ck_assert_uint_ge(most, 4);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(a_tiny_angle_keeps_its_digits)
{
    /* just above real u inside the range of t, Im x = Im w/l1 to all digits however small Im w is */
    fj_activation *a = fj_test_make(kinds[_i].spec);
    fj_test_random r = fj_test_random_make();
    size_t seen = 0;
    for (int k = 0; k < fj_test_times(100); k++) {
        double theta = fj_test_loguniform(&r, 1e-250, 1e-12);
        double complex w = CMPLX(log(top_of(_i)) - fj_test_loguniform(&r, 1e-6, 20), theta);
        fj_pole pole[64];
        size_t n = a->kind->poles(a, w, cexp(w / 2), 1e-6, 100, pole, 64);
        for (size_t j = 0; j < n && j < 64; j++, seen++) {
            char what[128];
            double slope = creal(pole[j].l1);
            snprintf(what, sizeof what, "%s, w = %.17g + %.17g i", kinds[_i].spec, creal(w), theta);
            fj_assert_near(cimag(pole[j].x), theta / slope,
                           16 * DBL_EPSILON * (1 + cabs(pole[j].l2) / (slope * slope)), what);
        }
    }
    ck_assert_uint_ge(seen, (size_t)fj_test_times(50));
    fj_activation_destroy(a);
}
END_TEST

START_TEST(next_to_the_largest_t_nothing_cancels)
{
    /* t = 1 + l2 x^2/2 + O(x^4): at |w| = 1e-15, x^2 = 2 w/l2 to all digits, both parts */
    static const double LARGEST_W = 1e-14, ROUNDING = 1e-13;
    fj_activation *a = fj_test_make(kinds[_i].spec);
    fj_test_random r = fj_test_random_make();
    if (!a->kind->even_slope || top_of(_i) != 1) /* log of another top is rounded */
        goto done;
    for (int k = 0; k < 60; k++) {
        double size = fj_test_loguniform(&r, 1e-30, LARGEST_W),
               angle = fj_test_uniform(&r, 0, M_PI);
        double complex w = size * cexp(I * angle);
        fj_pole pole[64];
        size_t n = a->kind->poles(a, w, cexp(w / 2), 0.5, 0.5, pole, 64);
        ck_assert_msg(n == 1, "%s: %zu poles", kinds[_i].spec, n);
        double complex x = pole[0].x, square = 2 * w / pole[0].l2;
        char what[128];
        snprintf(what, sizeof what, "%s, w = %.17g + %.17g i", kinds[_i].spec, creal(w), cimag(w));
        fj_assert_within(creal(x * x / square), 1, ROUNDING, what);
        fj_assert_within(cimag(x * x / square), 0, ROUNDING, what);
        fj_assert_within(cabs(pole[0].l1 / (x * pole[0].l2) - 1), 0, ROUNDING, what);
    }
done:
    fj_activation_destroy(a);
}
END_TEST

START_TEST(the_list_of_kinds_is_complete)
{
    for (size_t i = 0; i < fj_activation_kinds_count; i++) {
        int tested = 0;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            tested |= strcmp(kinds[k].spec, fj_activation_kinds[i]->info.name) == 0;
        ck_assert_msg(tested == (fj_activation_kinds[i]->poles != NULL), "%s",
                      fj_activation_kinds[i]->info.name);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("poles");
    TCase *tests = tcase_create("poles");
    const int n = sizeof kinds / sizeof *kinds;
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, poles_solve_their_equation, 0, n);
    tcase_add_loop_test(tests, no_pole_is_missing, 0, n);
    tcase_add_loop_test(tests, a_tiny_angle_keeps_its_digits, 0, n);
    tcase_add_loop_test(tests, next_to_the_largest_t_nothing_cancels, 0, n);
    tcase_add_test(tests, the_list_of_kinds_is_complete);
    return fj_run_tap(suite);
}
