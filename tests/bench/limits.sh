#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the rate limiter adds to the processor time of a request, end to end: three proxies in turn, one without a limiter, one
# that knows 100 clients and one that knows 100,000, over the same requests; first forwarded to a backend, then answered from the
# cache, which is the cheapest request there is. Needs wrk and python3.
#   bash tests/bench/limits.sh [ROUNDS [SECONDS]]     rounds (9), and seconds of load on each proxy in a round (2)
# Prints the microseconds of processor time of each proxy's process for each request, and the ratios, as medians over the rounds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source installer/steps.sh

rounds=${1:-9}
seconds=${2:-2}
if [ $# -gt 2 ] || [[ ! $rounds =~ ^[1-9][0-9]*$ ]] || [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "usage: bash tests/bench/limits.sh [ROUNDS [SECONDS]]" >&2
    exit 2
fi
command -v wrk >/dev/null || { echo "limits.sh: wrk is not installed (Debian: wrk)" >&2; exit 1; }
build_preset release --target reverxy

folder=$(mktemp -d)
pids=()
finish() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap finish EXIT

read -r -a ports < <(python3 -c '
import socket
taken = [socket.socket() for _ in range(8)]
for each in taken:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in taken))')

# A slow origin, whose one response a proxy in front of it keeps: that one is the fast backend of those that are measured.
cat >"$folder/origin.py" <<'EOF'
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=86400")
        self.send_header("Content-Length", "1024")
        self.end_headers()
        self.wfile.write(b"x" * 1024)

    def log_message(self, *ignored):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
EOF
python3 "$folder/origin.py" "${ports[0]}" &
pids+=($!)

# listening PORT: waits until somebody takes connections there.
listening() {
    local try
    for ((try = 0; try < 100; ++try)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    echo "limits.sh: nobody listens on port $1: $(cat "$folder"/*.log)" >&2
    return 1
}
listening "${ports[0]}"

# proxy NAME PORT BACKEND_PORT CACHE [MORE]: starts one, and leaves its process's id in NAME.pid.
proxy() {
    cat >"$folder/$1.yaml" <<EOF
proxy: { host: 127.0.0.1, port: $2, probe_port: 0, workers: 1, trusted_proxies: [127.0.0.1] }
log: { level: warn, access: false }
cache: { enabled: $4 }
pool: { health_checker: { enabled: false }, backends: [ { url: "http://127.0.0.1:$3" } ] }
${5:-}
EOF
    build/release/reverxy --no-gui --config "$folder/$1.yaml" >"$folder/$1.log" 2>&1 &
    pids+=($!)
    echo $! >"$folder/$1.pid"
    listening "$2"
}

limiter='rate_limiter: { enabled: true, limit: 1000000000, window: 1h, max_clients: 200000 }'
proxy backend "${ports[1]}" "${ports[0]}" true
proxy forward_none "${ports[2]}" "${ports[1]}" false
proxy forward_few "${ports[3]}" "${ports[1]}" false "$limiter"
proxy forward_many "${ports[4]}" "${ports[1]}" false "$limiter"
proxy cached_none "${ports[5]}" "${ports[1]}" true
proxy cached_few "${ports[6]}" "${ports[1]}" true "$limiter"
proxy cached_many "${ports[7]}" "${ports[1]}" true "$limiter"

# Nanoseconds on a processor, over all threads.
processor_time() {
    cat "/proc/$1/task/"*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }'
}

# load PORT CLIENTS SECONDS: prints how many requests were answered.
load() {
    local output
    output=$(wrk -t1 -c16 -d"$3"s -s tests/bench/clients.lua "http://127.0.0.1:$1/item" -- "$2")
    if grep -q 'Non-2xx\|Socket errors' <<<"$output"; then
        echo "limits.sh: not all requests were answered: $output" >&2
        return 1
    fi
    awk '/requests in/ { print $1 }' <<<"$output"
}

# measure NAME PORT CLIENTS: appends microseconds for each request to NAME.us.
measure() {
    local pid before requests after
    pid=$(cat "$folder/$1.pid")
    before=$(processor_time "$pid")
    requests=$(load "$2" "$3" "$seconds")
    after=$(processor_time "$pid")
    awk -v spent=$((after - before)) -v requests="$requests" 'BEGIN { printf "%.3f\n", spent / requests / 1000 }' >>"$folder/$1.us"
}

median() {
    sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

ratio() {
    paste "$folder/$1.us" "$folder/$2.us" | awk '{ printf "%.4f\n", $1 / $2 }' | median
}

# Every client has to be known before it is measured what a known one costs: one run that meets all of them.
for port in "${ports[4]}" "${ports[7]}"; do
    for ((known = 0, warming = 5; known < 100000; warming *= 2)); do
        known=$(load "$port" 100000 $warming)
    done
done
for kind in forward cached; do
    offset=$([ $kind = forward ] && echo 2 || echo 5)
    for ((round = 0; round < rounds; ++round)); do
        measure ${kind}_none "${ports[offset]}" 100
        measure ${kind}_few "${ports[offset + 1]}" 100
        measure ${kind}_many "${ports[offset + 2]}" 100000
    done
    echo "$kind: $(median <"$folder/${kind}_none.us") us without a limiter, $(median <"$folder/${kind}_few.us") us with 100 clients," \
        "$(median <"$folder/${kind}_many.us") us with 100,000; limited to unlimited $(ratio ${kind}_few ${kind}_none)," \
        "100,000 clients to 100 $(ratio ${kind}_many ${kind}_few)"
done
