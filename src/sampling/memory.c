/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least of what /proc/meminfo calls available, the limit on the address space, and what is left of the control group's
 * (containers). Each may be missing. */
#include "memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static double meminfo_available(void)
{
    char line[128];
    unsigned long long kilobytes;
    double bytes = INFINITY;
    FILE *file = fopen("/proc/meminfo", "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kilobytes) == 1)
            bytes = 1024.0 * (double)kilobytes;
    if (file)
        fclose(file);
    if (isinf(bytes)) {
        const long pages = sysconf(_SC_AVPHYS_PAGES), page = sysconf(_SC_PAGESIZE);
        if (pages > 0 && page > 0)
            bytes = (double)pages * (double)page;
    }
    return bytes;
}

/* The number in a file of one line; infinite if there is none. */
static double number_in(const char *path)
{
    unsigned long long number;
    FILE *file = fopen(path, "re");
    double value = file && fscanf(file, "%llu", &number) == 1 ? (double)number : INFINITY;
    if (file)
        fclose(file);
    return value;
}

double fj_memory_available(void)
{
    struct rlimit limit;
    double bytes = meminfo_available();
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        bytes = fmin(bytes, (double)limit.rlim_cur);
    const double most = number_in("/sys/fs/cgroup/memory.max"),
                 used = number_in("/sys/fs/cgroup/memory.current");
    if (isfinite(most) && isfinite(used))
        bytes = fmin(bytes, fmax(0, most - used));
    return bytes;
}
