#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds everything in the preset `release` (the tree installer/run.sh uses) and runs the tests.
#   bash tests/run.sh          the label `quick`, what every change must pass
#   bash tests/run.sh soak     the label `soak`: long runs, attacks, huge bodies, fuzzing by the minute
# Prints one line when all is well, the failing tests with their output otherwise. The results are left in
# build/results/release.xml (JUnit).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source installer/packages.sh
source installer/steps.sh

label=${1:-quick}
if [ $# -gt 1 ] || [[ ! $label =~ ^(quick|soak)$ ]]; then
    echo "usage: bash tests/run.sh [quick|soak]" >&2
    exit 2
fi

install_packages build test
build_preset release
run_tests release "$label"
if [ "$label" = soak ]; then
    install_packages ci
    build_preset fuzz --target fuzzers
    run_tests fuzz soak '^fuzz_'
fi
