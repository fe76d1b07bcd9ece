/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels on the axis of x = sqrt(q) h, and what is kept of them while rules are made.
 *
 * 1. A panel's polynomial continues phi' or its logarithm, which are functions of x: it has no q in it. Only the size of phi' as a whole
 *    has, and that is taken as a power of root 2. So rules of one activation that cut the x axis at the same places have the same
 *    polynomials, and the same t at the nodes; fitting them is nearly all that a rule costs.
 * 2. What is fitted is kept in a tree by all that it depends on, and so are intervals that no polynomial serves on. A rule is the same
 *    whether others were made before or not. */
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include "panel_polynomial.h"
#include "panel_roots.h"
#include "panel_shape.h"

/* A polynomial of log t that varies by no more is constant, or one of phi' relative to what it is resolved to; or by so many times
 * the noise of phi'. */
static const double FLAT = 1e-12, FLAT_NOISE = 4;
/* On a panel for poles only log t may vary by this factor. */
static const double FACTOR_MOST = 2;
/* Relative to log t: what a callback or formula differs by from such a panel's polynomial at points that it was not made from. */
static const double SEEN = 1e-11;

struct fj_panel_shapes {
    void *root; /* of a search tree */
};

fj_panel_shapes *fj_panel_shapes_create(void)
{
    return calloc(1, sizeof(fj_panel_shapes));
}

void fj_panel_shapes_destroy(fj_panel_shapes *shapes)
{
    if (!shapes)
        return;
    tdestroy(shapes->root, free);
    free(shapes);
}

static int by_number(double a, double b)
{
    return (a > b) - (a < b);
}

static int flags_of(const fj_panel_key *key)
{
    return 4 * key->far + 2 * key->far_out + key->may_narrow;
}

/* The key is the first member of a shape. */
static int by_key(const void *left, const void *right)
{
    const fj_panel_key *a = left, *b = right;
    if (a->activation != b->activation)
        return a->activation < b->activation ? -1 : 1;
    if (a->from != b->from)
        return by_number(a->from, b->from);
    if (a->to != b->to)
        return by_number(a->to, b->to);
    if (a->size != b->size)
        return by_number(a->size, b->size);
    const int flags = flags_of(a) - flags_of(b);
    return flags ? flags : by_number((double)a->piece, (double)b->piece);
}

static int is_flat(const fj_panel_shape *shape)
{
    const double flat = FLAT + FLAT_NOISE * fj_activation_noise(shape->key.activation);
    return shape->panel.radius < flat * (shape->panel.logarithmic ? 1 : shape->panel.unit);
}

/* Is that a polynomial of a phi' that stays off 0, with zeros beside the axis? At tiny u two poles stand at each of them and cancel (panels.c:
 * zeros_note), where narrower panels have none. But where phi' comes so near to 0 that very many were needed, they are put up with. */
static int has_zeros_beside(const fj_panel_shape *shape)
{
    enum { LOOKS = 32 };
    static const double NEAR = 1e-2;
    const fj_panel *panel = &shape->panel;
    double least = INFINITY, most = 0;
    if (panel->logarithmic || shape->key.activation->piece[shape->key.piece].t_least == 0)
        return 0;
    for (int i = 0; i <= LOOKS; i++) {
        const double y = fabs(fj_panel_value(panel, 2.0 * i / LOOKS - 1));
        least = fmin(least, y);
        most = fmax(most, y);
    }
    return least > NEAR * most && fj_panel_winding(panel, 0) != 0;
}

/* Is the polynomial resolved, with at most one critical point where poles matter? Of phi' there are poles for two values, and a critical
 * point farther off costs more than narrower panels do (a tenth of 40 layers of gelu or silu at q = 0.3 to 2.5). */
static int fit(fj_panel_shape *shape)
{
    static const double BESIDE = 1.2;
    double c[FJ_PANEL_ROOM];
    fj_panel *panel = &shape->panel;
    if (!fj_panel_fit(&shape->key, panel, c))
        return 0;
    fj_panel_bounds(panel, c);
    if (has_zeros_beside(shape))
        return 0;
    shape->is_flat = is_flat(shape);
    if (shape->is_flat)
        return 1;
    const int critical = fj_panel_critical_count(c);
    return critical == 0 || (critical == 1 && fj_panel_critical_find(panel) &&
                             (panel->logarithmic || fabs(panel->critical) < BESIDE));
}

fj_panel_shape *fj_panel_shape_get(fj_panel_shapes *shapes, const fj_panel_key *key)
{
    fj_panel_shape **known = tfind(key, &shapes->root, by_key);
    if (known)
        return *known;
    fj_panel_shape *shape = calloc(1, sizeof *shape);
    if (!shape)
        return NULL;
    shape->key = *key;
    shape->panel = (fj_panel){.centre = key->from + (key->to - key->from) / 2,
                              .half = (key->to - key->from) / 2,
                              .far = key->far,
                              .counts_to = INFINITY};
    shape->fits = fit(shape);
    if (tsearch(shape, &shapes->root, by_key))
        return shape;
    free(shape);
    return NULL;
}

void fj_panel_shape_nodes(fj_panel_shape *shape, const fj_view *view)
{
    const fj_panel *panel = &shape->panel;
    for (int set = 0; set < FJ_SETS; set++)
        for (size_t i = 0; i < fj_panels_order(set); i++) {
            const double x =
                panel->centre + panel->half * fj_panel_tables_get()->legendre_x[set][i];
            if (!shape->has_t) {
                const double slope = fj_activation_slope(shape->key.activation, x);
                shape->t[set][i] = slope * slope;
            }
            if (view->narrow && !shape->has_deviation)
                shape->deviation[set][i] = fj_view_deviation(view, x);
        }
    shape->has_t = 1;
    shape->has_deviation |= view->narrow;
}

static int serves_wide(const fj_panel_shape *shape)
{
    enum { LOOKS = 64 };
    const fj_panel *panel = &shape->panel;
    const fj_activation *a = shape->key.activation;
    const double left = fabs(fj_panel_value(panel, -1)), right = fabs(fj_panel_value(panel, 1));
    const double largest = fmax(1, fmax(left, right));
    if (!panel->logarithmic || panel->has_critical ||
        largest > FACTOR_MOST * fmax(1, fmin(left, right)))
        return 0;
    for (int i = 0; i < LOOKS && a->user; i++) { /* what is known by its values alone */
        const double xi = 2 * (i + 0.5) / LOOKS - 1;
        const double slope = fj_activation_slope(a, panel->centre + panel->half * xi);
        if (!(fabs(2 * log(fabs(slope)) - fj_panel_value(panel, xi)) <= SEEN * largest))
            return 0;
    }
    return 1;
}

int fj_panel_shape_is_wide(fj_panel_shape *shape)
{
    if (!shape->has_wide)
        shape->is_wide = serves_wide(shape);
    shape->has_wide = 1;
    return shape->is_wide;
}
