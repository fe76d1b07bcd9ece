/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random activations and networks, and how much of them: FJ_TEST_SCALE multiplies the number of samples. */
#ifndef FJ_TESTS_SAMPLE_H
#define FJ_TESTS_SAMPLE_H

#include <freejac/spectrum.h>
#include <string.h>
#include "average.h"
#include "tap.h"

/* n, times FJ_TEST_SCALE */
static inline int fj_test_times(int n)
{
    const char *text = getenv("FJ_TEST_SCALE");
    double scale = text ? strtod(text, NULL) : 1;
    return scale > 0 ? (int)ceil(n * scale) : n;
}

static inline fj_activation *fj_test_make(const char *spec)
{
    fj_activation *a = NULL;
    fj_detail detail = {""};
    fj_status status = fj_activation_create(spec, &a, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", spec, detail.text);
    return a;
}

/* Writes the spec of kind i, its parameters random. */
static inline void fj_test_spec(fj_test_random *r, size_t i, char *spec, size_t room)
{
    fj_activation_info info;
    ck_assert_int_eq(fj_activation_describe(i, &info), FJ_OK);
    if (strcmp(info.name, "leaky-relu") == 0)
        snprintf(spec, room, "leaky-relu:slope=%.17g", fj_test_uniform(r, 0.01, 0.9));
    else if (strcmp(info.name, "softplus") == 0)
        snprintf(spec, room, "softplus:beta=%.17g", fj_test_loguniform(r, 0.2, 5));
    else if (strcmp(info.name, "elu") == 0)
        snprintf(spec, room, "elu:alpha=%.17g", fj_test_loguniform(r, 0.1, 2));
    else
        snprintf(spec, room, "%s", info.name);
}

/* The critical network at q, also where no sigma_b would make q a fixed point: the law does not depend on sigma_b. */
static inline fj_network_run fj_test_network(const fj_activation *a, fj_weights weights,
                                             uint64_t depth, double q)
{
    fj_averages v;
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    return (fj_network_run){a, weights, depth, 1 / sqrt(v.mu1), 0, 1, q, 1};
}

/* Where the density may be left out, but not F. */
static inline int fj_test_is_end(const fj_spectrum *law, double log_s)
{
    const fj_spectrum_interval *interval;
    const size_t n = fj_spectrum_intervals(law, &interval);
    int end = 0;
    for (size_t i = 0; i < n; i++)
        end |= log_s == interval[i].log_s_min || log_s == interval[i].log_s_max;
    return end;
}

static inline void fj_test_network_name(const fj_network_run *net, char *what, size_t room)
{
    snprintf(what, room, "%s, %s, depth %llu, q = %.17g", fj_activation_name(net->activation),
             net->weights == FJ_WEIGHTS_GAUSSIAN ? "gaussian" : "orthogonal",
             (unsigned long long)net->count, net->q);
}

static inline fj_spectrum *fj_test_spectrum(fj_network_run *net)
{
    fj_spectrum *s = NULL;
    fj_detail detail = {""};
    char what[160];
    fj_test_network_name(net, what, sizeof what);
    fj_status status = fj_spectrum_create(&(fj_network){1, 1, 0, net}, &s, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", what, detail.text);
    return s;
}

#endif
