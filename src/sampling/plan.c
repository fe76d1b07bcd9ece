/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network with whole widths, what feeds it, and how its columns are divided. */
#include <math.h>
#include <stdlib.h>
#include "detail.h"
#include "plan.h"

enum { WIDTH_MOST = 1000000, PAIR_MOST = 512, ALONE_MOST = 160 };

static const double DEPTH_MOST = 1e15;
static const double WHOLE = 1e-9; /* relative: what ratios of widths given in decimals are off */
/* Relative: sigma_b^2 above q by so much is rounding of a q that was computed. */
static const double Q_ROUNDING = 1e-12;

/* width/unit in neurons: N_0 = scale, or the width itself where scale is 0. */
static fj_status width_find(double width, double unit, double scale, size_t *out, fj_detail *detail)
{
    const double neurons = scale > 0 ? scale * (width / unit) : width, whole = round(neurons);
    if (!(fabs(neurons - whole) <= WHOLE * neurons) || whole < 1)
        return fj_fail(detail, FJ_INVALID,
                       "a layer would have %.15g neurons: sampled networks need whole numbers",
                       neurons);
    if (whole > WIDTH_MOST)
        return fj_fail(detail, FJ_UNSUPPORTED,
                       "a layer would have %.15g neurons: at most %d are covered", neurons,
                       WIDTH_MOST);
    *out = (size_t)whole;
    return FJ_OK;
}

static fj_status widths_find(fj_plan *plan, double scale, fj_detail *detail)
{
    const fj_network *network = plan->network;
    const double unit = network->width;
    fj_status status = width_find(unit, unit, scale, &plan->inputs, detail);
    size_t in = plan->inputs;
    plan->widest = plan->outputs = in;
    for (size_t r = 0; r < network->runs && status == FJ_OK; r++) {
        const fj_network_run *run = &network->run[r];
        status = width_find(run->width, unit, scale, &plan->width[r], detail);
        if (status != FJ_OK)
            break;
        const size_t out = plan->width[r], wide = run->count > 1 && out > in ? out : in,
                     least = wide < out ? wide : out;
        plan->widest = out > plan->widest ? out : plan->widest;
        /* the first layer of a run is in x out, the others are out x out */
        size_t numbers = in * out;
        if (run->count > 1 && out * out > numbers)
            numbers = out * out;
        plan->weights = numbers > plan->weights ? numbers : plan->weights;
        if (run->weights == FJ_WEIGHTS_GAUSSIAN)
            plan->gaussian = 1;
        else if (least > plan->reflectors)
            plan->reflectors = least;
        plan->outputs = in = out;
    }
    return status;
}

static fj_status input_find(fj_plan *plan, fj_detail *detail)
{
    const fj_network_run *run = &plan->network->run[0];
    const double biases = run->sigma_b * run->sigma_b, rest = run->q - biases;
    if (!(rest >= -Q_ROUNDING * run->q))
        return fj_fail(
            detail, FJ_INFEASIBLE,
            "no input gives the first layer preactivations of variance q = %.6g: its biases "
            "alone have sigma_b^2 = %.6g",
            run->q, biases);
    const double in = (double)plan->inputs, out = (double)plan->width[0],
                 spread = run->weights == FJ_WEIGHTS_ORTHOGONAL && out > in ? out : in;
    plan->input_square = rest > 0 ? spread * rest / (run->sigma_w * run->sigma_w) : 0;
    if (!isfinite(plan->input_square))
        return fj_fail(detail, FJ_RANGE,
                       "the input of variance (q - sigma_b^2)/sigma_w^2 overflows");
    return FJ_OK;
}

/* Pairs of chunks, for pairs of processors; below a width of 160 starting threads takes longer than they save. */
static void chunks_find(fj_plan *plan)
{
    const size_t columns = plan->inputs + 1;
    plan->chunks = columns <= ALONE_MOST ? 1 : (columns + PAIR_MOST - 1) / PAIR_MOST * 2;
    plan->chunk = (columns + plan->chunks - 1) / plan->chunks;
}

fj_status fj_plan_create(const fj_network *network, double width, size_t samples, fj_plan *plan,
                         fj_detail *detail)
{
    *plan = (fj_plan){.network = network, .depth = fj_network_depth(network)};
    if (!network || network->runs == 0 || plan->depth == 0)
        return fj_fail(detail, FJ_INVALID, "no network given, or one without layers");
    if (!(width >= 0 && isfinite(width)))
        return fj_fail(detail, FJ_INVALID, "width = %g must be a whole number, or 0", width);
    if ((double)plan->depth * (double)samples > DEPTH_MOST)
        return fj_fail(detail, FJ_UNSUPPORTED,
                       "%zu samples of %llu layers: more than %.0e layers in all are not covered",
                       samples, (unsigned long long)plan->depth, DEPTH_MOST);
    plan->width = calloc(network->runs, sizeof *plan->width);
    if (!plan->width)
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for %zu widths", network->runs);
    fj_status status = widths_find(plan, width, detail);
    if (status == FJ_OK)
        status = input_find(plan, detail);
    if (status == FJ_OK)
        chunks_find(plan);
    else
        fj_plan_free(plan);
    return status;
}

void fj_plan_free(fj_plan *plan)
{
    free(plan->width);
    *plan = (fj_plan){.network = NULL};
}
