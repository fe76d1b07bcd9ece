/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output files that are whole or absent:
 *   1. follow links to the real target; what exists and is no regular file is written in place;
 *   2. else make a temporary beside it, known to the signal handler from its first moment;
 *   3. close: fflush, ferror and fclose are all asked, since a full disk may show at any of them;
 *   4. commit: give it the mode of the file it replaces, or the usual one, and rename. */
#include "output_file.h"
#include "output_cleanup.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int problem(out_file *file, const char *what, int error)
{
    snprintf(file->problem, sizeof file->problem, "%s '%s': %s", what, file->name, strerror(error));
    return -1;
}

static int temporary_make(out_file *file)
{
    int room = (int)sizeof file->working;
    if (snprintf(file->working, sizeof file->working, "%s.part-XXXXXX", file->target) >= room)
        return problem(file, "cannot write", ENAMETOOLONG);
    sigset_t before;
    out_cleanup_hold(&before);
    int descriptor = mkstemp(file->working);
    int error = errno;
    if (descriptor >= 0)
        file->slot = out_cleanup_add(file->working);
    out_cleanup_release(&before);
    if (descriptor < 0)
        return problem(file, "cannot write", error);
    file->stream = fdopen(descriptor, "w");
    if (!file->stream) {
        error = errno;
        close(descriptor);
        out_file_abandon(file);
        return problem(file, "cannot write", error);
    }
    return 0;
}

/* Decides between in place and temporary. */
static int target_find(out_file *file, const char *name)
{
    *file = (out_file){.name = name, .slot = -1};
    struct stat found;
    if (stat(name, &found) == 0) {
        if (S_ISDIR(found.st_mode))
            return problem(file, "cannot write", EISDIR);
        if (access(name, W_OK) != 0) /* renaming over it would get past its protection */
            return problem(file, "cannot write", errno);
        file->in_place = !S_ISREG(found.st_mode);
    }
    char real[PATH_MAX];
    const char *target = !file->in_place && realpath(name, real) ? real : name;
    if (snprintf(file->target, sizeof file->target, "%s", target) >= (int)sizeof file->target)
        return problem(file, "cannot write", ENAMETOOLONG);
    return 0;
}

int out_file_open(out_file *file, const char *name)
{
    if (!name || strcmp(name, "-") == 0) {
        *file = (out_file){.stream = stdout, .name = "standard output", .slot = -1};
        file->in_place = true;
    } else {
        if (target_find(file, name) != 0)
            return -1;
        if (!file->in_place) {
            if (temporary_make(file) != 0)
                return -1;
        } else {
            memcpy(file->working, file->target, sizeof file->working);
            file->stream = fopen(file->target, "w");
            if (!file->stream)
                return problem(file, "cannot write", errno);
        }
    }
    file->open = true;
    return 0;
}

int out_file_reserve(out_file *file, const char *name)
{
    if (target_find(file, name) != 0)
        return -1;
    if (file->in_place) {
        memcpy(file->working, file->target, sizeof file->working);
    } else {
        if (temporary_make(file) != 0)
            return -1;
        fclose(file->stream); /* empty; gnuplot opens it by its name */
        file->stream = NULL;
    }
    file->open = true;
    return 0;
}

int out_file_close(out_file *file)
{
    if (!file->stream)
        return 0;
    int error = 0;
    /* where an earlier write failed and the rest went through, errno is still that failure's */
    if (fflush(file->stream) != 0 || ferror(file->stream))
        error = errno ? errno : EIO;
    if (fclose(file->stream) != 0 && !error)
        error = errno;
    file->stream = NULL;
    return error ? problem(file, "error while writing", error) : 0;
}

/* The mode of the file to be replaced; for a new one what the user's mask leaves. */
static mode_t mode_wanted(const out_file *file)
{
    struct stat found;
    if (stat(file->target, &found) == 0)
        return found.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

int out_file_commit(out_file *file)
{
    if (!file->open)
        return 0;
    if (!file->in_place) {
        if (chmod(file->working, mode_wanted(file)) != 0 ||
            rename(file->working, file->target) != 0) {
            int error = errno;
            out_file_abandon(file);
            return problem(file, "cannot write", error);
        }
        out_cleanup_forget(file->slot);
        file->slot = -1;
    }
    file->open = false;
    return 0;
}

void out_file_abandon(out_file *file)
{
    if (file->stream && file->stream != stdout)
        fclose(file->stream);
    file->stream = NULL;
    if (file->slot >= 0 && file->working[0]) {
        unlink(file->working);
        out_cleanup_forget(file->slot);
        file->slot = -1;
    }
    file->open = false;
}
