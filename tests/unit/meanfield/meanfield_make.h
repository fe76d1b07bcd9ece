/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activations and mean fields that must exist. */
#ifndef FJ_TESTS_MEANFIELD_MAKE_H
#define FJ_TESTS_MEANFIELD_MAKE_H

#include <freejac/meanfield.h>
#include "../tap.h"

static inline fj_activation *make(const char *spec)
{
    fj_activation *a;
    ck_assert_int_eq(fj_activation_create(spec, &a, NULL), FJ_OK);
    return a;
}

static inline fj_meanfield critical(const fj_activation *a, double q)
{
    fj_meanfield m;
    fj_detail detail = {""};
    ck_assert_msg(fj_meanfield_critical(a, q, &m, &detail) == FJ_OK, "%s", detail.text);
    return m;
}

static inline fj_meanfield solve(const fj_activation *a, double sigma_w, double sigma_b, double q0)
{
    fj_meanfield m;
    fj_detail detail = {""};
    ck_assert_msg(fj_meanfield_solve(a, sigma_w, sigma_b, q0, &m, &detail) == FJ_OK, "%s",
                  detail.text);
    return m;
}

#endif
