/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expectations at u far from the range of t, where deep networks live: no nodes and no poles.
 *
 * 1. With e = t - mu1, a = u - mu1 and y = size/a, size = max |e|: E[e^2/(u - t)] = size y V(y), V = sum_k c_(k+2) y^k, where
 *    c_k = E[e^k]/size^k are central moments. |c_k| <= c_2, so that where |y| <= 1/3 forty terms leave
 *    out less than rounding, relative to the first.
 * 2. H = E[e/(u - t)] = E[e^2/(u - t)]/a, for E e = 0; then E[1/(u - t)] = (1 + H)/a, and all else follows without
 *    cancellation: also E[u/(u - t)] next to u = 0, where it is next to 0 and t is not.
 * 3. E log(1 - e/a) = -sum_k c_k y^k/k. */
#include <math.h>
#include <string.h>
#include "average.h"
#include "rule_internal.h"

/* |y| at most: a longer series would cost more than the nodes. */
static const double RATIO = 1.0 / 3;
/* Terms fall like |y|^k; what is left out is below exp(-NEGLIGIBLE) of the first. */
static const double NEGLIGIBLE = 38;

/* Adds what nodes give for E[e^k]/size^k, k = 2.., to c. */
static void moments_add(const fj_nodes *nodes, double size, double *c)
{
    const fj_lanes inverse = fj_lanes_all(1 / size);
    fj_lanes sum[FJ_FAR_TERMS] = {{0}};
    for (size_t i = 0; i < nodes->n; i += FJ_LANES) {
        const fj_lanes ratio = fj_lanes_load(nodes->e + i) * inverse;
        fj_lanes term = fj_lanes_load(nodes->second[FJ_SECOND_CENTRED] + i) * inverse * inverse;
        for (int k = 0; k < FJ_FAR_TERMS; k++, term *= ratio)
            sum[k] += term;
    }
    for (int k = 0; k < FJ_FAR_TERMS; k++)
        c[k] += fj_lanes_sum(sum[k]);
}

/* By two sets of nodes, `part` of the second: by how much they differ tells what that leaves, which must not show as far as it counts at
 * |y| = RATIO. Gauss's rules of 16 and 20 points go like rho^-32 and rho^-40, so that the better one is off by the 5/4th power of
 * their difference; the mean of trapezoids halfway between each other's nodes, by its square. */
static int moments_by(const fj_rule *rule, const fj_nodes set[FJ_SETS], double part, double size,
                      double *c)
{
    static const double SAME = 1e-15, POWER = 1.25; /* of the first */
    double other[FJ_FAR_TERMS] = {0}, allowed = SAME;
    memset(c, 0, FJ_FAR_TERMS * sizeof *c);
    moments_add(&rule->atoms, size, c);
    memcpy(other, c, sizeof other);
    moments_add(&set[0], size, c);
    moments_add(&set[1], size, other);
    const double first = c[0];
    for (int k = 0; k < FJ_FAR_TERMS; k++, allowed /= RATIO) {
        const double off = other[k] - c[k];
        if (!(pow(fabs(off / first), POWER) <= allowed))
            return 0;
        c[k] += part * off;
    }
    return 1;
}

/* By a trapezoid, accurate for all moments together; of a periodic t by two. */
static fj_status moments_by_trapezoid(const fj_rule *rule, double size, double *c, int *found)
{
    const int sets = rule->activation->kind->growth == FJ_GROWTH_PERIODIC ? FJ_SETS : 1;
    fj_nodes set[FJ_SETS] = {{0}};
    fj_status status = FJ_OK;
    for (int s = 0; s < sets && status == FJ_OK; s++) {
        status = fj_trapezoid_fine(rule, s, &set[s]);
        if (status == FJ_OK)
            fj_nodes_centre(&set[s]);
    }
    *found = status == FJ_OK;
    if (status == FJ_OK && sets > 1) {
        *found = moments_by(rule, set, 0.5, size, c);
    } else if (status == FJ_OK) {
        memset(c, 0, FJ_FAR_TERMS * sizeof *c);
        moments_add(&set[0], size, c);
    }
    for (int s = 0; s < FJ_SETS; s++)
        fj_nodes_destroy(&set[s]);
    return status;
}

/* E[e^k], k = 2.., over size^k into c: by nodes, where these resolve them, else by adaptive integration. */
static fj_status moments_find(const fj_rule *rule, double size, double *c)
{
    double central[FJ_FAR_TERMS + 2];
    int found = 0;
    fj_status status = FJ_OK;
    if (rule->panel)
        found = moments_by(rule, rule->set, 1, size, c);
    else
        status = moments_by_trapezoid(rule, size, c, &found);
    if (found || status != FJ_OK)
        return status;
    status = fj_central_moments(rule->activation, rule->q, FJ_FAR_TERMS + 2, central);
    double power = size * size;
    for (int k = 0; k < FJ_FAR_TERMS && status == FJ_OK; k++, power *= size)
        c[k] = central[k + 2] / power;
    return status == FJ_OK && !(power < INFINITY) ? FJ_RANGE : status;
}

fj_status fj_far_create(fj_rule *rule)
{
    double size = 0, least, most;
    fj_far *far = &rule->far_series;
    far->distance = INFINITY;
    if (!fj_rule_range(rule, &least, &most) || isinf(most)) /* a few masses; or no u is far */
        return FJ_OK;
    size = fmax(most - rule->mu1, rule->mu1 - least);
    for (size_t i = 0; i < rule->masses; i++)
        size = fmax(size, fabs(rule->mass[i].t - rule->mu1));
    fj_status status = moments_find(rule, size, far->c);
    if (status == FJ_NO_MEMORY)
        return status;
    /* where moments overflow or are not resolved, the nodes serve everywhere */
    if (status != FJ_OK || !isfinite(far->c[FJ_FAR_TERMS - 1]))
        return FJ_OK;
    far->size = size;
    far->distance = size / RATIO;
    return FJ_OK;
}

int fj_far_serves(const fj_rule *rule, double complex u)
{
    const double re = fabs(creal(u) - rule->mu1), im = cimag(u), far = rule->far_series.distance;
    return re > far || im > far || (re * re + im * im > far * far);
}

/* Number of terms at y. */
static int terms(double complex y)
{
    const double size = fmax(fabs(creal(y)), fabs(cimag(y)));
    const double n = NEGLIGIBLE / -log(fmin(size * M_SQRT2, RATIO));
    return n < FJ_FAR_TERMS ? (int)n + 1 : FJ_FAR_TERMS;
}

void fj_far_resolvent(const fj_rule *rule, fj_second second, double complex w, double complex u,
                      fj_resolvent *out)
{
    const fj_far *far = &rule->far_series;
    const double mu1 = rule->mu1;
    const double complex a = u - mu1, inverse = fj_quotient(1, a), y = far->size * inverse,
                         part = u * inverse;
    const double re = creal(y), im = cimag(y);
    double v_re = 0, v_im = 0, d_re = 0, d_im = 0, s_re = 0, s_im = 0; /* V, V', V''/2 by Horner */
    for (int k = terms(y); k-- > 0;) {
        double next = s_re * re - s_im * im + d_re;
        s_im = s_re * im + s_im * re + d_im;
        s_re = next;
        next = d_re * re - d_im * im + v_re;
        d_im = d_re * im + d_im * re + v_im;
        d_re = next;
        next = v_re * re - v_im * im + far->c[k];
        v_im = v_re * im + v_im * re;
        v_re = next;
    }
    /* dy/dw = -y u/a */
    const double complex series = CMPLX(v_re, v_im), v = far->size * y * series;
    const double complex steep = far->size * y * y * CMPLX(d_re, d_im), dv = -part * (v + steep);
    const double complex h = v * inverse, dh = dv * inverse - h * part; /* E[e/(u - t)] */
    const double complex g = (1 + h) * inverse, dg = dh * inverse - g * part;
    out->w = w;
    out->u = u;
    out->m = mu1 * g + h;
    out->n = fj_size(u) < mu1 / 2 ? u * g : 1 + out->m;
    out->dm = mu1 * dg + dh;
    out->v = v;
    out->dv = dv;
    if (second == FJ_SECOND_RAW) { /* t^2 = e^2 + 2 mu1 e + mu1^2 */
        out->v += mu1 * (2 * h + mu1 * g);
        out->dv += mu1 * (2 * dh + mu1 * dg);
    }
    out->far = 1;
    /* d part/dw, then second derivatives in turn */
    const double complex dpart = part * (1 - part);
    const double complex dsteep = -2 * part * (steep + far->size * y * y * y * CMPLX(s_re, s_im));
    const double complex ddv = -dpart * (v + steep) - part * (dv + dsteep);
    const double complex ddh = (ddv - dv * part) * inverse - dh * part - h * dpart;
    out->ddm = mu1 * ((ddh - dh * part) * inverse - dg * part - g * dpart) + ddh;
}

double fj_far_argument(const fj_rule *rule, double complex u)
{
    const fj_far *far = &rule->far_series;
    const double complex y = far->size / (u - rule->mu1);
    const double re = creal(y), im = cimag(y);
    double s_re = 0, s_im = 0;
    for (int k = terms(y); k-- > 0;) {
        double next = s_re * re - s_im * im + far->c[k] / (k + 2);
        s_im = s_re * im + s_im * re;
        s_re = next;
    }
    return cimag(y * y * CMPLX(s_re, s_im));
}
