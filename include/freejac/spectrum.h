/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the law of the singular values of the Jacobian. */
#ifndef FREEJAC_SPECTRUM_H
#define FREEJAC_SPECTRUM_H

#include <stddef.h>
#include <freejac/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The law of the singular values s (lambda = s^2) of J. All allocation happens at creation; immutable, may be shared
 * between threads. What a query returns does not depend on other queries. (Of layers that differ the lower part is worked out when it is
 * first asked for: such a query takes longer, and others at the same time may wait for it.) */
typedef struct fj_spectrum fj_spectrum;

/* The law at one point. Where s or density leaves the range of double, the logarithmic fields still hold. */
typedef struct fj_spectrum_point {
    double s;     /* 0 where exp(log_s) underflows */
    double log_s; /* natural logarithm of s */
    double
        density; /* continuous part, per unit s; infinity where it overflows; NaN at an end of an interval
                           * where it need not vanish (it may diverge, or leap): F is known there */
    double density_log10; /* the same per unit log10(s): density * s * log(10) */
    double cdf;           /* P(singular value <= s), atoms included; its rounding is that of 1 */
    double error;         /* estimated relative error of density (absolute where density is 0) */
    fj_status status;     /* FJ_OK, or FJ_NO_CONVERGENCE: then density and cdf are NaN */
} fj_spectrum_point;

/* A singular value that a part of all has. */
typedef struct fj_spectrum_atom {
    double s, log_s; /* itself and its natural logarithm; s = 0: log_s = -infinity */
    double mass;     /* which part, above 0, at most 1 */
} fj_spectrum_atom;

/* One interval of the support of the continuous part, in s; natural logarithms beside (-infinity for s = 0,
 * +infinity for an interval without upper edge). */
typedef struct fj_spectrum_interval {
    double s_min, s_max; /* its ends */
    double log_s_min,
        log_s_max; /* their logarithms, which hold where the former under- or overflow */
} fj_spectrum_interval;

/* Builds the law of `network`. detail (may be NULL) says on failure what to do.
 * Ownership: *out is the caller's, freed by fj_spectrum_destroy; NULL on failure. The network is copied, its activations are
 * borrowed and must outlive the law.
 * FJ_INVALID: NULL, an empty network, a run outside its range. FJ_UNSUPPORTED: a depth above 1e15. FJ_NO_MEMORY. FJ_NO_CONVERGENCE: an expectation,
 * an edge or an atom was not obtained. Cost: a few hundred gaussian expectations for each different layer, independent
 * of depth.
 * Source: Pennington, Schoenholz, Ganguli 2017, section 2.3; src/THEORY.md. */
FJ_API fj_status fj_spectrum_create(const fj_network *network, fj_spectrum **out,
                                    fj_detail *detail);

/* Frees a law, which nothing may use any more; NULL does nothing. O(1). */
FJ_API void fj_spectrum_destroy(fj_spectrum *spectrum);

/* Prepares a law of identical layers for many points: Chebyshev series along every interval, from which points and quantiles
 * are answered within the same error estimates, at a tenth of a microsecond each, whatever the activation. Where a series
 * does not reach (tails below 1e-13 of the density, steep falls that would need a patch for each point, next to ends without
 * a square root) points are solved for as before. Laws of layers that differ are series from the beginning; laws of one
 * orthogonal layer and of infinite depth have nothing to prepare.
 * Answers may differ from those before in the last digits: call it before the law is shared between threads, once; more
 * often does nothing.
 * FJ_INVALID for NULL, FJ_NO_MEMORY (the law is as good as before). Cost: some 150 to 800 points. */
FJ_API fj_status fj_spectrum_prepare(fj_spectrum *spectrum);

/* The law at n points given by s[i] >= 0, or by log_s[i] (natural logarithm), in any order; out has room for n.
 * Returns FJ_OK, or FJ_NO_CONVERGENCE if some point carries that status, or FJ_INVALID (a NaN or negative s; nothing
 * is written). Density 0 outside the support. Cost: one to three gaussian expectations a point, 300 kB of stack. */
FJ_API fj_status fj_spectrum_eval(const fj_spectrum *spectrum, const double *s, size_t n,
                                  fj_spectrum_point *out);
FJ_API fj_status fj_spectrum_eval_log(const fj_spectrum *spectrum, const double *log_s, size_t n,
                                      fj_spectrum_point *out);

/* The quantile: *log_s is the logarithm of the least s with cdf(s) >= p, 0 <= p <= 1 (-infinity for s = 0;
 * +infinity for p = 1 where the support has no upper edge).
 * Below p = 1e-6 in a lower tail it is found from the densities there, to as many digits as those have.
 * FJ_INVALID for p outside [0, 1], or NULL; FJ_NO_CONVERGENCE (then *log_s is NaN); FJ_RANGE where s lies below what
 * logarithms of double can follow. Cost: about ten points; some thousands below 1e-6. */
FJ_API fj_status fj_spectrum_quantile(const fj_spectrum *spectrum, double p, double *log_s);

/* The intervals of the continuous part and the atoms, both ascending in s: *intervals and *atoms point to them, as
 * long as the spectrum lives. Return the number of them. O(1). */
FJ_API size_t fj_spectrum_intervals(const fj_spectrum *spectrum,
                                    const fj_spectrum_interval **intervals);
FJ_API size_t fj_spectrum_atoms(const fj_spectrum *spectrum, const fj_spectrum_atom **atoms);

/* The moments m_k = E[lambda^k], k = 1..n, into m[0..n-1]; exact power series, any order (THEORY 3.4).
 * FJ_RANGE if one overflows: it and those after it are +infinity. FJ_NO_CONVERGENCE if one cannot be resolved (high orders
 * of an unbounded phi'): it and those after it are NaN. FJ_INVALID for NULL, FJ_NO_MEMORY. Cost: O(n^3). */
FJ_API fj_status fj_spectrum_moments(const fj_spectrum *spectrum, size_t n, double *m);

/* E[lambda] = chi^L; Var[lambda], without cancellation; E[log lambda], NaN where it is not finite (mass at 0, or too much
 * near it). The first two are infinite where they overflow. O(1). */
FJ_API double fj_spectrum_mean(const fj_spectrum *spectrum);
FJ_API double fj_spectrum_variance(const fj_spectrum *spectrum);
FJ_API double fj_spectrum_mean_log(const fj_spectrum *spectrum);

/* The network it was made for; NULL for a universal law (freejac/limit.h), which no network has. It lives
 * as long as the spectrum. O(1). */
FJ_API const fj_network *fj_spectrum_network(const fj_spectrum *spectrum);

#ifdef __cplusplus
}
#endif
#endif
