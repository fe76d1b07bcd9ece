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

typedef enum fj_parity { FJ_PARITY_NONE, FJ_PARITY_ODD, FJ_PARITY_EVEN } fj_parity;

/* A kind of activation, as the table of built-in ones describes it. All strings are static. */
typedef struct fj_activation_info {
    const char *name;       /* "leaky-relu" */
    const char *formula;    /* "x for x > 0, slope x for x <= 0" */
    const char *parameters; /* with defaults, "slope=0.01"; "" where there are none */
    const char *remark;     /* what is special: atoms of phi'^2, kinks, bounds */
    fj_parity parity;       /* of phi, at the default parameters */
} fj_activation_info;

/* Number of built-in kinds, and a description of the i-th, 0 <= i < count. FJ_INVALID for any other i. O(1). */
FJ_API size_t fj_activation_count(void);
FJ_API fj_status fj_activation_describe(size_t i, fj_activation_info *info);

/* Makes an activation from "NAME" or "NAME:key=value,...", e.g. "tanh", "elu:alpha=0.5".
 * Ownership: *out is the caller's, to be freed with fj_activation_destroy; NULL on failure.
 * FJ_UNKNOWN: no such name or key. FJ_INVALID: a value that is no number or outside its domain, or NULL.
 * FJ_NO_MEMORY. Cost: one small allocation. */
FJ_API fj_status fj_activation_create(const char *spec, fj_activation **out, fj_detail *detail);
FJ_API void fj_activation_destroy(fj_activation *activation); /* NULL does nothing */

/* "NAME:key=value,..." with every parameter filled in; lives as long as the activation. */
FJ_API const char *fj_activation_name(const fj_activation *activation);

/* phi(x), phi'(x), phi''(x) at real x; at a kink phi' and phi'' take the value from the right. phi'' leaves out the
 * deltas at kinks. Cost: one or two special functions. */
FJ_API double fj_activation_value(const fj_activation *activation, double x);
FJ_API double fj_activation_slope(const fj_activation *activation, double x);
FJ_API double fj_activation_curvature(const fj_activation *activation, double x);

/* Parity of phi; the kinks (points where phi' or a higher derivative jumps), ascending: returns their number and
 * writes at most n of them to x (x may be NULL if n is 0). */
FJ_API fj_parity fj_activation_parity(const fj_activation *activation);
FJ_API size_t fj_activation_kinks(const fj_activation *activation, double *x, size_t n);

/* 1 if phi(c x) = c phi(x) for every c > 0 (linear, relu, leaky-relu): then nothing depends on q. Else 0. */
FJ_API int fj_activation_is_homogeneous(const fj_activation *activation);

#ifdef __cplusplus
}
#endif
#endif
