#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of plots/ in TAP:  check.py PATH-OF-FREEJAC page|reading|figures ...

page: README.md, scripts and committed figures belong together.
reading: the examples of reading CSV, by the commands of README.md; skipped where their programs are missing.
figures: make.sh makes every figure from nothing, by the commands of README.md, without a word on stderr; and PNG.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
import tap

PLOTS = os.path.normpath(os.path.join(HERE, "..", "..", "plots"))
LARGEST = 300000 # bytes of an SVG: the page is loaded whole
BLOCK = re.compile(r"^```sh (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name):
    with open(os.path.join(PLOTS, name), encoding="utf-8") as file:
        return file.read()


def names(ending):
    return sorted(name[:-len(ending)] for name in os.listdir(PLOTS) if name.endswith(ending))


PAGE = read("README.md")
BLOCKS = dict(BLOCK.findall(PAGE))
FIGURES = [name for name in BLOCKS if not name.startswith("read-")]
READING = [name for name in BLOCKS if name.startswith("read-")]


def make(folder, words, path=None):
    """Runs make.sh; its exit code, stdout and stderr."""
    command = [os.path.join(PLOTS, "make.sh")] + [folder if word == "FOLDER" else word for word in words]
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    if path:
        environment["PATH"] = path + os.pathsep + environment["PATH"]
    return tap.Result(subprocess.run(command, capture_output=True, env=environment, cwd=folder, timeout=500, check=False))


def tree(path):
    """The SVG's root, or None if it is not well-formed."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    return root if root.tag.endswith("svg") else None


def plain(text):
    """Without gnuplot's marks for subscripts, and blanks."""
    return re.sub(r"[_^{}\s]", "", text)


def page():
    """What is shown, what is committed, and what draws it."""
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\.svg\)", PAGE)
    tap.check(len(re.findall(r"^```sh", PAGE, re.MULTILINE)) == len(BLOCKS), "every block of commands has a name of its own")
    tap.check(shown == FIGURES, "every figure shown has its commands, in that order", shown, FIGURES)
    tap.check(sorted(shown) == names(".svg"), "the figures shown are those committed", shown, names(".svg"))
    scripts = sorted(set(names(".gp")) - {"style", "read"})
    tap.check(sorted(FIGURES) == scripts, "every figure has its script, and every script its figure", scripts)
    for name in FIGURES:
        tap.check(f'gnuplot "$plots/{name}.gp"' in BLOCKS[name].splitlines(), f"{name}: its commands end in its script")
    sections = re.findall(r"^## .*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    tap.check(len([s for s in sections if s.count("](") and "![" in s]) == len(FIGURES), "one section a figure")
    with tap.folder() as folder:
        result = make(folder, [tap.EXE, "FOLDER", "nothing"])
        tap.check(result.code == 1 and "nothing" in result.err, "make.sh: a figure that is not there is named", result)
        result = make(folder, [])
        tap.check(result.code == 2 and "usage" in result.err, "make.sh: says how it is used", result)
    for name in names(".svg"):
        drawing_check(name, PLOTS)


def drawing_check(name, folder):
    """One figure: well-formed, of moderate size, every label of an axis in it (gnuplot leaves out what falls off the page)."""
    path = os.path.join(folder, name + ".svg")
    root = tree(path)
    if not tap.check(root is not None, f"{name}.svg is well-formed", path):
        return
    tap.check(os.path.getsize(path) < LARGEST, f"{name}.svg is of moderate size", os.path.getsize(path))
    text = plain("".join(root.itertext()))
    labels = set(re.findall(r"set [xy]label '([^']+)'", read(name + ".gp")))
    missing = [label for label in labels if plain(label) not in text]
    tap.check(labels and not missing, f"{name}.svg names its axes", missing)


def python_with_pandas():
    """The first Python that has pandas and matplotlib, or None."""
    for candidate in (shutil.which("python3"), "/usr/bin/python3"):
        if candidate and os.path.exists(candidate) and subprocess.run(
                [candidate, "-c", "import pandas, matplotlib"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def reading():
    """The examples of reading, each by its commands."""
    told = tap.run("spectrum --activation tanh --q 0.025 --depth 200 --points 1 --format csv")
    s_max = float(tap.csv_read(told.out)[0]["s_max"])
    python = python_with_pandas()
    here = {"read-gnuplot": shutil.which("gnuplot"), "read-python": python, "read-R": shutil.which("Rscript")}
    packages = {"read-gnuplot": "gnuplot-nox", "read-python": "python3-pandas and python3-matplotlib", "read-R": "r-base-core"}
    tap.check(sorted(READING) == sorted(here), "the examples of reading are those known here", READING)
    for name in READING:
        if not here.get(name):
            tap.skip(f"{name} reads and draws", f"not installed: {packages.get(name)}")
            continue
        with tap.folder() as folder, tempfile.TemporaryDirectory() as path:
            if name == "read-python": # the block says python3, which may be another one
                wrapper = os.path.join(path, "python3")
                with open(wrapper, "w", encoding="ascii") as file:
                    file.write(f'#!/bin/sh\nexec "{python}" "$@"\n')
                os.chmod(wrapper, os.stat(wrapper).st_mode | stat.S_IXUSR)
            result = make(folder, [tap.EXE, "FOLDER", name], path)
            tap.check(result.code == 0, f"{name} runs", result)
            tap.check(result.out == f"s_max {s_max:.10g}\n", f"{name} reads s_max from the comments", result, s_max)
            tap.check(tree(os.path.join(folder, name + ".svg")) is not None, f"{name} draws")


def figures():
    """All figures from nothing."""
    if not shutil.which("gnuplot"):
        tap.skip("figures", "not installed: gnuplot-nox")
        return
    for name in FIGURES:
        with tap.folder() as folder:
            result = make(folder, [tap.EXE, "FOLDER", name])
            tap.check(result.code == 0, f"{name} is made", result)
            tap.check(not result.err and not result.out, f"{name}: nothing is complained of", result)
            tap.check(os.listdir(folder) == [name + ".svg"], f"{name}: it alone is left", os.listdir(folder))
            drawing_check(name, folder)
    with tap.folder() as folder:
        line = re.search(r"^    plots/make.sh (--png .*)", PAGE, re.MULTILINE).group(1).split()
        elsewhere = {"build/src/cli/freejac": tap.EXE, "/tmp": "FOLDER"}
        result = make(folder, [elsewhere.get(word, word) for word in line])
        wanted = sorted(word + ".png" for word in line if word in FIGURES)
        tap.check(result.code == 0 and wanted and sorted(os.listdir(folder)) == wanted, "README's line for PNG makes them", result)
        for name in wanted:
            with open(os.path.join(folder, name), "rb") as file:
                tap.check(file.read(8) == b"\x89PNG\r\n\x1a\n", f"{name} is PNG")


PARTS = {"page": page, "reading": reading, "figures": figures}

for part in sys.argv[2:] or PARTS:
    PARTS[part]()
tap.finish()
