/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random trees, written with as few brackets as precedence allows, or with more, and with blanks, are read again: value and slope
 * are those of the tree, made directly. */
#include <string.h>
#include "formula.h"
#include "sample.h"

enum { ROOM = 4000, SPOTS = 5 };

/* A formula under construction: its text, and its jets at some x, made directly. */
typedef struct tree {
    char text[ROOM];
    int level; /* of what binds least: 0 comparison, 1 sum, 2 product, 3 sign or power, 4 the rest */
    fj_jet jet[SPOTS];
} tree;

static const double spots[SPOTS] = {-2.385, -0.71, 0.13, 0.9441, 3.1};

static void apply(fj_operation op, long double value, const tree *a, const tree *b, const tree *c,
                  tree *out)
{
    static const tree none;
    for (int i = 0; i < SPOTS; i++)
        out->jet[i] = fj_operation_jet(op, value, &(a ? a : &none)->jet[i],
                                       &(b ? b : &none)->jet[i], &(c ? c : &none)->jet[i]);
}

static const char *blank(fj_test_random *r)
{
    static const char *const blanks[] = {"", "", "", " ", "  ", "\t"};
    return blanks[(int)fj_test_uniform(r, 0, 6)];
}

/* Adds a to text, in brackets if it binds less than `level`, and sometimes for nothing. */
static void add(fj_test_random *r, char *text, const tree *a, int level)
{
    const int brackets = a->level < level || fj_test_uniform(r, 0, 1) < 0.1;
    const size_t used = strlen(text);
    snprintf(text + used, ROOM - used, brackets ? "%s(%s%s)%s" : "%s%s%s%s", blank(r), a->text,
             blank(r), blank(r));
}

static void add_text(char *text, const char *more)
{
    const size_t used = strlen(text);
    snprintf(text + used, ROOM - used, "%s", more);
}

static void grow(fj_test_random *r, int depth, tree *out);

static void leaf(fj_test_random *r, tree *out)
{
    static const struct {
        const char *text;
        long double value;
    } numbers[] = {{"0.1", 0.1L}, {".5", 0.5L},       {"1.", 1},     {"3", 3},   {"1e-3", 1e-3L},
                   {"2E1", 20},   {"1.25e+1", 12.5L}, {"pi", M_PIl}, {"e", M_El}};
    const int i = (int)fj_test_uniform(r, 0, 22);
    out->level = 4;
    snprintf(out->text, ROOM, "%s", i < 9 ? numbers[i].text : "x");
    for (int k = 0; k < SPOTS; k++)
        out->jet[k] = i < 9 ? (fj_jet){numbers[i].value, 0, 0} : (fj_jet){spots[k], 1, 0};
}

static void two(fj_test_random *r, int depth, tree *out)
{
    static const struct {
        const char *sign;
        fj_operation op;
        int level, left, right;
    } binary[] = {{"+", FJ_OPERATION_ADD, 1, 1, 2},
                  {"-", FJ_OPERATION_SUBTRACT, 1, 1, 2},
                  {"*", FJ_OPERATION_MULTIPLY, 2, 2, 3},
                  {"/", FJ_OPERATION_DIVIDE, 2, 2, 3}};
    const int k = (int)fj_test_uniform(r, 0, 4);
    tree *a = calloc(2, sizeof *a), *b = a + 1;
    grow(r, depth, a);
    grow(r, depth, b);
    add(r, out->text, a, binary[k].left);
    add_text(out->text, binary[k].sign);
    add(r, out->text, b, binary[k].right);
    out->level = binary[k].level;
    apply(binary[k].op, 0, a, b, NULL, out);
    free(a);
}

static void one(fj_test_random *r, int depth, tree *out)
{
    static const struct {
        const char *name;
        fj_operation op;
    } functions[] = {{"tanh", FJ_OPERATION_TANH},       {"sin", FJ_OPERATION_SIN},
                     {"arctan", FJ_OPERATION_ATAN},     {"erf", FJ_OPERATION_ERF},
                     {"sigmoid", FJ_OPERATION_SIGMOID}, {"abs", FJ_OPERATION_ABS},
                     {"relu", FJ_OPERATION_RELU},       {"asinh", FJ_OPERATION_ASINH}};
    const int k = (int)fj_test_uniform(r, 0, 12);
    const double power = floor(fj_test_uniform(r, -2, 4));
    tree *a = calloc(1, sizeof *a);
    grow(r, depth, a);
    if (k < 8) {
        snprintf(out->text, ROOM, "%s%s(", functions[k].name, blank(r));
        add(r, out->text, a, 0);
        add_text(out->text, ")");
        out->level = 4;
        apply(functions[k].op, 0, a, NULL, NULL, out);
    } else if (k < 10) {
        snprintf(out->text, ROOM, "-");
        add(r, out->text, a, 3);
        out->level = 3;
        apply(FJ_OPERATION_NEGATE, 0, a, NULL, NULL, out);
    } else {
        add(r, out->text, a, 4);
        add_text(out->text, k == 10 ? "^" : "**");
        const size_t used = strlen(out->text);
        snprintf(out->text + used, ROOM - used, "%g", power);
        out->level = 3;
        apply(FJ_OPERATION_POWER, power, a, NULL, NULL, out);
    }
    free(a);
}

static void many(fj_test_random *r, int depth, tree *out)
{
    const int count = 2 + (int)fj_test_uniform(r, 0, 3), least = fj_test_uniform(r, 0, 1) < 0.5;
    tree *a = calloc(1, sizeof *a), *sofar = calloc(1, sizeof *sofar);
    snprintf(out->text, ROOM, least ? "min(" : "max (");
    for (int i = 0; i < count; i++) {
        memset(a, 0, sizeof *a);
        grow(r, depth, a);
        add(r, out->text, a, 0);
        add_text(out->text, i + 1 < count ? "," : ")");
        if (i > 0)
            apply(least ? FJ_OPERATION_MIN : FJ_OPERATION_MAX, 0, sofar, a, NULL, out);
        memcpy(sofar->jet, i > 0 ? out->jet : a->jet, sizeof a->jet);
    }
    out->level = 4;
    free(a);
    free(sofar);
}

static void branch(fj_test_random *r, int depth, tree *out)
{
    static const char *const signs[] = {">", ">=", "<", "<="};
    const int k = (int)fj_test_uniform(r, 0, 4);
    tree *a = calloc(5, sizeof *a), *difference = a + 4;
    for (int i = 0; i < 4; i++)
        grow(r, depth, a + i);
    apply(FJ_OPERATION_SUBTRACT, 0, k < 2 ? a : a + 1, k < 2 ? a + 1 : a, NULL, difference);
    apply(FJ_OPERATION_STEP, 0, difference, NULL, NULL, difference);
    apply(FJ_OPERATION_WHERE, 0, difference, a + 2, a + 3, out);
    snprintf(out->text, ROOM, fj_test_uniform(r, 0, 1) < 0.5 ? "where(" : "if(");
    for (int i = 0; i < 4; i++) {
        add(r, out->text, a + i, i < 2 ? 1 : 0);
        add_text(out->text, i == 0 ? signs[k] : i < 3 ? "," : ")");
    }
    out->level = 4;
    free(a);
}

static void grow(fj_test_random *r, int depth, tree *out)
{
    const double choice = fj_test_uniform(r, 0, 1);
    memset(out, 0, sizeof *out);
    if (depth == 0)
        leaf(r, out);
    else if (choice < 0.5)
        two(r, depth - 1, out);
    else if (choice < 0.85)
        one(r, depth - 1, out);
    else if (choice < 0.93)
        many(r, depth - 1, out);
    else
        branch(r, depth - 1, out);
}

START_TEST(trees_are_read)
{
    fj_test_random random = fj_test_random_make();
    tree *t = calloc(1, sizeof *t);
    fj_formula formula;
    fj_jet all[FJ_NODES_MAX];
    fj_detail detail;
    int compared = 0;
    for (int k = 0; k < fj_test_times(3000); k++) {
        grow(&random, 1 + (int)fj_test_uniform(&random, 0, 4), t);
        if (strlen(t->text) > FJ_FORMULA_MAX)
            continue;
        const fj_status status = fj_formula_parse(t->text, strlen(t->text), &formula, &detail);
        ck_assert_msg(status == FJ_OK, "%s: %s", t->text, detail.text);
        for (int i = 0; i < SPOTS; i++) {
            fj_formula_jets(&formula, spots[i], all);
            const fj_jet *got = &all[formula.count - 1], *want = &t->jet[i];
            const long double size = fabsl(want->value) + fabsl(want->slope);
            if (!isfinite((double)size) || size > 1e6L)
                continue;
            fj_assert_within((double)got->value, (double)want->value, 1e-11, t->text);
            fj_assert_within((double)got->slope, (double)want->slope, 1e-9, t->text);
            compared++;
        }
    }
    ck_assert_int_gt(compared, fj_test_times(3000) * SPOTS / 2);
    free(t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formula_trees");
    TCase *tcase = tcase_create("formula_trees");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, trees_are_read);
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
