/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws in arbitrary precision for tests: making them, reading their texts. */
#ifndef FJ_TESTS_PRECISE_SAMPLE_H
#define FJ_TESTS_PRECISE_SAMPLE_H

#include <stdbool.h>
#include <mpfr.h>
#include <freejac/precise.h>
#include "sample.h"

enum { PRECISE_SAMPLE_BITS = 256 };

/* The law at q, or, with q NULL, at the sigmas; fails the test if there is none. */
static inline fj_precise *precise_make(const fj_precise_network *network, unsigned digits)
{
    fj_precise_options options = fj_precise_options_default();
    fj_precise *precise = NULL;
    fj_detail detail = {""};
    options.digits = digits;
    const fj_status status = fj_precise_create(network, &options, &precise, &detail);
    ck_assert_msg(status == FJ_OK, "%s, depth %llu, q %s, sigma_w %s, %u digits: %s (%s)",
                  network->activation, (unsigned long long)network->depth,
                  network->q ? network->q : "-", network->sigma_w ? network->sigma_w : "-", digits,
                  fj_status_message(status), detail.text);
    return precise;
}

/* The number of a text, NaN if it has none. */
static inline double precise_double(fj_precise_number x)
{
    return x.text ? strtod(x.text, NULL) : (double)NAN;
}

/* The text is `want`, in units of its last digit off by less than one. */
static inline void precise_assert_text(fj_precise_number got, const mpfr_t want, unsigned digits,
                                       const char *what)
{
    ck_assert_msg(got.status == FJ_OK && got.text, "%s: %s", what, fj_status_message(got.status));
    mpfr_t x, unit;
    mpfr_inits2(mpfr_get_prec(want), x, unit, (mpfr_ptr)0);
    mpfr_set_str(x, got.text, 10, MPFR_RNDN);
    mpfr_sub(x, x, want, MPFR_RNDN);
    if (!mpfr_zero_p(x)) {
        const char *exponent = strchr(got.text, 'e');
        ck_assert_msg(exponent != NULL, "%s: got %s, which is not it", what, got.text);
        mpfr_set_si(unit, strtol(exponent + 1, NULL, 10) - (long)digits + 1, MPFR_RNDN);
        mpfr_exp10(unit, unit, MPFR_RNDN);
        mpfr_div(x, x, unit, MPFR_RNDN);
        if (!(fabs(mpfr_get_d(x, MPFR_RNDN)) < 1)) {
            char *text = NULL;
            mpfr_asprintf(&text, "%.*Re", (int)digits + 3, want);
            ck_abort_msg("%s: got %s, want %s, off by %.3g units", what, got.text, text,
                         mpfr_get_d(x, MPFR_RNDN));
        }
    }
    mpfr_clears(x, unit, (mpfr_ptr)0);
}

/* |got - want|, relative to want or absolute, is within `most`, a text; NaN agrees with nothing. */
static inline bool precise_agree(const mpfr_t got, const mpfr_t want, bool absolute,
                                 const char *most)
{
    mpfr_t off, limit;
    mpfr_inits2(PRECISE_SAMPLE_BITS, off, limit, (mpfr_ptr)0);
    mpfr_set_str(limit, most, 10, MPFR_RNDN);
    mpfr_sub(off, got, want, MPFR_RNDA);
    if (!absolute)
        mpfr_mul(limit, limit, want, MPFR_RNDN);
    const bool good = !mpfr_nan_p(off) && mpfr_cmpabs(off, limit) <= 0;
    mpfr_clears(off, limit, (mpfr_ptr)0);
    return good;
}

/* The same of two texts; what is no number agrees with nothing. */
static inline bool precise_texts_agree(const char *got, const char *want, bool absolute,
                                       const char *most)
{
    mpfr_t a, b;
    mpfr_inits2(PRECISE_SAMPLE_BITS, a, b, (mpfr_ptr)0);
    const bool good = mpfr_set_str(a, got, 10, MPFR_RNDN) == 0 &&
                      mpfr_set_str(b, want, 10, MPFR_RNDN) == 0 &&
                      precise_agree(a, b, absolute, most);
    mpfr_clears(a, b, (mpfr_ptr)0);
    return good;
}

/* Both exist and agree relatively, or neither does. */
static inline void precise_assert_near(fj_precise_number got, double want, double tolerance,
                                       const char *what, const char *which)
{
    char name[320];
    snprintf(name, sizeof name, "%s: %s", what, which);
    if (isnan(want) || isinf(want)) {
        ck_assert_msg(got.status == FJ_RANGE && !got.text, "%s: got %s, status %d", name,
                      got.text ? got.text : "-", got.status);
        return;
    }
    ck_assert_msg(got.status == FJ_OK && got.text, "%s: %s", name, fj_status_message(got.status));
    fj_assert_near(precise_double(got), want, tolerance, name);
}

#endif
