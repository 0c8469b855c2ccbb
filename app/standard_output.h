// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string_view>

namespace reverxy::app {

/// How long the end waits for the last lines of the log: a log that nobody reads (a paused pager, a stuck pipe)
/// must not keep the process from ending.
inline constexpr std::chrono::milliseconds logPatience{2000};
inline constexpr std::chrono::milliseconds logHurry{100};

/// Writes all of `bytes`, waiting for whoever reads. What cannot be written (a closed pipe, a full disk) is lost;
/// the proxy goes on.
void writeToStandardOutput(std::string_view bytes);

} // namespace reverxy::app
