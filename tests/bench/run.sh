#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares Reverxy with nginx, HAProxy, Varnish and the floor: installs what is missing, builds the preset `release` and
# measures every case (the better part of an hour). The outcome goes into tests/bench/RESULTS.md and results.svg.
#   bash tests/bench/run.sh                          all cases
#   bash tests/bench/run.sh --quick                  sees that every case works; writes no results
#   bash tests/bench/run.sh --cases hit-1k,upload-1m only these; --list names them, --help all options
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source installer/packages.sh
source installer/steps.sh

install_packages build bench
build_preset release --target reverxy --target bench_client --target bench_floor --target bench_origin
exec python3 -B tests/bench/compare --programs build/release "$@"
