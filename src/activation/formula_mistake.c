/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling what is wrong with a formula, from the place where reading it ended.
 *
 * 1. The formula up to there is copied again: it says what is open, and so what would do.
 * 2. A call that was closed before, or there, with a wrong number of arguments is the mistake that comes first.
 * 3. After an operand an operator is missing. Where an operand should be: a name is unknown, or a function without its bracket. */
#include <stdio.h>
#include "detail.h"
#include "formula_copy.h"

enum { QUOTE = 12, NAME_SHOWN = 23 };

/* How that is written here which others begin with this character; or nothing. */
static const char *said_otherwise(char c)
{
    switch (c) {
    case '?':
        return "; a choice is where(condition, a, b)";
    case '&':
        return "; two conditions hold where their product does: (x > 0)*(x < 1)";
    case '|':
        return "; |x| is abs(x), and one of two conditions holds where max(x < 0, x > 1) does";
    default:
        return "";
    }
}

static fj_status unexpected(const fj_formula_text *t, size_t at, const char *expected)
{
    size_t shown = 0;
    if (at == t->length)
        return fj_fail(t->detail, FJ_INVALID, "the formula ends at character %zu: expected %s", at,
                       expected);
    while (shown < QUOTE && at + shown < t->length && (unsigned char)t->text[at + shown] >= ' ')
        shown++;
    while (shown > 0 && at + shown < t->length && (t->text[at + shown] & 0xC0) == 0x80)
        shown--; /* no half of a character in UTF-8 */
    return fj_fail(t->detail, FJ_INVALID, "at character %zu, '%.*s': expected %s%s", at + 1,
                   (int)shown, t->text + at, expected, said_otherwise(t->text[at]));
}

fj_status fj_formula_miscounted(const fj_formula_text *t, const fj_bracket *call)
{
    const int wanted = fj_operation_arguments(call->function->op);
    return fj_fail(t->detail, FJ_INVALID, "at character %zu: %s takes %s%d argument%s, here are %d",
                   call->start + 1, call->function->name,
                   fj_formula_takes_many(call->function->op) ? "at least " : "", wanted,
                   wanted == 1 ? "" : "s", call->arguments);
}

static fj_status unknown(const fj_formula_text *t, size_t at, size_t length)
{
    char known[sizeof t->detail->text] = "";
    size_t used = 0;
    for (int op = 0; op < FJ_OPERATION_COUNT; op++)
        if (fj_functions[op].name)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? " " : "",
                                     fj_functions[op].name);
    return fj_fail(t->detail, FJ_UNKNOWN,
                   "at character %zu: '%.*s' is none of %s; x pi e; + - * / ^ < >", at + 1,
                   (int)(length < NAME_SHOWN ? length : NAME_SHOWN), t->text + at, known);
}

fj_status fj_formula_mistake(const fj_formula_text *t, size_t at, const char *number)
{
    fj_formula_copy before;
    const int deep = !fj_formula_copy_make(t->text, at < t->length ? at + 1 : at, &before);
    const fj_bracket *call = fj_formula_copy_miscounted(&before);
    if (call)
        return fj_formula_miscounted(t, call);
    if (deep)
        return fj_fail(t->detail, FJ_UNSUPPORTED, "at character %zu: more than %d levels deep",
                       at + 1, FJ_BRACKETS_MAX);
    (void)fj_formula_copy_make(t->text, at, &before);
    const char *wants = fj_formula_copy_wants(&before);
    if (!fj_formula_copy_wants_operand(&before))
        return unexpected(t, at, wants);
    if (number)
        return unexpected(t, at, number);
    const size_t name = fj_name_length(t->text + at, t->length - at);
    if (name == 0)
        return unexpected(t, at, wants);
    if (!fj_function_find(t->text + at, name))
        return unknown(t, at, name);
    at += name;
    while (at < t->length && (t->text[at] == ' ' || t->text[at] == '\t'))
        at++;
    return unexpected(t, at, "'(' after the name of a function");
}
