/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CIFAR-10 images from the directory of binary batches. */
#ifndef FJ_SAMPLING_CIFAR10_H
#define FJ_SAMPLING_CIFAR10_H

#include <freejac/status.h>
#include <stddef.h>

enum {
    FJ_CIFAR10_SIDE = 32,
    FJ_CIFAR10_COLOURS = 3, /* planes of red, green, blue, each by rows */
    FJ_CIFAR10_NUMBERS = FJ_CIFAR10_SIDE * FJ_CIFAR10_SIDE * FJ_CIFAR10_COLOURS,
    FJ_CIFAR10_LABELS = 10,
    FJ_CIFAR10_FILES = 5
};

typedef enum fj_cifar10_part { FJ_CIFAR10_TRAINING, FJ_CIFAR10_TEST } fj_cifar10_part;

/* The open files of one part: data_batch_1.bin .. data_batch_5.bin, those that are there, or test_batch.bin. May be read
 * from several threads at once. */
typedef struct fj_cifar10 {
    int descriptor[FJ_CIFAR10_FILES];
    size_t images_in[FJ_CIFAR10_FILES]; /* of each file */
    size_t files, images;
} fj_cifar10;

typedef struct fj_cifar10_image {
    unsigned char label; /* 0 .. 9 */
    unsigned char number[FJ_CIFAR10_NUMBERS];
} fj_cifar10_image;

/* Opens the batches in `directory`, or in its folder cifar-10-batches-bin. FJ_UNREADABLE: there is none, or one that is no
 * whole number of images; nothing is open then. */
fj_status fj_cifar10_open(const char *directory, fj_cifar10_part part, fj_cifar10 *out,
                          fj_detail *detail);
void fj_cifar10_close(fj_cifar10 *set);

/* Image number index < set->images. FJ_UNREADABLE: reading failed, or the label is none. */
fj_status fj_cifar10_read(const fj_cifar10 *set, size_t index, fj_cifar10_image *out,
                          fj_detail *detail);

/* order[0 .. 1023]: the pixels (row times 32 plus column) by their distance from the centre of the image, nearest first. */
void fj_cifar10_from_centre(int order[FJ_CIFAR10_SIDE * FJ_CIFAR10_SIDE]);

#endif
