/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula in x, parsed once into a short program; evaluated with its first two derivatives. Immutable after parsing,
 * shareable between threads; parsing has no state outside its arguments. */
#ifndef FJ_ACTIVATION_FORMULA_H
#define FJ_ACTIVATION_FORMULA_H

#include <stddef.h>
#include <freejac/status.h>

/* Operations on one, two or three arguments: X(id, name in a formula or NULL, arguments). max and min take more, two at
 * a time. */
#define FJ_OPERATION_LIST(X)                                                                       \
    X(CONSTANT, NULL, 0)                                                                           \
    X(VARIABLE, NULL, 0)                                                                           \
    X(ADD, NULL, 2)                                                                                \
    X(SUBTRACT, NULL, 2)                                                                           \
    X(MULTIPLY, NULL, 2)                                                                           \
    X(DIVIDE, NULL, 2)                                                                             \
    X(NEGATE, NULL, 1)                                                                             \
    X(POWER, NULL, 1) /* to a constant, in fj_node.value */                                        \
    X(EXP, "exp", 1)                                                                               \
    X(LOG, "log", 1)                                                                               \
    X(SQRT, "sqrt", 1)                                                                             \
    X(SIN, "sin", 1)                                                                               \
    X(COS, "cos", 1)                                                                               \
    X(TAN, "tan", 1)                                                                               \
    X(SINH, "sinh", 1)                                                                             \
    X(COSH, "cosh", 1)                                                                             \
    X(TANH, "tanh", 1)                                                                             \
    X(ASINH, "asinh", 1)                                                                           \
    X(ATAN, "atan", 1)                                                                             \
    X(ATANH, "atanh", 1)                                                                           \
    X(ERF, "erf", 1)                                                                               \
    X(ERFC, "erfc", 1)                                                                             \
    X(EXPM1, "expm1", 1)                                                                           \
    X(LOG1P, "log1p", 1)                                                                           \
    X(SIGMOID, "sigmoid", 1)                                                                       \
    X(SOFTPLUS, "softplus", 1)                                                                     \
    X(RELU, "relu", 1)                                                                             \
    X(ABS, "abs", 1)                                                                               \
    X(SIGN, "sign", 1)                                                                             \
    X(STEP, "step", 1)                                                                             \
    X(MAX, "max", 2)                                                                               \
    X(MIN, "min", 2)                                                                               \
    X(WHERE, "where", 3)

typedef enum fj_operation {
#define FJ_OPERATION_ENUM(id, name, arguments) FJ_OPERATION_##id,
    FJ_OPERATION_LIST(FJ_OPERATION_ENUM)
#undef FJ_OPERATION_ENUM
        FJ_OPERATION_COUNT
} fj_operation;

enum { FJ_NODES_MAX = 256, FJ_FORMULA_MAX = 1000 };

int fj_operation_arguments(fj_operation op);

/* One step of the program: an operation on earlier nodes. */
typedef struct fj_node {
    fj_operation op;
    int argument[3];
    long double value; /* CONSTANT; the exponent of POWER */
} fj_node;

typedef struct fj_formula {
    size_t count; /* the last node is the result */
    fj_node node[FJ_NODES_MAX];
} fj_formula;

/* A value with its first and second derivative in x. */
typedef struct fj_jet {
    long double value, slope, curvature;
} fj_jet;

/* Parses the `length` characters at text. FJ_INVALID with the position and what was expected, FJ_UNKNOWN for a name,
 * FJ_UNSUPPORTED for more than FJ_NODES_MAX steps, FJ_UNREADABLE without muParser, FJ_NO_MEMORY. */
fj_status fj_formula_parse(const char *text, size_t length, fj_formula *out, fj_detail *detail);

/* Adds a node and returns its number, -1 where there is no room; writes known sums and quotients in the form that keeps
 * all digits (formula_node.c). `argument` has as many entries as the operation takes. */
int fj_formula_add(fj_formula *formula, fj_operation op, const int *argument, long double value);
/* Leaves only what the node `root` needs, with it as the last. */
void fj_formula_prune(fj_formula *formula, int root);

/* One operation on jets; and the whole program at x, all[i] for node i (formula_jet.c). At a kink: the value from the right. */
fj_jet fj_operation_jet(fj_operation op, long double value, const fj_jet *a, const fj_jet *b,
                        const fj_jet *c);
void fj_formula_jets(const fj_formula *formula, double x, fj_jet *all);

/* What can go wrong or change form at node i: a function of x whose zeros tell where. */
typedef enum fj_hazard {
    FJ_HAZARD_NONE,
    FJ_HAZARD_SWITCH, /* another branch from there on: abs, max, where.. */
    FJ_HAZARD_POLE    /* the node, or a derivative of it, has a singularity there */
} fj_hazard;
fj_hazard fj_formula_hazard(const fj_formula *formula, size_t i, const fj_jet *all,
                            long double *value);

/* Marks the nodes that the result depends on with these values: the branches not taken are left out. */
void fj_formula_live(const fj_formula *formula, const fj_jet *all, unsigned char *live);

#endif
