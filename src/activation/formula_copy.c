/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a formula as muParser is to see it.
 *
 * 1. muParser's interface for C cannot switch off its own operators, which would compute where ours are to be recorded. So each
 *    binary operator gets a mark before it ('+ instead of +), and what begins with the mark is ours.
 * 2. It wants a function's bracket directly after the name, and one sign before a term: blanks before brackets are left out, and
 *    a run of signs becomes one.
 * 3. It would take what a formula does not have: strings, assignments, ?:, several values with commas, a < b < c. The copy
 *    ends before the first of these, so that an earlier mistake is found first. */
#include "formula_copy.h"
#include <string.h>

static const char MARK = '\'';

const fj_function fj_functions[] = {
#define FUNCTION(id, text, count) {text, FJ_OPERATION_##id},
    FJ_OPERATION_LIST(FUNCTION)
#undef FUNCTION
        {"ln", FJ_OPERATION_LOG},
    {"arctan", FJ_OPERATION_ATAN},
    {"if", FJ_OPERATION_WHERE},
    {NULL, FJ_OPERATION_COUNT},
};

static int is_one_of(char c, const char *list)
{
    return c != '\0' && strchr(list, c);
}

/* Whatever the locale says. */
static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

size_t fj_name_length(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && is_name(text[n]))
        n++;
    return n > 0 && is_letter(*text) ? n : 0;
}

const fj_function *fj_function_find(const char *text, size_t length)
{
    for (const fj_function *f = fj_functions; f->op != FJ_OPERATION_COUNT; f++)
        if (f->name && strlen(f->name) == length && memcmp(f->name, text, length) == 0)
            return f;
    return NULL;
}

int fj_formula_takes_many(fj_operation op)
{
    return op == FJ_OPERATION_MAX || op == FJ_OPERATION_MIN;
}

/* How long the copy is without the blanks at its end. */
static size_t inked(const fj_formula_copy *c)
{
    size_t n = c->length;
    while (n > 0 && c->text[n - 1] == ' ')
        n--;
    return n;
}

/* Does it, taken as n characters long, end like this? */
static int ends(const fj_formula_copy *c, size_t n, const char *how)
{
    const size_t length = strlen(how);
    return n >= length && memcmp(c->text + n - length, how, length) == 0;
}

static void append(fj_formula_copy *c, char character, size_t place)
{
    c->place[c->length] = (unsigned short)place;
    c->text[c->length++] = character;
    c->text[c->length] = '\0';
}

/* 0: one too many */
static int bracket_open(fj_formula_copy *c, size_t place)
{
    if (c->depth == FJ_BRACKETS_MAX)
        return 0;
    c->length = inked(c);
    size_t name = c->length;
    while (name > 0 && is_name(c->text[name - 1]))
        name--;
    const fj_function *function = fj_function_find(c->text + name, c->length - name);
    c->open[++c->depth] = (fj_bracket){function, function ? c->place[name] : place, 1, 0};
    append(c, '(', place);
    return 1;
}

/* If none is open, muParser says so. */
static void bracket_close(fj_formula_copy *c, size_t place)
{
    if (c->depth > 0) {
        fj_bracket *b = &c->open[c->depth--];
        if (ends(c, inked(c), "("))
            b->arguments = 0;
        if (b->function)
            c->call[c->calls++] = *b;
    }
    append(c, ')', place);
}

/* Would a sign be that of a number's exponent? */
static int ends_in_exponent(const fj_formula_copy *c)
{
    size_t digits = c->length > 0 ? c->length - 1 : 0;
    if (!is_one_of(c->text[digits], "eE"))
        return 0;
    while (digits > 0 && (is_digit(c->text[digits - 1]) || c->text[digits - 1] == '.'))
        digits--;
    return digits + 1 < c->length && (digits == 0 || !is_name(c->text[digits - 1]));
}

static void sign_before_term(fj_formula_copy *c, char sign, size_t place)
{
    const size_t n = inked(c);
    char *before = n > 0 ? &c->text[n - 1] : NULL;
    if (!before || !is_one_of(*before, "+-") || (n > 1 && before[-1] == MARK))
        append(c, sign, place);
    else if (sign == '-')
        *before = *before == '-' ? '+' : '-';
}

/* One of + - * / ^ < > =, and the character after it; 0: not in a formula */
static int operator_add(fj_formula_copy *c, char sign, char next)
{
    const size_t place = c->end;
    int *compared = &c->open[c->depth].compared;
    if (sign == '=' && !ends(c, c->length, "<") && !ends(c, c->length, ">"))
        return 0;
    if (is_one_of(sign, "+-") && fj_formula_copy_wants_operand(c)) {
        sign_before_term(c, sign, place);
        return 1;
    }
    if (is_one_of(sign, "<>") && (*compared)++)
        return 0;
    const int second = sign == '=' || (sign == '*' && ends(c, c->length, "'*")),
              exponent = is_one_of(sign, "+-") && is_digit(next) && ends_in_exponent(c);
    if (!second && !exponent)
        append(c, MARK, place);
    append(c, sign, place);
    return 1;
}

/* 0: not in a formula */
static int character_add(fj_formula_copy *c, char character, char next)
{
    const size_t place = c->end;
    fj_bracket *b = &c->open[c->depth];
    if (is_one_of(character, "+-*/^<>="))
        return operator_add(c, character, next);
    switch (character) {
    case '(':
        return bracket_open(c, place);
    case ')':
        bracket_close(c, place);
        return 1;
    case ',':
        if (!b->function)
            return 0;
        b->arguments++;
        b->compared = 0;
        append(c, ',', place);
        return 1;
    case ' ':
    case '\t':
        append(c, ' ', place);
        return 1;
    default:
        if (!is_name(character) && character != '.')
            return 0;
        append(c, character, place);
        return 1;
    }
}

int fj_formula_copy_make(const char *text, size_t length, fj_formula_copy *out)
{
    out->text[0] = '\0';
    out->length = out->calls = 0;
    out->depth = 0;
    out->open[0] = (fj_bracket){NULL, 0, 1, 0};
    out->end = 0;
    for (; out->end < length; out->end++) {
        char next = '\0';
        if (out->end + 1 < length)
            next = text[out->end + 1];
        if (!character_add(out, text[out->end], next))
            break;
    }
    return out->end == length || text[out->end] != '(';
}

int fj_formula_copy_wants_operand(const fj_formula_copy *copy)
{
    const size_t n = inked(copy);
    return n == 0 || !(is_name(copy->text[n - 1]) || is_one_of(copy->text[n - 1], ".)"));
}

const char *fj_formula_copy_wants(const fj_formula_copy *copy)
{
    const fj_bracket *b = &copy->open[copy->depth];
    if (fj_formula_copy_wants_operand(copy))
        return "a number, x, a function or '('";
    if (copy->depth == 0)
        return "an operator or the end";
    if (!b->function)
        return "')' or an operator";
    if (b->arguments < fj_operation_arguments(b->function->op))
        return "','";
    return fj_formula_takes_many(b->function->op) ? "',' or ')'" : "')'";
}

const fj_bracket *fj_formula_copy_miscounted(const fj_formula_copy *copy)
{
    for (size_t i = 0; i < copy->calls; i++) {
        const fj_bracket *call = &copy->call[i];
        const int wanted = fj_operation_arguments(call->function->op);
        if (fj_formula_takes_many(call->function->op) ? call->arguments < wanted
                                                      : call->arguments != wanted)
            return call;
    }
    return NULL;
}
