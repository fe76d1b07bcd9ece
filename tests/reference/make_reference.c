/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make-reference OUTDIR [--table NAME] [--threads N]: makes all tables of data/, or one.
 *
 * 1. A job is one table group for one activation and one q; threads take jobs in order.
 * 2. Each job writes its rows into memory; they are put together in the order of the jobs, so the
 *    files do not depend on the number of threads.
 * 3. Files are written beside their place and renamed.
 */
#include "reference.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILES = 4, MAX_Q = 9 };

struct table {
    const char *name[MAX_FILES];
    const char *columns[MAX_FILES];
    int (*rows)(FILE **out, const struct activation *act, double q);
    double q[MAX_Q + 1]; /* ends with 0 */
};

static const struct table tables[] = {
    {{"critical"},
     {"activation,q,sigma_w2,sigma_b2,mu_1,mu_2,e_phi2,length_slope,mean_log_t"},
     table_critical,
     {1e-6, 1e-3, 0.025, 0.1, 0.5, 1, 4, 25, 100}},
    {{"expectation"},
     {"activation,q,re_u,im_u,re_m,im_m,re_dm,im_dm,re_g,im_g,re_k,im_k"},
     table_expectation,
     {1e-6, 0.025, 0.5, 4, 100}},
    {{"spectrum", "edges", "atoms", "moments"},
     {"activation,weights,depth,q,s,density,cdf", "activation,weights,depth,q,edge,s",
      "activation,weights,depth,q,s,mass", "activation,weights,depth,q,k,moment"},
     table_spectrum,
     {1e-6, 0.025, 0.5, 1, 25}},
};
enum { N_TABLES = sizeof(tables) / sizeof(tables[0]) };

struct job {
    const struct table *table;
    const struct activation *act;
    double q;
    char *text[MAX_FILES];
    size_t size[MAX_FILES];
    int left_out;
};

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
        FILE *out[MAX_FILES] = {0};
        for (int f = 0; f < MAX_FILES; f++)
            out[f] = open_memstream(&job->text[f], &job->size[f]);
        job->left_out = job->table->rows(out, job->act, job->q);
        for (int f = 0; f < MAX_FILES; f++)
            fclose(out[f]);
        fprintf(stderr, "%3d/%d %s %s q=%g\n", i + 1, queue.n, job->table->name[0], job->act->name,
                job->q);
    }
    mpfr_free_cache();
    return NULL;
}

static bool write_file(const char *directory, const struct table *table, int f, const char *command)
{
    char path[4096], temporary[4100];
    snprintf(path, sizeof(path), "%s/%s.csv", directory, table->name[f]);
    snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    FILE *out = fopen(temporary, "w");
    if (!out) {
        perror(temporary);
        return false;
    }
    int left_out = 0;
    for (int i = 0; i < queue.n; i++)
        if (queue.job[i].table == table)
            left_out += queue.job[i].left_out;
    fprintf(out, "# maker: tests/reference (MPFR %s, MPC %s), quadrature on the real axis\n",
            mpfr_get_version(), mpc_get_version());
    fprintf(out, "# command: %s\n", command);
    fprintf(out,
            "# precision: %ld bits, %d-point panels; repeated with %ld bits, %d-point panels\n",
            (long)rules[RULE_FINE].plan.prec, rules[RULE_FINE].plan.n,
            (long)rules[RULE_CHECK].plan.prec, rules[RULE_CHECK].plan.n);
    fprintf(out, "# agreement: every row, both runs, to 1e-25 or better\n");
    fprintf(out, "# rows left out of this group of tables: %d\n", left_out);
    fprintf(out, "%s\n", table->columns[f]);
    for (int i = 0; i < queue.n; i++)
        if (queue.job[i].table == table)
            fwrite(queue.job[i].text[f], 1, queue.job[i].size[f], out);
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

static void make_jobs(const char *only, const char *activation)
{
    queue.job = calloc((size_t)N_TABLES * n_activations * MAX_Q, sizeof(*queue.job));
    for (int t = 0; t < N_TABLES; t++) {
        bool wanted = !only;
        for (int f = 0; f < MAX_FILES && tables[t].name[f]; f++)
            wanted = wanted || strcmp(only, tables[t].name[f]) == 0;
        for (int a = 0; wanted && a < n_activations; a++)
            for (int i = 0; tables[t].q[i] > 0; i++)
                if (!activation || listed(activation, activations[a].name))
                    queue.job[queue.n++] = (struct job){
                        .table = &tables[t], .act = &activations[a], .q = tables[t].q[i]};
    }
}

int main(int argc, char **argv)
{
    const char *directory = NULL, *only = NULL, *activation = NULL;
    int n_threads = 2;
    char command[1024] = "make-reference OUTDIR";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--table") == 0 && i + 1 < argc)
            only = argv[++i];
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            n_threads = atoi(argv[++i]);
        else if (strcmp(argv[i], "--activations") == 0 && i + 1 < argc)
            activation = argv[++i];
        else if (argv[i][0] != '-' && !directory)
            directory = argv[i];
        else
            directory = NULL, i = argc;
    }
    if (!directory || n_threads < 1 || n_threads > 64) {
        fprintf(stderr, "usage: make-reference OUTDIR [--table NAME] [--threads N]\n"
                        "                      [--activations NAME,NAME..]\n");
        return 2;
    }
    if (activation)
        snprintf(command + strlen(command), sizeof(command) - strlen(command), " --activations %s",
                 activation);
    rules_make();
    make_jobs(only, activation);
    pthread_t thread[64];
    for (int i = 0; i < n_threads; i++)
        if (pthread_create(&thread[i], NULL, worker, NULL) != 0)
            n_threads = i;
    for (int i = 0; i < n_threads; i++)
        pthread_join(thread[i], NULL);
    bool good = queue.n > 0 && n_threads > 0;
    for (int t = 0; t < N_TABLES; t++) {
        bool made = false;
        for (int i = 0; i < queue.n; i++)
            made = made || queue.job[i].table == &tables[t];
        for (int f = 0; good && made && f < MAX_FILES && tables[t].name[f]; f++)
            good = write_file(directory, &tables[t], f, command);
    }
    for (int i = 0; i < queue.n; i++)
        for (int f = 0; f < MAX_FILES; f++)
            free(queue.job[i].text[f]);
    free(queue.job);
    rules_free();
    mpfr_free_cache();
    return good ? 0 : 1;
}
