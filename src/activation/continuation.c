/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phi' off the real axis, where callbacks give it.
 *
 * 1. What is given is checked at points of every piece. On the axis it is slope. On a small circle, f the values: the mean of f is
 *    f at the centre, that of f exp(i k angle) is 0 for k = 1, 2 (the coefficients of 1/z and 1/z^2, 0 for what is analytic, and
 *    no other function's: a conjugate, a real part alone), and conjugate points have conjugate values.
 * 2. How far slope and continuation differ on the axis is kept: nothing is asked of them later beyond that.
 * 3. phi'', where no callback gives it, is the coefficient of z on such a circle. */
#include <float.h>
#include <math.h>
#include "detail.h"
#include "user.h"

enum { CIRCLE = 16, LOOKS = 24 };
/* Radius in units of the scale on which phi varies: singularities lie at 1.4 (shape_range.c), what the circle leaves out is
 * 0.18^16 = 1e-12 of phi'. */
static const double RADIUS = 0.25;
/* More of the largest phi' nearby is no noise but another function. */
static const double AGREE = 1e-8;
static const double REACH = 8;
/* Both exact, they differ by less. What is seen at the points looked at is part of the largest noise only. */
static const double EXACT = 1e-14, SEEN_OF = 4;

int fj_activation_is_continued(const fj_activation *a)
{
    return a->user ? a->user->custom.continuation != NULL : a->kind->continuation != NULL;
}

double complex fj_activation_continuation(const fj_activation *a, double at, double complex z)
{
    if (!a->user)
        return a->kind->continuation(a->parameter, at, z);
    const fj_activation_custom *c = &a->user->custom;
    double out[2] = {NAN, NAN};
    c->continuation(creal(z), cimag(z), at, out, c->context);
    return CMPLX(out[0], out[1]);
}

double fj_activation_noise(const fj_activation *a)
{
    if (!a->user || !fj_activation_is_continued(a) || a->user->disagreement < EXACT)
        return 0;
    return SEEN_OF * a->user->disagreement;
}

/* (1/N) sum of f exp(i k angle)/size for k = -1 .. 2 over the circle around x; how far conjugate points are from it. */
static void circle(const fj_activation *a, double x, double radius, double complex sum[4],
                   double *size, double *unlike)
{
    double complex f[CIRCLE];
    *size = *unlike = 0;
    for (int k = 0; k < 4; k++)
        sum[k] = 0;
    for (int j = 0; j < CIRCLE; j++) {
        const double complex turn = cexp(2 * M_PI * I * (j + 0.5) / CIRCLE);
        f[j] = fj_activation_continuation(a, x, x + radius * turn);
        *size = fmax(*size, cabs(f[j]));
        for (int k = 0; k < 4; k++)
            sum[k] += f[j] *
                      (k == 0   ? conj(turn)
                       : k == 1 ? 1
                       : k == 2 ? turn
                                : turn * turn) /
                      CIRCLE;
    }
    for (int j = 0; j < CIRCLE / 2; j++)
        *unlike = fmax(*unlike, cabs(f[j] - conj(f[CIRCLE - 1 - j])));
}

double fj_user_curvature_continued(const fj_activation *a, double x)
{
    double complex sum[4];
    double size, unlike;
    const double radius = RADIUS * a->parameter[0];
    circle(a, x, radius, sum, &size, &unlike);
    return creal(sum[0]) / radius;
}

/* Step 1 at x. */
static fj_status look(fj_activation *a, double x, fj_detail *detail)
{
    const double complex on = fj_activation_continuation(a, x, x);
    const double slope = a->user->custom.slope(x, a->user->custom.context);
    double complex sum[4];
    double size, unlike;
    circle(a, x, RADIUS * a->parameter[0], sum, &size, &unlike);
    size = fmax(size, fabs(slope));
    if (!(size > DBL_MIN / DBL_EPSILON))
        size = 1; /* it underflows: nothing to compare */
    const double apart = cabs(on - slope) / size;
    if (!(apart <= AGREE))
        return fj_fail(detail, FJ_INVALID,
                       "continuation is not slope on the real axis: at x = %g it gives %g%+gi, "
                       "slope %g",
                       x, creal(on), cimag(on), slope);
    if (!(cabs(sum[1] - on) <= AGREE * size && cabs(sum[2]) <= AGREE * size &&
          cabs(sum[3]) <= AGREE * size))
        return fj_fail(detail, FJ_INVALID,
                       "continuation is not analytic: around x = %g its mean over a circle of "
                       "radius %.3g is %g%+gi, and it is %g%+gi at the centre (first coefficient "
                       "of negative order: %.1e)",
                       x, RADIUS * a->parameter[0], creal(sum[1]), cimag(sum[1]), creal(on),
                       cimag(on), cabs(sum[2]));
    if (!(unlike <= AGREE * size))
        return fj_fail(detail, FJ_INVALID,
                       "continuation must take conjugate values at conjugate points; near x = %g "
                       "they differ by %.1e",
                       x, unlike);
    a->user->disagreement = fmax(a->user->disagreement, apart);
    return FJ_OK;
}

fj_status fj_user_continuation_check(fj_activation *a, fj_detail *detail)
{
    for (size_t i = 0; i < a->pieces; i++) {
        const fj_piece *piece = &a->piece[i];
        const double from = fmax(piece->from, fmin(-REACH, piece->to - 1));
        const double to = fmin(piece->to, fmax(REACH, piece->from + 1));
        for (int k = 0; k < LOOKS; k++) {
            fj_status status = look(a, from + (to - from) * (k + 0.37) / LOOKS, detail);
            if (status != FJ_OK)
                return status;
        }
    }
    return FJ_OK;
}
