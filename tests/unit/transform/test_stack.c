/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log z of unequal layers at points of the complex plane: against its formula written out from gaussian expectations, its derivatives
 * against differences, one group against fj_layers_compose, and the distribution function against the density. */
#include "gather.h"
#include "../spectrum/network_make.h"

enum { UNKNOWNS = 8 };

/* A gathered network and room for a point of it. */
typedef struct setup {
    fj_test_net net;
    fj_gathered *gathered;
    const fj_stack *stack;
    fj_subordinate u[UNKNOWNS];
    fj_stack_point at;
    fj_resolvent r;
    fj_stack_value value;
    fj_follow follow[UNKNOWNS];
    fj_factor factor[UNKNOWNS];
} setup;

/* The i-th network; the result must not move. */
static void setup_make(setup *s, int i)
{
    fj_detail detail = {""};
    fj_test_random r = fj_test_random_make();
    r.state += 0x9e3779b97f4a7c15u * 401 * (uint64_t)i;
    fj_test_net_random(&s->net, &r);
    fj_status status = fj_gather(&s->net.network, &s->gathered, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", s->net.what, detail.text);
    s->stack = &s->gathered->stack;
    ck_assert_uint_le(s->stack->unknowns, UNKNOWNS);
    s->at.u = s->u;
}

static void setup_free(setup *s)
{
    fj_gathered_destroy(s->gathered);
    fj_test_net_free(&s->net);
}

static void evaluate(setup *s, int with_potential)
{
    fj_factors_clear(s->factor, s->stack->unknowns);
    fj_stack_evaluate(s->stack, &s->at, with_potential, &s->r, s->factor, &s->value, s->follow);
}

/* Every u_k with M_k(u_k) = scale_k m, by Newton from t/u = m far out along the ray of m: |m| is small there. */
static void solve(setup *s, double complex m)
{
    for (double part = 1e-3; part <= 1; part = part < 0.999 ? fmin(1, part * 1.3) : 2) {
        s->at.m = m * part;
        s->at.rest = s->at.m + s->stack->above;
        for (size_t k = 0; k < s->stack->unknowns && part == 1e-3; k++) {
            const fj_group *g = &s->stack->group[k];
            s->u[k] = (fj_subordinate){clog(g->layers.mu1 / (g->scale * s->at.m)), 0};
        }
        for (int i = 0; i < 40; i++) {
            double most = 0;
            evaluate(s, 0);
            for (size_t k = 0; k < s->stack->unknowns; k++) {
                fj_subordinate_move(&s->u[k], s->follow[k].miss);
                most = fmax(most, cabs(s->follow[k].miss));
            }
            if (most < 1e-13)
                break;
        }
    }
}

static double complex w_of(const fj_subordinate *u)
{
    return u->left ? u->w + M_PI * I : u->w;
}

/* A place where |m| is moderate: every scale_k |m| at most 1/2, arguments well off the axis. */
static double complex moderate(const setup *s, fj_test_random *r)
{
    double scale = 1;
    for (size_t k = 0; k < s->stack->groups; k++)
        scale = fmax(scale, s->stack->group[k].scale);
    return fj_test_loguniform(r, 0.05, 0.5) / scale * cexp(-I * fj_test_uniform(r, 0.4, 2.6));
}

/* Such a place that the M_k of all layers reach, away from branch points of the u_k, where differences mean something:
 * d log gain/d log m = bend, and a root at distance d in log m has bend 1/(2 d). */
static double complex calm(setup *s, fj_test_random *r)
{
    double complex m = 0;
    double bend = INFINITY, miss = INFINITY;
    for (int trial = 0; trial < 50 && (bend > 3 || miss > 1e-11); trial++) {
        m = moderate(s, r);
        solve(s, m);
        evaluate(s, 0);
        bend = miss = 0;
        for (size_t k = 0; k < s->stack->unknowns; k++) {
            bend = fmax(bend, cabs(s->follow[k].bend));
            miss = fmax(miss, cabs(s->follow[k].miss));
        }
    }
    ck_assert_msg(bend <= 3 && miss <= 1e-11, "%s: no place away from branch points", s->net.what);
    return m;
}

/* log z = log((1 + m)/m) + log E lambda + sum count [log(m_l u_l/mu1) - log(1 + rho m_l)], all u_l from their resolvents. */
START_TEST(log_z_is_its_formula)
{
    setup s = {.gathered = NULL};
    setup_make(&s, _i);
    fj_test_random r = fj_test_random_make();
    r.state += (uint64_t)_i;
    for (int trial = 0; trial < 6; trial++) {
        const double complex m = calm(&s, &r);
        solve(&s, m);
        evaluate(&s, 0);
        double complex want = clog(1 + m) - clog(m) + s.stack->log_mean;
        double size = 4;
        for (size_t k = 0; k < s.stack->groups; k++) {
            const fj_group *g = &s.stack->group[k];
            const double complex m_l = g->scale * m;
            double complex w;
            if (g->is_explicit) /* p a/(u - a) = m_l: u/a = (p + m_l)/m_l, mu1 = p a */
                w = clog(g->layers.mu1 / g->p) + clog((g->p + m_l) / m_l);
            else
                w = w_of(&s.u[k]);
            fj_rule_resolvent(g->layers.rule, g->layers.second, w, &s.r);
            fj_assert_within(cabs(s.r.m - m_l), 0, 1e-11 * cabs(m_l), s.net.what);
            const double complex term = clog(m_l) + w - log(g->layers.mu1) - clog(1 + g->rho * m_l);
            want += g->count * term;
            size += g->count * (1 + fabs(creal(w)));
        }
        fj_assert_within(creal(s.value.log_z), creal(want), 1e-12 * size, s.net.what);
        fj_assert_within(cimag(s.value.log_z), cimag(want), 1e-12 * size, s.net.what);
        /* those beyond pi/2 are taken from the negative axis */
        const double folded = fabs(remainder(cimag(s.value.log_z), M_PI));
        ck_assert_msg(s.value.argument >= folded * (1 - 1e-12),
                      "%s: arguments add up to %g, Im log z = %g", s.net.what, s.value.argument,
                      cimag(s.value.log_z));
    }
    setup_free(&s);
}
END_TEST

/* slope = d log z/d log m and gain = d log u/d log m along solved points, by central differences in four directions. */
START_TEST(slopes_and_gains_are_derivatives)
{
    setup s = {.gathered = NULL};
    setup_make(&s, _i);
    fj_test_random r = fj_test_random_make();
    r.state += 77 + (uint64_t)_i;
    const double complex m = calm(&s, &r);
    double complex slope, gain[UNKNOWNS], sum = 0, w[UNKNOWNS] = {0};
    solve(&s, m);
    evaluate(&s, 0);
    slope = s.value.slope;
    for (size_t k = 0; k < s.stack->unknowns; k++)
        gain[k] = s.follow[k].gain;
    enum { AROUND = 8 }; /* Cauchy's integral */
    const double step = 0.02;
    for (int k = 0; k < AROUND; k++) {
        const double complex e = cexp(2 * M_PI * I * k / AROUND);
        solve(&s, m * cexp(step * e));
        evaluate(&s, 0);
        sum += s.value.log_z / (e * step * AROUND);
        for (size_t j = 0; j < s.stack->unknowns; j++)
            w[j] += w_of(&s.u[j]) / (e * step * AROUND);
    }
    fj_assert_within(cabs(sum - slope), 0, 1e-8 * (1 + cabs(slope)), s.net.what);
    for (size_t j = 0; j < s.stack->unknowns; j++)
        fj_assert_within(cabs(w[j] - gain[j]), 0, 1e-8 * (1 + cabs(gain[j])), s.net.what);
    setup_free(&s);
}
END_TEST

/* bend: of the slope by Cauchy's integral around a solution, of every gain likewise; and the step to second order, from a point
 * that is off in m and in every w, leaves the third power of that. */
START_TEST(bends_are_second_derivatives)
{
    setup s = {.gathered = NULL};
    setup_make(&s, _i);
    fj_test_random r = fj_test_random_make();
    r.state += 277 + (uint64_t)_i;
    const double complex m = calm(&s, &r);
    double complex sum = 0, gain[UNKNOWNS] = {0}, bend, bends[UNKNOWNS];
    fj_subordinate solved[UNKNOWNS];
    solve(&s, m);
    evaluate(&s, 0);
    const double complex log_z = s.value.log_z;
    bend = 2 * s.value.bend[2] / (s.value.unit * s.value.unit);
    for (size_t k = 0; k < s.stack->unknowns; k++) {
        solved[k] = s.u[k];
        bends[k] = s.follow[k].bend * s.follow[k].gain; /* d gain/d log m */
    }
    enum { AROUND = 8 };
    const double step = 0.02;
    for (int k = 0; k < AROUND; k++) {
        const double complex e = cexp(2 * M_PI * I * k / AROUND);
        solve(&s, m * cexp(step * e));
        evaluate(&s, 0);
        sum += s.value.slope / (e * step * AROUND);
        for (size_t j = 0; j < s.stack->unknowns; j++)
            gain[j] += s.follow[j].gain / (e * step * AROUND);
    }
    fj_assert_within(cabs(sum - bend), 0, 1e-7 * (1 + cabs(bend)), s.net.what);
    for (size_t j = 0; j < s.stack->unknowns; j++)
        fj_assert_within(cabs(gain[j] - bends[j]), 0, 1e-7 * (1 + cabs(bends[j])), s.net.what);
    for (double e = 1e-2; e > 1e-4; e /= 10) {
        s.at.m = m * cexp(e * CMPLX(0.3, -0.2));
        s.at.rest = s.at.m + s.stack->above;
        for (size_t k = 0; k < s.stack->unknowns; k++) {
            s.u[k] =
                solved[k]; /* the walk around may have left it counted from the other half axis */
            s.u[k].w += e * CMPLX(0.6, k % 2 ? 0.8 : -0.8);
        }
        evaluate(&s, 0);
        const double complex dmu = -e * CMPLX(0.3, -0.2), d = dmu / s.value.unit;
        const double complex after = s.value.log_z + s.value.slope * dmu + s.value.bend[0] +
                                     d * s.value.bend[1] + d * d * s.value.bend[2];
        double off = cabs(after - log_z) / (1 + s.value.argument);
        for (size_t k = 0; k < s.stack->unknowns; k++) {
            const fj_follow *f = &s.follow[k];
            const double complex part = f->miss / f->gain + dmu;
            off =
                fmax(off, cabs(s.u[k].w + f->gain * part * (1 + f->bend * part / 2) - solved[k].w));
        }
        ck_assert_msg(off < 200 * e * e * e + 1e-12, "%s: %g off, %g after the step", s.net.what, e,
                      off);
    }
    setup_free(&s);
}
END_TEST

/* From a point that is off by e in every w, miss leads back to first order, and log z is already corrected: what is left is of order e^2
 * in both. */
START_TEST(misses_lead_to_the_solution)
{
    setup s = {.gathered = NULL};
    setup_make(&s, _i);
    fj_test_random r = fj_test_random_make();
    r.state += 177 + (uint64_t)_i;
    const double complex m = calm(&s, &r);
    double complex solved[UNKNOWNS], log_z;
    solve(&s, m);
    evaluate(&s, 0);
    log_z = s.value.log_z;
    for (size_t k = 0; k < s.stack->unknowns; k++)
        solved[k] = s.u[k].w;
    double before = INFINITY;
    for (double e = 1e-2; e > 1e-5; e /= 10) {
        double off = 0;
        for (size_t k = 0; k < s.stack->unknowns; k++)
            s.u[k].w = solved[k] + e * CMPLX(0.6, k % 2 ? 0.8 : -0.8);
        evaluate(&s, 0);
        for (size_t k = 0; k < s.stack->unknowns; k++)
            off = fmax(off, cabs(s.u[k].w + s.follow[k].miss - solved[k]));
        off = fmax(off, cabs(s.value.log_z - log_z) / (1 + s.value.argument));
        ck_assert_msg(off < 30 * e * e + 1e-12, "%s: %g off, %g after the step", s.net.what, e,
                      off);
        ck_assert_msg(off < before, "%s: %g after %g", s.net.what, off, before);
        before = fmax(off, 1e-11);
    }
    setup_free(&s);
}
END_TEST

/* One group between equal widths: fj_layers_compose at its u, value and slope. */
START_TEST(one_group_is_identical_layers)
{
    static const char *const specs[] = {"tanh", "elu", "sigmoid", "gelu", "sin"};
    for (int gaussian = 0; gaussian < 2; gaussian++) {
        setup s = {.at = {.m = 0}};
        fj_detail detail;
        fj_test_random r = fj_test_random_make();
        fj_test_net_init(&s.net, 1);
        fj_test_net_add(&s.net, specs[_i], gaussian ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL,
                        0.4, 1, 1.1, 7);
        ck_assert_int_eq(fj_gather(&s.net.network, &s.gathered, &detail), FJ_OK);
        s.stack = &s.gathered->stack;
        s.at.u = s.u;
        ck_assert_uint_eq(s.stack->groups, 1);
        ck_assert_uint_eq(s.stack->unknowns, 1);
        const fj_group *g = &s.stack->group[0];
        fj_layers seven;
        fj_layers_init(&seven, g->layers.rule, g->layers.mu1,
                       gaussian ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, 7, log(1.1));
        for (int trial = 0; trial < 20; trial++) {
            fj_composed want;
            solve(&s, calm(&s, &r));
            evaluate(&s, 1);
            fj_layers_compose(&seven, w_of(&s.u[0]), &want);
            fj_assert_within(cabs(s.value.log_z - want.log_z), 0, 1e-12, s.net.what);
            /* per log m there, per log u here */
            fj_assert_within(cabs(s.value.slope - want.slope * s.follow[0].gain), 0,
                             1e-11 * cabs(s.value.slope), s.net.what);
            /* F means something on the curve only; its formula holds where Im log z is not 0, too */
            fj_assert_within(fj_stack_cdf(s.stack, &s.value, &s.at, 0),
                             fj_layers_cdf(&seven, &want, 0), 1e-12, s.net.what);
        }
        setup_free(&s);
    }
}
END_TEST

/* dA/d log z = n = 1 + m with F = 1 - Im A/pi on the curve; off it F means 1 - Im(A - m' log z) and so on. Along any path
 * pi dF = Im d[log(1 + m) - sum J], d sum J/d log m = potential_slope there: its real and imaginary parts by differences. */
START_TEST(distribution_follows_its_slope)
{
    setup s = {.gathered = NULL};
    setup_make(&s, _i);
    fj_test_random r = fj_test_random_make();
    r.state += 277 + (uint64_t)_i;
    const double complex m = calm(&s, &r);
    const double step = 1e-3;
    double f[4];
    solve(&s, m);
    evaluate(&s, 1);
    const double complex slope = s.value.potential_slope;
    /* A = log z - log(1 + m) + sum J, and A = n log z - int log z dm: d(log z - log n + sum J)/d log z = n */
    const double complex n = 1 + m, left = s.value.slope - m / n + slope, right = n * s.value.slope;
    fj_assert_within(cabs(left - right), 0, 1e-10 * (1 + cabs(right)), s.net.what);
    for (int k = 0; k < 4; k++) { /* along the argument of m */
        static const double places[] = {-2, -1, 1, 2};
        solve(&s, m * cexp(I * step * places[k]));
        evaluate(&s, 1);
        f[k] = fj_stack_cdf(s.stack, &s.value, &s.at, 0);
    }
    const double got = (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * step);
    const double want = cimag(I * (m / n - slope)) / M_PI;
    fj_assert_within(got, want, 1e-8 * (1 + fabs(want)), s.net.what);
    setup_free(&s);
}
END_TEST

/* A u that has not moved is not evaluated anew: all the same comes out at another m, bit for bit; and what is kept is what is used. */
START_TEST(what_is_known_of_a_u_is_used)
{
    setup s = {.gathered = NULL};
    setup_make(&s, _i);
    fj_test_random r = fj_test_random_make();
    r.state += (uint64_t)_i;
    const double complex m = moderate(&s, &r);
    solve(&s, m);
    s.at.m = m * (1 + 1e-3 * I);
    s.at.rest = s.at.m + s.stack->above;
    evaluate(&s, 0);
    const fj_stack_value fresh = s.value;
    s.at.m = m;
    s.at.rest = m + s.stack->above;
    evaluate(&s, 0);
    s.at.m = m * (1 + 1e-3 * I);
    s.at.rest = s.at.m + s.stack->above;
    for (int with_potential = 0; with_potential < 2; with_potential++) {
        fj_stack_evaluate(s.stack, &s.at, with_potential, &s.r, s.factor, &s.value, s.follow);
        ck_assert_msg(s.value.log_z == fresh.log_z && s.value.slope == fresh.slope &&
                          s.value.bend[0] == fresh.bend[0] && s.value.bend[2] == fresh.bend[2],
                      "%s: %.17g, not %.17g", s.net.what, creal(s.value.log_z), creal(fresh.log_z));
    }
    for (size_t k = 0; k < s.stack->unknowns; k++) {
        s.factor[k].term += 1;
        fj_stack_evaluate(s.stack, &s.at, 0, &s.r, s.factor, &s.value, s.follow);
        const double off = s.stack->group[k].count, size = cabs(fresh.log_z) + off;
        fj_assert_within(creal(s.value.log_z - fresh.log_z), off, 1e-14 * size, s.net.what);
        fj_subordinate_move(&s.u[k], 1e-3);
        fj_stack_evaluate(s.stack, &s.at, 0, &s.r, s.factor, &s.value, s.follow);
        fj_subordinate_move(&s.u[k], -1e-3);
        fj_factors_clear(s.factor, s.stack->unknowns);
        fj_stack_evaluate(s.stack, &s.at, 0, &s.r, s.factor, &s.value, s.follow);
        fj_assert_within(cabs(s.value.log_z - fresh.log_z), 0, 1e-13 * size, s.net.what);
    }
    setup_free(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stack");
    TCase *tcase = tcase_create("stack");
    const int n = fj_test_times(30);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, log_z_is_its_formula, 0, n);
    tcase_add_loop_test(tcase, slopes_and_gains_are_derivatives, 0, n);
    tcase_add_loop_test(tcase, bends_are_second_derivatives, 0, n);
    tcase_add_loop_test(tcase, misses_lead_to_the_solution, 0, n);
    tcase_add_loop_test(tcase, one_group_is_identical_layers, 0, 5);
    tcase_add_loop_test(tcase, distribution_follows_its_slope, 0, n);
    tcase_add_loop_test(tcase, what_is_known_of_a_u_is_used, 0, n);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
