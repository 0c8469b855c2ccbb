#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds the preset `release` and starts Reverxy with the arguments given, in the folder it was
# called from. --build-only stops before the start.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source installer/packages.sh
source installer/steps.sh

build_only=no
arguments=()
for argument in "$@"; do
    if [ "$argument" = --build-only ]; then
        build_only=yes
    else
        arguments+=("$argument")
    fi
done

install_packages build
build_preset release --target reverxy
[ $build_only = yes ] && exit 0

program=$PWD/build/release/reverxy
cd "$called_from"
exec "$program" "${arguments[@]}"
