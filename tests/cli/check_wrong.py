# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong input: each gets one line that names the option and the value, and its exit code."""

import os

from tap import check, folder, run

TANH = "spectrum --activation tanh --q 0.1"

# command, words that the message must hold
USAGE = [
    ("", ["no command", "spectrum", "meanfield", "activations"]),
    ("spectrun", ["'spectrun'", "did you mean 'spectrum'"]),
    ("phases", ["'phases' is no command", "did you mean 'phase'"]),
    ("--quiet spectrum", ["'--quiet'", "command comes first"]),
    ("spectrum", ["--activation is missing"]),
    ("spectrum --activation tnah --q 1", ["'tnah'", "did you mean 'tanh'", "leaky-relu"]),
    ("spectrum --activation tanh:slope=1 --q 1", ["tanh:slope=1"]),
    ("spectrum --activation leaky-relu:slope=x", ["leaky-relu:slope=x"]),
    ("spectrum --activation leaky-relu:slope=nan", ["leaky-relu:slope=nan"]),
    ("spectrum --activation leaky-relu:gain=1", ["leaky-relu:gain=1", "gain"]),
    ("spectrum --activation tanh", ["--q", "--sigma-w"]),
    ("spectrum --activation tanh --q 0", ["--q", "'0'", "above 0"]),
    ("spectrum --activation tanh --q -1", ["--q", "'-1'"]),
    ("spectrum --activation tanh --q nan", ["--q", "'nan'"]),
    ("spectrum --activation tanh --q inf", ["--q", "'inf'"]),
    ("spectrum --activation tanh --q -Infinity", ["--q", "'-Infinity'"]),
    ("spectrum --activation tanh --q 1e999", ["--q", "'1e999'", "too large"]),
    ("spectrum --activation tanh --q 0x1p-3", ["--q", "'0x1p-3'", "not a number"]),
    ("spectrum --activation tanh --q 1,5", ["--q", "'1,5'", "not a number"]),
    ("spectrum --activation tanh --q 0.1abc", ["--q", "'0.1abc'"]),
    ("spectrum --activation tanh --q=", ["--q", "empty"]),
    ("spectrum --activation tanh --q", ["--q needs a value"]),
    ("spectrum --activation tanh --q 0.1 --sigma-w 1", ["--q", "--sigma-w"]),
    ("spectrum --activation tanh --q 0.1 --sigma-b 1", ["--q", "--sigma-w"]),
    ("spectrum --activation tanh --sigma-b 1", ["--sigma-b needs --sigma-w"]),
    ("spectrum --activation tanh --sigma-w 0", ["--sigma-w", "'0'"]),
    ("spectrum --activation tanh --sigma-w -1", ["--sigma-w", "'-1'"]),
    ("spectrum --activation tanh --sigma-w nan", ["--sigma-w", "'nan'"]),
    ("spectrum --activation tanh --sigma-w 1 --sigma-b -0.1", ["--sigma-b", "'-0.1'"]),
    ("spectrum --activation tanh --sigma-w 1 --sigma-b inf", ["--sigma-b", "'inf'"]),
    (f"{TANH} --weights normal", ["--weights", "'normal'", "gaussian|orthogonal"]),
    (f"{TANH} --weights orthogonl", ["did you mean 'orthogonal'"]),
    (f"{TANH} --depth 0", ["--depth", "'0'", "at least 1"]),
    (f"{TANH} --depth -3", ["--depth", "'-3'"]),
    (f"{TANH} --depth 1.5", ["--depth", "'1.5'", "whole"]),
    (f"{TANH} --depth 1e16", ["--depth", "'1e16'", "at most"]),
    (f"{TANH} --depth nan", ["--depth", "'nan'"]),
    (f"{TANH} --depth ten", ["--depth", "'ten'"]),
    (f"{TANH} --points 0", ["--points", "'0'"]),
    (f"{TANH} --points -5", ["--points", "'-5'"]),
    (f"{TANH} --points 2.5", ["--points", "'2.5'", "whole"]),
    (f"{TANH} --points 1e12", ["--points", "'1e12'", "at most 10000000"]),
    (f"{TANH} --points 2e6 --format json", ["--points", "2000000", "csv"]),
    (f"{TANH} --grid lin", ["--grid", "'lin'", "linear|log|auto"]),
    (f"{TANH} --at=", ["--at", "empty"]),
    (f"{TANH} --at 1,,2", ["--at", "empty"]),
    (f"{TANH} --at 1,", ["--at", "empty"]),
    (f"{TANH} --at 1,x", ["--at", "'x'"]),
    (f"{TANH} --at -1", ["--at", "'-1'", "at least 0"]),
    (f"{TANH} --at nan", ["--at", "'nan'"]),
    (f"{TANH} --at 1,inf", ["--at", "'inf'"]),
    (f"{TANH} --at @", ["--at", "file name"]),
    (f"{TANH} --at 1 --points 5", ["--at", "--points"]),
    (f"{TANH} --at 1 --grid log", ["--at", "--grid"]),
    (f"{TANH} --quantiles=", ["--quantiles", "empty"]),
    (f"{TANH} --quantiles 0.5,1.5", ["--quantiles", "'1.5'", "at most 1"]),
    (f"{TANH} --quantiles -0.1", ["--quantiles", "'-0.1'"]),
    (f"{TANH} --quantiles nan", ["--quantiles", "'nan'"]),
    (f"{TANH} --moments 0", ["--moments", "'0'"]),
    (f"{TANH} --moments 1e9", ["--moments", "'1e9'", "at most"]),
    (f"{TANH} --format xml", ["--format", "'xml'", "table|csv|json"]),
    (f"{TANH} --output=", ["--output", "empty"]),
    (f"{TANH} --plot x.gif", ["--plot", "'x.gif'", ".svg, .png or .pdf"]),
    (f"{TANH} --plot svg", ["--plot", "'svg'"]),
    (f"{TANH} --plot x.svg -o x.svg", ["--plot", "--output", "'x.svg'"]),
    (f"{TANH} --decimals 30", ["--decimals"]),
    (f"{TANH} --dept 3", ["--dept", "did you mean '--depth'"]),
    (f"{TANH} --dept=3", ["--dept", "did you mean '--depth'"]),
    (f"{TANH} -x", ["-x"]),
    (f"{TANH} --quiet=3", ["--quiet", "no value"]),
    (f"{TANH} extra", ["'extra'"]),
    ("meanfield --activation tanh --q 0.1 --points 5", ["--points", "'meanfield'"]),
    ("meanfield --activation tanh --q 0.1 --plot x.gif", ["--plot", "'x.gif'"]),
    ("meanfield --activation tanh --q 0.1 --threads 2", ["--threads", "'meanfield'"]),
    ("meanfield --activation tanh --q 0.1 --depth 1e9 --format csv", ["--depth", "'1e9'"]),
    ("meanfield --activation tanh --q 0.1 --q0 -1", ["--q0", "'-1'", "at least 0"]),
    ("meanfield --activation tanh --q 0.1 --q0 nan", ["--q0", "'nan'"]),
    ("meanfield --activation tanh --q 0.1 --c0 1.01", ["--c0", "'1.01'", "at most 1"]),
    ("meanfield --activation tanh --q 0.1 --c0 -2", ["--c0", "'-2'", "at least -1"]),
    ("meanfield --activation tanh --q 0.1 --c0 x", ["--c0", "'x'", "not a number"]),
    ("meanfield --activation tanh --q0 1", ["--q", "--sigma-w"]),
    ("spectrum --activation tanh --q 0.1 --c0 1", ["--c0", "'spectrum'"]),
    ("phase", ["--activation is missing"]),
    ("phase --activation tahn", ["'tahn'", "did you mean 'tanh'"]),
    ("phase --activation tanh --depth 3", ["--depth", "'phase'"]),
    ("phase --activation tanh --weights gaussian", ["--weights", "'phase'"]),
    ("phase --activation tanh --sigma-w 1:2", ["--sigma-w", "'1:2'", "A:B:N"]),
    ("phase --activation tanh --sigma-w 1:2:3:4:5", ["--sigma-w", "A:B:N"]),
    ("phase --activation tanh --sigma-w 2:1:5", ["--sigma-w", "'2:1:5'", "backwards"]),
    ("phase --activation tanh --sigma-w 1:2:0", ["--sigma-w", "'1:2:0'", "from 1"]),
    ("phase --activation tanh --sigma-w 1:2:2.5", ["--sigma-w", "'1:2:2.5'", "whole"]),
    ("phase --activation tanh --sigma-w 1:2:1", ["--sigma-w", "'1:2:1'", "A = B"]),
    ("phase --activation tanh --sigma-w 1:1:5", ["--sigma-w", "'1:1:5'", "N = 1"]),
    ("phase --activation tanh --sigma-w 0:2:5", ["--sigma-w", "'0'", "at least"]),
    ("phase --activation tanh --sigma-w nan:2:5", ["--sigma-w", "'nan'"]),
    ("phase --activation tanh --sigma-w 1:inf:5", ["--sigma-w", "'inf'"]),
    ("phase --activation tanh --sigma-w 1::5", ["--sigma-w", "empty"]),
    ("phase --activation tanh --sigma-w=", ["--sigma-w", "empty"]),
    ("phase --activation tanh --sigma-w", ["--sigma-w needs a value: A:B:N"]),
    ("phase --activation tanh --sigma-b -1:2:5", ["--sigma-b", "'-1'"]),
    ("phase --activation tanh --sigma-b 0:1:5:log", ["--sigma-b", "log needs A > 0"]),
    ("phase --activation tanh --sigma-b 1:2:5:lin", ["--sigma-b", "'log'"]),
    ("phase --activation tanh --sigma-w 1:2:5000 --sigma-b 0:1:5000", ["25000000", "too many"]),
    ("phase --activation tanh --sigma-w 1:2:2000 --sigma-b 0:1:2000 --format json", ["too many"]),
    ("phase --activation tanh --threads 0", ["--threads", "'0'"]),
    ("phase --activation tanh --threads 1.5", ["--threads", "whole"]),
    ("phase --activation tanh --q 1:2:3", ["--q needs --critical-line"]),
    ("phase --activation tanh --critical-line --q 0:1:5", ["--q", "'0'", "above 0"]),
    ("phase --activation tanh --critical-line --sigma-w 1:2:3", ["--critical-line", "--sigma-w"]),
    ("phase --activation tanh --critical-line=yes", ["--critical-line takes no value"]),
    ("phase --activation tanh --sigma-w 1 --plot x.svg", ["--plot", "range"]),
    ("phase --activation tanh --plot x.gif", ["--plot", "'x.gif'"]),
    ("activations --depth 3", ["--depth", "'activations'"]),
    ("activations tanh", ["'tanh'"]),
]


def usage():
    for command, words in USAGE:
        done = run(command)
        one_line = done.err.startswith("freejac: ") and done.err.count("\n") == 1
        check(done.code == 2 and done.out == "" and one_line and "--help'" in done.err and
              all(word in done.err for word in words), f"exit 2: freejac {command}", words, done)
    done = run(["spectrum", "--activation", "ta\nnh", "--q", "1"])
    check(done.code == 2 and done.err.count("\n") == 1, "a line break in a value keeps the message one line", done)
    done = run(["spectrum", "--activation", "x" * 100000, "--q", "1"])
    check(done.code == 2 and len(done.err) < 1200 and "--help'" in done.err, "a huge value is cut", done)


def could_not():
    done = run("spectrum --activation sigmoid --q 0.1")
    check(done.code == 1 and done.out == "" and "--q 0.1" in done.err and done.err.count("\n") == 1,
          "exit 1: an infeasible point, with the reason", done)
    done = run("meanfield --activation relu --sigma-w 2")
    check(done.code == 1 and done.out == "" and "--sigma-w 2" in done.err, "exit 1: no fixed point", done)


def files():
    cases = [
        ("missing", None, "No such file"),
        ("empty", b"", "no number"),
        ("comments", b"# 1\n\n", "no number"),
        ("word", b"1\n2 three\n", "line 2: 'three'"),
        ("nan", b"1 nan\n", "line 1: 'nan'"),
        ("negative", b"1\n-2\n", "line 2: '-2'"),
        ("commas", b"1,,2\n", "line 1"),
        ("leading comma", b"1\n,2\n3,\n,4", "line 4"),
        ("binary", b"1\x002", "zero byte"),
        ("long", b"1" * 100000, "too long"),
    ]
    with folder() as place:
        for name, content, message in cases:
            path = os.path.join(place, name.replace(" ", "-"))
            if content is not None:
                with open(path, "wb") as file:
                    file.write(content)
            done = run(f"{TANH} --at @{path}")
            check(done.code == 1 and done.out == "" and "--at" in done.err and path in done.err and
                  message in done.err, f"exit 1: --at @FILE, {name}", message, done)
        done = run(f"{TANH} --at @{place}")
        check(done.code == 1 and "directory" in done.err, "exit 1: --at @FILE, a directory", done)
        path = os.path.join(place, "good")
        with open(path, "wb") as file:
            file.write(b"# points\n1.1, 0.9\t1.0\r\n\n0.8,  # last\n1")
        done = run(f"{TANH} --at @{path} --format csv")
        rows = [line for line in done.out.splitlines() if not line.startswith("#")][1:]
        check(done.code == 0 and [float(row.split(",")[0]) for row in rows] == [1.1, 0.9, 1.0, 0.8, 1],
              "--at @FILE: commas, blanks, tabs, comments, in order", done)


def all_checks():
    usage()
    could_not()
    files()
