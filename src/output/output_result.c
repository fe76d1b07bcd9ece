/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writers share: which value stands in which column, and the words for enumerations. */
#include "output_result.h"
#include <math.h>

const char *const out_point_columns[OUT_POINT_COLUMNS] = {
    [OUT_S] = "s",
    [OUT_DENSITY] = "density",
    [OUT_CDF] = "cdf",
    [OUT_LOG10_S] = "log10_s",
    [OUT_DENSITY_LOG10] = "density_log10",
};

void out_point_values(const fj_spectrum_point *point, double values[OUT_POINT_COLUMNS])
{
    bool known = point->status == FJ_OK;
    bool zero = !(point->s > 0) && !isfinite(point->log_s); /* s = 0 itself, no underflow */
    /* log10 of s itself has one rounding less than log_s / log(10), where s can be had */
    double log10_s = isnormal(point->s) ? log10(point->s) : point->log_s / log(10);
    values[OUT_S] = point->s;
    values[OUT_DENSITY] = known ? point->density : NAN;
    values[OUT_CDF] = known ? point->cdf : NAN;
    values[OUT_LOG10_S] = zero ? NAN : log10_s;
    values[OUT_DENSITY_LOG10] = known && !zero ? point->density_log10 : NAN;
}

double out_place(double s, double log_s)
{
    bool underflown = s == 0 && isfinite(log_s), overflown = isinf(s) && isfinite(log_s);
    return underflown || overflown ? NAN : s;
}

const fj_layer *out_layer(const out_meanfield *result, double l)
{
    return &result->layers[l <= (double)result->layer_count ? (size_t)l - 1
                                                            : result->layer_count - 1];
}

size_t out_phase_columns(const out_phase *result, const out_phase_column **columns)
{
    static const out_phase_column grid[] = {OUT_PHASE_SIGMA_W, OUT_PHASE_SIGMA_B, OUT_PHASE_Q_STAR,
                                            OUT_PHASE_CHI, OUT_PHASE_XI_C};
    static const out_phase_column line[] = {OUT_PHASE_Q_STAR, OUT_PHASE_SIGMA_W, OUT_PHASE_SIGMA_B};
    *columns = result->n_b ? grid : line;
    return result->n_b ? sizeof grid / sizeof *grid : sizeof line / sizeof *line;
}

const char *out_phase_name(out_phase_column column)
{
    static const char *const names[] = {[OUT_PHASE_SIGMA_W] = "sigma_w",
                                        [OUT_PHASE_SIGMA_B] = "sigma_b",
                                        [OUT_PHASE_Q_STAR] = "q_star",
                                        [OUT_PHASE_CHI] = "chi",
                                        [OUT_PHASE_XI_C] = "xi_c"};
    return names[column];
}

double out_phase_value(const fj_phase_point *point, out_phase_column column)
{
    switch (column) {
    case OUT_PHASE_SIGMA_W:
        return point->sigma_w;
    case OUT_PHASE_SIGMA_B:
        return point->sigma_b;
    case OUT_PHASE_Q_STAR:
        return point->q_star;
    case OUT_PHASE_CHI:
        return point->chi;
    case OUT_PHASE_XI_C:
        return point->xi_c;
    }
    return NAN;
}

size_t out_phase_count(const out_phase *result)
{
    return result->n_b ? result->n_w * result->n_b : result->n_w;
}

const char *out_phase_word(fj_phase phase)
{
    switch (phase) {
    case FJ_PHASE_ORDERED:
        return "ordered";
    case FJ_PHASE_CRITICAL:
        return "critical";
    case FJ_PHASE_CHAOTIC:
        return "chaotic";
    }
    return "unknown";
}

const char *out_parity_word(fj_parity parity)
{
    switch (parity) {
    case FJ_PARITY_NONE:
        return "none";
    case FJ_PARITY_ODD:
        return "odd";
    case FJ_PARITY_EVEN:
        return "even";
    }
    return "unknown";
}

bool out_fixed_point_in_force(const fj_meanfield *point, size_t i)
{
    if (isnan(point->q_star))
        return false;
    for (size_t j = 0; j < point->fixed_point_count; j++)
        if (fabs(point->fixed_points[j].q - point->q_star) <
            fabs(point->fixed_points[i].q - point->q_star))
            return false;
    return true;
}

int out_digits(double from, double to)
{
    double ratio = fmax(fabs(from), fabs(to)) / (to - from);
    int digits = 4 + (int)floor(log10(fmax(1, ratio)));
    return digits < 15 ? digits : 15;
}
