/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law outside the intervals of its support, where the distribution function needs no solving.
 *
 * 1. Above all intervals F is 1 less the atoms above; elsewhere it is F at the upper end of the interval below, and the atoms from
 *    there on. Atoms inside an interval are counted by that.
 * 2. An atom may stand at an end of an interval, where u is a mass of t at an end of its range. Either is known to rounding only, or where
 *    the end of an interval was searched for to little more: they are made to be one place.
 * 3. Two intervals may meet where the law is not known on either side: F at their ends is that of the last solutions, and if these differ
 *    there is none where they meet.
 * 4. At an end that is neither a square root's nor a faint tail's the density may diverge or leap, and is not told. Of identical layers,
 *    two or more or gaussian, it vanishes at an end of the range of t all the same, unless a mass of t stands there: a density of t that
 *    does not vanish there makes log z'(u) diverge, and the edge is a root's, nearer than doubles can show.
 * 5. One place are also a point that is given as the number which an atom is published by, and that atom; and an end's, where rounding
 *    puts it inside and the law is not known so near to the end. */
#include <float.h>
#include <math.h>
#include "patches.h"
#include "spectrum_internal.h"

/* How many units of rounding log lambda of an atom and of an end of the range may be apart, for each layer. */
static const double ROUNDING = 64;
/* And an atom from the s that is given for it. */
static const double AT_ATOM = 4;

double fj_atom_place(const fj_spectrum *spectrum, size_t atom)
{
    return 2 * spectrum->atom[atom].log_s;
}

int fj_atom_is_above(const fj_spectrum *spectrum, size_t atom, const fj_branch *below)
{
    const double place = fj_atom_place(spectrum, atom);
    /* F at the end of patches is that of the last solution before an atom there; else it is F in the gap */
    return below->patches ? place >= below->big_x_high : place > below->big_x_high;
}

double fj_cdf_outside(const fj_spectrum *spectrum, double big_x, size_t below)
{
    const fj_branch *last = below > 0 ? &spectrum->branch[below - 1] : NULL;
    const int nothing_above = below > 0 && below == spectrum->branches;
    double cdf = nothing_above ? 1 : last ? last->cdf_high : 0;
    for (size_t i = 0; i < spectrum->atoms; i++) {
        const int counts = fj_atom_place(spectrum, i) <= big_x;
        if (nothing_above && !counts)
            cdf -= spectrum->atom[i].mass;
        else if (!nothing_above && counts && (!last || fj_atom_is_above(spectrum, i, last)))
            cdf += spectrum->atom[i].mass;
    }
    return fmin(fmax(cdf, 0), 1);
}

int fj_seam_is_known(const fj_spectrum *spectrum, size_t below)
{
    static const double AGREES = 1e-10;
    const fj_branch *next = &spectrum->branch[below];
    if (below == 0 || below == spectrum->branches || !next->patches ||
        next[-1].big_x_high < next->big_x_low)
        return 1;
    return fabs(fj_cdf_outside(spectrum, next->big_x_low, below) - next->cdf_low) < AGREES;
}

static double to_atom(const fj_spectrum *spectrum, double end, double distance)
{
    for (size_t i = 0; i < spectrum->atoms && isfinite(end); i++)
        if (fabs(fj_atom_place(spectrum, i) - end) <= distance)
            return fj_atom_place(spectrum, i);
    return end;
}

fj_status fj_ends_settle(fj_spectrum *spectrum)
{
    double before = -INFINITY;
    fj_status status = FJ_OK;
    for (size_t i = 0; i < spectrum->branches; i++) {
        fj_branch *b = &spectrum->branch[i];
        const double unit = ROUNDING * DBL_EPSILON, layers = 1 + spectrum->layers.depth;
        if (b->low == FJ_END_RANGE)
            b->big_x_low = to_atom(spectrum, b->big_x_low, unit * (layers + fabs(b->big_x_low)));
        if (b->high == FJ_END_RANGE)
            b->big_x_high = to_atom(spectrum, b->big_x_high, unit * (layers + fabs(b->big_x_high)));
        if (!(before <= b->big_x_low && b->big_x_low <= b->big_x_high))
            status = FJ_NO_CONVERGENCE;
        before = b->big_x_high;
    }
    return status;
}

double fj_place_of(const fj_spectrum *spectrum, double log_s)
{
    for (size_t i = 0; i < spectrum->atoms && isfinite(log_s); i++)
        if (fabs(log_s - spectrum->atom[i].log_s) <= AT_ATOM * DBL_EPSILON * (1 + fabs(log_s)))
            return fj_atom_place(spectrum, i);
    return 2 * log_s;
}

double fj_end_of(const fj_spectrum *spectrum, double s)
{
    for (size_t i = 0; i < spectrum->branches && s > 0; i++) {
        const fj_spectrum_interval *interval = &spectrum->interval[i];
        const fj_branch *b = &spectrum->branch[i];
        const double end = s == interval->s_min   ? b->big_x_low
                           : s == interval->s_max ? b->big_x_high
                                                  : NAN;
        if (!isnan(end) && (!spectrum->pushforward || fj_pushforward_reaches(spectrum, end)))
            return end;
    }
    return NAN;
}

/* Does the density vanish at an end of this kind, where u = exp(x)? */
static int vanishes(const fj_spectrum *spectrum, fj_end end, int tail, double x)
{
    static const double NEAREST = 1e-12; /* the support's first sample beside a mass is nearer */
    if (end == FJ_END_SQUARE_ROOT || tail)
        return 1;
    if (end != FJ_END_RANGE || !spectrum->identical || spectrum->pushforward)
        return 0;
    const fj_mass *mass;
    const size_t masses = fj_rule_masses(spectrum->rule, &mass);
    for (size_t i = 0; i < masses; i++)
        if (fabs(log(mass[i].t) - x) < NEAREST * (1 + fabs(x)))
            return 0;
    return 1;
}

/* Does a tail fall to nothing towards that end? */
static int is_faint(const fj_branch *b, int side)
{
    if (!b->patches)
        return side == FJ_LOW ? b->tail_low : b->tail_high;
    if (side == FJ_LOW)
        fj_patches_close(b->patches);
    return b->patches->faint[side];
}

int fj_ends_bluntly(const fj_spectrum *spectrum, double big_x)
{
    for (size_t i = 0; i < spectrum->branches; i++) {
        const fj_branch *b = &spectrum->branch[i];
        if ((big_x == b->big_x_low && !vanishes(spectrum, b->low, is_faint(b, FJ_LOW), b->x_low)) ||
            (big_x == b->big_x_high &&
             !vanishes(spectrum, b->high, is_faint(b, FJ_HIGH), b->x_high)))
            return 1;
    }
    return 0;
}
