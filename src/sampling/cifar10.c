/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CIFAR-10's binary form (Krizhevsky 2009): a file is a row of records, one byte for the label and 3072 for the image. */
#include "cifar10.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "detail.h"

_Static_assert(sizeof(fj_cifar10_image) == FJ_CIFAR10_NUMBERS + 1, "an image is a record");

/* Opens one batch, if it is there. */
static fj_status batch_open(const char *directory, const char *name, fj_cifar10 *set,
                            fj_detail *detail)
{
    char path[PATH_MAX];
    struct stat about;
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return fj_fail(detail, FJ_UNREADABLE, "the directory's name is too long");
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
        return FJ_OK;
    if (descriptor < 0)
        return fj_fail(detail, FJ_UNREADABLE, "cannot read '%.120s': %s", path, strerror(errno));
    set->descriptor[set->files++] = descriptor;
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        return fj_fail(detail, FJ_UNREADABLE, "'%.120s' is no regular file", path);
    if (about.st_size == 0 || about.st_size % (off_t)sizeof(fj_cifar10_image) != 0)
        return fj_fail(
            detail, FJ_UNREADABLE,
            "'%.120s' is no CIFAR-10 batch: its %lld bytes are no whole number of images "
            "of 3073 bytes",
            path, (long long)about.st_size);
    set->images_in[set->files - 1] = (size_t)about.st_size / sizeof(fj_cifar10_image);
    set->images += set->images_in[set->files - 1];
    return FJ_OK;
}

static fj_status part_open(const char *directory, fj_cifar10_part part, fj_cifar10 *set,
                           fj_detail *detail)
{
    char name[32];
    fj_status status = FJ_OK;
    if (part == FJ_CIFAR10_TEST)
        return batch_open(directory, "test_batch.bin", set, detail);
    for (int i = 1; i <= FJ_CIFAR10_FILES && status == FJ_OK; i++) {
        snprintf(name, sizeof name, "data_batch_%d.bin", i);
        status = batch_open(directory, name, set, detail);
    }
    return status;
}

fj_status fj_cifar10_open(const char *directory, fj_cifar10_part part, fj_cifar10 *out,
                          fj_detail *detail)
{
    char inner[PATH_MAX];
    *out = (fj_cifar10){.files = 0};
    fj_status status = part_open(directory, part, out, detail);
    if (status == FJ_OK && out->files == 0 &&
        snprintf(inner, sizeof inner, "%s/cifar-10-batches-bin", directory) < (int)sizeof inner)
        status = part_open(inner, part, out, detail);
    if (status == FJ_OK && out->files == 0)
        status =
            fj_fail(detail, FJ_UNREADABLE,
                    "there is no %s in '%.120s' (the binary version of CIFAR-10 has it)",
                    part == FJ_CIFAR10_TEST ? "test_batch.bin" : "data_batch_1.bin", directory);
    if (status != FJ_OK)
        fj_cifar10_close(out);
    return status;
}

void fj_cifar10_close(fj_cifar10 *set)
{
    for (size_t i = 0; i < set->files; i++)
        close(set->descriptor[i]);
    *set = (fj_cifar10){.files = 0};
}

fj_status fj_cifar10_read(const fj_cifar10 *set, size_t index, fj_cifar10_image *out,
                          fj_detail *detail)
{
    size_t file = 0, at = index, done = 0;
    while (file < set->files && at >= set->images_in[file])
        at -= set->images_in[file++];
    if (file == set->files)
        return fj_fail(detail, FJ_INVALID, "there is no image number %zu", index);
    while (done < sizeof *out) {
        const ssize_t got = pread(set->descriptor[file], (char *)out + done, sizeof *out - done,
                                  (off_t)(at * sizeof *out + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fj_fail(detail, FJ_UNREADABLE, "image number %zu of CIFAR-10: %s", index,
                           got < 0 ? strerror(errno) : "the file has become shorter");
        done += (size_t)got;
    }
    if (out->label >= FJ_CIFAR10_LABELS)
        return fj_fail(
            detail, FJ_UNREADABLE,
            "these files are not CIFAR-10: image number %zu has the label %d, not 0 to 9", index,
            out->label);
    return FJ_OK;
}

static int compare(const void *a, const void *b)
{
    const long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

void fj_cifar10_from_centre(int order[FJ_CIFAR10_SIDE * FJ_CIFAR10_SIDE])
{
    enum { PIXELS = FJ_CIFAR10_SIDE * FJ_CIFAR10_SIDE };
    long key[PIXELS]; /* the squared distance, in half pixels, and the pixel */
    for (int i = 0; i < PIXELS; i++) {
        const long y = 2 * (i / FJ_CIFAR10_SIDE) - (FJ_CIFAR10_SIDE - 1),
                   x = 2 * (i % FJ_CIFAR10_SIDE) - (FJ_CIFAR10_SIDE - 1);
        key[i] = (x * x + y * y) * PIXELS + i;
    }
    qsort(key, PIXELS, sizeof *key, compare);
    for (int i = 0; i < PIXELS; i++)
        order[i] = (int)(key[i] % PIXELS);
}
