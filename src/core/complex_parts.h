/* SPDX-License-Identifier: GPL-3.0-or-later */
/* <complex.h> with CMPLX, which glibc's header offers to gcc alone; clang has the builtin behind it. */
#ifndef FJ_CORE_COMPLEX_PARTS_H
#define FJ_CORE_COMPLEX_PARTS_H

#include <complex.h>

#ifndef CMPLX
#define CMPLX(x, y) __builtin_complex((double)(x), (double)(y))
#endif

#endif
