# SPDX-License-Identifier: GPL-3.0-or-later
"""`freejac compare`: its keys, values from files in every form, verdicts, pictures, and what it refuses."""

import math
import os

from tap import check, close, csv_read, folder, run, strict

TANH = "compare --activation tanh --q 0.025 --depth 8"
SAMPLED = f"{TANH} --width 100"
KEYS = ["network", "q_star", "chi", "sigma_w", "sigma_b", "source", "width", "seed", "input", "samples", "values",
        "zeros", "below_rounding", "on_atoms", "agrees", "verdict", "ks_distance", "ks_at", "ks_independent",
        "ks_expected", "ks_rescaled", "ks_squares", "factor", "m2_over_m1_squared", "s_max", "s_max_theory",
        "s_max_predicted", "moments", "quantiles", "atoms", "reasons", "drift", "warnings"]

WRONG = [
    ("compare", ["--activation is missing"]),
    (f"{TANH} --values x.csv --width 5", ["--width", "--values"]),
    (f"{TANH} --values x.csv --samples 5", ["--samples", "--values"]),
    (f"{TANH} --values x.csv --seed 5", ["--seed", "--values"]),
    (f"{TANH} --values x.csv --threads 1", ["--threads", "--values"]),
    (f"{TANH} --values x.csv --input gaussian", ["--input", "--values"]),
    (f"{TANH} --width 0", ["--width", "'0'"]),
    (f"{TANH} --plot x.bmp", ["--plot", ".svg"]),
    (f"{TANH} --quantiles 2", ["--quantiles", "'2'"]),
    ("sample --activation tanh --q 0.1 --values x", ["--values", "'sample'"]),
]

FILES = [
    ("", ["no value"]),
    ("# nothing\n\n", ["no value"]),
    ("s\n", ["no value"]),
    ("1\n2\nx\n", ["line 3", "'x'"]),
    ("1\n-2\n", ["line 2", "'-2'", "negative"]),
    ("1\nnan\n", ["line 2", "'nan'"]),
    ("1\ninf\n", ["line 2", "'inf'"]),
    ("1,2\n3,4\n", ["line 1", "2 columns", "'s'"]),
    ("value\n3\n", ["line 1", "'value'", "column s"]),
    ("sample,s\n1,2\n1\n", ["line 3", "1 fields", "2"]),
    ("sample,s\n1,\n", ["line 2", "empty"]),
    ("sample,s\nx,1\n", ["line 2", "'x'"]),
]


def compare(command, stdin=""):
    done = run(command + " --format json --quiet", stdin=stdin)
    return done, strict(done.out) if done.code in (0, 3) else {}


def wrong():
    for command, words in WRONG:
        done = run(command)
        check(done.code == 2 and done.out == "" and done.err.count("\n") == 1 and "--help'" in done.err and
              all(word in done.err for word in words), f"exit 2: freejac {command}", words, done)
    for text, words in FILES:
        done = run(f"{TANH} --values -", stdin=text)
        check(done.code == 1 and done.out == "" and done.err.startswith("freejac: --values: ") and
              done.err.count("\n") == 1 and all(word in done.err for word in words),
              f"exit 1: values {text!r}", words, done)
    done = run(f"{TANH} --values /nonexistent/x.csv")
    check(done.code == 1 and "/nonexistent/x.csv" in done.err, "exit 1: no such file", done)


def outputs():
    done, told = compare(f"{SAMPLED} --samples 3 --seed 5")
    check(done.code == 0 and set(KEYS) == set(told), "json: the keys", set(KEYS) ^ set(told), done)
    check(told["agrees"] and told["verdict"].startswith("agrees") and told["reasons"] == [],
          "a sampled network agrees", told["verdict"])
    check(told["values"] == 300 and told["samples"] == 3 and told["width"] == 100, "json: counts", told)
    check(close(told["ks_independent"], 1.3581 / math.sqrt(300), 1e-12), "critical value of independent numbers")
    check(0 < told["ks_distance"] < 0.03, "a small distance", told["ks_distance"])
    check(close(told["s_max_theory"], math.sqrt(1.27597), 1e-5), "the edge", told["s_max_theory"])
    check(close(told["moments"]["theory"][0], 1, 1e-12) and close(told["moments"]["samples"][0], 1, 0.05),
          "moments of both", told["moments"])
    check([told["drift"][k]["layer"] for k in ("first", "last")] == [1, 8], "drift", told["drift"])
    again = run(f"{SAMPLED} --samples 3 --seed 5 --threads 1 --format csv")
    comments, header, rows = csv_read(again.out)
    check(header == ["p", "s", "s_theory"] and len(rows) == 7, "csv: columns and rows", header)
    check(float(comments["ks_distance"]) == told["ks_distance"], "csv and json agree, for any threads")
    table = run(f"{SAMPLED} --samples 3")
    check(table.code == 0 and all(word in table.out for word in
          ("KS distance", "Verdict", "repel", "Quantiles", "Largest", "Drift", "agrees")) and
          all(len(line) <= 100 for line in table.out.splitlines()), "the table", table)


def files():
    with folder() as place:
        path = os.path.join(place, "v.csv")
        run(f"sample --activation tanh --q 0.025 --depth 8 --width 100 --samples 2 -o {path}")
        _, sampled = compare(f"{SAMPLED} --samples 2")
        done, told = compare(f"{TANH} --values {path}")
        same = ("ks_distance", "samples", "values", "agrees", "factor", "ks_expected", "quantiles")
        # %.17g holds s, not log s: the last digits of sums differ
        check(done.code == 0 and close(told["ks_distance"], sampled["ks_distance"], 1e-9) and
              all(told[key] == sampled[key] for key in same[1:4]), "the file of sample gives the same", told, sampled)
        check(told["drift"] is None and told["source"] == path and "seed" not in told, "no drift is known", told)
        with open(path, encoding="ascii") as file:
            s = [float(line.split(",")[2]) for line in file if line[0].isdigit()]
    plain = "# mine\n\n" + "\n".join(f"{x!r}  # note" for x in s)
    _, one = compare(f"{TANH} --values -", plain)
    check(close(one["ks_distance"], told["ks_distance"], 1e-12) and one["samples"] == 1, "one number a line", one)
    _, header = compare(f"{TANH} --values -", "s\n" + "\n".join(map(repr, s)))
    check(header["ks_distance"] == one["ks_distance"], "a column s alone", header)
    _, columns = compare(f"{TANH} --values -", "\ufeffother,s\n" + "\n".join(f'"a,b",{x!r}' for x in s))
    check(columns["ks_distance"] == one["ks_distance"], "a column s among others, with a byte order mark", columns)
    rows = [(i // 100, x) for i, x in enumerate(s)]
    _, mixed = compare(f"{TANH} --values -", "s,sample\n" + "\n".join(f"{x!r},{k}" for k, x in rows[::-1]))
    check(mixed["samples"] == 2 and close(mixed["ks_distance"], told["ks_distance"], 1e-12), "samples in any order")
    _, scaled = compare(f"{TANH} --values -", "\n".join(repr(2.5 * x) for x in s))
    check(not scaled["agrees"] and any("are 2.5" in r or "are 2.4" in r for r in scaled["reasons"]) and
          close(scaled["factor"]["mean"], 2.5, 0.05), "another scale is named", scaled["reasons"])
    _, few = compare(f"{TANH} --values -", "1\n2\n")
    check(not few["agrees"] and few["verdict"].startswith("no verdict"), "two values tell nothing", few["verdict"])
    _, zeros = compare(f"{TANH} --values -", "0\n" * 50)
    check(not zeros["agrees"] and zeros["zeros"] == 50 and zeros["factor"]["mean"] is None, "zeros alone", zeros["verdict"])
    _, squares = compare(f"{TANH} --values -", "\n".join(repr(x * x) for x in s))
    check(not squares["agrees"] and any("eigenvalues lambda" in r for r in squares["reasons"]),
          "eigenvalues are named", squares["reasons"])
    _, other = compare(f"{TANH.replace('depth 8', 'depth 40')} --values -", plain)
    check(not other["agrees"] and other["verdict"].startswith("differs"), "another depth is refused", other["verdict"])


def networks():
    done, gelu = compare("compare --activation gelu --q 1 --depth 60 --width 200 --samples 2")
    check(done.code == 0 and not gelu["agrees"], "GELU at its unstable point differs", gelu.get("verdict"))
    check(any("drifts" in r and "unstable" in r and "1.067" in r for r in gelu["reasons"]),
          "and is told why", gelu["reasons"])
    last = gelu["drift"]["last"]
    check(abs(math.log(last["q"] / last["q_theory"])) > 0.5, "its lengths drift", last)
    _, tanh = compare(f"{SAMPLED}")
    check(not any("unstable" in r for r in tanh["reasons"]), "tanh is told no such thing", tanh["reasons"])

    _, hard = compare("compare --activation hard-tanh --q 0.25 --depth 10 --width 200 --samples 2")
    top = hard["atoms"][-1]
    check(close(hard["s_max"]["mean"], top["s"], 1e-12) and hard["s_max_predicted"]["atom"],
          "hard-tanh: the largest value is the atom to 1e-12", hard["s_max"], top)
    check(abs(top["share"] - top["mass"]) < 0.15 and top["share"] > 0.3, "the atom's share", top)
    _, relu = compare("compare --activation relu --weights gaussian --q 1 --depth 3 --width 100")
    check(relu["zeros"] > 40 and relu["atoms"][0]["s"] == 0, "relu's zeros are counted", relu["atoms"])
    _, deep = compare("compare --activation linear --weights gaussian --q 1 --depth 60 --width 60")
    check(deep["below_rounding"] > 10 and any("below rounding" in r for r in deep["reasons"]) and
          any("too narrow" in r for r in deep["reasons"]) and not deep["s_max_predicted"]["valid"],
          "a deep narrow gaussian network: noise, and too narrow", deep["reasons"])

    net = "--activation tanh --q 0.1 --widths 120,40,120"
    done, right = compare(f"compare {net} --samples 2")
    _, false = compare(f"compare {net.replace('40', '60')} --values -", run(f"sample {net} --format csv").out)
    check(right["agrees"] and right["zeros"] == 160 and not false["agrees"], "a bottleneck; false widths are refused",
          right["verdict"], false["verdict"])
    wide = run("sample --activation linear --weights gaussian --q 1 --widths 80,40 --format csv").out
    s = [line.split(",")[2] for line in wide.splitlines() if line[0].isdigit()]
    short = run("compare --activation linear --weights gaussian --q 1 --widths 80,40 --format json --values -",
                stdin="\n".join(s[:40]))
    check(short.code == 0 and strict(short.out)["zeros"] == 40 and strict(short.out)["agrees"] and
          "zeros" in short.err, "values of the narrow side: the zeros are added", short)
    done, start = compare("compare --activation tanh --sigma-w 1.3 --sigma-b 0.1 --q0 2 --depth 6 --width 200")
    check(start["agrees"] and start["drift"]["first"]["q_theory"] == 2, "a network away from its fixed point", start)


def pictures():
    with folder() as place:
        for ending, mark in (("svg", b"<svg"), ("png", b"PNG"), ("pdf", b"%PDF")):
            path = os.path.join(place, "p." + ending)
            done = run(f"{SAMPLED} --plot {path}")
            with open(path, "rb") as file:
                check(done.code == 0 and mark in file.read(500), f"--plot {ending}", done)
        done = run(f"{TANH} --values /nonexistent --plot {place}/q.svg -o {place}/q.json")
        check(done.code == 1 and sorted(os.listdir(place)) == ["p.pdf", "p.png", "p.svg"], "a failed run leaves nothing")



def all_checks():
    wrong()
    outputs()
    files()
    networks()
    pictures()
