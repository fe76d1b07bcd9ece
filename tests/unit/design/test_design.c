/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Design: q*(L) against tables made independently, there and back for random networks, and each refusal.
 *
 * The quantities are measured here from a law of their own, not by the code under test. */
#include <freejac/freejac.h>
#include <string.h>
#include "allocation.h"
#include "sample.h"

static const fj_weights ORTHOGONAL = FJ_WEIGHTS_ORTHOGONAL, GAUSSIAN = FJ_WEIGHTS_GAUSSIAN;

/* ---- measuring a law ---- */

static fj_spectrum *law_at(const fj_activation *a, fj_weights weights, uint64_t depth,
                           const fj_meanfield *point)
{
    fj_network network;
    ck_assert_int_eq(fj_network_identical(a, weights, depth, point, &network), FJ_OK);
    fj_spectrum *law = fj_test_spectrum(network.run);
    fj_network_clear(&network);
    return law;
}

static double measured(const fj_spectrum *law, fj_design_target target)
{
    const fj_spectrum_interval *interval;
    const fj_spectrum_atom *atom;
    size_t intervals = fj_spectrum_intervals(law, &interval), atoms = fj_spectrum_atoms(law, &atom);
    double top = 0, low, high;
    switch (target) {
    case FJ_DESIGN_VAR_LAMBDA:
        return fj_spectrum_variance(law);
    case FJ_DESIGN_S_MAX:
        for (size_t i = 0; i < intervals; i++)
            top = fmax(top, interval[i].s_max);
        for (size_t i = 0; i < atoms; i++)
            top = fmax(top, atom[i].s);
        return top;
    case FJ_DESIGN_CONDITION:
        if (fj_spectrum_quantile(law, 0.1, &low) != FJ_OK ||
            fj_spectrum_quantile(law, 0.9, &high) != FJ_OK)
            return NAN;
        return isinf(low) ? INFINITY : exp(high - low);
    }
    return NAN;
}

/* The design meets its target, seen from outside. */
static void assert_met(const fj_activation *a, fj_weights weights, uint64_t depth,
                       fj_design_target target, double value, const fj_design *found)
{
    char what[200];
    snprintf(what, sizeof what, "%s, %s, depth %llu, %s = %.17g, q* = %.17g", fj_activation_name(a),
             weights == GAUSSIAN ? "gaussian" : "orthogonal", (unsigned long long)depth,
             fj_design_target_name(target), value, found->point.q_star);
    fj_assert_near(found->reached, value, 1e-10, what);
    fj_spectrum *law = law_at(a, weights, depth, &found->point);
    fj_assert_near(measured(law, target), value, 2e-10, what);
    fj_assert_near(found->point.chi, 1, 0, what);
    ck_assert_msg(found->q_least <= found->point.q_star, "%s", what);
    ck_assert_msg(isnan(found->nearest) && isnan(found->nearest_q), "%s", what);
    fj_spectrum_destroy(law);
}

static fj_design designed(const char *spec, fj_weights weights, uint64_t depth,
                          fj_design_target target, double value)
{
    fj_activation *a = fj_test_make(spec);
    fj_design found;
    fj_detail detail = {""};
    fj_status status = fj_design_solve(a, weights, depth, target, value, &found, &detail);
    ck_assert_msg(status == FJ_OK, "%s, depth %llu, %s = %.17g: %s", spec,
                  (unsigned long long)depth, fj_design_target_name(target), value, detail.text);
    assert_met(a, weights, depth, target, value, &found);
    fj_activation_destroy(a);
    return found;
}

/* ---- tables ---- */

/* q*(L) for a variance sigma_0^2 held fixed, orthogonal weights: computed independently of this project, in double
 * precision and by 30-digit scripts; exact to the six digits shown. */
static const struct row {
    uint64_t depth;
    double variance, tanh, erf, hard_tanh;
} rows[] = {
    {10, 0.25, .073829, .089525, .197368},   {10, 1, .194579, .227300, .349870},
    {50, 0.25, .028319, .035221, .126767},   {50, 1, .064130, .078119, .183605},
    {100, 0.25, .019308, .024172, .109347},  {100, 1, .042166, .051978, .150317},
    {200, 0.25, .013305, .016737, .095995},  {200, 1, .028319, .035221, .126767},
    {1000, 0.25, .005749, .007279, .074557}, {1000, 1, .011822, .014890, .092341},
};

START_TEST(q_of_depth)
{
    const struct row *row = &rows[_i];
    const char *names[] = {"tanh", "erf", "hard-tanh"};
    const double wanted[] = {row->tanh, row->erf, row->hard_tanh};
    for (int k = 0; k < 3; k++) {
        fj_design found =
            designed(names[k], ORTHOGONAL, row->depth, FJ_DESIGN_VAR_LAMBDA, row->variance);
        fj_assert_within(found.point.q_star, wanted[k], 0.5001e-6, names[k]);
        ck_assert(found.point.stable);
    }
}
END_TEST

/* Closed forms: deep tanh has variance 8 L q^2 (1 - 10 q + ...), and erf (pi^2/2) L q^2. */
START_TEST(deep_networks)
{
    fj_design found = designed("tanh", ORTHOGONAL, 1000000000000, FJ_DESIGN_VAR_LAMBDA, 8e-4);
    fj_assert_near(found.point.q_star, 1e-8, 1e-7, "tanh");
    found = designed("erf", ORTHOGONAL, 1000000000000, FJ_DESIGN_VAR_LAMBDA, M_PI * M_PI / 2e4);
    fj_assert_near(found.point.q_star, 1e-8, 1e-7, "erf");
    designed("tanh", ORTHOGONAL, 1000000, FJ_DESIGN_S_MAX, 2.2);
    designed("tanh", ORTHOGONAL, 1000000, FJ_DESIGN_CONDITION, 5);
    designed("tanh", GAUSSIAN, 1000000, FJ_DESIGN_S_MAX, 2000);
    designed("hard-tanh", ORTHOGONAL, 1000000, FJ_DESIGN_S_MAX, 1.5);
}
END_TEST

/* One orthogonal layer is sigma_w^2 phi'^2: its largest value for tanh is sigma_w = 1/sqrt(mu_1). */
START_TEST(one_layer)
{
    fj_design found = designed("tanh", ORTHOGONAL, 1, FJ_DESIGN_S_MAX, 1.4);
    fj_assert_near(found.point.sigma_w, 1.4, 1e-12, "sigma_w");
    /* t = exp(-pi q h^2/2): the ratio of quantiles of sqrt(t) is exp(pi q (a^2 - b^2)/4), where |h| < a, b with
     * probability 0.9, 0.1 */
    const double a = 1.6448536269514722, b = 0.12566134685507402;
    found = designed("erf", ORTHOGONAL, 1, FJ_DESIGN_CONDITION, 7);
    fj_assert_near(found.point.q_star, 4 * log(7.0) / (M_PI * (a * a - b * b)), 1e-10, "q");
    designed("tanh", GAUSSIAN, 1, FJ_DESIGN_CONDITION, 30);
    designed("gelu", ORTHOGONAL, 1, FJ_DESIGN_VAR_LAMBDA, 0.5);
}
END_TEST

/* ---- there and back ---- */

static int is_monotone(const char *name)
{
    return strcmp(name, "tanh") == 0 || strcmp(name, "erf") == 0 ||
           strcmp(name, "hard-tanh") == 0 || strcmp(name, "arctan") == 0;
}

/* A random point of the line gives a value; the value gives a point: the same, or one that is to be preferred. */
static void there_and_back(fj_test_random *r, fj_design_target target, double q_low, double q_high)
{
    static const char *const names[] = {"tanh", "erf",      "hard-tanh", "arctan", "sigmoid",
                                        "sin",  "softsign", "elu",       "selu",   "silu"};
    const char *name = names[(int)fj_test_uniform(r, 0, 10)];
    fj_activation *a = fj_test_make(name);
    fj_weights weights = fj_test_uniform(r, 0, 1) < 0.5 ? GAUSSIAN : ORTHOGONAL;
    uint64_t depth = (uint64_t)fj_test_loguniform(r, 1, 1e6);
    double q = fj_test_loguniform(r, q_low, q_high);
    fj_meanfield point;
    fj_design found;
    fj_detail detail = {""};
    if (fj_meanfield_critical(a, q, &point, NULL) != FJ_OK) {
        fj_activation_destroy(a);
        return;
    }
    fj_spectrum *law = law_at(a, weights, depth, &point);
    double value = measured(law, target);
    fj_spectrum_destroy(law);
    /* what rounds to its least value, or has gone to its limit, has no q to come back to */
    double flat = target == FJ_DESIGN_S_MAX ? 1 : weights == GAUSSIAN ? (double)depth : 1e-300;
    int lost = (target != FJ_DESIGN_CONDITION && value < flat * (1 + 1e-12)) ||
               (strcmp(name, "sin") == 0 && q > 5);
    if (!isfinite(value) || lost) {
        fj_activation_destroy(a);
        return;
    }
    fj_status status = fj_design_solve(a, weights, depth, target, value, &found, &detail);
    ck_assert_msg(status == FJ_OK, "%s, q = %.17g, depth %llu, %s = %.17g: %s", name, q,
                  (unsigned long long)depth, fj_design_target_name(target), value, detail.text);
    assert_met(a, weights, depth, target, value, &found);
    /* what gaussian weights add to the variance hides digits of q */
    double hidden = target == FJ_DESIGN_VAR_LAMBDA && weights == GAUSSIAN
                        ? 1e-14 * value / (value - (double)depth)
                        : 1e-14;
    /* a smaller q, or this one as well as the value tells it */
    int preferred = point.stable ? found.point.stable && found.q_least <= q * 1.01
                                 : found.point.stable || found.q_least <= q * 1.01;
    ck_assert_msg(preferred, "%s, q = %.17g: found %.17g", name, q, found.point.q_star);
    if (is_monotone(name) && target == FJ_DESIGN_VAR_LAMBDA)
        fj_assert_near(found.point.q_star, q, 1e-11 + hidden, name);
    fj_activation_destroy(a);
}

START_TEST(variances_there_and_back)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(60); i++)
        there_and_back(&r, FJ_DESIGN_VAR_LAMBDA, 1e-5, 100);
}
END_TEST

START_TEST(edges_there_and_back)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(20); i++)
        there_and_back(&r, FJ_DESIGN_S_MAX, 1e-4, 10);
}
END_TEST

START_TEST(conditions_there_and_back)
{
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < fj_test_times(20); i++)
        there_and_back(&r, FJ_DESIGN_CONDITION, 1e-4, 2);
}
END_TEST

/* ---- which of several ---- */

/* The variance of selu falls, then rises with q, so that most targets are met twice: the smaller q is taken. */
START_TEST(first_of_two)
{
    fj_design found = designed("selu", ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 1.8);
    ck_assert(found.point.q_star < 0.05);
    ck_assert(found.point.stable);
    /* next to its minimum the two lie between neighbours of the grid */
    fj_activation *a = fj_test_make("selu");
    fj_design none;
    ck_assert_int_eq(fj_design_solve(a, ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 1, &none, NULL),
                     FJ_INFEASIBLE);
    found = designed("selu", ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, none.nearest * (1 + 1e-7));
    ck_assert(found.point.q_star < none.nearest_q && found.point.q_star > 0.9 * none.nearest_q);
    ck_assert_int_eq(fj_design_solve(a, ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA,
                                     none.nearest * (1 - 1e-7), &none, NULL),
                     FJ_INFEASIBLE);
    ck_assert_int_eq(fj_design_solve(a, ORTHOGONAL, 10, FJ_DESIGN_CONDITION, 2, &none, NULL),
                     FJ_INFEASIBLE);
    found = designed("selu", ORTHOGONAL, 10, FJ_DESIGN_CONDITION, none.nearest * (1 + 1e-7));
    ck_assert(found.point.q_star < none.nearest_q && found.point.q_star > 0.9 * none.nearest_q);
    fj_activation_destroy(a);
}
END_TEST

/* silu at depth 10: the variance rises while the line repels, and comes back from above 10.3 where it attracts. */
START_TEST(stable_before_unstable)
{
    fj_design found = designed("silu", ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 3);
    ck_assert(!found.point.stable && found.point.slope > 1);
    found = designed("silu", ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 10.3);
    ck_assert(found.point.stable && found.point.slope < 1 && found.point.q_star > 10);
    found = designed("gelu", ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 0.4);
    ck_assert(!found.point.stable);
}
END_TEST

/* hard-tanh at depth 10: one atom holds both quantiles until its mass falls to 0.9, then the condition leaps. */
START_TEST(plateau_and_leap)
{
    fj_design found = designed("hard-tanh", ORTHOGONAL, 10, FJ_DESIGN_CONDITION, 1);
    ck_assert_msg(found.q_least == 0, "%g", found.q_least);
    /* 10 (1 - p) = 0.1, p = erf(1/sqrt(2 q)) */
    fj_assert_within(erfc(1 / sqrt(2 * found.point.q_star)), 0.01, 1e-13, "mass beside the atom");
    fj_activation *a = fj_test_make("hard-tanh");
    fj_design none;
    fj_detail detail = {""};
    fj_status status = fj_design_solve(a, ORTHOGONAL, 10, FJ_DESIGN_CONDITION, 1.5, &none, &detail);
    ck_assert_int_eq(status, FJ_INFEASIBLE);
    ck_assert_msg(strstr(detail.text, "leaps from 1 to 2.0") != NULL, "%s", detail.text);
    fj_assert_near(none.nearest_q, found.point.q_star, 1e-9, "place of the leap");
    ck_assert(none.nearest == 1 || (none.nearest > 2 && none.nearest < 2.1));
    designed("hard-tanh", ORTHOGONAL, 10, FJ_DESIGN_CONDITION, 2.1);
    /* one layer: 0 and sigma_w, nothing between */
    status = fj_design_solve(a, ORTHOGONAL, 1, FJ_DESIGN_CONDITION, 3, &none, &detail);
    ck_assert_int_eq(status, FJ_INFEASIBLE);
    fj_activation_destroy(a);
}
END_TEST

/* ---- refusals ---- */

/* No such point: `words` is in the reason, the best is `nearest` at `q` (NaN: not checked). */
static const struct refusal {
    const char *spec;
    fj_weights weights;
    uint64_t depth;
    fj_design_target target;
    double value;
    const char *words;
    double nearest, q;
} refusals[] = {
    {"relu", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 5, "depth 5 has 5", 10, 1},
    {"relu", FJ_WEIGHTS_GAUSSIAN, 10, FJ_DESIGN_VAR_LAMBDA, 5, "depth 2 has 4", 20, 1},
    {"relu", FJ_WEIGHTS_GAUSSIAN, 1, FJ_DESIGN_S_MAX, 2, "every critical point", 1 + M_SQRT2, 1},
    {"relu", FJ_WEIGHTS_ORTHOGONAL, 4, FJ_DESIGN_CONDITION, 9, "infinite", NAN, NAN},
    {"linear", FJ_WEIGHTS_ORTHOGONAL, 9, FJ_DESIGN_VAR_LAMBDA, 1, "whatever q", 0, 1},
    {"linear", FJ_WEIGHTS_GAUSSIAN, 2, FJ_DESIGN_VAR_LAMBDA, 1, "depth 1 has 1", 2, 1},
    {"leaky-relu", FJ_WEIGHTS_ORTHOGONAL, 1000000, FJ_DESIGN_CONDITION, 9, "10^1647886.", INFINITY,
     1},
    {"leaky-relu", FJ_WEIGHTS_ORTHOGONAL, 2, FJ_DESIGN_S_MAX, 40, "every critical point", NAN, 1},
    {"tanh", FJ_WEIGHTS_GAUSSIAN, 10, FJ_DESIGN_VAR_LAMBDA, 5, "as q goes to 0", 10, 0},
    {"tanh", FJ_WEIGHTS_GAUSSIAN, 10, FJ_DESIGN_VAR_LAMBDA, 10, "only approached", 10, 0},
    {"hard-tanh", FJ_WEIGHTS_GAUSSIAN, 10, FJ_DESIGN_VAR_LAMBDA, 10, "only approached", 10, 0},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 0, "only approached", 0, 0},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 1e9, "towards large q", NAN, 1e8},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_S_MAX, 1, "only approached", 1, 0},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_S_MAX, 0.5, "the least is 1,", 1, 0},
    {"tanh", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_CONDITION, 1, "only approached", 1, 0},
    /* the linear network: lambda_max = (L + 1)^(L + 1)/L^L = 6.75 at L = 2 */
    {"erf", FJ_WEIGHTS_GAUSSIAN, 2, FJ_DESIGN_S_MAX, 2, "as q goes to 0", 2.598076211353316, 0},
    {"sin", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 7, "the most is 5,", 5, NAN},
    {"sigmoid", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 9, "where the line ends", NAN,
     NAN},
    {"softplus", FJ_WEIGHTS_ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 1, "no critical line", NAN, NAN},
};

START_TEST(refused)
{
    const struct refusal *r = &refusals[_i];
    fj_activation *a = fj_test_make(r->spec);
    fj_design out;
    fj_detail detail = {""};
    fj_status status = fj_design_solve(a, r->weights, r->depth, r->target, r->value, &out, &detail);
    ck_assert_msg(status == FJ_INFEASIBLE, "%s: %s", r->spec, fj_status_message(status));
    ck_assert_msg(strstr(detail.text, r->words) != NULL, "'%s' lacks '%s'", detail.text, r->words);
    ck_assert_msg(strlen(detail.text) + 1 < sizeof detail.text, "cut: %s", detail.text);
    ck_assert(isnan(out.reached) && isnan(out.point.q_star) && isnan(out.q_least));
    if (!isnan(r->nearest))
        fj_assert_within(out.nearest, r->nearest, 1e-7 * r->nearest, detail.text);
    if (!isnan(r->q))
        fj_assert_near(out.nearest_q, r->q, 1e-9, detail.text);
    fj_activation_destroy(a);
}
END_TEST

/* Where a homogeneous activation has the value, every point has it. */
START_TEST(homogeneous_met)
{
    fj_design found = designed("relu", ORTHOGONAL, 10, FJ_DESIGN_VAR_LAMBDA, 10);
    ck_assert(found.q_least == 0 && found.point.q_star == 1);
    designed("relu", GAUSSIAN, 1, FJ_DESIGN_S_MAX, 1 + M_SQRT2);
    designed("linear", ORTHOGONAL, 7, FJ_DESIGN_CONDITION, 1);
    fj_activation *a = fj_test_make("linear");
    ck_assert_int_eq(fj_design_solve(a, ORTHOGONAL, 7, FJ_DESIGN_VAR_LAMBDA, 0, &found, NULL),
                     FJ_OK);
    ck_assert(found.reached == 0);
    fj_activation_destroy(a);
}
END_TEST

static void invalid(const fj_activation *a, fj_weights weights, uint64_t depth,
                    fj_design_target target, double value)
{
    fj_design out;
    fj_detail detail = {""};
    ck_assert_int_eq(fj_design_solve(a, weights, depth, target, value, &out, &detail), FJ_INVALID);
    ck_assert_msg(detail.text[0] != '\0', "nothing said");
    ck_assert(isnan(out.reached) && isnan(out.point.q_star) && isnan(out.nearest));
    ck_assert_int_eq(fj_design_solve(a, weights, depth, target, value, &out, NULL), FJ_INVALID);
}

START_TEST(arguments_outside_the_domain)
{
    fj_activation *a = fj_test_make("tanh");
    invalid(NULL, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, 2);
    invalid(a, (fj_weights)7, 3, FJ_DESIGN_S_MAX, 2);
    invalid(a, ORTHOGONAL, 0, FJ_DESIGN_S_MAX, 2);
    invalid(a, ORTHOGONAL, 3, (fj_design_target)7, 2);
    invalid(a, ORTHOGONAL, 3, FJ_DESIGN_VAR_LAMBDA, -1);
    invalid(a, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, 0);
    invalid(a, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, -2);
    invalid(a, ORTHOGONAL, 3, FJ_DESIGN_CONDITION, 0.99);
    for (int target = FJ_DESIGN_VAR_LAMBDA; target <= FJ_DESIGN_CONDITION; target++) {
        invalid(a, ORTHOGONAL, 3, (fj_design_target)target, NAN);
        invalid(a, ORTHOGONAL, 3, (fj_design_target)target, INFINITY);
    }
    ck_assert_int_eq(fj_design_solve(a, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, 2, NULL, NULL), FJ_INVALID);
    ck_assert_str_eq(fj_design_target_name((fj_design_target)7), "unknown");
    ck_assert_str_eq(fj_design_target_name(FJ_DESIGN_S_MAX), "s_max");
    fj_activation_destroy(a);
}
END_TEST

/* So deep that the laws which would decide cannot be computed: that is no proof that there is no such point. */
START_TEST(too_deep_to_decide)
{
    fj_activation *a = fj_test_make("tanh");
    fj_design out;
    fj_detail detail = {""};
    fj_status status =
        fj_design_solve(a, ORTHOGONAL, 100000000000000000, FJ_DESIGN_CONDITION, 1.5, &out, &detail);
    ck_assert_int_eq(status, FJ_UNSUPPORTED);
    ck_assert(detail.text[0] != '\0');
    ck_assert(isnan(out.reached) && isnan(out.point.q_star));
    /* at depth 10^15 it is met as promised, or refused as unresolved */
    status =
        fj_design_solve(a, ORTHOGONAL, 1000000000000000, FJ_DESIGN_CONDITION, 1.5, &out, &detail);
    ck_assert(status == FJ_NO_CONVERGENCE || fabs(out.reached / 1.5 - 1) <= 1.001e-10);
    fj_activation_destroy(a);
}
END_TEST

/* Without memory there is no law: that is told, and never taken for an unreachable target. */
START_TEST(without_memory)
{
    fj_activation *a = fj_test_make("tanh"), *relu = fj_test_make("relu");
    fj_design out;
    fj_detail detail = {""};
    allocations_left = 0;
    fj_status status = fj_design_solve(a, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, 2, &out, &detail);
    fj_status of_relu = fj_design_solve(relu, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, 2, &out, NULL);
    allocations_left = 40; /* some laws, then none */
    fj_status later = fj_design_solve(a, ORTHOGONAL, 3, FJ_DESIGN_S_MAX, 2, &out, NULL);
    allocations_left = -1;
    ck_assert_int_eq(status, FJ_NO_MEMORY);
    ck_assert_int_eq(of_relu, FJ_NO_MEMORY);
    ck_assert_int_eq(later, FJ_NO_MEMORY);
    fj_activation_destroy(a);
    fj_activation_destroy(relu);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("design");
    TCase *tables = tcase_create("tables"), *refusing = tcase_create("refusing");
    TCase *back = tcase_create("there and back");
    tcase_set_timeout(back, 0);
    tcase_set_timeout(tables, 60);
    tcase_set_timeout(refusing, 60);
    tcase_add_loop_test(tables, q_of_depth, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tables, deep_networks);
    tcase_add_test(tables, one_layer);
    tcase_add_test(tables, first_of_two);
    tcase_add_test(tables, stable_before_unstable);
    tcase_add_test(tables, plateau_and_leap);
    tcase_add_test(back, variances_there_and_back);
    tcase_add_test(back, edges_there_and_back);
    tcase_add_test(back, conditions_there_and_back);
    tcase_add_loop_test(refusing, refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(refusing, homogeneous_met);
    tcase_add_test(refusing, arguments_outside_the_domain);
    tcase_add_test(refusing, too_deep_to_decide);
    tcase_add_test(refusing, without_memory);
    suite_add_tcase(suite, tables);
    suite_add_tcase(suite, back);
    suite_add_tcase(suite, refusing);
    return fj_run_tap(suite);
}
