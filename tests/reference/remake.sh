#!/bin/sh
# Makes a sample of the tables in data/ again and compares: every row made must stand in data/, letter for letter.
# remake.sh MAKER DATA          (make-limit and make-network stand beside MAKER)
set -eu
maker=$1 data=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$maker" "$out" --table critical --activations tanh,gelu,elu-0.5 --threads 2 2>/dev/null
"$(dirname "$maker")/make-limit" "$out"
"$(dirname "$maker")/make-network" "$out" --threads 2 2>/dev/null --networks \
    linear-0.8-20,linear-1-2-10,relu-g-valley,leaky-gaps-o,hard-tanh-leaky-o,hard-tanh-o-bottleneck,tanh-o-relu-g-linear-g
for table in critical limit network-layers network-points network-edges network-atoms network-moments; do
    rows=$(grep -cv '^#' "$out/$table.csv")
    [ "$rows" -gt 6 ]
    grep -v '^#' "$out/$table.csv" | while read -r row; do
        grep -qxF "$row" "$data/$table.csv" || { echo "$table.csv lacks: $row"; exit 1; }
    done
    echo "$table: $rows rows as in data/"
done
