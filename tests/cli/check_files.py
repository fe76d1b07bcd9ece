# SPDX-License-Identifier: GPL-3.0-or-later
"""Output: whole or absent, by name or by --format, on full disks, closed streams, interruption; plots."""

import os
import shutil
import signal
import stat
import subprocess
import time

import tap
from tap import check, folder, run, skip

TANH = "spectrum --activation tanh --q 0.1 --depth 5 --points 20"


def content(path):
    with open(path, "rb") as file:
        return file.read()


def names_and_formats():
    with folder() as place:
        for name, start in (("x.csv", b"# freejac"), ("x.json", b"{"), ("x.CSV", b"# freejac"),
                            ("x.txt", b"Network"), ("x", b"Network")):
            path = os.path.join(place, name)
            done = run(f"{TANH} -o {path}")
            check(done.code == 0 and done.out == "" and content(path).startswith(start), f"-o {name}: the form", done)
        done = run(f"{TANH} --format json -o {place}/y.csv")
        check(done.code == 0 and content(f"{place}/y.csv").startswith(b"{"), "--format wins over the name", done)
        check(sorted(os.listdir(place)) == sorted(["x.csv", "x.json", "x.CSV", "x.txt", "x", "y.csv"]),
              "nothing else is left", os.listdir(place))
        mask = os.umask(0)
        os.umask(mask)
        check(stat.S_IMODE(os.stat(f"{place}/x.csv").st_mode) == 0o666 & ~mask, "a new file has the usual mode")
        os.chmod(f"{place}/x.csv", 0o640)
        os.symlink("x.csv", f"{place}/link.csv")
        run(f"{TANH} --depth 6 -o {place}/link.csv")
        check(os.path.islink(f"{place}/link.csv") and b"# depth: 6\n" in content(f"{place}/x.csv") and
              stat.S_IMODE(os.stat(f"{place}/x.csv").st_mode) == 0o640,
              "a link is followed, the mode of a replaced file is kept")
        done = run(f"{TANH} --format csv -o -")
        check(done.code == 0 and done.out.startswith("# freejac"), "-o -: standard output", done)
        check(run(f"{TANH} --format csv").raw == run(f"{TANH} -o -  --format csv").raw, "equal input, equal bytes: csv")
        check(run(f"{TANH} --format json").raw == run(f"{TANH} --format json").raw, "equal input, equal bytes: json")
        check(content(f"{place}/x.CSV") == run(f"{TANH} --format csv").raw, "no file name in the file")


def whole_or_absent():
    with folder() as place:
        path = os.path.join(place, "x.csv")
        with open(path, "wb") as file:
            file.write(b"old")
        done = run(f"spectrum --activation sigmoid --q 0.1 -o {path}")
        check(done.code == 1 and content(path) == b"old", "a failed run leaves the old file", done)
        done = run(f"{TANH} -o {path} --plot {place}/nowhere/x.svg")
        check(done.code == 1 and content(path) == b"old" and os.listdir(place) == ["x.csv"] and
              "nowhere/x.svg" in done.err, "a plot that cannot be written: nothing is written", done)
        done = run(f"{TANH} -o {place}/nowhere/x.csv")
        check(done.code == 1 and f"{place}/nowhere/x.csv" in done.err and "No such file" in done.err,
              "-o in a missing directory: exit 1, the name", done)
        done = run(f"{TANH} -o {place}")
        check(done.code == 1 and "directory" in done.err, "-o a directory: exit 1", done)
        fifo = os.path.join(place, "pipe")
        os.mkfifo(fifo)
        with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
            done = run(f"{TANH} --format csv -o {fifo}")
            got = reader.stdout.read()
        check(done.code == 0 and got == run(f"{TANH} --format csv").raw and
              stat.S_ISFIFO(os.stat(fifo).st_mode), "-o a named pipe: written in place", done)


def full_disk():
    if not os.path.exists("/dev/full"):
        skip("full disk", "no /dev/full")
        return
    for form in ("table", "csv", "json"):
        done = run(f"{TANH} --format {form} -o /dev/full")
        check(done.code == 1 and "'/dev/full'" in done.err and "No space" in done.err, f"-o /dev/full, {form}: exit 1", done)
        with open("/dev/full", "wb") as full:
            done = run(f"{TANH} --format {form}", stdout=full)
        check(done.code == 1 and "standard output" in done.err and "No space" in done.err,
              f"standard output on a full disk, {form}: exit 1", done)
    for command in ("--help", "--version", "spectrum --help", "activations",
                    "meanfield --activation tanh --q 0.1", "meanfield --activation tanh --q 0.1 --format csv --depth 1e5"):
        with open("/dev/full", "wb") as full:
            done = run(command, stdout=full)
        check(done.code == 1 and "No space" in done.err, f"full disk: freejac {command}", done)
    check(stat.S_ISCHR(os.stat("/dev/full").st_mode), "/dev/full is still a device")
    done = subprocess.run(["sh", "-c", '"$0" activations >&-', tap.EXE], stderr=subprocess.PIPE, check=False)
    check(done.returncode == 1 and b"standard output" in done.stderr, "a closed standard output is an error", done)


def interruption():
    for number, name in ((signal.SIGINT, "SIGINT"), (signal.SIGTERM, "SIGTERM")):
        with folder() as place:
            with subprocess.Popen([tap.EXE] + f"spectrum --activation tanh --q 0.1 --depth 5 --points 1e7 "
                                  f"-o {place}/x.csv --plot {place}/x.svg".split(),
                                  stderr=subprocess.PIPE) as child:
                deadline = time.monotonic() + 20
                while not os.listdir(place) and time.monotonic() < deadline and child.poll() is None:
                    time.sleep(0.005)
                started = bool(os.listdir(place))
                child.send_signal(number)
                code = child.wait(timeout=60)
            check(started and code == 130 and os.listdir(place) == [], f"{name}: exit 130, no file left",
                  started, code, os.listdir(place))
    with folder() as place, folder() as programs:
        with open(f"{programs}/gnuplot", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n: > {place}/started\nexec {shutil.which('sleep')} 30\n")
        os.chmod(f"{programs}/gnuplot", 0o755)
        with subprocess.Popen([tap.EXE] + f"{TANH} -o {place}/x.csv --plot {place}/x.svg".split(),
                              stderr=subprocess.PIPE, env={"PATH": programs}) as child:
            deadline = time.monotonic() + 20
            while not os.path.exists(f"{place}/started") and time.monotonic() < deadline:
                time.sleep(0.005)
            child.send_signal(signal.SIGINT)
            start = time.monotonic()
            code = child.wait(timeout=60)
            child.stderr.read() # gnuplot holds it as long as it lives
        check(code == 130 and os.listdir(place) == ["started"] and time.monotonic() - start < 10,
              "SIGINT while gnuplot runs: both end, no file left", code, os.listdir(place))
    done = subprocess.run(["sh", "-c", '"$0" spectrum --activation tanh --q 0.1 --points 1e5 --format csv | head -n 1',
                           tap.EXE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    check(done.stdout.startswith(b"# freejac: ") and done.stderr == b"", "a closed pipe ends quietly", done)


def plots():
    if shutil.which("gnuplot") is None:
        skip("plots", "gnuplot is not installed")
    else:
        heads = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
        laws = {"tanh": "--activation tanh --q 0.1 --depth 5", "relu": "--activation relu --depth 3",
                "deep": "--activation tanh --q 0.1 --weights gaussian --depth 300", "atom": "--activation linear"}
        with folder() as place:
            for law, options in laws.items():
                for kind, head in heads.items():
                    path = os.path.join(place, f"it's {law}.{kind}")
                    done = run(["spectrum"] + options.split() + ["--quiet", "--plot", path, "-o", "/dev/null"])
                    check(done.code == 0 and done.err == "" and content(path).startswith(head) and
                          len(content(path)) > 2000, f"--plot {law}.{kind}", done)
            odd = "|touch `touch a` $(touch b).svg"
            done = run(f"{TANH} -o /dev/null --plot".split() + [odd], cwd=place)
            check(done.code == 0 and content(os.path.join(place, odd)).startswith(b"<?xml") and
                  not {"a", "b"} & set(os.listdir(place)), "--plot: a name is no command", done, os.listdir(place))
            os.remove(os.path.join(place, odd))
            text = content(f"{place}/it's relu.svg").decode()
            check("relu" in text and "depth 3" in text and "atom: mass 0.5" in text,
                  "plot: title with the network, the atom labelled")
            check(len(os.listdir(place)) == len(heads) * len(laws), "plot: no temporaries left", os.listdir(place))
            run(["spectrum"] + laws["tanh"].split() + ["--at", "1", "--plot", f"{place}/at.svg", "-o", "/dev/null"])
            check(content(f"{place}/at.svg") == content(f"{place}/it's tanh.svg"),
                  "plot: does not depend on the points asked for")
    fakes = [("missing", None, "not installed"),
             ("failing", "#!/bin/sh\nexec >&2\ncat > /dev/null\necho 'unknown terminal'\nexit 3\n", "unknown terminal"),
             ("dying", "#!/bin/sh\nexit 1\n", "gnuplot failed"),
             ("silent", "#!/bin/sh\ncat > /dev/null\n", "incomplete")]
    for name, script, message in fakes:
        with folder() as place, folder() as programs:
            if script:
                for tool in ("cat", "sh"):
                    os.symlink(shutil.which(tool), f"{programs}/{tool}")
                with open(f"{programs}/gnuplot", "w", encoding="utf-8") as file:
                    file.write(script)
                os.chmod(f"{programs}/gnuplot", 0o755)
            done = run(f"{TANH} -o {place}/x.csv --plot {place}/x.svg", env={"PATH": programs})
            check(done.code == 1 and message in done.err and "--plot" in done.err and os.listdir(place) == [],
                  f"gnuplot {name}: exit 1, the reason, no file", done, os.listdir(place))


def all_checks():
    names_and_formats()
    whole_or_absent()
    full_disk()
    interruption()
    plots()
