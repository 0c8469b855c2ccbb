// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// The readers of single values. Each takes the text as written and returns the value, or the sentence for people
// that says what is wrong with it and what would be right. All are pure, allocate only for the result and may be
// called on any thread.

namespace reverxy::config {

/// A value, or the reason why there is none.
template <class T>
struct Parsed {
    std::optional<T> value;
    std::string problem; // empty when there is a value

    static Parsed of(T read) { return {std::move(read), {}}; }

    static Parsed failed(std::string reason) { return {std::nullopt, std::move(reason)}; }

    explicit operator bool() const { return value.has_value(); }
};

/// `text` in backquotes, cut to what fits a line, control characters shown as `?`.
std::string quoted(std::string_view text);

/// The booleans of the YAML 1.2 core schema: true and false, also capitalised or in capitals.
Parsed<bool> parseBoolean(std::string_view text);
/// Decimal digits without sign or leading zeros, from `minimum` to `maximum`.
Parsed<uint64_t> parseInteger(std::string_view text, uint64_t minimum, uint64_t maximum);
/// A whole number and one of ms, s, m, h. The limits are in milliseconds.
Parsed<Milliseconds> parseDuration(std::string_view text, uint64_t minimum, uint64_t maximum);
/// A whole number and one of B, KiB, MiB, GiB. The limits are in bytes.
Parsed<Bytes> parseSize(std::string_view text, uint64_t minimum, uint64_t maximum);
/// One of `words`: its index.
Parsed<uint64_t> parseWord(std::string_view text, std::span<const std::string_view> words);
/// `200-399` or `204`, each from 100 to 599.
Parsed<StatusRange> parseStatusRange(std::string_view text);

/// Text that reads back as the same value, in the largest unit that divides it: `90s`, `1h`, `0s`.
std::string formatDuration(Milliseconds duration);
/// The same for sizes: `64KiB`, `0B`.
std::string formatSize(Bytes size);
std::string formatStatusRange(StatusRange range);

} // namespace reverxy::config
