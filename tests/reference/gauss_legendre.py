#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/numeric/gauss_legendre_table.inc: the positive nodes of the 20-point Gauss-Legendre rule with their weights,
the Legendre polynomials P18 and P19 there, and product weights for int_0^1 log(s) g(s) ds, s = (1 + x)/2, exact for g
of degree 19 (int_0^1 log(s) P_k(2s - 1) ds = (-1)^(k+1)/(k (k + 1)), and -1 for k = 0).
Usage: gauss_legendre.py > src/numeric/gauss_legendre_table.inc"""
from mpmath import mp, mpf, legendre, findroot, cos, pi, nstr

mp.dps = 60
N = 20


def log_weight(x, w):
    moments = [-mpf(1)] + [mpf((-1) ** (k + 1)) / (k * (k + 1)) for k in range(1, N)]
    # w/2 is the weight on [0,1]; the shifted polynomials have norm 1/(2k+1) there
    return w / 2 * sum((2 * k + 1) * legendre(k, x) * moments[k] for k in range(N))


print("/* Made by tests/reference/gauss_legendre.py; do not edit. Columns: x, weight, P18(x), P19(x), weight of log((1 + x)/2),")
print(" * weight of log((1 + x)/2) at -x. */")
for i in range(N // 2, 0, -1):
    x = findroot(lambda y: legendre(N, y), cos(pi * (i - mpf(1) / 4) / (N + mpf(1) / 2)))
    slope = N * (x * legendre(N, x) - legendre(N - 1, x)) / (x * x - 1)
    w = 2 / ((1 - x * x) * slope ** 2)
    row = [x, w, legendre(18, x), legendre(19, x), log_weight(x, w), log_weight(-x, w)]
    print("{" + ", ".join(nstr(v, 20) for v in row) + "},")
