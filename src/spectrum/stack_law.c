/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law of layers that differ: walk along it, then make series of every interval, from above, as far as they are asked for; points
 * are answered from those. Where fewer layers serve for most of it (bulk.c), they do. */
#include <math.h>
#include <stdlib.h>
#include "patches.h"
#include "walk.h"

/* Mass that the walk may leave unaccounted beyond a faint end. */
static const double NO_MASS = 1e-10;
/* How well the end of the support is found where it is searched for from outside (walk_gap.c): log lambda. */
static const double AT_LIMIT = 1e-11;

static int is_sharp(const fj_stretch_end *end)
{
    return end->stop == FJ_STOP_EDGE || end->stop == FJ_STOP_POLE;
}

/* The atom nearest to x in [low, high]; x if there is none. */
static double atom_near(const fj_walk *walk, double x, double low, double high)
{
    double best = NAN;
    for (size_t k = 0; k < walk->atoms; k++) {
        const double place = 2 * walk->atom[k].log_s;
        if (place >= low && place <= high && !(fabs(place - x) >= fabs(best - x)))
            best = place;
    }
    return isnan(best) ? x : best;
}

/* An end that is no edge reaches to the next interval, half way if that has no edge either, or to the end of the support; or to the atom
 * there. */
static double end_of(const fj_walk *walk, size_t i, int side)
{
    const fj_stretch_end *end = &walk->stretch[i].end[side], *other;
    if (is_sharp(end))
        return end->big_x;
    if (side == FJ_LOW ? i == 0 : i + 1 == walk->stretches) {
        const double limit = walk->limit[side], slack = AT_LIMIT * (1 + fabs(limit));
        return isfinite(limit) ? atom_near(walk, limit, limit - slack, limit + slack) : limit;
    }
    other = side == FJ_LOW ? &walk->stretch[i - 1].end[FJ_HIGH] : &walk->stretch[i + 1].end[FJ_LOW];
    if (is_sharp(other))
        return other->big_x;
    return atom_near(walk, (end->big_x + other->big_x) / 2, fmin(end->big_x, other->big_x),
                     fmax(end->big_x, other->big_x));
}

/* Mass of the atoms below x. */
static double atoms_below(const fj_spectrum *spectrum, double x)
{
    double mass = 0;
    for (size_t i = 0; i < spectrum->atoms; i++)
        mass += 2 * spectrum->atom[i].log_s <= x ? spectrum->atom[i].mass : 0;
    return mass;
}

/* What patches are made from. */
typedef struct fj_course {
    fj_walk walk;
    fj_bulk bulk;
} fj_course;

void fj_course_free(fj_course *course)
{
    if (!course)
        return;
    fj_bulk_free(&course->bulk);
    fj_walk_free(&course->walk);
    free(course);
}

/* Is the lower end a tail down to 0? Some u goes to 0 with lambda, and no law of t has holes, nor that of lambda atoms. */
static int falls_to_zero(const fj_walk *walk)
{
    int to_zero = 0;
    for (size_t k = 0; k < walk->stack->unknowns; k++) {
        const fj_group *g = &walk->stack->group[k];
        const fj_part *part;
        if (fj_rule_parts(g->layers.rule, &part) != 1)
            return 0;
        to_zero |= g->slack == 0 && part[0].least == 0;
    }
    return to_zero && walk->atoms == 0 && walk->places == 0;
}

/* The topmost stretch may have a bulk. Of one stretch alone, where F at its lower end is accounted for, the lower patches can wait until
 * they are asked for. */
static fj_status branch_make(fj_spectrum *spectrum, fj_course *course, size_t i)
{
    fj_walk *walk = &course->walk;
    fj_stretch_end *low = &walk->stretch[i].end[FJ_LOW];
    const fj_stretch_end *high = &walk->stretch[i].end[FJ_HIGH];
    fj_branch *branch = &spectrum->branch[spectrum->branches++];
    *branch = (fj_branch){.x_low = NAN,
                          .x_high = NAN,
                          .big_x_low = end_of(walk, i, FJ_LOW),
                          .big_x_high = end_of(walk, i, FJ_HIGH),
                          .low = low->stop == FJ_STOP_EDGE ? FJ_END_SQUARE_ROOT : FJ_END_ZERO,
                          .high = high->stop == FJ_STOP_EDGE ? FJ_END_SQUARE_ROOT : FJ_END_RANGE,
                          .tail_low = low->stop == FJ_STOP_FAINT,
                          .tail_high = high->stop == FJ_STOP_FAINT};
    branch->patches = calloc(1, sizeof *branch->patches);
    if (!branch->patches)
        return FJ_NO_MEMORY;
    walk->path.spent = 0;
    const int has_bulk = course->bulk.reduction && i + 1 == walk->stretches;
    const int can_wait = walk->stretches == 1 &&
                         fabs(low->cdf - atoms_below(spectrum, branch->big_x_low)) <= NO_MASS;
    if (low->stop == FJ_STOP_LATER && !can_wait)
        low->stop = FJ_STOP_STUCK; /* it is not what it was taken for */
    fj_status status =
        fj_patches_make(walk, i, has_bulk ? &course->bulk : NULL, !can_wait, branch->patches);
    branch->cdf_low = fmax(branch->patches->cdf[FJ_LOW], 0); /* both are rounded */
    branch->cdf_high = fmin(branch->patches->cdf[FJ_HIGH], 1);
    if (status == FJ_OK && !atomic_load(&branch->patches->complete))
        spectrum->course = course;
    return status;
}

/* Is all mass accounted for beyond the outermost faint ends? If not, they are no ends. */
static void tails_check(fj_spectrum *spectrum)
{
    if (spectrum->branches == 0)
        return;
    fj_branch *first = &spectrum->branch[0], *last = &spectrum->branch[spectrum->branches - 1];
    double above = 0;
    for (size_t i = 0; i < spectrum->atoms; i++)
        if (2 * spectrum->atom[i].log_s >= last->big_x_high)
            above += spectrum->atom[i].mass;
    if (first->tail_low && fabs(first->cdf_low - atoms_below(spectrum, first->big_x_low)) > NO_MASS)
        first->tail_low = first->patches->faint[FJ_LOW] = 0;
    if (last->tail_high && fabs(1 - last->cdf_high - above) > NO_MASS)
        last->tail_high = last->patches->faint[FJ_HIGH] = 0;
}

fj_status fj_stack_law_build(fj_spectrum *spectrum)
{
    fj_course *course = calloc(1, sizeof *course);
    if (!course)
        return FJ_NO_MEMORY;
    fj_walk *walk = &course->walk;
    walk->stack = &spectrum->gathered->stack;
    walk->atom = spectrum->atom;
    walk->atoms = spectrum->atoms;
    walk->place = spectrum->place;
    walk->places = spectrum->places;
    walk->may_wait = falls_to_zero(walk);
    fj_status status = fj_bulk_find(spectrum->gathered, walk, &course->bulk);
    if (status == FJ_OK && !course->bulk.reduction)
        status = fj_walk_make(walk);
    for (size_t i = 0; i < walk->stretches && status == FJ_OK; i++)
        status = branch_make(spectrum, course, i);
    if (status == FJ_OK)
        tails_check(spectrum);
    if (!spectrum->course)
        fj_course_free(course);
    return status;
}
