#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the pictures of the window, light and dark, each at 1x and 2x: bash resources/pictures/make.sh [--readme].
# They come to build/pictures; --readme also renews those that the README shows, from the running demo, in a minute or
# two. Needs no display.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=${REVERXY_BUILD:-build/release}
folder=build/pictures
[ -f "$build/build.ninja" ] || cmake --preset release
cmake --build "$build" --target reverxy_pictures
mkdir -p "$folder"
export QT_QPA_PLATFORM=offscreen QT_LOGGING_RULES='qt.qpa.*=false' TZ=UTC
for scale in 1 2; do
    for theme in light dark; do
        suffix=-$theme
        [ "$scale" = 1 ] || suffix+="@${scale}x"
        QT_SCALE_FACTOR=$scale "$build/reverxy_pictures" "$folder" "$theme" "$suffix"
    done
done
if [ "${1:-}" = --readme ]; then
    cmake --build "$build" --target reverxy_demo_pictures
    QT_SCALE_FACTOR=2 "$build/reverxy_demo_pictures" resources/pictures
fi
echo "pictures are in $folder"
