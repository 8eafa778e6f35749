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
awk '/^```sh$/ { shown = 1; next } /^```/ { shown = 0 } shown' "$repository/README.md" >commands
[ -s commands ]
PATH=$folder/bin:$PATH sh -eux commands
