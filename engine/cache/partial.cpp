// SPDX-License-Identifier: MIT
#include "cache/partial.h"

#include <algorithm>

namespace reverxy::cache {

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

} // namespace reverxy::cache
