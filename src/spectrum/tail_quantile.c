/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles far down a lower tail, where the closed form of F, whose rounding is that of 1, has lost its digits.
 *
 * 1. Densities are known to as many digits there as elsewhere: the mass below a place is their integral in log lambda, from there down
 *    by Gauss-Legendre's rule on pieces as long as it resolves, until what is left, taken to fall on like a power, is next to nothing.
 * 2. Newton's method in the logarithm of that mass, which hardly bends: its slope is density over mass. A step to where no density is
 *    known, or none is left, is halved. */
#include <float.h>
#include <math.h>
#include "gauss_legendre.h"
#include "patches.h"
#include "tail_quantile.h"

/* The last coefficients of a piece that is resolved, relative: above what densities are wrong by, whose squares count. */
static const double RESOLVED = 1e-9;
/* Much less than that part of it, and the next piece is longer. */
static const double GROWS = 0.01;
/* Relative size of what is estimated rather than integrated. */
static const double LEFT = 1e-12;
/* A step of this size in the logarithm of the mass leaves its square. */
static const double ENOUGH = 1e-7;
/* The first piece, in log lambda. */
static const double PIECE = 1;
/* Shorter ones, relative to where they are, are taken as they are. */
static const double PIECE_LEAST = 1e-6;
/* Of the way to a lower end, the part that one piece covers at most. */
static const double TOWARDS_END = 0.7;
enum { PIECES_MAX = 2000, NEWTON_MAX = 60, HALVINGS = 10 };

static double density_at(const fj_spectrum *spectrum, double big_x)
{
    fj_law_point at;
    fj_spectrum_at(spectrum, big_x, &at);
    return at.status == FJ_OK ? at.density : NAN;
}

/* The mass between big_x - length and big_x; *last: the larger of the last two Legendre coefficients, over the mean. */
static double piece_of(const fj_spectrum *spectrum, double big_x, double length, double *last)
{
    enum { ORDER = FJ_GAUSS_NODES };
    double sum = 0, even = 0, odd = 0;
    for (int i = 0; i < ORDER; i++) {
        const fj_gauss_node *node = &fj_gauss_legendre[i / 2];
        const double side = i % 2 ? -1 : 1;
        const double term =
            node->weight * density_at(spectrum, big_x - length / 2 * (1 - side * node->x));
        sum += term;
        even += term * node->p18;
        odd += side * term * node->p19;
    }
    *last = (2 * ORDER - 1) * fmax(fabs(even), fabs(odd)) / sum;
    return sum * length / 2;
}

/* What is left below a piece of this mean density, where it falls on like the power of lambda by which it has fallen from the one above;
 * no more than if it did not fall. */
static double left_below(double density, double length, double above, double length_above,
                         double to_end)
{
    const double power = 2 * log(above / density) / (length + length_above);
    const double left = power > 0 ? density * exp(-power * length / 2) / power : INFINITY;
    return fmin(left, density * to_end);
}

/* Of the continuous part below big_x, where nothing lies below `low`. NaN where densities are not known, or fall to nothing before that
 * is found. */
static double mass_below(const fj_spectrum *spectrum, double low, double big_x)
{
    double sum = 0, above = NAN, length_above = 0, length = PIECE;
    for (int i = 0; i < PIECES_MAX; i++) {
        double last;
        length = fmin(length, TOWARDS_END * (big_x - low));
        const double piece = piece_of(spectrum, big_x, length, &last);
        if (!(last < RESOLVED) && length > PIECE_LEAST * (1 + fabs(big_x)) && piece != 0) {
            length /= 2;
            continue;
        }
        if (!(piece > 0))
            return NAN;
        sum += piece;
        big_x -= length;
        const double left = left_below(piece / length, length, above, length_above, big_x - low);
        if (left < LEFT * sum)
            return sum + left;
        above = piece / length;
        length_above = length;
        if (last < RESOLVED * GROWS)
            length *= 2;
    }
    return NAN;
}

int fj_tail_quantile_serves(const fj_spectrum *spectrum, const fj_branch *branch, double p)
{
    const int edge =
        branch->patches ? branch->patches->edge[FJ_LOW] != 0 : branch->low == FJ_END_SQUARE_ROOT;
    const int first = branch == &spectrum->branch[0] &&
                      (spectrum->atoms == 0 || fj_atom_place(spectrum, 0) > branch->big_x_low);
    return p < FJ_TAIL_QUANTILE && first && !edge && !spectrum->layers.universal;
}

fj_status fj_tail_quantile(const fj_spectrum *spectrum, const fj_branch *branch, double p,
                           double *big_x)
{
    const double low = branch->big_x_low;
    double at = *big_x, mass = mass_below(spectrum, low, at);
    *big_x = NAN;
    for (int i = 0; i < NEWTON_MAX && mass > 0; i++) {
        const double off = log(p / mass);
        double step = off * mass / density_at(spectrum, at);
        if (fabs(off) < ENOUGH) {
            *big_x = at + step;
            return isfinite(step) ? FJ_OK : FJ_NO_CONVERGENCE;
        }
        mass = NAN;
        for (int k = 0; k < HALVINGS && isnan(mass); k++) {
            step = k ? step / 2 : step;
            mass = at + step > low ? mass_below(spectrum, low, at + step) : NAN;
        }
        at += step;
    }
    return FJ_NO_CONVERGENCE;
}
