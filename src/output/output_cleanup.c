/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fixed table of paths, so that the signal handler needs no memory and no locks: a path is copied
 * first and marked used after. The child goes before its files, lest it write them again. */
#include "output_cleanup.h"
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 4 }; /* a run has at most two: its data and its plot */

static char paths[SLOTS][PATH_MAX];
static volatile sig_atomic_t used[SLOTS];
static volatile sig_atomic_t running_child;

void out_cleanup_hold(sigset_t *before)
{
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_BLOCK, &both, before);
}

void out_cleanup_release(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}

int out_cleanup_add(const char *path)
{
    size_t size = strlen(path) + 1;
    if (size > PATH_MAX)
        return -1;
    for (int i = 0; i < SLOTS; i++)
        if (!used[i]) {
            memcpy(paths[i], path, size);
            used[i] = 1;
            return i;
        }
    return -1;
}

void out_cleanup_forget(int slot)
{
    if (slot >= 0)
        used[slot] = 0;
}

void out_cleanup_child(pid_t child)
{
    running_child = (sig_atomic_t)child;
}

void out_cleanup_now(void)
{
    if (running_child > 0) {
        kill((pid_t)running_child, SIGKILL);
        waitpid((pid_t)running_child, NULL, 0);
    }
    for (int i = 0; i < SLOTS; i++)
        if (used[i])
            unlink(paths[i]);
}
