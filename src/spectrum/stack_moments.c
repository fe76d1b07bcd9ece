/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments where layers differ, by Lagrange inversion: E lambda^k = (1/k) [m^(k-1)] (m z(m))^k.
 *
 * 1. log(m z) = log E lambda + log(1 + m) + sum_l l_l(m_l), l_l = log(m_l u_l/mu1) - log(1 + rho_l m_l), as a series in m.
 * 2. Of one layer: with x = mu1/(u - mu1) and the central moments of t, m_l(x) and m_l u_l/mu1 = (1 + x) m_l/x are explicit
 *    (moments.c); reversion gives x(m_l), and with it the logarithm.
 * 3. m is scaled so that coefficients stay of order one, and E lambda is put back last, in logarithms. */
#include <math.h>
#include <stdlib.h>
#include "average.h"
#include "moments.h"
#include "series.h"
#include "spectrum_internal.h"

typedef struct workspace {
    double *central, *m_of_x, *x_of_m, *part, *power, *sum, *total; /* n + 2 each */
    double *scratch;                                                /* 2 (n + 2) */
} workspace;

/* out += times * log(1 + c m) */
static void log_add(double times, double c, size_t n, double *out)
{
    double power = 1;
    for (size_t k = 1; k < n; k++) {
        power *= c;
        out[k] += times * (k % 2 ? power : -power) / (double)k;
    }
}

/* w->part = log(m u/mu1) as a series in m for one activation at one q: log(1 + x) + log(m/x) in x, then x(m). */
static fj_status factor_series(const fj_origin *origin, size_t n, workspace *w)
{
    fj_status status = fj_central_moments(origin->activation, origin->q, n + 1, w->central);
    if (status != FJ_OK)
        return status;
    /* A(x) = 1 + c2 x^2 + c3 x^3 + ..., 1 + m = (1 + x) A */
    double scale = 1;
    for (size_t k = 0; k <= n; k++) {
        w->central[k] /= scale;
        scale *= origin->mu1;
    }
    w->central[0] = 1;
    w->central[1] = 0;
    for (size_t k = 0; k < n; k++)
        w->m_of_x[k] = w->central[k] + (k > 0 ? w->central[k - 1] : 0);
    w->m_of_x[0] = 0; /* m = x + c2 x^2 + (c2 + c3) x^3 + ... */
    fj_series_revert(w->m_of_x, n, w->scratch, w->x_of_m);
    /* m/x in x: coefficients k of m, shifted; c_n is needed for the last */
    for (size_t k = 0; k < n; k++)
        w->part[k] = k == 0 ? 1 : w->central[k + 1] + w->central[k];
    fj_series_log(w->part, n, w->power); /* log(m/x), a series in x */
    log_add(1, 1, n, w->power);
    /* composition with x(m), Horner */
    for (size_t k = 0; k < n; k++)
        w->part[k] = 0;
    for (size_t j = n; j-- > 0;) {
        fj_series_multiply(w->part, w->x_of_m, n, w->total);
        for (size_t k = 0; k < n; k++)
            w->part[k] = w->total[k];
        w->part[0] += w->power[j];
    }
    return FJ_OK;
}

/* w->sum = log(1 + m) + sum of the groups' series, in m. */
static fj_status log_series(const fj_gathered *g, size_t n, workspace *w)
{
    for (size_t k = 0; k < n; k++)
        w->sum[k] = 0;
    log_add(1, 1, n, w->sum);
    for (size_t i = 0; i < g->stack.groups; i++) {
        const fj_group *group = &g->stack.group[i];
        if (group->is_explicit) {
            log_add(group->count, group->scale / group->p, n, w->sum);
        } else {
            fj_status status = factor_series(&g->origin[g->origin_of[i]], n, w);
            if (status != FJ_OK)
                return status;
            double power = group->count;
            for (size_t k = 1; k < n; k++) {
                power *= group->scale;
                w->sum[k] += power * w->part[k];
            }
        }
        if (group->rho > 0)
            log_add(-group->count, group->rho * group->scale, n, w->sum);
    }
    return FJ_OK;
}

fj_status fj_moments_of_stack(const fj_gathered *g, size_t n, double *m)
{
    enum { ARRAYS = 9 };
    const size_t room = n + 2;
    double *memory = calloc(ARRAYS * room, sizeof *memory);
    if (!memory)
        return FJ_NO_MEMORY;
    workspace w = {memory,
                   memory + room,
                   memory + 2 * room,
                   memory + 3 * room,
                   memory + 4 * room,
                   memory + 5 * room,
                   memory + 6 * room,
                   memory + 7 * room};
    fj_status status = log_series(g, n + 1, &w);
    int overflow = 0;
    for (size_t k = 1; k <= n && status == FJ_OK; k++) {
        /* (m z)^k with m = y/scale, scale the size of its first coefficient */
        const double order = (double)k, scale = fmax(order * fabs(w.sum[1]), 1e-300);
        double unit = order;
        for (size_t i = 0; i < k; i++) {
            w.part[i] = i == 0 ? 0 : w.sum[i] * unit;
            unit /= scale;
        }
        fj_series_exp(w.part, k, w.power);
        const double logarithm =
            log(w.power[k - 1] / order) + (order - 1) * log(scale) + order * g->stack.log_mean;
        m[k - 1] = w.power[k - 1] > 0 ? exp(logarithm) : NAN;
        overflow |= !isfinite(m[k - 1]);
        if (overflow)
            m[k - 1] = INFINITY;
    }
    free(memory);
    return status != FJ_OK ? status : overflow ? FJ_RANGE : FJ_OK;
}
