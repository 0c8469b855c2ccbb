# SPDX-License-Identifier: MIT
# What the scripts have in common: running a step quietly, configuring and building a preset. Sourced in the project's
# root folder, not run.
# shellcheck shell=bash

# run_quietly TITLE COMMAND...: runs a command whose output matters only when it fails.
run_quietly() {
    local title=$1 log status=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ $status -ne 0 ]; then
        # Without ninja's lines about what went well.
        { grep -vE '^\[[0-9]+/[0-9]+\] [A-Z]' "$log" || true; } | tail -n 60 >&2
        echo "reverxy: $title failed (the end of the output is above, all of it is in $log)." >&2
        return $status
    fi
    rm -f "$log"
}

# build_preset PRESET [ARGUMENT...]: configures build/PRESET where that has not been done, and builds it; the arguments go
# to `cmake --build`, such as `--target reverxy`.
build_preset() {
    local preset=$1 tree=build/$1
    shift
    # From then on ninja decides when to configure again. A tree that was copied or moved here is made anew.
    if [ ! -e "$tree/build.ninja" ] || ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$tree/CMakeCache.txt"; then
        echo "reverxy: building $tree, the first time takes some minutes" >&2
        run_quietly "configuring $tree" cmake --preset "$preset" --fresh || return
    fi
    run_quietly "building $tree" cmake --build --preset "$preset" "$@" -- -j "$(nproc)"
}

# run_tests PRESET [LABEL [NAMES]]: runs the tests of build/PRESET with the label (quick), all or those whose names match
# the regular expression, and leaves the results in build/results/PRESET.xml.
run_tests() {
    local preset=$1 label=${2:-quick} names=${3:-.} log status=0
    mkdir -p build/results
    rm -f "build/results/$preset.xml"
    log=$(mktemp)
    ctest --test-dir "build/$preset" -L "^$label\$" -R "$names" --no-tests=error --output-on-failure -j "$(nproc)" \
        --output-junit "$PWD/build/results/$preset.xml" >"$log" 2>&1 </dev/null || status=$?
    if [ $status -eq 0 ]; then
        grep -E '^[0-9]+% tests passed|\*\*\*Skipped' "$log"
    else
        # What passed is left out.
        grep -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test .* Passed |PASS   :)' "$log" >&2
        echo "reverxy: tests failed in build/$preset; run one again with: ctest --test-dir build/$preset --output-on-failure -R '^NAME\$'" >&2
    fi
    rm -f "$log"
    return $status
}
