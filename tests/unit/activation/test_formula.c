/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas: what they mean, their derivatives by other routes, their mistakes, and what is found of their shape.
 *
 * 1. Values against C, with precedence and piecewise functions; phi' and phi'' against differences of a high order, and,
 *    where GNU libmatheval is installed, against its symbolic derivatives on random formulas.
 * 2. Every mistake is told with its character; every refusal with its reason.
 * 3. Flats, pieces, parity, kinks, range, homogeneity. */
#include <string.h>
#include "sample.h"
#include "user.h"
#ifdef FJ_TEST_MATHEVAL
#include <matheval.h>
#endif

static const struct {
    const char *formula;
    double x, value;
} values[] = {
    {"-x^2", 3, -9},
    {"2^-x", 1, 0.5},
    {"x^3^2", 1.1, 2.3579476910000015},
    {"2*x**2 - 3/4*x + .5e1", 2, 11.5},
    {"-2*-x", 3, 6},
    {"1 - 2 - x", 4, -5},
    {"12/x/3", 2, 2},
    {"(x > 1)*x + (x <= 1)*2", 0.5, 2},
    {"where(x >= 2, x, -x)", 3, 3},
    {"if(x < 2, x, -x)", 3, -3},
    {"max(x, 2, 3*x, -1)", 1, 3},
    {"min(x, 2, 3*x, -1)", 1, -1},
    {"sign(x)*x + step(x)*x + relu(x) + abs(x)", 2, 8},
    {"sin(pi*x) + log(e^x) + ln(exp(x))", 0.5, 2},
    {"tan(x/9)+sinh(x)+cosh(x)+asinh(x)+atan(x)+arctan(x)+atanh(tanh(x))", 0.7, 0},
    {"erf(x)+erfc(x)+expm1(x)-log1p(x^2)+sigmoid(x)+softplus(x)+sqrt(x^2+1)", 0.7, 0},
    {"(1+x^2)^(1+x/10)", 0.9, 0},
    {"1.5e-1*x", 2, 0.3},
};

START_TEST(means_what_it_says)
{
    char spec[160];
    snprintf(spec, sizeof spec, "expr:%s", values[_i].formula);
    double x = values[_i].x, want = values[_i].value;
    if (_i == 14)
        want = tan(x / 9) + sinh(x) + cosh(x) + asinh(x) + 2 * atan(x) + x;
    if (_i == 15)
        want = 1 + expm1(x) - log1p(x * x) + 1 / (1 + exp(-x)) + log(1 + exp(x)) + hypot(x, 1);
    if (_i == 16)
        want = pow(1 + x * x, 1 + x / 10);
    fj_formula formula;
    fj_jet all[FJ_NODES_MAX];
    ck_assert_int_eq(fj_formula_parse(spec + 5, strlen(spec) - 5, &formula, NULL), FJ_OK);
    fj_formula_jets(&formula, x, all);
    fj_assert_near((double)all[formula.count - 1].value, want, 4 * DBL_EPSILON, spec);
}
END_TEST

static const char *const smooth[] = {
    "tanh(x)*x + exp(-x^2/3)",
    "x/(1+exp(-x))",
    "x*tanh(log(1+exp(x)))",
    "sin(3*x)/(2+cos(x)) - atan(x)^3",
    "x*(1+erf(x/sqrt(2)))/2",
    "asinh(x)*sqrt(1+x^2)+cosh(x/2)-sinh(x/3)",
    "atanh(tanh(x)/2)+tan(tanh(x))+log1p(x^2)",
    "(1+x^2)^0.3*expm1(x/4)-erfc(x)",
    "(1+x^2)^(x/5)+softplus(2*x)*sigmoid(-x)",
    "exp(x)/(1+exp(x)) + (exp(x)-1)/(2+x^2) + 1 - tanh(x)",
    "x^3/(1+x^2)-2^x",
};

/* f'(x) by differences over h, h/2, ..: Richardson */
static double derivative(double (*f)(const fj_activation *, double), const fj_activation *a,
                         double x)
{
    double row[8], h = 0.2;
    for (int k = 0; k < 8; k++, h /= 2) {
        double now = (f(a, x + h) - f(a, x - h)) / (2 * h), factor = 4;
        for (int i = 0; i < k; i++) {
            double next = now + (now - row[i]) / (factor - 1);
            row[i] = now;
            now = next;
            factor *= 4;
        }
        row[k] = now;
    }
    return row[7];
}

START_TEST(derivatives_are_differences)
{
    char spec[160];
    snprintf(spec, sizeof spec, "expr:%s", smooth[_i]);
    fj_activation *a = fj_test_make(spec);
    for (double x = -3.31; x < 3.4; x += 0.613) {
        double scale = 1 + fabs(fj_activation_value(a, x)) + fabs(fj_activation_slope(a, x));
        fj_assert_within(fj_activation_slope(a, x), derivative(fj_activation_value, a, x),
                         1e-10 * scale, spec);
        fj_assert_within(fj_activation_curvature(a, x), derivative(fj_activation_slope, a, x),
                         1e-10 * scale, spec);
    }
    fj_activation_destroy(a);
}
END_TEST

#ifdef FJ_TEST_MATHEVAL
/* A random formula of the functions both know, with constants that libmatheval's six digits hold exactly. Without asinh,
 * whose derivative libmatheval 1.1.11 has wrong (of asinh(asinh(x)/2) at -0.66: 0.700, where differences give 0.399). */
static void random_formula(fj_test_random *r, int depth, char *out, size_t room)
{
    static const char *const functions[] = {"tanh", "sin", "cos",         "atan",
                                            "erf",  "exp", "sqrt(1+x^2)*"};
    char a[400], b[400];
    if (depth == 0) {
        snprintf(out, room, fj_test_uniform(r, 0, 1) < 0.6 ? "x" : "%.3g",
                 floor(fj_test_uniform(r, 1, 9)) / 4);
        return;
    }
    random_formula(r, depth - 1, a, sizeof a);
    random_formula(r, depth - 1, b, sizeof b);
    switch ((int)fj_test_uniform(r, 0, 6)) {
    case 0:
        snprintf(out, room, "(%.190s+%.190s)", a, b);
        break;
    case 1:
        snprintf(out, room, "(%.190s-%.190s)", a, b);
        break;
    case 2:
        snprintf(out, room, "(%.190s*%.190s)", a, b);
        break;
    case 3:
        snprintf(out, room, "(%.190s/(2+sin(%.190s)))", a, b);
        break;
    default:
        snprintf(out, room, "%s(%.190s/2)", functions[(int)fj_test_uniform(r, 0, 7)], a);
    }
}

START_TEST(derivatives_are_symbolic)
{
    fj_test_random random = fj_test_random_make();
    for (int k = 0; k < fj_test_times(300); k++) {
        char text[900];
        random_formula(&random, 3, text, sizeof text);
        fj_formula formula;
        fj_jet all[FJ_NODES_MAX];
        ck_assert_msg(fj_formula_parse(text, strlen(text), &formula, NULL) == FJ_OK, "%s", text);
        void *f = evaluator_create(text), *d = f ? evaluator_derivative_x(f) : NULL;
        ck_assert_msg(f && d, "%s", text);
        for (double x = -1.37; x < 1.5; x += 0.71) {
            fj_formula_jets(&formula, x, all);
            const fj_jet *at = &all[formula.count - 1];
            double value = evaluator_evaluate_x(f, x), slope = evaluator_evaluate_x(d, x);
            if (!isfinite(value) || !isfinite(slope))
                continue;
            fj_assert_within((double)at->value, value, 1e-13 * (1 + fabs(value)), text);
            fj_assert_within((double)at->slope, slope, 1e-11 * (1 + fabs(slope) + fabs(value)),
                             text);
        }
        evaluator_destroy(d);
        evaluator_destroy(f);
    }
}
END_TEST
#endif

/* Far out, where the formula as it is written overflows or cancels. */
START_TEST(tails_keep_their_digits)
{
    static const char *const pairs[][2] = {
        {"silu", "expr:x/(1+exp(-x))"},        {"gelu", "expr:x*(1+erf(x/sqrt(2)))/2"},
        {"softplus", "expr:log(1+exp(x))"},    {"tanh", "expr:tanh(x)"},
        {"tanh", "expr:sinh(x)/cosh(x)"},      {"tanh", "expr:(exp(x)-exp(-x))/(exp(x)+exp(-x))"},
        {"sigmoid", "expr:exp(x)/(1+exp(x))"}, {"elu", "expr:where(x<0,exp(x)-1,x)"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        fj_activation *a = fj_test_make(pairs[i][0]), *b = fj_test_make(pairs[i][1]);
        for (double x = -700; x <= 700; x += 3.7) {
            /* the built-in ones round x^2 in exp(-x^2/2) */
            const double slope = fj_activation_slope(a, x),
                         rounding = DBL_EPSILON * (64 + 2 * x * x);
            if (fabs(slope) > 1e-300)
                fj_assert_near(fj_activation_slope(b, x), slope, rounding, pairs[i][1]);
            fj_assert_within(fj_activation_value(b, x), fj_activation_value(a, x),
                             rounding * fabs(fj_activation_value(a, x)) + 1e-300, pairs[i][1]);
        }
        for (double x = -1e300; x <= 1e300; x += 1e300)
            ck_assert_msg(isfinite(fj_activation_slope(b, x)), "%s at %g", pairs[i][1], x);
        fj_activation_destroy(a);
        fj_activation_destroy(b);
    }
}
END_TEST

/* Mistakes and refusals, with a part of what must be said. */
static const struct {
    const char *spec;
    fj_status status;
    const char *words;
} wrong[] = {
    {"expr:", FJ_INVALID, "empty"},
    {"expr:  ", FJ_INVALID, "empty"},
    {"expr:x+*2", FJ_INVALID, "at character 3, '*2'"},
    {"expr:(x+1", FJ_INVALID, "ends at character 4: expected ')'"},
    {"expr:x+1)", FJ_INVALID, "at character 4, ')'"},
    {"expr:2x", FJ_INVALID, "at character 2, 'x'"},
    {"expr:x y", FJ_INVALID, "at character 3, 'y'"},
    {"expr:tan x", FJ_INVALID, "at character 5, 'x': expected '('"},
    {"expr:tanh(x,2)", FJ_INVALID, "at character 1: tanh takes 1 argument, here are 2"},
    {"expr:max(x)", FJ_INVALID, "max takes at least 2"},
    {"expr:tanh(x", FJ_INVALID, "ends at character 6: expected ')'"},
    {"expr:where(x>0,x", FJ_INVALID, "ends at character 11: expected ','"},
    {"expr:max(x", FJ_INVALID, "ends at character 5: expected ','"},
    {"expr:max(x,1", FJ_INVALID, "ends at character 7: expected ',' or ')'"},
    {"expr:where(x,1,2)", FJ_INVALID, "must be a comparison"},
    {"expr:where(x>0,1)", FJ_INVALID, "where takes 3 arguments, here are 2"},
    {"expr:1..2*x", FJ_INVALID, "one decimal point"},
    {"expr:1e999*x", FJ_INVALID, "range of double"},
    {"expr:x==1", FJ_INVALID, "at character 2"},
    {"expr:x>0?x:0", FJ_INVALID,
     "at character 4, '?x:0': expected an operator or the end; a choice is where("},
    {"expr:x>0&&x<1", FJ_INVALID, "(x > 0)*(x < 1)"},
    {"expr:|x|", FJ_INVALID, "|x| is abs(x)"},
    {"expr:x<0 || x>1", FJ_INVALID, "max(x < 0, x > 1)"},
    {"expr:x\n+1", FJ_INVALID, "one line"},
    {"expr:x+foo(x)", FJ_UNKNOWN, "at character 3: 'foo' is none of exp"},
    {"expr:x+y", FJ_UNKNOWN, "at character 3: 'y'"},
    {"expr:abs(x);knks=0", FJ_UNKNOWN, "kinks="},
    {"expr:abs(x);kinks=a", FJ_INVALID, "'a'"},
    {"expr:abs(x);kinks=1;2", FJ_INVALID, "';2'"},
    {"expr:3", FJ_UNSUPPORTED, "constant"},
    {"expr:0*x+2", FJ_UNSUPPORTED, "constant"},
    {"expr:1/x", FJ_UNSUPPORTED, "x = 0"},
    {"expr:1/(x-0.3)^2", FJ_UNSUPPORTED, "x = 0.3"},
    {"expr:x/(1-x)", FJ_UNSUPPORTED, "x = 1"},
    {"expr:log(x)", FJ_UNSUPPORTED, "not a finite number"},
    {"expr:sqrt(x)", FJ_UNSUPPORTED, "not a finite number"},
    {"expr:x^1.5", FJ_UNSUPPORTED, "not a finite number"},
    {"expr:tan(x)", FJ_UNSUPPORTED, "not finite"},
    {"expr:sqrt(abs(x))", FJ_UNSUPPORTED, "phi' grows without bound at x = 0"},
    {"expr:tanh(x)+sqrt(abs(x^2-4))", FJ_UNSUPPORTED, "phi' grows without bound at x = -2"},
    {"expr:abs(x-1)^1.5", FJ_UNSUPPORTED, "phi'' grows without bound at x = 1"},
    {"expr:step(x)", FJ_UNSUPPORTED, "phi jumps at x = 0"},
    {"expr:x+sign(x-2)", FJ_UNSUPPORTED, "phi jumps at x = 2"},
    {"expr:where(x>0,x,1)", FJ_UNSUPPORTED, "phi jumps at x = 0"},
    {"expr:abs(sin(x))", FJ_UNSUPPORTED, "more than 23 kinks"},
    {"expr:exp(exp(exp(x)))", FJ_UNSUPPORTED, "not a finite number"},
};

START_TEST(mistakes_are_told)
{
    fj_activation *a = (fj_activation *)&a;
    fj_detail detail = {""};
    fj_status status = fj_activation_create(wrong[_i].spec, &a, &detail);
    ck_assert_msg(status == wrong[_i].status && !a, "%s: %s, %s", wrong[_i].spec,
                  fj_status_message(status), detail.text);
    ck_assert_msg(strstr(detail.text, wrong[_i].words) && !strchr(detail.text, '\n'), "%s: %s",
                  wrong[_i].spec, detail.text);
}
END_TEST

/* expr:, then `first`, then `again` n times; refused with these words. */
static void too_much(const char *first, const char *again, int n, const char *words)
{
    char spec[4000];
    int used = snprintf(spec, sizeof spec, "expr:%s", first);
    for (int i = 0; i < n; i++)
        used += snprintf(spec + used, sizeof spec - (size_t)used, "%s", again);
    fj_activation *a;
    fj_detail detail;
    ck_assert_int_eq(fj_activation_create(spec, &a, &detail), FJ_UNSUPPORTED);
    ck_assert_msg(strstr(detail.text, words), "%s", detail.text);
}

START_TEST(too_much_is_told)
{
    too_much("", "(", 400, "levels deep");
    too_much("x", "+x", 300, "operations");
    too_much("x", "+x", 1300, "characters");
}
END_TEST

static const struct {
    const char *formula;
    fj_parity parity;
    size_t flats, pieces;
    int homogeneous, kinks;
    double kink[3], t_least, t_most; /* of the pieces together; NAN: none */
} shapes[] = {
    {"tanh(x)", FJ_PARITY_ODD, 0, 1, 0, 0, {0}, 0, 1},
    {"max(x,0)", FJ_PARITY_NONE, 2, 0, 1, 1, {0}, NAN, NAN},
    {"abs(x)", FJ_PARITY_EVEN, 2, 0, 1, 1, {0}, NAN, NAN},
    {"sqrt(x^2)", FJ_PARITY_EVEN, 2, 0, 1, 1, {0}, NAN, NAN},
    {"x", FJ_PARITY_ODD, 1, 0, 1, 0, {0}, NAN, NAN},
    {"x+1", FJ_PARITY_NONE, 1, 0, 0, 0, {0}, NAN, NAN},
    {"max(x,x)", FJ_PARITY_ODD, 1, 0, 1, 0, {0}, NAN, NAN},
    {"max(-1,min(1,x))", FJ_PARITY_ODD, 3, 0, 0, 2, {-1, 1}, NAN, NAN},
    {"1+max(-1,min(1,3*x))", FJ_PARITY_NONE, 3, 0, 0, 2, {-1.0 / 3, 1.0 / 3}, NAN, NAN},
    {"where(x<0,exp(x)-1,x)", FJ_PARITY_NONE, 1, 1, 0, 1, {0}, 0, 1},
    {"where(x<-1,0,where(x>2,3*x-3,x+1))", FJ_PARITY_NONE, 3, 0, 0, 2, {-1, 2}, NAN, NAN},
    {"x/(1+abs(x))", FJ_PARITY_ODD, 0, 2, 0, 1, {0}, 0, 1},
    {"max(tanh(x),x/2-3)", FJ_PARITY_NONE, 1, 1, 0, 1, {7.999999549858947}, 0, 1},
    {"where(x>0,where(x>1,x,x),x*1)", FJ_PARITY_ODD, 1, 0, 1, 0, {0}, NAN, NAN},
    {"sin(x)+x", FJ_PARITY_ODD, 0, 1, 0, 0, {0}, 0, 4},
    {"x^3", FJ_PARITY_ODD, 0, 1, 0, 0, {0}, 0, INFINITY},
    {"x+x^3/3", FJ_PARITY_ODD, 0, 1, 0, 0, {0}, 1, INFINITY},
    {"exp(x)", FJ_PARITY_NONE, 0, 1, 0, 0, {0}, 0, INFINITY},
    {"x*log(1+x^2)", FJ_PARITY_ODD, 0, 1, 0, 0, {0}, 0, INFINITY},
    {"abs(x^2-0.0001)", FJ_PARITY_EVEN, 0, 3, 0, 2, {-0.01, 0.01}, 0, INFINITY},
    {"relu(x-1e4)", FJ_PARITY_NONE, 2, 0, 0, 1, {1e4}, NAN, NAN},
    {"tanh(x);kinks=0.5,-3", FJ_PARITY_NONE, 0, 3, 0, 2, {-3, 0.5}, 0, 1},
};

START_TEST(shape_is_found)
{
    char spec[160];
    snprintf(spec, sizeof spec, "expr:%s", shapes[_i].formula);
    fj_activation *a = fj_test_make(spec);
    double kink[8], least = INFINITY, most = -INFINITY;
    ck_assert_str_eq(fj_activation_name(a), spec);
    ck_assert_msg(fj_activation_parity(a) == shapes[_i].parity, "%s: parity %d", spec,
                  (int)fj_activation_parity(a));
    ck_assert_msg(a->flats == shapes[_i].flats && a->pieces == shapes[_i].pieces,
                  "%s: %zu flats, %zu pieces", spec, a->flats, a->pieces);
    ck_assert_msg(fj_activation_is_homogeneous(a) == shapes[_i].homogeneous, "%s", spec);
    ck_assert_msg(fj_activation_kinks(a, kink, 8) == (size_t)shapes[_i].kinks, "%s: kinks", spec);
    for (int i = 0; i < shapes[_i].kinks; i++)
        fj_assert_near(kink[i], shapes[_i].kink[i], 1e-14, spec);
    for (size_t i = 0; i < a->pieces; i++) {
        least = fmin(least, a->piece[i].t_least);
        most = fmax(most, a->piece[i].t_most);
    }
    if (a->pieces > 0) {
        fj_assert_within(least, shapes[_i].t_least, 1e-12, spec);
        fj_assert_within(most, shapes[_i].t_most, 1e-12, spec);
    }
    fj_activation_destroy(a);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

int main(void)
{
    Suite *suite = suite_create("formula");
    TCase *tcase = tcase_create("formula");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, means_what_it_says, 0, COUNT(values));
    tcase_add_loop_test(tcase, derivatives_are_differences, 0, COUNT(smooth));
#ifdef FJ_TEST_MATHEVAL
    tcase_add_test(tcase, derivatives_are_symbolic);
#endif
    tcase_add_test(tcase, tails_keep_their_digits);
    tcase_add_loop_test(tcase, mistakes_are_told, 0, COUNT(wrong));
    tcase_add_test(tcase, too_much_is_told);
    tcase_add_loop_test(tcase, shape_is_found, 0, COUNT(shapes));
    suite_add_tcase(suite, tcase);
    return fj_run_tap(suite);
}
