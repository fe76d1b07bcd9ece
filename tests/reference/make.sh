#!/bin/sh
# Makes all tables of data/ anew. make.sh MAKER OUTDIR [options of make-reference]
# (make-limit and make-network stand beside MAKER; `meson compile -C build tables` calls this)
set -eu
maker=$1 out=$2
shift 2
mkdir -p "$out"
"$maker" "$out" "$@"
"$(dirname "$maker")/make-limit" "$out"
"$(dirname "$maker")/make-network" "$out" --threads 2
echo "tables are in $out"
