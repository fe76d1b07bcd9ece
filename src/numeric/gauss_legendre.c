/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gauss_legendre.h"

const fj_gauss_node fj_gauss_legendre[FJ_GAUSS_HALF] = {
#include "gauss_legendre_table.inc"
};
