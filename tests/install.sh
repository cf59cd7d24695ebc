#!/usr/bin/env bash
# The packages that building, running and testing Squall need on Debian 12. Does nothing when they are there.
set -euo pipefail
packages=(
  g++ cmake ninja-build ccache git python3
  libboost1.81-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libsqlite3-dev libssl-dev libyaml-cpp-dev
  libpugixml-dev libcli11-dev zlib1g-dev libgtest-dev libgmock-dev libbenchmark-dev
  awscli python3-boto3 python3-pytest bsdextrautils curl gettext-base jq unzip xz-utils zip
)
missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "Installing: ${missing[*]}"
[ "$(id -u)" = 0 ] || { echo "apt-get needs root: run this as root, or install the packages above" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
