# SPDX-License-Identifier: GPL-3.0-or-later
"""`--activation 'expr:...'` in every command: formulas of built-in activations, unbounded slopes, mistakes."""

import math
import os

from tap import check, close, csv_read, folder, run, strict

FORMULAS = [("tanh", "tanh(x)"), ("silu", "x/(1+exp(-x))"), ("gelu", "x*(1+erf(x/sqrt(2)))/2"),
            ("relu", "max(x, 0)"), ("hard-tanh", "max(-1,min(1,x))"), ("sin", "sin(x)")]


def law(activation, more):
    done = run(["spectrum", "--activation", activation, "--format", "json"] + more.split())
    return strict(done.out) if done.code == 0 else None


def equal():
    for name, formula in FORMULAS:
        for place in ("--q 0.2 --depth 1 --weights gaussian", "--q 1.3 --depth 30 --weights orthogonal"):
            one, two = law(name, place + " --points 20"), law(f"expr:{formula}", place + " --points 20")
            check(one and two and two["network"]["activation"] == f"expr:{formula}",
                  f"expr: {formula} {place}: a law")
            numbers = ["q_star", "chi", "sigma_w", "sigma_b", "s_min", "s_max", "mean_lambda", "var_lambda"]
            check(all(close(one[k], two[k], 1e-10) or abs(one[k] - two[k]) < 1e-10 for k in numbers),
                  f"expr: {formula} {place}: the point", [(k, one[k], two[k]) for k in numbers])
            check(all(close(a, b, 1e-10) for a, b in zip(one["moments"], two["moments"])) and
                  all(close(a["s"], b["s"], 1e-10) for a, b in zip(one["quantiles"], two["quantiles"])
                      if a["s"] is not None),
                  f"expr: {formula} {place}: moments and quantiles", one["quantiles"], two["quantiles"])
            at = ",".join(repr(s) for s in one["points"]["s"])
            one, two = law(name, f"{place} --at {at}"), law(f"expr:{formula}", f"{place} --at {at}")
            check(all(close(a, b, 1e-10) for a, b in zip(one["points"]["density"], two["points"]["density"])) and
                  all(abs(a - b) < 1e-10 for a, b in zip(one["points"]["cdf"], two["points"]["cdf"])),
                  f"expr: {formula} {place}: density and distribution")


def commands():
    done = run("meanfield --activation expr:x*tanh(log(1+exp(x))) --sigma-w 1.2 --sigma-b 0.3 --format json")
    check(done.code == 0 and strict(done.out)["network"]["activation"] == "expr:x*tanh(log(1+exp(x)))",
          "expr: meanfield of mish", done)
    one = run("phase --activation tanh --sigma-w 1:2:3 --sigma-b 0:0.4:3 --format csv")
    two = run("phase --activation expr:tanh(x) --sigma-w 1:2:3 --sigma-b 0:0.4:3 --format csv")
    rows = [csv_read(done.out)[2] for done in (one, two)]
    check(one.code == two.code == 0 and len(rows[0]) == 9 and
          all(a == b or close(a, b, 1e-8) or (math.isnan(a) and math.isnan(b))
              for r, s in zip(*rows) for a, b in zip(r, s)), "expr: phase of tanh", rows)
    done = run(["meanfield", "--activation", "expr:where(x > 0, x, 0.1*x) + 0.2*sin(x)", "--sigma-w", "0.9", "--sigma-b", "0.1"])
    check(done.code == 0 and "0.0260763875" in done.out and "looked for up to q" in done.err, "expr: meanfield of one that oscillates", done)
    done = run("design --activation expr:tanh(x)+0.1*x --depth 20 --var-lambda 0.5")
    check(done.code == 0 and "yours to write: tanh(x)+0.1*x" in done.out, "expr: design", done)
    done = run("design --activation expr:x+x^3/3 --depth 20 --s-max 3")
    check(done.code == 1 and "no largest singular value" in done.err, "expr: design for s_max it has not", done)
    done = run("spectrum --activation expr:abs(x)-1;kinks=1,-1 --q 1 --format csv --points 3")
    check(done.code == 0 and csv_read(done.out)[0]["activation"] == "expr:abs(x)-1;kinks=1,-1",
          "expr: kinks of one's own, and one comment line", done)
    done = run("activations")
    check("expr:FORMULA" in done.out and "softplus" in done.out, "expr: told by activations", done)


def unbounded():
    for depth in (1, 2, 10):
        for weights in ("gaussian", "orthogonal"):
            done = run(f"spectrum --activation expr:x+x^3/3 --sigma-w 0.3 --sigma-b 0.2 --depth {depth} "
                       f"--weights {weights} --quantiles 0.5,0.999999,1 --format json")
            one = strict(done.out)
            name = f"expr: x+x^3/3, {weights}, depth {depth}"
            check(done.code == 0 and one["s_max"] is None and one["support"][-1][1] is None, name, done)
            check(any("s_max is null: the support has no upper edge" in w for w in one["warnings"]) and
                  any("quantile of 0.999999" in w for w in one["warnings"]), name + ": said", one["warnings"])
            s = one["points"]["s"]
            check(close(max(s), one["quantiles"][1]["s"], 0.2) and max(s) <= one["quantiles"][1]["s"] * (1 + 1e-9)
                  and one["quantiles"][2]["s"] is None, name + ": where the points end", max(s), one["quantiles"])
            # E t = E(1 + x^2)^2 = 1 + 2q + 3q^2
            q = one["q_star"]
            check(close(one["chi"], 0.09 * (1 + 2 * q + 3 * q * q), 1e-12) and
                  close(one["mean_lambda"], one["chi"] ** depth, 1e-10), name + ": the mean", one["chi"])
    with folder() as place:
        plot = os.path.join(place, "u.svg")
        done = run(["spectrum", "--activation", "expr:x^2", "--q", "0.4", "--depth", "3", "--plot", plot,
                    "-o", os.path.join(place, "u.csv")])
        check(done.code == 0 and os.path.getsize(plot) > 1000, "expr: a plot without upper edge", done)


WRONG = [
    ("x+*2", ["at character 3", "'*2'"]),
    ("foo(x)", ["at character 1", "'foo'", "tanh"]),
    ("1/x", ["not a finite number", "x = 0"]),
    ("log(x)", ["not a finite number"]),
    ("step(x)", ["phi jumps at x = 0"]),
    ("sqrt(abs(x))", ["phi' grows without bound", "x = 0"]),
    ("7", ["constant"]),
    ("abs(x);kink=0", ["kinks="]),
    ("x\n", ["one line"]),
]


def wrong():
    for formula, words in WRONG:
        for command in ("spectrum", "meanfield", "design"):
            done = run([command, "--activation", f"expr:{formula}", "--depth", "2"])
            check(done.code == 2 and done.out == "" and done.err.startswith("freejac: --activation") and
                  done.err.count("\n") == 1 and f"'freejac {command} --help'" in done.err and
                  all(word in done.err for word in words), f"exit 2: {command} expr:{formula!r}", words, done)


def all_checks():
    equal()
    commands()
    unbounded()
    wrong()
