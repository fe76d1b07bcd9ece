/* The largest singular value and a quantile of a deep tanh network, before any training. */
#include <freejac/freejac.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    fj_activation *tanh_activation = NULL;
    fj_spectrum *spectrum = NULL;
    fj_meanfield point;
    fj_network network = {0};
    fj_detail detail = {""};
    const fj_spectrum_interval *interval;
    double log_median = 0;

    fj_status status = fj_activation_create("tanh", &tanh_activation, &detail);
    if (status == FJ_OK) /* on the critical line, where the preactivations have variance 0.025 */
        status = fj_meanfield_critical(tanh_activation, 0.025, &point, &detail);
    if (status == FJ_OK)
        status =
            fj_network_identical(tanh_activation, FJ_WEIGHTS_ORTHOGONAL, 200, &point, &network);
    if (status == FJ_OK)
        status = fj_spectrum_create(&network, &spectrum, &detail);
    if (status == FJ_OK)
        status = fj_spectrum_quantile(spectrum, 0.5, &log_median);
    if (status != FJ_OK) {
        fprintf(stderr, "%s: %s\n", fj_status_message(status), detail.text);
    } else {
        fj_spectrum_intervals(spectrum, &interval);
        printf("sigma_w %.12g  s_max %.12g  median %.12g\n", point.sigma_w, interval[0].s_max,
               exp(log_median));
    }
    fj_spectrum_destroy(spectrum);
    fj_network_clear(&network);
    fj_activation_destroy(tanh_activation);
    return status != FJ_OK;
}
