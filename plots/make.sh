#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the figures:  make.sh [--png] PATH-OF-FREEJAC FOLDER [NAME...]
# 1. The commands are those of README.md: its code blocks that begin with ```sh NAME. Without names, all figures are
#    made: every block but the examples of reading (read-...).
# 2. Each block runs as it stands in a temporary folder, with freejac on PATH and this folder as $plots, up to its
#    first command that fails; all blocks at once, for most of their programs keep one core busy only.
# 3. What it drew, NAME.svg (or NAME.png), goes to FOLDER.
set -eu
format=svg
if [ "${1:-}" = --png ]; then
    format=png
    shift
fi
if [ $# -lt 2 ]; then
    echo "usage: make.sh [--png] PATH-OF-FREEJAC FOLDER [NAME...]" >&2
    exit 2
fi
plots=$(cd "$(dirname "$0")" && pwd)
freejac=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
folder=$(cd "$2" && pwd)
shift 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$freejac" "$work/bin/freejac"
PATH=$work/bin:$PATH FORMAT=$format
export plots PATH FORMAT

# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(sed -n 's/^```sh //p' "$plots/README.md" | grep -v '^read-')
for name; do
    mkdir "$work/$name"
    awk -v head="\`\`\`sh $name" '/^```/ {inside = 0} inside {print} $0 == head {inside = 1}' "$plots/README.md" \
        >"$work/$name.sh"
    if ! [ -s "$work/$name.sh" ]; then
        echo "make.sh: README.md has no commands for '$name'" >&2
        exit 1
    fi
done
running=
for name; do
    (cd "$work/$name" && exec sh -e "../$name.sh") &
    running="$running $!"
done
failed=0
for job in $running; do
    wait "$job" || failed=1
done
[ $failed = 0 ] || exit 1
for name; do
    mv "$work/$name/$name.$format" "$folder/"
done
