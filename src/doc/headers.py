#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input filter of doxygen: a public header with its plain comments as doxygen's.  headers.py HEADER

1. The comment that opens the file is about the file; that of freejac.h is the main page.
2. A comment on lines of its own is about what follows; if that is several declarations without a blank line between them,
   about each. A comment behind code is about that code.
3. In a comment, lines set in are formulas, and 'Cost:', 'Source:', 'Ownership:' and statuses begin paragraphs.
4. Members declared together get the comment each.
5. The list of statuses becomes an enumeration with their messages."""

import os
import re
import sys

PARAGRAPH = r"(?:Ownership|Cost|Source)\b[^.:\n]{0,40}:"


def body(comment):
    """The lines of a comment without its signs; what a line is set in beyond them stays."""
    inner = re.sub(r"^/\*+ ?|\s*\*/$", "", comment, flags=re.S)
    return [re.sub(r"^ *\* ?|^ +", "", line) if i else line for i, line in enumerate(inner.split("\n"))]


def text(lines):
    """Plain text as doxygen's: formulas kept, paragraphs parted, no sentence ended by the point of 'e.g.'."""
    out, formula = [], False
    for line in lines:
        if line.startswith("  ") != formula:
            formula = not formula
            out.append("@verbatim" if formula else "@endverbatim")
        if not formula:
            line = re.sub(r"[@\\<&#%]|--", r"\\\g<0>", line)
            line = re.sub(r"`([^`]+)`", r"<code>\1</code>", line)
            line = re.sub(rf"(?<=[.;)]) (?={PARAGRAPH})", "\n\n", line)
            if re.match(rf"{PARAGRAPH}|FJ_[A-Z_]+[:,. ]", line) and re.search(r"[.;:)]\Z", "\n".join(out)):
                line = "\n" + line
            line = re.sub(rf"(?m)^({PARAGRAPH})", r"<b>\1</b>", line)
            line = re.sub(r"\b(e\.g|i\.e|al|eqs?)\. ", r"\1.\\ ", line)
        out.append(line)
    if formula:
        out.append("@endverbatim")
    return "\n".join(out)


def file_comment(comment, name):
    lines = [line for line in body(comment) if "SPDX" not in line]
    brief = re.sub(r"^freejac: ", "", lines[0])
    about = text([brief] + lines[1:])
    if name != "freejac.h":
        return f"/** @file\n{about} */"
    return f"/** @file\nIncludes all the others. */\n/** @mainpage\n{about} */"


def statuses(source):
    """FJ_STATUS_LIST as enumerators with their messages, where the enumeration expands it."""
    listed = re.findall(r"X\((\w+), \"(.*?)\"\)", source)
    rows = "\n".join(f"    FJ_{name}, /* {message} */" for name, message in listed)
    return re.sub(r"#define FJ_STATUS_ENUM.*?#undef FJ_STATUS_ENUM", lambda _: rows, source, flags=re.S)


def members(source):
    """Members that share a type and a comment, each with its own."""
    def split(found):
        margin, kind, names, comment = found.groups()
        return "\n".join(f"{margin}{kind} {name.strip()};{comment or ''}" for name in names.split(","))
    return re.sub(r"(?m)^( +)((?:const )?\w+)\s((?:\s*\*?\w+,)+\s*\*?\w+);(\s*/\*(?:.|\n)*?\*/)?", split, source)


def declarations(source):
    """Comments as doxygen's; one on lines of its own holds, outside of braces, until a blank line."""
    out, about, depth = [], "", 0
    covered = False # the declaration under way has its comment already
    line = "" # what stands on this line so far
    for token in re.findall(r"/\*.*?\*/|[^\n]+?(?=/\*|\n|\Z)|\n", source, flags=re.S):
        if token.startswith("/*"):
            behind = line.strip() != ""
            note = f"/**{'<' if behind else ''} {text(body(token))} */"
            if not behind and depth == 0:
                about, covered = note, True
            out.append(note)
        elif token == "\n":
            if not line and depth == 0:
                about = ""
            out.append(token)
        else:
            if not token.startswith("#"):
                if about and not covered and depth == 0:
                    out.append(about + "\n")
                depth += token.count("{") - token.count("}")
                covered = depth > 0 or not token.rstrip().endswith(";")
            out.append(token)
        line = "" if token == "\n" else line + token
    return "".join(out)


def main():
    name = sys.argv[1]
    with open(name, encoding="utf-8") as file:
        source = file.read()
    first = re.match(r"/\*.*?\*/", source, flags=re.S).group()
    source = source[len(first):].replace('extern "C" {', "").replace("#ifdef __cplusplus\n}\n#endif", "")
    print(file_comment(first, os.path.basename(name)) + declarations(members(statuses(source))))


main()
