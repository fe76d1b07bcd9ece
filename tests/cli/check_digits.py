# SPDX-License-Identifier: GPL-3.0-or-later
"""`spectrum --digits D`: closed forms to 60 digits, the double output, types, exit codes, equal bytes."""

import math
import os
from decimal import Decimal, getcontext

from check_contract import COLUMNS, KEYS
from tap import check, close, csv_read, folder, run, strict

getcontext().prec = 110
DIGITS = 60


def pi():
    """Machin's formula."""
    def arctan_inverse(n):
        total, power, k = Decimal(0), Decimal(1) / n, 1
        while power > Decimal(10) ** -112:
            total += power / k if k % 4 == 1 else -power / k
            power, k = power / (n * n), k + 2
        return total
    return 4 * (4 * arctan_inverse(5) - arctan_inverse(239))


def sin_cos(x):
    """By halving, the series, and doubling."""
    x, doublings = Decimal(x), 0
    while abs(x) > Decimal("0.01"):
        x, doublings = x / 2, doublings + 1
    sin, term, k = x, x, 1
    while abs(term) > Decimal(10) ** -125:
        term *= -x * x / ((k + 1) * (k + 2))
        sin, k = sin + term, k + 2
    cos = (1 - sin * sin).sqrt()
    for _ in range(doublings):
        sin, cos = 2 * sin * cos, 2 * cos * cos - 1
    return sin, cos


PI = pi()


def arcsin(y):
    """Newton from a double, away from 1."""
    if y > Decimal("0.8"):
        return PI / 2 - 2 * arcsin(((1 - y) / 2).sqrt())
    x = Decimal(math.asin(float(y)))
    for _ in range(8):
        sin, cos = sin_cos(x)
        x += (y - sin) / cos
    return x


def agrees(text, value, digits=DIGITS):
    """Is text value, wrong by less than one unit of its last digit?"""
    got = Decimal(text)
    if value == 0 or got == 0:
        return got == value
    return abs(got - value) < Decimal(10) ** (value.adjusted() + 1 - digits)


def law_of(options, digits=DIGITS, code=0):
    done = run(f"spectrum {options} --digits {digits} --format json --quiet")
    if not check(done.code == code, f"--digits {digits} {options}: exit {code}", done):
        return None
    return strict(done.out)


def columns(law):
    return list(zip(*(law["points"][name] for name in COLUMNS)))


def quarter_circle():
    """One gaussian linear layer: density sqrt(4 - s^2)/pi."""
    points = ["0.1", "1", "1.9999999999999999999999999999", "1.5"]
    law = law_of(f"--activation linear --weights gaussian --at {','.join(points)}")
    for text, density, cdf, log10_s, per_log10 in columns(law):
        s = Decimal(text)
        root = (4 - s * s).sqrt()
        check(agrees(density, root / PI) and agrees(cdf, (s * root / 2 + 2 * arcsin(s / 2)) / PI) and
              agrees(log10_s, s.log10()) and agrees(per_log10, root / PI * s * Decimal(10).ln()),
              f"quarter circle at {text}: {DIGITS} digits", density, root / PI, cdf, log10_s, per_log10)
    check(law["points"]["s"] == points, "digits: s is the text that was given", law["points"]["s"])
    check(agrees(law["s_max"], Decimal(2)) and law["s_min"] == "0" and law["atoms"] == [] and
          agrees(law["mean_log_lambda"], Decimal(-1)), "quarter circle: edges, mean of log", law["s_max"])


def fuss_catalan():
    """Gaussian linear layers: lambda = sin((L+1)p)^(L+1)/(sin p sin(Lp)^L), 0 < p < pi/(L+1)."""
    for depth in (2, 3, 10):
        law = law_of(f"--activation linear --weights gaussian --depth {depth} --at 0.5,1.25 --moments 6")
        top = (Decimal(depth + 1) ** (depth + 1) / Decimal(depth) ** depth).sqrt()
        check(agrees(law["s_max"], top), f"depth {depth}: s_max", law["s_max"], top)
        exact = [Decimal(math.comb((depth + 1) * k, k)) / (depth * k + 1) for k in range(1, 7)]
        check(all(agrees(a, b) for a, b in zip(law["moments"], exact)), f"depth {depth}: moments", law["moments"])
        check(agrees(law["var_lambda"], Decimal(depth)) and agrees(law["mean_log_lambda"], Decimal(-depth)),
              f"depth {depth}: variance and mean of log", law["var_lambda"], law["mean_log_lambda"])
        for text, density, _, _, _ in columns(law):
            wanted, low, high = Decimal(text) ** 2, Decimal(0), PI / (depth + 1)
            for _ in range(360): # lambda falls with p
                p = (low + high) / 2
                (one, _), (many, _), (most, _) = sin_cos(p), sin_cos(depth * p), sin_cos((depth + 1) * p)
                value = most ** (depth + 1) / (one * many ** depth)
                low, high = (p, high) if value > wanted else (low, p)
            exact = one ** 2 * many ** (depth - 1) / (PI * most ** depth) * 2 * Decimal(text)
            check(agrees(density, exact), f"depth {depth}: density at {text}", density, exact)


def with_atoms():
    law = law_of("--activation relu --at 1,1.5 --quantiles 0.2,0.5,0.7")
    root = Decimal(2).sqrt()
    check(law["support"] == [] and law["atoms"][0]["s"] == "0" and agrees(law["atoms"][1]["s"], root) and
          all(agrees(atom["mass"], Decimal("0.5")) for atom in law["atoms"]) and agrees(law["s_max"], root),
          "digits: one relu layer is two atoms", law["atoms"])
    check([q["s"] for q in law["quantiles"]][:2] == ["0", "0"] and agrees(law["quantiles"][2]["s"], root) and
          agrees(law["quantiles"][2]["log10_s"], Decimal(2).log10() / 2) and law["quantiles"][0]["log10_s"] is None,
          "digits: quantiles at atoms", law["quantiles"])
    check(law["points"]["cdf"] == [law["atoms"][0]["mass"], "1." + "0" * 59] and
          law["points"]["density"] == ["0", "0"], "digits: points beside atoms", law["points"])
    check(law["mean_log_lambda"] is None and any("mass at 0" in w for w in law["warnings"]),
          "digits: what is not finite is null, and said", law["warnings"])


def like_double():
    for options in ("--activation tanh --q 0.3 --depth 10", "--activation erf --sigma-w 1.5 --sigma-b 0.1 --depth 3 --weights gaussian",
                    "--activation hard-tanh --q 0.4 --depth 20", "--activation elu:alpha=0.7 --q 0.5 --depth 2 --weights gaussian"):
        more = f"{options} --at 0.5,1,1.7 --quantiles 0.25,0.9"
        law, double = law_of(more, 25), strict(run(f"spectrum {more} --format json --quiet").out)
        numbers = [(law[k], double[k]) for k in ("q_star", "chi", "sigma_w", "sigma_b", "s_min", "s_max", "mean_lambda", "var_lambda", "mean_log_lambda")]
        numbers += list(zip(law["moments"], double["moments"])) + [(a[k], b[k]) for a, b in zip(law["quantiles"], double["quantiles"]) for k in ("s", "log10_s")]
        for k in COLUMNS:
            numbers += list(zip(law["points"][k], double["points"][k]))
        numbers += [(x, y) for a, b in zip(law["support"], double["support"]) for x, y in zip(a, b)]
        numbers += [(a[k], b[k]) for a, b in zip(law["atoms"], double["atoms"]) for k in ("s", "mass")]
        wrong = [(a, b) for a, b in numbers if (a is None) != (b is None) or
                 (a is not None and not close(float(a), b, 2e-12) and abs(float(a) - b) > 1e-14)]
        check(not wrong and len(law["support"]) == len(double["support"]) and len(law["atoms"]) == len(double["atoms"]),
              f"digits: what double says, {options}", wrong)


def forms():
    check(law_of("--activation tanh --q 0.3 --depth 4 --at 1", 20)["quantiles"] == [], "digits json: no quantiles unless asked", "")
    options = "--activation tanh --q 0.3 --depth 4 --points 7 --quantiles 0.01,0.9"
    law = law_of(options, 20)
    check(list(law) == KEYS[:1] + ["digits"] + KEYS[1:] and law["digits"] == 20 and law["network"]["depth"] == 4,
          "digits json: the keys, and digits", list(law))
    texts = [law[k] for k in ("q_star", "chi", "sigma_w", "sigma_b", "s_min", "s_max", "mean_lambda", "var_lambda",
                              "mean_log_lambda", "max_error")] + law["moments"] + law["support"][0]
    texts += [q[k] for q in law["quantiles"] for k in ("p", "s", "log10_s")] + sum((law["points"][k] for k in COLUMNS), [])
    check(all(isinstance(text, str) and Decimal(text).is_finite() for text in texts), "digits json: numbers are strings", texts)
    check(law["q_star"] == "0.3" + "0" * 19 and law["max_error"] == "1e-19" and law["chi"] == "1." + "0" * 19 and
          law["quantiles"][0]["p"] == "0.01" and law["warnings"] == [], "digits json: 20 digits each", law["q_star"])
    check(all(len(text.replace("-", "").replace(".", "").lstrip("0")) == 20 for text in law["points"]["density"]),
          "digits json: no more and no fewer", law["points"]["density"])
    check(all(len(text) < 12 for text in law["points"]["s"]), "digits: points of a grid are short", law["points"]["s"])
    finer = law_of(f"{options} --threads 2", 40)
    check(finer["points"]["s"] == law["points"]["s"] and
          all(agrees(a, Decimal(b), 20) for k in COLUMNS for a, b in zip(law["points"][k], finer["points"][k])),
          "digits: 20 digits are the first of 40", law["points"], finer["points"])
    done = run(f"spectrum {options} --digits 20 --format csv")
    comments, header, rows = csv_read(done.out)
    check(done.code == 0 and done.err == "" and header == COLUMNS and len(rows) == 7 and comments["digits"] == "20" and
          comments["q"] == "0.3" and comments["s_max"] == law["s_max"] and comments["failed_points"] == "0" and
          done.out.splitlines()[-1].split(",") == [law["points"][k][-1] for k in COLUMNS],
          "digits csv: the same texts", done)
    same = [run(f"spectrum {options} --digits 20 --format csv --threads {n}").raw for n in (1, 2, 5)]
    check(all(raw == done.raw for raw in same), "digits: equal bytes, whatever the number of threads")
    done = run("spectrum --activation tanh --q 0.3 --depth 4 --digits 50 --at 0.5")
    check(done.code == 0 and law["s_max"][:19] in done.out and "correct to 50 significant digits" in done.out and
          "Density over s" in done.out and "moment 4" in done.out and "Points" in done.out, "digits: the table", done)
    for grid in ("linear", "log"):
        done = run(f"spectrum {options} --digits 12 --grid {grid} --moments 1 --format json --quiet")
        check(done.code == 0 and len(strict(done.out)["moments"]) == 1, f"digits: --grid {grid}", done)
    one = law_of("--activation tanh --q 0.3 --at 0.5", 1)
    check(one["q_star"] == "0.3" and one["max_error"] == "1e-00" and one["chi"] == "1", "digits: one", one)


def as_written():
    """Numbers are meant as decimals, to the last digit."""
    third = "0." + "3" * 50
    with folder() as place:
        path = os.path.join(place, "at.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"+{third}, 1e-3 # two\n.5\n1e-330\n")
        law = law_of(f"--activation linear --weights gaussian --at @{path} --quantiles {third}")
        check(law["points"]["s"] == [third, "0.001", "0.5", "1e-330"], "digits: --at @FILE, as written", law["points"]["s"])
        s = Decimal(third)
        check(agrees(law["points"]["density"][0], (4 - s * s).sqrt() / PI) and
              agrees(law["points"]["cdf"][3], Decimal("2e-330") / PI), "digits: fifty digits of s count", law["points"])
        check(law["quantiles"][0]["p"] == third, "digits: --quantiles as written", law["quantiles"])
        out = os.path.join(place, "x.json")
        done = run(f"spectrum --activation tanh --q {third} --digits 45 --at 1 -o {out} --plot {place}/x.svg")
        with open(out, encoding="utf-8") as file:
            text = file.read()
        check(done.code == 0 and strict(text)["q_star"] == "0." + "3" * 45 and os.path.getsize(f"{place}/x.svg") > 1000,
              "digits: -o x.json, --q to its fiftieth digit, --plot", done)
    law = law_of("--activation leaky-relu:slope=0.01 --weights gaussian --at 1", 30)
    sigma_w = (2 / (1 + Decimal("0.0001"))).sqrt()
    check(agrees(law["sigma_w"], sigma_w, 30), "digits: slope=0.01 is a hundredth", law["sigma_w"], sigma_w)
    law = law_of("--activation leaky-relu --weights gaussian --at 1", 30)
    check(agrees(law["sigma_w"], sigma_w, 30), "digits: and so it is by default", law["sigma_w"])
    law = law_of("--activation linear --weights gaussian --sigma-w 0.9 --depth 2 --at 1", 40)
    check(agrees(law["mean_lambda"], Decimal("0.9") ** 4, 40) and law["sigma_w"] == "0.9" + "0" * 39,
          "digits: sigma_w is a decimal", law["mean_lambda"])


def not_established():
    """All digits of F cancel there: marked, said, exit 3."""
    options = "spectrum --activation linear --weights gaussian --at 1,1e-2000 --digits 15"
    done = run(f"{options} --format json")
    law = strict(done.out)
    check(done.code == 3 and law["points"]["cdf"][1] is None and law["points"]["density"][1] == "0.636619772367581" and
          law["points"]["log10_s"][1] == "-2000.00000000000" and "1 number could not be established to 15 digits" in done.err
          and any(w.startswith("points.cdf: 1 null: not established") for w in law["warnings"]), "digits: exit 3, null", done)
    done = run(f"{options} --format csv")
    check(done.code == 3 and csv_read(done.out)[0]["failed_points"] == "1" and ",nan," in done.out.splitlines()[-1] and
          ",nan" not in done.out.splitlines()[-2], "digits: exit 3, nan in the one field", done)
    done = run(options)
    check(done.code == 3 and "1 number could not be established" in done.out and "could not" in done.out.split("Density over")[0],
          "digits: exit 3, the table", done)


WRONG = [
    ("--digits 0", ["--digits", "'0'", "at least 1"]),
    ("--digits -3", ["--digits", "'-3'", "at least 1"]),
    ("--digits abc", ["--digits", "'abc'", "not a number"]),
    ("--digits 2.5", ["--digits", "'2.5'", "whole"]),
    ("--digits 100000", ["--digits", "'100000'", "at most 990"]),
    ("--digits=", ["--digits", "empty"]),
    ("--digits 20 --q0 1", ["--digits", "--q0 '1'", "identical"]),
    ("--digits 20 --widths 1,2", ["--digits", "--widths '1,2'"]),
    ("--digits 20 --layers x.csv", ["--digits", "--layers 'x.csv'"]),
    ("--digits 20 --threads 0", ["--threads", "'0'"]),
    ("--digits 20 --at -1", ["--at", "'-1'"]),
    ("--digits 20 --quantiles 1.5", ["--quantiles", "'1.5'"]),
    ("--threads 2", ["--threads", "--digits"]),
]


def wrong():
    for words, wanted in WRONG:
        done = run(f"spectrum --activation tanh --q 0.3 {words}")
        check(done.code == 2 and done.out == "" and done.err.startswith("freejac: ") and done.err.count("\n") == 1 and
              "--help'" in done.err and all(word in done.err for word in wanted), f"exit 2: {words}", wanted, done)
    done = run(["spectrum", "--activation", "expr:tanh(x)", "--q", "1", "--digits", "20"])
    check(done.code == 2 and "formulas" in done.err and "expr:tanh(x)" in done.err, "exit 2: a formula", done)
    for command in ("design", "limit", "sample"):
        done = run(f"{command} --digits 20")
        check(done.code == 2 and "--digits" in done.err and f"'{command}'" in done.err, f"exit 2: {command} --digits", done)
    done = run("spectrum --activation sigmoid --q 0.3 --digits 20")
    check(done.code == 1 and done.out == "" and "no critical point" in done.err, "exit 1: no such point", done)
    done = run("spectrum --activation tanh --q 0.3 --digits 20 --points 3 --plot /nowhere/x.svg")
    check(done.code == 1 and done.out == "" and "/nowhere" in done.err, "exit 1: a place that is none", done)


def all_checks():
    for part in (quarter_circle, fuss_catalan, with_atoms, like_double, forms, as_written, not_established, wrong):
        try:
            part()
        except (KeyError, TypeError, IndexError, AttributeError) as error: # a run failed, which has been told
            check(False, f"{part.__name__} goes through", repr(error))
