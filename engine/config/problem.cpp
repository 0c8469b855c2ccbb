// SPDX-License-Identifier: MIT
#include "config/problem.h"

namespace reverxy::config {

std::string Problem::toString() const {
    std::string text = file;
    if (line > 0)
        text += ":" + std::to_string(line) + ":" + std::to_string(column);
    if (!text.empty())
        text += ": ";
    if (!key.empty())
        text += key + ": ";
    return text + message;
}

} // namespace reverxy::config
