/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building the program of a formula.
 *
 * 1. Operations on constants are carried out at once.
 * 2. Some ways to write a function lose digits or overflow where the function itself is harmless, and are replaced by it:
 *    1 + erf(u) = erfc(-u), 1 +- tanh(u) = 2 sigmoid(+-2u), exp(u) - 1, log(1 + u), log(1 + exp(u)) = softplus(u),
 *    a/(1 + exp(u)) = a sigmoid(-u), exp(u)/(1 + exp(u)) = sigmoid(u), sinh(u)/cosh(u) = tanh(u), and tanh by exponentials.
 * 3. At the end nodes that nothing uses are dropped. */
#include "formula.h"
#include <math.h>

int fj_operation_arguments(fj_operation op)
{
    static const int count[] = {
#define COUNT(id, name, arguments) arguments,
        FJ_OPERATION_LIST(COUNT)
#undef COUNT
    };
    return count[op];
}

static int same(const fj_formula *f, int i, int k)
{
    const fj_node *a = &f->node[i], *b = &f->node[k];
    if (i == k)
        return 1;
    if (a->op != b->op || a->value != b->value)
        return 0;
    for (int n = 0; n < fj_operation_arguments(a->op); n++)
        if (!same(f, a->argument[n], b->argument[n]))
            return 0;
    return 1;
}

static int is_constant(const fj_formula *f, int i, long double value)
{
    return f->node[i].op == FJ_OPERATION_CONSTANT && f->node[i].value == value;
}

static int is_op(const fj_formula *f, int i, fj_operation op)
{
    return f->node[i].op == op;
}

static int put(fj_formula *f, fj_operation op, int a, int b, int c, long double value)
{
    if (f->count == FJ_NODES_MAX)
        return -1;
    f->node[f->count] = (fj_node){op, {a, b, c}, value};
    return (int)f->count++;
}

/* op(a), or -1 where a is. */
static int unary(fj_formula *f, fj_operation op, int a)
{
    return a < 0 ? -1 : fj_formula_add(f, op, &a, 0);
}

static int twice(fj_formula *f, int a)
{
    const int two = put(f, FJ_OPERATION_CONSTANT, 0, 0, 0, 2);
    return a < 0 || two < 0 ? -1 : put(f, FJ_OPERATION_MULTIPLY, two, a, 0, 0);
}

/* 1 + sign * g(u) for g = erf or tanh; -2 if g is neither. */
static int one_and(fj_formula *f, int g, int sign)
{
    const int u = f->node[g].argument[0];
    if (is_op(f, g, FJ_OPERATION_ERF))
        return unary(f, FJ_OPERATION_ERFC, sign > 0 ? unary(f, FJ_OPERATION_NEGATE, u) : u);
    if (is_op(f, g, FJ_OPERATION_TANH))
        return twice(f, unary(f, FJ_OPERATION_SIGMOID,
                              twice(f, sign > 0 ? u : unary(f, FJ_OPERATION_NEGATE, u))));
    return -2;
}

/* The other term of a sum with 1; -1 if node i is no such sum. */
static int beside_one(const fj_formula *f, int i)
{
    if (!is_op(f, i, FJ_OPERATION_ADD))
        return -1;
    const int *a = f->node[i].argument;
    return is_constant(f, a[0], 1) ? a[1] : is_constant(f, a[1], 1) ? a[0] : -1;
}

/* sinh(u)/cosh(u) and (exp(u) - exp(v))/(exp(u) + exp(v)) as tanh; -2 if it is neither. */
static int tanh_of(fj_formula *f, int above, int below)
{
    const int *a = f->node[above].argument, *b = f->node[below].argument;
    if (is_op(f, above, FJ_OPERATION_SINH) && is_op(f, below, FJ_OPERATION_COSH) &&
        same(f, a[0], b[0]))
        return unary(f, FJ_OPERATION_TANH, a[0]);
    if (!is_op(f, above, FJ_OPERATION_SUBTRACT) || !is_op(f, below, FJ_OPERATION_ADD) ||
        !is_op(f, a[0], FJ_OPERATION_EXP) || !is_op(f, a[1], FJ_OPERATION_EXP) ||
        !same(f, a[0], b[0]) || !same(f, a[1], b[1]))
        return -2;
    const int u = f->node[a[0]].argument[0], v = f->node[a[1]].argument[0];
    const int difference = put(f, FJ_OPERATION_SUBTRACT, u, v, 0, 0);
    const int half = put(f, FJ_OPERATION_CONSTANT, 0, 0, 0, 0.5L);
    const int argument = half < 0 ? -1 : put(f, FJ_OPERATION_MULTIPLY, half, difference, 0, 0);
    return unary(f, FJ_OPERATION_TANH, argument);
}

/* Step 2; -2 where there is nothing to replace. */
static int rewrite(fj_formula *f, fj_operation op, const int *a)
{
    switch (op) {
    case FJ_OPERATION_ADD:
        if (is_constant(f, a[0], 0))
            return a[1];
        if (is_constant(f, a[1], 0))
            return a[0];
        for (int i = 0; i < 2; i++) {
            if (is_constant(f, a[i], 1))
                return one_and(f, a[1 - i], 1);
            if (is_constant(f, a[i], -1) && is_op(f, a[1 - i], FJ_OPERATION_EXP))
                return unary(f, FJ_OPERATION_EXPM1, f->node[a[1 - i]].argument[0]);
        }
        return -2;
    case FJ_OPERATION_SUBTRACT:
        if (is_constant(f, a[0], 1))
            return one_and(f, a[1], -1);
        if (is_constant(f, a[1], 1) && is_op(f, a[0], FJ_OPERATION_EXP))
            return unary(f, FJ_OPERATION_EXPM1, f->node[a[0]].argument[0]);
        return is_constant(f, a[1], 0) ? a[0] : -2;
    case FJ_OPERATION_MULTIPLY:
        return is_constant(f, a[0], 1) ? a[1] : is_constant(f, a[1], 1) ? a[0] : -2;
    case FJ_OPERATION_NEGATE:
        return is_op(f, a[0], FJ_OPERATION_NEGATE) ? f->node[a[0]].argument[0] : -2;
    case FJ_OPERATION_LOG: {
        const int u = beside_one(f, a[0]);
        return u < 0 ? -2 : unary(f, FJ_OPERATION_LOG1P, u);
    }
    case FJ_OPERATION_LOG1P:
        return is_op(f, a[0], FJ_OPERATION_EXP)
                   ? unary(f, FJ_OPERATION_SOFTPLUS, f->node[a[0]].argument[0])
                   : -2;
    case FJ_OPERATION_DIVIDE: {
        if (is_constant(f, a[1], 1))
            return a[0];
        const int tangent = tanh_of(f, a[0], a[1]);
        if (tangent != -2)
            return tangent;
        const int e = beside_one(f, a[1]);
        if (e < 0 || !is_op(f, e, FJ_OPERATION_EXP))
            return -2;
        const int u = f->node[e].argument[0];
        if (same(f, a[0], e))
            return unary(f, FJ_OPERATION_SIGMOID, u);
        const int product[2] = {a[0],
                                unary(f, FJ_OPERATION_SIGMOID, unary(f, FJ_OPERATION_NEGATE, u))};
        return product[1] < 0 ? -1 : fj_formula_add(f, FJ_OPERATION_MULTIPLY, product, 0);
    }
    default:
        return -2;
    }
}

int fj_formula_add(fj_formula *f, fj_operation op, const int *argument, long double value)
{
    const int arguments = fj_operation_arguments(op);
    int a[3] = {0, 0, 0}, constant = arguments > 0;
    fj_jet jet[3] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
    for (int i = 0; i < arguments; i++) {
        a[i] = argument[i];
        constant = constant && is_op(f, a[i], FJ_OPERATION_CONSTANT);
        jet[i].value = f->node[a[i]].value;
    }
    if (constant) {
        const fj_jet result = fj_operation_jet(op, value, &jet[0], &jet[1], &jet[2]);
        return put(f, FJ_OPERATION_CONSTANT, 0, 0, 0, result.value);
    }
    const int replaced = rewrite(f, op, a);
    return replaced != -2 ? replaced : put(f, op, a[0], a[1], a[2], value);
}

void fj_formula_prune(fj_formula *f, int root)
{
    unsigned char used[FJ_NODES_MAX] = {0};
    int place[FJ_NODES_MAX] = {0};
    size_t kept = 0;
    used[root] = 1;
    for (int i = root; i >= 0; i--)
        for (int k = 0; used[i] && k < fj_operation_arguments(f->node[i].op); k++)
            used[f->node[i].argument[k]] = 1;
    for (int i = 0; i <= root; i++) {
        if (!used[i])
            continue;
        fj_node node = f->node[i];
        for (int k = 0; k < fj_operation_arguments(node.op); k++)
            node.argument[k] = place[node.argument[k]];
        place[i] = (int)kept;
        f->node[kept++] = node;
    }
    f->count = kept;
}
