/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: the laws of identical layers in arbitrary precision. */
#ifndef FREEJAC_PRECISE_H
#define FREEJAC_PRECISE_H

#include <stddef.h>
#include <stdint.h>
#include <freejac/network.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    FJ_PRECISE_DIGITS_MAX = 1000 /* so many digits can be asked for at most */
};

/* The network of identical layers, and where it stands. Numbers come in as text and are meant
 * exactly: decimal ("0.3", "2.5e-7") or hexadecimal ("0x1.8p-3", which is any double to its last
 * bit). All dimensionless. */
typedef struct fj_precise_network {
    const char *
        activation; /* a built-in one, as fj_activation_create takes it; parameters exactly as written */
    fj_weights weights; /* law of the weight matrices */
    uint64_t depth;     /* 1 to 1e15 identical square layers */
    const char
        *q; /* on the critical line at q* = q; or NULL: at sigma_w, sigma_b, where q* follows */
    const char *sigma_w,
        *sigma_b; /* standard deviations; sigma_b NULL is 0. Not read where q is given */
} fj_precise_network;

/* How precisely, and on how many threads; start from fj_precise_options_default. */
typedef struct fj_precise_options {
    unsigned
        digits; /* significant decimal digits of every result, 1 to FJ_PRECISE_DIGITS_MAX (30) */
    unsigned threads;       /* at most so many, for points; 0: one for each processor (0) */
    fj_progress *progress;  /* counts points; NULL: none (NULL) */
    void *progress_context; /* handed to it (NULL) */
} fj_precise_options;

/* The defaults, given in brackets at each member. O(1). */
FJ_API fj_precise_options fj_precise_options_default(void);

/* A result: decimal text ("1.0249e+00", "0", "inf") of `digits` significant digits, wrong by less than one unit of the
 * last; or status FJ_NO_CONVERGENCE (the digits could not be established) or FJ_RANGE (the quantity does not exist or is
 * not finite), and text NULL. */
typedef struct fj_precise_number {
    char *text;       /* the digits; NULL where there are none */
    fj_status status; /* FJ_OK where there are */
} fj_precise_number;

/* Frees the texts of number[0..n-1] and leaves them empty. O(n). */
FJ_API void fj_precise_numbers_clear(fj_precise_number *number, size_t n);

/* A law in arbitrary precision. Immutable; may be shared between threads. */
typedef struct fj_precise fj_precise;

/* Finds mean field, edges, atoms, mean and variance of the law of a network. Each number is computed twice, at two precisions
 * with two differently placed rules, and again with more of both until they agree beyond `digits`.
 * Ownership: *out is the caller's, freed by fj_precise_destroy; NULL on failure. network and options are needed during the
 * call only. options NULL: the defaults.
 * FJ_INVALID, FJ_UNKNOWN: a number, a name or an option outside its domain. FJ_UNSUPPORTED: a formula. FJ_INFEASIBLE: the
 * critical line has no such point; FJ_NO_FIXED_POINT; FJ_NO_CONVERGENCE: edges could not be found; FJ_NO_MEMORY (of its own:
 * MPFR itself aborts where memory ends).
 * Cost at 30 digits: 0.01 to 0.7 seconds (hard-tanh, GELU); at 100: 0.05 to 5. Source: src/THEORY.md, 3 and 10. */
FJ_API fj_status fj_precise_create(const fj_precise_network *network,
                                   const fj_precise_options *options, fj_precise **out,
                                   fj_detail *detail);

/* Frees a law; NULL does nothing. O(1). */
FJ_API void fj_precise_destroy(fj_precise *precise);

/* Where the network stands, as in freejac/meanfield.h. */
typedef struct fj_precise_meanfield {
    fj_precise_number q_star; /* the fixed point */
    fj_precise_number sigma_w,
        sigma_b;             /* standard deviations of weights (times sqrt(fan-in)) and biases */
    fj_precise_number chi;   /* sigma_w^2 E[phi'^2] */
    fj_precise_number slope; /* of the length map at q* */
} fj_precise_meanfield;

/* The mean field; it lives as long as `precise`. O(1). */
FJ_API const fj_precise_meanfield *fj_precise_where(const fj_precise *precise);

/* An interval of the continuous part, in s. */
typedef struct fj_precise_interval {
    fj_precise_number s_min, s_max; /* its ends; s_max is "inf" where there is no upper edge */
} fj_precise_interval;

/* A singular value that a part of all has. */
typedef struct fj_precise_atom {
    fj_precise_number s;    /* itself */
    fj_precise_number mass; /* which part */
} fj_precise_atom;

/* The intervals and the atoms, both ascending: *intervals and *atoms point to them, as long as `precise` lives. Return the
 * number of them. O(1). */
FJ_API size_t fj_precise_intervals(const fj_precise *precise,
                                   const fj_precise_interval **intervals);
FJ_API size_t fj_precise_atoms(const fj_precise *precise, const fj_precise_atom **atoms);

/* What sums up the law of lambda = s^2. */
typedef struct fj_precise_summary {
    fj_precise_number mean, variance; /* E[lambda], Var[lambda] */
    fj_precise_number mean_log;       /* E[log lambda]; FJ_RANGE where it is not finite */
} fj_precise_summary;

/* The summary; it lives as long as `precise`. O(1). */
FJ_API const fj_precise_summary *fj_precise_lambda(const fj_precise *precise);

/* The moments E[lambda^k], k = 1..n, into moment[0..n-1], whose texts are the caller's, freed by
 * fj_precise_numbers_clear, also after a failure. FJ_NO_CONVERGENCE where one carries that status; FJ_INVALID for NULL;
 * FJ_NO_MEMORY. Cost: O(n^3) and 2n gaussian expectations. */
FJ_API fj_status fj_precise_moments(const fj_precise *precise, size_t n, fj_precise_number *moment);

/* The law at a point. s is as given, in decimal; log10 of 0: FJ_RANGE. */
typedef struct fj_precise_point {
    fj_precise_number density;       /* continuous part, per unit s; "0" outside the support */
    fj_precise_number cdf;           /* P(singular value <= s), atoms included */
    fj_precise_number log10_s;       /* of s */
    fj_precise_number density_log10; /* per unit log10 s: density s log(10) */
} fj_precise_point;

/* The law at n points s[i] >= 0, in any order; out has room for n; the texts are the caller's, freed by
 * fj_precise_points_clear, also after a failure. options NULL: those of the law with the default progress and threads; its
 * digits are not read. FJ_OK; FJ_NO_CONVERGENCE if some number carries that status; FJ_INVALID (a text that is no number
 * >= 0, or NULL: nothing is computed), FJ_CANCELLED, FJ_NO_MEMORY.
 * Cost of a point: at 30 digits 0.5 to 30 milliseconds (hard-tanh, GELU), at 100 1 to 200. */
FJ_API fj_status fj_precise_eval(const fj_precise *precise, const char *const *s, size_t n,
                                 const fj_precise_options *options, fj_precise_point *out,
                                 fj_detail *detail);

/* Frees the texts of point[0..n-1] and leaves them empty. O(n). */
FJ_API void fj_precise_points_clear(fj_precise_point *point, size_t n);

/* The quantile: the least s with cdf(s) >= p, 0 <= p <= 1, as decimal text. out->text is the caller's, freed by
 * fj_precise_numbers_clear. Returns out->status: FJ_OK; FJ_NO_CONVERGENCE; FJ_RANGE; FJ_NO_MEMORY; FJ_INVALID for a p that is no
 * number from 0 to 1, or NULL. Cost: ten to forty points. */
FJ_API fj_status fj_precise_quantile(const fj_precise *precise, const char *p,
                                     fj_precise_number *out);

#ifdef __cplusplus
}
#endif
#endif
