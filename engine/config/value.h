// SPDX-License-Identifier: MIT
#pragma once

#include "config/scalar.h"
#include "config/settings.h"

#include <string>
#include <string_view>

// Reads and writes the value of any setting by its row of the table. Pure; any thread.

namespace reverxy::config {

/// The value of a setting that is no list. `quotedText`: it stood in quotes, so that numbers and booleans are
/// refused (YAML gives them another type there) unless the row allows it.
Parsed<Value> parseScalar(const Setting& setting, std::string_view text, bool quotedText);

/// One element of a list, put at the end of `list`, which holds the alternative of the setting's type. Returns the
/// problem, or "".
std::string appendElement(const Setting& setting, std::string_view text, Value& list);
/// The empty list of the setting's type.
Value emptyList(const Setting& setting);

/// A value from one line, as flags and environment give it; a list's elements stand between commas, with or without
/// brackets.
Parsed<Value> parseLine(const Setting& setting, std::string_view text);

/// The text that reads back as `value`, as one line of YAML: quoted where it must be, lists in brackets.
std::string formatValue(const Setting& setting, const Value& value);
/// Text as one line of YAML: as it is where that is safe, else in double quotes.
std::string formatText(std::string_view text);

/// The default of the table; of a numbered one that at `position` (from 1). Nothing for a required setting.
std::optional<Value> defaultOf(const Setting& setting, size_t position = 1);

/// What is possible, for the reference: `0 to 65535`, `text or json`, `1ms to 24h`; "" where the type says all.
std::string describeRange(const Setting& setting);
/// The type in words: `duration`, `list of addresses`.
std::string_view describeType(const Setting& setting);

} // namespace reverxy::config
