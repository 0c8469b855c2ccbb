// SPDX-License-Identifier: MIT
#include "cache/cache_date.h"

#include "http/character_table.h"
#include "http/date.h"

#include <array>
#include <chrono>

namespace reverxy::cache {

namespace {

constexpr size_t longestDate = 33; // Wednesday, 09-Nov-94 08:49:37 GMT

constexpr bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

} // namespace

DateSeconds secondsOf(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::optional<DateSeconds> parseCacheDate(std::string_view text, WallTime now) {
    if (text.size() > longestDate)
        return std::nullopt;
    // All names in a date begin with a capital and go on without, but for the zone, which is all capitals.
    std::array<char, longestDate> spelled{};
    for (size_t i = 0; i < text.size(); ++i) {
        const bool inZone = text.size() - i <= 3;
        const bool inWord = i > 0 && isLetter(text[i - 1]);
        spelled[i] = inWord && !inZone ? http::lowered(text[i]) : upper(text[i]);
    }
    const auto time = http::parseDate({spelled.data(), text.size()}, now);
    return time ? std::optional(secondsOf(*time)) : std::nullopt;
}

DateField readDateField(const http::FieldList& fields, http::FieldId id, WallTime now) {
    DateField date;
    std::string_view text;
    for (const http::Field& field : fields) {
        if (field.id != id)
            continue;
        if (!date.present)
            date.value = parseCacheDate(field.value, now);
        else if (field.value != text)
            date.value.reset();
        date.present = true;
        text = field.value;
    }
    return date;
}

} // namespace reverxy::cache
