/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Declarations of the maker of the tables of networks with unequal layers and widths.
 *
 * A network is a list of runs of equal layers. Everything is on the N_0 side: m belongs to J^T J,
 * m_j = L_j m with L_j = N_0/N_j belongs to the layer of width N_j, and u_k = M_k^{-1}(m_k) to its
 * phi'^2. With c_k = N_(k-1)/N_k the free products of THEORY 3.7 collect into
 *
 *   log z = C + sum_j a_j log(1 + m_j) + (depth - 1) log m + sum_k n_k log u_k,
 *
 * n_k layers in run k, a_0 = 1, and run k adds
 *   gaussian                  nothing to a,                          -log c_k to C,
 *   orthogonal, not narrowing -n_k to a_k,
 *   orthogonal, narrowing     1 - n_k to a_k, -1 to a_(k-1),         -log c_k to C,
 * and always n_k (log sigma_k^2 + log L_k) to C.
 *
 * network_list.c    the networks, read from short texts
 * network_chain.c   C, a_j, L_j and the laws of t at one precision
 * network_solve.c   Newton for (m, u_1..u_K) together, continuation in z, the certificate
 * network_real.c    real m: gaps of the spectrum, where the edges are
 * network_edge.c    edges in MPFR, the mass below them
 * network_exact.c   moments, E log lambda, atoms
 * network_rows.c    the rows of one network, points to tabulate
 * make_network.c    files, threads
 */
#ifndef FREEJAC_REFERENCE_NETWORK_H
#define FREEJAC_REFERENCE_NETWORK_H

#include "reference.h"

enum { MAX_RUNS = 512, N_FILES = 5, N_MOMENTS = 6, MAX_NETWORK_EDGES = 32, INFINITE_M = -2 };

struct run {
    const struct activation *act;
    bool gaussian;
    long count;
    double sigma_w, q, width;
};

struct stack {
    const char *name;
    double width_0;
    int n;
    struct run run[MAX_RUNS];
};

struct network_text {
    const char *name, *runs;
};
extern const struct network_text network_texts[];
extern const int n_network_texts;
bool stack_read(const struct network_text *text, struct stack *stack);

struct chain {
    const struct stack *stack;
    const fj_precise_rule *rule;
    int n;
    long depth;
    fj_precise_law *law[MAX_RUNS];  /* shared by runs of one activation and q */
    int own[MAX_RUNS];              /* 1 where the law was made */
    mpfr_t ratio[MAX_RUNS + 1];     /* L_0 = 1, L_1.. */
    long power[MAX_RUNS + 1];       /* a_j */
    mpfr_t constant;                /* C */
    mpfr_t mu[MAX_RUNS][N_MOMENTS]; /* E t^k */
};

struct chain *chain_make(const struct stack *stack, const fj_precise_rule *rule);
void chain_free(struct chain *chain);
void chain_trim(struct chain *chain);
bool chain_failed(const struct chain *chain);
void chain_forgive(struct chain *chain);

struct root {
    int n;
    mpc_t m, w[MAX_RUNS]; /* w = log u */
};
struct root *root_make(int n, mpfr_prec_t prec);
void root_free(struct root *root);
void root_set(struct root *to, const struct root *from);

/* Newton to log z = log_abs + i angle from root; true when certified there. */
bool solve_at(struct chain *chain, const mpfr_t log_abs, const mpfr_t angle, struct root *root);
/* Far out in the upper half plane, on the ray RAY; sets *log_abs. */
bool solve_far(struct chain *chain, struct root *root, long double *log_abs);
/* Move root along the ray from *log_abs to target. */
bool solve_ray(struct chain *chain, struct root *root, long double *log_abs, long double target);
/* From the ray to the real axis at log |z| = target. */
bool solve_arc(struct chain *chain, struct root *root, const mpfr_t target);
/* Along the real axis, inside the spectrum. */
bool solve_along(struct chain *chain, struct root *root, long double from, const mpfr_t target);
/* density per unit s and distribution function at a certified root. */
void solve_values(struct chain *chain, const struct root *root, const mpfr_t s, mpfr_t density,
                  mpfr_t cdf);

struct network_edge {
    bool lower;
    int end_of; /* run whose law of t ends there, -1 for a turning point, or INFINITE_M */
    long double m, log_z;
    long double u[MAX_RUNS];
};
/* Edges in increasing order; false when they do not alternate. */
bool real_edges(struct chain *chain, struct network_edge *edges, int *n);
bool real_polish(struct chain *chain, const struct network_edge *edge, mpfr_t s, mpfr_t cdf);

void exact_moments(struct chain *chain, mpfr_t *moment);
/* E log lambda; nan with an atom at 0. */
bool exact_mean_log(struct chain *chain, mpfr_t out);
/* Place in s and mass of every atom; returns their number. */
int exact_atoms(struct chain *chain, mpfr_t *s, mpfr_t *mass, int room);

/* Rows of layers, points, edges, atoms, moments; returns the number of rows left out. */
int network_rows(const struct network_text *text, FILE **file, bool integrate);

#endif
