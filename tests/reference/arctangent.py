#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/numeric/arctangent_table.inc: coefficients c_k of atan(z) = z + z^3 (c_0 + c_1 z^2 + ...) on |z| <= tan(pi/8),
the interpolation of (atan(z) - z)/z^3 in z^2 at Chebyshev points; the largest relative error of atan is told.
Usage: arctangent.py > src/numeric/arctangent_table.inc"""
from mpmath import mp, mpf, atan, tan, cos, pi, sqrt, matrix, lu_solve, nstr

mp.dps = 60
N = 11
top = tan(pi / 8) ** 2


def g(s):
    z = sqrt(s)
    return (atan(z) - z) / z ** 3


points = [top * (1 + cos(pi * (2 * i + 1) / (2 * N))) / 2 for i in range(N)]
c = lu_solve(matrix([[s ** k for k in range(N)] for s in points]), matrix([g(s) for s in points]))
coefficients = [mpf(float(v)) for v in c]
worst = mpf(0)
for i in range(1, 2001):
    s = top * i / 2000
    z = sqrt(s)
    p = sum(v * s ** k for k, v in enumerate(coefficients))
    worst = max(worst, abs(z + z ** 3 * p - atan(z)) / atan(z))
print("/* Made by tests/reference/arctangent.py; do not edit. Relative error of atan: %s. */" % nstr(worst, 2))
for v in c:
    print("%s," % nstr(v, 20))
