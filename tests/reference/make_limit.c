/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make-limit OUTDIR: makes data/limit.csv, the universal laws of infinite depth.
 *
 * Not in the library's variable u, and with no use of its distribution function:
 * 1. Smooth, log z = log((1+m)/m) + v m with v = sigma_0^2, m = a - ib: arg z = 0 says that the segment
 *    [-1, 0] is seen from m under the angle v b. angle/b falls with b, so each a between the edges has
 *    one b. a = middle + half sin(phi) makes everything smooth up to the edges.
 * 2. Bernoulli, log z = -log y + v y with y = m/(1+m) = -W(-v/z)/v, W Lambert's function:
 *    v y = theta cot(theta) - i theta, 0 < theta < pi, is all of it in real numbers.
 * 3. The curve's parameter (phi or theta) at which lambda = s^2 is bracketed in long double, then found
 *    by Newton in MPFR at exactly that double s; the density is b/pi.
 * 4. cdf: the density integrated along the curve by Gauss-Legendre panels, from the lower end.
 * 5. All twice, with other precision, nodes and panels; a row is written when both agree to 1e-25.
 * Residual networks: the smooth law with v = 2c, lambda times e^c.
 */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum kind { SMOOTH, BERNOULLI, RESNET, N_KINDS };
static const char *const words[N_KINDS] = {"smooth", "bernoulli", "resnet"};

/* One law at one precision. */
struct curve {
    enum kind kind;
    const fj_precise_rule *rule;
    int panels;
    mpfr_t v, shift, middle, half; /* half: of the range of a */
    long double lv, lmiddle, lhalf, lshift;
    mpfr_t b, slope; /* at a parameter: b = -Im m, |d log lambda/d parameter| */
    mpfr_t t[4];
    mpc_t m, f, g;
};

static void curve_make(struct curve *c, enum kind kind, double parameter,
                       const fj_precise_rule *rule, int panels)
{
    mpfr_prec_t prec = rule->plan.prec;
    *c = (struct curve){.kind = kind, .rule = rule, .panels = panels};
    mpfr_inits2(prec, c->v, c->shift, c->middle, c->half, c->b, c->slope, (mpfr_ptr)0);
    for (int i = 0; i < 4; i++)
        mpfr_init2(c->t[i], prec);
    mpc_init2(c->m, prec);
    mpc_init2(c->f, prec);
    mpc_init2(c->g, prec);
    mpfr_set_d(c->v, parameter, MPFR_RNDN);
    mpfr_set_zero(c->shift, 1);
    if (kind == RESNET) {
        mpfr_set(c->shift, c->v, MPFR_RNDN);
        mpfr_mul_2ui(c->v, c->v, 1, MPFR_RNDN);
    } else {
        mpfr_sqr(c->v, c->v, MPFR_RNDN);
    }
    mpfr_set_d(c->middle, -0.5, MPFR_RNDN);
    mpfr_ui_div(c->half, 4, c->v, MPFR_RNDN);
    mpfr_add_ui(c->half, c->half, 1, MPFR_RNDN);
    mpfr_sqrt(c->half, c->half, MPFR_RNDN);
    mpfr_div_2ui(c->half, c->half, 1, MPFR_RNDN);
    c->lv = mpfr_get_ld(c->v, MPFR_RNDN);
    c->lmiddle = -0.5L;
    c->lhalf = mpfr_get_ld(c->half, MPFR_RNDN);
    c->lshift = mpfr_get_ld(c->shift, MPFR_RNDN);
}

static void curve_free(struct curve *c)
{
    mpfr_clears(c->v, c->shift, c->middle, c->half, c->b, c->slope, (mpfr_ptr)0);
    for (int i = 0; i < 4; i++)
        mpfr_clear(c->t[i]);
    mpc_clear(c->m);
    mpc_clear(c->f);
    mpc_clear(c->g);
}

/* b at a, by bisection. */
static long double b_quick(const struct curve *c, long double a)
{
    long double low = 0, high = 4 / sqrtl(c->lv) + 4 / c->lv;
    for (int i = 0; i < 90; i++) {
        long double b = (low + high) / 2;
        if (atan2l(b, a * (a + 1) + b * b) > c->lv * b)
            low = b;
        else
            high = b;
    }
    return (low + high) / 2;
}

/* log lambda at the parameter. */
static long double height_quick(const struct curve *c, long double x)
{
    if (c->kind == BERNOULLI)
        return logl(c->lv * sinl(x) / x) + x / tanl(x);
    long double a = c->lmiddle + c->lhalf * sinl(x), b = b_quick(c, a);
    return c->lshift + logl(hypotl(1 + a, b) / hypotl(a, b)) + c->lv * a;
}

/* Step 1 at a: b by Newton, from long double. */
static void b_exact(struct curve *c, const mpfr_t a)
{
    mpfr_ptr e = c->t[1], g = c->t[2], h = c->t[3];
    mpfr_set_ld(c->b, b_quick(c, mpfr_get_ld(a, MPFR_RNDN)), MPFR_RNDN);
    for (int i = 0; i < 6; i++) {
        mpfr_add_ui(g, a, 1, MPFR_RNDN); /* g = a (a + 1) + b^2 */
        mpfr_mul(g, g, a, MPFR_RNDN);
        mpfr_fma(g, c->b, c->b, g, MPFR_RNDN);
        mpfr_atan2(e, c->b, g, MPFR_RNDN); /* e = angle - v b */
        mpfr_mul(h, c->v, c->b, MPFR_RNDN);
        mpfr_sub(e, e, h, MPFR_RNDN);
        mpfr_sqr(h, g, MPFR_RNDN); /* g = (g - 2 b^2)/(g^2 + b^2) - v */
        mpfr_fma(h, c->b, c->b, h, MPFR_RNDN);
        mpfr_fms(g, c->b, c->b, g, MPFR_RNDN);
        mpfr_fma(g, c->b, c->b, g, MPFR_RNDN);
        mpfr_neg(g, g, MPFR_RNDN);
        mpfr_div(g, g, h, MPFR_RNDN);
        mpfr_sub(g, g, c->v, MPFR_RNDN);
        mpfr_div(e, e, g, MPFR_RNDN);
        mpfr_sub(c->b, c->b, e, MPFR_RNDN);
    }
}

/* g = d log z/dm = v - 1/(m (1 + m)) */
static void slope_smooth(struct curve *c)
{
    mpc_add_ui(c->g, c->m, 1, MPC_RNDNN);
    mpc_mul(c->g, c->g, c->m, MPC_RNDNN);
    mpc_ui_div(c->g, 1, c->g, MPC_RNDNN);
    mpc_fr_sub(c->g, c->v, c->g, MPC_RNDNN);
}

/* b and |d log lambda/dx| at phi = x: along the curve d log lambda/da = |g|^2/Re g. */
static void node_smooth(struct curve *c, const mpfr_t x)
{
    mpfr_sin_cos(c->t[0], c->slope, x, MPFR_RNDN);
    mpfr_fma(c->t[0], c->t[0], c->half, c->middle, MPFR_RNDN);
    b_exact(c, c->t[0]);
    mpfr_set(mpc_realref(c->m), c->t[0], MPFR_RNDN);
    mpfr_neg(mpc_imagref(c->m), c->b, MPFR_RNDN);
    slope_smooth(c);
    mpfr_mul(c->slope, c->slope, c->half, MPFR_RNDN);
    mpc_norm(c->t[0], c->g, MPFR_RNDN);
    mpfr_div(c->t[0], c->t[0], mpc_realref(c->g), MPFR_RNDN);
    mpfr_mul(c->slope, c->slope, c->t[0], MPFR_RNDN);
    mpfr_abs(c->slope, c->slope, MPFR_RNDN);
}

/* t[0] = theta cot(theta), t[1] = cot(theta), t[2] = sin(theta) at theta = x; m = y/(1 - y). */
static void node_bernoulli(struct curve *c, const mpfr_t x)
{
    mpfr_sin_cos(c->t[2], c->t[1], x, MPFR_RNDN);
    mpfr_div(c->t[1], c->t[1], c->t[2], MPFR_RNDN);
    mpfr_mul(c->t[0], c->t[1], x, MPFR_RNDN);
    mpfr_set(mpc_realref(c->f), c->t[0], MPFR_RNDN);
    mpfr_neg(mpc_imagref(c->f), x, MPFR_RNDN);
    mpc_div_fr(c->f, c->f, c->v, MPC_RNDNN);
    mpc_ui_sub(c->g, 1, c->f, MPC_RNDNN);
    mpc_div(c->m, c->f, c->g, MPC_RNDNN);
    mpfr_neg(c->b, mpc_imagref(c->m), MPFR_RNDN);
    /* -(2 cot - 1/theta - theta/sin^2) */
    mpfr_sqr(c->t[3], c->t[2], MPFR_RNDN);
    mpfr_div(c->slope, x, c->t[3], MPFR_RNDN);
    mpfr_ui_div(c->t[3], 1, x, MPFR_RNDN);
    mpfr_add(c->slope, c->slope, c->t[3], MPFR_RNDN);
    mpfr_mul_2ui(c->t[3], c->t[1], 1, MPFR_RNDN);
    mpfr_sub(c->slope, c->slope, c->t[3], MPFR_RNDN);
}

static void node(struct curve *c, const mpfr_t x)
{
    if (c->kind == BERNOULLI)
        node_bernoulli(c, x);
    else
        node_smooth(c, x);
}

/* Step 4: from the lower end to x, in tau from 0 to 1: linear for phi; the cube for theta, since the density's
 * scale next to theta = pi is 1/v. */
static void integrate(struct curve *c, const mpfr_t x, mpfr_t cdf)
{
    const unsigned power = c->kind == BERNOULLI ? 3 : 1;
    mpfr_t from, width, tau, at, term;
    mpfr_inits2(c->rule->plan.prec, from, width, tau, at, term, (mpfr_ptr)0);
    mpfr_const_pi(from, MPFR_RNDN);
    if (c->kind != BERNOULLI)
        mpfr_div_si(from, from, -2, MPFR_RNDN);
    mpfr_sub(width, x, from, MPFR_RNDN);
    mpfr_set_zero(cdf, 1);
    for (int p = 0; p < c->panels; p++)
        for (int i = 0; i < c->rule->plan.n; i++) {
            mpfr_add_ui(tau, c->rule->node[i], 2 * (unsigned)p + 1, MPFR_RNDN);
            mpfr_div_ui(tau, tau, 2 * (unsigned)c->panels, MPFR_RNDN);
            mpfr_pow_ui(at, tau, power, MPFR_RNDN);
            mpfr_fma(at, at, width, from, MPFR_RNDN);
            node(c, at);
            mpfr_pow_ui(tau, tau, power - 1, MPFR_RNDN);
            mpfr_mul(term, c->b, c->slope, MPFR_RNDN);
            mpfr_mul(term, term, tau, MPFR_RNDN);
            mpfr_fma(cdf, term, c->rule->weight[i], cdf, MPFR_RNDN);
        }
    mpfr_mul(cdf, cdf, width, MPFR_RNDN);
    mpfr_mul_ui(cdf, cdf, power, MPFR_RNDN);
    mpfr_div_ui(cdf, cdf, 2 * (unsigned)c->panels, MPFR_RNDN);
    mpfr_abs(cdf, cdf, MPFR_RNDN);
    mpfr_const_pi(term, MPFR_RNDN);
    mpfr_div(cdf, cdf, term, MPFR_RNDN);
    mpfr_clears(from, width, tau, at, term, (mpfr_ptr)0);
}

/* Step 3 for the smooth law: m with log z = target, then phi. */
static void solve_smooth(struct curve *c, const mpfr_t target, long double start, mpfr_t x)
{
    long double a = c->lmiddle + c->lhalf * sinl(start);
    mpc_set_ldc(c->m, fj_make_complex(a, -b_quick(c, a)), MPC_RNDNN);
    for (int i = 0; i < 9; i++) {
        mpc_add_ui(c->f, c->m, 1, MPC_RNDNN);
        mpc_div(c->f, c->f, c->m, MPC_RNDNN);
        mpc_log(c->f, c->f, MPC_RNDNN);
        mpc_mul_fr(c->g, c->m, c->v, MPC_RNDNN);
        mpc_add(c->f, c->f, c->g, MPC_RNDNN);
        mpc_add_fr(c->f, c->f, c->shift, MPC_RNDNN);
        mpc_sub_fr(c->f, c->f, target, MPC_RNDNN);
        slope_smooth(c);
        mpc_div(c->f, c->f, c->g, MPC_RNDNN);
        mpc_sub(c->m, c->m, c->f, MPC_RNDNN);
    }
    mpfr_neg(c->b, mpc_imagref(c->m), MPFR_RNDN);
    mpfr_sub(x, mpc_realref(c->m), c->middle, MPFR_RNDN);
    mpfr_div(x, x, c->half, MPFR_RNDN);
    mpfr_asin(x, x, MPFR_RNDN);
}

static void solve_bernoulli(struct curve *c, const mpfr_t target, long double start, mpfr_t x)
{
    mpfr_set_ld(x, start, MPFR_RNDN);
    for (int i = 0; i < 9; i++) {
        node_bernoulli(c, x);
        mpfr_mul(c->t[3], c->t[2], c->v, MPFR_RNDN);
        mpfr_div(c->t[3], c->t[3], x, MPFR_RNDN);
        mpfr_log(c->t[3], c->t[3], MPFR_RNDN);
        mpfr_add(c->t[3], c->t[3], c->t[0], MPFR_RNDN);
        mpfr_sub(c->t[3], c->t[3], target, MPFR_RNDN);
        mpfr_div(c->t[3], c->t[3], c->slope, MPFR_RNDN);
        mpfr_add(x, x, c->t[3], MPFR_RNDN); /* the slope is negative */
    }
    node_bernoulli(c, x);
}

/* density per unit s and cdf at s; start: the parameter. */
static void point(struct curve *c, double s, long double start, mpfr_t density, mpfr_t cdf)
{
    mpfr_t target, x;
    mpfr_inits2(c->rule->plan.prec, target, x, (mpfr_ptr)0);
    mpfr_set_d(target, s, MPFR_RNDN);
    mpfr_log(target, target, MPFR_RNDN);
    mpfr_mul_2ui(target, target, 1, MPFR_RNDN);
    if (c->kind == BERNOULLI)
        solve_bernoulli(c, target, start, x);
    else
        solve_smooth(c, target, start, x);
    mpfr_mul_2ui(density, c->b, 1, MPFR_RNDN); /* per unit log lambda -> per unit s */
    mpfr_div_d(density, density, s, MPFR_RNDN);
    mpfr_const_pi(target, MPFR_RNDN);
    mpfr_div(density, density, target, MPFR_RNDN);
    integrate(c, x, cdf);
    mpfr_clears(target, x, (mpfr_ptr)0);
}

/* The parameter at a double s, by bisection between the ends. */
static long double start_find(const struct curve *c, double s)
{
    const long double pi = acosl(-1), target = 2 * logl(s);
    long double low = c->kind == BERNOULLI ? pi : -pi / 2;
    long double high = c->kind == BERNOULLI ? 0 : pi / 2;
    for (int i = 0; i < 80; i++) {
        long double x = (low + high) / 2;
        if (height_quick(c, x) < target)
            low = x;
        else
            high = x;
    }
    return (low + high) / 2;
}

/* s of the lower (-1) or upper (+1) edge. */
static void edge(struct curve *c, int side, mpfr_t s)
{
    if (c->kind == BERNOULLI) { /* lambda = e v */
        mpfr_log(s, c->v, MPFR_RNDN);
        mpfr_add_ui(s, s, 1, MPFR_RNDN);
    } else { /* m = -1/2 +- half is real, (1 + m)/m > 0 */
        mpfr_mul_si(c->t[0], c->half, side, MPFR_RNDN);
        mpfr_add(c->t[0], c->t[0], c->middle, MPFR_RNDN);
        mpfr_add_ui(s, c->t[0], 1, MPFR_RNDN);
        mpfr_div(s, s, c->t[0], MPFR_RNDN);
        mpfr_log(s, s, MPFR_RNDN);
        mpfr_fma(s, c->t[0], c->v, s, MPFR_RNDN);
        mpfr_add(s, s, c->shift, MPFR_RNDN);
    }
    mpfr_div_2ui(s, s, 1, MPFR_RNDN);
    mpfr_exp(s, s, MPFR_RNDN);
}

/* Writes a row if both pairs agree; NULL is written as nan. */
static int row(FILE *out, const char *head, const char *what, const char *s, mpfr_t *value,
               mpfr_t *cdf)
{
    if (!digits_agree(value[0], value[1], false) || (cdf && !digits_agree(cdf[0], cdf[1], true))) {
        fprintf(stderr, "left out: %s,%s,%s\n", head, what, s);
        return 1;
    }
    fprintf(out, "%s,%s,%s", head, what, s);
    print_number(out, value[1]);
    if (cdf)
        print_number(out, cdf[1]);
    else
        fputs(",nan", out);
    fputc('\n', out);
    return 0;
}

static int law_rows(FILE *out, enum kind kind, double parameter)
{
    static const double parts[] = {0.0005, 0.005, 0.03, 0.1,  0.2,   0.35,  0.5,
                                   0.65,   0.8,   0.9,  0.97, 0.995, 0.9993};
    struct curve c[2];
    mpfr_t density[2], cdf[2];
    char head[64], text[40];
    int left_out = 0, few = parameter < 8 ? 1 : 5; /* laws over many decades ask for more panels */
    for (int r = 0; r < 2; r++) {
        curve_make(&c[r], kind, parameter, &rules[r ? RULE_CHECK : RULE_FINE], few * (r ? 17 : 14));
        mpfr_inits2(c[r].rule->plan.prec, density[r], cdf[r], (mpfr_ptr)0);
    }
    snprintf(head, sizeof head, "%s,%.17g", words[kind], parameter);
    for (int side = kind == BERNOULLI ? 1 : -1; side <= 1; side += 2) {
        for (int r = 0; r < 2; r++)
            edge(&c[r], side, density[r]);
        long exponent = mpfr_get_exp(density[1]);
        if (exponent > -960 && exponent < 960)
            left_out += row(out, head, side < 0 ? "lower" : "upper", "nan", density, NULL);
    }
    if (kind == BERNOULLI && parameter < 1) { /* exp(v/2), 1 - v */
        for (int r = 0; r < 2; r++) {
            mpfr_div_2ui(density[r], c[r].v, 1, MPFR_RNDN);
            mpfr_exp(density[r], density[r], MPFR_RNDN);
            mpfr_ui_sub(cdf[r], 1, c[r].v, MPFR_RNDN);
        }
        left_out += row(out, head, "atom", "nan", density, cdf);
    }
    const long double pi = acosl(-1);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        long double x = kind == BERNOULLI ? pi * (1 - parts[i]) : pi * (parts[i] - 0.5L);
        double s = (double)expl(height_quick(&c[0], x) / 2);
        if (!(s > 1e-290 && s < 1e290))
            continue;
        for (int r = 0; r < 2; r++)
            point(&c[r], s, start_find(&c[r], s), density[r], cdf[r]);
        snprintf(text, sizeof text, "%.17g", s);
        left_out += row(out, head, "point", text, density, cdf);
    }
    for (int r = 0; r < 2; r++) {
        curve_free(&c[r]);
        mpfr_clears(density[r], cdf[r], (mpfr_ptr)0);
    }
    return left_out;
}

int main(int argc, char **argv)
{
    static const double sigma[] = {
        1e-6, 1e-3, 0.1, 0.5, 0.70710678118654757, 0.9, 1, 1.1, 1.4142135623730951, 2, 10, 30, 100};
    static const double c[] = {1e-12, 0.125, 0.5, 3, 40, 500};
    if (argc != 2 || argv[1][0] == '-') {
        fprintf(stderr, "usage: make-limit OUTDIR\n");
        return 2;
    }
    char path[4096], temporary[4100], *text = NULL;
    size_t size = 0;
    FILE *rows = open_memstream(&text, &size);
    rules_make();
    int left_out = 0;
    for (int kind = SMOOTH; kind < N_KINDS; kind++)
        for (size_t i = 0; i < (kind == RESNET ? sizeof c : sizeof sigma) / sizeof(double); i++)
            left_out += law_rows(rows, kind, kind == RESNET ? c[i] : sigma[i]);
    fclose(rows);
    snprintf(path, sizeof path, "%s/limit.csv", argv[1]);
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    FILE *out = fopen(temporary, "w");
    if (!out) {
        perror(temporary);
        return 1;
    }
    fprintf(out,
            "# maker: tests/reference (MPFR %s, MPC %s), Lambert's function and viewing angles\n",
            mpfr_get_version(), mpc_get_version());
    fprintf(out, "# command: make-limit OUTDIR\n");
    fprintf(out,
            "# precision: %ld bits, %d-point panels; repeated with %ld bits, %d-point panels\n",
            (long)rules[RULE_FINE].plan.prec, rules[RULE_FINE].plan.n,
            (long)rules[RULE_CHECK].plan.prec, rules[RULE_CHECK].plan.n);
    fprintf(out, "# agreement: every row, both runs, to 1e-25 or better\n");
    fprintf(out, "# rows left out: %d\nclass,parameter,what,s,value,cdf\n", left_out);
    fwrite(text, 1, size, out);
    free(text);
    rules_free();
    mpfr_free_cache();
    if (fclose(out) != 0 || rename(temporary, path) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}
