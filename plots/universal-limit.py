#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finite depth approaching the universal laws, drawn:  universal-limit.py PATH-OF-FREEJAC FIGURE.svg|.png

1. For each depth L, q*(L) by bisection of the program's own var_lambda, so that it is sigma_0^2.
2. Densities of tanh and hard-tanh at some depths, and of their limits (`freejac limit`).
3. D(L): the largest distance of the distribution functions of network and limit over a list of s, which leaves out
   the places beside atoms; slopes of log D against log L by least squares over the last three decades.
4. Everything into one folder of small tables, drawn by universal-limit.gp.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DEPTHS = [10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000]


def law(exe, words, points=None):
    """The JSON of one law."""
    command = [exe] + words + ["--format", "json", "--quiet"]
    command += ["--points", "1"] if points is None else ["--at", "@" + points]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def network(activation, depth, q):
    return ["spectrum", "--activation", activation, "--depth", str(depth), "--q", repr(q)]


def tuned(exe, activation, depth, sigma2):
    """q*(L); var_lambda grows with q."""
    low, high = math.log(1e-9), math.log(3.9)
    while high - low > 1e-11:
        middle = (low + high) / 2
        if law(exe, network(activation, depth, math.exp(middle)))["var_lambda"] < sigma2:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def limit(kind, sigma2):
    return ["limit", "--class", kind, "--sigma0", repr(math.sqrt(sigma2))]


def table(path, columns):
    with open(path, "w", encoding="ascii") as file:
        for row in zip(*columns):
            file.write(" ".join(f"{x:.7g}" for x in row) + "\n")


def list_write(path, values):
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(repr(x) for x in values) + "\n")
    return path


def sine_grid(low, high, count):
    """Dense at both ends, where densities end in square roots; the ends left out."""
    return [low + (high - low) * math.sin(math.pi / 2 * (i + 0.5) / count) ** 2 for i in range(count)]


def densities(exe, folder, name, kind, sigma2, depths):
    """name-L.dat and name-atoms-L.dat for each depth; L = 0 is the limit."""
    for depth in depths + [0]:
        words = network(name, depth, tuned(exe, name, depth, sigma2)) if depth else limit(kind, sigma2)
        first = law(exe, words)
        s = sine_grid(*first["support"][-1], 160)
        points = law(exe, words, list_write(os.path.join(folder, "at"), s))["points"]
        table(os.path.join(folder, f"{name}-{depth}.dat"),
              [s, [min(max(d, 0), 9) for d in points["density"]]])
        atoms = [a for a in first["atoms"] if a["s"] > 0]
        table(os.path.join(folder, f"{name}-atoms-{depth}.dat"),
              [[a["s"] for a in atoms], [a["mass"] for a in atoms]])


def slope(depths, distances):
    x, y = [math.log(v) for v in depths], [math.log(v) for v in distances]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def distances(exe, folder, activation, kind, sigma2):
    """Writes D(L); returns its slope."""
    goal = limit(kind, sigma2)
    low, high = law(exe, goal)["support"][-1]
    s = [0.0] + sine_grid(low, high, 1500) + [high * (1 + 0.001 * i) for i in range(1, 200)]
    if low == 0: # far down too
        s += [high * 10 ** (-0.1 * i) for i in range(1, 2900)]
    at = list_write(os.path.join(folder, "at"), s)
    there = law(exe, goal, at)["points"]["cdf"]
    found = []
    for depth in DEPTHS:
        here = law(exe, network(activation, depth, tuned(exe, activation, depth, sigma2)), at)
        found.append(max(abs(a - b) for a, b in zip(here["points"]["cdf"], there)))
    table(os.path.join(folder, f"distance-{activation}.dat"), [DEPTHS, found])
    return slope(DEPTHS[-7:], found[-7:])


def main():
    if len(sys.argv) != 3 or not sys.argv[2].endswith((".svg", ".png")):
        sys.exit(__doc__.splitlines()[0])
    exe, figure = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="universal-limit-") as folder:
        densities(exe, folder, "tanh", "smooth", 0.25, [10, 100, 1000, 10000])
        densities(exe, folder, "hard-tanh", "bernoulli", 0.25, [2, 5, 20, 100])
        slopes = {name: distances(exe, folder, name, kind, 0.25) for name, kind in
                  (("tanh", "smooth"), ("erf", "smooth"), ("hard-tanh", "bernoulli"))}
        for name, value in slopes.items():
            print(f"{name}: D ~ L^{value:.3f} over the last three decades")
        terminal = "svg size 900,760 dynamic background 'white' font 'sans-serif,14'"
        if figure.endswith(".png"):
            terminal = "pngcairo size 1350,1140 font 'sans,15' linewidth 1.5"
        settings = f'terminal="{terminal}"; figure="{figure}"; ' + "; ".join(
            f'slope_{name.replace("-", "_")}={value:.4f}' for name, value in slopes.items())
        subprocess.run(["gnuplot", "-e", settings, os.path.join(HERE, "universal-limit.gp")],
                       check=True, cwd=folder)


main()
