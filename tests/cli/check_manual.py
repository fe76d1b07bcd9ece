# SPDX-License-Identifier: GPL-3.0-or-later
"""Help and manual: every command and option is in both, both read in 80 columns, and every example in them runs."""

import os
import re
import shutil
import subprocess

import tap
from tap import check, folder, run, skip

MANUAL = os.path.join(os.environ.get("FJ_PAGES", os.path.join(os.path.dirname(tap.EXE), "pages")), "freejac.1")
ESCAPES = {"\\-": "-", "\\e": "\\", "\\(aq": "'", "\\(dq": '"', "\\(ga": "`", "\\(ha": "^", "\\(ti": "~", "\\&": ""}

PLACE = ["network", "q_star", "chi", "sigma_w", "sigma_b"]
RUNS = ["spectrum --activation tanh --q 0.1 --points 2", "spectrum --activation tanh --q 0.1 --points 2 --digits 15",
        "design --activation tanh --depth 10 --var-lambda 1 --points 2", "limit --class smooth --sigma0 0.5 --points 2",
        "meanfield --activation tanh --q 0.1", "phase --activation tanh --sigma-w 1:2:2 --sigma-b 0:1:2",
        "phase --activation tanh --critical-line --q 1:2:2", "sample --activation tanh --q 0.1 --width 3",
        "compare --activation tanh --q 0.1 --width 30", "activations"]


def commands():
    """The commands that the program's help lists."""
    listed = re.search(r"\nCommands\n((?:  .*\n)+)", run("--help").out).group(1)
    return [line.split()[0] for line in listed.splitlines()]


def options(command):
    """The options that the help of a command explains, without their dashes."""
    return re.findall(r"(?m)^  (?:-\w, )?--([a-z0-9-]+)", run(f"{command} --help").out)


def plain(roff):
    """The text that a piece of the manual shows."""
    return re.sub(r"\\(?:\(..|[-e&])", lambda found: ESCAPES[found.group()], re.sub(r"\\f[BIR]", "", roff))


def shell(script, place):
    """Runs a script as a user would, with freejac on the PATH, in an empty folder; gives its result and what it left."""
    programs = os.path.join(place, "programs")
    work = os.path.join(place, "work")
    os.mkdir(programs)
    os.mkdir(work)
    os.symlink(tap.EXE, os.path.join(programs, "freejac"))
    environment = dict(os.environ, LC_ALL="C", PATH=f"{programs}:{os.environ.get('PATH', os.defpath)}")
    done = subprocess.run(["sh", "-e", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment, cwd=work, timeout=280, check=False)
    return tap.Result(done), work


def example(name, script):
    """One example: exit 0, and something on standard output or in every file that it names."""
    if "--plot" in script and shutil.which("gnuplot") is None:
        skip(f"example of {name}", "gnuplot is not installed")
        return
    with folder() as place:
        done, work = shell(script, place)
        files = re.findall(r"(?:-o|--output|--plot)[ \\\n]+(\S+)", script)
        empty = [file for file in files if not os.path.exists(os.path.join(work, file)) or
                 os.path.getsize(os.path.join(work, file)) == 0]
        check(done.code == 0 and not empty and (files or done.out), f"example of {name}", script, done, empty)


def help_texts():
    done = run("--version")
    check(done.code == 0 and done.out.startswith("freejac ") and done.err == "", "--version", done)
    for command in [""] + commands():
        done = run(f"{command} --help")
        name = f"freejac {command} --help".replace("  ", " ")
        check(done.code == 0 and done.err == "" and f"Usage: freejac {command}" in done.out,
              f"{name}: on standard output, with its usage", done)
        wide = [line for line in done.out.splitlines() if len(line) > 80 or line != line.rstrip()]
        check(not wide and done.out.isascii(), f"{name}: plain ASCII in 80 columns", *wide)
        shown = re.findall(r"(?m)^Example\n((?:  .*\n)+)", done.out)
        if check(len(shown) == 1 and done.out.count("Example") == 1, f"{name}: one example", done.out):
            example(name, shown[0])
    for option in ("depth", "grid", "digits", "quiet"):
        check(option in options("spectrum"), f"spectrum --help: --{option}")


def section(manual, title):
    """A section of the manual, to the next title."""
    found = re.search(rf"(?m)^\.S[HS] {title}\n((?:(?!\.S[HS] ).*\n)*)", manual)
    return found.group(1) if found else ""


def completeness(manual):
    for command in commands():
        text = section(manual, f"freejac {command}")
        described = [plain(name) for name in re.findall(r"\n\.TP\n(?:\\fB\\-\w\\fR, )?\\fB\\-\\-(\S+?)\\fR", text)]
        check(text and described == options(command), f"manual of {command}: the options of --help, in their order",
              described, options(command))
        words = " ".join(plain(text).split())
        helped = run(f"{command} --help").out
        texts = [" ".join(text.split()) for text in re.findall(r"(?m)^  (?:-\w, )?--\S+(?: \S+)?\s+(\S.*(?:\n {26}.*)*)", helped)]
        missing = [text for text in texts if text not in words]
        check(len(texts) == len(described) and not missing, f"manual of {command}: the texts of --help", *missing)
    known = tap.strict(run("activations --format json").out)["activations"]
    listed = " ".join(plain(section(manual, "ACTIVATIONS")).split())
    missing = [a["name"] for a in known if f".B {a['name']} {a['formula']}" not in listed]
    check(not missing, "manual: every activation with its formula", missing)
    check(run("--version").out.strip() in manual, "manual: the version")
    for code in (0, 1, 2, 3, 130):
        check(f".TP\n.B {code}\n" in section(manual, "EXIT STATUS"), f"manual: exit status {code}")


def outputs(manual):
    """Columns and keys that the manual lists are those that come."""
    listed = {}
    for title in ("Columns of CSV files", "Keys of JSON objects"):
        for names, text in re.findall(r"\.TP\n\.BR? (.*)\n((?:(?!\.TP).*\n)*)", section(manual, title)):
            for name in re.findall(r"[a-z]+", names):
                listed[title[:3], name] = re.findall(r"\w+", plain(text))
    for options in RUNS:
        name = options.split()[0]
        header = next(line for line in run(f"{options} --format csv").out.splitlines() if line[0] != "#").split(",")
        column = listed["Col", name]
        check(any(column[i:i + len(header)] == header for i in range(len(column))), f"manual: columns of {options}", header, column)
        keys = list(tap.strict(run(f"{options} --format json").out))
        keys = [key for key in keys if not (name in ("sample", "compare") and key in PLACE)]
        missing = [key for key in keys if key not in listed["Key", name]]
        check(listed["Key", name] and (not missing or "more" in listed["Key", name]), f"manual: keys of {options}", missing)


def formatting():
    for tool, words, package in (("groff", ["-ww", "-mandoc", "-Tutf8", "-z"], "groff-base"), ("mandoc", ["-T", "lint"], "mandoc")):
        if shutil.which(tool) is None:
            skip(f"manual: {tool} has nothing to say", f"{tool} is not installed (package {package})")
            continue
        done = subprocess.run([tool] + words + [MANUAL], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        check(done.returncode == 0 and not done.stdout, f"manual: {tool} has nothing to say", done.stdout.decode())
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-mandoc", "-Tascii", "-P-cbou", "-rLL=78n", MANUAL], stdout=subprocess.PIPE, check=True)
        lines = done.stdout.decode().splitlines()
        wide = [line for line in lines if len(line) > 80]
        check(len(lines) > 500 and not wide, "manual: 80 columns", len(lines), *wide)


def examples(manual):
    scripts = [plain(text) for text in re.findall(r"(?s)\n\.EX\n(.*?)\.EE\n", section(manual, "EXAMPLES"))]
    check(len(scripts) >= 7, "manual: examples are found", scripts)
    for script in scripts:
        example("the manual: " + script.strip().splitlines()[-1].strip(), script)
    for command in commands():
        shown = re.search(r"(?s)\nExample:\n\.PP\n\.EX\n(.*)\.EE\n", section(manual, f"freejac {command}"))
        words = plain(shown.group(1)).replace("\\\n", " ").split() if shown else []
        check(words and " ".join(words) in run(f"{command} --help").out, f"manual of {command}: the example of --help", words)


def all_checks():
    help_texts()
    with open(MANUAL, encoding="utf-8") as file:
        manual = file.read()
    completeness(manual)
    outputs(manual)
    formatting()
    examples(manual)
