#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of bench --json and --compare, and of wrong input, in TAP:  check_compare.py PATH-OF-BENCH"""

import copy
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from tap import check, finish, folder, run, strict  # noqa: E402


def made(place):
    """A file of results as the program writes it, and what it holds."""
    path = os.path.join(place, "new.json")
    result = run(["--smoke", "--only", "trajectory", "--json", path])
    check(result.code == 0 and "trajectory: " in result.out, "a group alone", result)
    with open(path, encoding="utf-8") as file:
        return path, strict(file.read())


def written(place, name, text):
    path = os.path.join(place, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def wrong(words, name, *needles):
    """One line on stderr, nothing on stdout, exit code 2."""
    result = run(words)
    lines = result.err.splitlines()
    check(result.code == 2 and not result.out and len(lines) == 1 and all(n in lines[0] for n in needles), name, result)


with folder() as place:
    new, holds = made(place)
    check(set(holds["machine"]) == {"processor", "compiler", "freejac", "date"}, "the machine is told", holds["machine"])
    check(all(r["ns"] > 0 and r["cexp"] > 0 for r in holds["results"]), "times are positive")
    before = copy.deepcopy(holds)
    before["results"][1]["cexp"] *= 2  # the new run is faster there
    before["results"][2]["cexp"] /= 4  # and slower there
    before["results"][3]["case"] = "another"
    old = written(place, "old.json", json.dumps(before))
    result = run(["--compare", old, new])
    rows = [line for line in result.out.splitlines() if ": layer" in line]
    ratios = [float(line.split("|")[0]) for line in rows]
    check(result.code == 0 and not result.err, "two files", result)
    check(ratios == [0.25, 1.0, 1.0, 2.0], "worst first", result)
    check(rows and holds["results"][2]["case"] in rows[0], "the slower case is named", result)
    check(result.out.splitlines()[-1] == "4 in both, 1 only in the old, 1 only in the new", "what is not in both", result)
    missing = os.path.join(place, "missing.json")
    wrong(["--compare", missing, new], "a file that is not there", "missing.json", "cannot be read")
    wrong(["--compare", old, written(place, "empty.json", "")], "an empty file", "empty.json")
    wrong(["--compare", written(place, "cut.json", '{"results": ['), new], "a file cut short", "cut.json", "line 1")
    wrong(["--compare", old, written(place, "other.json", "[1, 2]")], "another JSON", "other.json", "not written by bench")
    holds["results"][0] = {"group": "law", "cexp": 1}
    wrong(["--compare", old, written(place, "part.json", json.dumps(holds))], "a result without a name", "part.json", "without")
    before["points"] = 1000
    wrong(["--compare", written(place, "long.json", json.dumps(before)), new], "a quick run and a long one", "--smoke")
    wrong(["--targets", "--smoke"], "targets of a quick run", "--smoke")
    wrong(["--compare", old], "one file", "two files")
    wrong(["--compare", old, new, old], "three files", "two files")
    wrong(["--only", "nothing"], "a group that is not there", "nothing")
    wrong(["--rounds", "0"], "no rounds", "--rounds")
    wrong(["--rounds", "many"], "rounds that are no number", "--rounds")
    wrong(["--speed"], "an unknown option", "--speed")
    wrong(["law"], "a word too many", "law")
finish()
