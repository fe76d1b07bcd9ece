/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First guesses for points of the curve, from its anchors.
 *
 * 1. Between neighbours, x = log r and log theta are cubic Hermite functions of log lambda; of degree 7 where the next neighbours
 *    on both sides agree with that.
 * 2. Next to a square-root end, even and odd polynomials in the root of the distance; next to an anchor at a mass of t a
 *    polynomial in that root.
 * 3. Where u goes to 0, straight on. Across a gap, where the density is below 1e-200, there is nothing
 *    to guess: the distribution function is constant there. */
#include <math.h>
#include "chebyshev.h"
#include "spectrum_internal.h"

/* Twice what cubics may be off by (curve.c). */
static const double CLOSE = 4e-2;

/* Cubic through values f, g and slopes df, dg at the ends of an interval of length h, at the part s of it. */
double fj_guess_hermite(double f, double g, double df, double dg, double h, double s)
{
    double d = g - f, a = df * h - d, c = d - dg * h;
    return f + s * (d + (1 - s) * (a * (1 - s) + c * s));
}

/* Next to an anchor at a mass of t: w - w_end = A Y + B Y^2, A and B complex, in Y = sqrt|log lambda - log lambda_end|,
 * matched to value and slope at the other anchor. On the side of a faint tail A is nearly real, on the other imaginary. */
static double complex guess_at_mass(const fj_anchor *near, const fj_anchor *end, double big_x)
{
    const double z = near->big_x - end->big_x, y = sqrt((big_x - end->big_x) / z);
    const double complex f = CMPLX(near->x - end->x, near->theta);
    const double complex g = 2 * z * CMPLX(near->dx, near->dlog_theta * near->theta); /* Y dw/dY */
    return end->x + y * (2 * f - g + y * (g - f));
}

double complex fj_guess_between(const fj_anchor *a, const fj_anchor *b, double big_x)
{
    if (a->singular)
        return guess_at_mass(b, a, big_x);
    if (b->singular)
        return guess_at_mass(a, b, big_x);
    double h = b->big_x - a->big_x, s = (big_x - a->big_x) / h;
    double x = fj_guess_hermite(a->x, b->x, a->dx, b->dx, h, s);
    double y = fj_guess_hermite(log(a->theta), log(b->theta), a->dlog_theta, b->dlog_theta, h, s);
    return CMPLX(x, exp(y));
}

/* Is every one of the four neighbours from a[first] on an ordinary point of the curve, with nothing between? */
static int four_serve(const fj_branch *branch, size_t first)
{
    const fj_anchor *a = branch->anchor + first;
    if (first + 4 > branch->anchors)
        return 0;
    for (int i = 0; i < 4; i++)
        if (a[i].singular || (i < 3 && !isnan(a[i].cdf_above)))
            return 0;
    return 1;
}

/* Hermite's polynomials through values and slopes at a[0..3], of x and log theta. */
static double complex guess_from_four(const fj_anchor *a, double big_x)
{
    const double at[4] = {a[0].big_x, a[1].big_x, a[2].big_x, a[3].big_x};
    double x = 0, y = 0;
    for (size_t i = 0; i < 4; i++) {
        double value, slope;
        fj_hermite_weights(at, 4, i, big_x, &value, &slope);
        x += value * a[i].x + slope * a[i].dx;
        y += value * a[i].log_theta + slope * a[i].dlog_theta;
    }
    return CMPLX(x, exp(y));
}

/* Between an end with a square root and the anchor next to it: x - x_end = a Y^2 + b Y^4, theta = c Y + d Y^3 in
 * Y = sqrt|log lambda - log lambda_end|, matched to values and slopes at the anchor. */
double complex fj_guess_at_end(const fj_anchor *near, double x_end, double big_x_end, double big_x)
{
    double z = fabs(big_x_end - near->big_x), r = fabs(big_x_end - big_x) / z;
    double sign = near->big_x > big_x_end ? 1 : -1;
    double f = near->x - x_end, zf = near->dx * sign * z; /* z df/dz */
    double theta = near->theta, zt = near->dlog_theta * sign * z * theta;
    /* f = a z + b z^2 with a z + 2 b z^2 = zf; theta = c z^1/2 + d z^3/2 with (c z^1/2 + 3 d z^3/2)/2 = zt */
    double bz = zf - f, az = f - bz;
    double dz = zt - theta / 2, cz = theta - dz;
    return CMPLX(x_end + r * (az + r * bz), sqrt(r) * (cz + r * dz));
}

int fj_curve_guess(const fj_branch *branch, double big_x, fj_guess *out)
{
    const fj_anchor *a = branch->anchor;
    const size_t n = branch->anchors;
    if (big_x <= a[0].big_x) {
        out->cdf = branch->cdf_low;
        if (branch->tail_low)
            return 0;
        out->left = branch->low == FJ_END_ZERO ? branch->x_least : branch->x_low;
        out->right = a[0].x;
        if (branch->low == FJ_END_ZERO)
            out->w = CMPLX(a[0].x + (big_x - a[0].big_x) * a[0].dx, a[0].theta);
        else
            out->w = fj_guess_at_end(&a[0], branch->x_low, branch->big_x_low, big_x);
        return 1;
    }
    if (big_x >= a[n - 1].big_x) {
        out->cdf = branch->cdf_high;
        if (branch->tail_high)
            return 0;
        out->left = a[n - 1].x;
        out->right = branch->x_high;
        if (branch->high == FJ_END_INFINITY) { /* where t itself is followed no further */
            out->right = a[n - 1].x;
            out->w = CMPLX(NAN, NAN);
            return 1;
        }
        out->w = fj_guess_at_end(&a[n - 1], branch->x_high, branch->big_x_high, big_x);
        return 1;
    }
    size_t low = 0, high = n - 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (a[middle].big_x <= big_x)
            low = middle;
        else
            high = middle;
    }
    out->cdf = a[low].cdf_above;
    if (!isnan(a[low].cdf_above))
        return 0;
    out->left = a[low].x;
    out->right = a[high].x;
    out->w = fj_guess_between(&a[low], &a[high], big_x);
    if (low > 0 && four_serve(branch, low - 1)) {
        const double complex four = guess_from_four(&a[low - 1], big_x);
        if (fabs(creal(four - out->w)) < CLOSE && /* else they are too far apart for so many */
            fabs(cimag(four - out->w)) < CLOSE * cimag(out->w))
            out->w = four;
    }
    return 1;
}
