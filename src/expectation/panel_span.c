/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which panels count at a given u.
 *
 * Far out a panel has next to no probability W, and where t there is below T <= |u|/2, its part of E[f(t)/(u - t)] is at most
 * 2 W max |f|/|u|. Compare with the inner panels, probability P, t <= U: whatever u is, with r = |u|/(|u| + U),
 * 1. E|u/(u - t)| >= P r, E|t/(u - t)| >= E[t; inner] r/|u|, so for E t^2 and E (t - mu1)^2;
 * 2. Im E[u/(u - t)] = -Im u E[t/|u - t|^2], all of one sign, is at least |Im u| E[t; inner] r^2/|u|^2, the outer panel's part at
 *    most 4 W T |Im u|/|u|^2;
 * 3. arg((u - mu1)/(u - t)) is at most pi/2 times |Im u| |t - mu1|/(|u - mu1| |u - t|), at least 2/pi times that.
 * So the panel is below rounding of all of them where r^2 exceeds a multiple of W, which is where |u| exceeds a bound. Its poles do not
 * matter either then: they correct what its nodes give to a value within the same limits. */
#include <math.h>
#include "rule_internal.h"

/* Of the whole, and of all that are left out together, 2000 at most. */
static const double NEGLIGIBLE = 1e-22;
/* t between nodes may be larger than at them. */
static const double BETWEEN = 2;
/* Panels around 0, where most of the probability is. */
static const double INNER = 2;

typedef struct sums {
    double mass, first, second, distance, spread; /* of 1, t, t^2, |t - mu1|, (t - mu1)^2 */
    double largest;                               /* t */
} sums;

static void sums_add(const fj_nodes *nodes, size_t from, size_t to, sums *s)
{
    for (size_t k = from; k < to; k++) {
        const double weight = nodes->weight[k], t = nodes->t[k], e = nodes->e[k];
        s->mass += weight;
        s->first += weight * t;
        s->second += weight * t * t;
        s->distance += weight * fabs(e);
        s->spread += weight * e * e;
        s->largest = fmax(s->largest, t);
    }
}

/* Beyond which |u| a panel of that mass, with t below `largest`, does not count. */
static double bound(const sums *inner, double mu1, double mass, double largest)
{
    const double apart = mu1 + largest;
    double most = fmax(2 / inner->mass, 4 * largest / inner->first);
    most = fmax(most, 2 * largest * largest / inner->second);
    most = fmax(most, M_PI * M_PI / 2 * apart / inner->distance);
    most = fmax(most, 2 * apart * apart / inner->spread);
    const double r = sqrt(mass * most / NEGLIGIBLE);
    return r < 1 ? fmax(2 * largest, inner->largest * r / (1 - r)) : INFINITY;
}

void fj_panels_bounds(fj_rule *rule)
{
    const size_t order = fj_panels_order(0);
    sums inner = {0};
    for (size_t p = 0; p < rule->panels; p++)
        if (fabs(rule->panel[p].centre) < INNER)
            sums_add(&rule->set[0], p * order, (p + 1) * order, &inner);
    for (size_t p = 0; p < rule->panels; p++) {
        sums here = {0};
        for (int set = FJ_SETS - 1; set >= 0; set--) {
            const size_t n = fj_panels_order(set);
            here.mass = 0;
            sums_add(&rule->set[set], p * n, (p + 1) * n, &here);
        }
        const double u = bound(&inner, rule->mu1, here.mass, BETWEEN * here.largest);
        rule->panel[p].counts_to = u > 0 ? u : INFINITY; /* NaN without inner panels */
    }
}

void fj_panels_span(const fj_rule *rule, double size, fj_poles *out)
{
    out->first = 0;
    out->last = rule->panels;
    while (out->first < out->last && size > rule->panel[out->first].counts_to)
        out->first++;
    while (out->first < out->last && size > rule->panel[out->last - 1].counts_to)
        out->last--;
}
