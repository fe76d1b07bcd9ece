# SPDX-License-Identifier: GPL-3.0-or-later
"""`freejac sample`: its outputs, what does not depend on threads, inputs, and what it refuses."""

import math
import os
import signal
import subprocess
import time

import tap
from tap import check, close, csv_read, folder, run, strict

TANH = "sample --activation tanh --q 0.025 --depth 8 --width 60"
KEYS = ["network", "q_star", "chi", "sigma_w", "sigma_b", "width", "seed", "input", "s_max", "s_min",
        "mean_lambda", "m2_over_m1_squared", "values", "zeros", "below_rounding", "quantiles", "layers",
        "samples", "warnings"]

WRONG = [
    ("sample", ["--activation is missing"]),
    ("sample --activation tanh", ["--q Q", "--sigma-w"]),
    (f"{TANH} --width 0", ["--width", "'0'", "at least 1"]),
    (f"{TANH} --width 2.5", ["--width", "'2.5'", "whole"]),
    (f"{TANH} --width nan", ["--width", "'nan'"]),
    (f"{TANH} --width 1e7", ["--width", "'1e7'", "1000000"]),
    (f"{TANH} --samples 0", ["--samples", "'0'"]),
    (f"{TANH} --samples x", ["--samples", "'x'", "not a number"]),
    (f"{TANH} --samples 1e10", ["--samples", "'1e10'"]),
    (f"{TANH} --seed -1", ["--seed", "'-1'"]),
    (f"{TANH} --seed 1.5", ["--seed", "'1.5'", "whole"]),
    (f"{TANH} --seed 1e300", ["--seed", "'1e300'"]),
    (f"{TANH} --threads 0", ["--threads", "'0'"]),
    (f"{TANH} --threads 1000", ["--threads", "'1000'", "64"]),
    (f"{TANH} --input mnist", ["--input", "'mnist'", "gaussian", "cifar10:DIR"]),
    (f"{TANH} --input cifar10", ["--input", "'cifar10'", "cifar10:DIR"]),
    (f"{TANH} --input cifar10:", ["--input", "directory"]),
    (f"{TANH} --quantiles 1.5", ["--quantiles", "'1.5'"]),
    (f"{TANH} --depth 0", ["--depth", "'0'"]),
    (f"{TANH} --widths 5,6", ["--widths", "--depth"]),
    ("sample --activation tanh --q 0.1 --widths 5,6 --width 3", ["--width", "widths"]),
    (f"{TANH} --points 5", ["--points", "'sample'"]),
    (f"{TANH} --sample 5", ["--sample", "did you mean '--samples'"]),
    ("sample --activation tanh --q 0.1 --width 1000 --samples 2000 --format json",
     ["--samples", "2000000", "csv"]),
]

FAILING = [
    (f"{TANH} --input cifar10:/nonexistent", ["--input", "/nonexistent", "data_batch_1.bin"]),
    ("sample --activation tanh --q 0.1 --width 1000000", ["width 1000000", "GB", "fewer or narrower"]),
    ("sample --activation tanh --q 0.1 --width 4000 --input cifar10:/tmp", ["3072", "4000"]),
    ("sample --activation tanh --q 0.1 --widths 30,20.5", ["20.5 neurons", "whole"]),
    ("sample --activation tanh --q 0.1 --depth 1e15 --samples 100 --width 2", ["layers"]),
]


def wrong():
    for command, words in WRONG:
        done = run(command)
        check(done.code == 2 and done.out == "" and done.err.startswith("freejac: ") and
              done.err.count("\n") == 1 and "--help'" in done.err and
              all(word in done.err for word in words), f"exit 2: freejac {command}", words, done)
    for command, words in FAILING:
        done = run(command)
        check(done.code == 1 and done.out == "" and done.err.startswith("freejac: ") and
              done.err.count("\n") == 1 and all(word in done.err for word in words),
              f"exit 1: freejac {command}", words, done)


def csv_output():
    done = run(f"{TANH} --samples 3 --seed 7 --format csv")
    comments, header, rows = csv_read(done.out)
    check(done.code == 0 and done.err == "" and header == ["sample", "index", "s"],
          "sample csv: exit 0, silent, the columns", done)
    wanted = {"freejac", "command", "activation", "weights", "depth", "q", "width", "samples", "seed",
              "input", "q_star", "chi", "sigma_w", "sigma_b", "s_max_mean", "s_max_std", "s_min_mean",
              "mean_lambda_mean", "m2_over_m1_squared_mean", "quantile", "zeros", "below_rounding"}
    check(wanted <= set(comments), "sample csv: every comment", wanted - set(comments))
    check(comments["width"] == "60" and comments["samples"] == "3" and comments["seed"] == "7" and
          comments["input"] == "gaussian", "sample csv: parameters", comments)
    check([(row[0], row[1]) for row in rows] == [(k, i) for k in (1, 2, 3) for i in range(1, 61)],
          "sample csv: samples and indices in order", rows[:3])
    check(all(a[2] >= b[2] > 0 for a, b in zip(rows, rows[1:]) if a[0] == b[0]),
          "sample csv: s descends within a sample")
    largest = [row[2] for row in rows if row[1] == 1]
    check(close(float(comments["s_max_mean"]), sum(largest) / 3, 1e-14), "sample csv: s_max_mean", comments)
    squares = [sum(row[2] ** 2 for row in rows if row[0] == k) / 60 for k in (1, 2, 3)]
    fourths = [sum(row[2] ** 4 for row in rows if row[0] == k) / 60 for k in (1, 2, 3)]
    check(close(float(comments["mean_lambda_mean"]), sum(squares) / 3, 1e-12), "sample csv: mean_lambda",
          comments)
    check(close(float(comments["m2_over_m1_squared_mean"]),
                sum(b / a / a for a, b in zip(squares, fourths)) / 3, 1e-12), "sample csv: m2/m1^2", comments)
    # tanh, orthogonal, depth 8 at q = 0.025: theory 1.0320, largest s of infinite width 1.12959
    check(abs(float(comments["m2_over_m1_squared_mean"]) - 1.032) < 0.004 and
          0.93 < float(comments["mean_lambda_mean"]) < 1.07 and 1.05 < max(largest) < 1.2,
          "sample csv: near the theory", comments)


def threads_and_seeds():
    one = run(f"{TANH} --samples 3 --threads 1 --format csv")
    check(all(run(f"{TANH} --samples 3 --threads {n} --format csv").raw == one.raw for n in (2, 3, 4)) and
          run(f"{TANH} --samples 3 --format csv").raw == one.raw, "sample: equal bytes for any number of threads")
    rows = csv_read(one.out)[2]
    fewer = csv_read(run(f"{TANH} --samples 2 --format csv").out)[2]
    other = csv_read(run(f"{TANH} --samples 2 --seed 2 --format csv").out)[2]
    check(rows[:120] == fewer, "sample: fewer samples are the first of more")
    check(all(a[2] != b[2] for a, b in zip(fewer, other)), "sample: another seed gives other networks")


def json_output():
    done = run(f"{TANH} --samples 2 --quantiles 0,0.5,1 --format json")
    law = strict(done.out)
    check(done.code == 0 and done.err == "" and list(law) == KEYS, "sample json: the keys, in order, silent",
          done, list(law))
    s = [one["s"] for one in law["samples"]]
    check(len(s) == 2 and all(len(one) == 60 and one == sorted(one, reverse=True) for one in s),
          "sample json: values of each network, descending")
    both = sorted(s[0] + s[1])
    check([round(q["s"], 12) for q in law["quantiles"]] == [round(x, 12) for x in (both[0], both[59], both[-1])],
          "sample json: quantiles of all values", law["quantiles"])
    check(law["width"] == 60 and law["seed"] == 1 and law["input"] == "gaussian" and law["values"] == 120 and
          law["zeros"] == 0 and law["below_rounding"] == 0, "sample json: what was drawn", law["width"])
    mean = sum(one[0] for one in s) / 2
    check(close(law["s_max"]["mean"], mean, 1e-14) and
          close(law["s_max"]["std"], abs(s[0][0] - s[1][0]) / math.sqrt(2), 1e-10), "sample json: s_max",
          law["s_max"])
    check(law["layers"]["layer"] == list(range(1, 9)) and
          all(0.02 < q < 0.03 for q in law["layers"]["q"]) and all(0.97 < c < 1.03 for c in law["layers"]["chi"]),
          "sample json: lengths along the layers", law["layers"])
    single = strict(run(f"{TANH} --format json").out)
    check(single["s_max"]["std"] is None and single["warnings"] == [], "sample json: one network has no deviation",
          single["s_max"])
    relu = strict(run("sample --activation relu --depth 3 --width 40 --format json").out)
    one = relu["samples"][0]
    check(relu["zeros"] == one["zeros"] > 0 and one["s"].count(0) >= one["zeros"] and relu["s_min"]["mean"] == 0,
          "sample json: zeros of relu are exactly 0", relu["zeros"])
    deep = strict(run("sample --activation linear --weights gaussian --depth 300 --width 50 --format json").out)
    check(deep["below_rounding"] > 20 and deep["s_min"]["mean"] is None and deep["quantiles"][0]["s"] is None and
          any("rounding" in text for text in deep["warnings"]), "sample json: what rounding hides is null",
          deep["warnings"])


def unequal():
    """Widths and layers of their own: as many values as inputs, zeros where a layer is narrower, theory's first moment."""
    wide = strict(run("sample --activation tanh --q 0.1 --widths 40,80,30 --samples 3 --format json").out)
    check(wide["network"]["widths"] == [40, 80, 30] and wide["zeros"] == 30 and wide["values"] == 120 and
          all(one["s"][29] > 0 and one["s"][30:] == [0] * 10 for one in wide["samples"]),
          "sample: widths of its own", wide["network"], wide["zeros"])
    law = strict(run("spectrum --activation tanh --q 0.1 --widths 40,80,30 --format json").out)
    check(close(wide["mean_lambda"]["mean"], law["mean_lambda"], 0.1), "sample: the first moment of unequal widths",
          wide["mean_lambda"], law["mean_lambda"])
    with folder() as place:
        with open(f"{place}/layers.csv", "w", encoding="utf-8") as file:
            file.write("activation,weights,sigma_w,sigma_b,width\ninput,,,,50\n"
                       "tanh,orthogonal,1.2,0.1,60\nrelu,gaussian,1.3,0,50\n")
        done = run(f"sample --layers {place}/layers.csv --q0 0.5 --samples 4 --format json")
        mixed = strict(done.out)
        theory = strict(run(f"spectrum --layers {place}/layers.csv --q0 0.5 --format json").out)
        check(done.code == 0 and mixed["network"]["activation"] == "mixed" and len(mixed["samples"][0]["s"]) == 50 and
              close(mixed["mean_lambda"]["mean"], theory["mean_lambda"], 0.25) and
              close(mixed["layers"]["q"][0], 0.5, 0.2), "sample: --layers with --q0",
              mixed["mean_lambda"], theory["mean_lambda"], mixed["layers"])


def atoms():
    """hard-tanh keeps an atom at sigma_w^L: sampled values sit on it to rounding."""
    done = run("sample --activation hard-tanh --q 0.2 --depth 8 --width 100 --format csv")
    comments, _, rows = csv_read(done.out)
    atom = float(comments["sigma_w"]) ** 8
    on = [row[2] for row in rows if abs(row[2] / atom - 1) < 1e-6]
    check(len(on) > 50 and all(abs(s / atom - 1) < 1e-12 for s in on),
          "sample: hard-tanh's atom, to 1e-12", len(on), max((abs(s / atom - 1) for s in on), default=1))


def table_and_files():
    done = run(f"{TANH} --samples 2")
    check(done.code == 0 and all(word in done.out for word in
                                 ("Network", "Mean field", "Sampling", "Singular values", "Quantiles", "Layers")) and
          max(map(len, done.out.splitlines())) <= 80, "sample table: its sections, 80 columns", done)
    with folder() as place:
        done = run(f"{TANH} -o {place}/s.csv")
        with open(f"{place}/s.csv", encoding="utf-8") as file:
            check(done.code == 0 and file.read() == run(f"{TANH} --format csv").out, "sample: -o x.csv", done)
        done = run(f"{TANH} -o {place}/none/s.csv")
        check(done.code == 1 and "none" in done.err, "sample: a wrong place is told", done)
    if os.path.exists("/dev/full"):
        done = run(f"{TANH} --format csv -o /dev/full")
        check(done.code == 1 and done.err.startswith("freejac: "), "sample: a full disk is told", done)
    out = run("sample --activation linear --sigma-w 1e-40 --depth 10 --width 5 --format csv")
    check(out.code == 0 and "leave the range of double" in out.err and
          all(row[2] == 0 for row in csv_read(out.out)[2]), "sample: what leaves the range of double is told", out)


def interrupted():
    for number in (signal.SIGINT, signal.SIGTERM):
        with folder() as place:
            with subprocess.Popen([tap.EXE] + f"sample --activation tanh --q 0.1 --depth 1e6 --width 150 --samples 5 "
                                  f"-o {place}/x.csv".split(), stderr=subprocess.PIPE) as child:
                deadline = time.monotonic() + 20
                while not os.listdir(place) and time.monotonic() < deadline and child.poll() is None:
                    time.sleep(0.005)
                started = bool(os.listdir(place))
                time.sleep(0.1)
                child.send_signal(number)
                start = time.monotonic()
                code = child.wait(timeout=60)
            check(started and code == 130 and os.listdir(place) == [] and time.monotonic() - start < 10,
                  f"sample: signal {number}: exit 130, no file left", started, code, os.listdir(place))


def batch_write(path, images):
    with open(path, "wb") as file:
        for i in range(images):
            file.write(bytes([i % 10]) + bytes((i * 31 + k * k) % 251 for k in range(3072)))


def images():
    with folder() as place:
        batch_write(f"{place}/data_batch_1.bin", 4)
        done = run(TANH.split() + ["--input", f"cifar10:{place}", "--format", "csv"])
        plain = run(f"{TANH} --format csv")
        comments, _, rows = csv_read(done.out)
        check(done.code == 0 and comments["input"] == f"cifar10:{place}" and len(rows) == 60 and
              rows != csv_read(plain.out)[2], "sample: images feed the network", done)
        # the first layer is at q whatever feeds it: |W x|^2 is exact with square orthogonal weights, but for biases
        fed = strict(run(TANH.split() + ["--input", f"cifar10:{place}", "--format", "json"]).out)
        check(abs(fed["layers"]["q"][0] / 0.025 - 1) < 0.02, "sample: images are scaled to q", fed["layers"]["q"][0])
        os.mkdir(f"{place}/cifar-10-batches-bin")
        os.rename(f"{place}/data_batch_1.bin", f"{place}/cifar-10-batches-bin/data_batch_1.bin")
        again = run(TANH.split() + ["--input", f"cifar10:{place}", "--format", "csv"])
        check(again.raw == done.raw, "sample: the folder as it is unpacked", again)
        whole = run(["sample", "--activation", "tanh", "--q", "0.1", "--width", "3072", "--input",
                     f"cifar10:{place}/nothing"])
        check(whole.code == 1 and "data_batch_1.bin" in whole.err, "sample: a directory without batches", whole)
        with open(f"{place}/cifar-10-batches-bin/data_batch_2.bin", "wb") as file:
            file.write(b"text")
        bad = run(TANH.split() + ["--input", f"cifar10:{place}"])
        check(bad.code == 1 and bad.out == "" and "data_batch_2.bin" in bad.err and "4 bytes" in bad.err,
              "sample: a batch that is none", bad)


def all_checks():
    wrong()
    csv_output()
    threads_and_seeds()
    json_output()
    unequal()
    atoms()
    table_and_files()
    interrupted()
    images()
