#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds the preset `release` and starts Reverxy's demo, with the window where there is a
# display. Further arguments are passed on, and where they are about a configuration (--config, --check,
# --print-config) Reverxy starts with that instead of the demo's. Files are named as from the folder it was called from.
# --build-only stops before the start.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source installer/packages.sh
source installer/steps.sh

build_only=no
demo=(--demo)
arguments=()
for argument in "$@"; do
    case $argument in
    --build-only) build_only=yes ;;
    --demo) ;; # it is there already
    --config | --config=* | --check | --print-config) demo=() && arguments+=("$argument") ;;
    *) arguments+=("$argument") ;;
    esac
done

install_packages build
build_preset release --target reverxy
[ $build_only = yes ] && exit 0

program=$PWD/build/release/reverxy
cd "$called_from"
exec "$program" "${demo[@]}" "${arguments[@]}"
