// SPDX-License-Identifier: MIT
#include "cache/ranges.h"

#include "http/list.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

/// A gap smaller than what a further part costs is sent along (RFC 9110 section 15.3.7.2).
constexpr uint64_t smallGap = 80;
constexpr size_t overlapsAllowed = 2;

/// `1*DIGIT`, saturated; nothing for anything else.
std::optional<uint64_t> parsePosition(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        constexpr uint64_t limit = UINT64_MAX / 10 - 1;
        value = value > limit ? UINT64_MAX : value * 10 + static_cast<uint64_t>(c - '0');
    }
    return value;
}

/// What one range-spec selects.
enum class SpecOutcome : uint8_t { Invalid, Unsatisfiable, Selected };

SpecOutcome readSpec(std::string_view spec, uint64_t length, ByteRange& range) {
    const size_t dash = spec.find('-');
    if (dash == std::string_view::npos)
        return SpecOutcome::Invalid;
    const auto last = parsePosition(spec.substr(dash + 1));
    if (dash == 0) { // suffix-range
        if (!last)
            return SpecOutcome::Invalid;
        if (*last == 0)
            return SpecOutcome::Unsatisfiable;
        range = {length - std::min(*last, length), length - 1};
        return SpecOutcome::Selected;
    }
    const auto first = parsePosition(spec.substr(0, dash));
    if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first))
        return SpecOutcome::Invalid;
    if (*first >= length)
        return SpecOutcome::Unsatisfiable;
    range = {*first, std::min(last.value_or(length - 1), length - 1)};
    return SpecOutcome::Selected;
}

bool overlap(const ByteRange& a, const ByteRange& b) {
    return a.first <= b.last && b.first <= a.last;
}

bool areClose(const ByteRange& a, const ByteRange& b) {
    const ByteRange& left = a.first <= b.first ? a : b;
    const ByteRange& right = a.first <= b.first ? b : a;
    return overlap(a, b) || right.first - left.last <= smallGap + 1;
}

/// Takes the range in, together with those already there that it lies close to.
void take(RangeSelection& selection, ByteRange range) {
    size_t place = selection.count;
    for (size_t i = 0; i < selection.count;) {
        if (!areClose(selection.ranges[i], range)) {
            ++i;
            continue;
        }
        const ByteRange& close = selection.ranges[i];
        range = {std::min(range.first, close.first), std::max(range.last, close.last)};
        place = std::min(place, i);
        auto* const from = selection.ranges.begin() + i;
        std::move(from + 1, selection.ranges.begin() + selection.count, from);
        --selection.count;
        i = 0; // having grown, it may now be close to an earlier one
    }
    auto* const at = selection.ranges.begin() + std::min(place, selection.count);
    std::move_backward(at, selection.ranges.begin() + selection.count,
                       selection.ranges.begin() + selection.count + 1);
    *at = range;
    ++selection.count;
}

std::string_view valueOfOnlyLine(const http::FieldList& fields, FieldId id) {
    std::string_view value;
    for (const Field& field : fields) {
        if (field.id != id)
            continue;
        if (value.data())
            return {};
        value = field.value;
    }
    return value;
}

/// The ranges-specifier after `bytes=`; empty when it is of another unit or there is none.
std::string_view rangeSetOf(std::string_view value) {
    constexpr std::string_view unit = "bytes=";
    if (!http::equalsIgnoringCase(value.substr(0, unit.size()), unit))
        return {};
    return value.substr(unit.size());
}

char* put(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

char* putNumber(char* out, uint64_t number) {
    return std::to_chars(out, out + 20, number).ptr;
}

} // namespace

bool asksForRange(http::Method method, const http::FieldList& request) {
    return method == http::Method::Get && request.find(FieldId::Range);
}

RangeSelection selectRanges(const http::FieldList& request, const Validators& stored, uint64_t length,
                            WallTime now) {
    RangeSelection selection;
    if (length == 0 || !ifRangeHolds(request, stored, now))
        return selection;
    http::ListReader specs(rangeSetOf(valueOfOnlyLine(request, FieldId::Range)));
    std::string_view spec;
    std::array<ByteRange, RangeSelection::maxRanges> asked;
    size_t specCount = 0;
    size_t askedCount = 0;
    size_t overlaps = 0;
    while (specs.next(spec)) {
        ByteRange range;
        const SpecOutcome outcome = readSpec(spec, length, range);
        if (outcome == SpecOutcome::Invalid || ++specCount > RangeSelection::maxRanges)
            return {};
        if (outcome != SpecOutcome::Selected)
            continue;
        for (size_t i = 0; i < askedCount; ++i)
            overlaps += overlap(asked[i], range) ? 1 : 0;
        asked[askedCount++] = range;
    }
    if (specCount == 0 || overlaps > overlapsAllowed)
        return selection;
    for (size_t i = 0; i < askedCount; ++i)
        take(selection, asked[i]);
    selection.outcome = selection.count > 0 ? RangeOutcome::Parts : RangeOutcome::Unsatisfiable;
    return selection;
}

bool ifRangeHolds(const http::FieldList& request, const Validators& stored, WallTime now) {
    if (!request.find(FieldId::IfRange))
        return true;
    const std::string_view value = valueOfOnlyLine(request, FieldId::IfRange);
    if (value.substr(0, 3).find('"') != std::string_view::npos)
        return equalStrongly(parseEntityTag(value), stored.tag);
    const auto date = parseCacheDate(value, now);
    return date && stored.hasStrongDate() && *date == *stored.lastModified;
}

char* writeContentRange(const ByteRange& range, uint64_t length, char* out) {
    out = putNumber(put(out, "bytes "), range.first);
    out = putNumber(put(out, "-"), range.last);
    return putNumber(put(out, "/"), length);
}

char* writeUnsatisfiedRange(uint64_t length, char* out) {
    return putNumber(put(out, "bytes */"), length);
}

} // namespace reverxy::cache
