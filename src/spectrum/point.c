/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law at one point inside a branch: the root u of log z(u) = log lambda, then density, distribution, error.
 *
 * 1. Start from the anchors' guess; Newton in w = log u, to second order. The start is good to two or three digits, so two evaluations
 *    usually do: the last step is applied to m and n by their derivatives, without a third.
 * 2. Any root in the upper half plane with principal logarithms is the right one (THEORY 3.2), so a converged Newton is
 *    certain. If it does not converge, bracket: log lambda(r) increases with r, and theta(r) is bracketed for each r.
 * 3. Density per unit log lambda = -Im m/pi; F = 1 + (arg n - L Im J)/pi.
 * 4. Error: the rounding of log z moves lambda, that of the nodes moves u; each times the relative derivative of Im m. */
#include <float.h>
#include <math.h>
#include "bracket.h"
#include "spectrum_internal.h"

/* Steps below this, cubed, are below rounding, even where third derivatives are of order 10^6 (elu). */
static const double LAST_STEP = 1e-7;
/* Squared: for tangents, and for universal laws, of which second derivatives are not at hand. */
static const double LAST_STEP_SQUARED = 1e-8;
/* The second order is a correction if it is at most this part of the first. */
static const double CORRECTION = 0.5;
enum { NEWTON_MAX = 14 };

/* How many units of rounding log z may carry. */
static const double ROUNDING = 256;
/* And how many times that, at most, an end is near. */
static const double AT_THE_END = 1e4;

/* A density not known to within its own size is no answer, unless it is next to nothing. */
static const double ERROR_MOST = 1, NOTHING = 1e-10;

int fj_point_is_known(double density, double error)
{
    return density >= 0 && (error < ERROR_MOST || density * error < NOTHING);
}

/* The step in w from `at` to big_x. */
static double complex step_of(const fj_layers *layers, double big_x, const fj_composed *at)
{
    const double complex inverse = fj_quotient(1, at->slope);
    const double complex first = (big_x - at->log_z) * inverse;
    const double complex second = fj_layers_bend(layers, at) * inverse * first * first / 2;
    return fj_size(second) < CORRECTION * fj_size(first) ? first - second : first;
}

static int newton(const fj_layers *layers, double big_x, double left, double right, double enough,
                  double complex *w, fj_composed *at, double complex *step)
{
    const double slack = 0.5 * (right - left) + 1e-12;
    double before = INFINITY;
    for (int i = 0; i < NEWTON_MAX; i++) {
        fj_layers_compose(layers, *w, at);
        *step = step_of(layers, big_x, at);
        double dx = creal(*step), dtheta = cimag(*step), theta = cimag(*w);
        if (!isfinite(dx) || !isfinite(dtheta))
            return 0;
        double scale = fmin(1, fj_size(at->slope)) * at->scale;
        if (fabs(dx) <= enough * scale && fabs(dtheta) <= enough * scale * theta)
            return 1;
        /* near an edge the slope is small and steps stop at the level of rounding: enough if log z is met to that */
        double miss = fabs(big_x - creal(at->log_z));
        double rounding = at->rounding + DBL_EPSILON * fabs(big_x);
        if (miss <= ROUNDING * rounding && fabs(dtheta) <= theta / 2 && miss >= before / 2)
            return 1;
        before = miss;
        double x = creal(*w) + dx, next = theta + dtheta;
        if (x < left - slack || x > right + slack)
            return 0;
        if (next <= 0)
            next = theta / 8;
        else if (next >= M_PI)
            next = (theta + M_PI) / 2;
        *w = CMPLX(x, next);
    }
    return 0;
}

typedef struct radius_problem {
    const fj_layers *layers;
    double big_x;
    /* Where the search for the angle starts at each radius: from 1e-18, found at another, it might stay in rounding. */
    double theta;
    fj_status status;
} radius_problem;

static double radius_miss(void *context, double x)
{
    radius_problem *p = context;
    fj_composed at;
    double theta = p->theta;
    fj_status status = fj_angle_find(p->layers, x, FJ_ANGLE_EXACT, &theta, &at);
    if (status != FJ_OK) {
        p->status = status;
        return NAN;
    }
    return creal(at.log_z) - p->big_x;
}

/* Step 2's safeguard; *w has the angle 0 where the law is invisible. */
static int bracketed(const fj_layers *layers, double big_x, double left, double right,
                     double complex *w, fj_composed *at, double complex *step)
{
    radius_problem problem = {layers, big_x, cimag(*w) > 0 ? cimag(*w) : 0.5, FJ_OK};
    double x;
    if (fj_bracket_root(radius_miss, &problem, left, right, &x) != FJ_OK)
        return 0;
    double theta = problem.theta;
    if (fj_angle_find(layers, x, FJ_ANGLE_EXACT, &theta, at) != FJ_OK)
        return 0;
    *w = CMPLX(x, theta);
    *step = 0;
    if (!(theta > 0))
        return 1;
    *step = fj_quotient(big_x - at->log_z, at->slope);
    if (!(fabs(cimag(*step)) < theta / 2))
        *step = 0; /* rounding */
    return 1;
}

static double error_estimate(const fj_layers *layers, double big_x, const fj_composed *at,
                             double complex step)
{
    const double theta = cimag(at->at.w), im = fabs(cimag(at->at.m));
    /* the two arguments that cancel in Im log z, against what moves theta */
    double cancelled = at->argument / (theta * fj_size(at->slope));
    double complex per_lambda = fj_quotient(at->at.dm, at->slope);
    double along = fabs(cimag(per_lambda)) / im;
    double across = (fabs(cimag(at->at.dm)) + fabs(creal(at->at.dm)) * theta) / im;
    /* the correction that follows squares or cubes the last step, unless it was accepted as rounding */
    double last = fabs(cimag(step)) / theta;
    if (last < 10 * LAST_STEP)
        last *= layers->universal ? last : last * last;
    return fj_law_accuracy(layers) + along * (at->rounding + DBL_EPSILON * fabs(big_x)) +
           2 * DBL_EPSILON * (across * at->blur + cancelled) + last;
}

/* Within rounding of a square-root end Newton has nothing to hold on to: the guess there is the law's own expansion,
 * and the distance, known to within the rounding of log z, tells how good it can be. */
static int at_the_end(const fj_layers *layers, const fj_branch *branch, double big_x,
                      double complex w, fj_composed *at, double *error)
{
    double distance = fmin(fabs(branch->big_x_high - big_x), fabs(big_x - branch->big_x_low));
    fj_layers_compose(layers, w, at);
    double rounding = ROUNDING * (at->rounding + DBL_EPSILON * fabs(big_x));
    *error = rounding / distance;
    return distance < AT_THE_END * rounding && cimag(w) > 0 && cimag(at->at.m) < 0;
}

/* The root there, but for a step of at most `enough`. 0: there is none, and *at nothing; -1: the law is invisible, w is real. */
static int root_find(const fj_layers *layers, const fj_branch *branch, double big_x,
                     const fj_guess *guess, double enough, double complex *w, fj_composed *at,
                     double complex *step)
{
    *w = guess->w;
    *step = 0;
    if (newton(layers, big_x, guess->left, guess->right, enough, w, at, step))
        return creal(*w) >= branch->x_least; /* u is followed no further */
    *w = guess->w;
    if (!bracketed(layers, big_x, guess->left, guess->right, w, at, step)) {
        *step = 0;
        return 0;
    }
    return cimag(*w) == 0 ? -1 : 1;
}

void fj_point_solve(const fj_layers *layers, const fj_branch *branch, double big_x,
                    fj_law_point *out)
{
    double complex w, step = 0;
    fj_guess guess;
    fj_composed at;
    double error = 0;
    *out = (fj_law_point){NAN, NAN, NAN, FJ_NO_CONVERGENCE};
    if (!fj_curve_guess(branch, big_x, &guess)) {
        *out = (fj_law_point){0, guess.cdf, 0, FJ_OK}; /* below 1e-200 */
        return;
    }
    const double enough = layers->universal ? LAST_STEP_SQUARED : LAST_STEP;
    const int found = root_find(layers, branch, big_x, &guess, enough, &w, &at, &step);
    if (found < 0) { /* below 1e-200 here too */
        const double cdf = fj_layers_cdf(layers, &at, 0);
        if (!isnan(cdf))
            *out = (fj_law_point){0, fmin(fmax(cdf, 0), 1), 0, FJ_OK};
        return;
    }
    if (!found &&
        (creal(w) < branch->x_least || !at_the_end(layers, branch, big_x, guess.w, &at, &error)))
        return;
    const double density = fj_layers_density(layers, &at, step);
    const double cdf = fj_layers_cdf(layers, &at, step);
    error += error_estimate(layers, big_x, &at, step);
    if (!layers->universal)
        error += fj_rule_blur(layers->rule, creal(w));
    if (!isnan(cdf) && fj_point_is_known(density, error))
        *out = (fj_law_point){density, fmin(fmax(cdf, 0), 1), error, FJ_OK};
}

int fj_point_tangent(const fj_layers *layers, const fj_branch *branch, double big_x, double *cdf,
                     fj_tangent *out)
{
    double complex w, step;
    fj_guess guess;
    fj_composed at;
    if (layers->universal || !fj_curve_guess(branch, big_x, &guess) ||
        root_find(layers, branch, big_x, &guess, LAST_STEP_SQUARED, &w, &at, &step) <= 0)
        return 0;
    /* at the root itself, w + step */
    const fj_resolvent *r = &at.at;
    const double complex per_lambda =
        fj_quotient(r->dm + step * r->ddm, at.slope + step * fj_layers_bend(layers, &at));
    const double im = cimag(r->m + step * (r->dm + step * r->ddm / 2));
    out->density = -im / M_PI;
    out->slope = cimag(per_lambda) / im;
    out->rounding = at.rounding + DBL_EPSILON * fabs(big_x);
    out->error = error_estimate(layers, big_x, &at, step) - fj_law_accuracy(layers) -
                 fabs(out->slope) * out->rounding + fj_rule_blur(layers->rule, creal(w));
    if (cdf)
        *cdf = fj_layers_cdf(layers, &at, step);
    return im < 0;
}
