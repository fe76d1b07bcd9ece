#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled networks under the exact law, drawn:  figure-2.py PATH-OF-FREEJAC FIGURE.svg|.png

The networks of figure 2 of Pennington, Schoenholz and Ganguli (2017): linear gaussian, ReLU orthogonal and hard-tanh
orthogonal at depths 2, 8, 32, 128 and width 1000.
1. `freejac sample` draws one network of each kind; `freejac compare --values` sets it against the law.
2. `freejac spectrum` gives the density over a list of s; values within 1e-6 of an atom belong to no bar.
3. Everything into one folder of small tables, drawn by figure-2.gp; the distances are printed as rows of a table.
"""

import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DEPTHS = [2, 8, 32, 128]
WIDTH, BARS = 1000, 40
NETWORKS = [
    ("linear, gaussian", ["--activation", "linear", "--weights", "gaussian", "--q", "1"]),
    ("relu, orthogonal", ["--activation", "relu", "--q", "1"]),
    ("hard-tanh, orthogonal", ["--activation", "hard-tanh", "--q", "0.2"]),
]


def run(exe, words):
    return subprocess.run([exe] + words + ["--quiet"], check=True, capture_output=True, text=True).stdout


def table(path, columns):
    with open(path, "w", encoding="ascii") as file:
        for row in zip(*columns):
            file.write(" ".join(f"{x:.4g}" for x in row) + "\n")


def cell(exe, folder, row, column, words):
    """The tables of one panel; its distances."""
    values = os.path.join(folder, "values.csv")
    run(exe, ["sample", *words, "--width", str(WIDTH), "--seed", "1", "-o", values])
    told = json.loads(run(exe, ["compare", *words, "--values", values, "--format", "json"]))
    with open(values, encoding="ascii") as file:
        s = [float(line.split(",")[2]) for line in file if line[0].isdigit()]
    top = 1.03 * max(told["s_max_theory"], max(s))
    end = min(top, 4.0) # the bulk; the tail of deep networks is long and thin
    atoms = told["atoms"]
    free = [x for x in s if x > 0 and all(abs(x - a["s"]) > 1e-6 * x for a in atoms)]
    wide = end / BARS
    heights = [sum(1 for x in free if i * wide <= x < (i + 1) * wide) / len(s) / wide for i in range(BARS)]
    # a logarithmic list near 0, where densities diverge, and an even one
    at = sorted([end * 10 ** (-3 + 2 * i / 40) for i in range(40)] + [end * (0.1 + 0.9 * i / 120) for i in range(121)])
    with open(os.path.join(folder, "at"), "w", encoding="ascii") as file:
        file.write("\n".join(repr(x) for x in at) + "\n")
    law = json.loads(run(exe, ["spectrum", *words, "--at", "@" + os.path.join(folder, "at"), "--format", "json"]))
    density = law["points"]["density"]
    name = os.path.join(folder, f"{row}-{column}")
    table(name + ".bars", [[(i + 0.5) * wide for i in range(BARS)], heights])
    table(name + ".law", [at, [min(d, 1e3) if d is not None else math.nan for d in density]])
    with open(name + ".gp", "w", encoding="utf-8") as file:
        file.write(f"end = {end:.6g}; wide = {wide:.6g}; high = {1.35 * max(heights):.6g}; low = {0.4 * min(h for h in heights if h > 0):.6g}\n")
        text = [f"D = {told['ks_distance']:.4f}"]
        for a in atoms:
            text.append(f"atom {a['s']:.4g}: {a['share']:.3f} ({a['mass']:.3f})")
            if 0 < a["s"] < end:
                file.write(f"set arrow from {a['s']:.6g}, graph 0 to {a['s']:.6g}, graph {a['mass']:.4g} nohead "
                           "lw 1.6 lc '#009E73' front\n")
        for i, line in enumerate(text):
            file.write(f"set label '{line}' at graph 0.97, graph {0.92 - 0.115 * i:.3f} right font ',11' front\n")
    return told


def main():
    if len(sys.argv) != 3 or not sys.argv[2].endswith((".svg", ".png")):
        sys.exit(__doc__.splitlines()[0])
    exe, figure = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="figure-2-") as folder:
        for row, (name, words) in enumerate(NETWORKS):
            found = [cell(exe, folder, row, column, words + ["--depth", str(depth)])
                     for column, depth in enumerate(DEPTHS)]
            print(f"| {name} | " + " | ".join(
                f"{t['ks_distance']:.4f} ({t['ks_rescaled']:.4f})" for t in found) + " |", flush=True)
        terminal = "svg size 1200,820 dynamic background 'white' font 'sans-serif,13'"
        if figure.endswith(".png"):
            terminal = "pngcairo size 1500,1025 font 'sans,13'"
        subprocess.run(["gnuplot", "-e", f'terminal="{terminal}"; figure="{figure}"',
                        os.path.join(HERE, "figure-2.gp")], check=True, cwd=folder)


main()
