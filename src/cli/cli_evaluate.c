/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The law at many points, piece by piece; after a second a bar on stderr, on a terminal only, wiped at the end. */
#include "cli_evaluate.h"
#include "cli_progress.h"

enum { PIECE = 4096 };

fj_status cli_evaluate(const fj_spectrum *spectrum, const double *x, size_t n, bool logarithmic,
                       bool bar, fj_spectrum_point *out)
{
    cli_progress progress;
    fj_status status = FJ_OK;
    cli_progress_start(&progress, bar, "points");
    for (size_t done = 0; done < n && status == FJ_OK;) {
        size_t piece = n - done < PIECE ? n - done : PIECE;
        status = logarithmic ? fj_spectrum_eval_log(spectrum, x + done, piece, out + done)
                             : fj_spectrum_eval(spectrum, x + done, piece, out + done);
        if (status == FJ_NO_CONVERGENCE) /* the points carry it */
            status = FJ_OK;
        done += piece;
        cli_progress_show(&progress, done, n);
    }
    cli_progress_end(&progress);
    return status;
}
