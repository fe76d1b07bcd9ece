/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many gaussian expectations were asked for. The linker leads every call from one source of the library to another here
 * (-Wl,--wrap, in this program only), so that the library itself counts nothing. A function that evaluates anew belongs
 * here and in meson.build; calls within one source are not seen. */
#include "bench.h"
#include "rule.h"

static _Thread_local unsigned long long evaluations;

void __real_fj_rule_resolvent(const fj_rule *rule, fj_second second, double complex w,
                              fj_resolvent *out);
void __wrap_fj_rule_resolvent(const fj_rule *rule, fj_second second, double complex w,
                              fj_resolvent *out);
void __real_fj_rule_resolvent_at(const fj_rule *rule, fj_second second, double complex w,
                                 double complex root, fj_resolvent *out);
void __wrap_fj_rule_resolvent_at(const fj_rule *rule, fj_second second, double complex w,
                                 double complex root, fj_resolvent *out);

void __wrap_fj_rule_resolvent(const fj_rule *rule, fj_second second, double complex w,
                              fj_resolvent *out)
{
    evaluations++;
    __real_fj_rule_resolvent(rule, second, w, out);
}

void __wrap_fj_rule_resolvent_at(const fj_rule *rule, fj_second second, double complex w,
                                 double complex root, fj_resolvent *out)
{
    evaluations++;
    __real_fj_rule_resolvent_at(rule, second, w, root, out);
}

double bench_evaluations(void)
{
    return (double)evaluations;
}
