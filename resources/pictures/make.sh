#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the pictures of the window: bash resources/pictures/make.sh [FOLDER]. Light and dark, each at 1x and 2x.
# Needs no display. Without FOLDER they come to build/pictures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=${REVERXY_BUILD:-build/release}
folder=${1:-build/pictures}
[ -f "$build/build.ninja" ] || cmake --preset release
cmake --build "$build" --target reverxy_pictures
mkdir -p "$folder"
for scale in 1 2; do
    for theme in light dark; do
        suffix=-$theme
        [ "$scale" = 1 ] || suffix+="@${scale}x"
        QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=$scale "$build/reverxy_pictures" "$folder" "$theme" "$suffix"
    done
done
ls "$folder"
