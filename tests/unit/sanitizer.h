/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenBLAS is not built for the thread sanitizer, which cannot see its locks and takes its pool of buffers for shared without
 * any. Races of which one side is inside that library (its memset and mmap, all that the sanitizer sees of it) are left out;
 * those between two places of our own code are not. */
#ifndef FJ_TESTS_SANITIZER_H
#define FJ_TESTS_SANITIZER_H

const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
    return "race:libopenblas\n";
}

#endif
