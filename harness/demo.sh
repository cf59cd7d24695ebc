#!/usr/bin/env bash
# Installs what is missing, builds, and runs every scenario of the single node, telling the story of each.
set -euo pipefail
cd "$(dirname "$0")/.."
bash tests/install.sh
cmake --preset release >/dev/null
cmake --build --preset release --target squall
exec build/release/squall run scenarios/single_kms/*.yaml
