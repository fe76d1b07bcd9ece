# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of unequal layers: --q0, --widths and --layers. Lengths are computed here, from closed forms; the law of layers
that are all equal is that of --depth."""

import math
import os
import shutil

from tap import check, close, csv_read, folder, run, skip, strict

TANH = "--activation tanh --q 0.025"
RUN = ["count", "activation", "weights", "sigma_w", "sigma_b", "width", "q", "chi"]
ROW = "tanh,orthogonal,1.2,0.1"


def erf_next(q, sigma_w, sigma_b):
    """E[erf(sqrt(pi)/2 sqrt(q) h)^2] = (2/pi) asin(pi q/(2 + pi q))"""
    return sigma_w**2 * 2 / math.pi * math.asin(math.pi * q / (2 + math.pi * q)) + sigma_b**2


def erf_chi(q, sigma_w):
    return sigma_w**2 / math.sqrt(1 + math.pi * q)


def law_of(options, stdin="", quiet=True):
    """The JSON of a spectrum."""
    done = run(f"spectrum {options} --format json" + (" --quiet" if quiet else ""), stdin=stdin)
    if not check(done.code == 0, f"spectrum {options}: exit 0", stdin, done):
        return {"network": {"layers": []}, "warnings": []}
    return strict(done.out)


def without_network(law):
    return {key: value for key, value in law.items() if key not in ("network", "warnings")}


def starts_elsewhere():
    """--q0: every layer at its own q, by the length map."""
    for options, sigma in (("--sigma-w 1.3 --sigma-b 0.2", (1.3, 0.2)), ("--sigma-w 0.9", (0.9, 0))):
        for weights in ("orthogonal", "gaussian"):
            law = law_of(f"--activation erf {options} --q0 2 --depth 9 --weights {weights}")
            layers, q, good = law["network"]["layers"], 2, True
            for layer in layers:
                good &= (list(layer) == RUN and layer["count"] == 1 and close(layer["q"], q, 1e-12) and
                         close(layer["chi"], erf_chi(q, sigma[0]), 1e-12) and layer["sigma_w"] == sigma[0] and
                         layer["sigma_b"] == sigma[1] and layer["activation"] == "erf" and layer["weights"] == weights)
                q = erf_next(q, *sigma)
            check(good and len(layers) == 9, f"--q0, {options}, {weights}: the layers", layers)
            chi = math.prod(layer["chi"] for layer in layers)
            check(close(law["mean_lambda"], chi, 1e-12), f"--q0, {options}, {weights}: mean lambda = product of chi",
                  law["mean_lambda"], chi)
            check(law["network"]["activation"] == "erf" and law["network"]["weights"] == weights and
                  law["network"]["widths"] == [] and law["network"]["depth"] == 9, "--q0: the network", law["network"])
    q = 2
    for _ in range(2000):
        q = erf_next(q, 1.3, 0.2)
    law = law_of("--activation erf --sigma-w 1.3 --sigma-b 0.2 --q0 2 --depth 1e5", quiet=False)
    layers = law["network"]["layers"]
    check(close(law["q_star"], q, 1e-12) and close(law["chi"], erf_chi(q, 1.3), 1e-12) and
          sum(layer["count"] for layer in layers) == 10**5 and 10 < len(layers) < 500 and
          close(layers[-1]["q"], q, 1e-12), "--q0: a deep network settles at q_star", len(layers), layers[-1:])
    check(any("do not stand at a fixed point" in w and str(len(layers)) in w for w in law["warnings"]),
          "--q0: said in words", law["warnings"])


def starts_at_rest():
    plain = law_of(f"{TANH} --depth 20")
    check(plain == law_of(f"{TANH} --depth 20 --q0 0.025"), "--q0 at q*: the same numbers", plain["network"])
    check("layers" not in plain["network"] and plain["network"]["widths"] == [], "equal layers are not listed",
          plain["network"])
    law = law_of("--activation relu --depth 7 --q0 3")
    same = law_of("--activation relu --depth 7")
    check(law["points"] == same["points"] and "layers" not in law["network"],
          "relu --q0: nothing depends on it, one run", law["network"])


def settles_nowhere():
    law = law_of("--activation softplus --sigma-w 2 --q0 1 --depth 5", quiet=False)
    check(law["q_star"] is None and law["chi"] is None and law["sigma_w"] == 2 and law["sigma_b"] == 0 and
          any("no fixed point" in w for w in law["warnings"]) and
          any("q_star, chi are null" in w for w in law["warnings"]), "--q0 without fixed point: null, with warnings", law)
    check(len(law["network"]["layers"]) == 5, "--q0 without fixed point: the layers", law["network"])
    done = run("spectrum --activation softplus --sigma-w 2 --q0 1 --depth 5")
    check(done.code == 0 and "no fixed point is reached" in done.out and "no fixed point" in done.err,
          "--q0 without fixed point: the table", done)
    done = run("spectrum --activation softplus --sigma-w 2 --q0 1 --depth 1000")
    check(done.code == 1 and done.out == "" and "length map" in done.err and done.err.count("\n") == 1,
          "--q0: lengths beyond what is covered, exit 1", done)


def equal_widths():
    for weights in ("orthogonal", "gaussian"):
        for network in (f"{TANH} --depth 4", "--activation relu --depth 4",
                        "--activation tanh --sigma-w 1.5 --sigma-b 0.1 --depth 4",
                        "--activation tanh --sigma-w 1.5 --sigma-b 0.1 --depth 4 --q0 1"):
            plain = law_of(f"{network} --weights {weights} --points 30")
            wide = law_of(f"{network} --weights {weights} --points 30 --widths 300,300,300,300,300")
            check(without_network(plain) == without_network(wide) and wide["network"]["widths"] == [300] * 5 and
                  wide["network"]["depth"] == 4, f"equal widths change no bit: {network} {weights}", wide["network"])


def unequal_widths():
    law = law_of(f"{TANH} --weights gaussian --widths 4,2,8,8,1")
    layers = law["network"]["layers"]
    check(law["network"]["widths"] == [4, 2, 8, 8, 1] and law["network"]["depth"] == 4 and
          [(l["count"], l["width"]) for l in layers] == [(1, 2), (2, 8), (1, 1)] and
          all(l["q"] == 0.025 and l["chi"] == 1 for l in layers), "gaussian widths: all stand at q*", law["network"])
    law = law_of(f"{TANH} --widths 4,8,2,1", quiet=False)
    check(all(l["q"] == 0.025 and l["chi"] == 1 for l in law["network"]["layers"]) and
          not any("wider" in w for w in law["warnings"]),
          "orthogonal, wider in the first layer only: all stand at q*", law)
    law = law_of("--activation erf --q 0.5 --widths 1,2,1,1.6,1.6,3", quiet=False)
    layers, sigma_w, sigma_b = law["network"]["layers"], law["sigma_w"], law["sigma_b"]
    q = [0.5, 0.5]
    for ratio in (1.6, 1, 3 / 1.6):
        q.append(erf_next(q[-1], sigma_w / math.sqrt(ratio), sigma_b))
    check(len(layers) == 5 and all(close(l["q"], x, 1e-12) and close(l["chi"], erf_chi(x, sigma_w), 1e-12)
                                   for l, x in zip(layers, q)), "orthogonal widths: q falls where they grow", layers, q)
    check(any("layer 3 " in w and "wider" in w and f"{q[2]:.6g}" in w for w in law["warnings"]),
          "orthogonal widths: the first layer that does is named, with its q", law["warnings"])
    law = law_of("--activation relu --widths 1,2,4,2", quiet=False)
    check(all(l["chi"] == 1 for l in law["network"]["layers"]) and not any("wider" in w for w in law["warnings"]),
          "relu: widening changes nothing", law["network"])
    law = law_of(f"{TANH} --weights gaussian --widths 2,1,1 --depth 2")
    check(law["network"]["depth"] == 2, "--depth that agrees with --widths", law["network"])


def layers_file():
    plain = law_of("--activation tanh --sigma-w 1.2 --sigma-b 0.1 --depth 30 --points 50")
    text = "".join(f"{ROW}\n" for _ in range(30))
    for name, content in (("plain", text), ("header", "activation,weights,sigma_w,sigma_b,width\n" + text),
                          ("short header", "activation,weights,sigma_w,sigma_b\n" + text),
                          ("comments", "# a network\n\n" + text.replace("\n", "  # a layer\r\n")),
                          ("blanks", text.replace(",", " ,\t")), ("no last line end", text[:-1]),
                          ("quotes", text.replace("tanh", '"tanh"')), ("a mark first", "\ufeff" + text),
                          ("other order", "sigma_b,sigma_w,weights,activation\n" + 30 * "0.1,1.2,orthogonal,tanh\n"),
                          ("widths", text.replace("0.1", "0.1,7"))):
        law = law_of("--layers - --points 50", content)
        check(without_network(law) == without_network(plain) and law["network"]["activation"] == "tanh" and
              law["network"]["weights"] == "orthogonal" and law["network"]["depth"] == 30 and
              law["network"]["widths"] == ([7] * 31 if name == "widths" else []),
              f"30 equal rows are --depth 30, bit for bit: {name}", law["network"])
    law = law_of("--layers /dev/stdin", "elu,gaussian,1.1,0.2\nelu:alpha=1,gaussian,1.1,0.2\n")
    check("layers" not in law["network"] and law["network"]["depth"] == 2 and
          law["network"]["activation"] == "elu:alpha=1", "two spellings of one activation are one", law["network"])
    law = law_of("--layers -", "input,,,,10\nerf,orthogonal,1.2,0.1,20\nerf,orthogonal,1.2,0.1,20\n"
                 "leaky-relu:slope=0.5,gaussian,1.1,,5\n\"erf\",gaussian,0.9,0.2,5\n")
    layers = law["network"]["layers"]
    first = law_of("--activation erf --sigma-w 1.2 --sigma-b 0.1")
    q = [first["q_star"]]
    q.append(erf_next(q[0], 1.1, 0))
    q.append(0.9**2 * q[1] * (1 + 0.25) / 2 + 0.2**2)
    check(len(layers) == 3 and [l["count"] for l in layers] == [2, 1, 1] and
          all(close(l["q"], x, 1e-12) for l, x in zip(layers, q)) and
          [l["activation"] for l in layers] == ["erf", "leaky-relu:slope=0.5", "erf"] and
          [l["weights"] for l in layers] == ["orthogonal", "gaussian", "gaussian"] and
          [l["width"] for l in layers] == [20, 5, 5], "a mixed network: its runs", layers, q)
    check(law["network"]["widths"] == [10, 20, 20, 5, 5] and law["network"]["activation"] == "mixed" and
          law["network"]["weights"] == "mixed" and law["network"]["depth"] == 4, "a mixed network: in common", law["network"])
    check([law[k] for k in ("q_star", "chi", "sigma_w", "sigma_b")] == [None] * 4 and
          any("q_star, chi, sigma_w, sigma_b are null" in w for w in law["warnings"]),
          "a mixed network: null where nothing is common", law["warnings"])
    law = law_of("--layers - --q0 2", f"{ROW}\ntanh,gaussian,1.2,0.1\n")
    check(law["sigma_w"] == 1.2 and law["sigma_b"] == 0.1 and close(law["q_star"], plain["q_star"], 1e-12) and
          law["network"]["layers"][0]["q"] == 2 and law["network"]["activation"] == "tanh" and
          law["network"]["weights"] == "mixed", "--layers with --q0; q_star is common, weights are not", law["network"])
    law = law_of("--layers -", "relu,gaussian,2\ntanh,gaussian,1,0.5\n", quiet=False)
    check([l["q"] for l in law["network"]["layers"]] == [1, 0.75] and any("q^1 = 1 was taken" in w for w in law["warnings"]),
          "a first layer that fixes no q: 1 is taken, and said", law)


def forms():
    """CSV and table; many runs stay readable."""
    command = "spectrum --activation erf --sigma-w 1.3 --sigma-b 0.2 --q0 2 --depth 60 --quiet"
    done = run(f"{command} --format csv")
    comments, _, rows = csv_read(done.out)
    lines = [line for line in done.out.splitlines() if line.startswith("# run: ")]
    layers = int(comments["different_layers"])
    check(done.code == 0 and len(rows) == 400 and comments["q0"] == "2" and comments["law_of"] == "J^T J" and
          len(lines) + int(comments["runs_left_out"]) == layers and len(lines) < 15 and
          lines[0].startswith("# run: first_layer=1,count=1,") and "q=2," in lines[0],
          "csv: the runs, some left out", comments, lines)
    counted = [int(part.split("=")[1]) for part in lines[-1][7:].split(",")[:2]]
    check(sum(counted) - 1 == 60, "csv: the last run ends at the depth", lines[-1])
    comments, _, _ = csv_read(run(f"spectrum {TANH} --widths 1,0.5,3 --format csv --quiet").out)
    check(comments["widths"] == "1,0.5,3" and comments["depth"] == "2", "csv: the widths", comments)
    mixed = "input,,,,3\n" + "".join(f"elu:alpha={0.1 * k + 0.1:.4g},{w},{1 + 1e-9 * k:.12g},1e-{k + 5},{k + 1}\n"
                                     for k, w in enumerate(10 * ["gaussian", "orthogonal"]))
    for arguments, text in ((command, ""), (f"spectrum {TANH} --weights gaussian --quiet --widths " + ",".join(
            f"1.2345{k}e-{90 + k}" for k in range(10)), ""), (f"spectrum {TANH} --widths 123456.789,123.456789,300,300 --quiet", ""),
                            ("spectrum --layers - --q0 1 --quiet", mixed)):
        done = run(arguments, stdin=text)
        widest = max(map(len, done.out.splitlines()), default=0)
        check(done.code == 0 and "Layers (" in done.out and widest <= 80, f"table in 80 columns: {arguments}", widest, done)
        check(run(arguments + " --format csv", stdin=text).out == run(arguments + " --format csv", stdin=text).out,
              f"equal input gives equal bytes: {arguments}")
    done = run(f"spectrum {TANH} --widths 100,50,25 --quiet")
    check("J^T J" in done.out and "N0 = 100" in done.out and "100, 50, 25" in done.out, "table: which side", done)
    done = run("spectrum --help")
    check("J^T J" in done.out and "--layers FILE" in done.out, "help: --widths and --layers", done)


def pictures():
    if not shutil.which("gnuplot"):
        skip("plots of unequal layers", "gnuplot is not installed")
        return
    with folder() as place:
        text = f"{ROW}\nrelu,gaussian,1.1\n"
        done = run(f"spectrum --layers - --quiet --plot {place}/x.svg -o {place}/x.csv", stdin=text)
        with open(f"{place}/x.svg", encoding="utf-8") as file:
            svg = file.read()
        check(done.code == 0 and "mixed activations" in svg and "in the first layer" in svg and "nan" not in svg,
              "the picture says what differs", done)


def many_rows():
    """A million rows; equal ones are one run."""
    with folder() as place:
        path = os.path.join(place, "million.csv")
        with open(path, "w", encoding="ascii") as file:
            file.write("tanh,gaussian,1.2,0.1\n" * 1000000)
        law = law_of(f"--layers {path} --points 3")
        check(law["network"]["depth"] == 1000000 and "layers" not in law["network"], "a million equal rows", law["network"])
        same = law_of("--activation tanh --sigma-w 1.2 --sigma-b 0.1 --weights gaussian --depth 1e6 --points 3")
        check(without_network(same) == without_network(law), "a million equal rows are --depth 1e6")


SPECTRUM = "spectrum --activation tanh --q 0.1"
USAGE = [
    (f"{SPECTRUM} --q0 -1", ["--q0", "'-1'", "at least 0"]),
    (f"{SPECTRUM} --q0 nan", ["--q0", "'nan'"]),
    (f"{SPECTRUM} --q0=", ["--q0", "empty"]),
    ("spectrum --activation tanh --q0 1", ["--q", "--sigma-w"]),
    (f"{SPECTRUM} --widths=", ["--widths", "empty"]),
    (f"{SPECTRUM} --widths 3", ["--widths", "'3'", "two numbers"]),
    (f"{SPECTRUM} --widths 3 --depth 5", ["--widths", "'3'", "two numbers"]),
    (f"{SPECTRUM} --widths 1,2,3 --depth 3", ["--depth '3'", "--widths", "2 layers"]),
    (f"{SPECTRUM} --widths 1,,3", ["--widths", "empty"]),
    (f"{SPECTRUM} --widths 1,0", ["--widths", "'0'"]),
    (f"{SPECTRUM} --widths 1,-2", ["--widths", "'-2'"]),
    (f"{SPECTRUM} --widths 1,inf", ["--widths", "'inf'"]),
    (f"{SPECTRUM} --widths 1,1e200", ["--widths", "'1e200'", "at most"]),
    (f"{SPECTRUM} --widths 1,x", ["--widths", "'x'", "not a number"]),
    (f"{SPECTRUM} --layers x.csv", ["--layers", "--activation 'tanh'"]),
    ("spectrum --layers x.csv --weights gaussian", ["--layers", "--weights 'gaussian'"]),
    ("spectrum --layers x.csv --depth 3", ["--layers", "--depth '3'"]),
    ("spectrum --layers x.csv --widths 1,2", ["--layers", "--widths '1,2'"]),
    ("spectrum --layers x.csv --q 1", ["--layers", "--q '1'"]),
    ("spectrum --layers x.csv --sigma-w 1", ["--layers", "--sigma-w '1'"]),
    ("spectrum --layers x.csv --sigma-b 1", ["--layers", "--sigma-b '1'"]),
    ("spectrum --layers=", ["--layers", "empty"]),
    ("spectrum --layers", ["--layers needs a value: FILE"]),
    ("spectrum", ["--activation is missing", "--layers"]),
    ("limit --class smooth --sigma0 1 --layers x.csv", ["--layers", "'limit'"]),
]

# text of the file, words that the message must hold
FILES = [
    ("", ["no layer"]),
    ("# nothing\n\n", ["no layer"]),
    ("activation,weights,sigma_w\n", ["no layer"]),
    ("input,,,,5\n", ["no layer"]),
    (f"{ROW}\n\n# a comment\ntanh,orthogonal,abc\n", ["line 4", "sigma_w", "'abc'", "not a number"]),
    ("tanh,orthogonal,0\n", ["line 1", "sigma_w", "'0'"]),
    ("tanh,orthogonal,-1\n", ["line 1", "sigma_w", "'-1'"]),
    ("tanh,orthogonal,nan\n", ["line 1", "sigma_w", "'nan'"]),
    ("tanh,orthogonal,1.2,-0.1\n", ["line 1", "sigma_b", "'-0.1'", "at least 0"]),
    ("tanh,orthogonal,1.2,x\n", ["line 1", "sigma_b", "'x'"]),
    (f"{ROW},0\n", ["line 1", "width", "'0'"]),
    (f"{ROW},inf\n", ["line 1", "width", "'inf'"]),
    (f"{ROW},3\n{ROW},\n", ["line 2", "width", "''", "every layer or of none"]),
    (f"{ROW},3\n{ROW}\n", ["line 2", "width"]),
    (f"{ROW}\n{ROW},4\n", ["line 2", "width", "'4'"]),
    (f"input,,,,4\n{ROW}\n", ["line 2", "width"]),
    (f"input,,,,\n{ROW}\n", ["line 1", "width"]),
    (f"input,gaussian,,,4\n{ROW},4\n", ["line 1", "weights", "'gaussian'"]),
    (f"{ROW},4\ninput,,,,4\n", ["line 2", "'input'", "first"]),
    (f"input,,,,4\ninput,,,,4\n{ROW},4\n", ["line 2", "'input'", "first"]),
    ("tanh,normal,1.2\n", ["line 1", "weights", "'normal'", "gaussian|orthogonal"]),
    ("tnah,orthogonal,1.2\n", ["line 1", "activation", "'tnah'", "did you mean 'tanh'"]),
    ("elu:alpha=x,orthogonal,1.2\n", ["line 1", "activation", "'elu:alpha=x'"]),
    ("elu:beta=1,orthogonal,1.2\n", ["line 1", "activation", "'elu:beta=1'", "alpha"]),
    ("tanh\n", ["line 1", "weights", "missing", "activation,weights,sigma_w"]),
    ("tanh;orthogonal;1.2\n", ["line 1", "weights", "missing", "commas"]),
    ("tanh,orthogonal\n", ["line 1", "sigma_w", "missing"]),
    (",orthogonal,1.2\n", ["line 1", "activation", "missing"]),
    (f"{ROW},1,9\n", ["line 1", "6 fields", "quotes"]),
    ("elu:alpha=1,a=2,orthogonal,1.2\n", ["line 1", "weights", "'a=2'", "quotes"]),
    ("activation,weights,sigma_v\n", ["line 1", "'sigma_v'", "sigma_w"]),
    ("activation,weights,weights,sigma_w\n", ["line 1", "weights", "twice"]),
    ("activation,weights\n", ["line 1", "sigma_w", "missing"]),
    ("activation,weights,sigma_w\ntanh,gaussian,1,2\n", ["line 2", "4 fields"]),
    (f"{ROW}\nactivation,weights,sigma_w\n", ["line 2", "'weights'"]),
    ('"tanh,orthogonal,1.2\n', ["line 1", "not closed"]),
    ('"tanh"x,orthogonal,1.2\n', ["line 1", "'x'", "closing quote"]),
    ('ta"nh,orthogonal,1.2\n', ["line 1", "quote"]),
    ("tanh,orthogonal,1.2\0\n", ["line 1", "zero byte"]),
    (f"{ROW}\n" + "x" * 100000, ["line 2", "longer"]),
    ("softplus,gaussian,2\n", ["fixed point", "--q0", "softplus"]),
]


def wrong():
    for command, words in USAGE:
        done = run(command)
        one_line = done.err.startswith("freejac: ") and done.err.count("\n") == 1
        check(done.code == 2 and done.out == "" and one_line and "--help'" in done.err and
              all(word in done.err for word in words), f"exit 2: freejac {command}", words, done)
    with folder() as place:
        path = os.path.join(place, "layers.csv")
        for text, words in FILES:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = run(f"spectrum --layers {path}")
            check(done.code == 1 and done.out == "" and "--layers" in done.err and done.err.count("\n") == 1 and
                  all(word in done.err for word in words) and (path in done.err or "fixed point" in words),
                  f"exit 1: --layers, {text[:60]!r}", words, done)
        done = run(f"spectrum --layers {place}/none.csv")
        check(done.code == 1 and "none.csv" in done.err and "No such file" in done.err, "exit 1: no file", done)
        done = run(f"spectrum --layers {place}")
        check(done.code == 1 and "directory" in done.err, "exit 1: a directory", done)


def known_laws():
    """Products of Marchenko-Pastur laws of ratios c_l = N_0/N_l, with weight variance 1/N_l, computed elsewhere."""
    for ratios, low, high in (((0.2, 0.5), 0.0618033989, 3.6), ((0.8,) * 2, 0.001370184487, 5.838629816)):
        text, before = "input,,,,1\n", 1
        for c in ratios:
            text += f"linear,gaussian,{math.sqrt(c / before)!r},,{1 / c!r}\n"
            before = c
        law = law_of("--layers -", text)
        check(close(law["s_min"]**2, low, 1e-9) and close(law["s_max"]**2, high, 1e-9) and law["atoms"] == [] and
              close(law["mean_lambda"], 1, 1e-12), f"linear gaussian, c = {ratios}: the edges", law["support"])
    for depth, quantiles in ((5, (.0055, .2259, 3.286)), (20, (.0015, .1134, 3.3375))):
        widths = ",".join(repr(1.25**l) for l in range(depth + 1))
        law = law_of(f"--activation linear --weights gaussian --sigma-w {math.sqrt(0.8)!r} --q0 1 --widths {widths} "
                     "--quantiles 0.1,0.5,0.9")
        check(all(abs(q["s"]**2 - x) < 6e-5 * max(1, 10 * (x > 1)) for q, x in zip(law["quantiles"], quantiles)) and
              close(law["mean_lambda"], 1, 1e-12), f"linear gaussian, c = 0.8, depth {depth}: quantiles of lambda",
              [q["s"]**2 for q in law["quantiles"]], quantiles)


def what_must_hold():
    """Laws of networks that differ in nothing that counts; the mean; the mass at 0."""
    rows = [f"tanh,{w},1.2,0.1\n" for w in ("orthogonal", "gaussian", "orthogonal", "gaussian", "gaussian")]
    one, two = (law_of("--layers - --at 0.1,0.5,1,2 --quantiles 0.5", "".join(text)) for text in (rows, sorted(rows)))
    check(all(close(a, b, 1e-11) for a, b in zip(one["points"]["density"], two["points"]["density"])) and
          close(one["s_max"], two["s_max"], 1e-11), "the order of square layers does not count", one["points"], two["points"])
    text, points = "".join(rows), [2, 1.3, 0.5, 0.1] # descending; then one by one; then all in one list with others
    whole = law_of("--layers - --at " + ",".join(map(str, points)), text)["points"]
    alone = [law_of(f"--layers - --at {s}", text)["points"] for s in points]
    among = law_of("--layers - --at 3,0.1,0.2,0.5,1,1.3,2", text)["points"]
    check(all(whole[key] == [one[key][0] for one in alone] == [among[key][among["s"].index(s)] for s in points]
              for key in ("density", "cdf", "density_log10")),
          "unequal layers: answers do not depend on what else is asked, bit for bit", whole, alone, among)
    for weights in ("gaussian", "orthogonal"):
        law = law_of(f"--activation erf --sigma-w 1.3 --sigma-b 0.2 --q0 2 --widths 2,1,3,4 --weights {weights}")
        mean = math.prod(layer["chi"] for layer in law["network"]["layers"])
        mean *= 2 if weights == "gaussian" else 0.5
        check(close(law["mean_lambda"], mean, 1e-11) and [a["s"] for a in law["atoms"]] == [0] and
              close(law["atoms"][0]["mass"], 0.5, 1e-12), f"widths 2,1,3,4, {weights}: mean lambda, half of the mass at 0",
              law["mean_lambda"], mean, law["atoms"])


def all_checks():
    for part in (starts_elsewhere, starts_at_rest, settles_nowhere, equal_widths, unequal_widths, layers_file, forms,
                 pictures, many_rows, known_laws, what_must_hold, wrong):
        try:
            part()
        except (KeyError, TypeError, IndexError) as error: # a run failed, which has been told
            check(False, f"{part.__name__} goes through", repr(error))
