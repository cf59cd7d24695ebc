#!/usr/bin/env bash
# Our checker beside porcupine, on random histories and on those that porcupine publishes: CPU time, one after the
# other, three times each. Needs go (and, once, the Go module proxy).
# usage: bash bench/checkers/compare.sh [BUILD_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release}
command -v go >/dev/null || { echo "compare.sh: go is not installed" >&2; exit 69; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tests/checkers/porcupine/* "$work"
(cd "$work" && go build -o porcupine .)
published=$(cd "$work" && go list -m -f '{{.Dir}}' github.com/anishathalye/porcupine)/test_data
"$work/porcupine" generate 7 10000 >"$work/random.txt"
"$work/porcupine" published "$published" jepsen >"$work/jepsen.txt"
"$work/porcupine" published "$published" kv >"$work/kv.txt"
for file in random jepsen kv; do
  echo "$file:"
  for _ in 1 2 3; do
    "$work/porcupine" time "$work/$file.txt"
    "$build/bench/bench_checkers" "$work/$file.txt"
  done
done
