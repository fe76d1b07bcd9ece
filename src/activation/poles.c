/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The complex solutions x of phi'(x)^2 = u in closed form (THEORY: expectations near the real axis).
 *
 * 1. u comes as w = log u with 0 <= Im w <= pi, so that 1 - u and 1 - sqrt(u) are known to full relative accuracy near
 *    u = 1, in the real and in the imaginary part separately: a density of 1e-30 hangs on an imaginary part of 1e-30.
 * 2. Each family of solutions is one closed form plus a period along the imaginary (or real) axis; walk the period in
 *    both directions until the strip is left.
 * 3. Even phi'^2: solutions come as +-x; keep the one in the upper half plane. */
#include "activation_internal.h"
#include <math.h>

/* exp(w) - 1, real and imaginary part each to full relative accuracy */
static double complex cexpm1_parts(double complex w)
{
    double a = creal(w), b = cimag(w), half = sin(b / 2);
    return CMPLX(expm1(a) * cos(b) - 2 * half * half, exp(a) * sin(b));
}

typedef struct pole_list {
    fj_pole *pole;
    size_t room, count;
    double strip, reach;
} pole_list;

static int add(pole_list *list, double complex x, double complex l1, double complex l2,
               double complex l3)
{
    if (!(fabs(cimag(x)) < list->strip) || !(fabs(creal(x)) < list->reach))
        return 0;
    if (list->count < list->room)
        list->pole[list->count] = (fj_pole){x, l1, l2, l3};
    list->count++;
    return 1;
}

/* t = a sech(b x)^4: sech(bx)^2 = +-sqrt(u/a) =: y, tanh(bx)^2 = 1 - y, exp(2bx) = (1 + tanh)^2/y. */
size_t fj_poles_sech(const fj_activation *a, double complex w, double complex root, double strip,
                     double reach, fj_pole *pole, size_t room)
{
    pole_list list = {pole, room, 0, strip, reach};
    double top = a->kind->slope(a->parameter, 0); /* 1 for tanh, 1/4 for sigmoid */
    double b = sqrt(top);                         /* 1, 1/2 */
    double complex half = (w - 2 * log(top)) / 2;
    root /= top;
    double complex rest = 1 - root;
    if (fabs(creal(half)) < 0.5) { /* 1 - cosine = sine^2/(1 + cosine), cosine >= 0 */
        const double less = expm1(creal(half)), size = 1 + less;
        const double sine = cimag(root) / size, cosine = creal(root) / size;
        rest = CMPLX(sine * sine / (1 + cosine) - less * cosine, -cimag(root));
    }
    for (int family = 0; family < 2; family++) {
        /* family 1 has |Im bx| >= pi/2 - arg(u)/4: seldom within the strip */
        if (family && (M_PI / 2 - cimag(half) / 2) / b >= strip)
            break;
        double complex y = family ? -root : root;
        double complex th = fj_root(family ? 1 + root : rest);
        const double norm = creal(th) * creal(th) + cimag(th) * cimag(th);
        double complex x0;
        if (!family && norm < 0.25)
            x0 = catanh(th); /* relatively accurate next to the largest t */
        else
            x0 = fj_log(1 + th) - half / 2 + (family ? M_PI / 2 * I : 0);
        for (int side = -1; side <= 1; side += 2) {
            /* walk x0 + i pi k away from the axis: k = 0, 1, .. and k = -1, -2, .. */
            for (int k = side > 0 ? 0 : -1;; k += side) {
                double complex x = x0 + M_PI * k * I;
                double complex th_x = th; /* tanh has period i pi */
                if (cimag(x) < 0) {
                    x = -x;
                    th_x = -th_x;
                }
                if (!(cimag(x) / b < strip))
                    break;
                add(&list, x / b, -4 * b * th_x, b * b * (16 - 20 * y),
                    b * b * b * th_x * (120 * y - 64));
            }
        }
    }
    return list.count;
}

/* t = exp(-pi x^2/2): x^2 = -(2/pi)(w + 2 pi i k) */
size_t fj_poles_erf(const fj_activation *a, double complex w, double complex root, double strip,
                    double reach, fj_pole *pole, size_t room)
{
    (void)a;
    (void)root;
    pole_list list = {pole, room, 0, strip, reach};
    for (int side = -1; side <= 1; side += 2) {
        for (int k = side > 0 ? 0 : -1;; k += side) {
            double complex square = -2 / M_PI * CMPLX(creal(w), cimag(w) + 2 * M_PI * k);
            double complex x = fj_root(square);
            if (cimag(x) < 0)
                x = -x;
            /* |Im x| grows with |Im square| once past its least; stop there */
            if (!(cimag(x) < strip))
                break;
            add(&list, x, -M_PI * x, M_PI * M_PI * square - M_PI,
                M_PI * M_PI * x * (3 - M_PI * square));
        }
    }
    return list.count;
}

/* t = (1 + x^2)^-2: x^2 = +-exp(-w/2) - 1 */
size_t fj_poles_arctan(const fj_activation *a, double complex w, double complex root, double strip,
                       double reach, fj_pole *pole, size_t room)
{
    (void)a;
    pole_list list = {pole, room, 0, strip, reach};
    const double complex y = fj_quotient(1, root);
    for (int family = 0; family < 2; family++) {
        double complex square = family ? -1 - y : cexpm1_parts(-w / 2);
        double complex s = family ? -y : y; /* 1 + x^2 */
        double complex x = fj_root(square);
        if (cimag(x) < 0)
            x = -x;
        add(&list, x, -4 * x / s, (20 * square - 4) / (s * s),
            x * (72 - 192 * square / s) / (s * s));
    }
    return list.count;
}

/* t = logistic(beta x)^2: beta x = w/2 - log(1 - exp(w/2)) and w/2 - log(1 + exp(w/2)) + i pi, + 2 pi i k */
size_t fj_poles_softplus(const fj_activation *a, double complex w, double complex root,
                         double strip, double reach, fj_pole *pole, size_t room)
{
    double beta = a->parameter[0];
    pole_list list = {pole, room, 0, strip, reach};
    for (int family = 0; family < 2; family++) {
        double complex s = family ? -root : root; /* the logistic function there */
        double complex rest = family ? 1 + root : -cexpm1_parts(w / 2); /* 1 - s */
        double complex x0 = w / 2 - fj_log(rest) + (family ? M_PI * I : 0);
        double complex l1 = 2 * beta * rest, l2 = beta * beta * rest * (4 * rest - 2 * s);
        double complex l3 =
            beta * beta * beta * rest * (8 * rest * rest - 14 * rest * s + 2 * s * s);
        for (int side = -1; side <= 1; side += 2) {
            for (int k = side > 0 ? 0 : -1;; k += side) {
                double complex x = (x0 + 2 * M_PI * k * I) / beta;
                if (!(fabs(cimag(x)) < strip))
                    break;
                add(&list, x, l1, l2, l3);
            }
        }
    }
    return list.count;
}

/* t = cos(x)^2: x = +-acos(sqrt(u)) + pi k; t' = -sin 2x, t'' = -2 cos 2x = 2 - 4u.
 * cos(x + i y) = a + i b, a, b >= 0: sin(x)^2 and sinh(y)^2 have the product b^2 and the difference 1 - a^2 - b^2 = 1 - |u|, which
 * w tells to full relative accuracy: so each is known to that too, the larger from the sum, the smaller from the product. */
size_t fj_poles_sin(const fj_activation *a, double complex w, double complex root, double strip,
                    double reach, fj_pole *pole, size_t room)
{
    (void)a;
    pole_list list = {pole, room, 0, strip, reach};
    const double off = -expm1(creal(w)), b = cimag(root);
    const double larger = sqrt((hypot(off, 2 * b) + fabs(off)) / 2),
                 smaller = larger > 0 ? b / larger : 0;
    const double sine_x = off > 0 ? larger : smaller, sinh_y = off > 0 ? smaller : larger;
    const double cosh_y = sqrt(1 + sinh_y * sinh_y);
    /* in the upper half plane x < 0 */
    const double complex x0 = CMPLX(-atan2(sine_x * cosh_y, creal(root)), asinh(sinh_y));
    const double complex sine = CMPLX(-sine_x * cosh_y, creal(root) / cosh_y * sinh_y);
    const double complex inverse = fj_quotient(1, root);
    const double complex l1 = -2 * sine * inverse, l2 = 2 * inverse * inverse - 4;
    const long least = (long)floor((-reach - creal(x0)) / M_PI),
               most = (long)ceil((reach - creal(x0)) / M_PI);
    for (long k = least; k <= most; k++)
        add(&list, x0 + M_PI * (double)k, l1, l2, -4 * l1);
    return list.count;
}
