/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: activation functions phi. */
#ifndef FREEJAC_ACTIVATION_H
#define FREEJAC_ACTIVATION_H

#include <stddef.h>
#include <freejac/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An activation function with its parameters. Immutable after creation; may be shared between threads. */
typedef struct fj_activation fj_activation;

/* Whether a function is odd, even or neither. */
typedef enum fj_parity {
    FJ_PARITY_NONE, /* neither */
    FJ_PARITY_ODD,  /* phi(-x) = -phi(x) */
    FJ_PARITY_EVEN  /* phi(-x) = phi(x) */
} fj_parity;

/* A kind of activation, as the table of built-in ones describes it. All strings are static. */
typedef struct fj_activation_info {
    const char *name;       /* "leaky-relu" */
    const char *formula;    /* "x for x > 0, slope x for x <= 0" */
    const char *parameters; /* with defaults, "slope=0.01"; "" where there are none */
    const char *remark;     /* what is special: atoms of phi'^2, kinks, bounds */
    fj_parity parity;       /* of phi, at the default parameters */
} fj_activation_info;

/* Number of built-in kinds, and a description of the i-th, 0 <= i < count, into *info. FJ_INVALID for any other i, or NULL.
 * Thread-safe. O(1). */
FJ_API size_t fj_activation_count(void);
FJ_API fj_status fj_activation_describe(size_t i, fj_activation_info *info);

/* Makes an activation from "NAME" or "NAME:key=value,...", e.g. "tanh", "elu:alpha=0.5", or from a formula in x,
 * "expr:FORMULA" or "expr:FORMULA;kinks=K,...", e.g. "expr:x/(1+exp(-x))". A formula has numbers, x, pi, e, + - * / ^
 * (also **), parentheses, comparisons (1 or 0), where(condition, a, b), and exp log sqrt sin cos tan sinh cosh tanh asinh
 * atan atanh erf erfc expm1 log1p sigmoid softplus relu abs sign step max min. Its derivatives are exact (automatic
 * differentiation), its kinks are found; `kinks` adds points at which the axis is cut in any case. Refused: what is not
 * finite, jumps, or has an unbounded phi' or phi'' at some x, and constants. phi' may grow without bound far out.
 * Ownership: *out is the caller's, to be freed with fj_activation_destroy; NULL on failure.
 * FJ_UNKNOWN: no such name or key, or function in a formula. FJ_INVALID: a value that is no number or outside its domain, a
 * formula with a mistake (detail says at which character), or NULL. FJ_UNSUPPORTED: a formula that is refused, or too
 * long. FJ_UNREADABLE: muParser, which reads formulas and is loaded by the first, cannot be. FJ_NO_MEMORY. Thread-safe.
 * Cost: one small allocation; a formula about 20 thousand evaluations, the first also the loading, a millisecond. */
FJ_API fj_status fj_activation_create(const char *spec, fj_activation **out, fj_detail *detail);

/* Frees an activation, which nothing may use any more; NULL does nothing. O(1). */
FJ_API void fj_activation_destroy(fj_activation *activation);

/* An activation of your own, by callbacks. They are called with `context` from whichever threads use the activation, so they
 * must be thread-safe if it is shared. Start from {0} and fill name, value and slope at least. */
typedef struct fj_activation_custom {
    const char *name;                             /* what outputs print; one line; copied */
    double (*value)(double x, void *context);     /* phi(x) */
    double (*slope)(double x, void *context);     /* phi'(x); at a kink the value from the right */
    double (*curvature)(double x, void *context); /* phi''(x); NULL: by differences of slope */
    const double *kinks; /* points where phi' or a higher derivative jumps, in any order; copied */
    size_t kink_count;   /* their number; phi may have 23 */
    void *context;       /* handed to every callback */
    void (*destroy)(void *context); /* called once, by fj_activation_destroy; may be NULL */
    /* phi'(re + i im) into out[0] + i out[1]; NULL: phi' off the axis follows from slope on it.
     * Between kinks phi' is one analytic function; asked for is the one of the piece in which the
     * real number `at` lies, also where re + i im lies beyond a kink (without kinks `at` says
     * nothing). What is not finite may be NaN. */
    void (*continuation)(double re, double im, double at, double out[2], void *context);
} fj_activation_custom;

/* Makes an activation from callbacks; phi must be analytic between the kinks. The law hangs on phi' off the real axis.
 * Without continuation that follows from slope, which must then be exact to rounding: noise above 1e-14 ends in
 * FJ_NO_CONVERGENCE later.
 * With it noise up to 1e-10 or so, relative, is found and allowed for: laws are wrong by some ten times the noise, more where
 * phi' hardly varies, and error estimates grow with it (exact callbacks: densities come 2 to 10 times nearer than without).
 * Checked: jumps of phi' that are not among the kinks are looked for; slope is compared with differences of value;
 * continuation with slope on the axis, to 1e-8, and its means over small circles around points of the axis, with the
 * factors 1, z and z^2, with what they are for an analytic function.
 * Ownership: as fj_activation_create. On failure destroy is not called: the context stays the caller's.
 * FJ_INVALID: a callback or the name missing or of more than one line, a kink not finite, slope that is not the
 * derivative of value, a continuation that is none of slope. FJ_UNSUPPORTED: refused, as a formula
 * is. FJ_NO_MEMORY. Cost: about 20 thousand calls. */
FJ_API fj_status fj_activation_create_custom(const fj_activation_custom *custom,
                                             fj_activation **out, fj_detail *detail);

/* "NAME:key=value,..." with every parameter filled in, a formula as it was given, or the name of a custom one. The text
 * lives as long as the activation. O(1). */
FJ_API const char *fj_activation_name(const fj_activation *activation);

/* phi(x), phi'(x), phi''(x) at real x; dimensionless. At a kink phi' and phi'' take the value from the right; phi'' leaves
 * out the deltas at kinks. Cost: one or two special functions; of a formula, one evaluation in long double; of a custom one,
 * a few callbacks, ten for a phi'' by differences. */
FJ_API double fj_activation_value(const fj_activation *activation, double x);
FJ_API double fj_activation_slope(const fj_activation *activation, double x);
FJ_API double fj_activation_curvature(const fj_activation *activation, double x);

/* Parity of phi, at its parameters. O(1). */
FJ_API fj_parity fj_activation_parity(const fj_activation *activation);

/* The kinks (points where phi' or a higher derivative jumps), ascending: writes the first n of them to x[0..n-1], fewer if
 * there are fewer, and returns how many there are (x may be NULL if n is 0). O(kinks^2). */
FJ_API size_t fj_activation_kinks(const fj_activation *activation, double *x, size_t n);

/* 1 if phi(c x) = c phi(x) for every c > 0 (linear, relu, leaky-relu): then nothing depends on q. Else 0. O(1). */
FJ_API int fj_activation_is_homogeneous(const fj_activation *activation);

#ifdef __cplusplus
}
#endif
#endif
