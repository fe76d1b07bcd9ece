/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rule for an activation at q, and how accurate it must be. */
#ifndef FJ_TESTS_RULE_MAKE_H
#define FJ_TESTS_RULE_MAKE_H

#include "activation_internal.h"
#include "rule.h"
#include "../sample.h"

/* Relative error of u that an evaluation may be worth: rounding of nodes and poles for the trapezoid; for panels, whose
 * polynomials know log t to 4e-15 and lose two digits off the axis, what fj_spectrum takes for the quadrature's accuracy. */
static const double TRAPEZOID = 64 * DBL_EPSILON, PANELS = 1e-12;
static inline double accuracy(const fj_activation *a)
{
    return a->kind->poles || a->pieces == 0 ? TRAPEZOID : PANELS;
}

static inline fj_rule *make_rule(const fj_activation *a, double q, double *mu1)
{
    fj_averages v;
    fj_rule *rule;
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    *mu1 = v.mu1;
    fj_status status = fj_rule_create(a, q, NULL, &rule);
    ck_assert_msg(status == FJ_OK, "%s at q = %g: %s", fj_activation_name(a), q,
                  fj_status_message(status));
    return rule;
}

#endif
