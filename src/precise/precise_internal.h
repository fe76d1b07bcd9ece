/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The laws of identical layers in MPFR: what the files of this layer, and the makers of the tables in data/, share.
 *
 * One law at one precision is a fj_precise_run: activation, rule, law of t, network. Everything public is computed by
 * two runs that differ in bits, nodes and panels, and counts when they agree (agree.c).
 *
 * activation.c        phi, phi', phi'' in MPFR              activation_shape.c  kinks, masses of t, its range
 * spec.c              texts into numbers                    rule.c              Gauss-Legendre rules of any order
 * erfc.c              the error function, by a table
 * law.c               panels of nodes of t                  transform.c         E[t/(u-t)] over them
 * transform_quick.c   the same in long double               line.c              E[f(h)]: moments, lengths
 * averages.c          E log t, moments of t                 equation.c          log z(u); the bracket in theta
 * root.c              the root at a given s                 edge.c, edge_scan.c edges from real u
 * push.c              depth 1, orthogonal                   series.c            moments of lambda
 * fixed_point.c       q* from sigma_w, sigma_b              run.c               a network at one precision
 * agree.c             two runs, text                        precise.c           the public object
 * points.c            points on threads                     quantile.c          the inverse of F */
#ifndef FJ_PRECISE_INTERNAL_H
#define FJ_PRECISE_INTERNAL_H

#include <complex.h>
#include <stdbool.h>
#include <mpfr.h>
#include <mpc.h>
#include <freejac/precise.h>

/* CMPLXL of C11, which clang with glibc lacks. */
static inline long double complex fj_make_complex(long double re, long double im)
{
    union {
        long double part[2];
        long double complex whole;
    } z = {.part = {re, im}};
    return z.whole;
}

enum { FJ_PRECISE_MASSES_MAX = 2, FJ_PRECISE_GAPS_MAX = 4, FJ_PRECISE_EDGES_MAX = 16 };

/* ---- activations ---- */

/* Where phi' is not constant: nowhere, on x < 0, on the whole line, or evenly on both sides. */
typedef enum fj_precise_smooth {
    FJ_SMOOTH_NONE,
    FJ_SMOOTH_NEGATIVE,
    FJ_SMOOTH_WHOLE,
    FJ_SMOOTH_EVEN
} fj_precise_smooth;

typedef enum fj_precise_shape {
    FJ_SHAPE_LINEAR,
    FJ_SHAPE_LEAKY,
    FJ_SHAPE_HARD_TANH,
    FJ_SHAPE_TANH,
    FJ_SHAPE_ERF,
    FJ_SHAPE_SIGMOID,
    FJ_SHAPE_ARCTAN,
    FJ_SHAPE_SOFTSIGN,
    FJ_SHAPE_SIN,
    FJ_SHAPE_SOFTPLUS,
    FJ_SHAPE_ELU,
    FJ_SHAPE_SELU, /* ELU with the constants of its fixed point; only in a spec */
    FJ_SHAPE_GELU,
    FJ_SHAPE_SILU
} fj_precise_shape;

/* An activation, its parameters as texts: leaky: parameter is the slope for x < 0; softplus: beta; ELU: alpha, and
 * scale multiplies it all. NULL: 1. */
typedef struct fj_precise_spec {
    fj_precise_shape shape;
    const char *parameter, *scale;
} fj_precise_spec;

/* erfc faster than MPFR's, up to 8 bits less than prec; NULL: no memory, which fj_precise_erfc_at takes for no table. */
typedef struct fj_precise_erfc fj_precise_erfc;
fj_precise_erfc *fj_precise_erfc_make(mpfr_prec_t prec);
void fj_precise_erfc_free(fj_precise_erfc *table);
void fj_precise_erfc_at(const fj_precise_erfc *table, mpfr_t y, const mpfr_t x); /* y not x */

/* An activation at one precision. */
typedef struct fj_precise_phi {
    fj_precise_shape shape;
    fj_precise_smooth smooth;
    mpfr_t parameter, scale;
    fj_precise_erfc *erfc; /* of those that need it */
} fj_precise_phi;

void fj_precise_phi_init(fj_precise_phi *phi, const fj_precise_spec *spec, mpfr_prec_t prec);
void fj_precise_phi_clear(fj_precise_phi *phi);
/* phi(c x) = c phi(x), c > 0 */
bool fj_precise_phi_homogeneous(const fj_precise_phi *phi);
/* y may not be x in any of these. */
void fj_precise_phi_value(const fj_precise_phi *phi, mpfr_t y, const mpfr_t x);
void fj_precise_phi_slope(const fj_precise_phi *phi, mpfr_t y, const mpfr_t x);
void fj_precise_phi_curvature(const fj_precise_phi *phi, mpfr_t y, const mpfr_t x);
/* Points where phi' jumps or phi'' does, ascending: returns their number. */
int fj_precise_phi_kinks(const fj_precise_phi *phi, int kinks[2]);
/* Point masses of t for h ~ N(0,1), ascending in t; arrays of FJ_PRECISE_MASSES_MAX, initialised. With sqrt_q = 0 the
 * law of t is these alone. */
int fj_precise_phi_masses(const fj_precise_phi *phi, const mpfr_t sqrt_q, mpfr_t *value,
                          mpfr_t *mass);
/* Largest t of the part that is not flat, whose least is 0. Returns false when there is none. */
bool fj_precise_phi_range(const fj_precise_phi *phi, mpfr_t high);
/* Points x between which phi' is monotone and of one sign, ascending from -reach to reach; *breaks is new, to be freed
 * with fj_precise_array_free. FJ_NO_MEMORY. */
fj_status fj_precise_phi_breaks(const fj_precise_phi *phi, double reach, mpfr_prec_t prec,
                                mpfr_t **breaks, size_t *n);
/* Zeros of phi', at most one (periodic ones apart); false: none. */
bool fj_precise_phi_zero(const fj_precise_phi *phi, mpfr_t x);

/* n initialised numbers, 0 each; NULL where memory ends. */
mpfr_t *fj_precise_array(size_t n, mpfr_prec_t prec);
void fj_precise_array_free(mpfr_t *array, size_t n);

/* Reads a number that is all of text, decimal or hexadecimal; false if it is none, or not finite. */
bool fj_precise_read(mpfr_t x, const char *text);
/* Reads the name of an activation and its parameters; *copy, to be freed, holds their texts. Statuses and detail
 * as fj_activation_create. */
fj_status fj_precise_spec_read(const char *text, fj_precise_spec *spec, char **copy,
                               fj_detail *detail);

/* ---- rules ---- */

typedef struct fj_precise_plan {
    int n;                 /* nodes a panel */
    int test;              /* Legendre coefficients test..test+2 must be small */
    mpfr_prec_t prec;      /* bits */
    int panels;            /* panels the half line starts with */
    double reach;          /* |h| is cut here */
    long double tolerance; /* of those coefficients, relative to the panel's largest value */
    long double floor;     /* panels below this share of the whole are taken as they are */
} fj_precise_plan;

/* The plan for errors of 10^-digits; run 0 and 1 differ in everything. */
fj_precise_plan fj_precise_plan_for(double digits, int run);

typedef struct fj_precise_rule {
    fj_precise_plan plan;
    mpfr_t *node, *weight;       /* on [-1, 1] */
    long double *legendre[3];    /* (2k+1)/2 P_k(x_i) */
    long double *inverse_weight; /* 1 / weight */
} fj_precise_rule;

/* FJ_NO_MEMORY: *rule is empty. */
fj_status fj_precise_rule_make(fj_precise_rule *rule, const fj_precise_plan *plan);
void fj_precise_rule_free(fj_precise_rule *rule);

/* ---- the law of t ---- */

typedef struct fj_precise_panel {
    mpfr_t middle, half;
    mpfr_t *t, *w, *wt;        /* t, weight times gaussian, and their product */
    long double *lt, *lw, *le; /* t, w and t - mu_1, rounded */
    struct fj_precise_panel *child[2];
} fj_precise_panel;

enum { FJ_PRECISE_SCRATCH = 24 };

typedef struct fj_precise_law {
    fj_precise_phi phi;
    fj_precise_smooth smooth; /* of phi, or none at q = 0 */
    const fj_precise_rule *rule;
    mpfr_t q, sqrt_q, mu_1, log_mu_1;
    long double lmu_1;
    int n_masses;
    mpfr_t value[FJ_PRECISE_MASSES_MAX], mass[FJ_PRECISE_MASSES_MAX];
    size_t n_roots;
    fj_precise_panel **root;
    long n_nodes;
    fj_status status; /* not FJ_OK: a panel did not converge, the numbers must not be used */
    mpfr_t s[FJ_PRECISE_SCRATCH];
} fj_precise_law;

/* Without mu_1 and panels: enough for expectations of functions of h. NULL: no memory. */
fj_precise_law *fj_precise_law_new(const fj_precise_spec *spec, const mpfr_t q,
                                   const fj_precise_rule *rule);
/* NULL: no memory. status tells whether mu_1 was found. */
fj_precise_law *fj_precise_law_make(const fj_precise_spec *spec, const mpfr_t q,
                                    const fj_precise_rule *rule);
void fj_precise_law_free(fj_precise_law *law); /* NULL does nothing */
/* Forgets the panels when they have grown many; call between unrelated evaluations. */
void fj_precise_law_trim(fj_precise_law *law);
/* False: no memory, and law->status says so. */
bool fj_precise_panel_split(fj_precise_law *law, fj_precise_panel *panel);
/* Where the half line h > 0 is cut first: ascending from 0 to the reach, finer where phi' varies fast. */
mpfr_t *fj_precise_cuts(const fj_precise_law *law, size_t *n);

/* Long double values, good to about 1e-16: m, dm/du, 1+m, E[t u/(u-t)], and, without cancellation at large u,
 * E[y^2], E[y+y^2] and E[(y-m)^2] for y = t/(u-t); x: E[t^2/(u-t)]/mu_1; x_free: m u/(mu_1 (1+m)) - 1. near: among
 * the t, where these two have no digits. */
typedef struct fj_precise_quick {
    long double complex m, dm, one_m, mu, y2, m_y2, variance, x, x_free;
    bool near;
} fj_precise_quick;
void fj_precise_transform_quick(fj_precise_law *law, long double complex u, fj_precise_quick *out);
/* Full precision; dm may be NULL. */
void fj_precise_transform_exact(fj_precise_law *law, const mpc_t u, mpc_t m, mpc_t g, mpc_t dm);
void fj_precise_transform_log(fj_precise_law *law, const mpc_t u, mpc_t k);

/* ---- expectations of functions of h ---- */

typedef void fj_precise_line_function(const fj_precise_law *law, const void *context,
                                      const mpfr_t h, mpfr_t *out);
/* E[f_i(h)], i < n; even: f(-h) = f(h). FJ_NO_CONVERGENCE, FJ_NO_MEMORY. */
fj_status fj_precise_line_expectation(const fj_precise_law *law, fj_precise_line_function *f,
                                      const void *context, bool even, size_t n, mpfr_t *out);
/* Their integrals over (0, 1). */
fj_status fj_precise_line_integral(const fj_precise_law *law, fj_precise_line_function *f,
                                   const void *context, size_t n, mpfr_t *out);
/* E t^k, k = 1..n */
fj_status fj_precise_line_moments(const fj_precise_law *law, size_t n, mpfr_t *mu);
/* Var t */
fj_status fj_precise_line_variance(const fj_precise_law *law, mpfr_t out);
/* E phi^2 and its derivative in q, E phi phi' h/sqrt(q) = E[phi'^2 + phi phi''] */
fj_status fj_precise_line_lengths(const fj_precise_law *law, mpfr_t phi2, mpfr_t slope);
/* E log t; NaN with a mass at 0 */
fj_status fj_precise_line_mean_log(const fj_precise_law *law, mpfr_t out);

/* ---- sums over panels, shared by transform.c and transform_quick.c ---- */

typedef enum fj_precise_mode { FJ_MODE_QUICK, FJ_MODE_EXACT, FJ_MODE_LOG } fj_precise_mode;

/* u - t, t, t - mu_1 and the weight of a node, in long double. */
typedef struct fj_precise_node {
    long double d, t, e, w;
} fj_precise_node;

typedef struct fj_precise_visit {
    fj_precise_law *law;
    fj_precise_mode mode;
    bool with_slope;
    mpfr_srcptr x, y; /* u = x + i y */
    long double lx, ly;
    long double floor, floor_m; /* for the tested integrand, and for w t/(u-t) */
    long double size, size_m;   /* of the same on the panel last tested */
    /* quick: means of t g, g, t^2 g, t^2 g^2, e g, e^2 g, e^2 g^2, t g^2, g^2; g = 1/(u-t), e = t - mu_1 */
    long double complex sum[9];
} fj_precise_visit;

/* Visits every panel that the integrand needs. */
void fj_precise_visit_panels(fj_precise_visit *visit);
/* Adds a node to visit->sum. */
void fj_precise_quick_add(fj_precise_visit *visit, const fj_precise_node *node);

/* ---- identical layers ---- */

typedef struct fj_precise_layers {
    bool gaussian;
    long depth;
    mpfr_t sigma_w, log_chi; /* log_chi = log(sigma_w^2 mu_1) */
    long double llog_chi;
} fj_precise_layers;

/* On the critical line of the law. */
void fj_precise_layers_init(fj_precise_layers *layers, const fj_precise_law *law, bool gaussian,
                            long depth);
/* Elsewhere. */
void fj_precise_layers_move(fj_precise_layers *layers, const fj_precise_law *law,
                            const mpfr_t sigma_w);
/* One orthogonal layer, whose law is that of sigma_w |phi'|. */
static inline bool fj_precise_layers_push(const fj_precise_layers *layers)
{
    return layers->depth == 1 && !layers->gaussian;
}
void fj_precise_layers_clear(fj_precise_layers *layers);

/* log z, d log z / d log u, m, 1+m at u = r exp(i theta), tan(theta/2) = exp(psi). */
typedef struct fj_precise_quick_point {
    long double log_r, psi;
    long double complex log_z, slope, m, one_m;
} fj_precise_quick_point;
void fj_precise_equation_quick(fj_precise_law *law, const fj_precise_layers *layers,
                               fj_precise_quick_point *p);
/* Finds psi at p->log_r, starting at p->psi. False: no theta, log_r is outside the spectrum. */
bool fj_precise_equation_bracket(fj_precise_law *law, const fj_precise_layers *layers,
                                 fj_precise_quick_point *p);
/* slope may be NULL. */
void fj_precise_equation_log_z(fj_precise_law *law, const fj_precise_layers *layers, const mpc_t u,
                               mpc_t log_z, mpc_t slope, mpc_t m, mpc_t one_m);

/* A point near log lambda = log_z in long double, between the real edges log_low (may be -infinity) and log_high. */
bool fj_precise_root_start(fj_precise_law *quick, const fj_precise_layers *layers,
                           long double log_low, long double log_high, long double log_z,
                           fj_precise_quick_point *p);
/* w = log u of a point as a complex number. */
void fj_precise_root_set(mpc_t w, const fj_precise_quick_point *p);
/* Newton to log z = log_z from w = log u, which moves to the root; density per unit s = exp(log_z/2), cdf. True when the
 * root is certain. cdf may be NULL. */
bool fj_precise_root_solve(fj_precise_law *law, const fj_precise_layers *layers, const mpfr_t log_z,
                           mpc_t w, mpfr_t density, mpfr_t cdf);

/* ---- edges ---- */

typedef struct fj_precise_edge {
    long double log_u; /* real u > 0 of the edge */
    bool lower;        /* lower end of an interval of the spectrum */
    bool turning;      /* d log z / du = 0 there, else the end of the law of t */
    int end;           /* the gap of the law of t it is in, or after whose left end it comes */
} fj_precise_edge;

typedef struct fj_precise_ends {
    int n; /* gaps of the law of t in (0, inf): (left[i], right[i]), the last to infinity */
    mpfr_t left[FJ_PRECISE_GAPS_MAX], right[FJ_PRECISE_GAPS_MAX];
    bool left_mass[FJ_PRECISE_GAPS_MAX]; /* left > 0 is a point mass */
} fj_precise_ends;
void fj_precise_ends_make(const fj_precise_law *law, fj_precise_ends *ends);
void fj_precise_ends_free(fj_precise_ends *ends);
/* Edges in increasing order of u, at most FJ_PRECISE_EDGES_MAX. */
int fj_precise_edges_find(fj_precise_law *law, const fj_precise_layers *layers,
                          fj_precise_edge *edges);
/* log u and log z at the edge; *bend = d^2 log z/d (log u)^2, 0 where it is no turning point. */
bool fj_precise_edge_polish(fj_precise_law *law, const fj_precise_layers *layers,
                            const fj_precise_edge *edge, mpfr_t log_u, mpfr_t log_z,
                            long double *bend);
/* The distribution function in the gap of the spectrum beside the edge. */
void fj_precise_edge_cdf(fj_precise_law *law, const fj_precise_layers *layers,
                         const fj_precise_edge *edge, mpfr_t cdf);
/* Mass of the atom of the spectrum that mass i of t gives, its place in s. */
void fj_precise_atom_of(const fj_precise_law *law, const fj_precise_layers *layers, int i,
                        mpfr_t mass, mpfr_t s);

/* ---- depth 1 with orthogonal weights, and moments ---- */

/* Law of |phi'(sqrt(q) h)| at y: the density of its continuous part, and P(|phi'| <= y). FJ_NO_CONVERGENCE: more periods
 * than can be counted; FJ_NO_MEMORY. */
fj_status fj_precise_push_at(const fj_precise_law *law, const mpfr_t y, mpfr_t density, mpfr_t cdf);

/* Power series of n terms: out = log a, a[0] = 1; out = exp(c a) without the factor exp(c a[0]). */
void fj_precise_series_log(mpfr_t *out, mpfr_t *a, size_t n);
void fj_precise_series_exp(mpfr_t *out, mpfr_t *a, long c, size_t n);
/* E lambda^k, k = 1..n, from E t^k; FJ_NO_MEMORY. */
fj_status fj_precise_series_moments(const fj_precise_layers *layers, size_t n, mpfr_t *mu,
                                    mpfr_t *moment);

/* y = exp(x/2); NaN where that is below MPFR's range. y may be x. */
void fj_precise_root_exp(mpfr_t y, const mpfr_t x);
/* a and b are the same up to rounding in the law's precision. */
bool fj_precise_near(const mpfr_t a, const mpfr_t b, const fj_precise_law *law);

/* ---- networks ---- */

/* What was asked for. */
typedef struct fj_precise_problem {
    fj_precise_spec spec;
    bool gaussian;
    long depth;
    unsigned digits;
    char *copy, *q, *sigma_w, *sigma_b; /* texts; q NULL: at the sigmas */
    mpfr_t q_start;                     /* q* to some 16 digits, where the sigmas are given */
    fj_precise_edge edge[FJ_PRECISE_EDGES_MAX];
    int edges;
} fj_precise_problem;

/* Finds problem->q_start, the fixed point that the recursion from q = 1 reaches. FJ_NO_FIXED_POINT, FJ_NO_CONVERGENCE,
 * FJ_NO_MEMORY. */
fj_status fj_precise_fixed_point_find(fj_precise_problem *problem, fj_detail *detail);
/* The same to all digits of the rule. */
fj_status fj_precise_fixed_point_polish(const fj_precise_problem *problem,
                                        const fj_precise_rule *rule, double digits, int which,
                                        mpfr_t q);

/* A problem at one precision. */
typedef struct fj_precise_run {
    const fj_precise_problem *problem;
    double digits; /* that errors are aimed at */
    fj_precise_rule rule;
    fj_precise_law *law;
    fj_precise_layers layers;
    mpfr_t edge_u[FJ_PRECISE_EDGES_MAX], edge_z[FJ_PRECISE_EDGES_MAX]; /* logarithms */
    long double bend[FJ_PRECISE_EDGES_MAX];
    bool polished;
} fj_precise_run;

/* which: 0 or 1, the two runs to compare. On failure nothing is left to free. */
fj_status fj_precise_run_make(fj_precise_run *run, const fj_precise_problem *problem, double digits,
                              int which);
void fj_precise_run_free(fj_precise_run *run);
/* Fills edge_u, edge_z, bend. */
fj_status fj_precise_run_edges(fj_precise_run *run);

enum { FJ_PRECISE_LEVELS = 40 };
/* The error that the runs of a level aim at. */
double fj_precise_level_digits(const fj_precise_problem *problem, int level);

/* What one thread works with: a law for long double, and pairs of runs made when they are needed. */
typedef struct fj_precise_desk {
    const fj_precise_problem *problem;
    fj_precise_run quick;
    fj_precise_run pair[FJ_PRECISE_LEVELS][2];
    bool has_pair[FJ_PRECISE_LEVELS];
    struct fj_precise_desk *next;
} fj_precise_desk;

fj_status fj_precise_desk_make(const fj_precise_problem *problem, fj_precise_desk **out);
fj_status fj_precise_desk_pair(fj_precise_desk *desk, int level, fj_precise_run **pair);
void fj_precise_desk_free(fj_precise_desk *desk); /* NULL does nothing */

/* Computes n numbers in one run; NaN: does not exist. FJ_NO_CONVERGENCE asks for more digits. */
typedef fj_status fj_precise_compute(void *context, fj_precise_desk *desk, fj_precise_run *run,
                                     mpfr_t *out);

/* Computes n numbers in pairs of runs with growing precision until each is established; *out[i] gets its text and status.
 * FJ_OK also where some are not; FJ_NO_MEMORY, or what computing failed with other than FJ_NO_CONVERGENCE. */
fj_status fj_precise_establish(fj_precise_desk *desk, fj_precise_compute *compute, void *context,
                               size_t n, fj_precise_number **out);

/* x as text of so many digits; NaN and infinities are FJ_RANGE. Returns number->status. */
fj_status fj_precise_text(fj_precise_number *number, const mpfr_t x, unsigned digits);

/* The law at s (text) in one run: density, cdf. */
typedef struct fj_precise_place {
    const char *s;
    bool started;
    fj_precise_quick_point start;
} fj_precise_place;
fj_status fj_precise_law_at(fj_precise_place *place, fj_precise_desk *desk, fj_precise_run *run,
                            mpfr_t density, mpfr_t cdf);
/* The same inside interval i, at log lambda = x, near *start where started. */
fj_status fj_precise_law_inside(fj_precise_place *place, fj_precise_desk *desk, fj_precise_run *run,
                                int upper, const mpfr_t x, mpfr_t density, mpfr_t cdf);
/* Mass of atoms with from < s <= to, either of which may be NULL; s = to up to rounding counts, from likewise not. */
void fj_precise_atoms_between(const fj_precise_run *run, mpfr_srcptr from, mpfr_srcptr to,
                              mpfr_t mass);

struct fj_precise {
    fj_precise_problem problem;
    fj_precise_meanfield where;
    fj_precise_interval *interval;
    size_t intervals;
    fj_precise_atom atom[FJ_PRECISE_MASSES_MAX];
    size_t atoms;
    fj_precise_summary summary;
    struct fj_precise_pool *pool;
};

/* A desk for one caller, made if none is free; to be given back. */
fj_status fj_precise_desk_take(const fj_precise *precise, fj_precise_desk **out);
void fj_precise_desk_return(const fj_precise *precise, fj_precise_desk *desk);
#endif
