/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the singular values of networks of finite width lie from the law's, all together: the
 * standard deviation of log s at given points of the law (src/THEORY.md 6.1). To first order,
 * with N_l neurons in layer l:
 *
 * 1. Layer l's values of t = phi'(h)^2 follow their law up to dnu_l only. At fixed s that moves
 *    the imaginary part of E log(z - lambda) by sum_l E_l, E_l the deviation of the mean of f_l
 *    over the neurons of layer l from its expectation, f_l(h) = N_l/N_0 arg(1 - t/u_l), u_l from
 *    the law's own equation (response.c); and log s at fixed F by sum_l E_l/(2 |Im m|). Far
 *    outside, or in deep networks, f_l/|Im m| tends to t/mu_1: to what moves E lambda.
 * 2. That deviation has two parts: h has another variance, q_l (1 + delta_l), which moves the
 *    mean by kappa_l delta_l, kappa = E[f (h^2 - 1)]/2; and given the variance it is that of N_l
 *    neurons. The next layer's variance is off by delta_(l+1) = a_l delta_l + that of the mean
 *    of g_l over the neurons, g = sigma_w^2 phi^2/q_(l+1), a = E[g (h^2 - 1)]/2. The first
 *    layer's is exact: inputs are scaled to it. Backwards through the layers, w = 0 behind the
 *    last,
 *        variance += Var(f_l + w g_l)/N_l,    w <- kappa_l + a_l w.
 * 3. Given the layer before, gaussian weights make the h_i independent. Orthogonal ones that do
 *    not narrow fix the sum of squares of W x: the part of f + w g along h^2 does not fluctuate,
 *    Var becomes Var - rho C^2/2, C its covariance with h^2 and rho = ((q - sigma_b^2)/q)^2; of
 *    a vector of N_(l-1) that is cut to N_l, rho is N_l/N_(l-1) times that.
 * 4. Many equal layers: step 2 for n layers is a map w -> alpha + beta w,
 *    variance -> variance + A + 2 B w + C w^2; two such maps in a row are one of the same form,
 *    so that n layers take log n.
 * 5. Gaussian matrices fluctuate by themselves, by far less: layer l adds
 *    (1/2 + 7/10 B/N)/(N B), N the larger of its widths, B the least of the network. This is a
 *    fit: 1/(2 N B) is a quarter of the relative variance of the trace of W W^T with W of B x N;
 *    for the median log s of products of L square linear layers, 1 to 100 of them, 0.7 to
 *    1.8 L/N^2 was measured. */
#include <math.h>
#include <stdlib.h>
#include "comparison_internal.h"
#include "response.h"
#include "scatter.h"

/* Imaginary part of log z, relative to the spread of log s over the places: F is smoothed over
 * so much. */
static const double SMOOTHING = 2e-3, SMOOTHING_MOST = 0.1, SMOOTHING_LEAST = 1e-9;

/* As far as q of homogeneous layers is followed. */
static const double Q_LEAST = 1e-280;

/* Step 4, at n places: w_i -> alpha_i + beta w_i, variance_ij += a_ij + b_i w_j + b_j w_i + c
 * w_i w_j. */
typedef struct passage {
    size_t n;
    double alpha[FJ_PLACES_MAX], beta, a[FJ_PLACES_MAX][FJ_PLACES_MAX], b[FJ_PLACES_MAX], c;
} passage;

/* What goes backwards through the network. */
typedef struct state {
    double w[FJ_PLACES_MAX], variance[FJ_PLACES_MAX][FJ_PLACES_MAX];
} state;

/* Steps 1 to 3 for one layer of `neurons`: share = N_l/N_0; gain = sigma_w^2 E phi^2/q of the
 * layer behind it; fixed = rho. */
static void passage_make(const fj_joint *j, size_t n, double share, double gain, double fixed,
                         double neurons, passage *out)
{
    const double g = gain * j->gh;
    out->n = n;
    out->beta = g / 2;
    out->c = (gain * gain * j->gg - fixed * g * g / 2) / neurons;
    for (size_t i = 0; i < n; i++) {
        const double f = share * j->fh[i];
        out->alpha[i] = f / 2;
        out->b[i] = (share * gain * j->fg[i] - fixed * f * g / 2) / neurons;
        for (size_t k = 0; k < n; k++)
            out->a[i][k] = share * (share * j->ff[i][k] - fixed * f * j->fh[k] / 2) / neurons;
    }
}

static void passage_apply(const passage *p, state *at)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->n; k++)
            at->variance[i][k] +=
                p->a[i][k] + p->b[i] * at->w[k] + p->b[k] * at->w[i] + p->c * at->w[i] * at->w[k];
    for (size_t i = 0; i < p->n; i++)
        at->w[i] = p->alpha[i] + p->beta * at->w[i];
}

/* The passage twice in a row: what the first adds, and the second with w = alpha + beta w. */
static void passage_double(passage *p)
{
    const passage one = *p;
    for (size_t i = 0; i < p->n; i++) {
        p->alpha[i] += one.beta * one.alpha[i];
        p->b[i] += one.beta * (one.b[i] + one.c * one.alpha[i]);
        for (size_t k = 0; k < p->n; k++)
            p->a[i][k] += one.a[i][k] + one.b[i] * one.alpha[k] + one.b[k] * one.alpha[i] +
                          one.c * one.alpha[i] * one.alpha[k];
    }
    p->c += one.c * one.beta * one.beta;
    p->beta *= one.beta;
}

static void passage_repeat(passage *p, uint64_t times, state *at)
{
    for (; times > 0; times /= 2) {
        if (times % 2)
            passage_apply(p, at);
        if (times > 1)
            passage_double(p);
    }
}

/* q of the last layer of a run: only homogeneous ones let it move, and of them it does not
 * matter where it leaves the range of double. */
static double last_q(const fj_network_run *run)
{
    const double steps = (double)(run->count - 1), biases = run->sigma_b * run->sigma_b;
    if (!fj_activation_is_homogeneous(run->activation) || steps == 0)
        return run->q;
    const double grown = expm1(steps * log(run->chi));
    const double q =
        run->q * (1 + grown) + biases * (run->chi == 1 ? steps : grown / (run->chi - 1));
    return fmin(fmax(q, Q_LEAST), 1 / Q_LEAST);
}

/* What the layers of a run hand on to one of `next`: gain of passage_make. */
static double gain_to(const fj_network_run *run, const fj_network_run *next, double mean_length)
{
    const double spread =
        next->weights == FJ_WEIGHTS_ORTHOGONAL ? fmin(1, run->width / next->width) : 1;
    const double wanted = spread * next->sigma_w * next->sigma_w * mean_length,
                 q = wanted + next->sigma_b * next->sigma_b;
    return q > 0 ? wanted / q : 0;
}

/* rho of step 3, of a layer behind one of width `before`. */
static double fixed_part(const fj_network_run *run, double q, double before)
{
    const double share = q > 0 ? 1 - run->sigma_b * run->sigma_b / q : 0;
    if (run->weights == FJ_WEIGHTS_GAUSSIAN || !(share > 0))
        return 0;
    return fmin(1, run->width / before) * share * share;
}

/* Step 5. */
static double of_matrices(const fj_network *network, double count)
{
    double least = network->width, before = network->width, sum = 0;
    for (size_t r = 0; r < network->runs; r++)
        least = fmin(least, network->run[r].width);
    for (size_t r = 0; r < network->runs; r++) {
        const fj_network_run *run = &network->run[r];
        const double first = fmax(before, run->width), later = (double)(run->count - 1);
        if (run->weights == FJ_WEIGHTS_GAUSSIAN)
            sum += (0.5 + 0.7 * least / first) / (first * least) +
                   later * (0.5 + 0.7 * least / run->width) / (run->width * least);
        before = run->width;
    }
    const double unit = network->width / count; /* of widths, in neurons */
    return sqrt(sum) * unit;
}

/* The run r, backwards; inverse[i] = 1/u at place i. */
static void run_pass(const fj_network *network, size_t r, double count,
                     const double complex *inverse, size_t n, fj_neurons *neurons, state *at)
{
    const fj_network_run *run = &network->run[r];
    const double q = last_q(run), share = run->width / network->width;
    const double before = r > 0 ? run[-1].width : network->width;
    const double within = fixed_part(run, q, run->width), first = fixed_part(run, q, before);
    fj_joint joint;
    passage p;
    fj_neurons_make(run->activation, q, neurons);
    fj_neurons_joint(neurons, inverse, n, &joint);
    const double inner = gain_to(run, run, neurons->mean_length);
    const double outer = r + 1 < network->runs ? gain_to(run, run + 1, neurons->mean_length) : 0;
    passage_make(&joint, n, share, outer, run->count > 1 ? within : first, count * share, &p);
    passage_apply(&p, at);
    if (run->count > 2) {
        passage_make(&joint, n, share, inner, within, count * share, &p);
        passage_repeat(&p, run->count - 2, at);
    }
    if (run->count > 1) {
        passage_make(&joint, n, share, inner, first, count * share, &p);
        passage_apply(&p, at);
    }
}

/* Where no point u is found all moves as E lambda does: the limit of step 1 far outside, f_l =
 * |Im m| t/mu_1, any m. */
static void place_far(const fj_network *network, double complex *inverse, double *density)
{
    static const double SMALL = 1e-6; /* so that arg(1 - x) is -Im x */
    *density = SMALL;
    for (size_t r = 0; r < network->runs; r++) {
        const fj_network_run *run = &network->run[r];
        const double mu1 = run->chi / (run->sigma_w * run->sigma_w);
        inverse[r * FJ_PLACES_MAX] = CMPLX(0, -SMALL * network->width / run->width / mu1);
    }
}

/* 1/u of each run at each place, FJ_PLACES_MAX to a run, and -Im m; found[i] = 0 where it is
 * that limit. */
static fj_status places_solve(const fj_spectrum *law, const fj_scatter *scatter,
                              double complex *inverse, double *density, int *found)
{
    const fj_network *network = fj_spectrum_network(law);
    const size_t n = scatter->n;
    fj_response *response;
    fj_status status = fj_response_create(law, &response);
    if (status != FJ_OK)
        return status;
    const double spread = n > 0 ? scatter->log_s[n - 1] - scatter->log_s[0] : 0;
    const double angle = fmax(fmin(SMOOTHING * spread, SMOOTHING_MOST), SMOOTHING_LEAST);
    for (size_t i = n; i-- > 0;) {
        if (scatter->still[i])
            continue;
        status = fj_response_solve(response, 2 * scatter->log_s[i], angle);
        density[i] = -cimag(fj_response_m(response));
        found[i] = status == FJ_OK && density[i] > 0;
        for (size_t r = 0; r < network->runs && found[i]; r++)
            inverse[r * FJ_PLACES_MAX + i] = fj_response_inverse(response, r);
        if (!found[i])
            place_far(network, inverse + i, &density[i]);
    }
    fj_response_destroy(response);
    return FJ_OK;
}

/* From the covariance of arg(...) to that of log s. */
static void finish(const state *at, const double *density, fj_scatter *out)
{
    for (size_t i = 0; i < out->n; i++)
        for (size_t k = 0; k < out->n; k++)
            out->covariance[i][k] = out->still[i] || out->still[k]
                                        ? 0
                                        : at->variance[i][k] / (4 * density[i] * density[k]);
}

/* The deviation of F is that of log s times the density per unit log s: the smoothed one, or,
 * without it, that of the law itself. Where not even that is to be had the other places tell. */
static fj_status cdf_find(const fj_spectrum *law, const double *density, const int *found,
                          fj_scatter *out)
{
    for (size_t i = 0; i < out->n; i++) {
        double slope = out->still[i] ? 0 : 2 * density[i] / M_PI;
        if (!out->still[i] && !found[i]) {
            fj_spectrum_point point;
            fj_status status = fj_spectrum_eval_log(law, &out->log_s[i], 1, &point);
            if (status != FJ_OK && status != FJ_NO_CONVERGENCE)
                return status;
            slope = isfinite(point.density_log10) ? point.density_log10 / log(10) : 0;
        }
        out->cdf[i] = slope * hypot(sqrt(fmax(out->covariance[i][i], 0)), out->matrices);
    }
    return FJ_OK;
}

fj_status fj_scatter_find(const fj_spectrum *law, double count, fj_scatter *out)
{
    const fj_network *network = fj_spectrum_network(law);
    if (!network)
        return FJ_INVALID;
    double complex *inverse = calloc(FJ_PLACES_MAX * network->runs, sizeof *inverse);
    fj_neurons *neurons = malloc(sizeof *neurons);
    double density[FJ_PLACES_MAX] = {0};
    int found[FJ_PLACES_MAX] = {0};
    state at = {.w = {0}};
    fj_status status = inverse && neurons ? FJ_OK : FJ_NO_MEMORY;
    if (status == FJ_OK)
        status = places_solve(law, out, inverse, density, found);
    for (size_t r = network->runs; r > 0 && status == FJ_OK; r--)
        run_pass(network, r - 1, count, inverse + (r - 1) * FJ_PLACES_MAX, out->n, neurons, &at);
    if (status == FJ_OK) {
        out->matrices = of_matrices(network, count);
        finish(&at, density, out);
        status = cdf_find(law, density, found, out);
    }
    free(inverse);
    free(neurons);
    return status;
}
