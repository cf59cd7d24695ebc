#!/usr/bin/env bash
# Installs what is missing, builds the release preset, runs every test, and ends with their count.
set -euo pipefail
cd "$(dirname "$0")/.."
bash tests/install.sh
cmake --preset release >/dev/null
cmake --build --preset release
ctest --preset release --parallel "$(nproc)"
