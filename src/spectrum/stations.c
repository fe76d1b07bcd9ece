/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solutions anywhere along a walked stretch, from guesses between those known already.
 *
 * 1. In tau the parts of m and of each log u_k are smooth, also at edges and poles, once square roots are divided out of the
 *    imaginary ones, which go over hundreds of decades and are taken by their logarithms.
 * 2. Hermite's polynomial through values and slopes at the four nearest solutions is the guess; edges are such solutions too.
 * 3. Where Newton's method does not like the guess: by continuation from the nearest solution.
 * 4. What has been solved serves the next guess. */
#include "stations.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "chebyshev.h"

/* Solutions in a guess. */
enum { NEAREST = 4 };
/* Guesses of logarithms from two and from all that may not differ by more. */
static const double OVERSHOT = 0.1;
/* Angles are from the nearer half of the axis; on the axis there is no way back. */
static const double ANGLE_MOST = 2, ANGLE_LEAST = 1e-290;
/* A part this much smaller than the other: the real part has one sign, and is taken by its logarithm too. */
static const double SMALL = 0.1;

/* Room for one, with its arrays behind it. NULL: no memory. */
static fj_known *known_create(const fj_stack *stack)
{
    const size_t n = stack->unknowns + 1;
    fj_known *k =
        calloc(1, sizeof *k + n * (sizeof *k->at.dw + sizeof *k->at.at.u + sizeof *k->log_angle));
    if (!k)
        return NULL;
    k->at.dw = (double complex *)(k + 1);
    k->at.at.u = (fj_subordinate *)(k->at.dw + n);
    k->log_angle = (double *)(k->at.at.u + n);
    return k;
}

static void known_drop(fj_stations *b, fj_known *known)
{
    known->next = b->spare;
    b->spare = known;
}

/* Gives up the lowest one that is solved, but for `kept`: of a patch that has been tried and was too long. */
static void lowest_drop(fj_stations *b, const fj_station *kept)
{
    for (size_t i = 0; i < b->n; i++) {
        fj_known *k = b->known[i];
        if (!k->solved || &k->at == kept)
            continue;
        memmove(b->known + i, b->known + i + 1, (b->n - i - 1) * sizeof(fj_known *));
        b->n--;
        known_drop(b, k);
        return;
    }
}

/* A copy of a solution. NULL: no memory. */
static fj_known *known_make(fj_stations *b, const fj_station *at, const fj_place *place)
{
    if (!b->spare && b->is_reserved)
        lowest_drop(b, at);
    else if (!b->spare)
        b->spare = known_create(b->path->stack);
    fj_known *k = b->spare;
    if (!k)
        return NULL;
    b->spare = k->next;
    k->next = NULL;
    k->place = *place;
    k->solved = 0;
    k->dm = k->log_im = k->dlog_im = 0;
    fj_station_copy(at, &k->at, b->path->stack);
    return k;
}

/* What a guess needs of a solution on the curve. */
static void known_describe(const fj_stations *b, fj_known *k)
{
    const fj_place *place = &k->place;
    k->dm = place->slope * fj_quotient(k->at.at.m, k->at.slope);
    k->log_im = log(-cimag(k->at.at.m) / place->factor);
    k->dlog_im = cimag(k->dm) / cimag(k->at.at.m) - place->dlog_factor;
    for (size_t i = 0; i < b->path->stack->unknowns; i++)
        k->log_angle[i] = log(fabs(cimag(k->at.at.u[i].w)) / place->root);
}

/* The place of the first one above tau. */
static size_t place_above(const fj_stations *b, double tau)
{
    size_t low = 0, high = b->n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (b->known[middle]->place.tau <= tau)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Takes over `known`. */
static fj_status known_add(fj_stations *b, fj_known *known)
{
    if (!known)
        return FJ_NO_MEMORY;
    if (b->n == b->room) {
        const size_t room = b->room ? 2 * b->room : 128;
        fj_known **more = realloc(b->known, room * sizeof(fj_known *));
        if (!more) {
            known_drop(b, known);
            return FJ_NO_MEMORY;
        }
        b->known = more;
        b->room = room;
    }
    const size_t at = place_above(b, known->place.tau);
    memmove(b->known + at + 1, b->known + at, (b->n - at) * sizeof(fj_known *));
    b->known[at] = known;
    b->n++;
    return FJ_OK;
}

/* An edge as a solution: there the slopes in tau are 0, and the imaginary parts over tau have limits: log m moves by
 * i sqrt(2 distance/|bend|). */
static fj_status edge_add(fj_stations *b, const fj_stretch_end *end, double tau, double inwards)
{
    const fj_place place = {.tau = tau, .big_x = end->big_x, .slope = 0, .factor = 1, .root = 1};
    const fj_place beside = fj_patches_place(b->patches, tau + inwards);
    const double step = sqrt(2 * fabs(beside.big_x - end->big_x) / fabs(end->bend));
    fj_known *k = known_make(b, &end->edge, &place);
    if (!k)
        return FJ_NO_MEMORY;
    k->log_im = log(fabs(creal(end->edge.at.m)) * step / beside.factor);
    int known = isfinite(k->log_im);
    for (size_t i = 0; i < b->path->stack->unknowns; i++) {
        k->log_angle[i] = log(fabs(creal(end->edge.dw[i])) * step / beside.root);
        k->at.dw[i] = 0;
        known &= isfinite(k->log_angle[i]);
    }
    if (known)
        return known_add(b, k);
    known_drop(b, k);
    return FJ_OK;
}

fj_status fj_stations_put(fj_stations *b, const fj_station *at)
{
    const fj_place place =
        fj_patches_place(b->patches, fj_patches_tau(b->patches, creal(at->log_z)));
    if (!(place.slope > 0)) /* on an edge, to rounding */
        return FJ_OK;
    fj_known *known = known_make(b, at, &place);
    if (known)
        known_describe(b, known);
    return known_add(b, known);
}

fj_status fj_stations_init(fj_stations *b, fj_path *path, const fj_stretch *stretch,
                           const fj_patches *patches)
{
    *b = (fj_stations){.path = path, .patches = patches};
    double range[2];
    fj_patches_tau_range(patches, &range[FJ_LOW], &range[FJ_HIGH]);
    fj_status status = fj_station_init(&b->scratch, path->stack);
    for (size_t i = 0; i < stretch->stations && status == FJ_OK; i++)
        status = fj_stations_put(b, &stretch->station[i]);
    for (int side = FJ_LOW; side <= FJ_HIGH && status == FJ_OK; side++)
        if (patches->edge[side] > 0) {
            const double inwards = 1e-4 * (range[!side] - range[side]);
            status = edge_add(b, &stretch->end[side], range[side], inwards);
        }
    return status;
}

void fj_stations_free(fj_stations *b)
{
    for (size_t i = 0; i < b->n; i++)
        free(b->known[i]);
    for (fj_known *k = b->spare, *next; k; k = next) {
        next = k->next;
        free(k);
    }
    free(b->known);
    fj_station_free(&b->scratch);
    *b = (fj_stations){.path = b->path};
}

fj_status fj_stations_reserve(fj_stations *b)
{
    enum { RESERVE = 64 };
    size_t spares = 0;
    for (const fj_known *k = b->spare; k; k = k->next)
        spares++;
    const size_t room = b->n + (spares > RESERVE ? spares : RESERVE);
    fj_known **more = realloc(b->known, room * sizeof(fj_known *));
    if (!more)
        return FJ_NO_MEMORY;
    b->known = more;
    b->room = room;
    for (; spares < RESERVE; spares++) {
        fj_known *k = known_create(b->path->stack);
        if (!k)
            return FJ_NO_MEMORY;
        known_drop(b, k);
    }
    b->is_reserved = 1;
    return FJ_OK;
}

const fj_known *fj_stations_above(const fj_stations *b, double tau)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->known[i]->solved && b->known[i]->place.tau >= tau)
            return b->known[i];
    return NULL;
}

const fj_known *fj_stations_lowest(const fj_stations *b)
{
    return b->known[0];
}

double fj_stations_spacing(const fj_stations *b, double tau)
{
    size_t below = place_above(b, tau);
    while (below > 0 && b->known[below - 1]->solved)
        below--;
    double low = NAN;
    for (size_t i = below > 0 ? below - 1 : 0; i < b->n; i++) {
        if (b->known[i]->solved)
            continue;
        if (!isnan(low))
            return b->known[i]->place.tau - low;
        low = b->known[i]->place.tau;
    }
    return INFINITY;
}

void fj_stations_forget(fj_stations *b, double tau)
{
    while (b->n > NEAREST && b->known[b->n - 1]->place.tau > tau)
        known_drop(b, b->known[--b->n]);
}

/* The solutions nearest to tau, and their weights. */
typedef struct stencil {
    size_t n;
    const fj_known *known[NEAREST];
    double value[NEAREST], slope[NEAREST];
} stencil;

static void stencil_make(const fj_stations *b, double tau, size_t most, stencil *s)
{
    double x[NEAREST];
    size_t high = place_above(b, tau), low = high;
    s->n = b->n < most ? b->n : most;
    while (high - low < s->n) {
        const double below = low > 0 ? tau - b->known[low - 1]->place.tau : INFINITY;
        const double above = high < b->n ? b->known[high]->place.tau - tau : INFINITY;
        const int one_sided = high - low == 1 && low > 0 && high < b->n; /* both sides first */
        if (one_sided ? b->known[low]->place.tau > tau : below <= above)
            low--;
        else
            high++;
    }
    for (size_t i = 0; i < s->n; i++) {
        s->known[i] = b->known[low + i];
        x[i] = s->known[i]->place.tau;
    }
    for (size_t i = 0; i < s->n; i++)
        fj_hermite_weights(x, s->n, i, tau, &s->value[i], &s->slope[i]);
}

static double log_im_at(const stencil *s)
{
    double log_im = 0;
    for (size_t i = 0; i < s->n; i++)
        log_im += s->value[i] * s->known[i]->log_im + s->slope[i] * s->known[i]->dlog_im;
    return log_im;
}

/* How the real part is taken: by its logarithm where the imaginary one is far smaller, by its ratio to that where it is not larger
 * by much, since both may go over hundreds of decades. */
typedef enum scale { PLAIN, LOGARITHM, RATIO } scale;

static double complex smaller_of(const fj_known *known, int low)
{
    return low ? known->at.at.rest : known->at.at.m;
}

static scale scale_choose(const stencil *s, int low)
{
    int logarithm = 1, ratio = 1;
    const double first = creal(smaller_of(s->known[0], low));
    for (size_t i = 0; i < s->n; i++) {
        const double complex q = smaller_of(s->known[i], low);
        logarithm &= fabs(cimag(q)) < SMALL * fabs(creal(q)) && (creal(q) < 0) == (first < 0);
        ratio &= fabs(cimag(q)) > SMALL * fabs(creal(q));
    }
    return logarithm ? LOGARITHM : ratio ? RATIO : PLAIN;
}

/* m or m + above, whichever is smaller: its real part, beside the guess im of its imaginary one. */
static double real_part(const stencil *s, int low, double im)
{
    const scale by = scale_choose(s, low);
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double complex q = smaller_of(s->known[i], low), dq = s->known[i]->dm;
        const double re = creal(q), slope = creal(dq);
        if (by == LOGARITHM)
            sum += s->value[i] * log(fabs(re)) + s->slope[i] * slope / re;
        else if (by == RATIO)
            sum += s->value[i] * (re / cimag(q)) +
                   s->slope[i] * (slope - re * (cimag(dq) / cimag(q))) / cimag(q);
        else
            sum += s->value[i] * re + s->slope[i] * slope;
    }
    return by == LOGARITHM ? copysign(exp(sum), creal(smaller_of(s->known[0], low)))
           : by == RATIO   ? sum * im
                           : sum;
}

static void guess_m(const fj_stations *b, const stencil *s, const fj_place *place,
                    fj_stack_point *at)
{
    int low = 1;
    for (size_t i = 0; i < s->n; i++)
        low &= fj_size(s->known[i]->at.at.rest) < fj_size(s->known[i]->at.at.m);
    const double im = -fmax(ANGLE_LEAST, place->factor * exp(log_im_at(s)));
    const double complex q = CMPLX(real_part(s, low, im), im);
    at->m = low ? q - b->path->stack->above : q;
    at->rest = low ? q : q + b->path->stack->above;
}

/* The logarithm of an angle over the root, from a stencil. */
static double log_angle_at(const stencil *s, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const fj_known *known = s->known[i];
        const double angle = cimag(known->at.at.u[k].w);
        const double dw = known->place.slope * cimag(known->at.dw[k]);
        sum += s->value[i] * known->log_angle[k];
        if (angle != 0) /* an edge: the slope is 0 */
            sum += s->slope[i] * (dw / angle - known->place.dlog_root);
    }
    return sum;
}

/* Angles by their logarithms, where all are from the same half of the axis; from two where more would overshoot: an angle that
 * nothing depends on is not known well. */
static void guess_u(const stencil *s, const stencil *two, const fj_place *place, size_t k,
                    fj_subordinate *out)
{
    double x = 0, theta = 0;
    int lefts = 0;
    for (size_t i = 0; i < s->n; i++) {
        const fj_subordinate *u = &s->known[i]->at.at.u[k];
        const double complex dw = s->known[i]->place.slope * s->known[i]->at.dw[k];
        const double angle = cimag(u->w);
        x += s->value[i] * creal(u->w) + s->slope[i] * creal(dw);
        theta += s->value[i] * (u->left ? M_PI + angle : angle) + s->slope[i] * cimag(dw);
        lefts += u->left;
    }
    if (lefts == 0 || (size_t)lefts == s->n) {
        double log_angle = log_angle_at(s, k);
        if (s->n > two->n) {
            const double by_two = log_angle_at(two, k);
            if (!(fabs(log_angle - by_two) < OVERSHOT))
                log_angle = by_two;
        }
        const double angle = fmax(ANGLE_LEAST, fmin(place->root * exp(log_angle), ANGLE_MOST));
        *out = (fj_subordinate){CMPLX(x, lefts ? -angle : angle), lefts > 0};
        return;
    }
    const int left = theta > M_PI_2;
    *out = (fj_subordinate){CMPLX(x, left ? theta - M_PI : theta), left};
}

/* Fills *at, and *s with what it was made from. */
static void point_guess(const fj_stations *b, const fj_place *place, stencil *s, fj_stack_point *at)
{
    stencil two;
    stencil_make(b, place->tau, NEAREST, s);
    stencil_make(b, place->tau, 2, &two);
    if (!(fabs(log_im_at(s) - log_im_at(&two)) < OVERSHOT)) /* as they do far down a tail */
        *s = two;
    guess_m(b, s, place, at);
    for (size_t k = 0; k < b->path->stack->unknowns; k++)
        guess_u(s, &two, place, k, &at->u[k]);
}

int fj_stations_guess(const fj_stations *b, double big_x, fj_stack_point *at)
{
    const fj_place place = fj_patches_place(b->patches, fj_patches_tau(b->patches, big_x));
    stencil s;
    if (b->n == 0)
        return 0;
    point_guess(b, &place, &s, at);
    return 1;
}

/* By Newton's method, or by continuation from the nearest solution. */
static fj_status station_solve(fj_stations *b, fj_known *known, const fj_known *nearest,
                               int want_cdf)
{
    fj_path *path = b->path;
    path->real = 0;
    path->want_cdf = want_cdf;
    if (fj_path_solve(path, &known->at) == FJ_OK)
        return FJ_OK;
    const double big_x = known->place.big_x;
    path->want_cdf = 0;
    fj_station_copy(&nearest->at, &known->at, path->stack);
    fj_status status = fj_path_move(path, &known->at, &b->scratch, big_x,
                                    fabs(big_x - nearest->place.big_x) + 1e-300);
    path->want_cdf = want_cdf;
    return status == FJ_OK && want_cdf ? fj_path_solve(path, &known->at) : status;
}

fj_status fj_stations_solve(fj_stations *b, double tau, int want_cdf, const fj_known **out)
{
    const size_t above = place_above(b, tau);
    fj_known *same = above > 0 ? b->known[above - 1] : NULL;
    if (same && same->place.tau == tau) {
        *out = same;
        if (same->solved && !(want_cdf && isnan(same->at.cdf)))
            return FJ_OK;
        same->solved = 1;
        fj_status status = station_solve(b, same, same, want_cdf);
        if (status == FJ_OK && same->place.slope > 0) /* its slope was known to less */
            known_describe(b, same);
        return status;
    }
    const fj_place place = fj_patches_place(b->patches, tau);
    const fj_known *nearest = NULL; /* not an edge, where the slope is 0 */
    for (size_t i = above > 2 ? above - 2 : 0; i < b->n && i < above + 2; i++)
        if (b->known[i]->place.slope > 0 &&
            (!nearest || fabs(b->known[i]->place.tau - tau) < fabs(nearest->place.tau - tau)))
            nearest = b->known[i];
    if (!nearest)
        return FJ_NO_CONVERGENCE;
    fj_known *known = known_make(b, &nearest->at, &place);
    if (!known)
        return FJ_NO_MEMORY;
    known->solved = 1;
    known->at.log_z = place.big_x;
    stencil s;
    point_guess(b, &place, &s, &known->at.at);
    fj_status status = station_solve(b, known, nearest, want_cdf);
    if (status != FJ_OK) {
        known_drop(b, known);
        return status;
    }
    known_describe(b, known);
    *out = known;
    return known_add(b, known);
}
