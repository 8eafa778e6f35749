#!/bin/sh
# Runs the commands that README.md shows, in its order, on a short text: readme.sh REPOSITORY PROGRAM
set -eu
repository=$1 program=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir bin
ln -s "$program" bin/recur
head -c 20000 "$repository/examples/data/shakespeare.txt" >input.txt
tail -c 5000 "$repository/examples/data/shakespeare.txt" >other.txt
# Invented reviews and sales, as much as learning something from them takes.
awk 'BEGIN { split("fine good great lovely warm", yes); split("bad dull flat poor weak", no); print "text\tlabel"
  for (i = 0; i < 400; ++i) printf "a %s film, %s and %s\t%s\n", i % 2 ? yes[1 + i % 5] : no[1 + i % 5], \
    i % 2 ? yes[1 + i % 3] : no[1 + i % 3], i % 7 ? "long" : "short", i % 2 ? "pos" : "neg" }' >reviews.tsv
awk 'BEGIN { print "date,value"; for (i = 0; i < 120; ++i)
  printf "%d-%02d,%.1f\n", 2010 + int(i / 12), 1 + i % 12, 100 + i + 20 * sin(i * 0.5236) }' >sales.csv
awk '/^```sh$/ { shown = 1; next } /^```/ { shown = 0 } shown' "$repository/README.md" >commands
[ -s commands ]
PATH=$folder/bin:$PATH sh -eux commands
