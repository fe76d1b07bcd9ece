#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API reference, in TAP: doxygen finds nothing undocumented, and every public function is there with its text, which says
what a call costs.  check_reference.py HEADERS DOXYFILE OUTPUT [DOXYGEN]"""

import glob
import html
import os
import re
import subprocess
import sys

headers, doxyfile, output = sys.argv[1:4]
doxygen = sys.argv[4] if len(sys.argv) > 4 else None
count = failures = 0


def check(bad, name):
    """One check: nothing is bad."""
    global count, failures
    count += 1
    failures += bool(bad)
    print(f"{'not ok' if bad else 'ok'} {count} - {name}")
    for line in bad:
        print(f"#   {line}")


def functions():
    """(header, comment, name) of each public function; a comment holds until a blank line."""
    for path in sorted(glob.glob(os.path.join(headers, "*.h"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for block in re.split(r"\n\n+", text):
            comment = re.match(r"(?s)/\*.*?\*/", block)
            for name in re.findall(r"(?m)^FJ_API [^;(]*?(\w+)\(", block):
                yield os.path.basename(path), comment.group() if comment else "", name


def words(text):
    return " ".join(re.findall(r"\w+|◆", text))


def shown(header):
    """The words of a header's page."""
    page = os.path.join(output, header.replace(".h", "_8h.html"))
    if not os.path.exists(page):
        return ""
    with open(page, encoding="utf-8") as file:
        return words(html.unescape(re.sub(r"<[^>]*>", " ", file.read())))


found = list(functions())
check([] if len(found) > 50 else [str(found)], "public functions are found")
check([f"{header}: {name}" for header, comment, name in found if not re.search(r"\bCost\b|\bO\(", comment)],
      "every function's comment says what a call costs")
if doxygen:
    done = subprocess.run([doxygen, doxyfile], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    said = done.stdout.decode(errors="replace").splitlines()
    check(said or ([] if done.returncode == 0 else [f"exit {done.returncode}"]), "doxygen has nothing to say")
    pages = {header: shown(header) for header, _, _ in found}
    check([f"{header}: {name}" for header, comment, name in found
           if f"◆ {name}" not in pages[header] or words(comment)[:30] not in pages[header]],
          "every function is in the reference, with its text")
else:
    count += 1
    print(f"ok {count} - doxygen has nothing to say # SKIP doxygen is not installed (package doxygen)")
print(f"1..{count}")
sys.exit(failures > 0)
