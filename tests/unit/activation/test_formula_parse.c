/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading formulas.
 *
 * 1. Numbers are read to long double, whatever the locale.
 * 2. Mistakes: the status, the character, what is expected.
 * 3. What is too deep or too long; several threads; no memory; no muParser. */
#include <locale.h>
#include <pthread.h>
#include <string.h>
#include "allocation.h"
#include "formula.h"
#include "loader.h"
#include "sample.h"

static const struct {
    const char *text;
    long double value;
} numbers[] = {
    {"0.1", 0.1L},
    {".5", 0.5L},
    {"1.", 1},
    {"1e-3", 1e-3L},
    {"2E5", 2e5L},
    {"1e+2", 100},
    {"007", 7},
    {"1.5e-1", 0.15L},
    {"0.33333333333333333333", 0.33333333333333333333L},
    {"1e-10", 1e-10L},
    {"1e308", 1e308L},
    {"123456789012345678901234567890", 123456789012345678901234567890.0L},
    {"1e-400", 1e-400L},
};

static void numbers_check(void)
{
    fj_formula formula;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const fj_status status =
            fj_formula_parse(numbers[i].text, strlen(numbers[i].text), &formula, NULL);
        ck_assert_msg(status == FJ_OK && formula.count == 1 &&
                          formula.node[0].value == numbers[i].value,
                      "%s: %.21Lg", numbers[i].text, formula.node[0].value);
    }
}

START_TEST(numbers_are_exact)
{
    numbers_check();
    static const char *const commas[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof commas / sizeof *commas; i++)
        if (setlocale(LC_ALL, commas[i])) {
            ck_assert_str_eq(localeconv()->decimal_point, ",");
            numbers_check();
            ck_assert_str_eq(localeconv()->decimal_point, ",");
        }
}
END_TEST

#define OPERAND "expected a number, x, a function or '('"
#define AFTER   "expected an operator or the end"

static const struct {
    const char *text;
    fj_status status;
    const char *words; /* all, or those at the beginning */
} wrong[] = {
    {"", FJ_INVALID, "the formula is empty"},
    {" \t ", FJ_INVALID, "the formula is empty"},
    {"x x", FJ_INVALID, "at character 3, 'x': " AFTER},
    {"2x", FJ_INVALID, "at character 2, 'x': " AFTER},
    {"2 tanh(x)", FJ_INVALID, "at character 3, 'tanh(x)': " AFTER},
    {"x(", FJ_INVALID, "at character 2, '(': " AFTER},
    {"x (1)", FJ_INVALID, "at character 3, '(1)': " AFTER},
    {"(x)(x)", FJ_INVALID, "at character 4, '(x)': " AFTER},
    {")", FJ_INVALID, "at character 1, ')': " OPERAND},
    {"()", FJ_INVALID, "at character 2, ')': " OPERAND},
    {"(x", FJ_INVALID, "the formula ends at character 2: expected ')' or an operator"},
    {"(x 2)", FJ_INVALID, "at character 4, '2)': expected ')' or an operator"},
    {"tanh x", FJ_INVALID, "at character 6, 'x': expected '(' after the name of a function"},
    {"tanh", FJ_INVALID, "the formula ends at character 4: expected '(' after the name"},
    {"x*tanh", FJ_INVALID, "the formula ends at character 6: expected '(' after the name"},
    {"tanh()", FJ_INVALID, "at character 1: tanh takes 1 argument, here are 0"},
    {"max(1)", FJ_INVALID, "at character 1: max takes at least 2 arguments, here are 1"},
    {"max()", FJ_INVALID, "at character 1: max takes at least 2 arguments, here are 0"},
    {"max(x,max())", FJ_INVALID, "at character 7: max takes at least 2 arguments, here are 0"},
    {"x + where(x > 0, 1)", FJ_INVALID, "at character 5: where takes 3 arguments, here are 2"},
    {"where(x,1)", FJ_INVALID, "at character 1: where takes 3 arguments, here are 2"},
    {"x*where(x, 1, 2)", FJ_INVALID, "at character 3: the first argument of where must be"},
    {"where(x>0,1,2)+where(abs(x),1,2)", FJ_INVALID, "at character 16: the first argument"},
    {"max(x,)", FJ_INVALID, "at character 7, ')': " OPERAND},
    {"max(,x)", FJ_INVALID, "at character 5, ',x)': " OPERAND},
    {"max x,2)", FJ_INVALID, "at character 5, 'x,2)': expected '(' after"},
    {"x+", FJ_INVALID, "the formula ends at character 2: " OPERAND},
    {"x^", FJ_INVALID, "the formula ends at character 2: " OPERAND},
    {"x - - ", FJ_INVALID, "the formula ends at character 6: " OPERAND},
    {"*x", FJ_INVALID, "at character 1, '*x': " OPERAND},
    {"x*/2", FJ_INVALID, "at character 3, '/2': " OPERAND},
    {"x***2", FJ_INVALID, "at character 4, '*2': " OPERAND},
    {"x* *2", FJ_INVALID, "at character 4, '*2': " OPERAND},
    {"x,1", FJ_INVALID, "at character 2, ',1': " AFTER},
    {"(x,1)", FJ_INVALID, "at character 3, ',1)': expected ')' or an operator"},
    {"0<x<1", FJ_INVALID, "at character 4, '<1': " AFTER},
    {"where(0 < x <= 1, x, 0)", FJ_INVALID, "at character 13, '<= 1, x, 0)': expected ','"},
    {"x<>1", FJ_INVALID, "at character 3, '>1': " OPERAND},
    {"x==1", FJ_INVALID, "at character 2, '==1': " AFTER},
    {"x=1", FJ_INVALID, "at character 2, '=1': " AFTER},
    {"x=<1", FJ_INVALID, "at character 2, '=<1': " AFTER},
    {"x<==1", FJ_INVALID, "at character 4, '=1': " OPERAND},
    {"x!=1", FJ_INVALID, "at character 2, '!=1': " AFTER},
    {"x&&x", FJ_INVALID, "at character 2, '&&x': " AFTER},
    {"x>0?x:0", FJ_INVALID, "at character 4, '?x:0': " AFTER},
    {"x+?1:2", FJ_INVALID, "at character 3, '?1:2': " OPERAND},
    {"\"x\"", FJ_INVALID, "at character 1, '\"x\"': " OPERAND},
    {"tanh(\"x\")", FJ_INVALID, "at character 6, '\"x\")': " OPERAND},
    {"x'+1", FJ_INVALID, "at character 2, ''+1': " AFTER},
    {"0x10", FJ_INVALID, "at character 2, 'x10': " AFTER},
    {"1e", FJ_INVALID, "at character 2, 'e': " AFTER},
    {"1e--3", FJ_INVALID, "at character 2, 'e--3': " AFTER},
    {"1e-x", FJ_INVALID, "at character 2, 'e-x': " AFTER},
    {"1e999", FJ_INVALID, "at character 1, '1e999': expected a number within the range"},
    {"x*-1e5000", FJ_INVALID, "at character 4, '1e5000': expected a number within the range"},
    {"1..2", FJ_INVALID, "at character 1, '1..2': expected a number with one decimal point"},
    {"x*1.2.3", FJ_INVALID, "at character 3, '1.2.3': expected a number with one decimal"},
    {"1.5e2.5", FJ_INVALID, "at character 6, '.5': " AFTER},
    {"x 1..2", FJ_INVALID, "at character 3, '1..2': " AFTER},
    {".", FJ_INVALID, "at character 1, '.': " OPERAND},
    {"x+.e5", FJ_INVALID, "at character 3, '.e5': " OPERAND},
    {"_x", FJ_INVALID, "at character 1, '_x': " OPERAND},
    {"x\x01", FJ_INVALID, "at character 2, '': " AFTER},
    {"x+\xc3\xa9", FJ_INVALID, "at character 3, '\xc3\xa9': " OPERAND},
    {"x*aaaaaaaaaa\xc3\xa9", FJ_UNKNOWN, "at character 3: 'aaaaaaaaaa' is none of exp"},
    {"x 23456789 1\xc3\xa9", FJ_INVALID, "at character 3, '23456789 1\xc3\xa9': " AFTER},
    {"x 234567890 \xc3\xa9", FJ_INVALID, "at character 3, '234567890 \xc3\xa9': " AFTER},
    {"x 2345678901\xc3\xa9", FJ_INVALID, "at character 3, '2345678901\xc3\xa9': " AFTER},
    {"x 23456789012\xc3\xa9", FJ_INVALID, "at character 3, '23456789012': " AFTER},
    {"y", FJ_UNKNOWN, "at character 1: 'y' is none of exp log"},
    {"x + y*2", FJ_UNKNOWN, "at character 5: 'y' is none of"},
    {"X", FJ_UNKNOWN, "at character 1: 'X' is none of"},
    {"foo(x)", FJ_UNKNOWN, "at character 1: 'foo' is none of"},
    {"foo(x, 1)", FJ_UNKNOWN, "at character 1: 'foo' is none of"},
    {"x*acos(x)", FJ_UNKNOWN, "at character 3: 'acos' is none of"},
    {"_pi*x", FJ_INVALID, "at character 1, '_pi*x': " OPERAND},
    {"rnd()", FJ_UNKNOWN, "at character 1: 'rnd' is none of"},
    {"x_1", FJ_UNKNOWN, "at character 1: 'x_1' is none of"},
    /* the first of several */
    {"x+*2+y?", FJ_INVALID, "at character 3, '*2+y?': " OPERAND},
    {"tanh(x,2)+*", FJ_INVALID, "at character 1: tanh takes 1 argument, here are 2"},
    {"max(x)+*", FJ_INVALID, "at character 1: max takes at least 2"},
    {"x?+*2", FJ_INVALID, "at character 2, '?+*2': " AFTER},
    {"y+1..2", FJ_UNKNOWN, "at character 1: 'y'"},
    {"1..2+y", FJ_INVALID, "at character 1, '1..2+y': expected a number with one"},
};

START_TEST(mistakes_have_their_place)
{
    fj_formula formula;
    fj_detail detail = {""};
    const fj_status status =
        fj_formula_parse(wrong[_i].text, strlen(wrong[_i].text), &formula, &detail);
    ck_assert_msg(status == wrong[_i].status, "%s: %s", wrong[_i].text, detail.text);
    ck_assert_msg(strncmp(detail.text, wrong[_i].words, strlen(wrong[_i].words)) == 0, "%s: %s",
                  wrong[_i].text, detail.text);
    /* told or not, the answer is the same */
    ck_assert_int_eq(fj_formula_parse(wrong[_i].text, strlen(wrong[_i].text), &formula, NULL),
                     status);
}
END_TEST

/* What stands behind `length` is not read. */
START_TEST(length_counts)
{
    fj_formula formula;
    ck_assert_int_eq(fj_formula_parse("x+1)?", 3, &formula, NULL), FJ_OK);
    ck_assert_int_eq(fj_formula_parse("   x", 3, &formula, NULL), FJ_INVALID);
    ck_assert_int_eq(fj_formula_parse("x\0+1", 4, &formula, NULL), FJ_INVALID);
}
END_TEST

/* `again` n times, the middle, `last` n times. */
static fj_status repeated(const char *middle, const char *again, const char *last, int n,
                          fj_detail *detail)
{
    char text[4000] = "";
    fj_formula formula;
    for (int i = 0; i < n; i++)
        strcat(text, again);
    strcat(text, middle);
    for (int i = 0; i < n; i++)
        strcat(text, last);
    return fj_formula_parse(text, strlen(text), &formula, detail);
}

START_TEST(long_and_deep)
{
    fj_detail detail = {""};
    ck_assert_int_eq(repeated("x", "(", ")", 60, &detail), FJ_OK);
    ck_assert_int_eq(repeated("x", "(", ")", 61, &detail), FJ_UNSUPPORTED);
    ck_assert_str_eq(detail.text, "at character 61: more than 60 levels deep");
    ck_assert_int_eq(repeated("", "(", "", FJ_FORMULA_MAX, &detail), FJ_UNSUPPORTED);
    ck_assert_int_eq(repeated("x", "tanh(", ")", 60, &detail), FJ_OK);
    ck_assert_int_eq(repeated("x", "max(x,", ")", 60, &detail), FJ_OK);
    ck_assert_int_eq(repeated("x", "-", "", FJ_FORMULA_MAX - 1, &detail), FJ_OK);
    ck_assert_int_eq(repeated("x", "x^", "", 80, &detail), FJ_UNSUPPORTED);
    ck_assert_str_eq(detail.text, "the formula has more than 256 operations");
    ck_assert_int_eq(repeated("x", "x+", "", 127, &detail), FJ_OK);
    ck_assert_int_eq(repeated("x", "x+", "", 128, &detail), FJ_UNSUPPORTED);
    ck_assert_int_eq(repeated("x", "ln()", "", 249, &detail), FJ_INVALID);
    ck_assert_int_eq(repeated("", "9", "", FJ_FORMULA_MAX, &detail), FJ_INVALID);
    ck_assert_int_eq(repeated("", "x", "", FJ_FORMULA_MAX, &detail), FJ_UNKNOWN);
    ck_assert_int_eq(repeated("", ".", "", FJ_FORMULA_MAX, &detail), FJ_INVALID);
    ck_assert_int_eq(repeated("", "x", "", FJ_FORMULA_MAX + 1, &detail), FJ_UNSUPPORTED);
}
END_TEST

static void *reader(void *argument)
{
    const char *texts[] = {"x*tanh(log(1+exp(x)))", "where(x > 0, x, exp(x) - 1)", "x+*2",
                           "max(x, 2*x, -x^2)"};
    fj_formula first, again;
    const char *text = texts[*(int *)argument];
    fj_detail told = {""}, told_again = {""};
    const fj_status status = fj_formula_parse(text, strlen(text), &first, &told);
    for (int i = 0; i < 300; i++) {
        if (fj_formula_parse(text, strlen(text), &again, &told_again) != status ||
            strcmp(told.text, told_again.text) != 0 || first.count != again.count)
            return (void *)text;
        for (size_t k = 0; k < first.count; k++)
            if (first.node[k].op != again.node[k].op || first.node[k].value != again.node[k].value)
                return (void *)text;
    }
    return NULL;
}

START_TEST(threads_read_at_once)
{
    pthread_t thread[8];
    int number[8];
    /* muParser makes its table of messages at the first mistake, guarded as C++ guards a static object; but it is not built for the
     * thread sanitizer, which sees no guard where the table is there already, and a race */
    fj_formula made;
    ck_assert_int_eq(fj_formula_parse("x+*2", 4, &made, NULL), FJ_INVALID);
    for (int i = 0; i < 8; i++) {
        number[i] = i % 4;
        ck_assert_int_eq(pthread_create(&thread[i], NULL, reader, &number[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        void *failed = NULL;
        ck_assert_int_eq(pthread_join(thread[i], &failed), 0);
        ck_assert_msg(!failed, "%s", (const char *)failed);
    }
}
END_TEST

START_TEST(muparser_missing)
{
    fj_activation *a;
    fj_detail detail = {""};
    library_missing = 1;
    ck_assert_int_eq(fj_activation_create("expr:x", &a, &detail), FJ_UNREADABLE);
    ck_assert_msg(strstr(detail.text, "muParser cannot be loaded: libnot-there"), "%s",
                  detail.text);
    library_missing = 0;
    function_missing = "mupEval";
    ck_assert_int_eq(fj_activation_create("expr:x", &a, &detail), FJ_UNREADABLE);
    ck_assert_msg(strstr(detail.text, "not_there"), "%s", detail.text);
    function_missing = NULL; /* and then it is there after all */
    ck_assert_int_eq(fj_activation_create("expr:x", &a, &detail), FJ_OK);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(no_memory)
{
    fj_formula formula;
    fj_detail detail = {""};
    for (int k = 0; k < 2; k++) {
        allocations_left = k;
        const fj_status status = fj_formula_parse("x", 1, &formula, &detail);
        allocations_left = -1;
        ck_assert_int_eq(status, FJ_NO_MEMORY);
        ck_assert_str_eq(detail.text, "no memory for a formula");
    }
    ck_assert_int_eq(fj_formula_parse("x", 1, &formula, &detail), FJ_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formula_parse");
    TCase *tcase = tcase_create("formula_parse");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, muparser_missing); /* before it is loaded */
    tcase_add_test(tcase, numbers_are_exact);
    tcase_add_loop_test(tcase, mistakes_have_their_place, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(tcase, length_counts);
    tcase_add_test(tcase, long_and_deep);
    tcase_add_test(tcase, threads_read_at_once);
    tcase_add_test(tcase, no_memory);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
