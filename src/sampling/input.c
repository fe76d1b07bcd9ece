/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs.
 *
 * Gaussian: independent numbers, scaled to the length.
 * Images: one drawn at random from the training set for each sample. A width of 3072 takes it whole; a smaller one takes
 * the numbers nearest to the centre of the image: the red, green and blue of the first pixel, of the second, and so on
 * outward. They are shifted to mean 0 and scaled to the length. */
#include "input.h"
#include <math.h>
#include "detail.h"
#include "random.h"

enum { TRIES = 100 };

static void scale_to(double *x, size_t n, double square)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    const double factor = sum > 0 ? sqrt(square / sum) : 0;
    for (size_t i = 0; i < n; i++)
        x[i] *= factor;
}

/* The centre of an image with mean 0; returns 0 if it is all of one value. */
static int image_centre(const fj_source *source, const fj_cifar10_image *image, size_t n, double *x)
{
    enum { PIXELS = FJ_CIFAR10_SIDE * FJ_CIFAR10_SIDE };
    double mean = 0;
    int varies = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t colour = i % FJ_CIFAR10_COLOURS;
        x[i] = image->number[colour * PIXELS + (size_t)source->order[i / FJ_CIFAR10_COLOURS]];
        mean += x[i] / (double)n;
        varies |= x[i] != x[0];
    }
    for (size_t i = 0; i < n; i++)
        x[i] -= n > 1 ? mean : 0;
    return n > 1 ? varies : x[0] != 0;
}

static fj_status image_draw(const fj_source *source, const fj_stream *stream, size_t n, double *x,
                            fj_detail *detail)
{
    for (uint64_t i = 0; i < TRIES; i++) {
        fj_cifar10_image image;
        /* the remainder favours no image by more than 1e-14 */
        const size_t index = (size_t)(fj_stream_word(stream, i) % source->images->images);
        fj_status status = fj_cifar10_read(source->images, index, &image, detail);
        if (status != FJ_OK)
            return status;
        if (image_centre(source, &image, n, x))
            return FJ_OK;
    }
    return fj_fail(detail, FJ_UNREADABLE, "%d images drawn at random are all of one colour", TRIES);
}

fj_status fj_source_draw(const fj_source *source, const fj_plan *plan, uint64_t sample, double *x,
                         fj_detail *detail)
{
    fj_stream stream = {.seed = plan->seed, .sample = sample, .kind = FJ_STREAM_INPUT};
    fj_status status = FJ_OK;
    if (source->images) {
        stream.kind = FJ_STREAM_IMAGE;
        status = image_draw(source, &stream, plan->inputs, x, detail);
    } else {
        fj_stream_normals(&stream, plan->inputs, x);
    }
    if (status == FJ_OK)
        scale_to(x, plan->inputs, plan->input_square);
    return status;
}
