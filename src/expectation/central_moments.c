/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Central moments of t = phi'(sqrt(q) h)^2.
 *
 * Every value of t is held as its distance from one reference, so that subtracting the mean loses nothing:
 * 1. all flats (t has atoms only): distances between atoms, weighted by masses from erfc;
 * 2. small q, smooth phi: t(x) - t(0) as the integral of its derivative;
 * 3. otherwise t itself, whose spread is then no smaller than a small power of q. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "average.h"
#include "average_internal.h"

/* Deviations already found: all integrals start from the same places. */
enum { KNOWN = 2048 };
typedef struct memory {
    double h[KNOWN], deviation[KNOWN]; /* NaN: none */
} memory;

typedef struct powers {
    const fj_view *view;
    memory *known;
    double mean; /* of the deviation from the reference */
    size_t first;
} powers;

static double deviation(const fj_view *view, double h)
{
    double x = view->root_q * h;
    if (view->narrow)
        return fj_view_deviation(view, x);
    double slope = fj_activation_slope(view->activation, x);
    return slope * slope;
}

/* The same, the second time from memory. */
static double deviation_at(const powers *p, double h)
{
    uint64_t bits;
    memcpy(&bits, &h, sizeof bits);
    const size_t place = (bits * 0x9e3779b97f4a7c15U) >> 53; /* 11 bits: below KNOWN */
    if (p->known->h[place] != h) {
        p->known->h[place] = h;
        p->known->deviation[place] = deviation(p->view, h);
    }
    return p->known->deviation[place];
}

static void mean_integrand(const void *context, double h, double *f)
{
    f[0] = deviation_at(context, h);
}

/* (t - E t)^k for k = first, first + 1, ... */
static void powers_integrand(const void *context, double h, double *f)
{
    const powers *p = context;
    double base = deviation_at(p, h) - p->mean;
    double power = p->first == 1 ? base : pow(base, (double)p->first);
    for (size_t j = 0; j < FJ_INTEGRANDS_MAX; j++) {
        f[j] = power;
        power *= base;
    }
}

/* Atoms only: sum_i mass_i (sum_j mass_j (t_i - t_j))^k. */
static void atoms_moments(const fj_view *view, size_t n, double *c)
{
    const fj_activation *a = view->activation;
    for (size_t k = 0; k < n; k++)
        c[k] = 0;
    for (size_t i = 0; i < a->flats; i++) {
        double t = a->flat[i].slope * a->flat[i].slope, distance = 0;
        for (size_t j = 0; j < a->flats; j++)
            distance += fj_view_flat_mass(view, j) * (t - a->flat[j].slope * a->flat[j].slope);
        double power = fj_view_flat_mass(view, i);
        for (size_t k = 0; k < n; k++) {
            c[k] += power;
            power *= distance;
        }
    }
}

/* The limit q -> 0: the two sides of the origin. */
static void origin_moments(const fj_activation *a, size_t n, double *c)
{
    double right = fj_activation_slope(a, 0), left = fj_activation_slope(a, -DBL_MIN);
    double distance = (right * right - left * left) / 2, power = 1;
    for (size_t k = 0; k < n; k++) {
        c[k] = k % 2 ? 0 : power;
        power *= distance;
    }
}

static void flats_add(const powers *p, fj_gaussian_integral *total)
{
    const fj_activation *a = p->view->activation;
    for (size_t i = 0; i < a->flats; i++) {
        double base = a->flat[i].slope * a->flat[i].slope - p->mean;
        double power = fj_view_flat_mass(p->view, i) * pow(base, (double)p->first);
        for (size_t j = 0; j < total->n; j++) {
            total->sum[j] += power;
            power *= base;
        }
    }
}

static fj_status mean_deviation(const fj_view *view, memory *known, double *mean)
{
    fj_gaussian_integral total = {.n = 1};
    const powers first = {.view = view, .known = known, .mean = 0, .first = 1};
    fj_status status = fj_view_integrate(view, mean_integrand, &first, &total);
    if (status == FJ_OK)
        status = fj_view_check(&total);
    flats_add(&first, &total);
    *mean = total.sum[0];
    return status;
}

fj_status fj_central_moments(const fj_activation *activation, double q, size_t n, double *c)
{
    fj_view view;
    fj_status status = fj_view_init(activation, q, &view);
    if (status != FJ_OK)
        return status;
    view.half_line = activation->kind->even_slope;
    if (q == 0) {
        origin_moments(activation, n, c);
    } else if (activation->pieces == 0) {
        atoms_moments(&view, n, c);
    } else {
        memory known;
        for (size_t i = 0; i < KNOWN; i++)
            known.h[i] = NAN;
        powers p = {.view = &view, .known = &known};
        status = mean_deviation(&view, &known, &p.mean);
        while (p.first < n && status == FJ_OK) {
            size_t left = n - p.first;
            fj_gaussian_integral total = {.n = left < FJ_INTEGRANDS_MAX ? left : FJ_INTEGRANDS_MAX};
            status = fj_view_integrate(&view, powers_integrand, &p, &total);
            if (status == FJ_OK)
                status = fj_view_check(&total);
            flats_add(&p, &total);
            for (size_t j = 0; j < total.n; j++)
                c[p.first + j] = total.sum[j];
            p.first += total.n;
        }
    }
    if (n > 0)
        c[0] = 1;
    if (n > 1)
        c[1] = 0;
    return status;
}
