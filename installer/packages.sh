# SPDX-License-Identifier: MIT
# The Debian packages Reverxy needs, by purpose, and the function that installs what is missing. Sourced, not run.
# shellcheck shell=bash disable=SC2034

packages_build=(g++ cmake ninja-build ccache pkg-config qt6-base-dev libyaml-dev)
packages_test=(nodejs python3-prometheus-client xvfb) # another HTTP implementation, another reader of metrics, a display
packages_bench=(python3 nginx haproxy varnish wrk nghttp2-client xvfb) # whom tests/bench/ compares with, and clients
packages_ci=(clang clang-format clang-tidy libclang-rt-dev prometheus) # of the last its promtool

# install_packages PURPOSE...: makes sure that the packages of every named purpose are there. Uses the network, and
# becomes root through sudo, only when one is missing.
install_packages() {
    local purpose list package installed missing=() as_root=() log
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "reverxy: this is not a Debian system, so nothing is installed. What is needed has these names in Debian:" >&2
        for purpose in "$@"; do
            list="packages_${purpose}[@]"
            echo "    $purpose: ${!list}" >&2
        done
        return 0
    fi
    installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | tr '\n' ' ')"
    for purpose in "$@"; do
        list="packages_${purpose}[@]"
        for package in "${!list}"; do
            [[ $installed == *" $package "* ]] || missing+=("$package")
        done
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "reverxy: packages are missing, only root may install them, and sudo is not there. As root, run:" >&2
            echo "    apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "reverxy: installing ${missing[*]}" >&2
    log=$(mktemp)
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >"$log" 2>&1 </dev/null ||
        ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
            "${missing[@]}" >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        echo "reverxy: apt-get failed (the end of its output is above, all of it is in $log)." >&2
        echo "    Check the network and the sources in /etc/apt, then run this again." >&2
        return 1
    fi
    rm -f "$log"
}
