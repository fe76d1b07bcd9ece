/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * q*, the fixed point of V(q) = sigma_w^2 E[phi(sqrt(q) h)^2] + sigma_b^2 that the recursion from q = 1 reaches.
 *
 * 1. V increases with q for every built-in phi, so the recursion moves monotonically to the nearest fixed point in the
 *    direction of V(1) - 1: march there in steps until V(q) - q changes sign, at 22 digits.
 * 2. Downwards it may get to 0, if V(0) = 0 and V'(0) <= 1; upwards to infinity: no fixed point.
 * 3. Newton within the bracket to 16 digits, then with digits that double.
 * 4. Homogeneous phi: V(q) = A q + sigma_b^2 by hand.
 */
#include "precise_internal.h"

#include <math.h>
#include "detail.h"

static const double SEARCH_DIGITS = 22, START_DIGITS = 15, Q_MOST = 1e60;

/* V(q) and V'(q). */
static fj_status length_map(const fj_precise_problem *problem, const fj_precise_rule *rule,
                            const mpfr_t q, mpfr_t next, mpfr_t slope)
{
    fj_precise_law *law = fj_precise_law_new(&problem->spec, q, rule);
    if (!law)
        return FJ_NO_MEMORY;
    mpfr_t a;
    mpfr_init2(a, rule->plan.prec);
    fj_status status = fj_precise_line_lengths(law, next, slope);
    fj_precise_read(a, problem->sigma_w);
    mpfr_sqr(a, a, MPFR_RNDN);
    mpfr_mul(next, next, a, MPFR_RNDN);
    mpfr_mul(slope, slope, a, MPFR_RNDN);
    mpfr_set_zero(a, 1);
    if (problem->sigma_b)
        fj_precise_read(a, problem->sigma_b);
    mpfr_sqr(a, a, MPFR_RNDN);
    mpfr_add(next, next, a, MPFR_RNDN);
    mpfr_clear(a);
    fj_precise_law_free(law);
    return status;
}

/* A homogeneous phi at any precision; which way it fails, if it does, is decided exactly up to rounding. */
static fj_status homogeneous(const fj_precise_problem *problem, const fj_precise_rule *rule,
                             mpfr_t q)
{
    mpfr_t a, b, one;
    mpfr_inits2(rule->plan.prec, a, b, one, (mpfr_ptr)0);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    fj_status status = length_map(problem, rule, one, b, a);
    mpfr_set_zero(b, 1);
    if (problem->sigma_b)
        fj_precise_read(b, problem->sigma_b);
    mpfr_sqr(b, b, MPFR_RNDN);
    mpfr_ui_sub(a, 1, a, MPFR_RNDN);
    const bool marginal = fabsl(mpfr_get_ld(a, MPFR_RNDN)) < 1e6L * rule->plan.floor;
    if (status == FJ_OK && (marginal ? mpfr_sgn(b) > 0 : mpfr_sgn(a) < 0))
        status = FJ_NO_FIXED_POINT;
    if (marginal)
        mpfr_set_ui(q, 1, MPFR_RNDN);
    else
        mpfr_div(q, b, a, MPFR_RNDN);
    mpfr_clears(a, b, one, (mpfr_ptr)0);
    return status;
}

typedef struct search {
    const fj_precise_problem *problem;
    fj_precise_rule rule;
    mpfr_t next, slope, low, high; /* the bracket */
    double zero_below;             /* below this q* is 0; 0: never */
} search;

/* Where V(q) < q all the way down, this near to 0 V'(0) alone decides. */
static double zero_threshold(search *at)
{
    mpfr_t zero;
    mpfr_init2(zero, at->rule.plan.prec);
    mpfr_set_zero(zero, 1);
    fj_precise_law *law = fj_precise_law_new(&at->problem->spec, zero, &at->rule);
    double threshold = 0;
    if (law) {
        mpfr_set_zero(at->low, 1);
        fj_precise_phi_value(&law->phi, at->high, at->low);
        if (mpfr_zero_p(at->high) &&
            length_map(at->problem, &at->rule, zero, at->next, at->slope) == FJ_OK &&
            mpfr_zero_p(at->next) && mpfr_cmp_ui(at->slope, 1) <= 0) {
            mpfr_ui_sub(at->high, 1, at->slope, MPFR_RNDN);
            const double gap = mpfr_get_d(at->high, MPFR_RNDN);
            threshold = gap > 0 ? fmin(1e-8, 1e-4 * gap * gap) : 1e-8;
        }
    }
    fj_precise_law_free(law);
    mpfr_clear(zero);
    return threshold;
}

/* The bracket of the first change of sign on the way from 1. */
static fj_status march(search *at, mpfr_t q)
{
    enum { MOST = 8000 };
    mpfr_t before;
    at->zero_below = zero_threshold(at);
    mpfr_init2(before, at->rule.plan.prec);
    mpfr_set_ui(q, 1, MPFR_RNDN);
    mpfr_set(before, q, MPFR_RNDN);
    int direction = 0;
    fj_status status = FJ_OK;
    for (int round = 0; round < MOST; round++) {
        status = length_map(at->problem, &at->rule, q, at->next, at->slope);
        const int sign = mpfr_cmp(at->next, q);
        if (status != FJ_OK || sign == 0 || (direction && sign != direction))
            break;
        direction = sign;
        const double here = mpfr_get_d(q, MPFR_RNDN);
        if (direction < 0 && here < at->zero_below) {
            mpfr_set_zero(q, 1);
            break;
        }
        if (here > Q_MOST) {
            status = FJ_NO_FIXED_POINT;
            break;
        }
        mpfr_set(before, q, MPFR_RNDN);
        mpfr_mul_d(q, q, direction > 0 ? (here < 1e6 ? 1.25 : 10) : (here > 1e-4 ? 0.8 : 0.1),
                   MPFR_RNDN);
    }
    const int up = mpfr_cmp(before, q) < 0;
    mpfr_set(at->low, up ? before : q, MPFR_RNDN);
    mpfr_set(at->high, up ? q : before, MPFR_RNDN);
    mpfr_clear(before);
    return status;
}

/* Newton, or bisection where that leaves the bracket. */
static fj_status close_in(search *at, mpfr_t q)
{
    enum { MOST = 100 };
    mpfr_t step;
    mpfr_init2(step, at->rule.plan.prec);
    fj_status status = FJ_OK;
    /* V(low) > low where the recursion is drawn to q* */
    mpfr_set(q, at->low, MPFR_RNDN);
    status = length_map(at->problem, &at->rule, q, at->next, at->slope);
    const int sign_low = mpfr_cmp(at->next, q);
    mpfr_add(q, at->low, at->high, MPFR_RNDN);
    mpfr_div_2ui(q, q, 1, MPFR_RNDN);
    for (int round = 0; round < MOST && status == FJ_OK && sign_low; round++) {
        status = length_map(at->problem, &at->rule, q, at->next, at->slope);
        mpfr_set(mpfr_cmp(at->next, q) == sign_low ? at->low : at->high, q, MPFR_RNDN);
        mpfr_sub(step, at->next, q, MPFR_RNDN);
        mpfr_ui_sub(at->slope, 1, at->slope, MPFR_RNDN);
        mpfr_div(step, step, at->slope, MPFR_RNDN);
        const double size = fabs(mpfr_get_d(step, MPFR_RNDN)) / mpfr_get_d(q, MPFR_RNDN);
        mpfr_add(q, q, step, MPFR_RNDN);
        if (!(mpfr_cmp(q, at->low) > 0 && mpfr_cmp(q, at->high) < 0)) {
            mpfr_add(q, at->low, at->high, MPFR_RNDN);
            mpfr_div_2ui(q, q, 1, MPFR_RNDN);
        }
        if (size < pow(10, -START_DIGITS))
            break;
    }
    mpfr_clear(step);
    return status;
}

fj_status fj_precise_fixed_point_find(fj_precise_problem *problem, fj_detail *detail)
{
    search at = {.problem = problem};
    const fj_precise_plan plan = fj_precise_plan_for(SEARCH_DIGITS, 0);
    fj_status status = fj_precise_rule_make(&at.rule, &plan);
    if (status != FJ_OK)
        return fj_fail(detail, status, "no memory for a quadrature rule");
    mpfr_inits2(plan.prec, at.next, at.slope, at.low, at.high, (mpfr_ptr)0);
    mpfr_set_prec(problem->q_start, plan.prec);
    mpfr_set_zero(problem->q_start, 1);
    fj_precise_phi phi;
    fj_precise_phi_init(&phi, &problem->spec, plan.prec);
    if (fj_precise_phi_homogeneous(&phi)) {
        status = homogeneous(problem, &at.rule, problem->q_start);
    } else {
        status = march(&at, problem->q_start);
        if (status == FJ_OK && mpfr_sgn(problem->q_start) > 0)
            status = close_in(&at, problem->q_start);
    }
    fj_precise_phi_clear(&phi);
    mpfr_clears(at.next, at.slope, at.low, at.high, (mpfr_ptr)0);
    fj_precise_rule_free(&at.rule);
    if (status == FJ_NO_FIXED_POINT)
        return fj_fail(detail, status,
                       "sigma_w = %s, sigma_b = %s: from q = 1 on q grows without bound; "
                       "take a smaller sigma_w",
                       problem->sigma_w, problem->sigma_b ? problem->sigma_b : "0");
    if (status != FJ_OK)
        return fj_fail(
            detail, status,
            "sigma_w = %s, sigma_b = %s: the fixed point of the length map was not found",
            problem->sigma_w, problem->sigma_b ? problem->sigma_b : "0");
    return FJ_OK;
}

/* One step of Newton at q. */
static fj_status newton_step(const fj_precise_problem *problem, const fj_precise_rule *rule,
                             mpfr_t q)
{
    mpfr_t next, slope, here;
    mpfr_inits2(rule->plan.prec, next, slope, here, (mpfr_ptr)0);
    mpfr_set(here, q, MPFR_RNDN);
    fj_status status = length_map(problem, rule, here, next, slope);
    mpfr_sub(next, next, here, MPFR_RNDN);
    mpfr_ui_sub(slope, 1, slope, MPFR_RNDN);
    mpfr_div(next, next, slope, MPFR_RNDN);
    mpfr_add(q, here, next, MPFR_RNDN);
    mpfr_clears(next, slope, here, (mpfr_ptr)0);
    return status;
}

fj_status fj_precise_fixed_point_polish(const fj_precise_problem *problem,
                                        const fj_precise_rule *rule, double digits, int which,
                                        mpfr_t q)
{
    mpfr_set(q, problem->q_start, MPFR_RNDN);
    fj_precise_phi phi;
    fj_precise_phi_init(&phi, &problem->spec, rule->plan.prec);
    const bool by_hand = fj_precise_phi_homogeneous(&phi);
    fj_precise_phi_clear(&phi);
    if (by_hand)
        return homogeneous(problem, rule, q);
    if (mpfr_zero_p(q))
        return FJ_OK;
    fj_status status = FJ_OK;
    double known = START_DIGITS - 2;
    for (; 2 * known < digits && status == FJ_OK; known = 2 * known - 2) {
        fj_precise_rule low;
        const fj_precise_plan plan = fj_precise_plan_for(2 * known + 8, which);
        status = fj_precise_rule_make(&low, &plan);
        if (status == FJ_OK) {
            status = newton_step(problem, &low, q);
            fj_precise_rule_free(&low);
        }
    }
    if (status == FJ_OK)
        status = newton_step(problem, rule, q);
    return status == FJ_OK && !(mpfr_number_p(q) && mpfr_sgn(q) > 0) ? FJ_NO_CONVERGENCE : status;
}
