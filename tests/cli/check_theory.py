# SPDX-License-Identifier: GPL-3.0-or-later
"""src/THEORY.md names files and tests for its claims: all of them exist."""

import os
import re

from tap import check

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TREES = ("src", "include", "tests", "data", "plots")
FILE = re.compile(r"[A-Za-z0-9_/-]+\.(?:c|h|csv|sh|gp)\b")
# words of two parts with three letters or more each: tests, functions, not letters with an index
WORD = re.compile(r"(?<![\w^])(?!sum_|int_|prod_)[a-z]{3,}(?:_[a-z0-9]+)*_[a-z0-9]{3,}(?!\w)")


def all_checks():
    with open(os.path.join(ROOT, "src", "THEORY.md"), encoding="utf-8") as file:
        text = file.read()
    paths, words = set(), set()
    for tree in TREES:
        for folder, _, names in os.walk(os.path.join(ROOT, tree)):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                paths.add(path)
                if name.endswith((".c", ".h")):
                    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                        words.update(re.findall(r"\w+", file.read()))
    names = set(FILE.findall(text))
    lost = [name for name in sorted(names) if not any(("/" + path).endswith("/" + name) for path in paths)]
    check(len(names) > 50 and not lost, f"THEORY: the {len(names)} files it names exist", *lost)
    named = set(WORD.findall(FILE.sub(" ", text)))
    lost = sorted(named - words)
    check(len(named) > 20 and not lost, f"THEORY: the {len(named)} tests and functions it names exist", *lost)
