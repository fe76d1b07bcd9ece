/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory there is. */
#ifndef FJ_SAMPLING_MEMORY_H
#define FJ_SAMPLING_MEMORY_H

/* Bytes that `threads` callers of BLAS can use without swapping, an estimate: what Linux says is available, at most what a
 * limit on the address space or on the control group leaves; infinite where nothing is known. */
double fj_memory_available(unsigned threads);

#endif
