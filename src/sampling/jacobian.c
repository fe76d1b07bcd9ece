/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Jacobian of a sampled network.
 *
 * 1. The product P = D^l W^l ... D^1 W^1 is kept beside the state x^l as its last column: W is applied to both at once.
 *    P starts as the unit matrix of the input's width.
 * 2. Columns are independent: they are worked on in groups whose size does not depend on the number of threads, with
 *    BLAS on one thread, so that the same numbers come out, to the last bit.
 * 3. Orthogonal W never becomes a matrix: reflectors are applied (haar.c). It is sigma_w times the first N_(l-1) columns of a
 *    Haar matrix of O(N_l) where the layer widens, so P is filled up with rows of zeros; and sigma_w times the first N_l rows
 *    of the transpose of one of O(N_(l-1)) where it narrows.
 * 4. h = W x + b gives q = mean h^2, D = phi'(h), chi = sigma_w^2 mean D^2 and the next x. The factors of rows (D, signs,
 *    sigma_w) are gathered and multiplied once, before the next W.
 * 5. Deep products would leave the range of double: once the largest entry leaves 2^-100 .. 2^100 a power of two is taken out, which
 *    rounds nothing. So does the state of activations with phi(c x) = c phi(x), whose derivative does not depend on c. */
#include "jacobian.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "blas.h"
#include "haar.h"
#include "threads.h"

enum { EXPONENT_MOST = 100, KINKS_MOST = 8 };
static const double STATE_LEAST = 1e-280; /* below it h loses digits */

/* The layer at work. */
typedef struct step {
    const fj_plan *plan;
    fj_workspace *work;
    const fj_network_run *run;
    size_t in, out;
    fj_haar haar;
    fj_stream stream;
    int64_t state_exponent; /* the state is the last column times 2 to this */
    int first;              /* P is the unit matrix */
    int narrow;             /* orthogonal, fewer rows than columns */
} step;

static size_t columns_all(const fj_plan *plan)
{
    return plan->inputs + 1;
}

/* Columns of a chunk: from *first on, so many. */
static size_t chunk_columns(const fj_plan *plan, size_t chunk, size_t *first)
{
    const size_t all = columns_all(plan);
    *first = chunk * plan->chunk;
    if (*first >= all)
        return 0;
    return all - *first < plan->chunk ? all - *first : plan->chunk;
}

/* Draws piece `index` of the weights. */
static void weights_draw(void *context, size_t index)
{
    const step *s = context;
    if (s->run->weights == FJ_WEIGHTS_ORTHOGONAL) {
        fj_haar_draw(&s->haar, index, &s->stream);
        return;
    }
    fj_stream column = s->stream;
    const size_t from = index * FJ_HAAR_BLOCK;
    for (size_t j = from; j < from + FJ_HAAR_BLOCK && j < s->in; j++) {
        column.column = j;
        fj_stream_normals(&column, s->out, s->work->weights + j * s->out);
    }
}

static size_t weights_pieces(const step *s)
{
    return s->run->weights == FJ_WEIGHTS_ORTHOGONAL ? fj_haar_blocks(&s->haar)
                                                    : (s->in + FJ_HAAR_BLOCK - 1) / FJ_HAAR_BLOCK;
}

/* What column j of the product and the state is multiplied by before W, in place; returns its largest entry. */
static double column_prepare(const step *s, size_t j)
{
    double *column = s->work->product + j * s->plan->widest;
    const int is_state = j == s->plan->inputs;
    if (s->first && !is_state) {
        memset(column, 0, s->in * sizeof *column);
        column[j] = 1;
    }
    const double *row = s->work->row, *sign = s->haar.sign, sigma = s->run->sigma_w;
    const int signs = s->run->weights == FJ_WEIGHTS_ORTHOGONAL && !s->narrow;
    if (signs) {
        for (size_t i = 0; i < s->in; i++)
            column[i] *= sigma * sign[i] * (is_state ? 1 : row[i]);
        memset(column + s->in, 0, (s->out - s->in) * sizeof *column);
    } else if (!is_state) {
        for (size_t i = 0; i < s->in; i++)
            column[i] *= row[i];
    }
    return is_state ? 0 : fabs(column[fj_blas()->cblas_idamax((int)s->in, column, 1)]);
}

/* Applies W to a chunk of columns. */
static void chunk_apply(void *context, size_t chunk)
{
    const step *s = context;
    const fj_plan *plan = s->plan;
    size_t first;
    const size_t columns = chunk_columns(plan, chunk, &first), leading = plan->widest;
    if (columns == 0)
        return;
    double *c = s->work->product + first * leading, *scratch = s->work->scratch;
    double largest = 0;
    for (size_t j = first; j < first + columns; j++)
        largest = fmax(largest, column_prepare(s, j));
    s->work->largest[chunk] = largest;
    if (s->run->weights == FJ_WEIGHTS_ORTHOGONAL) {
        const int whole = !s->first || first + columns > plan->inputs;
        fj_haar_apply(&s->haar, s->narrow ? FJ_HAAR_TRANSPOSED : FJ_HAAR_PLAIN,
                      whole ? s->haar.size : first + columns, c, leading, columns,
                      scratch + first * FJ_HAAR_BLOCK);
        return;
    }
    scratch += first * leading;
    fj_blas()->cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int)s->out, (int)columns,
                           (int)s->in, s->run->sigma_w / sqrt((double)s->in), s->work->weights,
                           (int)s->out, c, (int)leading, 0, scratch, (int)s->out);
    for (size_t j = 0; j < columns; j++)
        memcpy(c + j * leading, scratch + j * s->out, s->out * sizeof *c);
}

/* Brings a number to within 2^100 of 1: the exponent to take out of it, 0 where it is there, or 0, or no number. */
static int exponent_excess(double x)
{
    int exponent = 0;
    if (x > 0 && isfinite(x))
        frexp(x, &exponent);
    return abs(exponent) < EXPONENT_MOST ? 0 : exponent;
}

/* ldexp with exponents beyond int. */
static double scaled(double x, int64_t exponent)
{
    enum { BEYOND = 5000 };
    return ldexp(x, exponent > BEYOND ? BEYOND : exponent < -BEYOND ? -BEYOND : (int)exponent);
}

/* 1 if phi bends at 0, so that the sign of a vanishing h decides about phi'. */
static int bends_at_zero(const fj_activation *activation)
{
    double kink[KINKS_MOST] = {0};
    const size_t kinks = fj_activation_kinks(activation, kink, KINKS_MOST);
    for (size_t i = 0; i < kinks && i < KINKS_MOST; i++)
        if (kink[i] == 0)
            return 1;
    return 0;
}

/* Keeps the state in range where phi(c x) = c phi(x); else it must be there by itself. */
static fj_status state_scale(step *s, double *x)
{
    const double largest = fabs(x[fj_blas()->cblas_idamax((int)s->out, x, 1)]);
    if (!fj_activation_is_homogeneous(s->run->activation))
        return largest > 0 && largest < STATE_LEAST && bends_at_zero(s->run->activation) ? FJ_RANGE
                                                                                         : FJ_OK;
    const int exponent = exponent_excess(largest);
    for (size_t i = 0; exponent != 0 && i < s->out; i++)
        x[i] = ldexp(x[i], -exponent);
    s->state_exponent += exponent;
    return FJ_OK;
}

/* h from the state's column, its averages, how many neurons pass anything on, the next state, and the factors of the product's rows. */
static fj_status state_advance(step *s, double *q, double *chi, size_t *alive)
{
    double *x = s->work->product + s->plan->inputs * s->plan->widest, *row = s->work->row;
    const fj_network_run *run = s->run;
    fj_stream biases = s->stream;
    biases.kind = FJ_STREAM_BIASES;
    if (run->sigma_b > 0)
        fj_stream_normals(&biases, s->out, s->work->bias);
    const int64_t back = fj_activation_is_homogeneous(run->activation) ? 0 : s->state_exponent;
    s->state_exponent -= back;
    const double sigma_b = scaled(run->sigma_b, -s->state_exponent);
    double squares = 0, slopes = 0;
    for (size_t i = 0; i < s->out; i++) {
        const double late = s->narrow ? s->haar.sign[i] * run->sigma_w : 1;
        const double wx = back ? scaled(late * x[i], back) : late * x[i];
        const double h = wx + (run->sigma_b > 0 ? sigma_b * s->work->bias[i] : 0);
        const double slope = fj_activation_slope(run->activation, h);
        squares += h * h;
        slopes += slope * slope;
        *alive += slope != 0;
        row[i] = late * slope;
        x[i] = fj_activation_value(run->activation, h);
    }
    *q = scaled(squares / (double)s->out, 2 * s->state_exponent);
    *chi = run->sigma_w * run->sigma_w * slopes / (double)s->out;
    return isfinite(squares) && isfinite(*chi) ? state_scale(s, x) : FJ_RANGE;
}

/* A power of two to be taken out of a product of which `largest` is the largest entry; the rest goes into the rows. */
static int64_t rows_scale(const step *s)
{
    double largest = 0;
    for (size_t i = 0; i < s->plan->chunks; i++)
        largest = fmax(largest, s->work->largest[i]);
    const int exponent = exponent_excess(largest);
    if (exponent == 0)
        return 0;
    for (size_t i = 0; i < s->out; i++)
        s->work->row[i] = ldexp(s->work->row[i], -exponent);
    return exponent;
}

/* One layer: weights, product and state, the state's averages. */
static fj_status layer_pass(step *s, const fj_crew *crew, double *q, double *chi, size_t *alive)
{
    const size_t least = s->in < s->out ? s->in : s->out, most = s->in < s->out ? s->out : s->in;
    s->narrow = s->run->weights == FJ_WEIGHTS_ORTHOGONAL && s->out < s->in;
    s->haar = (fj_haar){most, least, s->work->weights, s->work->tau, s->work->t, s->work->sign};
    fj_work_plan work = {weights_pieces(s), crew->threads, weights_draw, s, NULL, NULL};
    fj_work_run(&work);
    work.work = chunk_apply;
    work.count = s->plan->chunks;
    fj_work_run(&work);
    return state_advance(s, q, chi, alive);
}

static void record_layer(fj_record *record, size_t *at, uint64_t layer, double q, double chi)
{
    record->log_chi += log(chi);
    if (*at < record->layers && record->layer[*at] == layer) {
        record->q[*at] = q;
        record->chi[(*at)++] = chi;
    }
}

/* All layers; *exponent: the powers of two taken out of the product. */
static fj_status layers_pass(step *s, const fj_crew *crew, fj_record *record, int64_t *exponent)
{
    const fj_network *network = s->plan->network;
    size_t at = 0;
    uint64_t layer = 0;
    s->in = s->plan->inputs;
    for (size_t r = 0; r < network->runs; r++) {
        s->run = &network->run[r];
        s->out = s->plan->width[r];
        for (uint64_t i = 0; i < s->run->count; i++) {
            double q, chi;
            size_t alive = 0;
            s->first = layer == 0;
            s->stream.layer = ++layer;
            fj_status status = layer_pass(s, crew, &q, &chi, &alive);
            if (status != FJ_OK)
                return status;
            record->rank = alive < record->rank ? alive : record->rank;
            record_layer(record, &at, layer, q, chi);
            *exponent += rows_scale(s);
            s->in = s->out;
            if (crew->watch && crew->watch(crew->watch_context) != 0)
                return FJ_CANCELLED;
        }
    }
    return FJ_OK;
}

fj_status fj_jacobian_sample(const fj_plan *plan, uint64_t sample, const double *x0,
                             const fj_crew *crew, fj_workspace *work, fj_record *record)
{
    step s = {.plan = plan,
              .work = work,
              .stream = {.seed = plan->seed, .sample = sample, .kind = FJ_STREAM_WEIGHTS}};
    int64_t exponent = 0;
    double sum = 0;
    record->log_chi = 0;
    record->rank = plan->inputs;
    for (size_t i = 0; i < plan->inputs; i++)
        work->row[i] = 1;
    memcpy(work->product + plan->inputs * plan->widest, x0, plan->inputs * sizeof *x0);
    fj_status status = layers_pass(&s, crew, record, &exponent);
    if (status != FJ_OK)
        return status;
    for (size_t j = 0; j < plan->inputs; j++)
        for (size_t i = 0; i < plan->outputs; i++)
            sum += fabs(work->product[j * plan->widest + i] *= work->row[i]);
    if (!isfinite(sum))
        return FJ_RANGE;
    const fj_matrix matrix = {work->product, plan->outputs, plan->inputs,
                              plan->widest,  record->rank,  exponent};
    return fj_singular_values(&matrix, work, record->s, record->log_s);
}
