/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampled Jacobians against networks written out: weights as matrices, the Jacobian by plain multiplication and by
 * differences of the network's output, singular values by one-sided Jacobi rotations. */
#include <cblas.h>
#include <float.h>
#include <freejac/sampling.h>
#include "blas.h"
#include "haar_make.h"
#include "input.h"
#include "statistics.h"

enum { RUNS_MOST = 4, WIDTH_MOST = 330 };

typedef struct net_case {
    const char *name;
    double inputs;
    size_t runs;
    struct {
        const char *activation;
        fj_weights weights;
        uint64_t count;
        double sigma_w, sigma_b, width;
    } run[RUNS_MOST];
} net_case;

static const double FIRST_Q = 0.7;
static const uint64_t SEED = 2385;

static const net_case CASES[] = {
    {"square orthogonal tanh", 20, 1, {{"tanh", FJ_WEIGHTS_ORTHOGONAL, 5, 1.3, 0.2, 20}}},
    {"square gaussian relu", 17, 1, {{"relu", FJ_WEIGHTS_GAUSSIAN, 6, 1.4, 0, 17}}},
    {"above one block", 130, 1, {{"erf", FJ_WEIGHTS_ORTHOGONAL, 3, 1.2, 0.1, 130}}},
    {"several groups of columns", 330, 1, {{"gelu", FJ_WEIGHTS_ORTHOGONAL, 2, 1.5, 0.1, 330}}},
    {"one neuron", 1, 1, {{"tanh", FJ_WEIGHTS_ORTHOGONAL, 4, 1.5, 0.3, 1}}},
    {"orthogonal, wider and narrower",
     30,
     4,
     {{"tanh", FJ_WEIGHTS_ORTHOGONAL, 2, 1.1, 0.1, 90},
      {"elu", FJ_WEIGHTS_ORTHOGONAL, 3, 1.2, 0.3, 40},
      {"sin", FJ_WEIGHTS_ORTHOGONAL, 1, 0.9, 0, 41},
      {"softplus", FJ_WEIGHTS_ORTHOGONAL, 2, 1.4, 0.2, 25}}},
    {"all kinds, outputs more than inputs",
     23,
     3,
     {{"silu", FJ_WEIGHTS_GAUSSIAN, 2, 1.8, 0.1, 70},
      {"hard-tanh", FJ_WEIGHTS_ORTHOGONAL, 2, 1.1, 0.2, 35},
      {"arctan", FJ_WEIGHTS_GAUSSIAN, 1, 1.3, 0.1, 50}}},
};

typedef struct made {
    fj_network network;
    fj_activation *activation[RUNS_MOST];
} made;

static void net_make(const net_case *c, made *out)
{
    fj_network_init(&out->network, c->inputs);
    for (size_t r = 0; r < c->runs; r++) {
        fj_detail detail = {""};
        ck_assert_int_eq(fj_activation_create(c->run[r].activation, &out->activation[r], NULL),
                         FJ_OK);
        const fj_network_run run = {
            out->activation[r], c->run[r].weights, c->run[r].count, c->run[r].sigma_w,
            c->run[r].sigma_b,  c->run[r].width,   FIRST_Q,         1};
        ck_assert_msg(fj_network_add(&out->network, &run, &detail) == FJ_OK, "%s", detail.text);
    }
}

static void net_free(const net_case *c, made *out)
{
    for (size_t r = 0; r < c->runs; r++)
        fj_activation_destroy(out->activation[r]);
    fj_network_clear(&out->network);
}

/* W of a layer, out x in. */
static double *weights_make(const fj_network_run *run, size_t in, size_t out, fj_stream stream)
{
    double *w = calloc(in * out, sizeof *w);
    ck_assert(w != NULL);
    if (run->weights == FJ_WEIGHTS_GAUSSIAN) {
        for (size_t j = 0; j < in; j++) {
            stream.column = j;
            fj_stream_normals(&stream, out, w + j * out);
        }
        for (size_t i = 0; i < in * out; i++)
            w[i] *= run->sigma_w / sqrt((double)in);
        return w;
    }
    const size_t most = in > out ? in : out, least = in > out ? out : in;
    fj_haar haar = fj_test_haar(most, least, &stream);
    double *q = fj_test_haar_matrix(&haar);
    for (size_t j = 0; j < in; j++)
        for (size_t i = 0; i < out; i++)
            w[j * out + i] = run->sigma_w * (out >= in ? q[j * most + i] : q[i * most + j]);
    free(q);
    fj_test_haar_free(&haar);
    return w;
}

typedef struct written {
    double *w[16], bias[16][WIDTH_MOST];
    const fj_network_run *run[16];
    size_t width[17], depth;
} written;

static void network_write(const fj_network *network, uint64_t sample, written *out)
{
    out->depth = 0;
    out->width[0] = (size_t)network->width;
    for (size_t r = 0; r < network->runs; r++)
        for (uint64_t i = 0; i < network->run[r].count; i++) {
            const size_t l = out->depth++, in = out->width[l],
                         size = out->width[l + 1] = (size_t)network->run[r].width;
            fj_stream stream = {
                .seed = SEED, .sample = sample, .layer = l + 1, .kind = FJ_STREAM_WEIGHTS};
            out->run[l] = &network->run[r];
            out->w[l] = weights_make(&network->run[r], in, size, stream);
            stream.kind = FJ_STREAM_BIASES;
            fj_stream_normals(&stream, size, out->bias[l]);
        }
}

/* h of layer l + 1 from the state x of layer l. */
static void layer_write(const written *net, size_t l, const double *x, double *h)
{
    const size_t in = net->width[l], out = net->width[l + 1];
    for (size_t i = 0; i < out; i++) {
        h[i] = net->run[l]->sigma_b * net->bias[l][i];
        for (size_t j = 0; j < in; j++)
            h[i] += net->w[l][j * out + i] * x[j];
    }
}

static void state_write(const written *net, size_t l, const double *h, double *x)
{
    for (size_t i = 0; i < net->width[l + 1]; i++)
        x[i] = fj_activation_value(net->run[l]->activation, h[i]);
}

/* The network's output. */
static void output_write(const written *net, const double *x0, double *x)
{
    double h[WIDTH_MOST];
    memcpy(x, x0, net->width[0] * sizeof *x);
    for (size_t l = 0; l < net->depth; l++) {
        layer_write(net, l, x, h);
        state_write(net, l, h, x);
    }
}

/* J = prod D W, outputs x inputs; q and chi of each layer. */
static double *jacobian_write(const written *net, const double *x0, double *q, double *chi)
{
    const size_t inputs = net->width[0];
    double x[WIDTH_MOST], h[WIDTH_MOST], *j = calloc(inputs * WIDTH_MOST, sizeof *j),
                                         *next = calloc(inputs * WIDTH_MOST, sizeof *next);
    ck_assert(j && next);
    memcpy(x, x0, inputs * sizeof *x);
    for (size_t i = 0; i < inputs; i++)
        j[i * inputs + i] = 1;
    for (size_t l = 0; l < net->depth; l++) {
        const size_t in = net->width[l], out = net->width[l + 1];
        layer_write(net, l, x, h);
        q[l] = chi[l] = 0;
        for (size_t i = 0; i < out; i++) {
            const double slope = fj_activation_slope(net->run[l]->activation, h[i]);
            q[l] += h[i] * h[i] / (double)out;
            chi[l] += net->run[l]->sigma_w * net->run[l]->sigma_w * slope * slope / (double)out;
            for (size_t c = 0; c < inputs; c++) {
                double sum = 0;
                for (size_t k = 0; k < in; k++)
                    sum += net->w[l][k * out + i] * j[c * in + k];
                next[c * out + i] = slope * sum;
            }
        }
        state_write(net, l, h, x);
        double *swap = j;
        j = next;
        next = swap;
    }
    free(next);
    return j;
}

/* Singular values of the rows x columns matrix by one-sided Jacobi (Hestenes 1958), descending. */
static void values_write(double *a, size_t rows, size_t columns, double *s)
{
    for (int sweep = 0, turned = 1; sweep < 60 && turned; sweep++) {
        turned = 0;
        for (size_t p = 0; p + 1 < columns; p++)
            for (size_t q = p + 1; q < columns; q++) {
                double *x = a + p * rows, *y = a + q * rows, xx = 0, yy = 0, xy = 0;
                for (size_t i = 0; i < rows; i++)
                    xx += x[i] * x[i], yy += y[i] * y[i], xy += x[i] * y[i];
                if (!(fabs(xy) > 1e-15 * sqrt(xx * yy)))
                    continue;
                turned = 1;
                const double zeta = (yy - xx) / (2 * xy),
                             t = copysign(1, zeta) / (fabs(zeta) + sqrt(1 + zeta * zeta)),
                             c = 1 / sqrt(1 + t * t);
                for (size_t i = 0; i < rows; i++) {
                    const double xi = x[i];
                    x[i] = c * (xi - t * y[i]);
                    y[i] = c * (t * xi + y[i]);
                }
            }
    }
    for (size_t p = 0; p < columns; p++) {
        s[p] = 0;
        for (size_t i = 0; i < rows; i++)
            s[p] += a[p * rows + i] * a[p * rows + i];
        s[p] = -sqrt(s[p]);
    }
    qsort(s, columns, sizeof *s, fj_test_ascending);
    for (size_t p = 0; p < columns; p++)
        s[p] = -s[p];
}

static void input_draw(const fj_network *network, uint64_t sample, double *x0)
{
    fj_plan plan;
    const fj_source source = {.images = NULL};
    ck_assert_int_eq(fj_plan_create(network, 0, 1, &plan, NULL), FJ_OK);
    plan.seed = SEED;
    ck_assert_int_eq(fj_source_draw(&source, &plan, sample, x0, NULL), FJ_OK);
    fj_plan_free(&plan);
}

START_TEST(against_written_out)
{
    const net_case *c = &CASES[_i];
    static written full;
    made net;
    double x0[WIDTH_MOST], s[WIDTH_MOST], q[16], chi[16];
    net_make(c, &net);
    fj_sampling_options options = fj_sampling_options_default();
    options.seed = SEED;
    options.samples = 2;
    fj_samples *samples;
    fj_detail detail = {""};
    ck_assert_msg(fj_samples_create(&net.network, &options, &samples, &detail) == FJ_OK, "%s",
                  detail.text);
    for (uint64_t k = 0; k < 2; k++) {
        const fj_sample *got = fj_samples_get(samples, k);
        network_write(&net.network, k, &full);
        input_draw(&net.network, k, x0);
        double *j = jacobian_write(&full, x0, q, chi), log_chi = 0;
        values_write(j, full.width[full.depth], full.width[0], s);
        ck_assert_uint_eq(got->count, full.width[0]);
        for (size_t i = 0; i < got->count; i++)
            fj_assert_within(got->s[i], s[i], 1e-13 * s[0], c->name);
        ck_assert_uint_eq(got->layers, full.depth);
        for (size_t l = 0; l < full.depth; l++) {
            fj_assert_near(got->q[l], q[l], 1e-12, "q");
            fj_assert_near(got->chi[l], chi[l], 1e-12, "chi");
            log_chi += log(chi[l]);
            free(full.w[l]);
        }
        fj_assert_within(got->log_chi, log_chi, 1e-11, "log chi");
        free(j);
    }
    fj_samples_destroy(samples);
    net_free(c, &net);
}
END_TEST

/* J is the derivative of the output by the input: its first factor is W^1. */
START_TEST(against_differences)
{
    const net_case *c = &CASES[5];
    static written full;
    made net;
    double x0[WIDTH_MOST], up[WIDTH_MOST], down[WIDTH_MOST], q[16], chi[16], step = 1e-5;
    net_make(c, &net);
    network_write(&net.network, 0, &full);
    input_draw(&net.network, 0, x0);
    double *j = jacobian_write(&full, x0, q, chi);
    const size_t outputs = full.width[full.depth];
    for (size_t i = 0; i < full.width[0]; i++) {
        const double x = x0[i];
        x0[i] = x + step;
        output_write(&full, x0, up);
        x0[i] = x - step;
        output_write(&full, x0, down);
        x0[i] = x;
        for (size_t o = 0; o < outputs; o++)
            fj_assert_within((up[o] - down[o]) / (2 * step), j[i * outputs + o], 1e-8, "dx^L/dx^0");
    }
    for (size_t l = 0; l < full.depth; l++)
        free(full.w[l]);
    free(j);
    net_free(c, &net);
}
END_TEST

/* The first layer's preactivations have the variance asked for, with any weights and shape. */
START_TEST(first_variance)
{
    enum { DRAWS = 400 };
    double q[DRAWS];
    for (size_t kind = 0; kind < 6; kind++) {
        const double widths[] = {12, 30, 30, 12, 20, 20};
        const net_case c = {"",
                            widths[kind / 2 * 2],
                            1,
                            {{"tanh", kind % 2 ? FJ_WEIGHTS_GAUSSIAN : FJ_WEIGHTS_ORTHOGONAL, 1,
                              1.7, 0.4, widths[kind / 2 * 2 + 1]}}};
        made net;
        net_make(&c, &net);
        fj_sampling_options options = fj_sampling_options_default();
        options.samples = DRAWS;
        fj_samples *samples;
        ck_assert_int_eq(fj_samples_create(&net.network, &options, &samples, NULL), FJ_OK);
        for (size_t i = 0; i < DRAWS; i++)
            q[i] = fj_samples_get(samples, i)->q[0];
        fj_assert_mean(q, DRAWS, FIRST_Q, "q of the first layer");
        fj_samples_destroy(samples);
        net_free(&c, &net);
    }
}
END_TEST

int main(void)
{
    if (fj_blas_load(NULL) != FJ_OK)
        return 1;
    openblas_set_num_threads(1); /* for the small matrices made here */
    Suite *suite = suite_create("jacobian");
    TCase *tc = tcase_create("jacobian");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, against_written_out, 0, (int)(sizeof CASES / sizeof *CASES));
    tcase_add_test(tc, against_differences);
    tcase_add_test(tc, first_variance);
    suite_add_tcase(suite, tc);
    return fj_run_tap(suite);
}
