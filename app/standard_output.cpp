// SPDX-License-Identifier: MIT
#include "app/standard_output.h"

#include <cerrno>
#include <unistd.h>

namespace reverxy::app {

void writeToStandardOutput(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes.remove_prefix(static_cast<size_t>(written));
    }
}

} // namespace reverxy::app
