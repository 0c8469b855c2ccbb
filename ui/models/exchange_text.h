// SPDX-License-Identifier: MIT
#pragma once

#include "api/exchange.h"

#include <QString>

#include <vector>

// One exchange outside of the list: to be read, copied, and done again.

namespace reverxy::ui {

/// A command for a POSIX shell that asks the same again, without the body and the fields, which are not recorded.
QString curlCommand(const api::Exchange& exchange);

/// The story of the exchange as plain text, a paragraph a line.
QString plainAccount(const api::Exchange& exchange);

/// What an exchange spent its time on, in order and without gaps.
struct TimeSpent {
    enum class On : uint8_t { Proxy, Queue, Connect, Failed, Backend, Response };
    On on = On::Proxy;
    uint64_t micros = 0;
    bool operator==(const TimeSpent&) const = default;
};

/// Only parts that took any time; their sum is what is known of totalMicros.
std::vector<TimeSpent> timeSpent(const api::Exchange& exchange);
QString nameOf(TimeSpent::On on);

} // namespace reverxy::ui
