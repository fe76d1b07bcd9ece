/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The atoms of lambda (src/THEORY.md 3.5, 3.6).
 *
 * 1. At 0: what no layer lets through, 1 - min_l N_l P(t_l > 0)/N_0.
 * 2. Elsewhere only where all weights are orthogonal. A mass p of t at a in every layer leaves, of the N_0 dimensions, those in
 *    all the eigenspaces: the atom prod sigma_l^2 a_l loses (1 - p) N_l/N_0 in every layer and (N_(l-1) - N_l)/N_0 in those
 *    that narrow.
 * 3. An atom needs p > 1/2 N_0/N_l in all layers but one. So: the largest mass in every layer, then every other choice in one
 *    layer that stands alone. */
#include <math.h>
#include "spectrum_internal.h"

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

/* The least loss a layer can have; returns 0 where it has no mass above 0. */
static int choose_best(const fj_group *g, choice *best, size_t *which)
{
    const fj_mass *mass;
    const size_t n = fj_rule_masses(g->layers.rule, &mass);
    *best = (choice){INFINITY, 0};
    for (size_t i = 0; i < n; i++) {
        if (mass[i].t == 0)
            continue;
        const choice c = choose(g, i);
        if (c.loss < best->loss) {
            *best = c;
            *which = i;
        }
    }
    return isfinite(best->loss);
}

void fj_atoms_find(fj_spectrum *spectrum, const fj_stack *stack)
{
    double loss = 0, log_place = stack->log_mean;
    fj_spectrum_atom_add(spectrum, -INFINITY, stack->at_zero);
    for (size_t k = 0; k < stack->groups; k++) {
        choice best;
        size_t which;
        if (stack->group[k].rho == 0 || !choose_best(&stack->group[k], &best, &which))
            return;
        loss += stack->group[k].count * best.loss;
        log_place += stack->group[k].count * best.log_place;
    }
    fj_spectrum_atom_add(spectrum, log_place / 2, 1 - loss);
    for (size_t k = 0; k < stack->groups; k++) {
        const fj_group *g = &stack->group[k];
        const fj_mass *mass;
        choice best;
        size_t which = 0;
        if (g->count != 1 || !choose_best(g, &best, &which))
            continue;
        const size_t n = fj_rule_masses(g->layers.rule, &mass);
        for (size_t i = 0; i < n; i++) {
            if (i == which || mass[i].t == 0)
                continue;
            const choice c = choose(g, i);
            fj_spectrum_atom_add(spectrum, (log_place + c.log_place - best.log_place) / 2,
                                 1 - (loss + c.loss - best.loss));
        }
    }
}
