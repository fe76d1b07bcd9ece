/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trapezoidal rule on the whole h axis with pole correction, for phi' analytic with poles in closed form.
 *
 * 1. The rule with step d is in error by the poles alone: a pole h0 of f with residue R, Im h0 > 0, makes the integral
 *    equal to the sum minus 2 pi i R/(exp(-2 pi i h0/d) - 1), and the mirror image below the axis (Trefethen and
 *    Weideman, SIAM Review 56, 2014). A residue carries the gaussian exp(-h0^2/2), so a pole at height y weighs
 *    exp(y^2/2 - 2 pi y/d).
 * 2. Choose d so small that the singularities of t itself weigh below rounding, and never above 0.62 (the gaussian's
 *    own error, and a strip of corrected poles that is wide enough).
 * 3. At a given u, correct every pole lower than the height where the weight falls below rounding.
 * 4. Two sets of nodes, k d and (k + 1/2) d: the one whose nodes are farther from the lowest pole serves, so the
 *    correction is never larger than the answer.
 * 5. Nodes far out, where t is far below |u|, do not show and are left out; a table by the size of u says from where.
 * 6. For E log(1 - t/u) a pole becomes a branch point; the same kernel, integrated from h0 away from the axis. */
#include <math.h>
#include <stdlib.h>
#include "rule_internal.h"

/* Weights exp(-NEGLIGIBLE) are below the rounding of double. */
static const double NEGLIGIBLE = 37.5;
/* All poles of a periodic t stand at one height, and t^2/(u - t) weighs them with u^2. */
static const double NEGLIGIBLE_PERIODIC = 80;
static const double STEP_MAX = 0.62;
/* A pole takes as long as some 40 nodes, and a gaussian t has many: steps of this part of its width, down to that part of what would do,
 * leave one or two in the strip (fastest of those tried, for erf at q = 0.02 to 0.3, by a quarter). */
static const double FINER = 0.16, FINER_MOST = 0.4;

/* A singularity of t^2, a pole of order 8 for tanh, weighs more than a simple one: (2 pi/d)^7/7! */
static const double NEGLIGIBLE_HIGH_ORDER = 54;

/* The step at which a singularity of t at height y weighs exp(-NEGLIGIBLE_HIGH_ORDER). */
static double step_for_height(double y)
{
    if (y * y / 2 >= NEGLIGIBLE_HIGH_ORDER) /* the weight is least at height 2 pi/d, below y */
        return 2 * M_PI / sqrt(2 * NEGLIGIBLE_HIGH_ORDER);
    return 2 * M_PI * y / (NEGLIGIBLE_HIGH_ORDER + y * y / 2);
}

static double choose_step(const fj_rule *rule)
{
    const fj_activation_kind *kind = rule->activation->kind;
    double scale = kind->scale(rule->activation->parameter) / rule->root_q, step = STEP_MAX;
    switch (kind->growth) {
    case FJ_GROWTH_SINGULAR:
        step = step_for_height(scale);
        break;
    case FJ_GROWTH_GAUSSIAN: /* gaussian * t^2 is a gaussian narrower by this factor */
        step = STEP_MAX / sqrt(1 + 2 / (scale * scale));
        step = fmax(step * FINER_MOST, fmin(step, FINER * scale));
        break;
    case FJ_GROWTH_PERIODIC: /* t^2 shifts the frequencies by 2/scale */
        step = 2 * M_PI / (sqrt(2 * NEGLIGIBLE) + 2 / scale);
        break;
    }
    step = fmin(step, STEP_MAX);
    if (kind->growth == FJ_GROWTH_PERIODIC) {
        /* t has period 2 pi scale: a whole number of steps, so that all its poles lie alike between nodes */
        double period = 2 * M_PI * scale;
        step = period / ceil(period / step);
    }
    return step;
}

/* Gauss-Legendre on [-1, 1], 10 points: the positive half. */
static const double GL_X[5] = {0.14887433898163121, 0.43339539412924719, 0.67940956829902441,
                               0.86506336668898451, 0.97390652851717172};
static const double GL_W[5] = {0.29552422471475287, 0.26926671930999636, 0.21908636251598204,
                               0.14945134915058059, 0.06667134430868814};
/* Panels in v = 2 pi eta/d for an integrand that falls like exp(-v) and has no pole nearer than pi/2: the first of this
 * width, each next twice as wide. */
static const double CUT_WIDTH = 1.06;

static void cut_tables(fj_rule *rule)
{
    double width = CUT_WIDTH, from = 0, delta = rule->step / (2 * M_PI);
    for (int p = 0; p < FJ_CUT_PANELS; p++) {
        for (int i = 0; i < 10; i++) {
            double x = i < 5 ? -GL_X[i] : GL_X[i - 5], v = from + width * (1 + x) / 2;
            rule->cut_exp[10 * p + i] = exp(v);
            rule->cut_weight[10 * p + i] = width / 2 * GL_W[i % 5] * exp(delta * delta * v * v / 2);
        }
        from += width;
        width *= 2;
    }
}

/* The nodes that count where |u| >= 2^-e, e = 0, 1, ..: E[u/(u - t)] is a probability of t below |u|, of the size of the
 * gaussian at the h_u where t falls to |u|; nodes beyond matter until the gaussian is below rounding relative to that. Smaller
 * u need them all. */
static void spans_set(fj_rule *rule, long first)
{
    const long n = (long)rule->set[0].n;
    const int falls_left =
        !rule->even; /* of the activations here, t falls on both sides or on the left */
    double h = 0;
    for (int e = 0; e < FJ_SPANS; e++) {
        rule->span_first[e] = 0;
        rule->span_last[e] = (size_t)n;
        if (rule->activation->kind->growth == FJ_GROWTH_PERIODIC) /* or nowhere */
            continue;
        for (; h < FJ_H_END; h += rule->step) {
            double x = rule->root_q * (falls_left ? -h : h);
            double slope = fj_activation_slope(rule->activation, x);
            if (slope * slope < ldexp(0.5, -e))
                break;
        }
        const long reach = (long)(hypot(h, FJ_GAUSSIAN_END) / rule->step) + 2;
        const long whole = FJ_NODES_AT_ONCE;
        if (falls_left && -reach > first)
            rule->span_first[e] = (size_t)((-reach - first) / whole * whole);
        if (!falls_left && reach - first < n)
            rule->span_last[e] = (size_t)((reach - first + whole - 1) / whole * whole);
    }
}

void fj_trapezoid_nodes(const fj_rule *rule, const fj_nodes *nodes, double complex u, size_t *from,
                        size_t *to)
{
    int exponent;
    (void)frexp(fmax(fabs(creal(u)), cimag(u)), &exponent); /* |u| >= 2^(exponent - 1) */
    const int e = exponent >= 1 ? 0 : 1 - exponent;
    *from = e < FJ_SPANS ? rule->span_first[e] : 0;
    *to = e < FJ_SPANS ? rule->span_last[e] : nodes->n;
}

/* Nodes on one side. Where t underflows it counts as 0, but its probability counts as long as it shows beside that of all
 * that lies further out. */
static double side_reach(const fj_rule *rule, double side)
{
    double last, end = fj_nodes_reach(rule, side, &last);
    if (end == last && end < FJ_H_END)
        end = hypot(end, FJ_GAUSSIAN_END);
    return fmax(end, FJ_GAUSSIAN_END);
}

/* Poles farther out do not matter. Those of a periodic t lie at one height, with one residue and one kernel, the nearest within half a
 * period: what counts is the gaussian beside the one there. */
static double reach_of(const fj_rule *rule)
{
    static const double GAUSSIAN = 10; /* exp(-50) */
    const fj_activation_kind *kind = rule->activation->kind;
    if (kind->growth != FJ_GROWTH_PERIODIC)
        return FJ_H_END;
    const double period = 2 * M_PI * kind->scale(rule->activation->parameter) / rule->root_q;
    return fmin(FJ_H_END, hypot(period / 2, GAUSSIAN));
}

/* The nodes (k + offset) step, k = first..last. */
static fj_status nodes_fill(const fj_rule *rule, double step, double offset, long first, long last,
                            fj_nodes *out)
{
    fj_status status = fj_nodes_create(out, (size_t)(last - first + 1));
    if (status != FJ_OK)
        return status;
    for (long k = first; k <= last; k++) {
        const double h = ((double)k + offset) * step;
        double weight = step * exp(-h * h / 2) / sqrt(2 * M_PI);
        if (rule->even && h > 0)
            weight *= 2;
        fj_nodes_put(rule, out, (size_t)(k - first), h, weight);
    }
    return FJ_OK;
}

/* E t, from as many nodes as the gaussian shows, over the sum of their weights, which is 1 but for rounding; where t hardly varies,
 * t(0) and what it deviates by. Sums in long double: edges of narrow laws show the last digit. */
static double mean_of(const fj_rule *rule, double step)
{
    const fj_activation *a = rule->activation;
    const double middle = fj_activation_slope(a, 0);
    const long last = (long)(FJ_GAUSSIAN_END / step), first = rule->even ? 0 : -last;
    long double sum = 0, weights = 0;
    for (long k = first; k <= last; k++) {
        const double h = (double)k * step, x = rule->root_q * h;
        const double slope = fj_activation_slope(a, x);
        const double t = rule->view.narrow ? fj_view_deviation(&rule->view, x) : slope * slope;
        const double weight = (rule->even && k > 0 ? 2 : 1) * exp(-h * h / 2);
        sum += weight * t;
        weights += weight;
    }
    return (double)(sum / weights + (rule->view.narrow ? (long double)middle * middle : 0));
}

fj_status fj_trapezoid_create(fj_rule *rule)
{
    const double step = choose_step(rule);
    rule->mu1 = mean_of(rule, step);
    const double right = side_reach(rule, 1), left = rule->even ? 0 : side_reach(rule, -1);
    rule->step = step;
    double top = 2 * M_PI / step;
    double negligible = NEGLIGIBLE;
    if (rule->activation->kind->growth == FJ_GROWTH_PERIODIC)
        negligible = fmin(NEGLIGIBLE_PERIODIC, top * top / 2);
    rule->strip = top - sqrt(top * top - 2 * negligible);
    rule->reach = reach_of(rule);
    cut_tables(rule);
    const long first = rule->even ? 0 : -(long)(left / step) - 1, last = (long)(right / step) + 1;
    fj_status status = FJ_OK;
    for (int s = 0; s < FJ_SETS && status == FJ_OK; s++)
        status = nodes_fill(rule, step, s ? 0.5 : 0, first, last, &rule->set[s]);
    if (status == FJ_OK)
        spans_set(rule, first);
    return status;
}

fj_status fj_trapezoid_fine(const fj_rule *rule, int set, fj_nodes *out)
{
    const fj_activation_kind *kind = rule->activation->kind;
    double step = rule->step / 3;
    if (kind->growth == FJ_GROWTH_PERIODIC) { /* t^k has k times the frequency of t */
        const double frequency = rule->root_q / kind->scale(rule->activation->parameter);
        step = 2 * M_PI / (sqrt(2 * NEGLIGIBLE) + (FJ_FAR_TERMS + 1) * frequency);
    }
    const long last = (long)(FJ_GAUSSIAN_REACH / step) + 1, first = rule->even ? 0 : -last;
    return nodes_fill(rule, step, set ? 0.5 : 0, first, last, out);
}

/* kernel(h0) = +-2 pi i/(E - 1) with E = exp(-+2 pi i h0/d), the sign that makes |E| > 1; E -> -E on the second set. Sets
 * the kernel and its derivative from E as it is on the first. */
static void kernel_set(const fj_rule *rule, fj_correction *pole, int set)
{
    const double side = cimag(pole->h0) >= 0 ? 1 : -1, rate = side * 2 * M_PI / rule->step;
    if (set)
        pole->exponential = -pole->exponential;
    /* E = exp(-i rate h0): kernel = +-2 pi i/(E - 1), its derivative i rate E/(E - 1) times that */
    const double complex inverse = fj_quotient(1, pole->exponential - 1);
    pole->kernel = CMPLX(-side * 2 * M_PI * cimag(inverse), side * 2 * M_PI * creal(inverse));
    const double complex ratio = pole->exponential * inverse, slope = ratio * pole->kernel;
    pole->kernel_h = CMPLX(-rate * cimag(slope), rate * creal(slope));
    pole->kernel_hh = -rate * rate * slope * (inverse + ratio);
}

void fj_trapezoid_poles(const fj_rule *rule, double complex w, double complex root, double reach,
                        fj_poles *out)
{
    fj_pole pole[FJ_POLES_MAX];
    const double root_q = rule->root_q;
    size_t count = rule->activation->kind->poles(rule->activation, w, root, rule->strip * root_q,
                                                 reach * root_q, pole, FJ_POLES_MAX);
    out->overflow = count > FJ_POLES_MAX;
    if (out->overflow)
        count = FJ_POLES_MAX;
    size_t lowest = 0;
    for (size_t i = 0; i < count; i++) {
        const double complex h0 = pole[i].x / root_q;
        const double rate = (cimag(h0) >= 0 ? 1 : -1) * 2 * M_PI / rule->step;
        out->pole[i] =
            (fj_correction){.h0 = h0,
                            .density = fj_normal_density(h0),
                            .exponential = fj_exp(CMPLX(rate * cimag(h0), -rate * creal(h0))),
                            .l1 = pole[i].l1 * root_q,
                            .l2 = pole[i].l2 * rule->q,
                            .l3 = pole[i].l3 * rule->q * root_q,
                            .times = rule->even ? 2 : 1};
        if (fabs(cimag(h0)) < fabs(cimag(out->pole[lowest].h0)))
            lowest = i;
    }
    /* Re E > 0: nearer to a node of the first set; without a pole either would do */
    const int set = count == 0 || creal(out->pole[lowest].exponential) > 0;
    for (size_t i = 0; i < count; i++)
        kernel_set(rule, &out->pole[i], set);
    out->count = count;
    out->set[0] = (unsigned char)set;
}

/* With h = h0 + i side eta, eta = delta v, delta = d/(2 pi):
 *   -int density kernel dh = d density(h0) int exp(a v + delta^2 v^2/2)/(E0 exp(v) - 1) dv,  a = -i side h0 delta.
 * On panel p, v = centre + half x with half = 2^p half_0: the exponentials of the first panel, squared p times, serve
 * them all. */
double complex fj_trapezoid_cut(const fj_rule *rule, const fj_correction *pole)
{
    const double side = cimag(pole->h0) >= 0 ? 1 : -1, delta = side * rule->step / (2 * M_PI);
    const double complex a = CMPLX(delta * cimag(pole->h0), -delta * creal(pole->h0));
    const double complex e0 = pole->exponential;
    double g_re[10], g_im[10]; /* exp(a half_p x_i) on panel p */
    for (int i = 0; i < 5; i++) {
        const double complex power = fj_exp(a * (CUT_WIDTH / 2 * GL_X[i]));
        const double complex inverse = fj_quotient(1, power);
        g_re[i] = creal(inverse), g_im[i] = cimag(inverse);
        g_re[i + 5] = creal(power), g_im[i + 5] = cimag(power);
    }
    const double complex half = fj_exp(a * (CUT_WIDTH / 2)), shift = fj_quotient(1, half * half);
    double complex centre = half * half * half, sum = 0;
    const fj_lanes er = fj_lanes_all(creal(e0)), ei = fj_lanes_all(cimag(e0));
    const fj_lanes one = fj_lanes_all(1);
    for (size_t p = 0; p < FJ_CUT_PANELS; p++) {
        const double *e = rule->cut_exp + 10 * p, *weight = rule->cut_weight + 10 * p;
        fj_lanes re = fj_lanes_all(0), im = fj_lanes_all(0);
        for (int i = 0; i < 10; i += FJ_LANES) {
            const fj_lanes v = fj_lanes_load(e + i), r = fj_lanes_load(g_re + i),
                           g = fj_lanes_load(g_im + i);
            const fj_lanes dr = er * v - one, di = ei * v;
            const fj_lanes scale = fj_lanes_load(weight + i) / (dr * dr + di * di);
            re += scale * (r * dr + g * di);
            im += scale * (g * dr - r * di);
            fj_lanes_store(r * r - g * g, g_re + i);
            fj_lanes_store((r + r) * g, g_im + i);
        }
        sum += CMPLX(fj_lanes_sum(re), fj_lanes_sum(im)) * (centre * shift);
        centre *= centre;
    }
    return rule->step * pole->density * sum;
}
