# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command line of README.md, run word by word in one empty folder, against the output shown there.

1. Blocks are the indented ones. In them `$ ` starts a command; what follows is its output, `...` stands for lines left out.
2. Shown lines must come in their order; numbers may differ by a unit of their last digit, or by 1e-12.
3. `$ cat FILE` shows a file that the reader writes first: so does the test.
4. Blocks behind `<!-- NAME -->` are taken from README and run by .ci/run (`readme NAME`) or by tests/install/check.sh.
5. No command with options may stand anywhere else, where nothing would run it.
"""

import os
import re
import subprocess

from tap import EXE, check, folder

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
COMMAND = re.compile(r"(freejac|meson|ninja|cc|gcc|man|gnuplot|python3|\.ci/\S+|build/\S+|tests/\S+|plots/\S+)\s.*-")


def blocks(text):
    """(name or None, lines) of each indented block, and the inline code of everything else."""
    found, inline, mark, lines, fenced = [], [], None, [], False
    for line in text.splitlines() + ["end"]:
        if line.startswith("```"):
            fenced = not fenced
        if fenced:
            continue
        if line.startswith("    "):
            lines.append(line[4:])
            continue
        if lines and line:
            while not lines[-1]:
                lines.pop()
            found.append((mark, lines))
            mark, lines = None, []
        elif lines:
            lines.append("")
        marked = re.fullmatch(r"<!-- (\S+) -->", line)
        if marked:
            mark = marked[1]
        if not line.startswith("|"): # tables are outputs
            inline += re.findall(r"`([^`]+)`", line)
    return found, inline


def unit(text):
    """One unit of the last digit of a number as it is written."""
    digits, _, exponent = text.lower().partition("e")
    return 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


def same(shown, real):
    """Is `real` the line shown, numbers apart that differ in their last digits?"""
    if NUMBER.sub("#", shown).split() != NUMBER.sub("#", real).split():
        return False
    return all(abs(float(a) - float(b)) <= max(1.001 * unit(a), 1e-12 * abs(float(a)))
               for a, b in zip(NUMBER.findall(shown), NUMBER.findall(real)))


def first_missing(shown, real):
    """The first line shown that the output does not have in its place; None if all are there."""
    place, free = 0, False
    for line in shown:
        if line.strip() == "...":
            free = True
            continue
        if not line and free: # an empty line at a cut
            continue
        while free and place < len(real) and not same(line, real[place]):
            place += 1
        if place == len(real) or not same(line, real[place]):
            return line
        place, free = place + 1, False
    if not free and place < len(real):
        return "the end (there are more lines, and no '...')"
    return None


def run_block(lines, where):
    """Runs the commands of one block one after another."""
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")] + [len(lines)]
    check(starts[0] == 0, "a block of commands begins with one", lines[0])
    for start, stop in zip(starts, starts[1:]):
        command, shown = lines[start][2:], lines[start + 1:stop]
        while shown and not shown[-1]:
            shown.pop()
        if command.startswith("cat "):
            with open(os.path.join(where, command[4:]), "w", encoding="utf-8") as file:
                file.write("\n".join(shown) + "\n")
            continue
        path = os.path.dirname(EXE) + os.pathsep + os.environ["PATH"]
        done = subprocess.run(["sh", "-c", "{ " + command + "; } 2>&1"], cwd=where, stdout=subprocess.PIPE, timeout=250, check=False,
                              stdin=subprocess.DEVNULL, text=True, encoding="utf-8", env=dict(os.environ, PATH=path, LC_ALL="C.UTF-8"))
        real = done.stdout.splitlines()
        missing = first_missing(shown, real) if shown else None
        check(done.returncode == 0 and missing is None, f"README: {command}", f"exit {done.returncode}", f"missing: {missing}", *real)


def all_checks():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        found, inline = blocks(file.read())
    with open(os.path.join(ROOT, ".ci", "run"), encoding="utf-8") as file:
        elsewhere = file.read()
    with open(os.path.join(ROOT, "tests", "install", "check.sh"), encoding="utf-8") as file:
        elsewhere += file.read()
    count = 0
    with folder() as where:
        for mark, lines in found:
            if mark:
                check(re.search(rf'\breadme"? {mark}\b', elsewhere), f"README's block '{mark}' is run by .ci/run or tests/install", lines[0])
            elif any(line.startswith("$ ") for line in lines):
                run_block(lines, where)
                count += 1
            else:
                check(not any(COMMAND.match(line) for line in lines), "a block without '$' holds no command", *lines)
    check(count >= 5, "README has blocks of commands", count)
    loose = [code for code in inline if COMMAND.match(code) or code.startswith("$ ")]
    check(not loose, "README: commands with options stand in blocks", *loose)
