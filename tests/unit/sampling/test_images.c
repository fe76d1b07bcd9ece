/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images of CIFAR-10: read from batches, whole or damaged; what a network is fed of them. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "input.h"
#include "sampling_make.h"
#include "sanitizer.h"

/* A directory with one batch of `images` records; image i has the bytes (i + position) mod 251, image 0 is all 9. */
static void batch_write(const char *directory, const char *name, size_t images, size_t extra)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    ck_assert(file != NULL);
    for (size_t i = 0; i < images; i++) {
        fputc((int)(i % 10), file);
        for (size_t k = 0; k < FJ_CIFAR10_NUMBERS; k++)
            fputc(i == 0 ? 9 : (int)((i + k) % 251), file);
    }
    for (size_t i = 0; i < extra; i++)
        fputc(77, file);
    fclose(file);
}

static void directory_make(char *directory)
{
    strcpy(directory, "/tmp/freejac-images-XXXXXX");
    ck_assert(mkdtemp(directory) != NULL);
}

static void directory_remove(const char *directory)
{
    char path[256];
    for (int i = 1; i <= 5; i++) {
        snprintf(path, sizeof path, "%s/data_batch_%d.bin", directory, i);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/test_batch.bin", directory);
    unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}

START_TEST(images_read)
{
    char directory[64];
    fj_cifar10 set;
    fj_cifar10_image image;
    fj_detail detail = {""};
    directory_make(directory);
    batch_write(directory, "data_batch_1.bin", 3, 0);
    batch_write(directory, "data_batch_4.bin", 2, 0);
    batch_write(directory, "test_batch.bin", 4, 0);
    ck_assert_int_eq(fj_cifar10_open(directory, FJ_CIFAR10_TEST, &set, NULL), FJ_OK);
    ck_assert_uint_eq(set.images, 4);
    fj_cifar10_close(&set);
    ck_assert_int_eq(fj_cifar10_open(directory, FJ_CIFAR10_TRAINING, &set, NULL), FJ_OK);
    ck_assert_uint_eq(set.images, 5);
    ck_assert_int_eq(fj_cifar10_read(&set, 4, &image, NULL), FJ_OK);
    ck_assert_int_eq(image.label, 1);
    ck_assert_int_eq(image.number[3071], 3072 % 251);
    ck_assert_int_eq(fj_cifar10_read(&set, 5, &image, NULL), FJ_INVALID);
    fj_cifar10_close(&set);
    batch_write(directory, "data_batch_2.bin", 1, 5);
    ck_assert_int_eq(fj_cifar10_open(directory, FJ_CIFAR10_TRAINING, &set, &detail), FJ_UNREADABLE);
    ck_assert(strstr(detail.text, "data_batch_2.bin") && strstr(detail.text, "3078 bytes"));
    batch_write(directory, "data_batch_2.bin", 0, 0); /* empty */
    ck_assert_int_eq(fj_cifar10_open(directory, FJ_CIFAR10_TRAINING, &set, NULL), FJ_UNREADABLE);
    batch_write(directory, "data_batch_2.bin", 0, 3073); /* label 77 */
    ck_assert_int_eq(fj_cifar10_open(directory, FJ_CIFAR10_TRAINING, &set, NULL), FJ_OK);
    ck_assert_int_eq(fj_cifar10_read(&set, 3, &image, &detail), FJ_UNREADABLE);
    ck_assert(strstr(detail.text, "label 77") != NULL);
    fj_cifar10_close(&set);
    directory_remove(directory);
}
END_TEST

/* The centre first, then outward; the numbers of a pixel together; mean 0 and the length asked for. */
START_TEST(images_cropped)
{
    char directory[64];
    fj_cifar10 set;
    fj_cifar10_image image;
    fj_source source = {.images = &set};
    double x[FJ_CIFAR10_NUMBERS];
    directory_make(directory);
    batch_write(directory, "data_batch_1.bin", 2, 0); /* image 0 has one colour: always image 1 */
    ck_assert_int_eq(fj_cifar10_open(directory, FJ_CIFAR10_TRAINING, &set, NULL), FJ_OK);
    ck_assert_int_eq(fj_cifar10_read(&set, 1, &image, NULL), FJ_OK);
    fj_cifar10_from_centre(source.order);
    ck_assert_int_eq(source.order[0], 15 * 32 + 15);
    ck_assert_int_eq(source.order[3], 16 * 32 + 16);
    ck_assert_int_eq(source.order[1023], 31 * 32 + 31);
    static const size_t widths[] = {2, 12, 100, 3072};
    for (size_t w = 0; w < 4; w++) {
        const size_t n = widths[w];
        fj_plan plan = {.inputs = n, .input_square = 2.5, .seed = 3};
        double mean = 0, square = 0, sum = 0, squares = 0;
        ck_assert_int_eq(fj_source_draw(&source, &plan, 0, x, NULL), FJ_OK);
        for (size_t i = 0; i < n; i++) {
            const double byte = image.number[i % 3 * 1024 + (size_t)source.order[i / 3]];
            mean += byte / (double)n;
            square += byte * byte;
            sum += x[i];
            squares += x[i] * x[i];
        }
        fj_assert_within(sum, 0, 1e-12, "sum");
        fj_assert_near(squares, 2.5, 1e-13, "length");
        for (size_t i = 0; i < n; i++)
            fj_assert_within(x[i],
                             (image.number[i % 3 * 1024 + (size_t)source.order[i / 3]] - mean) *
                                 sqrt(2.5 / (square - (double)n * mean * mean)),
                             1e-13, "a number of the image");
    }
    fj_cifar10_close(&set);
    batch_write(directory, "data_batch_1.bin", 1, 0); /* one colour only */
    fj_network_run run = run_of(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 3);
    const fj_network network = {1, 1, 0, &run};
    fj_sampling_options options = fj_sampling_options_default();
    options.width = 10;
    options.input = FJ_INPUT_CIFAR10;
    options.directory = directory;
    refuse(&network, &options, FJ_UNREADABLE, "one colour");
    batch_write(directory, "data_batch_1.bin", 9, 0);
    fj_samples *samples = samples_of(&run, &options);
    options.input = FJ_INPUT_GAUSSIAN;
    fj_samples *other = samples_of(&run, &options);
    ck_assert(fj_samples_get(samples, 0)->s[0] != fj_samples_get(other, 0)->s[0]);
    fj_samples_destroy(samples);
    fj_samples_destroy(other);
    directory_remove(directory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("images");
    TCase *tc = tcase_create("images");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, images_read);
    tcase_add_test(tc, images_cropped);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
