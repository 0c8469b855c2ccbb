// SPDX-License-Identifier: MIT
#include "app/window.h"

#include <cstdio>

namespace reverxy::app {

std::unique_ptr<QCoreApplication> makeWindowApplication(int&, char**) {
    std::fputs("reverxy: this build has no window; running as with --no-gui\n", stderr);
    return nullptr;
}

int runWindow(ConfigurationSource, const Companion&) {
    return 1; // nobody comes here without the application
}

} // namespace reverxy::app
