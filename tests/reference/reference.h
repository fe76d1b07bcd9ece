/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared declarations of the reference-table maker.
 *
 * The maker computes the laws of THEORY.md a second time, by a route of its own: quadrature on the
 * real h axis only, in MPFR, and a root bracketed in the angle theta. It shares no code with the
 * library.
 *
 * activation.c   phi, phi', phi'' and the flat pieces, in MPFR
 * rule.c         Gauss-Legendre rules and the three precisions used
 * law.c          the law of t = phi'(sqrt(q) h)^2: panels of nodes, kept between evaluations
 * transform.c    E[t/(u-t)] and its companions over those panels
 * line.c         E[f(h)] for functions of h itself: mu_k, E phi^2, E log t
 * equation.c     log z(u), the bracket in theta, Newton at a given s
 * edge.c         edges of the spectrum from real u
 * push.c         depth 1 with orthogonal weights, directly
 * series.c       moments by power series
 * choose.c       which s to tabulate
 * table_*.c      one table each; make_reference.c runs them on threads
 */
#ifndef FREEJAC_REFERENCE_H
#define FREEJAC_REFERENCE_H

#include <complex.h>
#include <stdbool.h>
#include <stdio.h>
#include <mpfr.h>
#include <mpc.h>

/* CMPLXL of C11, which clang with glibc lacks. */
static inline long double complex fj_make_complex(long double re, long double im)
{
    union {
        long double part[2];
        long double complex whole;
    } z = {.part = {re, im}};
    return z.whole;
}

enum { MAX_ATOMS = 3, MAX_GAPS = 4, MAX_EDGES = 16, MAX_POINTS = 40, MAX_BREAKS = 512 };

/* Where phi' is not constant: nowhere, on x < 0, on the whole line, or evenly on both sides. */
enum smooth_part { SMOOTH_NONE, SMOOTH_NEGATIVE, SMOOTH_WHOLE, SMOOTH_EVEN };

enum shape {
    SHAPE_LINEAR,
    SHAPE_LEAKY,
    SHAPE_HARD_TANH,
    SHAPE_TANH,
    SHAPE_ERF,
    SHAPE_SIGMOID,
    SHAPE_ARCTAN,
    SHAPE_SOFTSIGN,
    SHAPE_SIN,
    SHAPE_SOFTPLUS,
    SHAPE_ELU,
    SHAPE_GELU,
    SHAPE_SILU
};

struct activation {
    const char *name;
    enum shape shape;
    enum smooth_part smooth;
    double scale; /* ELU family: lambda */
    double slope; /* leaky: slope for x < 0; ELU family: alpha */
    bool deep;    /* tabulated at depth 1000000 too */
};

extern const struct activation activations[];
extern const int n_activations;

/* y may alias x in none of these. */
void fj_precise_phi_value(const struct activation *act, mpfr_t y, const mpfr_t x);
void fj_precise_phi_slope(const struct activation *act, mpfr_t y, const mpfr_t x);
void fj_precise_phi_curvature(const struct activation *act, mpfr_t y, const mpfr_t x);
int fj_precise_phi_kinks(const struct activation *act, double kinks[2]);
/* Initialised mpfr arrays of MAX_ATOMS; values of t and their masses for h ~ N(0,1). */
int fj_precise_phi_masses(const struct activation *act, const mpfr_t sqrt_q, mpfr_t *value,
                     mpfr_t *mass);
/* Smallest and largest t of the part that is not flat. Returns false when there is none. */
bool fj_precise_phi_range(const struct activation *act, mpfr_t low, mpfr_t high);
/* Points x between which phi' is monotone and of one sign, within |x| < reach, increasing. */
int fj_precise_phi_breaks(const struct activation *act, double reach, mpfr_t *breaks);

fj_precise_rule {
    const char *name;
    int n;                       /* nodes a panel */
    int test;                    /* Legendre coefficients test..test+2 must be small */
    mpfr_prec_t prec;            /* bits */
    int panels;                  /* panels the half line starts with */
    double reach;                /* |h| is cut here */
    long double tolerance;       /* of those coefficients, relative to the panel's largest value */
    long double floor;           /* panels below this share of the whole are taken as they are */
    mpfr_t *node, *weight;       /* on [-1, 1] */
    long double *legendre[3];    /* (2k+1)/2 P_k(x_i) */
    long double *inverse_weight; /* 1 / weight */
};

enum { RULE_QUICK, RULE_FINE, RULE_CHECK, N_RULES };
extern fj_precise_rule rules[N_RULES];
void rules_make(void);
void rules_free(void);

fj_precise_panel {
    mpfr_t middle, half;
    mpfr_t *t, *w, *wt;   /* t, weight times gaussian, and their product */
    long double *lt, *lw; /* the same, rounded */
    fj_precise_panel *child[2];
};

fj_precise_law {
    const struct activation *act;
    double q;
    const fj_precise_rule *rule;
    mpfr_t sqrt_q, mu_1, log_mu_1;
    long double lmu_1;
    int n_atoms;
    mpfr_t value[MAX_ATOMS], mass[MAX_ATOMS];
    int n_roots;
    fj_precise_panel **root;
    long n_nodes;
    bool failed; /* a panel did not converge: the numbers must not be used */
    mpfr_t s[24];
};

fj_precise_law *fj_precise_law_make(const struct activation *act, double q, const fj_precise_rule *rule);
void fj_precise_law_free(fj_precise_law *law);
/* Forget the panels when they have grown many; call between unrelated evaluations. */
void fj_precise_law_trim(fj_precise_law *law);
void fj_precise_panel_split(fj_precise_law *law, fj_precise_panel *panel);

/* Long double values, good to about 1e-16: 1+m, m, dm/du, E[t u/(u-t)]. */
fj_precise_quick {
    long double complex m, dm, one_m, mu;
};
void fj_precise_transform_quick(fj_precise_law *law, long double complex u, fj_precise_quick *out);
/* Full precision; dm may be NULL. */
void fj_precise_transform_exact(fj_precise_law *law, const mpc_t u, mpc_t m, mpc_t g, mpc_t dm);
void fj_precise_transform_log(fj_precise_law *law, const mpc_t u, mpc_t k);

typedef void fj_precise_line_function(const fj_precise_law *law, const mpfr_t h, mpfr_t *out);
/* E[f_i(h)], i < n <= 8. */
bool fj_precise_line_expectation(const fj_precise_law *law, fj_precise_line_function *f, int n, mpfr_t *out);
/* mu_1..mu_6 */
bool fj_precise_line_moments(const fj_precise_law *law, mpfr_t mu[6]);
/* E phi^2 and E phi phi' h */
bool fj_precise_line_lengths(const fj_precise_law *law, mpfr_t *phi2, mpfr_t *slope);
/* E log t; NaN with an atom at 0 */
bool fj_precise_line_mean_log(const fj_precise_law *law, mpfr_t out);

fj_precise_layers {
    bool gaussian;
    long depth;
};

/* Re and Im of log z, d log z / d log u, m, at u = r exp(i theta), tan(theta/2) = exp(psi). */
fj_precise_quick_point {
    long double log_r, psi;
    long double complex log_z, slope, m, one_m;
};
void fj_precise_equation_quick(fj_precise_law *law, const fj_precise_layers *net, fj_precise_quick_point *p);
/* Find psi at p->log_r, starting at p->psi. False: no theta, log_r is outside the spectrum. */
bool fj_precise_equation_bracket(fj_precise_law *law, const fj_precise_layers *net, fj_precise_quick_point *p);
void fj_precise_equation_log_z(fj_precise_law *law, const fj_precise_layers *net, const mpc_t u, mpc_t log_z,
                    mpc_t slope, mpc_t m, mpc_t one_m);
/* Newton at s; w = log u on entry near the root, on exit at it. */
bool equation_solve(fj_precise_law *law, const fj_precise_layers *net, double s, mpc_t w, mpfr_t density,
                    mpfr_t cdf);

fj_precise_edge {
    long double log_u; /* real u > 0 of the edge */
    bool lower;        /* lower end of an interval of the spectrum */
    bool turning;      /* d log z / du = 0 there, else the end of the law of t */
    int end;           /* when not turning: which mpfr_t of ends */
};

fj_precise_ends {
    int n; /* gaps of the law of t in (0, inf): (left[i], right[i]) */
    mpfr_t left[MAX_GAPS], right[MAX_GAPS];
    bool last_open; /* last gap runs to infinity */
    bool left_atom[MAX_GAPS], right_atom[MAX_GAPS];
};
void fj_precise_ends_make(const fj_precise_law *law, fj_precise_ends *ends);
void fj_precise_ends_free(fj_precise_ends *ends);
/* Edges in increasing order of u. */
int fj_precise_edges_find(fj_precise_law *law, const fj_precise_layers *net, fj_precise_edge *edges);
bool fj_precise_edge_polish(fj_precise_law *law, const fj_precise_layers *net, const fj_precise_edge *edge, mpfr_t s);
/* Mass of the atom of the spectrum that atom i of t gives, its place in s. */
void fj_precise_atom_of(const fj_precise_law *law, const fj_precise_layers *net, int i, mpfr_t mass, mpfr_t s);

/* Law of |phi'| at y, and of s = |phi'|/sqrt(mu_1). */
bool fj_precise_push_at(const fj_precise_law *law, const mpfr_t y, mpfr_t density, mpfr_t cdf);
bool fj_precise_push_density(const fj_precise_law *law, double s, mpfr_t density, mpfr_t cdf);
bool push_has_continuous_part(const struct activation *act);

void fj_precise_series_moments(const fj_precise_law *law, const fj_precise_layers *net, mpfr_t *mu, mpfr_t *moment);

struct choice {
    double s;
    long double log_r, psi;
};
int choose_points(fj_precise_law *law, const fj_precise_layers *net, const fj_precise_edge *edges, int n_edges,
                  struct choice *points);

/* True when a and b agree to 1e-25 relative (absolute with absolute = true). */
bool digits_agree(const mpfr_t a, const mpfr_t b, bool absolute);
void print_number(FILE *out, const mpfr_t x);

/* Each writes the rows of one (activation, q); returns the number of rows left out. */
int table_critical(FILE **out, const struct activation *act, double q);
int table_expectation(FILE **out, const struct activation *act, double q);
/* out[0..3]: spectrum, edges, atoms, moments */
int table_spectrum(FILE **out, const struct activation *act, double q);

#endif
