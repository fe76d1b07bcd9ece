/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a formula in x, with muParser (https://beltoforion.de/en/muparser): tokens, grammar, precedences, counts of arguments
 * and the place of a mistake are its work.
 *
 * 1. Lowest first:  comparison  |  + -  |  * /, sign  |  ^ (also **), from the right.  So -x^2 is -(x^2), and 2^-x and x^2^3 mean
 *    what they mean on paper.
 * 2. The values that muParser works with are not numbers: they stand for nodes of the program. It reads leaves (numbers, x, pi, e)
 *    by our function, which numbers them; its one evaluation calls our operators and functions, each of which records a node,
 *    after those of the leaves up to its last operand.
 * 3. a > b is 1 or 0; where(c, a, b) is a where c is not 0, and evaluates to that branch alone.
 * 4. The first mistake ends it (formula_mistake.c). */
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "detail.h"
#include "formula_copy.h"
#include "muparser.h"

enum { LEAVES_MAX = FJ_FORMULA_MAX / 2 + 1 };

/* What muParser may need; the longest formulas take a quarter of it. */
enum { ROOM = 1 << 19 };

/* Precedences. Signs before a term have 1 if they are defined from C (muParser 2.3.3 takes the flag for it; 6, which is what C++
 * has, would do as well), and are worked out while reading where they stand before a leaf. */
enum { COMPARISON = -1, SUM = 0, PRODUCT = 1, POWER = 7 };

/* A formula that is being read. */
typedef struct reading {
    fj_formula_text whole;
    fj_formula *formula;
    fj_status status;
    fj_formula_copy copy;
    struct leaf {
        fj_operation op;
        int node;
        long double value;
    } leaf[LEAVES_MAX];
    int leaves, leaves_recorded;
    size_t calls; /* recorded */
    /* what should have stood, instead of a number that is none, at a character of the copy; or NULL */
    const char *number;
    int number_at;
} reading;

/* muParser's operators and leaves are functions without a pointer of ours. */
static _Thread_local reading *now;

/* A new node, or -1. */
static int node(fj_operation op, const int *argument, long double value)
{
    if (now->status != FJ_OK)
        return -1;
    const int made = fj_formula_add(now->formula, op, argument, value);
    if (made < 0)
        now->status = fj_fail(now->whole.detail, FJ_UNSUPPORTED,
                              "the formula has more than %d operations", FJ_NODES_MAX);
    return made;
}

static int binary(fj_operation op, int a, int b)
{
    const int argument[2] = {a, b};
    return a < 0 || b < 0 ? -1 : node(op, argument, 0);
}

/* A value of muParser's is a node's number, or -1 less that of a leaf. Gives the node. */
static int node_of(double value)
{
    if (value >= 0)
        return (int)value;
    const int wanted = (int)(-1 - value);
    for (; now->leaves_recorded <= wanted; now->leaves_recorded++) {
        struct leaf *leaf = &now->leaf[now->leaves_recorded];
        leaf->node = node(leaf->op, NULL, leaf->value);
    }
    return now->leaf[wanted].node;
}

/* No node: the status says why, and nothing more is recorded. */
static double value_of(int made)
{
    return made < 0 ? 0 : made;
}

static double binary_value(fj_operation op, double left, double right)
{
    const int a = node_of(left), b = node_of(right);
    return value_of(binary(op, a, b));
}

#define VALUE(name, id)                                                                            \
    static double name(double a, double b)                                                         \
    {                                                                                              \
        return binary_value(FJ_OPERATION_##id, a, b);                                              \
    }
VALUE(sum_value, ADD)
VALUE(difference_value, SUBTRACT)
VALUE(product_value, MULTIPLY)
VALUE(quotient_value, DIVIDE)
#undef VALUE

static double power_value(double left, double right)
{
    const int base = node_of(left), exponent = node_of(right);
    if (now->status != FJ_OK)
        return 0;
    const fj_node *n = &now->formula->node[exponent];
    if (n->op == FJ_OPERATION_CONSTANT)
        return value_of(n->value == 1 ? base : node(FJ_OPERATION_POWER, &base, n->value));
    const int logarithm = node(FJ_OPERATION_LOG, &base, 0);
    const int product = binary(FJ_OPERATION_MULTIPLY, exponent, logarithm);
    return value_of(product < 0 ? -1 : node(FJ_OPERATION_EXP, &product, 0));
}

/* a > b is step(a - b): equality is a single point. */
static double greater_value(double left, double right)
{
    const int a = node_of(left), b = node_of(right), d = binary(FJ_OPERATION_SUBTRACT, a, b);
    return value_of(d < 0 ? -1 : node(FJ_OPERATION_STEP, &d, 0));
}

static double less_value(double left, double right)
{
    return greater_value(right, left);
}

static double minus_value(double value)
{
    const int a = node_of(value);
    return value_of(a < 0 ? -1 : node(FJ_OPERATION_NEGATE, &a, 0));
}

static double plus_value(double value)
{
    return value;
}

static double function_value(void *function, double value)
{
    const int a = node_of(value);
    now->calls++;
    return value_of(a < 0 ? -1 : node(((const fj_function *)function)->op, &a, 0));
}

/* Are the values of node i 0 and 1 alone? */
static int is_condition(const fj_formula *f, int i)
{
    const fj_node *n = &f->node[i];
    switch (n->op) {
    case FJ_OPERATION_STEP:
    case FJ_OPERATION_CONSTANT:
        return 1;
    case FJ_OPERATION_MULTIPLY:
    case FJ_OPERATION_MAX:
    case FJ_OPERATION_MIN:
        return is_condition(f, n->argument[0]) && is_condition(f, n->argument[1]);
    default:
        return 0;
    }
}

static double where_value(void *function, double condition, double then, double otherwise)
{
    const int argument[3] = {node_of(condition), node_of(then), node_of(otherwise)};
    const fj_bracket *call = &now->copy.call[now->calls++];
    if (now->status == FJ_OK && !is_condition(now->formula, argument[0]))
        now->status = fj_fail(now->whole.detail, FJ_INVALID,
                              "at character %zu: the first argument of where must be a comparison, "
                              "as in where(x > 0, x, exp(x) - 1)",
                              call->start + 1);
    return value_of(node(((const fj_function *)function)->op, argument, 0));
}

/* max and min */
static double extreme_value(void *function, const double *value, int count)
{
    int result = node_of(value[0]);
    now->calls++;
    for (int i = 1; i < count; i++)
        result = binary(((const fj_function *)function)->op, result, node_of(value[i]));
    return value_of(result);
}

/* The number at text, in C's own locale; *end is text if there is none. */
static long double number_read(const char *text, const char **end)
{
    char *after = NULL;
    *end = text + 1;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return 0; /* and not hexadecimal */
    locale_t plain = newlocale(LC_ALL_MASK, "C", NULL);
    const long double value = strtold_l(text, &after, plain);
    freelocale(plain);
    *end = after;
    return value;
}

static void number_wrong(const char *expected, int at)
{
    if (now->number)
        return;
    now->number = expected;
    now->number_at = at;
}

/* muParser asks whether a leaf stands at text, its character *at; if so, moves it and gives a value. */
static int leaf_value(const char *text, int *at, double *value)
{
    struct leaf leaf = {FJ_OPERATION_CONSTANT, -1, 0};
    size_t used = fj_name_length(text, strlen(text));
    if (used == 1 && *text == 'x') {
        leaf.op = FJ_OPERATION_VARIABLE;
    } else if (used == 1 && *text == 'e') {
        leaf.value = M_El;
    } else if (used == 2 && memcmp(text, "pi", used) == 0) {
        leaf.value = M_PIl;
    } else if (strchr(".0123456789", *text)) {
        const char *end;
        leaf.value = number_read(text, &end);
        used = (size_t)(end - text);
        if (!isfinite((double)leaf.value))
            number_wrong("a number within the range of double", *at);
        else if (*end == '.' && memchr(text, '.', used) && strcspn(text, "eE") >= used)
            number_wrong("a number with one decimal point", *at);
    } else {
        used = 0;
    }
    if (used == 0 || now->leaves == LEAVES_MAX)
        return 0;
    now->leaf[now->leaves] = leaf;
    *value = -1 - now->leaves++;
    *at += (int)used;
    return 1;
}

static void grammar_define(const fj_muparser_functions *m, void *parser)
{
    m->mupClearFun(parser);
    m->mupClearConst(parser);
    m->mupAddValIdent(parser, leaf_value);
    m->mupDefineInfixOprt(parser, "-", minus_value, 1);
    m->mupDefineInfixOprt(parser, "+", plus_value, 1);
    m->mupDefineOprt(parser, "'<", less_value, COMPARISON, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'<=", less_value, COMPARISON, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'>", greater_value, COMPARISON, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'>=", greater_value, COMPARISON, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'+", sum_value, SUM, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'-", difference_value, SUM, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'*", product_value, PRODUCT, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'/", quotient_value, PRODUCT, muOPRT_ASCT_LEFT, 0);
    m->mupDefineOprt(parser, "'^", power_value, POWER, muOPRT_ASCT_RIGHT, 0);
    m->mupDefineOprt(parser, "'**", power_value, POWER, muOPRT_ASCT_RIGHT, 0);
    for (const fj_function *f = fj_functions; f->op != FJ_OPERATION_COUNT; f++) {
        void *data = (void *)f;
        if (!f->name)
            continue;
        if (fj_formula_takes_many(f->op))
            m->mupDefineMultFunUserData(parser, f->name, extreme_value, data, 0);
        else if (f->op == FJ_OPERATION_WHERE)
            m->mupDefineFunUserData3(parser, f->name, where_value, data, 0);
        else
            m->mupDefineFunUserData1(parser, f->name, function_value, data, 0);
    }
}

/* Where a character of the copy stands in the formula. */
static size_t place(const reading *r, int at)
{
    return at >= 0 && (size_t)at < r->copy.length ? r->copy.place[at] : r->copy.end;
}

/* Has muParser record the copy; what is wrong with it. */
static fj_status record(reading *r, const fj_muparser_functions *m, void *parser)
{
    grammar_define(m, parser);
    m->mupSetExpr(parser, r->copy.text);
    const double value = m->mupEval(parser);
    const int failed = m->mupError(parser);
    const fj_bracket *call = fj_formula_copy_miscounted(&r->copy);
    if (r->number)
        return fj_formula_mistake(&r->whole, place(r, r->number_at), r->number);
    if (failed)
        return fj_formula_mistake(&r->whole, place(r, m->mupGetErrorPos(parser)), NULL);
    if (call)
        return fj_formula_miscounted(&r->whole, call);
    if (r->copy.end < r->whole.length)
        return fj_formula_mistake(&r->whole, r->copy.end, NULL);
    const int root = r->status == FJ_OK ? node_of(value) : -1;
    if (root >= 0)
        fj_formula_prune(r->formula, root);
    return r->status;
}

/* muParser meets a lack of memory with an exception, which nobody in C can catch: so there has to be enough. */
static void *parser_make(const fj_muparser_functions *m)
{
    void *volatile room = malloc(ROOM); /* volatile: or compilers leave it out */
    if (!room)
        return NULL;
    free(room);
    return m->mupCreate(muBASETYPE_FLOAT);
}

fj_status fj_formula_parse(const char *text, size_t length, fj_formula *out, fj_detail *detail)
{
    const fj_muparser_functions *m;
    out->count = 0;
    if (length > FJ_FORMULA_MAX)
        return fj_fail(detail, FJ_UNSUPPORTED, "the formula has more than %d characters",
                       FJ_FORMULA_MAX);
    fj_status status = fj_muparser_load(&m, detail);
    if (status != FJ_OK)
        return status;
    reading *r = calloc(1, sizeof *r);
    void *parser = r ? parser_make(m) : NULL;
    if (!parser) {
        free(r);
        return fj_fail(detail, FJ_NO_MEMORY, "no memory for a formula");
    }
    r->whole = (fj_formula_text){text, length, detail};
    r->formula = out;
    (void)fj_formula_copy_make(text, length, &r->copy);
    if (r->copy.end == length && strspn(r->copy.text, " ") == r->copy.length) {
        status =
            fj_fail(detail, FJ_INVALID, "the formula is empty: give one in x, as in expr:tanh(x)");
    } else {
        now = r;
        status = record(r, m, parser);
        now = NULL;
    }
    m->mupRelease(parser);
    free(r);
    return status;
}
