/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a formula as muParser is to see it, and what there is to say of a place in it. */
#ifndef FJ_ACTIVATION_FORMULA_COPY_H
#define FJ_ACTIVATION_FORMULA_COPY_H

#include "formula.h"

enum { FJ_BRACKETS_MAX = 60, FJ_CALLS_MAX = FJ_FORMULA_MAX / 4 /* the shortest is ln() */ };

typedef struct fj_formula_text {
    const char *text;
    size_t length;
    fj_detail *detail; /* where mistakes are told */
} fj_formula_text;

/* A name that may stand before '('. */
typedef struct fj_function {
    const char *name; /* NULL: an operation without */
    fj_operation op;
} fj_function;
extern const fj_function fj_functions[]; /* ends with FJ_OPERATION_COUNT */

/* An open bracket, or a call that has been closed. */
typedef struct fj_bracket {
    const fj_function *function; /* NULL: a bracket alone */
    size_t start;                /* of the function's name, in the formula */
    int arguments;               /* begun so far */
    int compared;                /* the present argument has a comparison */
} fj_bracket;

typedef struct fj_formula_copy {
    char text[2 * FJ_FORMULA_MAX + 1];
    size_t length;
    unsigned short place[2 * FJ_FORMULA_MAX]; /* of each character, in the formula */
    size_t end;                               /* of the copy, in the formula */
    int depth;
    fj_bracket open[FJ_BRACKETS_MAX + 1]; /* the first stands for the formula as a whole */
    size_t calls;
    fj_bracket
        call[FJ_CALLS_MAX]; /* in the order of their closing brackets: as they are worked out */
} fj_formula_copy;

/* Copies the first `length` <= FJ_FORMULA_MAX characters of text; 0 if brackets are more than FJ_BRACKETS_MAX deep at out->end. */
int fj_formula_copy_make(const char *text, size_t length, fj_formula_copy *out);

/* What would do where the copy ends: an operand, or what comes after one. */
const char *fj_formula_copy_wants(const fj_formula_copy *copy);
int fj_formula_copy_wants_operand(const fj_formula_copy *copy);

/* The first closed call with a wrong number of arguments; NULL if there is none. */
const fj_bracket *fj_formula_copy_miscounted(const fj_formula_copy *copy);
/* Does op take two arguments or more? */
int fj_formula_takes_many(fj_operation op);

/* The length of the name that begins at text, 0 where none does. */
size_t fj_name_length(const char *text, size_t length);
/* The function of this name, or NULL. */
const fj_function *fj_function_find(const char *text, size_t length);

/* What is wrong at character `at` (from 0) of the formula, or before it: the place (from 1), what stands there, what would do.
 * number: what should stand there instead of a number that is none, or NULL. (formula_mistake.c) */
fj_status fj_formula_mistake(const fj_formula_text *formula, size_t at, const char *number);
/* The same of a call with a wrong number of arguments. */
fj_status fj_formula_miscounted(const fj_formula_text *formula, const fj_bracket *call);

#endif
