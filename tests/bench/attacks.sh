#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What ordinary clients wait while others attack, as the table ATTACKS.md beside this script, from the medians of some
# runs of the soak test behaviour_soak_attacks. Wants a machine with nothing else to do.
#   bash tests/bench/attacks.sh [RUNS [SECONDS]]     runs (3), and seconds that each attack goes on (30)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source installer/steps.sh

runs=${1:-3}
seconds=${2:-30}
if [ $# -gt 2 ] || [[ ! $runs =~ ^[1-9][0-9]*$ ]] || [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "usage: bash tests/bench/attacks.sh [RUNS [SECONDS]]" >&2
    exit 2
fi
build_preset release --target reverxy test_behaviour_soak_attacks

load=$(cut -d' ' -f1 /proc/loadavg)
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
failed=0
for ((run = 1; run <= runs; ++run)); do
    echo "run $run of $runs" >&2
    # Qt's own limit is five minutes.
    REVERXY_ATTACK_SECONDS=$seconds QTEST_FUNCTION_TIMEOUT=$((seconds * 60000)) QT_NO_GLIB=1 build/release/test_behaviour_soak_attacks |
        tee >(grep '^FAIL' >&2) | grep --line-buffered '^| ' | tee -a "$rows" || failed=1
done

table=tests/bench/ATTACKS.md
{
    cat <<'EOF'
# Ordinary clients under attack

Written by `bash tests/bench/attacks.sh`; measured anew it is another table. Four ordinary clients ask one after the other on
connections that they keep, 5 ms after each answer, while an attack of some connections comes from the same machine: proxy,
backend, attackers and ordinary clients share its processors. Told is what the ordinary clients wait: in quiet; while the same
attack is made on another Reverxy with a backend of its own, so that it concerns them only as it takes processors away; and
under attack. What the second costs is the machine's share, roughly: it is told for 10 s. Told is too by how much the proxy's memory
grows, beside the bound that the test holds it to. An error of an ordinary client fails the test `behaviour_soak_attacks`, and so
does more memory.

EOF
    echo "$(nproc) processors, Linux $(uname -r | cut -d. -f1,2), load average $load before the first run; each attack $runs times for" \
        "$seconds s, medians. Beside other work, as a load above 1 tells of, each p99 is mostly what others cost."
    echo
    echo "| attack | quiet p50, p99 (µs) | another attacked | attacked | p99, times quiet | times another attacked | memory (KiB) | bound (KiB) |"
    echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    # name | p50 / p99 | p50 / p99 | p50 / p99 | ratio | ratio | growth KiB of bound KiB | connections |
    awk -F'|' '
        function median(list, count, values, i, j, t) {
            count = split(list, values, " ")
            for (i = 2; i <= count; ++i)
                for (j = i; j > 1 && values[j] + 0 < values[j - 1] + 0; --j) {
                    t = values[j]; values[j] = values[j - 1]; values[j - 1] = t
                }
            return values[int((count + 1) / 2)]
        }
        {
            name = $2
            gsub(/^ +| +$/, "", name)
            if (!(name in quiet50))
                names[++rows] = name
            split($3, quiet, "/"); split($4, other, "/"); split($5, attacked, "/"); split($8, memory, " ")
            quiet50[name] = quiet50[name] " " quiet[1]; quiet99[name] = quiet99[name] " " quiet[2]
            other50[name] = other50[name] " " other[1]; other99[name] = other99[name] " " other[2]
            attacked50[name] = attacked50[name] " " attacked[1]; attacked99[name] = attacked99[name] " " attacked[2]
            ofQuiet[name] = ofQuiet[name] " " $6 + 0; ofOther[name] = ofOther[name] " " $7 + 0
            growth[name] = growth[name] " " memory[1]; bound[name] = memory[4]
        }
        END {
            for (i = 1; i <= rows; ++i) {
                n = names[i]
                printf "| %s | %d, %d | %d, %d | %d, %d | %.1f | %.1f | %d | %d |\n", n, median(quiet50[n]), median(quiet99[n]),
                    median(other50[n]), median(other99[n]), median(attacked50[n]), median(attacked99[n]), median(ofQuiet[n]),
                    median(ofOther[n]), median(growth[n]), bound[n]
            }
        }' "$rows"
} >"$table"
cat "$table"
exit $failed
