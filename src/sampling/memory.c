/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least of what /proc/meminfo calls available, the limit on the address space, and what is left of the control group's
 * (containers). Each may be missing. */
#include "memory.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Addresses a thread takes: a stack, malloc's arena, and the buffer of OpenBLAS, little of which is ever touched. */
static const double THREAD_SPACE = 8e6 + 67e6 + 135e6;

/* The whole number that a line begins with, behind `label`; infinite if there is none. */
static double number_behind(const char *line, const char *label)
{
    const size_t length = strlen(label);
    char *end;
    if (strncmp(line, label, length) != 0)
        return INFINITY;
    const unsigned long long number = strtoull(line + length, &end, 10);
    return end > line + length ? (double)number : INFINITY;
}

/* The number behind `label` in the first line of the file that has one. */
static double number_in(const char *path, const char *label)
{
    char line[128];
    double number = INFINITY;
    FILE *file = fopen(path, "re");
    while (file && isinf(number) && fgets(line, sizeof line, file))
        number = number_behind(line, label);
    if (file)
        fclose(file);
    return number;
}

static double meminfo_available(void)
{
    const double kilobytes = number_in("/proc/meminfo", "MemAvailable:");
    const long pages = sysconf(_SC_AVPHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (isfinite(kilobytes))
        return 1024 * kilobytes;
    return pages > 0 && page > 0 ? (double)pages * (double)page : INFINITY;
}

/* What a limit on the address space leaves, which OpenBLAS must not exceed: it would wait for memory for ever. */
static double address_space_left(unsigned threads)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return INFINITY;
    const double pages = number_in("/proc/self/statm", ""), page = (double)sysconf(_SC_PAGESIZE),
                 used = isfinite(pages) ? pages * page : 0;
    return fmax(0, (double)limit.rlim_cur - used - (double)threads * THREAD_SPACE);
}

double fj_memory_available(unsigned threads)
{
    double bytes = fmin(meminfo_available(), address_space_left(threads));
    const double most = number_in("/sys/fs/cgroup/memory.max", ""),
                 used = number_in("/sys/fs/cgroup/memory.current", "");
    if (isfinite(most) && isfinite(used))
        bytes = fmin(bytes, fmax(0, most - used));
    return bytes;
}
