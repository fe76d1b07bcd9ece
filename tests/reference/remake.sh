#!/bin/sh
# Makes a sample of the tables in data/ again and compares: every row made must stand in data/, letter for letter.
# remake.sh MAKER DATA          (make-limit stands beside MAKER)
set -eu
maker=$1 data=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$maker" "$out" --table critical --activations tanh,gelu,elu-0.5 --threads 2 2>/dev/null
"$(dirname "$maker")/make-limit" "$out"
for table in critical limit; do
    rows=$(grep -cv '^#' "$out/$table.csv")
    [ "$rows" -gt 10 ]
    grep -v '^#' "$out/$table.csv" | while read -r row; do
        grep -qxF "$row" "$data/$table.csv" || { echo "$table.csv lacks: $row"; exit 1; }
    done
    echo "$table: $rows rows as in data/"
done
