#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A spectrum's CSV read by pandas, drawn by matplotlib:  read.py SPECTRUM.csv PICTURE.svg|.png|.pdf"""
import sys
import matplotlib
import pandas

matplotlib.use("Agg") # no window
source, picture = sys.argv[1:]
table = pandas.read_csv(source, comment="#")
with open(source, encoding="utf-8") as file:
    header = dict(line[2:].rstrip("\n").split(": ", 1) for line in file if line.startswith("# "))
s_max = float(header["s_max"])
print(f"s_max {s_max:.10g}")
axes = table.plot(x="s", y="density", legend=False, color="#D55E00")
axes.axvline(s_max, color="black", linestyle="--")
axes.set(xlabel="singular value s", ylabel="density per unit s", title=f"{header['activation']}, L = {header['depth']}")
axes.figure.savefig(picture)
