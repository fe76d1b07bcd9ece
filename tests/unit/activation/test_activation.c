/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "activation_internal.h"
#include "../sample.h"

enum { X_MOST = 6 };

/* ---- names and parameters ---- */

static const char *const names[] = {"linear",   "relu",    "leaky-relu", "hard-tanh", "tanh",
                                    "erf",      "sigmoid", "arctan",     "softsign",  "sin",
                                    "softplus", "elu",     "selu",       "gelu",      "silu"};

START_TEST(the_table_describes_every_kind)
{
    const size_t count = sizeof names / sizeof *names;
    fj_activation_info info;
    ck_assert_uint_eq(fj_activation_count(), count);
    for (size_t i = 0; i < count; i++) {
        size_t found = 0;
        for (size_t k = 0; k < count; k++) {
            ck_assert_int_eq(fj_activation_describe(k, &info), FJ_OK);
            found += strcmp(info.name, names[i]) == 0;
            ck_assert(*info.formula && *info.remark && info.parameters);
        }
        ck_assert_msg(found == 1, "%s is described %zu times", names[i], found);
        /* the defaults that are described are the defaults */
        char spec[96];
        fj_activation *a = fj_test_make(names[i]), *b;
        for (size_t k = 0; k < count && fj_activation_describe(k, &info) == FJ_OK; k++)
            if (strcmp(info.name, names[i]) == 0)
                break;
        snprintf(spec, sizeof spec, "%s%s%s", info.name, *info.parameters ? ":" : "",
                 info.parameters);
        ck_assert_str_eq(fj_activation_name(a), spec);
        ck_assert_int_eq(fj_activation_parity(a), info.parity);
        b = fj_test_make(spec);
        ck_assert_str_eq(fj_activation_name(b), spec);
        fj_activation_destroy(a);
        fj_activation_destroy(b);
    }
    ck_assert_int_eq(fj_activation_describe(count, &info), FJ_INVALID);
    ck_assert_int_eq(fj_activation_describe((size_t)-1, &info), FJ_INVALID);
    ck_assert_int_eq(fj_activation_describe(0, NULL), FJ_INVALID);
    fj_activation_destroy(NULL);
}
END_TEST

START_TEST(names_are_canonical)
{
    static const char *const pairs[][2] = {{"leaky-relu:slope=0.30", "leaky-relu:slope=0.3"},
                                           {"elu:alpha=5e-1", "elu:alpha=0.5"},
                                           {"softplus:beta=1e1", "softplus:beta=10"},
                                           {"softplus:beta=0x1p-2", "softplus:beta=0.25"},
                                           {"leaky-relu:slope=0", "leaky-relu:slope=0"},
                                           {"elu", "elu:alpha=1"},
                                           {"elu:alpha=0.1", "elu:alpha=0.1"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        fj_activation *a = fj_test_make(pairs[i][0]);
        ck_assert_str_eq(fj_activation_name(a), pairs[i][1]);
        fj_activation_destroy(a);
    }
    fj_test_random r = fj_test_random_make();
    for (int i = 0; i < 300; i++) { /* a name makes the same activation again */
        char spec[96];
        fj_test_spec(&r, (size_t)i % fj_activation_count(), spec, sizeof spec);
        fj_activation *a = fj_test_make(spec), *b = fj_test_make(fj_activation_name(a));
        ck_assert_str_eq(fj_activation_name(a), fj_activation_name(b));
        ck_assert_mem_eq(a->parameter, b->parameter, sizeof a->parameter);
        fj_activation_destroy(a);
        fj_activation_destroy(b);
    }
}
END_TEST

static const struct {
    const char *spec;
    fj_status status;
    const char *says; /* part of the detail */
} wrong[] = {
    {"", FJ_UNKNOWN, "no activation is called ''"},
    {"Tanh", FJ_UNKNOWN, "'Tanh'"},
    {"tan", FJ_UNKNOWN, "'tan'"},
    {"tanhh", FJ_UNKNOWN, "'tanhh'"},
    {" tanh", FJ_UNKNOWN, "' tanh'"},
    {"elu-0.5", FJ_UNKNOWN, "'elu-0.5'"},
    {":alpha=1", FJ_UNKNOWN, "''"},
    {"tanh:slope=1", FJ_UNKNOWN, "activation tanh has no parameter 'slope'; it takes: none"},
    {"tanh:", FJ_UNKNOWN, "it takes: none"},
    {"elu:beta=1", FJ_UNKNOWN, "activation elu has no parameter 'beta'; it takes: alpha=1"},
    {"elu:alph=1", FJ_UNKNOWN, "'alph'"},
    {"elu:=1", FJ_UNKNOWN, "''"},
    {"elu:alpha=1,", FJ_UNKNOWN, "''"},
    {"elu:,alpha=1", FJ_UNKNOWN, "''"},
    {"elu:alpha=1,slope=2", FJ_UNKNOWN, "'slope'"},
    {"elu:alpha", FJ_INVALID, "alpha needs a finite number, got ''"},
    {"elu:alpha=", FJ_INVALID, "got ''"},
    {"elu:alpha=x", FJ_INVALID, "got 'x'"},
    {"elu:alpha=1x", FJ_INVALID, "got '1x'"},
    {"elu:alpha=1=2", FJ_INVALID, "got '1=2'"},
    {"elu:alpha=nan", FJ_INVALID, "got 'nan'"},
    {"elu:alpha=-inf", FJ_INVALID, "got '-inf'"},
    {"elu:alpha=1e999", FJ_INVALID, "got '1e999'"},
    {"elu:alpha=0", FJ_INVALID, "alpha = 0 lies outside [0.001, 1000]"},
    {"elu:alpha=-1", FJ_INVALID, "alpha = -1 lies outside"},
    {"softplus:beta=1001", FJ_INVALID, "beta = 1001 lies outside"},
    {"softplus:beta=9e-4", FJ_INVALID, "beta = 0.0009 lies outside"},
    {"leaky-relu:slope=-0.01", FJ_INVALID, "slope = -0.01 lies outside [0, 1000]"},
    {"leaky-relu:slope=1001", FJ_INVALID, "slope = 1001 lies outside"},
    {NULL, FJ_INVALID, "no activation given"},
};

START_TEST(wrong_specs_are_refused)
{
    fj_detail detail;
    memset(&detail, 'x', sizeof detail);
    fj_activation *a = (fj_activation *)&detail; /* must become NULL */
    fj_status status = fj_activation_create(wrong[_i].spec, &a, &detail);
    ck_assert_msg(status == wrong[_i].status, "'%s': %s", wrong[_i].spec ? wrong[_i].spec : "NULL",
                  fj_status_message(status));
    ck_assert_ptr_null(a);
    ck_assert_ptr_nonnull(memchr(detail.text, '\0', sizeof detail.text));
    ck_assert_msg(strstr(detail.text, wrong[_i].says) != NULL, "'%s': %s",
                  wrong[_i].spec ? wrong[_i].spec : "NULL", detail.text);
    ck_assert_int_eq(fj_activation_create(wrong[_i].spec, &a, NULL), wrong[_i].status);
}
END_TEST

START_TEST(long_specs_stay_inside_their_room)
{
    enum { LENGTH = 5000 };
    char spec[LENGTH + 1];
    fj_detail detail;
    fj_activation *a;
    static const char *const starts[] = {"n", "elu:alpha=1", "elu:k", "elu:alpha=0.5,key"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        memset(spec, '7', LENGTH);
        spec[LENGTH] = '\0';
        memcpy(spec, starts[i], strlen(starts[i]));
        memset(&detail, 'x', sizeof detail);
        ck_assert_int_ne(fj_activation_create(spec, &a, &detail), FJ_OK);
        ck_assert_ptr_null(a);
        ck_assert_ptr_nonnull(memchr(detail.text, '\0', sizeof detail.text));
        ck_assert(strlen(detail.text) > 20);
    }
    ck_assert_int_eq(fj_activation_create("tanh", NULL, &detail), FJ_INVALID);
}
END_TEST

/* ---- values: 40-digit arithmetic by another program ---- */

static const struct {
    const char *spec;
    double x, value, slope, curvature;
} values[] = {
    {"tanh", 1.25, 0.8482836399575129, 0.28041486618043263, -0.47574268676347254},
    {"tanh", -2.375, -0.98284502917257603, 0.034015648630758173, 0.066864222341643224},
    {"erf", 1.25, 0.8828017622306921, 0.29311664883326179, -0.57553319413714654},
    {"erf", -2.375, -0.9970855602240551, 0.01191286327231945, 0.044442619440701909},
    {"sigmoid", 1.25, 0.77729986117469115, 0.17310478699249702, -0.09600386680338781},
    {"sigmoid", -2.375, 0.085099045007020236, 0.077857197545913381, 0.064606051229753084},
    {"arctan", 1.25, 0.89605538457134396, 0.39024390243902439, -0.38072575847709697},
    {"arctan", -2.375, -1.1722738811284764, 0.15058823529411765, 0.10771487889273356},
    {"softsign", 1.25, 0.55555555555555556, 0.19753086419753086, -0.17558299039780521},
    {"softsign", -2.375, -0.7037037037037037, 0.087791495198902606, 0.052024589747497841},
    {"sin", 1.25, 0.94898461935558621, 0.31532236239526867, -0.94898461935558621},
    {"sin", -2.375, -0.6936850319532718, -0.72027847145669173, 0.6936850319532718},
    {"softplus", 1.25, 1.5019290813453729, 0.77729986117469115, 0.17310478699249702},
    {"softplus", -2.375, 0.088939465474938726, 0.085099045007020236, 0.077857197545913381},
    {"softplus:beta=3.5", 1.25, 1.2535741629360495, 0.98756834914681418, 0.042969867185876062},
    {"softplus:beta=3.5", -2.375, 7.0114168159649396e-5, 0.00024536948054262244,
     0.00085858246026224238},
    {"elu", 1.25, 1.25, 1, 0},
    {"elu", -2.375, -0.90698551078933651, 0.093014489210663487, 0.093014489210663487},
    {"elu:alpha=0.4", -2.375, -0.36279420431573463, 0.037205795684265397, 0.037205795684265397},
    {"selu", 1.25, 1.3133762341943506, 1.0507009873554805, 0},
    {"selu", -2.375, -1.5945706286768539, 0.16352871217052292, 0.16352871217052292},
    {"gelu", 1.25, 1.1179377829164309, 1.1226615830694221, 0.079908974857697083},
    {"gelu", -2.375, -0.020839378352378609, -0.04768378937530692, -0.086544576458904939},
    {"silu", 1.25, 0.97162482646836393, 0.99368084491531242, 0.22620474048075927},
    {"silu", -2.375, -0.20211023189167306, -0.099811799164524043, 0.0022750234211631866},
    {"linear", -2.375, -2.375, 1, 0},
    {"relu", 1.25, 1.25, 1, 0},
    {"relu", -2.375, 0, 0, 0},
    {"leaky-relu:slope=0.25", -2.375, -0.59375, 0.25, 0},
    {"hard-tanh", 1.25, 1, 0, 0},
    {"hard-tanh", -0.625, -0.625, 1, 0},
};

START_TEST(values_to_the_last_digits)
{
    static const double ROUNDING = 4 * DBL_EPSILON; /* of sums of two terms */
    fj_activation *a = fj_test_make(values[_i].spec);
    double x = values[_i].x,
           largest = 1; /* phi' of gelu and silu is a difference of terms below 1 */
    if (strncmp(values[_i].spec, "softplus", 8) == 0 || strncmp(values[_i].spec, "tanh", 4) == 0)
        largest = 0; /* no differences: relative */
    char what[64];
    snprintf(what, sizeof what, "%s at %g", values[_i].spec, x);
    fj_assert_near(fj_activation_value(a, x), values[_i].value, 2 * ROUNDING, what);
    fj_assert_within(fj_activation_slope(a, x), values[_i].slope,
                     ROUNDING * (2 * fabs(values[_i].slope) + largest), what);
    fj_assert_within(fj_activation_curvature(a, x), values[_i].curvature,
                     ROUNDING * (2 * fabs(values[_i].curvature) + largest), what);
    fj_activation_destroy(a);
}
END_TEST

static const struct {
    const char *spec;
    double x, log_slope;
} tails[] = {
    {"tanh", -29.5, -57.613705638880109},
    {"tanh", -900, -1798.6137056388801},
    {"sigmoid", -29.5, -29.500000000000309},
    {"sigmoid", -900, -900},
    {"erf", -29.5, -683.49275169662939},
    {"erf", -900, -636172.51235193313},
    {"softplus", -29.5, -29.500000000000154},
    {"softplus", -900, -900},
    {"elu", -29.5, -29.5},
    {"elu", -900, -900},
    {"selu", -29.5, -28.935766694456746},
    {"selu", -900, -899.43576669445675},
    {"gelu", -29.5, -432.66069670825592},
    {"gelu", -31.25, -485.75919263522629},
    {"gelu", -900, -404994.11654500445},
    {"silu", -29.5, -26.150095912725709},
    {"silu", -31.25, -27.840503815523204},
    {"silu", -900, -893.19871696552838},
};

START_TEST(logarithms_of_the_slope_in_the_tails)
{
    fj_activation *a = fj_test_make(tails[_i].spec);
    char what[64];
    snprintf(what, sizeof what, "log phi' of %s at %g", tails[_i].spec, tails[_i].x);
    fj_assert_near(a->kind->log_slope(a->parameter, tails[_i].x), tails[_i].log_slope,
                   4 * DBL_EPSILON, what);
    fj_activation_destroy(a);
}
END_TEST

/* ---- properties of every kind ---- */

/* Is x within `near` of a kink? */
static int near_kink(const fj_activation *a, double x, double near)
{
    double kink[4];
    size_t n = fj_activation_kinks(a, kink, 4);
    for (size_t i = 0; i < n; i++)
        if (fabs(x - kink[i]) < near)
            return 1;
    return 0;
}

/* f'(x) by a central difference of fourth order, and what its rounding may be. */
static double difference(double (*f)(const fj_activation *, double), const fj_activation *a,
                         double x, double step, double *rounding)
{
    double f1 = f(a, x + step), f2 = f(a, x + 2 * step), g1 = f(a, x - step),
           g2 = f(a, x - 2 * step);
    *rounding = 8 * DBL_EPSILON * fmax(1, fabs(f1)) * fmax(1, fabs(x)) / step;
    return (8 * (f1 - g1) - (f2 - g2)) / (12 * step);
}

START_TEST(derivatives_are_derivatives)
{
    /* the fifth derivative in the remainder step^4 f5/30 stays below this where |f| <= 1 and lengths are of order 1 */
    static const double FIFTH = 300, STEP = 5e-4;
    fj_test_random r = fj_test_random_make();
    int compared = 0, times = fj_test_times(300);
    for (int i = 0; i < times; i++) {
        char spec[96], what[160];
        fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
        fj_activation *a = fj_test_make(spec);
        double x = fj_test_uniform(&r, -X_MOST, X_MOST), rounding;
        double sharp = strncmp(spec, "softplus", 8) == 0 ? fmax(1, a->parameter[0]) : 1;
        double step = STEP / sharp, remainder = FIFTH * pow(STEP, 4) / 30;
        snprintf(what, sizeof what, "%s at %.17g", spec, x);
        if (!near_kink(a, x, 3 * step)) {
            double got = difference(fj_activation_value, a, x, step, &rounding);
            fj_assert_within(got, fj_activation_slope(a, x), remainder + rounding, what);
            got = difference(fj_activation_slope, a, x, step, &rounding);
            fj_assert_within(got, fj_activation_curvature(a, x), remainder * sharp + rounding,
                             what);
            double slope = fabs(fj_activation_slope(a, x));
            if (a->kind->log_slope && slope > 1e-2)
                fj_assert_within(a->kind->log_slope(a->parameter, x), log(slope),
                                 8 * DBL_EPSILON * (1 + 1 / slope), what);
            compared++;
        }
        fj_activation_destroy(a);
    }
    ck_assert_int_ge(compared, times / 2);
}
END_TEST

START_TEST(parity_is_true)
{
    fj_test_random r = fj_test_random_make();
    char spec[96], what[256];
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    fj_activation *a = fj_test_make(spec);
    const fj_parity parity = fj_activation_parity(a);
    double odd = 0, even = 0, even_slope = 0; /* the largest violations */
    for (int i = 0; i < 200; i++) {
        double x = fj_test_loguniform(&r, 1e-3, 30);
        double f = fj_activation_value(a, x), g = fj_activation_value(a, -x);
        double df = fj_activation_slope(a, x), dg = fj_activation_slope(a, -x);
        odd = fmax(odd, fabs(f + g) / (fabs(f) + fabs(g)));
        even = fmax(even, fabs(f - g) / (fabs(f) + fabs(g)));
        even_slope = fmax(even_slope, fabs(df * df - dg * dg));
    }
    snprintf(what, sizeof what, "%s: odd to %g, even to %g, phi'^2 even to %g", spec, odd, even,
             even_slope);
    ck_assert_msg((odd == 0) == (parity == FJ_PARITY_ODD), "%s", what);
    ck_assert_msg((even == 0) == (parity == FJ_PARITY_EVEN), "%s", what);
    ck_assert_msg((even_slope == 0) == (a->kind->even_slope != 0), "%s", what);
    fj_activation_destroy(a);
    a = fj_test_make("leaky-relu:slope=1");
    ck_assert_int_eq(fj_activation_parity(a), FJ_PARITY_ODD);
    ck_assert_uint_eq(fj_activation_kinks(a, NULL, 0), 0);
    fj_activation_destroy(a);
}
END_TEST

START_TEST(kinks_are_where_a_derivative_jumps)
{
    static const double none[2] = {NAN, NAN};
    fj_test_random r = fj_test_random_make();
    char spec[96];
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    if (strcmp(spec, "elu") == 0)
        return;
    fj_activation *a = fj_test_make(spec);
    double kink[2] = {none[0], none[1]}, first = 77;
    size_t n = fj_activation_kinks(a, kink, 2);
    if (strcmp(spec, "hard-tanh") == 0) {
        ck_assert(n == 2 && kink[0] == -1 && kink[1] == 1);
    } else {
        int expected = strstr(spec, "relu") || strstr(spec, "elu:") || strcmp(spec, "selu") == 0 ||
                       strcmp(spec, "softsign") == 0;
        ck_assert_msg(n == (size_t)expected, "%s: %zu kinks", spec, n);
        ck_assert(n == 0 || kink[0] == 0);
    }
    ck_assert_uint_eq(fj_activation_kinks(a, NULL, 0), n);
    ck_assert_uint_eq(fj_activation_kinks(a, &first, n ? 1 : 0), n);
    ck_assert(n ? first == kink[0] : first == 77);
    for (size_t i = 0; i < n; i++) {
        double left = nextafter(kink[i], -INFINITY), right = nextafter(kink[i], INFINITY);
        double jump = fabs(fj_activation_slope(a, left) - fj_activation_slope(a, right)) +
                      fabs(fj_activation_curvature(a, left) - fj_activation_curvature(a, right));
        ck_assert_msg(jump > 1e-3, "%s does not jump at %g", spec, kink[i]);
        /* phi itself is continuous; derivatives at a kink are those from the right */
        fj_assert_within(fj_activation_value(a, left), fj_activation_value(a, right), 1e-15, spec);
        fj_assert_within(fj_activation_slope(a, kink[i]), fj_activation_slope(a, right), 1e-15,
                         spec);
        fj_assert_within(fj_activation_curvature(a, kink[i]), fj_activation_curvature(a, right),
                         1e-15, spec);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(flats_and_pieces_cover_the_axis)
{
    fj_test_random r = fj_test_random_make();
    char spec[96];
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    fj_activation *a = fj_test_make(spec);
    double at = -INFINITY; /* covered up to here */
    size_t flat = 0, piece = 0;
    while (flat < a->flats || piece < a->pieces) {
        int is_flat = flat < a->flats && a->flat[flat].from == at;
        ck_assert_msg(is_flat || (piece < a->pieces && a->piece[piece].from == at),
                      "%s: nothing starts at %g", spec, at);
        double to = is_flat ? a->flat[flat].to : a->piece[piece].to, least = INFINITY, most = 0;
        ck_assert_msg(to > at, "%s: empty at %g", spec, at);
        for (int i = 0; i < 50; i++) {
            double x = fj_test_uniform(&r, fmax(at, -X_MOST), fmin(to, X_MOST));
            if (!(x > at && x < to))
                continue;
            double slope = fj_activation_slope(a, x);
            least = fmin(least, fabs(slope));
            most = fmax(most, fabs(slope));
            if (is_flat)
                ck_assert_msg(slope == a->flat[flat].slope && fj_activation_curvature(a, x) == 0,
                              "%s: %.17g is in no flat part", spec, x);
        }
        ck_assert_msg(is_flat ? least == most : least < most, "%s: from %g to %g", spec, at, to);
        at = to;
        flat += (size_t)is_flat;
        piece += (size_t)!is_flat;
    }
    ck_assert_msg(at == INFINITY, "%s: covered up to %g only", spec, at);
    fj_activation_destroy(a);
}
END_TEST

/* phi' at -infinity and at +infinity; sin has no limit */
static void limits(const fj_activation *a, double *left, double *right)
{
    const char *name = a->kind->info.name;
    static const char *const rising[] = {"relu", "leaky-relu", "softplus", "elu", "gelu", "silu"};
    *left = *right = strcmp(name, "linear") == 0 ? 1 : strcmp(name, "sin") == 0 ? NAN : 0;
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++)
        if (strcmp(name, rising[i]) == 0)
            *right = 1;
    if (strcmp(name, "leaky-relu") == 0)
        *left = a->parameter[0];
    if (strcmp(name, "selu") == 0)
        *right = 1.0507009873554805;
}

START_TEST(far_out_nothing_breaks)
{
    static const double far[] = {0,   1e-320, 1e-300, 1e-9, 19,    40,
                                 700, 746,    1e4,    1e16, 1e154, 1e300};
    fj_test_random r = fj_test_random_make();
    char spec[96], what[256];
    double left, right;
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    fj_activation *a = fj_test_make(spec);
    limits(a, &left, &right);
    for (size_t i = 0; i < 2 * sizeof far / sizeof *far; i++) {
        double size = far[i / 2], x = i % 2 ? -size : size, algebraic = 2 / size / size;
        double f = fj_activation_value(a, x), df = fj_activation_slope(a, x);
        double ddf = fj_activation_curvature(a, x);
        snprintf(what, sizeof what, "%s at %.17g: %g, %g, %g", spec, x, f, df, ddf);
        ck_assert_msg(isfinite(f) && isfinite(df) && isfinite(ddf), "%s", what);
        ck_assert_msg(fabs(df) <= 2 && fabs(ddf) <= 5 && fabs(f) <= 2 * size + 4, "%s", what);
        if (size < 746 || isnan(left))
            continue;
        fj_assert_within(df, x > 0 ? right : left, algebraic, what);
        fj_assert_within(ddf, 0, algebraic, what);
    }
    fj_activation_destroy(a);
}
END_TEST

START_TEST(homogeneous_means_homogeneous)
{
    fj_test_random r = fj_test_random_make();
    char spec[96];
    fj_test_spec(&r, (size_t)_i, spec, sizeof spec);
    fj_activation *a = fj_test_make(spec);
    double worst = 0;
    for (int i = 0; i < 50; i++) {
        double x = fj_test_uniform(&r, -3, 3), c = fj_test_uniform(&r, 0.1, 5);
        double want = c * fj_activation_value(a, x);
        worst = fmax(worst, fabs(fj_activation_value(a, c * x) - want) / (fabs(want) + 1e-3));
    }
    ck_assert_msg((worst < 1e-15) == (fj_activation_is_homogeneous(a) != 0), "%s: off by %g", spec,
                  worst);
    fj_activation_destroy(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("activation");
    TCase *name = tcase_create("names"), *value = tcase_create("values");
    TCase *every = tcase_create("every kind");
    const int kinds = (int)fj_activation_count();
    suite_add_tcase(suite, name);
    tcase_add_test(name, the_table_describes_every_kind);
    tcase_add_test(name, names_are_canonical);
    tcase_add_loop_test(name, wrong_specs_are_refused, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(name, long_specs_stay_inside_their_room);
    suite_add_tcase(suite, value);
    tcase_add_loop_test(value, values_to_the_last_digits, 0, sizeof values / sizeof *values);
    tcase_add_loop_test(value, logarithms_of_the_slope_in_the_tails, 0,
                        sizeof tails / sizeof *tails);
    suite_add_tcase(suite, every);
    tcase_add_loop_test(every, derivatives_are_derivatives, 0, kinds);
    tcase_add_loop_test(every, parity_is_true, 0, kinds);
    tcase_add_loop_test(every, kinks_are_where_a_derivative_jumps, 0, kinds);
    tcase_add_loop_test(every, flats_and_pieces_cover_the_axis, 0, kinds);
    tcase_add_loop_test(every, far_out_nothing_breaks, 0, kinds);
    tcase_add_loop_test(every, homogeneous_means_homogeneous, 0, kinds);
    return fj_run_tap(suite);
}
