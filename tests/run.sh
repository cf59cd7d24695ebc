#!/usr/bin/env bash
# Installs what is missing, builds the release preset, runs every test, and ends with their count.
set -euo pipefail
cd "$(dirname "$0")/.."
bash tests/install.sh
cmake --preset release >/dev/null
cmake --build --preset release
# About one scenario run in some hundreds sees the end of a guest's process too late and differs from its second run; a
# test that fails is tried again, and ctest says so. To be taken out with the cause (harness/guest/README.md).
ctest --preset release --parallel "$(nproc)" --repeat until-pass:3
