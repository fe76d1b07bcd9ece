# SPDX-License-Identifier: GPL-3.0-or-later
"""`freejac design`: the target is met, as `spectrum` sees it; what a framework is told; refusals."""

import json
import math
import os

from check_contract import KEYS
from tap import check, close, csv_read, folder, run, strict

TANH = "design --activation tanh --depth 100"

USAGE = [
    ("", ["--activation is missing"]),
    ("--activation tanh", ["--var-lambda", "--s-max", "--condition"]),
    ("--activation tanh --var-lambda 1 --s-max 2", ["--var-lambda", "--s-max", "one of them"]),
    ("--activation tanh --s-max 2 --condition 2", ["--s-max", "--condition"]),
    ("--activation tanh --var-lambda -1", ["--var-lambda", "'-1'", "at least 0"]),
    ("--activation tanh --var-lambda nan", ["--var-lambda", "'nan'"]),
    ("--activation tanh --var-lambda inf", ["--var-lambda", "'inf'"]),
    ("--activation tanh --var-lambda=", ["--var-lambda", "empty"]),
    ("--activation tanh --s-max 0", ["--s-max", "'0'", "above 0"]),
    ("--activation tanh --s-max x", ["--s-max", "'x'"]),
    ("--activation tanh --condition 0.9", ["--condition", "'0.9'", "at least 1"]),
    ("--activation tanh --condition -Infinity", ["--condition", "'-Infinity'"]),
    ("--activation tanh --var-lambda 1 --depth 0", ["--depth", "'0'"]),
    ("--activation tanh --var-lambda 1 --q 1", ["--q", "'design'"]),
    ("--activation tanh --var-lambda 1 --sigma-w 1", ["--sigma-w", "'design'"]),
    ("--activation tanh --var-lambda 1 --weights normal", ["--weights", "'normal'"]),
    ("--activation tanh --var-lambda 1 --widths 8", ["--widths", "'8'", "two"]),
    ("--activation tanh --var-lambda 1 --widths 8,8.5", ["--widths", "'8.5'", "whole"]),
    ("--activation tanh --var-lambda 1 --widths 8,0", ["--widths", "'0'", "at least 1"]),
    ("--activation tanh --var-lambda 1 --widths 8,,8", ["--widths", "empty"]),
    ("--activation tanh --var-lambda 1 --widths 8,8 --depth 3", ["--widths", "--depth", "'3'"]),
    ("--activation tanh --s-maxx 1", ["did you mean '--s-max'"]),
    ("--activation tanh --var-lambda 1 --plot x.gif", ["--plot", "'x.gif'"]),
]

# command, words of the one line that says why there is no such point
REFUSED = [
    ("--activation relu --depth 10 --var-lambda 5", ["--var-lambda 5", "whatever q", "10", "depth 5 has 5"]),
    ("--activation relu --depth 200 --s-max 2", ["--s-max 2", "whatever q", "23.287"]),
    ("--activation relu --depth 3 --condition 10", ["--condition 10", "infinite"]),
    ("--activation linear --depth 3 --s-max 2", ["--s-max 2", "whatever q"]),
    ("--activation tanh --weights gaussian --depth 10 --var-lambda 4", ["least is 10,", "q goes to 0"]),
    ("--activation tanh --var-lambda 0", ["--var-lambda 0", "only approached"]),
    ("--activation tanh --s-max 1", ["--s-max 1", "only approached"]),
    ("--activation tanh --condition 1", ["--condition 1", "only approached"]),
    ("--activation tanh --var-lambda 1e300", ["--var-lambda 1e+300", "the most is"]),
    ("--activation hard-tanh --depth 10 --condition 1.5", ["leaps from 1 to 2.05"]),
    ("--activation sigmoid --depth 10 --var-lambda 1", ["the least is 34.48", "q = 45.6"]),
    ("--activation softplus --depth 10 --var-lambda 1", ["no critical line"]),
]


def usage():
    for command, words in USAGE:
        done = run(f"design {command}")
        one_line = done.err.startswith("freejac: ") and done.err.count("\n") == 1
        check(done.code == 2 and done.out == "" and one_line and "--help'" in done.err and
              all(word in done.err for word in words), f"exit 2: freejac design {command}", words, done)


def refused():
    for command, words in REFUSED:
        done = run(f"design {command}")
        check(done.code == 1 and done.out == "" and done.err.startswith("freejac: ") and
              done.err.count("\n") == 1 and all(word in done.err for word in words),
              f"exit 1: freejac design {command}", words, done)
    with folder() as place:
        for name in ["law.json", "law.svg"]:
            option = "-o" if name.endswith("json") else "--plot"
            done = run(f"design --activation relu --depth 3 --s-max 9 {option} {place}/{name}")
            check(done.code == 1 and os.listdir(place) == [], f"design: a refusal leaves no {name}",
                  done, os.listdir(place))


def met():
    """The spectrum at the q* found, asked of `spectrum`, has the value."""
    cases = [
        ("--activation tanh --depth 100", "--var-lambda", 1),
        ("--activation tanh --depth 100", "--s-max", 2.5),
        ("--activation tanh --depth 100", "--condition", 5),
        ("--activation erf --weights gaussian --depth 7", "--var-lambda", 9),
        ("--activation hard-tanh --depth 50", "--s-max", 1.25),
        ("--activation elu:alpha=0.5 --weights gaussian --depth 4", "--condition", 5000),
        ("--activation sin --depth 1", "--s-max", 1.3),
    ]
    for network, option, value in cases:
        done = run(f"design {network} {option} {value} --points 20 --format json")
        law = strict(done.out) if done.code == 0 else {}
        if not check(done.code == 0, f"design {network} {option} {value}: exit 0", done):
            continue
        again = strict(run(f"spectrum {network} --q {law['q_star']!r} --points 20 --quantiles 0.1,0.9 "
                           "--format json").out)
        low, high = (q["s"] for q in again["quantiles"])
        got = {"--var-lambda": again["var_lambda"], "--s-max": again["s_max"], "--condition": high / low}[option]
        check(close(got, value, 1e-10), f"design {network} {option} {value}: met", got, law["q_star"])
        same = [key for key in KEYS if key not in ("quantiles", "warnings")]
        check(all(law[key] == again[key] for key in same),
              f"design {network} {option} {value}: the same law as spectrum's",
              [key for key in same if law[key] != again[key]])
        design = law["design"]
        check(design["target"] == option[2:].replace("-", "_") and design["wanted"] == value and
              close(design["reached"], value, 1e-10) and design["q_star"] == law["q_star"] and
              law["stable"] is True and design["stable"] is True,
              f"design {network} {option} {value}: what it says of itself", design)


def keys():
    law = strict(run(f"{TANH} --var-lambda 1 --points 5 --format json").out)
    check(set(KEYS) | {"stable", "design", "framework"} == set(law), "design json: the keys of spectrum, and its own",
          list(law))
    check(law["warnings"] == [], "design json: no warnings", law["warnings"])
    done = run(f"{TANH} --var-lambda 1 --points 5 --format csv")
    comments, header, rows = csv_read(done.out)
    check(header == ["s", "density", "cdf", "log10_s", "density_log10"] and len(rows) == 5 and done.err == "",
          "design csv: spectrum's columns", done)
    wanted = {"command": "design", "target": "var_lambda", "wanted": "1", "stable": "yes", "depth": "100"}
    check(all(comments.get(key) == value for key, value in wanted.items()) and
          close(float(comments["q_star"]), 0.042166190, 1e-7) and close(float(comments["reached"]), 1, 1e-10),
          "design csv: comments", comments)
    table = run(f"{TANH} --var-lambda 1").out
    check(all(word in table for word in ["Design", "q* = 0.04216619005", "For your framework", "PyTorch", "JAX",
                                         "Keras"]), "design table: its sections", table[:3000])


def unstable():
    """GELU on the critical line repels: every form says so."""
    command = "design --activation gelu --depth 10 --var-lambda 1"
    done = run(f"{command} --format json --points 5")
    law = strict(done.out)
    check(done.code == 0 and law["stable"] is False and law["design"]["stable"] is False and
          any("unstable" in text for text in law["warnings"]) and "unstable" in done.err,
          "design json: an unstable point is flagged", done, law["warnings"])
    comments = csv_read(run(f"{command} --format csv --points 5").out)[0]
    check(comments["stable"] == "no" and "unstable" in comments["note"], "design csv: an unstable point is flagged",
          comments)
    done = run(command)
    check("UNSTABLE" in done.out and "drift away" in done.out and "see 'meanfield'" in done.out,
          "design table: an unstable point is flagged", done)


def framework():
    """The numbers a framework gets, from q*, sigma_w, sigma_b."""
    law = strict(run("design --activation tanh --widths 784,1000,1000,10 --s-max 2 --points 5 --format json").out)
    told = law["framework"]
    sigma_w, sigma_b = law["sigma_w"], law["sigma_b"]
    check(law["network"]["depth"] == 3 and told["gain"] == sigma_w and told["bias_std"] == sigma_b and
          close(told["input_mean_square"], (law["q_star"] - sigma_b ** 2) / sigma_w ** 2, 1e-14),
          "design: gain, bias, input", told)
    shapes = [(784, 1000), (1000, 1000), (1000, 10)]
    check([(layer["fan_in"], layer["fan_out"]) for layer in told["layers"]] == shapes and
          all(close(layer["weight_std"], sigma_w / math.sqrt(layer["fan_in"]), 1e-14) and
              close(layer["gain"], sigma_w * math.sqrt(max(1, layer["fan_out"] / layer["fan_in"])), 1e-14)
              for layer in told["layers"]), "design: layers", told["layers"])
    check(any("widths differ" in text for text in law["warnings"]), "design: unequal widths are told",
          law["warnings"])
    code = "\n".join(told["torch"])
    check(f"orthogonal_(layer.weight, gain={sigma_w:.10g} * max(1, layer.out_features" in code and
          f"normal_(layer.bias, mean=0.0, std={sigma_b:.10g})" in code and "torch.tanh(x)" in code,
          "design: PyTorch, orthogonal", code)
    law = strict(run("design --activation erf --weights gaussian --depth 5 --s-max 4.2 --points 5 --format json").out)
    told, sigma_w = law["framework"], law["sigma_w"]
    check("gain" not in told and told["layers"] == [] and
          f"normal_(layer.weight, mean=0.0, std={sigma_w:.10g} / layer.in_features ** 0.5)" in "\n".join(told["torch"]) and
          f"variance_scaling(scale={sigma_w ** 2:.10g}, mode='fan_in', distribution='normal')" in "\n".join(told["jax"]) and
          f"VarianceScaling(scale={sigma_w ** 2:.10g}, mode='fan_in', distribution='untruncated_normal')" in
          "\n".join(told["keras"]), "design: gaussian weights by fan-in", told)
    check("torch.erf(0.886226925452758 * x)" in told["torch"][0], "design: erf as it is defined here", told["torch"])
    law = strict(run("design --activation relu --depth 4 --var-lambda 4 --points 5 --format json").out)
    check("zeros_(layer.bias)" in "\n".join(law["framework"]["torch"]) and law["design"]["q_least"] == 0,
          "design: relu where the value is its own; no biases", law["framework"], law["design"])
    done = run("design --activation elu:alpha=0.5 --depth 4 --var-lambda 2 --points 5 --format json")
    check("elu(x, alpha=0.5)" in json.dumps(strict(done.out)["framework"]["jax"]), "design: a parameter is passed on",
          done)


def files():
    with folder() as place:
        command = f"{TANH} --var-lambda 1 --points 50"
        done = run(f"{command} -o {place}/law.json --plot {place}/law.svg --quiet")
        with open(f"{place}/law.json", encoding="utf-8") as file:
            law = strict(file.read())
        with open(f"{place}/law.svg", encoding="utf-8") as file:
            picture = file.read()
        check(done.code == 0 and done.out == "" and close(law["var_lambda"], 1, 1e-10) and "</svg>" in picture,
              "design: -o and --plot", done, picture[:200])
        check(run(f"{command} --format csv").raw == run(f"{command} --format csv").raw,
              "design: equal runs give equal bytes")


def all_checks():
    usage()
    refused()
    met()
    keys()
    unstable()
    framework()
    files()
