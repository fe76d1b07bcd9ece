/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Poles on panels, and what they correct.
 *
 * 1. At a given u, the poles near a panel are the roots of its polynomial minus log u + 2 pi i k (or minus +-sqrt(u));
 *    start Newton from the roots of the quadratic part. At most two exist by the way panels are built.
 * 2. Gauss-Legendre on the panel is in error by its poles alone: for 1/(h0 - h) the error is
 *    log((xi+1)/(xi-1)) - sum_i w_i/(xi - xi_i), xi = (h0 - centre)/half, which falls like rho^-(2n+1) with the ellipse
 *    through xi (Donaldson and Elliott, SIAM J. Numer. Anal. 9, 1972).
 * 3. Of the two sets of nodes the one farther from the panel's poles serves.
 * 4. For E log(1 - t/u) a pole becomes a branch point: the same kernel, integrated from h0 away from the axis. */
#include <float.h>
#include <math.h>
#include "rule_internal.h"

/* rho of the ellipse through xi with foci +-1 */
static double ellipse_of(double complex xi)
{
    double a = cabs(xi - 1), b = cabs(xi + 1), s = (a + b) / 2;
    return s + sqrt(fmax(s * s - 1, 0));
}

/* Newton for polynomial(xi) = target, keeping off a root already found (divided out; NULL for none); returns whether a
 * root inside the ellipse was found. */
static int root_polish(const fj_panel *panel, double complex target, const double complex *known,
                       double complex *xi)
{
    enum { ITERATIONS = 30 };
    const double *p = panel->polynomial;
    const double rounding = 4 * DBL_EPSILON * (cabs(target) + fabs(p[0]) + panel->radius);
    double complex x = *xi;
    for (int i = 0; i < ITERATIONS; i++) {
        double complex y = p[FJ_PANEL_DEGREE], slope = 0;
        for (int k = FJ_PANEL_DEGREE - 1; k >= 0; k--) {
            slope = slope * x + y;
            y = y * x + p[k];
        }
        double complex f = target - y;
        if (known)
            slope += f / (x - *known);
        double complex step = f / slope;
        if (!isfinite(creal(step)) || !isfinite(cimag(step)))
            return 0;
        x += step;
        if (!(ellipse_of(x) < 3 * FJ_PANEL_RHO))
            return 0;
        /* next to another root steps do not shrink below rounding/|slope|: then the residual decides */
        if (cabs(step) < 1e-15 * (1 + cabs(x)) || (i > 3 && cabs(f) < rounding)) {
            *xi = x;
            return ellipse_of(x) < FJ_PANEL_RHO;
        }
    }
    return 0;
}

/* Starts for Newton: the two roots of the expansion at the critical point, or else the roots of the quadratic part at
 * the centre and the centre itself. */
static int newton_starts(const fj_panel *panel, double complex target, double complex start[3])
{
    const double *p = panel->polynomial;
    if (panel->has_critical) {
        double x = panel->critical, y = p[FJ_PANEL_DEGREE], y1 = 0, y2 = 0;
        for (int k = FJ_PANEL_DEGREE - 1; k >= 0; k--) {
            y2 = y2 * x + y1;
            y1 = y1 * x + y;
            y = y * x + p[k];
        }
        double complex root = csqrt((target - y) / y2);
        start[0] = x + root;
        start[1] = x - root;
        return 2;
    }
    double b = p[1], a = p[2];
    double complex c = p[0] - target, root = csqrt(b * b - 4 * a * c);
    if (b * creal(root) < 0)
        root = -root;
    start[0] = 2 * c / -(b + root);
    start[1] = 0;
    start[2] = start[0] / 2;
    return 3;
}

static void pole_add(const fj_rule *rule, size_t p, double complex xi, double complex target,
                     fj_poles *out)
{
    if (out->count == FJ_POLES_MAX) {
        out->overflow = 1;
        return;
    }
    const fj_panel *panel = &rule->panel[p];
    double complex y = panel->polynomial[FJ_PANEL_DEGREE], y1 = 0, y2 = 0, y3 = 0;
    for (int k = FJ_PANEL_DEGREE - 1; k >= 0; k--) {
        y3 = y3 * xi + y2;
        y2 = y2 * xi + y1;
        y1 = y1 * xi + y;
        y = y * xi + panel->polynomial[k];
    }
    y3 *= 6 / (panel->half * panel->half * panel->half);
    y1 /= panel->half;
    y2 *= 2 / (panel->half * panel->half);
    double complex l1, l2, l3;
    if (panel->logarithmic) { /* t = exp(y) */
        l1 = y1;
        l2 = y2 + y1 * y1;
        l3 = y3 + y1 * (3 * y2 + y1 * y1);
    } else { /* t = y^2, y = target */
        double complex ratio = y1 / target;
        l1 = 2 * ratio;
        l2 = 2 * ratio * ratio + 2 * y2 / target;
        l3 = (6 * ratio * y2 + 2 * y3) / target;
    }
    const double complex h0 = panel->centre + panel->half * xi;
    out->pole[out->count++] = (fj_correction){.h0 = h0,
                                              .density = fj_normal_density(h0),
                                              .l1 = l1,
                                              .l2 = l2,
                                              .l3 = l3,
                                              .times = rule->even ? 2 : 1,
                                              .panel = p};
}

/* All solutions on panel p of polynomial = target. */
static void roots_find(const fj_rule *rule, size_t p, double complex target, fj_poles *out)
{
    const fj_panel *panel = &rule->panel[p];
    if (cabs(target - panel->polynomial[0]) > panel->radius)
        return;
    double complex start[3], found = 0;
    const int starts = newton_starts(panel, target, start), most = panel->has_critical ? 2 : 1;
    int count = 0;
    for (int i = 0; i < starts && count < most; i++) {
        double complex xi = start[i];
        double rho = ellipse_of(xi);
        if (!isfinite(rho))
            continue;
        if (rho > FJ_PANEL_RHO) /* the expansion is no guide out there */
            xi *= FJ_PANEL_RHO / rho;
        if (!root_polish(panel, target, count ? &found : NULL, &xi))
            continue;
        if (count)
            (void)root_polish(panel, target, NULL, &xi);
        if (count && cabs(xi - found) < 1e-13 * (1 + cabs(found)))
            continue;
        found = xi;
        count++;
        pole_add(rule, p, xi, target, out);
    }
}

static double distance_to_nodes(const fj_rule *rule, int set, double complex xi)
{
    double nearest = INFINITY;
    for (size_t i = 0; i < fj_panels_order(set); i++) {
        nearest = fmin(nearest, cabs(xi - rule->legendre_x[set][i]));
    }
    return nearest;
}

/* log((xi + 1)/(xi - 1)) - sum w_i/(xi - xi_i), and its derivatives in xi */
static double complex kernel_at(const fj_rule *rule, int set, double complex xi,
                                double complex *derivative, double complex *second)
{
    const double *node = rule->legendre_x[set], *weight = rule->legendre_w[set];
    const double re = creal(xi), im = cimag(xi);
    double v_re = 0, v_im = 0, d_re = 0, d_im = 0, s_re = 0, s_im = 0;
    for (size_t i = 0; i < fj_panels_order(set); i++) {
        double x = re - node[i], inverse = 1 / (x * x + im * im);
        double r_re = x * inverse, r_im = -im * inverse; /* 1/(xi - xi_i) */
        v_re += weight[i] * r_re;
        v_im += weight[i] * r_im;
        const double q_re = r_re * r_re - r_im * r_im, q_im = 2 * r_re * r_im;
        d_re += weight[i] * q_re;
        d_im += weight[i] * q_im;
        s_re += weight[i] * (q_re * r_re - q_im * r_im);
        s_im += weight[i] * (q_re * r_im + q_im * r_re);
    }
    const double complex left = 1 / (xi + 1), right = 1 / (xi - 1);
    *derivative = left - right + CMPLX(d_re, d_im);
    *second = right * right - left * left - 2 * CMPLX(s_re, s_im);
    return clog((xi + 1) / (xi - 1)) - CMPLX(v_re, v_im);
}

/* Adds the poles near panel p. */
static void panel_roots(const fj_rule *rule, size_t p, double complex w, double complex root,
                        fj_poles *out)
{
    const fj_panel *panel = &rule->panel[p];
    if (!panel->logarithmic) {
        roots_find(rule, p, root, out);
        roots_find(rule, p, -root, out);
        return;
    }
    if (fabs(creal(w) - panel->polynomial[0]) > panel->radius)
        return;
    /* log t = w + 2 pi i k: those k whose target lies within reach */
    const long reach = (long)(panel->radius / (2 * M_PI)) + 1;
    for (long k = -reach; k <= reach; k++)
        roots_find(rule, p, w + 2 * M_PI * I * (double)k, out);
}

/* Of a panel without nodes: the whole integral of 1/(h0 - h) over it, for poles on it. */
static void far_panel(const fj_rule *rule, size_t p, double complex w, double complex root,
                      fj_poles *out)
{
    const fj_panel *panel = &rule->panel[p];
    size_t kept = out->count, found;
    panel_roots(rule, p, w, root, out);
    found = out->count;
    for (size_t i = kept; i < found; i++) {
        fj_correction *pole = &out->pole[i];
        double complex xi = (pole->h0 - panel->centre) / panel->half;
        if (fabs(creal(xi)) > 1)
            continue;
        pole->kernel = clog((xi + 1) / (xi - 1));
        pole->kernel_h = (1 / (xi + 1) - 1 / (xi - 1)) / panel->half;
        pole->kernel_hh =
            (1 / ((xi - 1) * (xi - 1)) - 1 / ((xi + 1) * (xi + 1))) / (panel->half * panel->half);
        out->pole[kept++] = *pole;
    }
    out->count = kept;
}

void fj_panels_poles(const fj_rule *rule, double complex w, fj_poles *out)
{
    const double complex root = fj_exp(w / 2);
    for (size_t p = 0; p < rule->panels; p++) {
        const fj_panel *panel = &rule->panel[p];
        size_t before = out->count;
        panel_roots(rule, p, w, root, out);
        out->set[p] = 0;
        if (out->count == before)
            continue;
        double room[FJ_SETS] = {INFINITY, INFINITY};
        for (size_t i = before; i < out->count; i++)
            for (int s = 0; s < FJ_SETS; s++) {
                double complex xi = (out->pole[i].h0 - panel->centre) / panel->half;
                room[s] = fmin(room[s], distance_to_nodes(rule, s, xi));
            }
        out->set[p] = room[1] > room[0];
        for (size_t i = before; i < out->count; i++) {
            double complex xi = (out->pole[i].h0 - panel->centre) / panel->half;
            double complex derivative, second;
            out->pole[i].kernel = kernel_at(rule, out->set[p], xi, &derivative, &second);
            out->pole[i].kernel_h = derivative / panel->half;
            out->pole[i].kernel_hh = second / (panel->half * panel->half);
        }
    }
    for (size_t p = rule->panels; p < rule->panels + rule->far; p++)
        far_panel(rule, p, w, root, out);
}

/* The path from h0 away from the axis, in units of the larger of this panel's half width and its nearer neighbour's,
 * graded towards h0, where a node may be close, or the end of a piece, at which the kernel has a logarithm. Two panels that share a pole near their common end use the same path,
 * so that their opposite logarithms cancel. */
static const double PATH_ENDS[] = {0, 1e-9, 1e-7, 5e-6, 1e-4, 1e-3, 6e-3, 0.03, 0.12, 0.45, 1.7};

double complex fj_panels_cut(const fj_rule *rule, const fj_correction *pole, const fj_poles *poles)
{
    if (pole->panel >= rule->panels) /* below the rounding of a distribution function */
        return 0;
    const int set = poles->set[pole->panel];
    const fj_panel *panel = &rule->panel[pole->panel];
    double complex xi0 = (pole->h0 - panel->centre) / panel->half;
    double scale = panel->half;
    if (creal(xi0) > 0 && pole->panel + 1 < rule->panels)
        scale = fmax(scale, rule->panel[pole->panel + 1].half);
    if (creal(xi0) < 0 && pole->panel > 0)
        scale = fmax(scale, rule->panel[pole->panel - 1].half);
    double side = cimag(pole->h0) >= 0 ? 1 : -1;
    double complex sum = 0;
    for (size_t k = 0; k + 1 < sizeof PATH_ENDS / sizeof *PATH_ENDS; k++) {
        double centre = (PATH_ENDS[k] + PATH_ENDS[k + 1]) / 2;
        double half = (PATH_ENDS[k + 1] - PATH_ENDS[k]) / 2;
        for (size_t i = 0; i < FJ_ORDER_A; i++) {
            double eta = scale * (centre + half * rule->legendre_x[0][i]);
            double complex h = pole->h0 + side * I * eta, derivative, second;
            sum += half * rule->legendre_w[0][i] * fj_normal_density(h) *
                   kernel_at(rule, set, (h - panel->centre) / panel->half, &derivative, &second);
        }
    }
    return -sum * scale * side * I;
}
