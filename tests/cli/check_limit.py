# SPDX-License-Identifier: GPL-3.0-or-later
"""`freejac limit`: the outputs of `spectrum` for the universal laws, and what it refuses."""

import math
import os

from check_contract import COLUMNS, KEYS
from tap import check, close, csv_read, folder, run, strict

SMOOTH = "limit --class smooth --sigma0 0.5"
BERNOULLI = "limit --class bernoulli --sigma0 0.5"
NETWORK_KEYS = ["network", "q_star", "chi", "sigma_w", "sigma_b"]

WRONG = [
    ("limit", ["--class is missing", "smooth", "bernoulli", "resnet"]),
    ("limit --sigma0 1", ["--class is missing"]),
    ("limit --class smoth --sigma0 1", ["--class", "'smoth'", "did you mean 'smooth'"]),
    ("limit --class smooth", ["--class smooth", "--sigma0"]),
    ("limit --class bernoulli", ["--class bernoulli", "--sigma0"]),
    ("limit --class resnet", ["--class resnet", "--c"]),
    ("limit --class smooth --c 1", ["--c", "'1'", "smooth", "--sigma0"]),
    ("limit --class smooth --sigma0 1 --c 1", ["--c", "'1'", "smooth"]),
    ("limit --class resnet --sigma0 2", ["--sigma0", "'2'", "resnet", "--c"]),
    ("limit --class resnet --c 1 --sigma0 2", ["--sigma0", "'2'", "resnet"]),
    ("limit --class smooth --sigma0 -1", ["--sigma0", "'-1'", "at least 0"]),
    ("limit --class smooth --sigma0 nan", ["--sigma0", "'nan'"]),
    ("limit --class smooth --sigma0 inf", ["--sigma0", "'inf'"]),
    ("limit --class smooth --sigma0 1e999", ["--sigma0", "'1e999'"]),
    ("limit --class smooth --sigma0 x", ["--sigma0", "'x'", "not a number"]),
    ("limit --class smooth --sigma0=", ["--sigma0", "empty"]),
    ("limit --class resnet --c -0.5", ["--c", "'-0.5'", "at least 0"]),
    (f"{SMOOTH} --depth 3", ["--depth", "'limit'"]),
    (f"{SMOOTH} --activation tanh", ["--activation", "'limit'"]),
    (f"{SMOOTH} --points 0", ["--points", "'0'"]),
    (f"{SMOOTH} --quantiles 2", ["--quantiles", "'2'"]),
    (f"{SMOOTH} --plot x.gif", ["--plot", "'x.gif'"]),
    (f"{SMOOTH} --sigma 2", ["--sigma", "did you mean '--sigma0'"]),
    (f"{SMOOTH} extra", ["'extra'"]),
]


def wrong():
    for command, words in WRONG:
        done = run(command)
        check(done.code == 2 and done.out == "" and done.err.startswith("freejac: ") and
              done.err.count("\n") == 1 and "--help'" in done.err and
              all(word in done.err for word in words), f"exit 2: freejac {command}", words, done)
    for command, words in ((f"limit --class smooth --sigma0 1e9", ["sigma_0", "1e+09", "100000"]),
                           (f"limit --class resnet --c 1e-40", ["c = 1e-40"])):
        done = run(command)
        check(done.code == 1 and done.out == "" and done.err.count("\n") == 1 and
              all(word in done.err for word in words), f"exit 1: freejac {command}", words, done)


def json_output():
    done = run(f"{SMOOTH} --points 30 --quantiles 0.5,0.25 --format json")
    law = strict(done.out)
    keys = KEYS[:5] + ["limit"] + KEYS[5:]
    check(done.code == 0 and done.err == "" and list(law) == keys, "limit json: the keys, in order, silent",
          done, list(law))
    check(all(law[key] is None for key in NETWORK_KEYS) and law["warnings"] == [],
          "limit json: no network, and no warning about that", law["warnings"])
    check(law["limit"] == {"class": "smooth", "sigma0": 0.5, "sigma0_squared": 0.25,
                           "s_transform": "exp(-sigma0^2 m)"}, "limit json: the law", law["limit"])
    check(close(law["s_min"], 0.5668499985, 1e-9) and close(law["s_max"], 1.556843794, 1e-9) and
          law["support"] == [[law["s_min"], law["s_max"]]] and law["atoms"] == [],
          "limit json: smooth edges", law["support"])
    check(all(close(a, b, 1e-7) for a, b in zip(law["moments"], [1, 1.25, 1.84375, 3.0416667])) and
          law["mean_lambda"] == 1 and law["var_lambda"] == 0.25 and law["mean_log_lambda"] == -0.125,
          "limit json: smooth moments", law["moments"])
    check([q["p"] for q in law["quantiles"]] == [0.5, 0.25] and
          sorted(law["points"]) == sorted(COLUMNS) and len(law["points"]["s"]) == 30,
          "limit json: quantiles and points", law["quantiles"])
    law = strict(run("limit --class resnet --c 0.125 --format json").out)
    check(law["limit"]["class"] == "resnet" and law["limit"]["c"] == 0.125 and
          "sigma0" not in law["limit"] and
          close(law["s_max"], 1.556843794 * math.exp(1 / 16), 1e-9) and
          close(law["mean_lambda"], math.exp(0.125), 1e-14), "limit json: resnet", law["limit"])


def bernoulli():
    lambdas = [0.25, 0.5, 1]
    at = ",".join(repr(math.sqrt(x)) for x in lambdas)
    done = run(f"{BERNOULLI} --at {at},1.2 --format json")
    law = strict(done.out)
    per_lambda = [d / 2 / s for d, s in zip(law["points"]["density"], law["points"]["s"])]
    check(all(abs(a - b) < 6e-9 for a, b in zip(per_lambda, [.23741943, .13786550, 0, 0])),
          "bernoulli: densities known", per_lambda)
    check(close(law["atoms"][0]["s"], 1.133148453, 1e-9) and close(law["atoms"][0]["mass"], 0.75, 1e-14)
          and law["s_max"] == law["atoms"][0]["s"] and law["s_min"] == 0 and
          close(law["support"][0][1], 0.824360635, 1e-9), "bernoulli: atom and edges", law["atoms"])
    check(close(law["points"]["cdf"][2], 0.25, 1e-14) and law["points"]["cdf"][3] == 1,
          "bernoulli: cdf between the continuous part and the atom", law["points"]["cdf"])
    check(law["mean_log_lambda"] is None and any("near 0" in note for note in law["warnings"]),
          "bernoulli: the mean of log lambda is null, with the reason", law["warnings"])
    law = strict(run("limit --class bernoulli --sigma0 2 --format json --at 1").out)
    check(law["atoms"] == [] and close(law["s_max"], 3.297442541, 1e-9), "bernoulli: no atom above sigma0 = 1",
          law["atoms"])


def csv_output():
    done = run(f"{SMOOTH} --points 40 --format csv")
    comments, header, rows = csv_read(done.out)
    wanted = {"freejac", "command", "class", "sigma0", "sigma0_squared", "points", "grid", "s_min", "s_max",
              "support", "atoms", "moments", "mean_lambda", "var_lambda", "mean_log_lambda", "quantile",
              "max_error", "failed_points"}
    check(done.code == 0 and wanted <= set(comments) and header == COLUMNS and len(rows) == 40,
          "limit csv: comments, columns, rows", wanted - set(comments))
    check(comments["command"] == "limit" and comments["class"] == "smooth" and
          comments["sigma0"] == "0.5" and not set(comments) & {"q_star", "chi", "activation", "depth"},
          "limit csv: the law is named, nothing of a network", comments)
    check(all(a[2] <= b[2] and a[0] < b[0] for a, b in zip(rows, rows[1:])), "limit csv: s and cdf ascend")
    check(run(f"{SMOOTH} --points 40 --format csv").raw == done.raw, "limit csv: equal bytes")
    law = strict(run(f"{SMOOTH} --points 40 --format json").out)
    check([list(row) for row in zip(*(law["points"][c] for c in COLUMNS))] == rows,
          "limit: the same numbers in CSV and JSON")


def table_and_files():
    done = run("limit --class bernoulli --sigma0 0.7071067811865476")
    check(done.code == 0 and "bernoulli" in done.out and "sigma0^2" in done.out and
          "exp(-sigma0^2 m/(1 + m))" in done.out and "q*" not in done.out and "activation" not in done.out,
          "limit table: the law, no network", done)
    done = run("limit --class smooth --sigma0 0")
    check(done.code == 0 and "all atoms" in done.out and "no continuous part" in done.err,
          "sigma0 = 0: one atom", done)
    done = run("limit --help")
    check(done.code == 0 and all(word in done.out for word in
                                 ("--class smooth|bernoulli|resnet", "--sigma0 X", "--c C", "--points",
                                  "--quantiles", "--moments", "--plot", "hard-tanh")) and
          "--activation" not in done.out and all(len(line) <= 80 for line in done.out.splitlines()),
          "limit --help: its options alone, 80 columns", done.out)
    with folder() as place:
        data, plot = os.path.join(place, "x.json"), os.path.join(place, "x.svg")
        done = run(["limit", "--class", "resnet", "--c", "0.5", "-o", data, "--plot", plot])
        check(done.code == 0 and sorted(os.listdir(place)) == ["x.json", "x.svg"],
              "limit: data and plot are written", done, os.listdir(place))
        with open(plot, encoding="utf-8") as file:
            text = file.read()
        check("infinite depth" in text and "residual networks" in text and text.rstrip().endswith("</svg>"),
              "limit --plot: the title names the law")
        with open(data, encoding="utf-8") as file:
            check(strict(file.read())["limit"]["c"] == 0.5, "limit -o x.json: JSON by the name")


def extremes():
    for command in ("limit --class smooth --sigma0 1e-12", "limit --class smooth --sigma0 1e5",
                    "limit --class bernoulli --sigma0 1e-12", "limit --class bernoulli --sigma0 1e5",
                    "limit --class resnet --c 1e-20", "limit --class resnet --c 2000",
                    "limit --class bernoulli --sigma0 1"):
        done = run(f"{command} --format json --points 50")
        law = strict(done.out)
        cdf = [x for x in law["points"]["cdf"] if x is not None]
        check(done.code == 0 and all(a <= b + 1e-14 for a, b in zip(cdf, cdf[1:])), command, done)
        table = run(command)
        check(table.code == 0 and "nan" not in table.out, f"{command}, as a table", table.out)


def all_checks():
    wrong()
    json_output()
    bernoulli()
    csv_output()
    table_and_files()
    extremes()
