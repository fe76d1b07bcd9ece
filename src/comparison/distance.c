/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kolmogorov's distance of sampled values to the law:
 *   1. the values of all samples in one ascending list; hidden ones stand first, as -infinity;
 *   2. the list is compared above the highest bound of rounding only: below it nobody knows the order of values;
 *   3. values within 1e-6 of an atom stand on it: there the law jumps from F - mass to F, the list from before
 *      the first to behind the last of them;
 *   4. the largest difference on either side of any value is the supremum; F at a value is known, or lies between two that are
 *      (spectrum/cdf.c). */
#include "comparison_internal.h"
#include "cdf.h"
#include <math.h>
#include <stdlib.h>

static const double ATOM = 1e-6; /* rounding and rounded parameters move values by less */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

const fj_spectrum_atom *fj_comparison_atom(const fj_spectrum *law, double log_s)
{
    const fj_spectrum_atom *atom;
    const size_t n = fj_spectrum_atoms(law, &atom);
    for (size_t i = 0; i < n; i++)
        if (atom[i].log_s == log_s || fabs(atom[i].log_s - log_s) <= ATOM)
            return &atom[i];
    return NULL;
}

/* All values into x, ascending; returns the first index that is compared. */
static size_t gather(const fj_value_set *sets, size_t samples, double power, double *x)
{
    size_t n = 0, from = 0;
    double bound = -INFINITY;
    for (size_t k = 0; k < samples; k++) {
        const fj_value_set *set = &sets[k];
        const size_t seen = set->count - set->zeros - set->noise;
        for (size_t i = 0; i < set->count; i++)
            x[n++] = i < seen ? power * (set->log_s[i] - set->log_factor) : -INFINITY;
        if (set->noise)
            bound = fmax(bound, power * (set->log_noise - set->log_factor));
    }
    qsort(x, n, sizeof *x, ascending);
    while (isfinite(bound) && from < n && !(x[from] > bound))
        from++;
    return from;
}

typedef struct largest {
    double distance, log_s;
} largest;

static void take(largest *most, double difference, double log_s)
{
    if (isnan(difference) || isnan(most->distance))
        *most = (largest){NAN, NAN};
    else if (fabs(difference) > most->distance)
        *most = (largest){fabs(difference), log_s};
}

/* Steps 3 and 4; where[] is x with values on atoms moved onto them. */
static largest compare(const fj_spectrum *law, const double *where, size_t n, size_t from,
                       fj_status *status)
{
    largest most = {0, n > from ? where[n - 1] : -INFINITY};
    for (size_t i = from, next; i < n; i = next) {
        const fj_spectrum_atom *atom = fj_comparison_atom(law, where[i]);
        for (next = i + 1; next < n && where[next] == where[i];)
            next++;
        double cdf[2];
        if (!fj_cdf_find(law, where[i], cdf))
            *status = FJ_NO_CONVERGENCE;
        const double above = cdf[1], below = atom ? above - atom->mass : cdf[0];
        take(&most, below - (double)i / (double)n, where[i]);
        take(&most, above - (double)next / (double)n, where[i]);
    }
    return most;
}

fj_status fj_comparison_distance(const fj_spectrum *law, const fj_value_set *sets, size_t samples,
                                 double power, double *distance, double *log_s, size_t *on_atoms)
{
    size_t n = 0, on = 0;
    *distance = *log_s = NAN;
    for (size_t k = 0; k < samples; k++) {
        n += sets[k].count;
        if (isnan(sets[k].log_factor))
            return FJ_OK; /* no factor, no distance */
    }
    if (n == 0)
        return FJ_INVALID;
    double *x = malloc(n * sizeof *x);
    fj_status status = x ? FJ_OK : FJ_NO_MEMORY;
    if (status == FJ_OK) {
        const size_t from = gather(sets, samples, power, x);
        for (size_t i = from; i < n; i++) {
            const fj_spectrum_atom *atom = fj_comparison_atom(law, x[i]);
            if (atom)
                x[i] = atom->log_s;
            on += atom && isfinite(atom->log_s);
        }
        if (from < n) {
            const largest most = compare(law, x, n, from, &status);
            *distance = most.distance;
            *log_s = most.log_s;
        }
    }
    if (on_atoms)
        *on_atoms = on;
    free(x);
    return status;
}
