# SPDX-License-Identifier: GPL-3.0-or-later
"""Completions as real shells run them: what is offered is what the help of each command explains."""

import os
import re
import shutil
import subprocess

import tap
import terminal
from check_manual import commands, options
from tap import check, folder, run, skip

PAGES = os.environ.get("FJ_PAGES", os.path.join(os.path.dirname(tap.EXE), "pages"))
DRIVER = """
source "$1" || exit 1
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:@'
_freejac
printf '%s\\n' "${COMPREPLY[@]}"
"""

# words before the tab as readline parts them, what is offered; of files below
WORDS = [
    (["freejac", "s"], ["spectrum", "sample"]),
    (["freejac", "--v"], ["--version"]),
    (["freejac", "spectrum", "--we"], ["--weights"]),
    (["freejac", "spectrum", "--weights", ""], ["gaussian", "orthogonal"]),
    (["freejac", "spectrum", "--weights", "="], ["gaussian", "orthogonal"]),
    (["freejac", "spectrum", "--weights", "=", "o"], ["orthogonal"]),
    (["freejac", "limit", "--class", ""], ["smooth", "bernoulli", "resnet"]),
    (["freejac", "design", "--grid", "l"], ["linear", "log"]),
    (["freejac", "sample", "--format", ""], ["table", "csv", "json"]),
    (["freejac", "spectrum", "--activation", "ta"], ["tanh"]),
    (["freejac", "spectrum", "--activation", "elu", ":"], ["alpha="]),
    (["freejac", "phase", "--activation", "leaky-relu", ":", "s"], ["slope="]),
    (["freejac", "sample", "--input", ""], ["gaussian", "cifar10:"]),
    (["freejac", "sample", "--input", "cifar10", ":"], ["images", "two words"]),
    (["freejac", "sample", "--input", "cifar10", ":", "im"], ["images"]),
    (["freejac", "spectrum", "--layers", ""], ["a.csv", "b.svg", "images", "two words"]),
    (["freejac", "spectrum", "-o", "a"], ["a.csv"]),
    (["freejac", "spectrum", "--plot", ""], ["b.svg", "images", "two words"]),
    (["freejac", "spectrum", "--at", ""], []),
    (["freejac", "spectrum", "--at", "@", "a"], ["a.csv"]),
    (["freejac", "spectrum", "--depth", ""], []),
    (["freejac", "spectrum", "--depth", "3", "--mo"], ["--moments"]),
    (["freejac", "spectrum", "--critical"], []),
    (["freejac", "phase", "--critical"], ["--critical-line"]),
    (["freejac", "phase", "--critical-line", "--th"], ["--threads"]),
    (["freejac", "phase", "--depth"], []),
    (["freejac", "nothing", "--"], []),
]


def files(place):
    for name in ("a.csv", "b.svg"):
        with open(os.path.join(place, name), "w", encoding="utf-8"):
            pass
    for name in ("images", "two words"):
        os.mkdir(os.path.join(place, name))


def bash(words, place):
    done = subprocess.run(["bash", "--norc", "-c", DRIVER, "bash", os.path.join(PAGES, "freejac")] + words, cwd=place,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return [line for line in done.stdout.decode().splitlines() if line], done.stderr.decode()


def bash_checks():
    if shutil.which("bash") is None:
        skip("completion in bash", "bash is not installed (package bash)")
        return
    with folder() as place:
        files(place)
        for words, wanted in WORDS:
            offered, err = bash(words, place)
            check(sorted(offered) == sorted(wanted) and not err, f"bash: {' '.join(words)}<TAB>", offered, err)
        for command in commands():
            offered, err = bash(["freejac", command, "--"], place)
            check(offered == ["--" + name for name in options(command)] and not err, f"bash: the options of {command}", offered, err)
        known = [a["name"] for a in tap.strict(run("activations --format json").out)["activations"]]
        offered, _ = bash(["freejac", "spectrum", "--activation", ""], place)
        check(offered == known + ["expr:"], "bash: every activation, and expr:", offered)
        offered, _ = bash(["freejac", ""], place)
        check(offered == commands() + ["--help", "--version"], "bash: every command", offered)
        typed = terminal.bash(os.path.join(PAGES, "freejac"), place)
        shown = typed.complete("freejac limit --class smooth --sigma0 0.5 --form\tj\t-o a\t--pl\ttw\t")
        typed.end()
        check(shown == "freejac limit --class smooth --sigma0 0.5 --format json -o a.csv --plot two\\ words/",
              "bash: typed into a terminal", shown)


def zsh_checks():
    if shutil.which("zsh") is None:
        skip("completion in zsh", "zsh is not installed (package zsh)")
        return
    with folder() as place:
        files(place)
        typed = terminal.zsh(PAGES, place)
        for line, wanted in (("freejac spec\t--we\to\t", "freejac spectrum --weights=orthogonal"),
                             ("freejac limit --class=be\t", "freejac limit --class=bernoulli"),
                             ("freejac phase --activation softp\t", "freejac phase --activation softplus"),
                             ("freejac phase --activation=elu:\t", "freejac phase --activation=elu:alpha="),
                             ("freejac phase --dep\t", "freejac phase --dep"),
                             ("freejac sample --input ci\tim\t", "freejac sample --input cifar10:images/"),
                             ("freejac compare --values a\t", "freejac compare --values a.csv"),
                             ("freejac spectrum --at @a\t", "freejac spectrum --at @a.csv"),
                             ("freejac spectrum --plot b\t", "freejac spectrum --plot b.svg")):
            shown = typed.complete(line)
            check(shown == wanted, "zsh: " + line.replace("\t", "<TAB>"), shown)
        listed = typed.choices("freejac ")
        check(all(re.search(rf"(?m)^{name} +-- ", listed) for name in commands()), "zsh: every command", listed)
        for command in commands():
            listed = typed.choices(f"freejac {command} --")
            offered = re.findall(r"(?m)^--([a-z0-9-]+) ", listed)
            check(sorted(offered) == sorted(options(command)), f"zsh: the options of {command}", offered, listed)
            check(len(re.findall(r"(?m)^(?:-\w +)?--[a-z0-9-]+ .*-- \w", listed)) == len(options(command)),
                  f"zsh: a text beside each option of {command}", listed)
        typed.end()


def all_checks():
    bash_checks()
    zsh_checks()
