# SPDX-License-Identifier: GPL-3.0-or-later
"""`meanfield` layer by layer and `phase`: columns, keys, and numbers against closed forms and against each other."""

import csv
import io
import math
import os
import shutil

from tap import check, close, csv_read, folder, run, skip, strict

PHASE_KEYS = ["network", "points", "missing_points", "failed_points", "warnings"]


def rows_of(command):
    done = run(command)
    return done, *csv_read(done.out)


# ---- meanfield ----

def erf_steps(sigma_w, sigma_b, q, c, depth):
    """Closed form: E[erf(x) erf(y)] = (2/pi) asin(k c), k = pi q/(2 + pi q), for erf(sqrt(pi)/2 x)."""
    out = []
    for _ in range(depth):
        out.append((q, c))
        k = math.pi * q / (2 + math.pi * q)
        w = sigma_w ** 2 * 2 / math.pi
        after = w * math.asin(k) + sigma_b ** 2
        c = (w * math.asin(k * c) + sigma_b ** 2) / after
        q = after
    return out


def layer_by_layer():
    for c0 in ("1", "0", "-1", "0.999999999999", "0.3", "-0.75"):
        done, comments, header, rows = rows_of(
            f"meanfield --activation erf --sigma-w 1.3 --sigma-b 0.2 --q0 2.5 --c0 {c0} --depth 40 --format csv")
        check(done.code == 0 and header == ["layer", "q", "chi", "c"] and len(rows) == 40,
              f"meanfield, c0 = {c0}: columns and rows", done)
        want = erf_steps(1.3, 0.2, 2.5, float(c0), 40)
        check(all(close(r[1], q, 1e-13) and abs(r[3] - c) < 1e-12 for r, (q, c) in zip(rows, want)),
              f"meanfield, c0 = {c0}: erf by its arcsine", rows[:3], want[:3])
        check(comments["c0"] == "%.17g" % float(c0) and comments["q0"] == "2.5" and "c_star" in comments,
              "meanfield csv: q0, c0 and c_star among the comments", comments)
    law = strict(run("meanfield --activation erf --sigma-w 1.3 --sigma-b 0.2 --q0 2.5 --c0 0.3 --depth 40 "
                     "--format json").out)
    rows = rows_of("meanfield --activation erf --sigma-w 1.3 --sigma-b 0.2 --q0 2.5 --c0 0.3 --depth 40 "
                   "--format csv")[3]
    check([list(r) for r in zip(*(law["layers"][k] for k in ("layer", "q", "chi", "c")))] == rows,
          "meanfield: the same numbers in CSV and JSON")
    check(0 < law["c_star"] < 1 and law["phase"] == "chaotic" and law["xi_c"] > 0, "meanfield json: c_star", law)
    done, _, _, rows = rows_of("meanfield --activation tanh --sigma-w 1.5 --sigma-b 0.1 --c0 0.5 --depth 3000 "
                               "--format csv")
    law = strict(run("meanfield --activation tanh --sigma-w 1.5 --sigma-b 0.1 --format json").out)
    check(len(rows) == 3000 and all(r[1] == law["q_star"] and r[2] == law["chi"] for r in rows),
          "without --q0 lengths stay at q*", rows[-1])
    check(close(rows[-1][3], law["c_star"], 1e-12), "the correlation comes to c*", rows[-1], law["c_star"])
    step = rows[300][3] - law["c_star"], rows[299][3] - law["c_star"]
    check(close(step[0] / step[1], math.exp(-1 / law["xi_c"]), 1e-4), "by a factor exp(-1/xi_c) a layer", step)


def fixed_points():
    below = strict(run("meanfield --activation gelu --sigma-w 1.5 --sigma-b 0.05 --q0 1.3 --depth 200 "
                       "--format json").out)
    check(len(below["fixed_points"]) == 1 and below["stable"] is True and
          set(below["fixed_points"][0]) == {"q", "slope", "chi", "stable"} and
          below["fixed_points"][0]["stable"] is False, "gelu: the unstable fixed point is listed", below["fixed_points"])
    check(close(below["layers"]["q"][-1], below["q_star"], 1e-12), "gelu: q0 below it comes to q*")
    done = run("meanfield --activation gelu --sigma-w 1.5 --sigma-b 0.05 --q0 1.45 --depth 200 --format json")
    above = strict(done.out)
    check(done.code == 0 and above["q_star"] is None and above["phase"] is None and above["stable"] is None and
          above["layers"]["q"][-1] > 1e6, "gelu: q0 above it reaches none", done, above["q_star"])
    check([p["q"] for p in above["fixed_points"]] == [below["q_star"], below["fixed_points"][0]["q"]],
          "gelu: both fixed points are listed all the same", above["fixed_points"])
    check("grows" in done.err and any("grows" in w for w in above["warnings"]), "and it is said why", done)
    table = run("meanfield --activation gelu --sigma-w 1.5 --sigma-b 0.05 --q0 1.3").out
    check(table.count("reached: q*") == 1 and "unstable" in table, "the table marks the one reached", table)
    phases = {}
    for q0 in ("2.4", "2.7"):
        law = strict(run(f"meanfield --activation gelu --sigma-w 1.412 --sigma-b 0.4 --q0 {q0} --format json").out)
        phases[q0] = law["phase"], law["stable"], len(law["fixed_points"])
    check(phases == {"2.4": ("ordered", True, 2), "2.7": ("chaotic", True, 2)},
          "gelu: of two stable lengths q0 decides, and with it the phase", phases)
    done = run("meanfield --activation gelu --q 1 --q0 0.9 --depth 5")
    check(done.code == 0 and "do not come to q*" in done.err, "--q with a --q0 that leads elsewhere is told", done)


def divergence():
    done = run("meanfield --activation relu --sigma-w 2 --q0 1 --depth 10 --format csv")
    _, _, rows = csv_read(done.out)
    check(done.code == 0 and [r[1] for r in rows] == [2.0 ** l for l in range(10)] and "factor" in done.err and
          "take sigma_w below" in done.err, "relu above critical: the layers, and what happens", done)
    done = run("meanfield --activation relu --sigma-w 2 --q0 1 --depth 2000 --format json")
    law = strict(done.out)
    q = law["layers"]["q"]
    check(done.code == 0 and q[1023] == 2.0 ** 1023 and q[1024] is None and len(q) == 2000 and
          "after layer 1024" in done.err, "relu: until q overflows", done)
    done = run("meanfield --activation relu --sigma-w 2 --depth 10")
    check(done.code == 1 and done.out == "" and "--sigma-w 2" in done.err, "without --q0 there is nothing to show", done)


def deep():
    done = run("meanfield --activation tanh --sigma-w 1.5 --sigma-b 0.1 --q0 2 --c0 0.1 --depth 1e15")
    check(done.code == 0 and "to 1000000000000000" in done.out, "a settled network of any depth", done)
    done = run("meanfield --activation tanh --q 0.3 --c0 0.5 --depth 2e5 --format csv")
    c = [float(line.split(",")[3]) for line in done.out.splitlines()[-200000:]]
    check(done.code == 0 and all(a < b for a, b in zip(c, c[1:])) and 0 < 1 - c[-1] < 1e-3,
          "on the critical line the correlation goes on towards 1", done, c[-1])


# ---- phase ----

def phase_formats():
    command = "phase --activation tanh --sigma-w 0.6:2.2:9 --sigma-b 0:0.8:5"
    done, comments, header, rows = rows_of(f"{command} --format csv")
    check(done.code == 0 and header == ["sigma_w", "sigma_b", "q_star", "chi", "xi_c"] and len(rows) == 45,
          "phase csv: columns and rows", done)
    check(comments["missing_points"] == "0" and comments["failed_points"] == "0" and "q0" in comments,
          "phase csv: comments", comments)
    check([r[0] for r in rows[::5]] == [0.6 + (2.2 - 0.6) * (i / 8) for i in range(8)] + [2.2] and
          [r[1] for r in rows[:5]] == [0, 0.8 * 0.25, 0.8 * 0.5, 0.8 * 0.75, 0.8], "phase: the grid, both ends in it",
          [r[0] for r in rows[::5]])
    law = strict(run(f"{command} --format json").out)
    check(list(law) == PHASE_KEYS and law["network"] == {"activation": "tanh"}, "phase json: keys", list(law))
    columns = [law["points"][k] for k in header]
    check([[math.nan if x is None else x for x in row] for row in zip(*columns)] == rows or
          all(a == b or (a is None and math.isnan(b)) for x, y in zip(zip(*columns), rows) for a, b in zip(x, y)),
          "phase: the same numbers in CSV and JSON")
    same = [run(f"{command} --format csv --threads {n}").out for n in (1, 2, 7)]
    check(same[0] == same[1] == same[2] == done.out, "phase: the same bytes on any number of threads")
    for row in rows[::7]:
        one = strict(run(f"meanfield --activation tanh --sigma-w {row[0]!r} --sigma-b {row[1]!r} --format json").out)
        check(one["q_star"] == row[2] and one["chi"] == row[3] and
              (one["xi_c"] == row[4] or (one["xi_c"] is None and math.isnan(row[4]))),
              f"phase: as meanfield at {row[0]}, {row[1]}", one, row)
    table = run(command).out
    check("ordered" in table and "chaotic" in table and "#" in table and max(map(len, table.splitlines())) <= 80,
          "phase table: counts and a map, 80 columns", table)
    done, _, _, rows = rows_of("phase --activation tanh --sigma-w 1.5 --sigma-b 0.01:1:3:log --format csv")
    check([r[0] for r in rows] == [1.5] * 3 and all(close(a[1], b, 1e-14) for a, b in zip(rows, (0.01, 0.1, 1))),
          "phase: one value, and a logarithmic range", rows)


def phase_defaults():
    done, _, _, rows = rows_of("phase --activation hard-tanh --format csv")
    check(done.code == 0 and len(rows) == 101 * 81, "phase: a usual grid without any range", done)
    done, comments, _, rows = rows_of("phase --activation relu --sigma-w 1:2:5 --sigma-b 0:1:3 --format csv")
    none = [r for r in rows if r[0] > math.sqrt(2)]
    check(done.code == 0 and comments["missing_points"] == str(len(none)) and "without bound" in done.err and
          all(math.isnan(x) for r in none for x in r[2:]) and not any(math.isnan(r[2]) for r in rows if r not in none),
          "phase: no fixed point, no number", done, none)
    law = strict(run("phase --activation relu --sigma-w 1:2:5 --sigma-b 0:1:3 --format json").out)
    check(law["points"]["q_star"].count(None) == len(none) and law["warnings"], "phase json: null, and a warning", law)


def critical_line():
    done, _, header, line = rows_of("phase --activation tanh --critical-line --q 0.01:4:300:log --format csv")
    check(done.code == 0 and header == ["q_star", "sigma_w", "sigma_b"] and len(line) == 300,
          "critical line: columns and rows", done)
    half = [r for r in line if 0.49 < r[0] < 0.51]
    check(half and all(abs(r[1] ** 2 - 1.687975) < 0.02 for r in half), "critical line: tanh at q* = 1/2", half)
    done, _, _, grid = rows_of("phase --activation tanh --sigma-w 1.02:2:50 --sigma-b 0.02:0.6:30 --format csv")
    wrong, crossings = [], 0
    for j in range(30):
        row = grid[j::30]
        bias = row[0][1]
        low = max((r for r in line if r[2] <= bias), key=lambda r: r[2])
        high = min((r for r in line if r[2] > bias), key=lambda r: r[2])
        at = low[1] + (high[1] - low[1]) * (bias - low[2]) / (high[2] - low[2])
        wrong += [r for r in row if (r[3] > 1) != (r[0] > at) and abs(r[0] - at) > 1e-4]
        for a, b in zip(row, row[1:]):
            if a[3] <= 1 < b[3]:
                crossings += 1
                chord = a[0] + (b[0] - a[0]) * (1 - a[3]) / (b[3] - a[3])
                if abs(chord - at) > (b[0] - a[0]) / 20:
                    wrong.append((a, b, chord, at))
    check(not wrong and crossings == 30, "the grid's chi = 1 is the critical line, in every row", wrong[:3], crossings)
    near = [r for r in grid if abs(r[3] - 1) < 2e-3]
    check(near and all(r[4] > 100 for r in near) and all(math.isfinite(r[4]) for r in grid),
          "xi_c is large beside the line", near[:3])
    done = run("phase --activation tanh --sigma-w 1 --sigma-b 0 --format json")
    law = strict(done.out)
    check(done.code == 0 and law["points"]["chi"] == [1] and law["points"]["xi_c"] == [None] and
          any("xi_c" in w for w in law["warnings"]), "on the line xi_c is null, with a note", law)
    done, comments, _, rows = rows_of("phase --activation sigmoid --critical-line --q 1:50:3 --format csv")
    check(done.code == 0 and comments["missing_points"] == "2" and math.isnan(rows[0][1]) and rows[0][0] == 1 and
          rows[2][1] > 0 and "no critical point" in done.err, "critical line: what is infeasible is marked", done)
    table = run("phase --activation gelu --critical-line").out
    check("unstable" in table and max(map(len, table.splitlines())) <= 80, "critical line: the table", table)


def plots():
    if not shutil.which("gnuplot"):
        skip("plots of meanfield and phase", "gnuplot is not installed")
        return
    cases = {"meanfield --activation tanh --sigma-w 1.5 --q0 3 --c0 0.9 --depth 50": "svg",
             "meanfield --activation relu --sigma-w 2 --q0 1 --depth 2000": "png",
             "meanfield --activation tanh --sigma-w 0.5 --q0 1 --c0 -1 --depth 3000": "pdf",
             "meanfield --activation linear": "svg",
             "phase --activation tanh --sigma-w 0.8:2:5 --sigma-b 0:0.5:4": "svg",
             "phase --activation relu --sigma-w 1:2:5 --sigma-b 0:1:3": "png",
             "phase --activation hard-tanh --critical-line": "pdf"}
    for command, ending in cases.items():
        with folder() as place:
            done = run(f"{command} --quiet --plot {place}/x.{ending} -o {place}/x.csv")
            with open(f"{place}/x.{ending}", "rb") as file:
                head = file.read(300)
            mark = {"svg": b"<svg", "png": b"PNG", "pdf": b"%PDF"}[ending]
            check(done.code == 0 and mark in head and sorted(os.listdir(place)) == sorted(["x.csv", f"x.{ending}"]),
                  f"{command} --plot x.{ending}", done, head[:80])
    with folder() as place:
        done = run(f"phase --activation tanh --quiet --plot {place}/x.svg -o {place}/x.csv")
        with open(f"{place}/x.svg", encoding="utf-8") as file:
            text = file.read()
        check(done.code == 0 and "ordered" in text and "chaotic" in text and "Phase diagram: tanh" in text,
              "the picture names the phases", done)
        done = run(f"phase --activation sigmoid --critical-line --q 1:2:3 --plot {place}/y.svg -o {place}/y.csv")
        check(done.code == 1 and "no critical point" in done.err and not os.path.exists(f"{place}/y.csv") and
              not os.path.exists(f"{place}/y.svg"), "nothing to draw: exit 1, no file", done, os.listdir(place))


def readable():
    text = run("phase --activation tanh --sigma-w 1:2:3 --sigma-b 0:1:3 --format csv").out
    table = list(csv.reader(io.StringIO("".join(l + "\n" for l in text.splitlines() if not l.startswith("#")))))
    check(all(len(row) == 5 for row in table), "phase csv: five fields in each row", table[:2])
    check(all("%.17g" % float(f) == f for row in table[1:] for f in row if f != "nan"), "phase csv: %.17g", table[1])


def all_checks():
    layer_by_layer()
    fixed_points()
    divergence()
    deep()
    phase_formats()
    phase_defaults()
    critical_line()
    plots()
    readable()
