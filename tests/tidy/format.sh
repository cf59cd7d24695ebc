#!/usr/bin/env bash
# Every C and C++ file is as clang-format 14, Debian 12's, leaves it: other versions break lines elsewhere.
#   bash tests/tidy/format.sh [--fix]
set -uo pipefail
cd "$(dirname "$0")/../.."
command -v clang-format-14 >/dev/null || { echo "clang-format-14 is not installed (apt-get install clang-format)"; exit 77; }
mode=(--dry-run --Werror)
[ "${1:-}" = --fix ] && mode=(-i)
git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.hpp' '*.c' '*.h' | xargs -0 clang-format-14 "${mode[@]}"
