/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A universal law and a point of it, or the test ends. */
#ifndef FJ_TESTS_LIMIT_LAW_H
#define FJ_TESTS_LIMIT_LAW_H

#include <freejac/limit.h>
#include "../tap.h"

static inline fj_spectrum *law_of(fj_limit_class limit_class, double parameter)
{
    fj_spectrum *law;
    fj_detail detail = {""};
    fj_status status = fj_limit_create(limit_class, parameter, &law, &detail);
    ck_assert_msg(status == FJ_OK, "class %d, %g: %s", (int)limit_class, parameter, detail.text);
    return law;
}

static inline fj_spectrum_point at(const fj_spectrum *law, double s)
{
    fj_spectrum_point point;
    fj_status status = fj_spectrum_eval(law, &s, 1, &point);
    ck_assert_msg(status == FJ_OK, "s = %.17g: %s", s, fj_status_message(status));
    return point;
}

#endif
