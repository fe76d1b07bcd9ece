/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula's value with its first two derivatives, by the chain rule carried through every operation (automatic
 * differentiation), so that no derivative is a difference of large terms that the formula does not have itself.
 *
 * 1. Everything in long double: what a sum loses is then below the rounding of double, and exp overflows above 11356 only.
 * 2. An outer derivative that has underflowed to 0 wins over an inner one that has overflowed; so does a quotient over its denominator.
 * 3. Where a switch (abs, max, step..) is just at its change, what is on the right counts. */
#include <math.h>
#include "formula.h"

typedef long double real;

/* 0 * infinity = 0, for a first factor that has underflowed */
static real times(real outer, real inner)
{
    return outer == 0 ? 0 : outer * inner;
}

static fj_jet chain(const fj_jet *g, real value, real slope, real curvature)
{
    return (fj_jet){value, times(slope, g->slope),
                    times(curvature, g->slope * g->slope) + times(slope, g->curvature)};
}

static fj_jet product(const fj_jet *a, const fj_jet *b)
{
    return (fj_jet){a->value * b->value, times(a->slope, b->value) + times(b->slope, a->value),
                    times(a->curvature, b->value) + 2 * times(a->slope, b->slope) +
                        times(b->curvature, a->value)};
}

static fj_jet quotient(const fj_jet *a, const fj_jet *b)
{
    const real value = a->value / b->value;
    if (isinf(b->value) && isfinite(a->value) && isfinite(a->slope) && isfinite(a->curvature))
        return (fj_jet){value, 0, 0}; /* x/cosh(x) far out */
    const real slope = (a->slope - times(b->slope, value)) / b->value;
    const real curvature =
        (a->curvature - 2 * times(slope, b->slope) - times(b->curvature, value)) / b->value;
    return (fj_jet){value, slope, curvature};
}

static fj_jet power(const fj_jet *a, real n)
{
    const real u = a->value;
    return chain(a, powl(u, n), n == 0 ? 0 : n * powl(u, n - 1),
                 n == 0 || n == 1 ? 0 : n * (n - 1) * powl(u, n - 2));
}

/* The sign a jet has just to the right. */
static int sign_right(const fj_jet *a)
{
    const real first = a->value != 0 ? a->value : a->slope != 0 ? a->slope : a->curvature;
    return (first > 0) - (first < 0);
}

static fj_jet scaled(const fj_jet *a, real factor)
{
    return (fj_jet){factor * a->value, factor * a->slope, factor * a->curvature};
}

static fj_jet difference(const fj_jet *a, const fj_jet *b)
{
    return (fj_jet){a->value - b->value, a->slope - b->slope, a->curvature - b->curvature};
}

/* 1/(1 + exp(-u)), and its slope, from e = exp(-|u|) */
static real sigmoid(real u, real e)
{
    return (u >= 0 ? 1 : e) / (1 + e);
}

static real sigmoid_slope(real e)
{
    return e / ((1 + e) * (1 + e));
}

/* tanh(u) from e = exp(-2 |u|), but where 1 - e loses digits */
static real tangent(real u, real e)
{
    static const real SMALL = 0.5L;
    return fabsl(u) < SMALL ? tanhl(u) : copysignl((1 - e) / (1 + e), u);
}

static fj_jet erf_jet(const fj_jet *a, real value, real sign)
{
    const real u = a->value, slope = sign * 2 / sqrtl(M_PIl) * expl(-u * u);
    return chain(a, value, slope, times(slope, -2 * u));
}

/* Functions of one argument, without switches. */
static fj_jet smooth(fj_operation op, const fj_jet *a)
{
    const real u = a->value;
    real e, f, g;
    switch (op) {
    case FJ_OPERATION_EXP:
        e = expl(u);
        return chain(a, e, e, e);
    case FJ_OPERATION_EXPM1:
        e = expl(u);
        return chain(a, expm1l(u), e, e);
    case FJ_OPERATION_LOG:
        return chain(a, logl(u), 1 / u, -1 / (u * u));
    case FJ_OPERATION_LOG1P:
        return chain(a, log1pl(u), 1 / (1 + u), -1 / ((1 + u) * (1 + u)));
    case FJ_OPERATION_SQRT:
        f = sqrtl(u);
        return chain(a, f, 1 / (2 * f), -1 / (4 * u * f));
    case FJ_OPERATION_SIN:
        sincosl(u, &f, &g);
        return chain(a, f, g, -f);
    case FJ_OPERATION_COS:
        sincosl(u, &f, &g);
        return chain(a, g, -f, -g);
    case FJ_OPERATION_TAN: {
        const real t = tanl(u);
        return chain(a, t, 1 + t * t, 2 * t * (1 + t * t));
    }
    case FJ_OPERATION_SINH:
        f = sinhl(u);
        return chain(a, f, coshl(u), f);
    case FJ_OPERATION_COSH:
        f = coshl(u);
        return chain(a, f, sinhl(u), f);
    case FJ_OPERATION_TANH: {
        e = expl(-2 * fabsl(u));
        f = tangent(u, e);
        const real slope = 4 * sigmoid_slope(e);
        return chain(a, f, slope, -2 * f * slope);
    }
    case FJ_OPERATION_ASINH: {
        const real r = hypotl(1, u);
        return chain(a, asinhl(u), 1 / r, -u / r / r / r);
    }
    case FJ_OPERATION_ATAN: {
        const real slope = 1 / (1 + u * u);
        return chain(a, atanl(u), slope, times(slope, -2 * u) * slope);
    }
    case FJ_OPERATION_ATANH: {
        const real slope = 1 / ((1 - u) * (1 + u));
        return chain(a, atanhl(u), slope, 2 * u * slope * slope);
    }
    case FJ_OPERATION_ERF:
        return erf_jet(a, erfl(u), 1);
    case FJ_OPERATION_ERFC:
        return erf_jet(a, erfcl(u), -1);
    case FJ_OPERATION_SIGMOID:
        e = expl(-fabsl(u));
        g = sigmoid_slope(e);
        return chain(a, sigmoid(u, e), g, -tangent(u / 2, e) * g);
    case FJ_OPERATION_SOFTPLUS:
        e = expl(-fabsl(u));
        return chain(a, fmaxl(u, 0) + log1pl(e), sigmoid(u, e), sigmoid_slope(e));
    default:
        return (fj_jet){NAN, NAN, NAN};
    }
}

fj_jet fj_operation_jet(fj_operation op, long double value, const fj_jet *a, const fj_jet *b,
                        const fj_jet *c)
{
    static const fj_jet zero = {0, 0, 0};
    fj_jet d;
    switch (op) {
    case FJ_OPERATION_CONSTANT:
        return (fj_jet){value, 0, 0};
    case FJ_OPERATION_ADD:
        return (fj_jet){a->value + b->value, a->slope + b->slope, a->curvature + b->curvature};
    case FJ_OPERATION_SUBTRACT:
        return difference(a, b);
    case FJ_OPERATION_MULTIPLY:
        return product(a, b);
    case FJ_OPERATION_DIVIDE:
        return quotient(a, b);
    case FJ_OPERATION_NEGATE:
        return scaled(a, -1);
    case FJ_OPERATION_POWER:
        return power(a, value);
    case FJ_OPERATION_RELU:
        return sign_right(a) > 0 ? *a : zero;
    case FJ_OPERATION_ABS:
        return sign_right(a) < 0 ? scaled(a, -1) : *a;
    case FJ_OPERATION_SIGN:
        return (fj_jet){sign_right(a), 0, 0};
    case FJ_OPERATION_STEP:
        return (fj_jet){sign_right(a) >= 0, 0, 0};
    case FJ_OPERATION_MAX:
        d = difference(a, b);
        return sign_right(&d) >= 0 ? *a : *b;
    case FJ_OPERATION_MIN:
        d = difference(a, b);
        return sign_right(&d) <= 0 ? *a : *b;
    case FJ_OPERATION_WHERE:
        return a->value != 0 ? *b : *c;
    default:
        return smooth(op, a);
    }
}

void fj_formula_jets(const fj_formula *formula, double x, fj_jet *all)
{
    for (size_t i = 0; i < formula->count; i++) {
        const fj_node *n = &formula->node[i];
        all[i] = n->op == FJ_OPERATION_VARIABLE
                     ? (fj_jet){x, 1, 0}
                     : fj_operation_jet(n->op, n->value, &all[n->argument[0]], &all[n->argument[1]],
                                        &all[n->argument[2]]);
    }
}

fj_hazard fj_formula_hazard(const fj_formula *formula, size_t i, const fj_jet *all,
                            long double *value)
{
    const fj_node *n = &formula->node[i];
    const real a = all[n->argument[0]].value, b = all[n->argument[1]].value;
    switch (n->op) {
    case FJ_OPERATION_ABS:
    case FJ_OPERATION_SIGN:
    case FJ_OPERATION_STEP:
    case FJ_OPERATION_RELU:
        *value = a;
        return FJ_HAZARD_SWITCH;
    case FJ_OPERATION_MAX:
    case FJ_OPERATION_MIN:
        *value = a - b;
        return FJ_HAZARD_SWITCH;
    case FJ_OPERATION_DIVIDE:
        *value = b;
        return FJ_HAZARD_POLE;
    case FJ_OPERATION_LOG:
    case FJ_OPERATION_SQRT:
        *value = a;
        return FJ_HAZARD_POLE;
    case FJ_OPERATION_LOG1P:
        *value = 1 + a;
        return FJ_HAZARD_POLE;
    case FJ_OPERATION_TAN:
        *value = cosl(a);
        return FJ_HAZARD_POLE;
    case FJ_OPERATION_ATANH:
        *value = (1 - a) * (1 + a);
        return FJ_HAZARD_POLE;
    case FJ_OPERATION_POWER:
        *value = a;
        return n->value >= 0 && n->value == floorl(n->value) ? FJ_HAZARD_NONE : FJ_HAZARD_POLE;
    default:
        return FJ_HAZARD_NONE;
    }
}

void fj_formula_live(const fj_formula *formula, const fj_jet *all, unsigned char *live)
{
    for (size_t i = 0; i < formula->count; i++)
        live[i] = i + 1 == formula->count;
    for (size_t i = formula->count; i-- > 0;) {
        const fj_node *n = &formula->node[i];
        if (!live[i])
            continue;
        const fj_jet *a = &all[n->argument[0]], *b = &all[n->argument[1]];
        const int arguments = fj_operation_arguments(n->op);
        int taken = -1; /* the only one that matters, if so */
        if (n->op == FJ_OPERATION_WHERE)
            taken = a->value != 0 ? 1 : 2;
        else if (n->op == FJ_OPERATION_MAX || n->op == FJ_OPERATION_MIN)
            taken = (a->value >= b->value) == (n->op == FJ_OPERATION_MAX) ? 0 : 1;
        for (int k = 0; k < arguments; k++)
            if (taken < 0 || k == taken || (k == 0 && n->op == FJ_OPERATION_WHERE))
                live[n->argument[k]] = 1;
    }
}
