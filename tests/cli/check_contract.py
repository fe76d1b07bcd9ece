# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns, keys and the meaning of the numbers: what CLI.md promises of each format."""

import csv
import io
import math

from tap import check, close, csv_read, run, strict

TANH = "--activation tanh --q 0.025 --depth 10"
COLUMNS = ["s", "density", "cdf", "log10_s", "density_log10"]
KEYS = ["network", "q_star", "chi", "sigma_w", "sigma_b", "s_min", "s_max", "support", "atoms",
        "moments", "mean_lambda", "var_lambda", "mean_log_lambda", "quantiles", "points", "max_error",
        "warnings"]


def spectrum_csv():
    done = run(f"spectrum {TANH} --points 50 --format csv")
    check(done.code == 0 and done.err == "", "spectrum csv: exit 0, silent", done)
    comments, header, rows = csv_read(done.out)
    check(header == COLUMNS, "spectrum csv: the columns", header)
    check(len(rows) == 50, "spectrum csv: as many rows as points", len(rows))
    wanted = {"freejac", "command", "activation", "weights", "depth", "q", "points", "grid", "q_star",
              "chi", "sigma_w", "sigma_b", "s_min", "s_max", "support", "atoms", "moments",
              "mean_lambda", "var_lambda", "mean_log_lambda", "quantile", "max_error",
              "failed_points"}
    check(wanted <= set(comments), "spectrum csv: every comment", wanted - set(comments))
    check(comments["weights"] == "orthogonal" and comments["grid"] == "auto",
          "spectrum csv: defaults are filled in", comments)
    check(all(len(row) == 5 and all(map(math.isfinite, row)) for row in rows),
          "spectrum csv: every value finite", rows[:3])
    s, density, cdf, log10_s, per_log10 = zip(*rows)
    check(all(a < b for a, b in zip(s, s[1:])), "spectrum csv: s ascends")
    check(all(a <= b for a, b in zip(cdf, cdf[1:])) and cdf[0] >= 0 and cdf[-1] <= 1,
          "spectrum csv: cdf ascends within [0, 1]")
    check(all(x > float(comments["s_min"]) and x < float(comments["s_max"]) for x in s),
          "spectrum csv: no point on an edge or outside", comments)
    check(all(close(a, math.log10(b), 1e-12) or abs(a - math.log10(b)) < 1e-14
              for a, b in zip(log10_s, s)), "spectrum csv: log10_s = log10(s)")
    check(all(close(a, b * c * math.log(10), 1e-12) for a, b, c in zip(per_log10, density, s)),
          "spectrum csv: density_log10 = density s log(10)")
    digits = [f for f in done.out.splitlines()[-1].split(",")]
    check(all("%.17g" % float(f) == f for f in digits), "spectrum csv: %.17g", digits)


def spectrum_json():
    done = run(f"spectrum {TANH} --points 30 --moments 3 --quantiles 0.5,0.25 --format json")
    law = strict(done.out)
    check(done.code == 0 and list(law) == KEYS, "spectrum json: the keys, in order", done, list(law))
    check(law["network"]["activation"] == "tanh" and law["network"]["weights"] == "orthogonal" and
          law["network"]["depth"] == 10 and "widths" in law["network"], "spectrum json: network",
          law["network"])
    check([q["p"] for q in law["quantiles"]] == [0.5, 0.25], "spectrum json: quantiles in order",
          law["quantiles"])
    check(all(set(q) == {"p", "s", "log10_s"} for q in law["quantiles"]),
          "spectrum json: keys of a quantile", law["quantiles"])
    check(len(law["moments"]) == 3 and close(law["moments"][0], law["mean_lambda"], 1e-12),
          "spectrum json: moments from order 1", law["moments"])
    check(sorted(law["points"]) == sorted(COLUMNS) and
          all(len(law["points"][c]) == 30 for c in COLUMNS), "spectrum json: points by column")
    check(close(law["q_star"], 0.025, 1e-12) and law["chi"] == 1, "spectrum json: q_star and chi")
    check(law["warnings"] == [] and law["max_error"] < 1e-6, "spectrum json: no warnings", law["warnings"])
    table = csv_read(run(f"spectrum {TANH} --points 30 --moments 3 --format csv").out)
    check([list(row) for row in zip(*(law["points"][c] for c in COLUMNS))] == table[2],
          "spectrum: the same numbers in CSV and JSON")


def order_and_values():
    law = strict(run(f"spectrum {TANH} --at 1.1,0.7,0.9,1.1 --format json").out)
    check(law["points"]["s"] == [1.1, 0.7, 0.9, 1.1], "--at: the order is kept", law["points"]["s"])
    check(law["points"]["density"][0] == law["points"]["density"][3],
          "--at: a point's density does not depend on its place")
    half = law["quantiles"][2]
    at = strict(run(f"spectrum {TANH} --at {half['s']!r} --format json").out)
    check(half["p"] == 0.5 and abs(at["points"]["cdf"][0] - 0.5) < 1e-9, "cdf(quantile(p)) = p", half, at)
    outside = strict(run(f"spectrum {TANH} --at 50,1e300 --format json").out)["points"]
    check(outside["density"] == [0, 0] and outside["cdf"] == [1, 1],
          "--at: beyond the support the density is 0", outside)
    law = strict(run("spectrum --activation hard-tanh --q 0.25 --depth 10 --at 1.2,1.3 --format json").out)
    top = law["atoms"][-1]
    check(law["support"][-1][1] < 1.2 < top["s"] < 1.3 and law["points"]["density"] == [0, 0] and
          close(law["points"]["cdf"][0], 1 - top["mass"], 1e-10) and law["points"]["cdf"][1] == 1,
          "--at: density 0 in the gap below an atom, cdf includes the atom above it", law)


def atoms():
    done = run("spectrum --activation relu --depth 2 --at 0,1 --format json")
    law = strict(done.out)
    check(done.code == 0 and [a["s"] for a in law["atoms"]] == [0] and
          close(law["atoms"][0]["mass"], 0.5, 1e-12), "relu: half of the mass at 0", law["atoms"])
    check(law["s_min"] == 0 and law["points"]["cdf"][0] == 0.5,
          "relu: s_min and cdf include the atom", law["points"])
    check(law["points"]["log10_s"][0] is None and law["points"]["density_log10"][0] is None and
          law["warnings"], "s = 0: logarithms are null, with a warning", law["points"], law["warnings"])
    check(law["mean_log_lambda"] is None, "relu: the mean of log lambda is null")
    check(law["quantiles"][0]["s"] == 0 and law["quantiles"][0]["log10_s"] is None,
          "relu: a quantile within the atom is 0", law["quantiles"])
    text = run("spectrum --activation relu --depth 2 --at 0,1 --format csv").out
    check("inf" not in text and text.splitlines()[-2].split(",")[3:] == ["nan", "nan"],
          "s = 0 in CSV: nan, not -inf", text)
    done = run("spectrum --activation linear --depth 7 --format json")
    law = strict(done.out)
    check(done.code == 0 and law["support"] == [] and len(law["atoms"]) == 1 and
          law["points"]["s"] == [] and "no continuous part" in done.err,
          "linear orthogonal: one atom, no points, said on stderr", done)
    check(law["s_min"] == law["s_max"] == law["atoms"][0]["s"], "linear orthogonal: edges are the atom")


def grids():
    for grid in ("linear", "log", "auto"):
        _, _, rows = csv_read(run(f"spectrum {TANH} --points 20 --grid {grid} --format csv").out)
        s = [row[0] for row in rows]
        steps = [b - a for a, b in zip(s, s[1:])]
        ratios = [b / a for a, b in zip(s, s[1:])]
        if grid == "linear":
            good = max(steps) < min(steps) * (1 + 1e-9)
        elif grid == "log":
            good = max(ratios) < min(ratios) * (1 + 1e-9)
        else: # dense at both ends
            good = steps[0] < steps[9] / 3 and steps[-1] < steps[9] / 3
        check(len(s) == 20 and good, f"--grid {grid}: the spacing", s)
    done = run("spectrum --activation linear --weights gaussian --depth 3000 --points 20 --format json")
    law = strict(done.out)
    check(done.code == 0 and all(x >= 1e-300 for x in law["points"]["s"]) and "mass lies below" in done.err,
          "deep gaussian: no point below 1e-300, the mass there is told", done.err)
    check(law["quantiles"][2]["s"] is None and law["quantiles"][2]["log10_s"] < -300,
          "deep gaussian: an underflown quantile is null, its logarithm is not", law["quantiles"])


def meanfield():
    done = run("meanfield --activation tanh --q 0.025 --depth 3 --format csv")
    comments, header, rows = csv_read(done.out)
    check(done.code == 0 and header == ["layer", "q", "chi", "c"], "meanfield csv: the columns", done)
    check([r[0] for r in rows] == [1, 2, 3] and all(close(r[1], 0.025, 1e-12) and r[2] == 1 and r[3] == 1
                                                   for r in rows), "meanfield csv: equal layers", rows)
    check(comments["phase"] == "critical", "meanfield csv: phase", comments)
    law = strict(run("meanfield --activation tanh --q 0.025 --depth 3 --format json").out)
    keys = ["q_star", "chi", "sigma_w", "sigma_b", "xi_q", "xi_c", "phase", "stable", "layers", "fixed_points"]
    check(all(k in law for k in keys), "meanfield json: the keys", list(law))
    check(law["xi_c"] is None and any("xi_c" in w for w in law["warnings"]),
          "meanfield json: xi_c is null on the critical line, with a warning", law)
    check(law["layers"] == {"layer": [1, 2, 3], "q": [law["q_star"]] * 3, "chi": [1] * 3, "c": [1] * 3},
          "meanfield json: layers", law["layers"])
    for sigma_w, phase in (("0.5", "ordered"), ("2", "chaotic")):
        law = strict(run(f"meanfield --activation tanh --sigma-w {sigma_w} --sigma-b 0.3 --format json").out)
        check(law["phase"] == phase and (law["chi"] < 1) == (phase == "ordered") and law["stable"] is True,
              f"meanfield: sigma_w = {sigma_w} is {phase}", law)
    done = run("meanfield --activation gelu --q 1")
    check(done.code == 0 and "unstable" in done.err and "drift" in done.err,
          "an unstable fixed point is told on stderr", done)
    done = run("meanfield --activation gelu --q 1 --quiet")
    check(done.code == 0 and done.err == "", "--quiet silences it", done)


def activations():
    done = run("activations --format json")
    known = strict(done.out)["activations"]
    check(done.code == 0 and {"linear", "relu", "leaky-relu", "hard-tanh", "tanh", "erf", "sigmoid", "arctan",
                              "softsign", "sin", "softplus", "elu", "selu", "gelu", "silu"} <=
          {a["name"] for a in known}, "activations: all of CLI.md", [a["name"] for a in known])
    check(all(list(a) == ["name", "formula", "parameters", "parity", "remark"] and a["formula"] for a in known),
          "activations json: the keys")
    text = run("activations --format csv").out
    rows = list(csv.reader(line for line in io.StringIO(text) if not line.startswith("#")))
    check(rows[0] == ["name", "formula", "parameters", "parity", "remark"] and
          [dict(zip(rows[0], row)) for row in rows[1:]] == known, "activations: the same in CSV and JSON")
    text = run("activations").out
    check(all(a["name"] in text and a["formula"] in text for a in known), "activations table: every name and formula")
    check(all(len(line) <= 80 for line in text.splitlines()), "activations table: 80 columns")


def unreached_points():
    """A point below what logarithms of double can follow: marked, counted, exit 3; the others are given."""
    command = "spectrum --activation linear --weights gaussian --at 1e-307,1"
    done = run(command + " --format csv")
    comments, _, rows = csv_read(done.out)
    check(done.code == 3 and comments["failed_points"] == "1" and "1 of 2 points" in done.err,
          "a point not reached: exit 3, counted", done)
    check(math.isnan(rows[0][1]) and math.isnan(rows[0][2]) and math.isfinite(rows[1][1]),
          "a point not reached: nan in its row, numbers in the other", rows)
    done = run(command + " --format json")
    law = strict(done.out)
    check(done.code == 3 and law["points"]["density"][0] is None and law["points"]["density"][1] > 0,
          "a point not reached: null in JSON", done)


def paper_networks():
    """The networks of the paper's training section: largest singular values at depth 200, to the digits given for them."""
    wanted = [("tanh --q 0.0259", 2.036, 23.395), ("tanh --q 0.8214", 16.306, 28.459),
              ("relu --q 1", 23.287, 32.974)]
    for network, orthogonal, gaussian in wanted:
        for weights, s_max in (("orthogonal", orthogonal), ("gaussian", gaussian)):
            done = run(f"spectrum --activation {network} --weights {weights} --depth 200 --format json")
            found = strict(done.out)["s_max"]
            check(abs(found - s_max) < 6e-4, f"{network}, {weights}: s_max", found, s_max)


def tables():
    for command in (f"spectrum {TANH}", "spectrum --activation relu --depth 3",
                    "spectrum --activation tanh --q 0.1 --weights gaussian --depth 100",
                    "spectrum --activation linear", "meanfield --activation tanh --q 0.025"):
        for locale in ("C", "C.UTF-8"):
            done = run(command, env={"LC_ALL": locale})
            widest = max((len(line) for line in done.out.splitlines()), default=0)
            check(done.code == 0 and 0 < widest <= 80, f"table in 80 columns, {locale}: {command}", widest, done)
            check(done.out.isascii() or locale != "C", f"table is plain ASCII in the C locale: {command}")
    done = run(f"spectrum {TANH}", env={"LC_ALL": "C.UTF-8"})
    check("█" in done.out and "s_max" in done.out and "0.025" in done.out, "spectrum table: a picture", done)
    done = run(f"spectrum {TANH} --at 0.9,1")
    check("Points" in done.out, "spectrum table: --at lists its points", done)


def all_checks():
    spectrum_csv()
    spectrum_json()
    order_and_values()
    atoms()
    grids()
    meanfield()
    activations()
    unreached_points()
    paper_networks()
    tables()
