// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace reverxy::config {

/// One thing that is wrong with a configuration.
struct Problem {
    std::string file;  // name of the file, or `environment REVERXY_X`, or `--flag`
    unsigned line = 0; // from 1; 0 where there is none
    unsigned column = 0;
    std::string key;     // path, as `proxy.port`; may be empty
    std::string message; // what is wrong and what would be right

    /// `file:line:column: key: message`, without what is absent.
    std::string toString() const;
    bool operator==(const Problem&) const = default;
};

} // namespace reverxy::config
