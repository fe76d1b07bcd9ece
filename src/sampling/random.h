/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers that depend on where they stand and on nothing else: the same for any number of threads. */
#ifndef FJ_SAMPLING_RANDOM_H
#define FJ_SAMPLING_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* What the numbers are for: streams of different purposes share none. */
typedef enum fj_stream_kind {
    FJ_STREAM_WEIGHTS = 1,
    FJ_STREAM_BIASES,
    FJ_STREAM_INPUT,
    FJ_STREAM_IMAGE
} fj_stream_kind;

/* A stream: the place of 2^66 numbers. A plain value. */
typedef struct fj_stream {
    uint64_t seed, sample, layer, column;
    fj_stream_kind kind;
} fj_stream;

/* n independent deviates N(0, 1), numbers 0 .. n-1 of the stream. Cost: 8 nanoseconds each. */
void fj_stream_normals(const fj_stream *stream, size_t n, double *out);

/* Word number `index` of the stream's bits: uniform on 0 .. 2^64 - 1. Not to be mixed with normals of one stream. */
uint64_t fj_stream_word(const fj_stream *stream, uint64_t index);

#endif
