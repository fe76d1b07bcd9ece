/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks of unequal layers for tests: built row by row, or at random. */
#ifndef FJ_TESTS_NETWORK_MAKE_H
#define FJ_TESTS_NETWORK_MAKE_H

#include <freejac/freejac.h>
#include <string.h>
#include "sample.h"

enum { FJ_TEST_ROWS = 128 };

/* A network with the activations it borrows, and its name for messages. */
typedef struct fj_test_net {
    fj_network network;
    fj_activation *activation[FJ_TEST_ROWS];
    size_t rows;
    char what[1200];
} fj_test_net;

static inline void fj_test_net_init(fj_test_net *net, double width)
{
    *net = (fj_test_net){.rows = 0};
    fj_network_init(&net->network, width);
    snprintf(net->what, sizeof net->what, "%.17g", width);
}

static inline void fj_test_net_free(fj_test_net *net)
{
    fj_network_clear(&net->network);
    for (size_t i = 0; i < net->rows; i++)
        fj_activation_destroy(net->activation[i]);
    net->rows = 0;
}

static inline void fj_test_net_push(fj_test_net *net, const fj_network_run *run)
{
    fj_detail detail = {""};
    fj_status status = fj_network_add(&net->network, run, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s", net->what, detail.text);
}

/* Adds `count` layers with sigma_w^2 E[phi'^2] = chi. Equal specs share one activation. */
static inline void fj_test_net_add(fj_test_net *net, const char *spec, fj_weights weights, double q,
                                   double width, double chi, uint64_t count)
{
    fj_averages v;
    fj_activation *a = fj_test_make(spec);
    ck_assert_uint_lt(net->rows, FJ_TEST_ROWS);
    net->activation[net->rows++] = a;
    for (size_t i = 0; i + 1 < net->rows; i++)
        if (strcmp(fj_activation_name(net->activation[i]), fj_activation_name(a)) == 0) {
            fj_activation_destroy(a);
            net->rows--;
            a = net->activation[i];
            break;
        }
    ck_assert_int_eq(fj_averages_at(a, q, &v), FJ_OK);
    size_t used = strlen(net->what);
    snprintf(net->what + used, sizeof net->what - used, " | %s %s q %.17g width %.17g x%llu",
             fj_activation_name(a), weights == FJ_WEIGHTS_GAUSSIAN ? "g" : "o", q, width,
             (unsigned long long)count);
    fj_test_net_push(net,
                     &(fj_network_run){a, weights, count, sqrt(chi / v.mu1), 0, width, q, chi});
}

/* 1 to 5 runs of any activations and weights, q from 0.01 to 3, counts 1 to 20; widths over a factor of 20, or (two in
 * five) all equal. */
static inline void fj_test_net_random(fj_test_net *net, fj_test_random *r)
{
    const int runs = 1 + (int)fj_test_uniform(r, 0, 5), square = fj_test_uniform(r, 0, 1) < 0.4;
    fj_test_net_init(net, 1);
    for (int i = 0; i < runs; i++) {
        char spec[96];
        const size_t kind = (size_t)fj_test_uniform(r, 0, (double)fj_activation_count());
        fj_test_spec(r, kind, spec, sizeof spec);
        const double q = fj_test_loguniform(r, 0.01, 3), some = fj_test_uniform(r, 0, 1);
        const fj_weights weights =
            fj_test_uniform(r, 0, 1) < 0.5 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL;
        const double width = square ? 1 : fj_test_loguniform(r, 1 / sqrt(20), sqrt(20));
        const double chi = fj_test_loguniform(r, 0.9, 1.1);
        fj_test_net_add(net, spec, weights, q, width, chi,
                        some < 0.5 ? 1 : 1 + (uint64_t)(20 * (some - 0.5) * 2));
    }
}

static inline fj_spectrum *fj_test_net_law(const fj_test_net *net)
{
    fj_spectrum *law = NULL;
    fj_detail detail = {""};
    fj_status status = fj_spectrum_create(&net->network, &law, &detail);
    ck_assert_msg(status == FJ_OK, "%s: %s, %s", net->what, fj_status_message(status), detail.text);
    return law;
}

/* Mass of the atom at 0. */
static inline double fj_test_mass_at_zero(const fj_spectrum *law)
{
    const fj_spectrum_atom *atom;
    const size_t atoms = fj_spectrum_atoms(law, &atom);
    return atoms > 0 && atom[0].s == 0 ? atom[0].mass : 0;
}

#endif
