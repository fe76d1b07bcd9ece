/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles: the least s with F(s) >= p.
 *
 * 1. Walk the intervals and atoms upwards; an atom that takes F to p is the answer, or past it, and the upper end of an interval where F
 *    is p within rounding: all of a gap has that F.
 * 2. Inside an interval, F is continuous and increasing: find the two anchors around p by bisection, then bracket.
 * 3. Far down a lower tail: tail_quantile.c. */
#include <float.h>
#include <math.h>
#include "bracket.h"
#include "cdf.h"
#include "patches.h"
#include "spectrum_internal.h"
#include "tail_quantile.h"

typedef struct quantile_problem {
    const fj_spectrum *spectrum;
    double p;
} quantile_problem;

/* Does F reach p, but for rounding? In a gap F is known to that, and any point of it would do: the lower end is meant. */
static int reaches(double cdf, double p)
{
    static const double ROUNDING = 16 * DBL_EPSILON;
    return cdf >= p * (1 - ROUNDING);
}

static double cdf_miss(void *context, double big_x)
{
    const quantile_problem *problem = context;
    double cdf[2];
    (void)fj_cdf_find(problem->spectrum, big_x / 2, cdf); /* NaN is no miss */
    return cdf[1] - problem->p;
}

/* Brings at[0] and at[1], where F is below and above p, as near together as patches that are resolved have them. */
static void patches_narrow(quantile_problem *problem, const fj_patches *patches, double at[2])
{
    static const double LOOK[] = {1e-3, 0.5, 1 - 1e-3};
    const fj_patch *patch;
    for (size_t i = 0; (patch = fj_patches_nth(patches, i)); i++)
        for (size_t k = 0; k < sizeof LOOK / sizeof *LOOK; k++) {
            const double tau = patch->from + LOOK[k] * (patch->to - patch->from);
            const double big_x = fj_patches_place(patches, tau).big_x;
            const double miss = big_x > at[0] && big_x < at[1] ? cdf_miss(problem, big_x) : NAN;
            if (miss <= 0)
                at[0] = big_x;
            else if (miss > 0)
                at[1] = big_x;
        }
}

/* The outermost place on that side where the law is resolved, and by how much F misses p there; NaN: nowhere. Next to the end, or
 * where patches beyond it are not resolved within the outermost that is. */
static double patches_outermost(quantile_problem *problem, const fj_patches *patches, int side,
                                double *inside)
{
    const double end = side ? patches->big_x[side] : patches->lowest,
                 length = patches->big_x[1] - patches->big_x[0];
    double off = 4 * DBL_EPSILON * (1 + fabs(end)), miss = NAN;
    *inside = end;
    for (; isnan(miss) && off < length / 2; off *= 2) {
        *inside = side ? end - off : end + off;
        miss = cdf_miss(problem, *inside);
    }
    if (!isnan(miss))
        return miss;
    const fj_patch *patch;
    for (size_t i = 0; (patch = fj_patches_nth(patches, i)); i++) {
        const double big_x = fj_patches_place(patches, (patch->from + patch->to) / 2).big_x;
        const double here = isnan(patch->error) ? NAN : cdf_miss(problem, big_x);
        if (isnan(here))
            continue;
        *inside = big_x;
        miss = here;
        if (side == FJ_HIGH) /* they descend: on the lower side the last one counts */
            break;
    }
    return miss;
}

/* From above, so that no patch is made that is not needed: at[0], where the first one ends that has F below p there, and at[1], where the
 * one above it does, infinite if there is none. 0: it is the lowest one, or some are not resolved. */
static int patch_find(quantile_problem *problem, const fj_patches *patches, double at[2])
{
    const fj_patch *patch;
    at[1] = INFINITY;
    for (size_t i = 0;
         (patch = fj_patches_nth(patches, i)) && patch->from > fj_patches_least(patches); i++) {
        const double big_x = fj_patches_place(patches, patch->from).big_x;
        const double miss = isnan(patch->error) ? NAN : cdf_miss(problem, big_x);
        if (isnan(miss))
            return 0;
        at[miss >= 0] = big_x;
        if (miss < 0)
            return 1;
    }
    return 0;
}

/* The quantile where the law is series: they cover all but faint tails. */
static fj_status patches_quantile(quantile_problem *problem, const fj_branch *branch, double *big_x)
{
    const fj_patches *patches = branch->patches;
    const double p = problem->p;
    double at[2] = {NAN, NAN};
    const int found = patch_find(problem, patches, at);
    if (found && isfinite(at[1]))
        return fj_bracket_root(cdf_miss, problem, at[0], at[1], big_x);
    if (!found)
        fj_patches_close(patches);
    for (int side = found ? FJ_HIGH : FJ_LOW; side <= FJ_HIGH; side++) {
        /* from where it is resolved */
        const double end = side ? patches->big_x[side] : patches->lowest;
        const double miss = patches_outermost(problem, patches, side, &at[side]);
        const int first = fabs(at[side] - end) <= 16 * DBL_EPSILON * (1 + fabs(end));
        *big_x = end;
        if (isnan(miss))
            return FJ_NO_CONVERGENCE;
        if (side ? miss > 0 : miss < 0)
            continue;
        if (first && (patches->edge[side] || patches->faint[side])) /* by rounding at an edge */
            return FJ_OK;
        const double end_cdf = side ? branch->cdf_high : branch->cdf_low;
        if (reaches(p, end_cdf) && reaches(end_cdf, p))
            return FJ_OK;
        /* beyond what is covered */
        return side || !first ? FJ_NO_CONVERGENCE : FJ_RANGE;
    }
    fj_status status = fj_bracket_root(cdf_miss, problem, at[0], at[1], big_x);
    if (status == FJ_OK)
        return FJ_OK;
    patches_narrow(problem, patches, at); /* around those that are not resolved */
    return fj_bracket_root(cdf_miss, problem, at[0], at[1], big_x);
}

/* The quantile inside one branch, from F; *big_x in log lambda. */
static fj_status branch_bracket(const fj_spectrum *spectrum, const fj_branch *branch, double p,
                                double *big_x)
{
    quantile_problem problem = {spectrum, p};
    double low = branch->big_x_low, high = branch->big_x_high;
    if (branch->high == FJ_END_INFINITY) {
        if (p == 1) {
            *big_x = INFINITY;
            return FJ_OK;
        }
        /* where t is followed to */
        high = fj_rule_top(spectrum->rule) + spectrum->layers.log_chi - log(spectrum->mu1);
    }
    if (branch->patches) {
        if (isinf(high) && p == 1) {
            *big_x = INFINITY;
            return FJ_OK;
        }
        return patches_quantile(&problem, branch, big_x);
    }
    if (branch->anchors > 0) {
        size_t below = 0, above = branch->anchors - 1;
        double at_first = cdf_miss(&problem, branch->anchor[0].big_x);
        double at_last = cdf_miss(&problem, branch->anchor[above].big_x);
        if (isnan(at_first) || isnan(at_last))
            return FJ_NO_CONVERGENCE;
        if (at_first >= 0) {
            high = branch->anchor[0].big_x;
            if (!isfinite(low) && !branch->tail_low)
                return FJ_RANGE;
            if (branch->tail_low) { /* below the first anchor lies no probability to speak of */
                *big_x = high;
                return FJ_OK;
            }
        } else if (at_last <= 0) {
            low = branch->anchor[above].big_x;
            if (branch->tail_high) {
                *big_x = low;
                return FJ_OK;
            }
        } else {
            while (above - below > 1) {
                size_t middle = (below + above) / 2;
                double miss = cdf_miss(&problem, branch->anchor[middle].big_x);
                if (isnan(miss))
                    return FJ_NO_CONVERGENCE;
                if (miss < 0)
                    below = middle;
                else
                    above = middle;
            }
            low = branch->anchor[below].big_x;
            high = branch->anchor[above].big_x;
        }
        if (branch->high == FJ_END_INFINITY && at_last <= 0)
            return FJ_NO_CONVERGENCE;
    } else if (!isfinite(low)) { /* a push-forward down to 0 */
        low = high - 1;
        for (double step = 2; cdf_miss(&problem, low) >= 0; step *= 2) {
            if (step > 1e5)
                return FJ_RANGE;
            low -= step;
        }
    }
    if (cdf_miss(&problem, high) <= 0) { /* rounding at the very end */
        *big_x = high;
        return FJ_OK;
    }
    if (cdf_miss(&problem, low) >= 0) {
        *big_x = low;
        return FJ_OK;
    }
    return fj_bracket_root(cdf_miss, &problem, low, high, big_x);
}

/* Far down, where F has lost its digits, from densities; and from F all the same where some below are not known, as long as it has some
 * digits left. */
static fj_status branch_quantile(const fj_spectrum *spectrum, const fj_branch *branch, double p,
                                 double *big_x)
{
    static const double SOME_DIGITS = 1e-10;
    if (fj_tail_quantile_serves(spectrum, branch, p) &&
        branch_bracket(spectrum, branch, FJ_TAIL_QUANTILE, big_x) == FJ_OK) {
        if (fj_tail_quantile(spectrum, branch, p, big_x) == FJ_OK)
            return FJ_OK;
        const fj_status status = branch_bracket(spectrum, branch, p, big_x);
        return status == FJ_OK && p < SOME_DIGITS ? FJ_NO_CONVERGENCE : status;
    }
    return branch_bracket(spectrum, branch, p, big_x);
}

/* Does an atom stand below interval b, and above the one before? */
static int stands_between(const fj_spectrum *spectrum, size_t atom, size_t b)
{
    const fj_branch *before = b > 0 ? &spectrum->branch[b - 1] : NULL;
    const double high = b < spectrum->branches ? spectrum->branch[b].big_x_low : INFINITY;
    return fj_atom_place(spectrum, atom) <= high &&
           (!before || fj_atom_is_above(spectrum, atom, before));
}

/* Step 1: the atoms that stand below interval b; *cdf goes on from F there. 1: the quantile is *log_s; -1: it is not known, between the
 * last solution below and the first above. */
static int atoms_pass(const fj_spectrum *spectrum, size_t b, double p, double *cdf, double *log_s)
{
    static const double AGREES = 1e-10;
    double mass = 0;
    for (size_t i = 0; i < spectrum->atoms; i++)
        mass += stands_between(spectrum, i, b) ? spectrum->atom[i].mass : 0;
    if (b > 0 && spectrum->branch[b - 1].patches) {
        const double next = (b < spectrum->branches ? spectrum->branch[b].cdf_low : 1) - mass;
        if (next - *cdf > AGREES) {
            if (reaches(next, p))
                return -1;
            *cdf = next;
        }
    }
    for (size_t i = 0; i < spectrum->atoms; i++) {
        if (!stands_between(spectrum, i, b))
            continue;
        *cdf += spectrum->atom[i].mass;
        *log_s = spectrum->atom[i].log_s;
        if (reaches(*cdf, p))
            return 1;
    }
    return 0;
}

/* F leaps at an atom inside an interval, and the bracket ends a unit of rounding beside it. */
static double onto_atom(const fj_spectrum *spectrum, double log_s)
{
    for (size_t i = 0; i < spectrum->atoms && isfinite(log_s); i++)
        if (fabs(spectrum->atom[i].log_s - log_s) <= 16 * DBL_EPSILON * (1 + fabs(log_s)))
            return spectrum->atom[i].log_s;
    return log_s;
}

fj_status fj_spectrum_quantile(const fj_spectrum *spectrum, double p, double *log_s)
{
    if (!spectrum || !log_s)
        return FJ_INVALID;
    *log_s = NAN;
    if (!(p >= 0 && p <= 1))
        return FJ_INVALID;
    double cdf = 0, last = -INFINITY;
    int found = p == 0;
    for (size_t i = 0; i <= spectrum->branches && !found; i++) {
        const fj_branch *b = &spectrum->branch[i];
        found = atoms_pass(spectrum, i, p, &cdf, &last);
        if (found || i == spectrum->branches) /* or p is within rounding of 1 */
            break;
        if (reaches(b->cdf_high, p)) {
            double big_x;
            fj_status status = branch_quantile(spectrum, b, p, &big_x);
            if (status == FJ_OK)
                *log_s = onto_atom(spectrum, big_x / 2);
            return status;
        }
        cdf = b->cdf_high;
        last = b->big_x_high / 2;
    }
    if (found < 0)
        return FJ_NO_CONVERGENCE;
    *log_s = last;
    return FJ_OK;
}
