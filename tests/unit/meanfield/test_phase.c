/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phase diagram against single points, against the critical line, and on any number of threads. */
#include <freejac/phase.h>
#include "../sample.h"
#include "threads.h"

enum { SIDE = 24, COUNT = SIDE * SIDE };

static double axis_w[SIDE], axis_b[SIDE];

static void axes_fill(double low, double high, double most_b)
{
    for (int i = 0; i < SIDE; i++) {
        axis_w[i] = low + (high - low) * i / (SIDE - 1);
        axis_b[i] = most_b * i / (SIDE - 1);
    }
}

static int same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

START_TEST(points_are_those_of_solve)
{
    fj_activation_info info;
    static fj_phase_point out[COUNT], alone[COUNT];
    ck_assert_int_eq(fj_activation_describe((size_t)_i, &info), FJ_OK);
    fj_activation *a = fj_test_make(info.name);
    fj_phase_options options = fj_phase_options_default();
    ck_assert(options.q0 == 1 && options.threads == 0 && options.progress == NULL);
    axes_fill(0.3, 2.7, 0.9);
    options.threads = 3;
    ck_assert_int_eq(fj_phase_grid(a, axis_w, SIDE, axis_b, SIDE, &options, out, NULL), FJ_OK);
    options.threads = 1;
    ck_assert_int_eq(fj_phase_grid(a, axis_w, SIDE, axis_b, SIDE, &options, alone, NULL), FJ_OK);
    for (int i = 0; i < COUNT; i++) {
        const fj_phase_point *p = &out[i], *q = &alone[i];
        char what[96];
        snprintf(what, sizeof what, "%s, sigma_w = %.17g, sigma_b = %.17g", info.name, p->sigma_w,
                 p->sigma_b);
        ck_assert_msg(p->sigma_w == axis_w[i / SIDE] && p->sigma_b == axis_b[i % SIDE], "%s", what);
        ck_assert_msg(p->status == q->status && same(p->q_star, q->q_star) &&
                          same(p->chi, q->chi) && same(p->xi_c, q->xi_c) &&
                          same(p->c_star, q->c_star),
                      "%s: depends on threads", what);
        if (i % 7)
            continue;
        fj_meanfield m;
        fj_status status = fj_meanfield_solve(a, p->sigma_w, p->sigma_b, 1, &m, NULL);
        ck_assert_msg(p->status == status && (status == FJ_OK || status == FJ_NO_FIXED_POINT), "%s",
                      what);
        ck_assert_msg(same(p->q_star, m.q_star) && same(p->chi, m.chi) && same(p->xi_c, m.xi_c) &&
                          same(p->c_star, m.c_star),
                      "%s", what);
        ck_assert_msg(status != FJ_OK || (p->phase == m.phase && p->stable == m.stable), "%s",
                      what);
    }
    fj_activation_destroy(a);
}
END_TEST

/* Where the critical line of fj_phase_line passes a row of the grid, chi - 1 changes its sign, and in that cell. */
START_TEST(critical_line_parts_the_phases)
{
    static const char *specs[] = {"tanh", "erf", "hard-tanh", "arctan", "softsign", "sin"};
    enum { LINE = 400 };
    static fj_phase_point out[COUNT], line[LINE];
    double q[LINE];
    fj_activation *a = fj_test_make(specs[_i]);
    axes_fill(0.9, 2.2, 0.35);
    for (int i = 0; i < LINE; i++)
        q[i] = pow(10, -2.5 + 3.5 * i / (LINE - 1));
    ck_assert_int_eq(fj_phase_grid(a, axis_w, SIDE, axis_b, SIDE, NULL, out, NULL), FJ_OK);
    ck_assert_int_eq(fj_phase_line(a, q, LINE, NULL, line, NULL), FJ_OK);
    int rows = 0;
    for (int j = 2; j < SIDE; j++) {
        double crossing = NAN;
        for (int i = 0; i + 1 < LINE; i++)
            if (line[i].sigma_b <= axis_b[j] && line[i + 1].sigma_b > axis_b[j]) {
                double part =
                    (axis_b[j] - line[i].sigma_b) / (line[i + 1].sigma_b - line[i].sigma_b);
                crossing = line[i].sigma_w + part * (line[i + 1].sigma_w - line[i].sigma_w);
            }
        if (!(crossing > axis_w[0] && crossing < axis_w[SIDE - 1]))
            continue;
        rows++;
        for (int i = 0; i < SIDE; i++) {
            const fj_phase_point *p = &out[i * SIDE + j];
            char what[96];
            snprintf(what, sizeof what,
                     "%s, sigma_w = %.6g (line %.6g), sigma_b = %.6g: chi = %.6g", specs[_i],
                     p->sigma_w, crossing, p->sigma_b, p->chi);
            if (fabs(p->sigma_w - crossing) < 1e-4) /* the line between its points is a chord */
                continue;
            ck_assert_msg((p->chi > 1) == (p->sigma_w > crossing), "%s", what);
            ck_assert_msg((p->phase == FJ_PHASE_CHAOTIC) == (p->chi > 1), "%s", what);
            ck_assert_msg(p->xi_c > 0 && (p->chi > 1 ? p->c_star < 1 : p->c_star == 1), "%s", what);
        }
    }
    ck_assert_msg(rows > 15, "%s: only %d rows", specs[_i], rows);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(depth_scale_grows_towards_the_line)
{
    /* beside the line xi_c = 1/|log slope| grows like 1/distance on both sides; on it there is none */
    static const char *specs[] = {"tanh", "hard-tanh", "softsign"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        fj_activation *a = fj_test_make(specs[i]);
        fj_meanfield m;
        ck_assert_int_eq(fj_meanfield_critical(a, 0.5, &m, NULL), FJ_OK);
        double before[2] = {0, 0};
        for (double distance = 1e-1; distance > 1e-7; distance /= 10) {
            double w[2] = {m.sigma_w * (1 - distance), m.sigma_w * (1 + distance)};
            fj_phase_point p[2];
            ck_assert_int_eq(fj_phase_grid(a, w, 2, &m.sigma_b, 1, NULL, p, NULL), FJ_OK);
            for (int side = 0; side < 2; side++) {
                char what[96];
                snprintf(what, sizeof what, "%s, distance %g, side %d: xi_c = %.17g", specs[i],
                         distance, side, p[side].xi_c);
                ck_assert_msg(p[side].xi_c > before[side] && isfinite(p[side].xi_c), "%s", what);
                ck_assert_msg(distance > 1e-3 || fabs(p[side].xi_c / before[side] - 10) < 1, "%s",
                              what);
                before[side] = p[side].xi_c;
            }
        }
        fj_phase_point on;
        ck_assert_int_eq(fj_phase_grid(a, &m.sigma_w, 1, &m.sigma_b, 1, NULL, &on, NULL), FJ_OK);
        ck_assert_msg(on.phase == FJ_PHASE_CRITICAL && isnan(on.xi_c) && on.c_star == 1, "%s",
                      specs[i]);
        fj_activation_destroy(a);
    }
}
END_TEST

START_TEST(lines_mark_what_is_missing)
{
    fj_activation *a = fj_test_make("sigmoid"); /* no bias makes q = 1 critical; q = 16 does */
    const double q[] = {1, 40};
    fj_phase_point p[2];
    fj_meanfield m;
    ck_assert_int_eq(fj_phase_line(a, q, 2, NULL, p, NULL), FJ_OK);
    ck_assert(p[0].status == FJ_INFEASIBLE && isnan(p[0].sigma_w) && p[0].q_star == 1);
    ck_assert_int_eq(fj_meanfield_critical(a, 40, &m, NULL), p[1].status);
    ck_assert(same(p[1].sigma_w, m.sigma_w) && same(p[1].sigma_b, m.sigma_b));
    fj_activation_destroy(a);
}
END_TEST

static int stop_at_ten(void *context, size_t done, size_t count)
{
    ck_assert(count == COUNT && done <= count);
    ++*(int *)context;
    return done >= 10;
}

START_TEST(work_can_be_stopped)
{
    fj_activation *a = fj_test_make("tanh");
    static fj_phase_point out[COUNT];
    fj_phase_options options = fj_phase_options_default();
    int asked = 0, left = 0;
    options.progress = stop_at_ten;
    options.progress_context = &asked;
    options.threads = 2;
    axes_fill(0.5, 2, 0.5);
    ck_assert_int_eq(fj_phase_grid(a, axis_w, SIDE, axis_b, SIDE, &options, out, NULL),
                     FJ_CANCELLED);
    for (int i = 0; i < COUNT; i++)
        left += out[i].status == FJ_CANCELLED && isnan(out[i].q_star);
    ck_assert_msg(asked >= 1 && left > 0 && left < COUNT, "asked %d times, %d left", asked, left);
    fj_activation_destroy(a);
}
END_TEST

static void square(void *context, size_t index)
{
    ((double *)context)[index] = (double)index * (double)index;
}

START_TEST(work_is_done_once_each)
{
    static double result[5000];
    for (unsigned threads = 0; threads < 9; threads++) {
        memset(result, 0, sizeof result);
        fj_work_plan plan = {.count = 5000, .threads = threads, .work = square, .context = result};
        ck_assert_int_eq(fj_work_run(&plan), FJ_OK);
        for (int i = 0; i < 5000; i++)
            ck_assert(result[i] == (double)i * i);
    }
    fj_work_plan none = {.count = 0, .work = square};
    ck_assert_int_eq(fj_work_run(&none), FJ_OK);
}
END_TEST

START_TEST(misuse_is_refused)
{
    fj_activation *a = fj_test_make("tanh");
    fj_phase_point p;
    const double one = 1, none = 0, wrong[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(fj_phase_grid(a, &wrong[i], 1, &one, 1, NULL, &p, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_phase_grid(a, &one, 1, &wrong[i], 1, NULL, &p, NULL), FJ_INVALID);
        ck_assert_int_eq(fj_phase_line(a, &wrong[i], 1, NULL, &p, NULL), FJ_INVALID);
        fj_phase_options options = fj_phase_options_default();
        options.q0 = wrong[i];
        ck_assert_int_eq(fj_phase_grid(a, &one, 1, &one, 1, &options, &p, NULL), FJ_INVALID);
    }
    ck_assert_int_eq(fj_phase_grid(a, &none, 1, &one, 1, NULL, &p, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_phase_grid(a, &one, 0, &one, 1, NULL, &p, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_phase_grid(NULL, &one, 1, &one, 1, NULL, &p, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_phase_grid(a, &one, 1, &one, 1, NULL, NULL, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_phase_line(a, &none, 1, NULL, &p, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_phase_line(a, NULL, 1, NULL, &p, NULL), FJ_INVALID);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("phase");
    TCase *all = tcase_create("phase");
    suite_add_tcase(suite, all);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, points_are_those_of_solve, 0, (int)fj_activation_count());
    tcase_add_loop_test(all, critical_line_parts_the_phases, 0, 6);
    tcase_add_test(all, depth_scale_grows_towards_the_line);
    tcase_add_test(all, lines_mark_what_is_missing);
    tcase_add_test(all, work_can_be_stopped);
    tcase_add_test(all, work_is_done_once_each);
    tcase_add_test(all, misuse_is_refused);
    return fj_run_tap(suite);
}
