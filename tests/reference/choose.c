/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which s to tabulate.
 *
 * 1. Below an upper edge and above a lower edge (not 0): at about 0.1, 0.01, 0.001 of the edge,
 *    by scaling the distance in log r, since log lambda(r) increases with log r.
 * 2. Between two edges: two more. Without a lower edge, or with one far below: down in log lambda by growing steps until
 *    the density is below 1e-30 of its largest or s is below 1e-290.
 * 3. Every r is answered by the bracket in theta; s is sqrt(lambda(r)) rounded to a double.
 */
#include "reference.h"

#include <math.h>

static const long double SHARES[] = {1e-3L, 1e-2L, 1e-1L};

struct list {
    struct choice *points;
    int n;
    long double top; /* largest log density so far */
};

static long double log_density(const fj_precise_quick_point *p)
{
    return logl(-cimagl(p->m)) - creall(p->log_z) / 2;
}

static void keep(struct list *list, const fj_precise_quick_point *p)
{
    if (list->n == MAX_POINTS)
        return;
    double s = (double)expl(creall(p->log_z) / 2);
    if (!(s > 1e-290 && s < 1e290) || !(log_density(p) > -690))
        return;
    list->points[list->n++] = (struct choice){.s = s, .log_r = p->log_r, .psi = p->psi};
    list->top = fmaxl(list->top, log_density(p));
}

/* Points near an edge; the last one found is left in p. Returns how many. */
static int near_edge(fj_precise_law *law, const fj_precise_layers *layers,
                     const fj_precise_edge *edge, long double log_z_edge, struct list *list,
                     fj_precise_quick_point *p)
{
    long double side = edge->lower ? 1 : -1, eta = 1e-3L / layers->depth;
    int found = 0;
    p->psi = -4;
    for (int k = 0; k < 3; k++) {
        long double target = -2 * log1pl(side * SHARES[k]) * -side;
        fj_precise_quick_point best = *p;
        bool good = false;
        for (int round = 0; round < 9; round++) {
            fj_precise_quick_point try = {.log_r = edge->log_u + side * eta, .psi = p->psi};
            if (!fj_precise_equation_bracket(law, layers, &try)) {
                law->status = FJ_OK;
                eta /= 7;
                continue;
            }
            long double delta = side * (creall(try.log_z) - log_z_edge);
            best = try;
            good = true;
            if (!(delta > 0)) {
                eta *= 4;
                continue;
            }
            if (delta > 0.6L * target && delta < 1.7L * target)
                break;
            eta *= fminl(fmaxl(target / delta, 0.02L), 50);
        }
        if (!good)
            break;
        keep(list, &best);
        *p = best;
        found++;
        eta *= 10;
    }
    return found;
}

static void descend(fj_precise_law *law, const fj_precise_layers *layers, struct list *list,
                    fj_precise_quick_point p)
{
    long double step = 1;
    int kept = 0;
    for (int round = 0; round < 40 && kept < 8; round++) {
        fj_precise_quick_point next = p;
        next.log_r -= fmaxl(creall(1 / p.slope), 1e-9L / layers->depth) * step;
        bool good = fj_precise_equation_bracket(law, layers, &next);
        law->status = FJ_OK;
        if (!good || log_density(&next) < list->top - 95 || creall(next.log_z) < -1334) {
            step /= 2.5L;
            if (step < 0.02L)
                break;
            continue;
        }
        long double moved = creall(p.log_z) - creall(next.log_z);
        keep(list, &next);
        kept++;
        p = next;
        if (log_density(&p) < list->top - 69 || creall(p.log_z) < -1300)
            break;
        if (moved > 0.3L * step)
            step *= 2.6L;
    }
}

int choose_points(fj_precise_law *law, const fj_precise_layers *layers,
                  const fj_precise_edge *edges, int n_edges, struct choice *points)
{
    struct list list = {.points = points, .top = -INFINITY};
    for (int i = n_edges - 1; i >= 0; i--) {
        const fj_precise_edge *edge = &edges[i];
        fj_precise_quick_point at = {.log_r = edge->log_u, .psi = -INFINITY}, p = {0};
        fj_precise_equation_quick(law, layers, &at);
        long double log_z = creall(at.log_z);
        if (!edge->turning) { /* on the end itself: come close */
            at.log_r += 1e-15L;
            fj_precise_equation_quick(law, layers, &at);
            log_z = creall(at.log_z);
        }
        int found = near_edge(law, layers, edge, log_z, &list, &p);
        if (edge->lower || found == 0)
            continue;
        if (i > 0) {
            at = (fj_precise_quick_point){.log_r = edges[i - 1].log_u, .psi = -INFINITY};
            fj_precise_equation_quick(law, layers, &at);
        }
        if (i == 0 || log_z - creall(at.log_z) > 20) {
            descend(law, layers, &list, p);
        } else {
            for (int k = 1; k <= 2; k++) {
                p.log_r = edges[i - 1].log_u + (edge->log_u - edges[i - 1].log_u) * k / 3;
                p.psi = -1;
                if (fj_precise_equation_bracket(law, layers, &p))
                    keep(&list, &p);
                law->status = FJ_OK;
            }
        }
    }
    return list.n;
}
