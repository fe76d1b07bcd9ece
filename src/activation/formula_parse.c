/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a formula in x.
 *
 * 1. Recursive descent; lowest first:  comparison (at most one)  |  + -  |  * /  |  unary -  |  ^ (also **), from the right.
 *    So -x^2 is -(x^2), and 2^-x and x^2^3 mean what they mean on paper.
 * 2. a > b is 1 or 0; where(c, a, b) is a where c is not 0, and evaluates to that branch alone.
 * 3. The first mistake ends it: its character (counted from 1), what stands there, and what would do. */
#include "formula.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "detail.h"

enum { DEPTH_MAX = 60, NAME_MAX_LENGTH = 24 };

typedef struct parser {
    const char *text;
    size_t length, at; /* `at` is the next character, blanks skipped */
    int depth;
    fj_formula *formula;
    fj_detail *detail;
    fj_status status;
} parser;

static int comparison(parser *p);
static int signed_power(parser *p);

static const char KNOWN[] =
    "exp log sqrt sin cos tan sinh cosh tanh asinh atan atanh erf erfc expm1 log1p "
    "sigmoid softplus relu abs sign step max min where; x pi e; + - * / ^ < >";

static void blanks_skip(parser *p)
{
    while (p->at < p->length && (p->text[p->at] == ' ' || p->text[p->at] == '\t'))
        p->at++;
}

/* The next character, 0 at the end. */
static char peek(const parser *p)
{
    if (p->at < p->length)
        return p->text[p->at];
    return '\0';
}

static int take(parser *p, const char *what)
{
    const size_t n = strlen(what);
    if (p->length - p->at < n || strncmp(p->text + p->at, what, n) != 0)
        return 0;
    p->at += n;
    blanks_skip(p);
    return 1;
}

/* Notes the first mistake; returns -1. */
static int wrong(parser *p, const char *expected)
{
    if (p->status != FJ_OK)
        return -1;
    const int left = (int)(p->length - p->at);
    if (left == 0)
        p->status = fj_fail(p->detail, FJ_INVALID, "the formula ends at character %zu: expected %s",
                            p->length, expected);
    else
        p->status = fj_fail(p->detail, FJ_INVALID, "at character %zu, '%.*s': expected %s",
                            p->at + 1, left < 12 ? left : 12, p->text + p->at, expected);
    return -1;
}

static int node(parser *p, fj_operation op, const int *argument, long double value)
{
    if (p->status != FJ_OK)
        return -1;
    const int made = fj_formula_add(p->formula, op, argument, value);
    if (made < 0)
        p->status = fj_fail(p->detail, FJ_UNSUPPORTED,
                            "at character %zu: the formula has more than %d operations", p->at + 1,
                            FJ_NODES_MAX);
    return made;
}

static int binary(parser *p, fj_operation op, int a, int b)
{
    const int argument[2] = {a, b};
    return a < 0 || b < 0 ? -1 : node(p, op, argument, 0);
}

/* Digits with a point and an exponent, read without regard to the locale. */
static int number(parser *p)
{
    char digits[64] = "";
    size_t n = 0, used = p->at;
    const char *t = p->text;
    while (used < p->length && (isdigit((unsigned char)t[used]) || t[used] == '.'))
        used++;
    if (used < p->length && (t[used] == 'e' || t[used] == 'E')) {
        size_t e = used + 1;
        if (e < p->length && (t[e] == '+' || t[e] == '-'))
            e++;
        if (e < p->length && isdigit((unsigned char)t[e])) {
            while (e < p->length && isdigit((unsigned char)t[e]))
                e++;
            used = e;
        }
    }
    n = used - p->at;
    if (n >= sizeof digits)
        return wrong(p, "a number of fewer than 64 characters");
    memcpy(digits, t + p->at, n);
    digits[n] = '\0';
    /* mantissa as one whole number, so that the locale's decimal sign does not matter */
    long double value = 0;
    int shift = 0, seen_point = 0, seen_digit = 0;
    const char *c = digits;
    for (; isdigit((unsigned char)*c) || *c == '.'; c++) {
        if (*c == '.') {
            if (seen_point)
                return wrong(p, "a number with one decimal point");
            seen_point = 1;
            continue;
        }
        value = 10 * value + (*c - '0');
        shift -= seen_point;
        seen_digit = 1;
    }
    if (!seen_digit)
        return wrong(p, "a number, x, a function or '('");
    if (*c)
        shift += (int)strtol(c + 1, NULL, 10);
    value = shift < 0 ? value / powl(10, -shift) : value * powl(10, shift);
    if (!isfinite((double)value))
        return wrong(p, "a number within the range of double");
    p->at = used;
    blanks_skip(p);
    return node(p, FJ_OPERATION_CONSTANT, NULL, value);
}

/* One more argument of a function; 0 where there is none. after: what may follow `count` of them. */
static int argument_next(parser *p, int count, const char *after, int *out)
{
    if (count > 0 && !take(p, ",")) {
        if (peek(p) != ')')
            (void)wrong(p, after);
        return 0;
    }
    *out = comparison(p);
    return *out >= 0;
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

/* After the name of a function that stands at `start`. */
static int call(parser *p, const char *name, fj_operation op, size_t start)
{
    int argument[3] = {0, 0, 0}, count = 0;
    const int wanted = fj_operation_arguments(op),
              many = op == FJ_OPERATION_MAX || op == FJ_OPERATION_MIN;
    if (!take(p, "("))
        return wrong(p, "'(' after the name of a function");
    int next, result = -1;
    while (argument_next(p, count, count < wanted ? "','" : many ? "',' or ')'" : "')'", &next)) {
        if (many && count >= 1)
            result = binary(p, op, count == 1 ? argument[0] : result, next);
        else if (count < 3)
            argument[count] = next;
        count++;
    }
    if (p->status != FJ_OK)
        return -1;
    if (many ? count < 2 : count != wanted) {
        p->status = fj_fail(p->detail, FJ_INVALID,
                            "at character %zu: %s takes %s%d argument%s, here are %d", start + 1,
                            name, many ? "at least " : "", wanted, wanted == 1 ? "" : "s", count);
        return -1;
    }
    if (!take(p, ")"))
        return wrong(p, "')'");
    if (op == FJ_OPERATION_WHERE && !is_condition(p->formula, argument[0])) {
        p->status = fj_fail(p->detail, FJ_INVALID,
                            "at character %zu: the first argument of where must be a comparison, "
                            "as in where(x > 0, x, exp(x) - 1)",
                            start + 1);
        return -1;
    }
    return many ? result : node(p, op, argument, 0);
}

static int name(parser *p)
{
    static const struct {
        const char *name;
        fj_operation op;
    } functions[] = {
#define FUNCTION(id, text, count) {text, FJ_OPERATION_##id},
        FJ_OPERATION_LIST(FUNCTION)
#undef FUNCTION
            {"ln", FJ_OPERATION_LOG},
        {"arctan", FJ_OPERATION_ATAN},
        {"if", FJ_OPERATION_WHERE},
    };
    char text[NAME_MAX_LENGTH];
    size_t n = 0;
    const size_t start = p->at;
    while (start + n < p->length &&
           (isalnum((unsigned char)p->text[start + n]) || p->text[start + n] == '_'))
        n++;
    const size_t kept = n < sizeof text - 1 ? n : sizeof text - 1;
    memcpy(text, p->text + start, kept);
    text[kept] = '\0';
    p->at += n;
    blanks_skip(p);
    if (strcmp(text, "x") == 0)
        return node(p, FJ_OPERATION_VARIABLE, NULL, 0);
    if (strcmp(text, "pi") == 0)
        return node(p, FJ_OPERATION_CONSTANT, NULL, M_PIl);
    if (strcmp(text, "e") == 0)
        return node(p, FJ_OPERATION_CONSTANT, NULL, M_El);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (functions[i].name && strcmp(functions[i].name, text) == 0)
            return call(p, text, functions[i].op, start);
    p->status = fj_fail(p->detail, FJ_UNKNOWN, "at character %zu: '%s' is none of %s", start + 1,
                        text, KNOWN);
    return -1;
}

static int atom(parser *p)
{
    const char c = peek(p);
    if (p->status != FJ_OK)
        return -1;
    if (isdigit((unsigned char)c) || c == '.')
        return number(p);
    if (isalpha((unsigned char)c))
        return name(p);
    if (!take(p, "("))
        return wrong(p, "a number, x, a function or '('");
    const int inside = comparison(p);
    if (inside >= 0 && !take(p, ")"))
        return wrong(p, "')' or an operator");
    return inside;
}

static int power(parser *p)
{
    const int base = atom(p);
    if (base < 0 || !(take(p, "**") || take(p, "^")))
        return base;
    const int exponent = signed_power(p);
    if (exponent < 0)
        return -1;
    const fj_node *n = &p->formula->node[exponent];
    if (n->op == FJ_OPERATION_CONSTANT) {
        if (n->value == 1)
            return base;
        return node(p, FJ_OPERATION_POWER, &base, n->value);
    }
    const int logarithm = node(p, FJ_OPERATION_LOG, &base, 0);
    const int product = binary(p, FJ_OPERATION_MULTIPLY, exponent, logarithm);
    return product < 0 ? -1 : node(p, FJ_OPERATION_EXP, &product, 0);
}

static int signed_power(parser *p)
{
    int result = -1;
    if (++p->depth > DEPTH_MAX) {
        if (p->status == FJ_OK)
            p->status = fj_fail(p->detail, FJ_UNSUPPORTED,
                                "at character %zu: more than %d levels deep", p->at + 1, DEPTH_MAX);
        return -1;
    }
    if (take(p, "-")) {
        const int a = signed_power(p);
        result = a < 0 ? -1 : node(p, FJ_OPERATION_NEGATE, &a, 0);
    } else {
        (void)take(p, "+");
        result = power(p);
    }
    p->depth--;
    return result;
}

static int product(parser *p)
{
    int a = signed_power(p);
    while (a >= 0 && (peek(p) == '*' || peek(p) == '/')) {
        const fj_operation op = take(p, "*") ? FJ_OPERATION_MULTIPLY : FJ_OPERATION_DIVIDE;
        if (op == FJ_OPERATION_DIVIDE)
            (void)take(p, "/");
        a = binary(p, op, a, signed_power(p));
    }
    return a;
}

static int sum(parser *p)
{
    int a = product(p);
    while (a >= 0 && (peek(p) == '+' || peek(p) == '-')) {
        const fj_operation op = take(p, "+") ? FJ_OPERATION_ADD : FJ_OPERATION_SUBTRACT;
        if (op == FJ_OPERATION_SUBTRACT)
            (void)take(p, "-");
        a = binary(p, op, a, product(p));
    }
    return a;
}

/* a < b is step(b - a): equality is a single point. */
static int comparison(parser *p)
{
    const int a = sum(p);
    if (a < 0)
        return -1;
    int less = 0;
    if (take(p, "<=") || take(p, "<"))
        less = 1;
    else if (!take(p, ">=") && !take(p, ">"))
        return a;
    const int b = sum(p);
    const int d =
        less ? binary(p, FJ_OPERATION_SUBTRACT, b, a) : binary(p, FJ_OPERATION_SUBTRACT, a, b);
    return d < 0 ? -1 : node(p, FJ_OPERATION_STEP, &d, 0);
}

fj_status fj_formula_parse(const char *text, size_t length, fj_formula *out, fj_detail *detail)
{
    parser p = {.text = text, .length = length, .formula = out, .detail = detail, .status = FJ_OK};
    out->count = 0;
    if (length > FJ_FORMULA_MAX)
        return fj_fail(detail, FJ_UNSUPPORTED, "the formula has more than %d characters",
                       FJ_FORMULA_MAX);
    blanks_skip(&p);
    if (p.at == p.length)
        return fj_fail(detail, FJ_INVALID,
                       "the formula is empty: give one in x, as in expr:tanh(x)");
    const int root = comparison(&p);
    if (p.status == FJ_OK && p.at < p.length)
        (void)wrong(&p, "an operator or the end");
    if (p.status == FJ_OK)
        fj_formula_prune(out, root);
    return p.status;
}
