// SPDX-License-Identifier: MIT
#include "cache/content_range.h"

#include "http/list.h"

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

/// Takes a number of at most 18 digits from the front, so that no sum of two can overflow.
std::optional<uint64_t> takeNumber(std::string_view& text) {
    uint64_t value = 0;
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == 18)
            return std::nullopt;
        value = value * 10 + static_cast<uint64_t>(text[digits++] - '0');
    }
    text.remove_prefix(digits);
    return digits > 0 ? std::optional(value) : std::nullopt;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c))
        return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

std::optional<ContentRange> parseContentRange(std::string_view value) {
    constexpr std::string_view unit = "bytes";
    if (value.size() <= unit.size() || !http::equalsIgnoringCase(value.substr(0, unit.size()), unit))
        return std::nullopt;
    value.remove_prefix(unit.size());
    if (!take(value, ' '))
        return std::nullopt;
    const auto first = takeNumber(value);
    if (!first || !take(value, '-'))
        return std::nullopt;
    const auto last = takeNumber(value);
    if (!last || !take(value, '/'))
        return std::nullopt;
    const auto complete = takeNumber(value);
    if (!complete || !value.empty() || *last < *first || *complete <= *last)
        return std::nullopt;
    return ContentRange{*first, *last, *complete};
}

std::optional<ContentRange> storableRangeOf(const http::FieldList& fields) {
    std::optional<ContentRange> range;
    for (const Field& field : fields) {
        if (field.id == FieldId::ContentType &&
            http::equalsIgnoringCase(field.value.substr(0, 20), "multipart/byteranges"))
            return std::nullopt;
        if (field.id != FieldId::ContentRange)
            continue;
        if (range)
            return std::nullopt;
        range = parseContentRange(field.value);
        if (!range)
            return std::nullopt;
    }
    return range;
}

} // namespace reverxy::cache
