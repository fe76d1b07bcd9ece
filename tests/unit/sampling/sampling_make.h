/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks and samples that several tests of sampling make. */
#ifndef FJ_TESTS_SAMPLING_MAKE_H
#define FJ_TESTS_SAMPLING_MAKE_H

#include <freejac/freejac.h>
#include "statistics.h"

static fj_activation *tanh_activation, *gelu_activation;

static inline void setup(void)
{
    ck_assert_int_eq(fj_activation_create("tanh", &tanh_activation, NULL), FJ_OK);
    ck_assert_int_eq(fj_activation_create("gelu", &gelu_activation, NULL), FJ_OK);
}

static inline void teardown(void)
{
    fj_activation_destroy(tanh_activation);
    fj_activation_destroy(gelu_activation);
}

static inline fj_network_run run_of(const fj_activation *a, fj_weights weights, uint64_t depth)
{
    return (fj_network_run){a, weights, depth, 1.2, 0.1, 1, 0.4, 1};
}

static inline fj_samples *samples_of(fj_network_run *run, const fj_sampling_options *options)
{
    fj_samples *samples = NULL;
    fj_detail detail = {""};
    const fj_network network = {1, 1, 0, run};
    ck_assert_msg(fj_samples_create(&network, options, &samples, &detail) == FJ_OK, "%s",
                  detail.text);
    return samples;
}

static inline void refuse(const fj_network *network, const fj_sampling_options *options,
                          fj_status status, const char *word)
{
    fj_samples *samples = (fj_samples *)&samples;
    fj_detail detail = {""};
    ck_assert_int_eq(fj_samples_create(network, options, &samples, &detail), status);
    ck_assert_ptr_null(samples);
    ck_assert_msg(strstr(detail.text, word) != NULL, "'%s' does not say '%s'", detail.text, word);
    ck_assert_int_eq(fj_samples_create(network, options, &samples, NULL), status);
}

#endif
