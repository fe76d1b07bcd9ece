/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The atoms of lambda (src/THEORY.md 3.5, 3.6).
 *
 * 1. At 0: what no layer lets through, 1 - min_l N_l P(t_l > 0)/N_0.
 * 2. Elsewhere only where all weights are orthogonal. A mass p of t at a in every layer leaves, of the N_0 dimensions, those in
 *    all the eigenspaces: the atom prod sigma_l^2 a_l loses (1 - p) N_l/N_0 in every layer and (N_(l-1) - N_l)/N_0 in those
 *    that narrow.
 * 3. Search all choices of a mass in every layer, giving up where too much is lost already; few are left, since other choices
 *    than the largest mass lose more than half. Equal layers choose alike. Where exactly all is lost the law has a pole. */
#include <math.h>
#include "spectrum_internal.h"

/* Mass that is rounding. */
static const double NO_MASS = 1e-13;

/* One choice of a mass in a layer: what the atom loses, and log(a/(mu1 rho)). */
typedef struct choice {
    double loss, log_place;
} choice;

static choice choose(const fj_group *g, size_t i)
{
    const fj_mass *mass;
    double least, most, others = 0, excess = 0;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    /* where t has masses alone, 1 - p and log(mu1/t) without the cancellation of p near 1 */
    for (size_t k = 0; k < n; k++)
        if (k != i) {
            others += mass[k].mass;
            excess += mass[k].mass * (mass[k].t / mass[i].t - 1);
        }
    double log_place = -log1p(excess);
    if (fj_rule_range(g->layers.rule, &least, &most)) {
        others = 1 - mass[i].mass;
        log_place = -log(g->layers.mu1 / mass[i].t); /* as one layer's places are computed */
    }
    return (choice){(others + g->one_minus_rho / g->rho) / g->scale, log_place - log(g->rho)};
}

/* The least loss a layer can have; infinite where it has no mass above 0. */
static choice choose_best(const fj_group *g)
{
    const fj_mass *mass;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    choice best = {INFINITY, 0};
    for (size_t i = 0; i < n; i++) {
        const choice c = mass[i].t > 0 ? choose(g, i) : best;
        if (c.loss < best.loss)
            best = c;
    }
    return best;
}

typedef struct search {
    fj_spectrum *spectrum;
    const fj_stack *stack;
    double rest; /* what the groups not yet chosen lose at least */
} search;

static void place_add(fj_spectrum *spectrum, double log_place, double mass)
{
    if (mass > NO_MASS)
        fj_spectrum_atom_add(spectrum, log_place / 2, mass);
    else if (spectrum->places < FJ_ATOMS_MAX)
        spectrum->place[spectrum->places++] = log_place;
}

/* All choices in the groups from k on, while the atom has mass left. */
static void choose_from(search *s, size_t k, double loss, double log_place)
{
    if (loss + s->rest > 1 + NO_MASS)
        return;
    if (k == s->stack->groups) {
        place_add(s->spectrum, log_place, 1 - loss);
        return;
    }
    const fj_group *g = &s->stack->group[k];
    const fj_mass *mass;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    const choice best = choose_best(g);
    s->rest -= g->count * best.loss;
    for (size_t i = 0; i < n; i++) {
        const choice c = mass[i].t > 0 ? choose(g, i) : (choice){INFINITY, 0};
        if (g->count == 1 || c.loss == best.loss)
            choose_from(s, k + 1, loss + g->count * c.loss, log_place + g->count * c.log_place);
    }
    s->rest += g->count * best.loss;
}

void fj_atoms_find(fj_spectrum *spectrum, const fj_stack *stack)
{
    search s = {spectrum, stack, 0};
    fj_spectrum_atom_add(spectrum, -INFINITY, stack->at_zero);
    for (size_t k = 0; k < stack->groups; k++) {
        if (stack->group[k].rho == 0)
            return;
        s.rest += stack->group[k].count * choose_best(&stack->group[k]).loss;
    }
    choose_from(&s, 0, 0, stack->log_mean);
}
