/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to know of an activation that is not in the table: where it changes form, and whether it has a law at all.
 *
 * 1. Candidates for kinks (shape_candidates.c), and those declared.
 * 2. At each candidate follow phi, phi', phi'' towards it from both sides. Not finite, a jump of phi, a phi' or phi'' without
 *    bound: refused. A switch, or a jump of phi' or phi'': a kink. Else nothing.
 * 3. Between kinks phi' is constant (at all points looked at, to rounding) or not: flats and pieces.
 * 4. Parity and homogeneity, to rounding, at points without a pattern. Then range and scale (shape_range.c). */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "detail.h"
#include "shape.h"

enum { APPROACH = 15 }; /* steps towards a candidate, each a quarter of the one before */
/* What overflows nearer than this has no law at any q worth asking for. */
static const double OVERFLOW_NEAR = 8;

/* ---- step 2 ---- */

typedef struct approach {
    long double limit[3]; /* of phi, phi', phi'' */
    int bounded[3];
} approach;

/* Follows phi, phi', phi'' towards x from one side. */
static approach approach_from(const fj_shape_finder *f, double x, double side, double room)
{
    approach out;
    long double value[3][APPROACH];
    double step = fmin(0.01 * (1 + fabs(x)), room / 4);
    for (int k = 0; k < APPROACH; k++) {
        const fj_jet at = fj_user_jet(f->a, x + side * step);
        value[0][k] = at.value;
        value[1][k] = at.slope;
        value[2][k] = at.curvature;
        step /= 4;
    }
    for (int i = 0; i < 3; i++) {
        const long double *v = value[i], last = v[APPROACH - 1];
        const long double now = last - v[APPROACH - 2], before = v[APPROACH - 2] - v[APPROACH - 3];
        out.bounded[i] =
            isfinite(last) && fabsl(now) <= 0.75L * fabsl(before) + 1e-6L * (1 + fabsl(v[0]));
        out.limit[i] = last + now / 3; /* linear: each step is a quarter */
    }
    return out;
}

static fj_status refuse(const fj_shape_finder *f, const char *what, double x, const char *advice)
{
    return fj_fail(f->detail, FJ_UNSUPPORTED, "%s at x = %.6g: %s", what, x, advice);
}

/* Sets *kink where the candidate is one. */
static fj_status classify(const fj_shape_finder *f, const fj_shape_candidate *c, double room,
                          int *kink)
{
    const fj_jet at = fj_user_jet(f->a, c->x);
    const approach left = approach_from(f, c->x, -1, room), right = approach_from(f, c->x, 1, room);
    const int exact_curvature = f->a->user->formula || f->a->user->custom.curvature;
    static const char ADVICE[] = "phi must be finite on the whole axis";
    if (!left.bounded[0] || !right.bounded[0])
        return refuse(f, "phi is not finite", c->x, ADVICE);
    long double scale = 1 + fabsl(left.limit[0]) + fabsl(right.limit[0]);
    if (fabsl(left.limit[0] - right.limit[0]) > 1e-7L * scale)
        return refuse(f, "phi jumps", c->x,
                      "it has no derivative there, and its network no Jacobian");
    if (!isfinite(at.value))
        return refuse(f, "phi is not finite", c->x,
                      "a quotient 0/0, or the like: write it without");
    if (!left.bounded[1] || !right.bounded[1])
        return refuse(f, "phi' grows without bound", c->x,
                      "the law of such a network is not covered");
    scale = 1 + fabsl(left.limit[1]) + fabsl(right.limit[1]);
    *kink = c->is_switch || fabsl(left.limit[1] - right.limit[1]) > 1e-7L * scale;
    if (!exact_curvature)
        return FJ_OK;
    if (!left.bounded[2] || !right.bounded[2])
        return refuse(f, "phi'' grows without bound", c->x,
                      "phi' cannot be resolved there; use a power of 2 or more");
    scale = 1 + fabsl(left.limit[2]) + fabsl(right.limit[2]);
    *kink |= fabsl(left.limit[2] - right.limit[2]) > 1e-4L * scale;
    return FJ_OK;
}

static int by_place(const void *a, const void *b)
{
    const double x = ((const fj_shape_candidate *)a)->x, y = ((const fj_shape_candidate *)b)->x;
    return (x > y) - (x < y);
}

static fj_status kinks_find(fj_shape_finder *f, const double *declared, size_t declared_count,
                            double *kink, size_t *kinks)
{
    *kinks = 0;
    qsort(f->found, f->count, sizeof *f->found, by_place);
    for (size_t i = 0; i < f->count; i++) {
        double room = INFINITY;
        int is_kink = 0;
        if (i > 0)
            room = fmin(room, f->found[i].x - f->found[i - 1].x);
        if (i + 1 < f->count)
            room = fmin(room, f->found[i + 1].x - f->found[i].x);
        for (size_t k = 0; k < declared_count; k++)
            if (declared[k] == f->found[i].x)
                is_kink = 1;
        const int is_declared = is_kink;
        fj_status status = classify(f, &f->found[i], room, &is_kink);
        if (status != FJ_OK)
            return status;
        if (!is_kink && !is_declared)
            continue;
        if (*kinks + 1 == FJ_PIECES_MAX)
            return fj_fail(f->detail, FJ_UNSUPPORTED,
                           "phi has more than %d kinks (the next one at x = %.6g)",
                           FJ_PIECES_MAX - 1, f->found[i].x);
        kink[(*kinks)++] = f->found[i].x;
    }
    return FJ_OK;
}

/* phi and phi' are numbers at every sample; what overflows may do so far out. */
static fj_status finite_check(const fj_shape_finder *f, const double *x, size_t n)
{
    const fj_formula *formula = f->a->user->formula;
    fj_jet all[FJ_NODES_MAX];
    double worst = INFINITY, size_worst = INFINITY;
    for (size_t k = 0; k < n; k++) {
        const fj_jet at = fj_user_jet(f->a, x[k]);
        int overflows = 0;
        if (isfinite(at.value) && isfinite((double)at.slope))
            continue;
        if (formula) {
            fj_formula_jets(formula, x[k], all);
            for (size_t i = 0; i < formula->count; i++)
                overflows |= isinf((double)all[i].value) || isinf((double)all[i].slope) ||
                             isinf((double)all[i].curvature);
        } else {
            overflows = 1;
        }
        if (overflows && fabs(x[k]) > OVERFLOW_NEAR)
            continue;
        const double size = x[k] != 0 && fabs(x[k]) < 1.0 / FJ_SHAPE_LINEAR
                                ? FJ_SHAPE_FAR * FJ_SHAPE_FAR
                                : fabs(x[k]);
        if (size < size_worst || (size == size_worst && x[k] > 0)) { /* one that reads well */
            worst = x[k];
            size_worst = size;
        }
    }
    if (isinf(worst))
        return FJ_OK;
    return refuse(f, "phi is not a finite number", worst,
                  "it must be one on the whole axis (where(c, a, b) leaves out the branch not "
                  "taken)");
}

/* ---- step 3 ---- */

/* Is phi' one constant on (from, to)? */
static int is_flat(const fj_activation *a, double from, double to, double *slope)
{
    enum { LOOKS = 28 };
    *slope = NAN;
    for (int i = 0; i < LOOKS; i++) {
        const double part = (i + 0.37) / LOOKS;
        double x;
        if (isfinite(from) && isfinite(to))
            x = from + part * (to - from);
        else if (isfinite(from))
            x = from + pow(10, -3 + 6 * part);
        else if (isfinite(to))
            x = to - pow(10, -3 + 6 * part);
        else
            x = (i % 2 ? -1 : 1) * pow(10, -3 + 6 * part);
        const double now = fj_activation_slope(a, x);
        if (i == 0)
            *slope = now;
        if (!(fabs(now - *slope) <= 4 * DBL_EPSILON * fabs(*slope)))
            return 0;
    }
    return 1;
}

static fj_status parts_lay(fj_shape_finder *f, const double *kink, size_t kinks)
{
    fj_activation *a = f->a;
    int constant = 1;
    a->flats = a->pieces = 0;
    for (size_t i = 0; i <= kinks; i++) {
        const double from = i > 0 ? kink[i - 1] : -INFINITY, to = i < kinks ? kink[i] : INFINITY;
        double slope;
        if (!is_flat(a, from, to, &slope)) {
            a->piece[a->pieces++] = (fj_piece){.from = from, .to = to};
            constant = 0;
            continue;
        }
        constant = constant && slope == 0;
        if (a->flats > 0 && a->flat[a->flats - 1].to == from &&
            a->flat[a->flats - 1].slope == slope)
            a->flat[a->flats - 1].to = to; /* no kink after all */
        else
            a->flat[a->flats++] = (fj_flat){from, to, slope};
    }
    if (constant)
        return fj_fail(f->detail, FJ_UNSUPPORTED,
                       "phi is constant: its slope is 0 everywhere, and so is the Jacobian");
    return FJ_OK;
}

/* ---- step 4 ---- */

static int agree(double x, double y)
{
    return fabs(x - y) <= 8 * DBL_EPSILON * fabs(x) || (isnan(x) && isnan(y)) || x == y;
}

static void symmetry_find(fj_activation *a, double *kink, size_t kinks)
{
    int odd = 1, even = 1, even_slope = 1;
    for (size_t i = 0; i < kinks; i++)
        if (!(fabs(kink[i] + kink[kinks - 1 - i]) <= 4 * DBL_EPSILON * fabs(kink[i])))
            odd = even = even_slope = 0;
    for (int i = 1; i <= 96; i++) {
        /* the golden ratio's multiples, spread over 12 units and then further */
        const double x = fmod(i * 0.6180339887498949, 1) * (i % 8 ? 12 : 60) + 1e-3;
        const double v = fj_activation_value(a, x), w = fj_activation_value(a, -x);
        odd = odd && agree(v, -w);
        even = even && agree(v, w);
        even_slope =
            even_slope && agree(fabs(fj_activation_slope(a, x)), fabs(fj_activation_slope(a, -x)));
    }
    a->user->kind.even_slope = even_slope;
    a->user->parity = odd && even_slope    ? FJ_PARITY_ODD
                      : even && even_slope ? FJ_PARITY_EVEN
                                           : FJ_PARITY_NONE;
    for (size_t i = 0; even_slope && i < kinks / 2; i++)
        kink[kinks - 1 - i] = -kink[i];
    const int one_kink = kinks == 0 || (kinks == 1 && kink[0] == 0);
    a->user->kind.homogeneous = a->pieces == 0 && one_kink && fj_activation_value(a, 0) == 0;
}

fj_status fj_shape_find(fj_activation *a, const double *declared, size_t count, fj_detail *detail)
{
    fj_shape_finder *f = calloc(1, sizeof *f);
    double *x = malloc(FJ_SHAPE_GRID * sizeof *x), kink[FJ_PIECES_MAX] = {0};
    size_t kinks = 0;
    fj_status status = FJ_NO_MEMORY;
    if (!f || !x) {
        (void)fj_fail(detail, status, "no memory for an activation");
        goto done;
    }
    *f = (fj_shape_finder){.a = a, .detail = detail};
    const size_t n = fj_shape_grid(x);
    a->piece[0] = (fj_piece){.from = -INFINITY, .to = INFINITY};
    a->pieces = 1;
    for (size_t i = 0; i < count; i++)
        fj_shape_candidate_add(f, declared[i], 0);
    if (a->user->formula)
        fj_shape_formula_candidates(f, x, n);
    else
        fj_shape_custom_candidates(f, x, n);
    status = finite_check(f, x, n);
    if (status == FJ_OK && f->overflow)
        status = fj_fail(detail, FJ_UNSUPPORTED, "phi has more than %d kinks", FJ_PIECES_MAX - 1);
    if (status == FJ_OK)
        status = kinks_find(f, declared, count, kink, &kinks);
    if (status == FJ_OK)
        status = parts_lay(f, kink, kinks);
    if (status != FJ_OK)
        goto done;
    kinks = fj_activation_kinks(a, kink, FJ_PIECES_MAX); /* without those that were none */
    symmetry_find(a, kink, kinks);
    status = parts_lay(f, kink, kinks); /* again: symmetric kinks are now exactly so */
    fj_shape_scale(a);
    fj_shape_range(a);
done:
    free(f);
    free(x);
    return status;
}
