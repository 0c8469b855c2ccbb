// SPDX-License-Identifier: MIT
#include "app/window.h"

#include <cstdio>

namespace reverxy::app {

std::optional<int> runWindow(ConfigurationSource, int, char**) {
    std::fputs("reverxy: this build has no window; running as with --no-gui\n", stderr);
    return std::nullopt;
}

} // namespace reverxy::app
