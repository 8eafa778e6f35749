#!/bin/sh
# The one entry script: installs what is missing, builds, demonstrates, tests, measures. `./go` alone lists the verbs.
set -eu
cd "$(dirname "$0")"

build_packages="g++ cmake ninja-build libfmt-dev nlohmann-json3-dev libtomlplusplus-dev libcli11-dev zlib1g-dev libutf8proc-dev libeigen3-dev libhowardhinnant-date-dev libsentencepiece-dev libgtest-dev"
test_packages="$build_packages qemu-user"
neon_packages="$test_packages g++-aarch64-linux-gnu zlib1g-dev:arm64 libutf8proc-dev:arm64"
bench_packages="$build_packages libdnnl-dev"
lint_packages="$build_packages clang-format-14 clang-tidy-14"

usage() {
  cat <<'USAGE'
usage: ./go VERB

  setup              install what building and testing need and this machine lacks (Debian 12, apt-get)
  build              build the program: build/recur
  demo               learn from a table, heartbeats and a text that ship with it, and show what was learned
  test [GROUP…]      build and run the tests; groups: asan tsan clang qemu neon fuzz all (default: the plain suite)
  check-data [NAME…] train on the real data sets and check the figures (data in $RECUR_DATA)
  bench [FLAG…]      measure speed: recur bench FLAG…, then beside the peers that are installed
  mutation [NAME…]   break one formula at a time and see which test notices (docs/testing.md)
  lint               check format and clang-tidy
  format             format the sources

Every verb installs what it needs first; RECUR_SETUP=skip leaves the machine as it is.
USAGE
}

die() {
  echo "go: error: $*" >&2
  exit 1
}

# need PACKAGE…: installs those that are missing; when none is, it costs one dpkg-query and no network.
need() {
  [ "${RECUR_SETUP:-}" != skip ] || return 0
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    die "no apt-get here, expected Debian 12; install the counterparts of '$*' and run RECUR_SETUP=skip ./go $verb"
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n${db:Status-Status} ${Package}:${Architecture}\n' "$@" \
    2>/dev/null | sed -n 's/^installed //p')
  missing=
  for package; do
    echo "$installed" | grep -qxF -e "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ]; then
    as_root=
  elif command -v sudo >/dev/null; then
    as_root=sudo
  else
    die "missing packages, and neither root nor sudo to install them; as root run: apt-get install$missing"
  fi
  echo "go: installing$missing" >&2
  apt="env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
  case $missing in *:arm64*) $as_root dpkg --add-architecture arm64 ;; esac
  $as_root $apt update </dev/null >/dev/null || echo "go: apt-get update failed; going on with the package lists that are here" >&2
  $as_root $apt install --yes --no-install-recommends $missing </dev/null >/dev/null ||
    die "apt-get could not install$missing; its message is above"
}

# configure PRESET [OPTION…]: configures the preset's folder, through ccache where that is installed.
configure() {
  if command -v ccache >/dev/null; then set -- "$@" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
  cmake --preset "$@" >/dev/null
}

build() {
  need $build_packages
  configure release
  cmake --build build --target recur_cli
}

# run_suite PRESET FOLDER: builds everything there and runs the tests.
run_suite() {
  configure "$1" -DRECUR_TESTS=ON
  cmake --build "$2"
  ctest --test-dir "$2" --output-on-failure --parallel 2
}

# Each fuzzer for half a minute, from nothing; an input that breaks it is kept as build-fuzz/crash-….
run_fuzzers() {
  configure fuzz
  cmake --build build-fuzz --target fuzzers
  for fuzzer in build-fuzz/tests/fuzz/fuzz_*; do
    echo "$fuzzer"
    "$fuzzer" -max_total_time="${RECUR_FUZZ_SECONDS:-30}" -artifact_prefix=build-fuzz/ -verbosity=0
  done
}

run_tests() {
  [ $# -gt 0 ] || set -- plain
  for group; do
    case $group in
      plain) need $test_packages && run_suite release build ;;
      asan | tsan) need $test_packages && run_suite "$group" "build-$group" ;;
      qemu) need $test_packages && run_suite release build && ctest --test-dir build -C emulate -L emulate --output-on-failure --parallel 2 ;;
      clang) need $test_packages clang-14 && run_suite clang build-clang ;;
      neon) need $neon_packages && run_suite neon build-neon ;;
      fuzz) need $build_packages clang-14 libclang-rt-14-dev && run_fuzzers ;;
      all) run_tests plain asan tsan clang qemu neon fuzz ;;
      *) die "no test group '$group'; there are: asan tsan clang qemu neon fuzz all" ;;
    esac
  done
}

# demo: forecasts taxi rides; tells heartbeats apart; learns three plays, beside an n-gram model, and writes in their
# manner; about a minute on two cores.
demo() {
  build
  taxi="--lookback 96 --horizon 48 --difference 336 --log --test-fraction 0.1 --stride 8 --cell gru --hidden-size 48"
  taxi="$taxi --learning-rate 3e-3 --epochs 8 --quantiles 0.1,0.9"
  hearts="--cell gru --hidden-size 24 --pool mean --learning-rate 1e-2 --epochs 8"
  options="--level char --cell gru --hidden-size 384 --embedding 64 --dropout 0.2 --learning-rate 4e-3 --schedule cosine --epochs 10"
  printf 'New York taxis, a day ahead in half hours, by what last week leaves:\n\n'
  build/recur train forecast --data examples/data/nyc_taxi.csv $taxi --out runs/demo-taxi --force
  printf '\nHow the file goes on (mean and the bounds of 80 %%):\n\n'
  build/recur predict runs/demo-taxi examples/data/nyc_taxi.csv | head -n 9
  printf '\nruns/demo-taxi/forecast.svg shows forecast against actual. Now heartbeats, ectopic ones among them, which\nsimple models know as well:\n\n'
  build/recur train classify --data examples/data/heartbeats.train.ts --test examples/data/heartbeats.test.ts $hearts --out runs/demo-hearts --force
  printf '\nWhat it takes some of them for:\n\n'
  build/recur predict runs/demo-hearts examples/data/heartbeats.test.ts | head -n 9
  printf '\nNow a text:\n\n'
  build/recur train lm --data examples/data/shakespeare.txt $options --out runs/demo --force
  printf '\nWhat it writes when it is given "ROMEO:":\n\n'
  build/recur generate runs/demo --prompt 'ROMEO:' --length 400 --temperature 0.8 --seed 1
  cat <<NEXT

The same with a text of your own:

  build/recur train lm --data YOUR.txt $options --out runs/mine
  build/recur generate runs/mine --prompt 'Once' --length 400 --temperature 0.8
  build/recur verify runs/mine

recur train lm --help has every option; runs/demo/curves.svg shows how this run went.
NEXT
}

# valid_nats FILE: the validation loss in a report of recur train --json.
valid_nats() {
  sed -n '/"metrics"/,$p' "$1" | sed -n '/"valid"/,/}/s/.*"nats": *\([0-9.]*\).*/\1/p'
}

# check_tinyshakespeare SECONDS NATS OPTION…: trains, and fails if it took longer or scored worse.
check_tinyshakespeare() {
  seconds=$1 limit=$2
  shift 2
  text=$data/tinyshakespeare/input.txt
  [ -r "$text" ] || die "no $text; set RECUR_DATA to the folder that holds tinyshakespeare/input.txt"
  build/recur train lm --data "$text" "$@" --out runs/check-tinyshakespeare --force --json >build/check.json
  awk -v limit="$limit" -v most="$seconds" -v nats="$(valid_nats build/check.json)" \
    -v took="$(sed -n 's/^  "seconds": *\([0-9.]*\).*/\1/p' build/check.json)" 'BEGIN {
      met = nats > 0 && nats <= limit && took <= most
      printf "tinyshakespeare: %.4f nats in %.0f s, expected at most %s in %s s: %s\n", nats, took, limit, most, met ? "met" : "NOT met"
      exit !met
    }'
}

# check_perplexity NAME MOST OPTION…: trains a language model with the preset; fails if the perplexity of the test split is
# more (docs/scores.md).
check_perplexity() {
  preset=$1 most=$2
  shift 2
  build/recur train lm --preset "$preset" "$@" --seed 1 --out "runs/check-$preset" --force --json >build/check.json
  awk -v name="$preset" -v most="$most" \
    -v found="$(sed -n '/^  "metrics": {/,/^  }/p' build/check.json | sed -n '/"test"/,/}/s/.*"perplexity": *\([0-9.]*\).*/\1/p')" \
    -v took="$(sed -n 's/^  "seconds": *\([0-9.]*\).*/\1/p' build/check.json)" 'BEGIN {
      met = found != "" && found <= most
      printf "%s: perplexity %.2f in %.0f s, expected at most %s: %s\n", name, found, took, most, met ? "met" : "NOT met"
      exit !met
    }'
}

# check_accuracy NAME LEAST SEEDS OPTION…: trains with the preset and so many seeds; fails if the mean accuracy on the test
# split is less (docs/scores.md).
check_accuracy() {
  preset=$1 least=$2 seeds=$3
  shift 3
  build/recur train classify --preset "$preset" "$@" --seed 1 --seeds "$seeds" --out "runs/check-$preset" --force --json >build/check.json
  awk -v name="$preset" -v least="$least" -v seeds="$seeds" \
    -v accuracy="$(sed -n '/^  "metrics": {/,/^  }/p' build/check.json | sed -n '/"test"/,/}/s/.*"accuracy": *\([0-9.]*\).*/\1/p')" \
    -v took="$(sed -n 's/^  "seconds": *\([0-9.]*\).*/\1/p' build/check.json)" 'BEGIN {
      met = accuracy != "" && 100 * accuracy >= least
      printf "%s: accuracy %.2f, mean of %d, in %.0f s, expected at least %s: %s\n", name, 100 * accuracy, seeds, took, least, met ? "met" : "NOT met"
      exit !met
    }'
}

# check_tag NAME SEEDS "METRIC=LEAST…" OPTION…: trains a tagger with the preset and so many seeds; fails if the mean of a metric
# on the test split is less, in percent (docs/scores.md). LEAST "-": only shown.
check_tag() {
  preset=$1 seeds=$2 wanted=$3 failed=0
  shift 3
  build/recur train tag --preset "$preset" "$@" --seed 1 --seeds "$seeds" --out "runs/check-$preset" --force --json >build/check.json
  for one in $wanted; do
    metric=${one%=*}
    awk -v name="$preset" -v metric="$metric" -v least="${one#*=}" -v seeds="$seeds" \
      -v found="$(sed -n '/^  "metrics": {/,/^  }/p' build/check.json | sed -n '/"test"/,/}/s/.*"'"$metric"'": *\([0-9.]*\).*/\1/p')" \
      -v took="$(sed -n 's/^  "seconds": *\([0-9.]*\).*/\1/p' build/check.json)" 'BEGIN {
        met = found != "" && (least == "-" || 100 * found >= least)
        printf "%s: %s %.2f, mean of %d, in %.0f s, expected at least %s: %s\n", name, metric, 100 * found, seeds, took, least, met ? "met" : "NOT met"
        exit !met
      }' || failed=1
  done
  return $failed
}

# check_seq2seq NAME PRESET METRIC LIMIT OPTION…: trains with the preset; fails if the metric on the test split is less, or, of
# perplexity, more (docs/scores.md). LIMIT "-": only shown.
check_seq2seq() {
  name=$1 preset=$2 metric=$3 limit=$4
  shift 4
  build/recur train seq2seq --preset "$preset" "$@" --seed 1 --out "runs/check-$name" --force --json >build/check.json
  awk -v name="$name" -v metric="$metric" -v limit="$limit" \
    -v found="$(sed -n '/^  "metrics": {/,/^  }/p' build/check.json | sed -n '/"test"/,/}/s/.*"'"$metric"'": *\([0-9.]*\).*/\1/p')" \
    -v took="$(sed -n 's/^  "seconds": *\([0-9.]*\).*/\1/p' build/check.json)" 'BEGIN {
      most = metric == "perplexity"
      met = found != "" && (limit == "-" || (most ? found <= limit : found >= limit))
      printf "%s: %s %.4g in %.0f s, expected at %s %s: %s\n", name, metric, found, took, most ? "most" : "least", limit, met ? "met" : "NOT met"
      exit !met
    }'
}

# check_forecast NAME METRIC MOST SEEDS OPTION…: trains a forecaster with the preset and so many seeds; fails if the mean of the
# metric on the test split is more (docs/scores.md). MOST "-": only shown.
check_forecast() {
  preset=$1 metric=$2 most=$3 seeds=$4
  shift 4
  build/recur train forecast --preset "$preset" --seed 1 "$@" --seeds "$seeds" --out "runs/check-$preset" --force --json >build/check.json
  sed -n '/^  "baselines": {/,/^  }/p; /"tables"/,$p' build/check.json | grep -E '"(Better|Hardly|Not better) .*' || true
  awk -v name="$preset $*" -v metric="$metric" -v most="$most" -v seeds="$seeds" \
    -v found="$(sed -n '/^  "metrics": {/,/^  }/p' build/check.json | sed -n '/"test"/,/}/s/.*"'"$metric"'": *\([0-9.]*\).*/\1/p')" \
    -v took="$(sed -n 's/^  "seconds": *\([0-9.]*\).*/\1/p' build/check.json)" 'BEGIN {
      met = found != "" && (most == "-" || found <= most)
      printf "%s: %s %.4f, mean of %d, in %.0f s, expected at most %s: %s\n", name, metric, found, seeds, took, most, met ? "met" : "NOT met"
      exit !met
    }'
}

# check_naive2 SMAPE: whether Naive2 in the report of the last check scores what was published.
check_naive2() {
  found=$(sed -n '/^  "baselines": {/,/^  }/p' build/check.json | sed -n '/"naive2"/,/^    }/p' | sed -n '/"test"/,/}/s/.*"smape": *\([0-9.]*\).*/\1/p')
  awk -v found="$found" -v published="$1" 'BEGIN {
    met = found != "" && sprintf("%.2f", found) == published
    printf "  Naive2: sMAPE %.2f, published %s: %s\n", found, published, met ? "met" : "NOT met"
    exit !met
  }'
}

check_data() {
  data=${RECUR_DATA:-../shared/data}
  [ $# -gt 0 ] || set -- conformance tinyshakespeare
  build
  for name; do
    case $name in
      conformance)  # every combination of options, not only every pair
        need $test_packages
        cmake --build build --target test_conformance
        RECUR_FULL=1 build/tests/conformance/test_conformance --gtest_brief=1
        ;;
      tinyshakespeare) check_tinyshakespeare 180 1.60 --preset char-lm ;;
      ptb) check_perplexity ptb 98 --data "$data/ptb/ptb.train.txt.gz" --valid "$data/ptb/ptb.valid.txt" --test "$data/ptb/ptb.test.txt" ;;
      imdb) check_accuracy imdb 88.5 3 --data "$data/imdb/train.tsv.gz" --test "$data/imdb/test.tsv.gz" ;;
      sst2) check_accuracy sst2 83.5 3 --data "$data/sst2/train.tsv" --valid "$data/sst2/dev.tsv" --test "$data/sst2/test.tsv" ;;
      japanese_vowels) check_accuracy japanese_vowels 97.5 5 --data "$data/japanese_vowels/JapaneseVowels_TRAIN.ts" \
        --test "$data/japanese_vowels/JapaneseVowels_TEST.ts" ;;
      basic_motions) check_accuracy basic_motions 95 10 --data "$data/basic_motions/BasicMotions_TRAIN.ts" \
        --test "$data/basic_motions/BasicMotions_TEST.ts" ;;
      mnist_rows) check_accuracy mnist_rows 98.8 1 --data "$data/mnist/train-images-idx3-ubyte.gz" --test "$data/mnist/t10k-images-idx3-ubyte.gz" ;;
      mnist_pixels) check_accuracy mnist_pixels 97 1 --data "$data/mnist/train-images-idx3-ubyte.gz" --test "$data/mnist/t10k-images-idx3-ubyte.gz" ;;
      etth1)
        check_forecast etth1 mse_scaled 0.385 1 --data "$data/etth1/ETTh1.csv" --horizon 96 --dropout 0.2 --batch-size 32 --seed 42
        check_forecast etth1 mse_scaled 0.437 1 --data "$data/etth1/ETTh1.csv" --horizon 192 --seed 42
        check_forecast etth1 mse_scaled 0.479 1 --data "$data/etth1/ETTh1.csv" --horizon 336 --seed 42
        check_forecast etth1 mse_scaled 0.475 1 --data "$data/etth1/ETTh1.csv" --horizon 720 --seed 42
        ;;
      airline_passengers) check_forecast airline_passengers rmse 15.6 5 --data "$data/airline_passengers/airline-passengers.csv" ;;
      min_temperatures) check_forecast min_temperatures rmse 2.33 5 --data "$data/min_temperatures_daily/daily-min-temperatures.csv" ;;
      m4_hourly)
        check_forecast m4_hourly owa 0.60 1 --data "$data/m4/Hourly-train.csv.gz" --test "$data/m4/Hourly-test.csv"
        check_naive2 18.38
        ;;
      m4_weekly)
        check_forecast m4_weekly owa 0.95 1 --data "$data/m4/Weekly-train.csv.gz" --test "$data/m4/Weekly-test.csv"
        check_naive2 9.16
        ;;
      exchange_rate)
        for horizon in 3 6 12 24; do
          check_forecast exchange_rate rse_last - 1 --data "$data/exchange_rate/exchange_rate.csv" --horizon "$horizon"
        done
        ;;
      stock_orcl) check_forecast stock_orcl rmse - 1 --data "$data/stock_orcl/orcl-1995-2014.csv" ;;
      conll2000)  # the last 1,000 sentences of training validate
        awk -v RS= -v ORS='\n\n' -v last=7936 '{ print > (NR <= last ? "build/conll2000.train.txt" : "build/conll2000.valid.txt") }' "$data/conll2000/train.txt"
        check_tag conll2000 1 f1_entity=93.5 --data build/conll2000.train.txt --valid build/conll2000.valid.txt --test "$data/conll2000/test.txt"
        ;;
      atis) check_tag atis 3 "f1_entity=95.5 intent_accuracy=97.5" --data "$data/atis/train" --valid "$data/atis/valid" --test "$data/atis/test" ;;
      snips) check_tag snips 1 "f1_entity=92 intent_accuracy=97.5" --data "$data/snips/train" --valid "$data/snips/valid" --test "$data/snips/test" ;;
      ud_english_ewt) check_tag ud_english_ewt 1 accuracy=94.0 --data "$data/ud_english_ewt/en_ewt-ud-train.conllu.gz" \
        --valid "$data/ud_english_ewt/en_ewt-ud-dev.conllu.gz" --test "$data/ud_english_ewt/en_ewt-ud-test.conllu.gz" ;;
      wnut17) check_tag wnut17 5 f1_entity=- --data "$data/wnut17/wnut17train.conll" --valid "$data/wnut17/emerging.dev.conll" \
        --test "$data/wnut17/emerging.test.annotated" ;;
      multi30k_de_en) check_seq2seq multi30k_de_en translate bleu 33 --data "$data/multi30k_en_de/train.de,$data/multi30k_en_de/train.en" \
        --valid "$data/multi30k_en_de/val.de,$data/multi30k_en_de/val.en" \
        --test "$data/multi30k_en_de/test_2016_flickr.de,$data/multi30k_en_de/test_2016_flickr.en" ;;
      multi30k_en_de) check_seq2seq multi30k_en_de translate bleu 33 --level subword --max-vocabulary 5000 --no-lower-case --input-feeding \
        --length-penalty 1.25 --data "$data/multi30k_en_de/train.en,$data/multi30k_en_de/train.de" \
        --valid "$data/multi30k_en_de/val.en,$data/multi30k_en_de/val.de" \
        --test "$data/multi30k_en_de/test_2016_flickr.en,$data/multi30k_en_de/test_2016_flickr.de" ;;
      tatoeba) check_seq2seq tatoeba translate bleu - --level subword --max-vocabulary 4000 --no-lower-case --many-references --embedding 192 \
        --hidden-size 192 --decoder-size 320 --readout 192 --attention-size 192 --dropout 0.2 --batch-size 128 --learning-rate 2e-3 --epochs 6 \
        --data "$data/tatoeba_en_fr/train.tsv" --valid "$data/tatoeba_en_fr/valid.tsv" --test "$data/tatoeba_en_fr/test.tsv" ;;
      cornell) check_seq2seq cornell chat perplexity - --data "$data/cornell_pairs/train.tsv.gz" --valid "$data/cornell_pairs/valid.tsv" \
        --test "$data/cornell_pairs/test.tsv" ;;
      aeslc) check_seq2seq aeslc summarise rouge_l - --source-column 2 --target-column 3 --data "$data/aeslc/train.tsv.gz" \
        --valid "$data/aeslc/dev.tsv.gz" --test "$data/aeslc/test.tsv.gz" ;;
      *) die "no check '$name'; there are: aeslc atis conll2000 cornell multi30k_de_en multi30k_en_de snips tatoeba ud_english_ewt wnut17 etth1 airline_passengers min_temperatures m4_hourly m4_weekly exchange_rate stock_orcl conformance tinyshakespeare ptb imdb sst2 japanese_vowels basic_motions mnist_rows mnist_pixels" ;;
    esac
  done
}

bench() {
  need $bench_packages
  build
  build/recur bench "$@"
  g++ -std=c++20 -O3 -march=native bench/steps.cpp -o build/bench_steps
  printf '\nFrom a plain loop to a fast one, a step of 128 units (docs/performance.md):\n'
  build/bench_steps 128
  command -v python3 >/dev/null || { echo "no python3: the peers are left out" >&2; return 0; }
  g++ -std=c++20 -O2 bench/peers/onednn.cpp -ldnnl -o build/peer_onednn || rm -f build/peer_onednn
  python3 bench/peers/compare.py build/recur --onednn build/peer_onednn
}

our_sources() {
  git ls-files --cached --others --exclude-standard -- '*.h' '*.inl' '*.cpp' '*.c'
}

lint() {
  need $lint_packages
  our_sources | xargs clang-format-14 --dry-run -Werror
  configure lint
  run-clang-tidy-14 -quiet -p build-lint '/(src|cli)/' >build-lint/clang-tidy.log 2>&1 ||
    { grep -A3 -E 'warning:|error:' build-lint/clang-tidy.log; die "clang-tidy found the above"; }
  echo "lint: clean"
}

[ $# -gt 0 ] || { usage; exit 0; }
verb=$1
shift
case $verb in
  setup) need $test_packages ;;
  build) build ;;
  test) run_tests "$@" ;;
  mutation) need $test_packages && tests/mutation/mutate.sh "$@" ;;
  lint) lint ;;
  format) need $lint_packages && our_sources | xargs clang-format-14 -i ;;
  demo) demo ;;
  check-data) check_data "$@" ;;
  bench) bench "$@" ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "no verb '$verb'" ;;
esac
