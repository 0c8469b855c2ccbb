// SPDX-License-Identifier: MIT
#include "cache/partial.h"

#include <algorithm>

namespace reverxy::cache {

namespace {
// What is always worth combining (bytes), and how many times what came may be copied for it beyond that.
constexpr uint64_t smallCombination = 64 * 1024;
constexpr uint64_t copiesPerByte = 8;
} // namespace

std::optional<ContentRange> rangeOf(const StoredResponse& stored) {
    if (!stored.facts().partial)
        return std::nullopt;
    return parseContentRange(stored.fields().find(http::FieldId::ContentRange));
}

bool answersFromPart(const StoredResponse& part, const http::RequestHead& request, WallTime now) {
    const auto range = rangeOf(part);
    if (!range || !asksForRange(request.method, request.fields))
        return false;
    const Validators validators = readValidators(part.fields(), now);
    return covers(*range, selectRanges(request.fields, validators, range->complete, now));
}

bool covers(const ContentRange& stored, const RangeSelection& selection) {
    if (selection.outcome != RangeOutcome::Parts)
        return false;
    for (const ByteRange& range : selection.parts()) {
        if (range.first < stored.first || range.last > stored.last)
            return false;
    }
    return true;
}

ByteRange withinPart(const ContentRange& stored, const ByteRange& range) {
    return {range.first - stored.first, range.last - stored.first};
}

bool shareStrongValidator(const Validators& a, const Validators& b) {
    if (a.tag.present() || b.tag.present())
        return equalStrongly(a.tag, b.tag);
    return a.hasStrongDate() && b.hasStrongDate() && *a.lastModified == *b.lastModified;
}

std::optional<Combination> combine(const ContentRange& older, const ContentRange& newer) {
    if (older.complete != newer.complete || older.first > newer.last + 1 || newer.first > older.last + 1)
        return std::nullopt;
    Combination combination;
    combination.range = {std::min(older.first, newer.first), std::max(older.last, newer.last), older.complete};
    const auto add = [&combination](bool fromNewer, uint64_t first, uint64_t size) {
        combination.pieces[combination.count++] = {fromNewer, first, size};
    };
    if (older.first < newer.first)
        add(false, 0, newer.first - older.first);
    add(true, 0, newer.size());
    if (older.last > newer.last)
        add(false, newer.last + 1 - older.first, older.last - newer.last);
    return combination;
}

PartUse judgeParts(const ContentRange& older, const ContentRange& newer, bool sameVersion) {
    if (!sameVersion || older.complete != newer.complete)
        return PartUse::Replace;
    const auto combination = combine(older, newer);
    if (!combination)
        return newer.size() >= older.size() ? PartUse::Replace : PartUse::Keep;
    if (combination->count == 1)
        return PartUse::Replace;
    const uint64_t size = combination->range.size();
    return size <= smallCombination || size / copiesPerByte <= newer.size() ? PartUse::Combine : PartUse::Keep;
}

} // namespace reverxy::cache
