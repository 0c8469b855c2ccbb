// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace reverxy::config {

struct Difference {
    /// Keys whose new value needs a restart, as `proxy.port`, in the table's order.
    std::vector<std::string> restart;
    /// Something else changed too, which a reload applies.
    bool live = false;

    bool empty() const { return restart.empty() && !live; }
};

/// What a reload from `running` to `next` means. Pure; any thread.
Difference difference(const Config& running, const Config& next);

} // namespace reverxy::config
