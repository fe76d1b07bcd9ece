/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make-network OUTDIR [--networks NAME,NAME..] [--threads N] [--integrate]: makes data/network-*.csv,
 * the laws of networks of unequal layers and widths.
 *
 * 1. A job is one network (network_rows.c); threads take jobs in order and write into memory, so the
 *    files do not depend on their number. Files are written beside their place and renamed.
 * 2. --integrate also prints the rise of the distribution function between two points of every
 *    interval against the integral of the density.
 */
#include "network.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *const file_names[N_FILES] = {"network-layers", "network-points", "network-edges",
                                                "network-atoms", "network-moments"};
static const char *const file_columns[N_FILES] = {
    "network,run,activation,weights,count,sigma_w,q,width_in,width,chi", "network,s,density,cdf",
    "network,edge,s,cdf", "network,s,mass", "network,k,moment"};

struct job {
    const struct network_text *text;
    char *out[N_FILES];
    size_t size[N_FILES];
    int left_out;
};

static bool integrate;

static struct {
    pthread_mutex_t lock;
    struct job *job;
    int n, next;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *worker(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&queue.lock);
        int i = queue.next < queue.n ? queue.next++ : -1;
        pthread_mutex_unlock(&queue.lock);
        if (i < 0)
            break;
        struct job *job = &queue.job[i];
        FILE *file[N_FILES];
        for (int f = 0; f < N_FILES; f++)
            file[f] = open_memstream(&job->out[f], &job->size[f]);
        job->left_out = network_rows(job->text, file, integrate);
        for (int f = 0; f < N_FILES; f++)
            fclose(file[f]);
        fprintf(stderr, "%3d/%d %s\n", i + 1, queue.n, job->text->name);
    }
    mpfr_free_cache();
    return NULL;
}

static bool write_file(const char *directory, int f)
{
    char path[4096], temporary[4100];
    snprintf(path, sizeof(path), "%s/%s.csv", directory, file_names[f]);
    snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    FILE *out = fopen(temporary, "w");
    if (!out) {
        perror(temporary);
        return false;
    }
    int left_out = 0;
    for (int i = 0; i < queue.n; i++)
        left_out += queue.job[i].left_out;
    fprintf(out,
            "# maker: tests/reference (MPFR %s, MPC %s), Newton for m and all u together, "
            "continued in z\n",
            mpfr_get_version(), mpc_get_version());
    fprintf(out, "# command: make-network OUTDIR\n");
    fprintf(out,
            "# agreement: every row with %ld and with %ld bits, other nodes, to 1e-25 or better\n",
            (long)rules[RULE_FINE].plan.prec, (long)rules[RULE_CHECK].plan.prec);
    fprintf(out, "# rows left out of this group of tables: %d\n", left_out);
    fprintf(out, "%s\n", file_columns[f]);
    for (int i = 0; i < queue.n; i++)
        fwrite(queue.job[i].out[f], 1, queue.job[i].size[f], out);
    if (fclose(out) != 0 || rename(temporary, path) != 0) {
        perror(path);
        return false;
    }
    return true;
}

/* Is name one of the comma-separated list? */
static bool listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == 0))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const char *directory = NULL, *names = NULL;
    int n_threads = 2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--networks") == 0 && i + 1 < argc)
            names = argv[++i];
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            n_threads = atoi(argv[++i]);
        else if (strcmp(argv[i], "--integrate") == 0)
            integrate = true;
        else if (argv[i][0] != '-' && !directory)
            directory = argv[i];
        else
            directory = NULL, i = argc;
    }
    if (!directory || n_threads < 1 || n_threads > 64) {
        fprintf(
            stderr,
            "usage: make-network OUTDIR [--networks NAME,NAME..] [--threads N] [--integrate]\n");
        return 2;
    }
    rules_make();
    queue.job = calloc(n_network_texts, sizeof(*queue.job));
    for (int i = 0; i < n_network_texts; i++)
        if (!names || listed(names, network_texts[i].name))
            queue.job[queue.n++].text = &network_texts[i];
    pthread_t thread[64];
    for (int i = 0; i < n_threads; i++)
        if (pthread_create(&thread[i], NULL, worker, NULL) != 0)
            n_threads = i;
    for (int i = 0; i < n_threads; i++)
        pthread_join(thread[i], NULL);
    bool good = queue.n > 0 && n_threads > 0;
    for (int f = 0; f < N_FILES && good; f++)
        good = write_file(directory, f);
    for (int i = 0; i < queue.n; i++)
        for (int f = 0; f < N_FILES; f++)
            free(queue.job[i].out[f]);
    free(queue.job);
    rules_free();
    mpfr_free_cache();
    return good ? 0 : 1;
}
