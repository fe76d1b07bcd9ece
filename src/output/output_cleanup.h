/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an interrupted run must take away: temporary files and a running gnuplot. */
#ifndef FJ_OUTPUT_CLEANUP_H
#define FJ_OUTPUT_CLEANUP_H

#include <signal.h>
#include <sys/types.h>

/* Holds back SIGINT and SIGTERM while a file or child is made and registered; release undoes it. */
void out_cleanup_hold(sigset_t *before);
void out_cleanup_release(const sigset_t *before);

/* Registers a temporary file; a slot number, or -1 if the path is too long. Forget by that number. */
int out_cleanup_add(const char *path);
void out_cleanup_forget(int slot);

/* The child process to end on interruption; 0 for none. */
void out_cleanup_child(pid_t child);

/* Ends the child, removes the files. Async-signal-safe: the signal handler calls it. */
void out_cleanup_now(void);

#endif
