/* SPDX-License-Identifier: GPL-3.0-or-later
 * freejac: finite networks, drawn at random, and the singular values of their Jacobians. */
#ifndef FREEJAC_SAMPLING_H
#define FREEJAC_SAMPLING_H

#include <stddef.h>
#include <stdint.h>
#include <freejac/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What feeds the network, always scaled to |x^0|^2/N_0 = g (q^1 - sigma_b^2)/sigma_w^2, so that the preactivations of the
 * first layer have the variance q^1 = run[0].q; g = N_1/N_0 for orthogonal weights that widen, else 1. */
typedef enum fj_input {
    FJ_INPUT_GAUSSIAN, /* independent gaussian numbers */
    FJ_INPUT_CIFAR10 /* an image of CIFAR-10 for each sample, drawn at random from the training set: the N_0 <= 3072
                          numbers nearest to its centre (colours of a pixel together), shifted to mean 0 */
} fj_input;

/* How many networks, how wide, from which seed; start from fj_sampling_options_default. */
typedef struct fj_sampling_options {
    double width;     /* N_0; the other widths follow by their ratios to the network's N_0.
                              0: the network's widths as they stand (0) */
    size_t samples;   /* networks to draw, at least 1 (1) */
    uint64_t seed;    /* which networks (1) */
    unsigned threads; /* at most so many; 0: one for each processor; never more than 64 (0) */
    fj_input input;   /* (FJ_INPUT_GAUSSIAN) */
    const char *
        directory; /* of the images: data_batch_1.bin ... of CIFAR-10's binary version, or the folder that
                              holds cifar-10-batches-bin; read during the call only (NULL) */
    double memory; /* bytes to use at most; 0: nine tenths of what is free (0) */
    fj_progress *
        progress; /* counts layers, over all samples; the singular values of a sample as several; NULL: none */
    void *progress_context; /* handed to it (NULL) */
} fj_sampling_options;

/* The defaults, given in brackets at each member. O(1). */
FJ_API fj_sampling_options fj_sampling_options_default(void);

/* One sampled network. s are the singular values of J, N_L x N_0, on the N_0 side. */
typedef struct fj_sample {
    size_t count;        /* N_0 */
    const double *s;     /* descending; 0 or infinite where exp(log_s) leaves the range of double */
    const double *log_s; /* natural logarithms; -infinity for 0 */
    size_t
        zeros; /* the last so many are exactly 0: N_0 less the rank that N_L and the zeros of every D^l allow */
    size_t noise; /* so many before those lie below exp(log_noise): rounding hides what they are */
    double log_noise; /* log(s[0] eps max(N_0, N_L)), eps = 2^-52 */
    size_t layers;    /* of the two arrays that follow */
    const double *
        q; /* mean of h_i^2 over the neurons of a layer (fj_samples_layers says which); 0 or infinite where
                        it leaves the range of double */
    const double *chi; /* sigma_w^2 times the mean of phi'(h_i)^2 */
    double log_chi;    /* sum of log chi over all layers */
} fj_sample;

/* Sampled networks. Immutable; may be shared between threads. */
typedef struct fj_samples fj_samples;

/* Draws networks as *network describes them: random weights and biases, an input, the forward pass
 *   h^l = W^l x^(l-1) + b^l,  x^l = phi(h^l),   J = prod_l D^l W^l,  D^l = diag(phi'(h^l)),
 * and the singular values of J. Each layer follows from the one before it: q and chi of the runs, but for the first q,
 * are not used. Gaussian W have independent entries N(0, sigma_w^2/N_(l-1)); orthogonal ones are sigma_w times a Haar matrix,
 * or, not square, the first rows or columns of one. NULL for options: the defaults.
 *
 * Sample k depends on the seed and k only: neither on the number of samples nor on that of threads, to the last bit with one
 * build of OpenBLAS on one kind of processor, to about 1e-13 of s[0] between them.
 * While it works OpenBLAS has one thread, in the whole process; afterwards as many as before.
 *
 * Ownership: *out is the caller's, to be freed with fj_samples_destroy; NULL on failure. The network and options are
 * needed during the call only.
 * FJ_INVALID: an empty network, an option outside its domain, a width that is not whole. FJ_INFEASIBLE: sigma_b^2 > q^1 in
 * the first layer, whose biases alone make its preactivations larger. FJ_NO_MEMORY: refused before any work if what it
 * needs is more than allowed (detail names both), or out of memory. FJ_UNREADABLE: images; or OpenBLAS, which is loaded
 * here, by the first call, and by nothing else (detail has the loader's words; a later call tries again). FJ_UNSUPPORTED: a width
 * above 1000000, more than 1e15 layers in all, N_0 > 3072 with images. FJ_RANGE: a network left the range of double (a product
 * that does is scaled, and so is the state of linear, relu and leaky-relu).
 * FJ_NO_CONVERGENCE: LAPACK found no singular values. FJ_CANCELLED: the progress function asked for it.
 * Cost for width N: 2 N^3 multiplications a layer, 8 N^3/3 for the singular values; 16 N^2 bytes a thread, with gaussian
 * weights 24 N^2, and 16 N a sample; 4 milliseconds once, to load OpenBLAS.
 * Source: Pennington et al. 2017, section 2.2; Stewart 1980 and Mezzadri 2007 for Haar matrices. */
FJ_API fj_status fj_samples_create(const fj_network *network, const fj_sampling_options *options,
                                   fj_samples **out, fj_detail *detail);

/* Frees all samples; NULL does nothing. O(1). */
FJ_API void fj_samples_destroy(fj_samples *samples);

/* The number of samples; and sample i, 0 <= i < count, whose arrays live as long as `samples` (NULL for any other i).
 * O(1). */
FJ_API size_t fj_samples_count(const fj_samples *samples);
FJ_API const fj_sample *fj_samples_get(const fj_samples *samples, size_t i);

/* The layers (1 .. L, ascending) that q and chi of every sample belong to: all of them up to a thousand, of deeper networks
 * a thousand with the first and the last among them. Returns their number. O(1). */
FJ_API size_t fj_samples_layers(const fj_samples *samples, const uint64_t **layers);

/* Natural logarithms of all singular values of all samples together, ascending (-infinity for 0); they live as long as
 * `samples`. Returns their number. O(1). */
FJ_API size_t fj_samples_values(const fj_samples *samples, const double **log_s);

/* The moments m_k = 1/N_0 sum_i s_i^(2k), k = 1..n, of one sample into m[0..n-1]; values that rounding hides count as 0.
 * FJ_RANGE if one overflows: it is infinite. O(n N_0). */
FJ_API fj_status fj_sample_moments(const fj_sample *sample, size_t n, double *m);

#ifdef __cplusplus
}
#endif
#endif
