#!/usr/bin/env bash
# Prints the figures that the README quotes, and the machine they come from:
#   bash bench/run.sh
# Start-up and idle memory (median of 7), signed and verified Encrypt (requests per second, server CPU per request),
# real time per scenario (best of 3). All in a minute or so; nothing but loopback is used.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
cmake --build --preset release --target squall encrypt_load >/dev/null
squall=build/release/squall

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(. /etc/os-release; echo "$PRETTY_NAME"), load $(cut -d' ' -f1 /proc/loadavg)"
python3 bench/start.py "$squall"
python3 bench/encrypt.py "$squall" build/release/bench/encrypt_load
python3 bench/scenarios.py "$squall" scenarios/*/*.yaml
