#!/bin/bash
# Breaks one formula at a time in a copy of the source tree, builds the tests that concern it, and says which of them
# notice. A mutation that no test notices ends the script with 1.
#
#   tests/mutation/mutate.sh            every mutation of mutations.txt
#   tests/mutation/mutate.sh lstm gemm  those whose name begins with one of these words
#   tests/mutation/mutate.sh -t         prints the table of docs/testing.md from the results gathered so far
#
# A line of mutations.txt: name | file | sed script | test binaries (test_NAME) to build and run.
# The copy and the results live in build-mutation/; a name that is in results.txt already is skipped, so an interrupted
# run goes on where it stopped. Remove build-mutation/ to begin anew.
set -eu
cd "$(dirname "$0")/../.."
work=$PWD/build-mutation
list=$PWD/tests/mutation/mutations.txt
results=$work/results.txt

fail() { echo "mutate: error: $*" >&2; exit 2; }

table() {
  echo "| mutation | in | caught by |"
  echo "|-|-|-|"
  while IFS='|' read -r name file caught; do
    echo "| $name | \`${file#src/}\` | ${caught} |"
  done <"$results"
}

# The names of the tests that fail, at most three, and how many there are: "kernels: Step/0.EqualsPlainLoops (12 in all)".
run_tests() {
  local caught="" binary log failed count
  for binary in $1; do
    log=$work/test_$binary.log
    if timeout 300 "$work/build/tests/$binary/test_$binary" --gtest_brief=1 >"$log" 2>&1; then continue; fi
    failed=$(sed -n 's/^\[  FAILED  \] \([A-Za-z0-9_/]*\.[A-Za-z0-9_/]*\).*/\1/p' "$log" | sort -u)
    count=$(echo "$failed" | grep -c . || true)
    if [ "$count" = 0 ]; then failed="(crashed)"; count=1; fi
    caught="$caught${caught:+; }$binary: $(echo "$failed" | head -2 | tr '\n' ' ' | sed 's/ $//; s/ /, /g')"
    [ "$count" -le 2 ] || caught="$caught and $((count - 2)) more"
  done
  echo "$caught"
}

if [ "${1:-}" = -t ]; then table; exit; fi

mkdir -p "$work"
touch "$results"
# The copy: the working tree, without what git ignores. Kernels at -O1: they only have to be right (or wrong).
copy=$work/source
git ls-files --cached --others --exclude-standard | while read -r file; do
  [ -f "$file" ] || continue
  cmp -s "$file" "$copy/$file" && continue
  mkdir -p "$copy/$(dirname "$file")"
  cp "$file" "$copy/$file"
done
sed 's/-O3/-O1/' cmake/RecurIsa.cmake >"$copy/cmake/RecurIsa.cmake"
sed 's/-Werror//' cmake/Warnings.cmake >"$copy/cmake/Warnings.cmake"  # a variable left unused is not what is looked for
launcher=
if command -v ccache >/dev/null; then launcher=-DCMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
cmake -S "$copy" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 $launcher >/dev/null

survivors=0
while IFS='|' read -r name file script tests; do
  case $name in '' | '#'*) continue ;; esac
  name=$(echo "$name" | xargs) file=$(echo "$file" | xargs)
  script=$(echo "$script" | sed 's/^ *//; s/ *$//')
  wanted=$([ $# -gt 0 ] && echo no || echo yes)
  for word; do case $name in "$word"*) wanted=yes ;; esac; done
  [ $wanted = yes ] || continue
  if grep -qF "$name|" "$results"; then continue; fi

  sed "$script" "$file" >"$work/mutated"
  cmp -s "$work/mutated" "$file" && fail "$name: the script changes nothing in $file; has the formula moved?"
  cp "$work/mutated" "$copy/$file"
  targets=$(for t in $tests; do echo "test_$t"; done)
  if nice cmake --build "$work/build" -j2 --target $targets >"$work/build.log" 2>&1; then
    caught=$(run_tests "$tests")
  elif grep -q 'error:' "$work/build.log"; then
    caught="does not compile: $(grep -m1 -o 'error: .*' "$work/build.log" | cut -c1-80)"
  else
    fail "$name: the build failed; see $work/build.log"
  fi
  if [ -z "$caught" ]; then
    echo "SURVIVED  $name"
    survivors=$((survivors + 1))
  else
    echo "caught    $name: $caught"
    echo "$name|$file|$caught" >>"$results"
  fi
  cp "$file" "$copy/$file"
done <"$list"
[ $survivors = 0 ] || { echo "mutate: $survivors mutations were not noticed" >&2; exit 1; }
