/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The moments of lambda: E t^k by quadrature, then power series (series.c), in pairs of runs. */
#include "precise_internal.h"

#include <stdlib.h>

static fj_status compute_moments(void *context, fj_precise_desk *desk, fj_precise_run *run,
                                 mpfr_t *out)
{
    const size_t n = *(const size_t *)context;
    (void)desk;
    mpfr_t *mu = fj_precise_array(n, run->rule.plan.prec);
    if (!mu)
        return FJ_NO_MEMORY;
    fj_status status = fj_precise_line_moments(run->law, n, mu);
    if (status == FJ_OK)
        status = fj_precise_series_moments(&run->layers, n, mu, out);
    fj_precise_array_free(mu, n);
    return status;
}

fj_status fj_precise_moments(const fj_precise *precise, size_t n, fj_precise_number *moment)
{
    if (!precise || (n > 0 && !moment))
        return FJ_INVALID;
    if (n == 0)
        return FJ_OK;
    fj_precise_number **out = malloc(n * sizeof(fj_precise_number *));
    fj_precise_desk *desk = NULL;
    fj_status status = out ? fj_precise_desk_take(precise, &desk) : FJ_NO_MEMORY;
    for (size_t k = 0; k < n; k++) {
        moment[k] = (fj_precise_number){NULL, status};
        if (out)
            out[k] = &moment[k];
    }
    if (status == FJ_OK)
        status = fj_precise_establish(desk, compute_moments, &n, n, out);
    for (size_t k = 0; k < n && status == FJ_OK; k++)
        if (moment[k].status == FJ_NO_CONVERGENCE)
            status = FJ_NO_CONVERGENCE;
    fj_precise_desk_return(precise, desk);
    free(out);
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
    return status;
}
