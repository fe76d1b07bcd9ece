# SPDX-License-Identifier: GPL-3.0-or-later
"""Running freejac and reporting in TAP: one numbered line a check, details of a failure behind '#'."""

import json
import os
import subprocess
import sys
import tempfile

EXE = os.path.abspath(sys.argv[1])
count = 0
failures = 0


def check(condition, name, *details):
    """One check; details are shown if it fails."""
    global count, failures
    count += 1
    print(f"{'ok' if condition else 'not ok'} {count} - {name}")
    if not condition:
        failures += 1
        for detail in details:
            for line in str(detail).splitlines() or [""]:
                print(f"#   {line[:400]}")
    sys.stdout.flush()
    return bool(condition)


def skip(name, reason):
    """One check that cannot be made here."""
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {reason}")


def finish():
    """The plan, and the exit status."""
    print(f"1..{count}")
    sys.exit(1 if failures else 0)


class Result:
    """What a run left: exit code, standard output and error as text."""

    def __init__(self, done):
        self.code = done.returncode
        self.raw = done.stdout or b""
        self.out = self.raw.decode("utf-8")
        self.err = (done.stderr or b"").decode("utf-8")

    def __str__(self):
        return f"exit {self.code}\nstdout: {self.out[:300]!r}\nstderr: {self.err[:600]!r}"


def run(command, env=None, stdout=subprocess.PIPE, cwd=None, stdin=""):
    """Runs freejac with the words of `command` (a string, split at blanks, or a list); stdin: a text."""
    words = command.split() if isinstance(command, str) else list(command)
    full = dict(os.environ, LC_ALL="C")
    full.update(env or {})
    done = subprocess.run([EXE] + words, input=stdin.encode(), stdout=stdout, stderr=subprocess.PIPE, env=full, cwd=cwd, timeout=120, check=False)
    return Result(done)


def folder():
    """A fresh directory, removed at the end of the `with`."""
    return tempfile.TemporaryDirectory(prefix="freejac-test-")


def csv_read(text):
    """Comments as a dict (the last of equal keys), the header's names, the rows as floats."""
    comments, header, rows = {}, None, []
    for line in text.splitlines():
        if line.startswith("# "):
            key, _, value = line[2:].partition(": ")
            comments[key] = value
        elif header is None:
            header = line.split(",")
        else:
            rows.append([float(field) for field in line.split(",")])
    return comments, header, rows


def close(a, b, tolerance):
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-300)


def reject(name):
    raise ValueError(f"JSON holds {name}")


def strict(text):
    """JSON without NaN and infinities."""
    return json.loads(text, parse_constant=reject)
