// SPDX-License-Identifier: MIT
#pragma once

#include "observe/log.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy::observe {

// What the lines of the log are made of.

std::string_view nameOf(Level level);

void appendNumber(std::string& out, uint64_t value);
/// `value` in at least `width` digits.
void appendPadded(std::string& out, uint64_t value, size_t width);
/// Microseconds as milliseconds: 1.234.
void appendMillis(std::string& out, uint32_t micros);
/// ISO 8601 in UTC with milliseconds: 2026-11-23T10:00:00.123Z.
void appendTime(std::string& out, WallTime time);
/// Time, level and topic, which every line begins with. Leaves a JSON object open.
void appendStart(std::string& out, WallTime time, Level level, std::string_view topic, Format format);

} // namespace reverxy::observe
