/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running gnuplot:
 *   1. a pipe for the script, a temporary file for what it prints (a second pipe could fill up and stall both);
 *   2. spawn with SIGINT and SIGTERM held, so that the handler never misses the child;
 *   3. SIGPIPE is ignored while the script is written: a gnuplot that died shows in its exit status;
 *   4. wait, and pass on its first line of complaint. */
#include "output_gnuplot.h"
#include "output_cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Spawns gnuplot on the read end of the pipe; 0 or an errno. */
static int spawn(out_gnuplot *run, int input)
{
    char *const arguments[] = {(char *)"gnuplot", (char *)"-d", NULL}; /* -d: no ~/.gnuplot */
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t before;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(run->said), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(run->said), STDERR_FILENO);
    out_cleanup_hold(&before);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &before);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawnp(&run->child, "gnuplot", &actions, &attributes, arguments, environ);
    if (error == 0)
        out_cleanup_child(run->child);
    out_cleanup_release(&before);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int out_gnuplot_start(out_gnuplot *run, char *problem, size_t size)
{
    int ends[2] = {-1, -1}, error = 0;
    *run = (out_gnuplot){.said = tmpfile()};
    if (!run->said || pipe2(ends, O_CLOEXEC) != 0) {
        error = errno;
    } else {
        error = spawn(run, ends[0]);
        close(ends[0]);
        run->script = error ? NULL : fdopen(ends[1], "w");
        if (!run->script)
            close(ends[1]);
        if (!run->script && !error)
            error = errno;
    }
    if (error) {
        if (run->child > 0)
            waitpid(run->child, NULL, 0); /* its input is closed: it ends */
        out_cleanup_child(0);
        if (run->said)
            fclose(run->said);
        if (error == ENOENT)
            snprintf(problem, size, "gnuplot is not installed (Debian: apt install gnuplot-nox)");
        else
            snprintf(problem, size, "gnuplot does not start: %s", strerror(error));
        return -1;
    }
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &run->pipe_action);
    return 0;
}

/* The first line gnuplot printed that is neither empty nor an echo of where it stopped. */
static void complaint_read(FILE *said, char *line, int size)
{
    rewind(said);
    while (fgets(line, size, said)) {
        line[strcspn(line, "\n")] = '\0';
        if (strpbrk(line, "abcdefghijklmnopqrstuvwxyz"))
            return;
    }
    line[0] = '\0';
}

int out_gnuplot_finish(out_gnuplot *run, char *problem, size_t size)
{
    fclose(run->script); /* what could not be written shows in gnuplot's exit status */
    int status = 0;
    while (waitpid(run->child, &status, 0) < 0)
        if (errno != EINTR) {
            status = -1;
            break;
        }
    out_cleanup_child(0);
    sigaction(SIGPIPE, &run->pipe_action, NULL);
    char line[160];
    complaint_read(run->said, line, sizeof line);
    fclose(run->said);
    if (status == 0)
        return 0;
    snprintf(problem, size, "gnuplot failed%s%s", *line ? ": " : "", line);
    return -1;
}

void out_gnuplot_quote(FILE *script, const char *text)
{
    fputc('\'', script);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', script);
        fputc(*text, script);
    }
    fputc('\'', script);
}
