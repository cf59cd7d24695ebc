#!/usr/bin/env bash
# Longer than the ordinary tests: every scenario for a range of seeds, each verified by a second process.
#   bash tests/scenario/verify_seeds.sh [FIRST] [LAST]        1 to 50 if not named
set -uo pipefail
cd "$(dirname "$0")/../.."
first=${1:-1} last=${2:-50} bad=0 runs=0
for seed in $(seq "$first" "$last"); do
  for scenario in scenarios/*/*.yaml; do
    runs=$((runs + 1))
    if ! out=$(build/release/squall run --quiet --seed "$seed" --verify "$scenario" 2>&1); then
      bad=$((bad + 1))
      printf '%s, seed %s:\n%s\n' "$scenario" "$seed" "$out"
    fi
  done
done
echo "$runs runs, $bad failed"
[ "$bad" = 0 ]
