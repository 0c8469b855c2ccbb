// SPDX-License-Identifier: MIT
#include "observe/repeat_filter.h"

#include <algorithm>
#include <span>
#include <utility>

namespace reverxy::observe {

namespace {

/// A client and kind may stand in any place of its group, and in no other: every look-up costs the same.
constexpr size_t groupSize = 4;
constexpr Duration period = std::chrono::minutes(1);

/// FNV-1a. Whoever steers clients into one group makes their lines pass more often than once a minute; nothing
/// worse.
uint64_t hashOf(const IpAddress& client, uint32_t kind) {
    uint64_t hash = 0xcbf29ce484222325u ^ kind;
    for (const uint8_t byte : client.bytes())
        hash = (hash ^ byte) * 0x100000001b3u;
    return hash ^ (hash >> 32);
}

} // namespace

RepeatFilter::RepeatFilter(size_t places) : m_places(std::max<size_t>(places / groupSize, 1) * groupSize) {}

RepeatFilter::Verdict RepeatFilter::admit(const IpAddress& client, uint32_t kind, TimePoint now) {
    const size_t groups = m_places.size() / groupSize;
    const auto begin = m_places.begin() + static_cast<std::ptrdiff_t>(hashOf(client, kind) % groups * groupSize);
    const std::span<Place> group(&*begin, groupSize);
    const auto known = std::find_if(group.begin(), group.end(), [&](const Place& place) {
        return place.used && place.kind == kind && place.client == client;
    });
    if (known != group.end()) {
        if (now - known->passed < period) {
            if (known->suppressed < UINT32_MAX)
                ++known->suppressed;
            return {false, 0};
        }
        known->passed = now;
        return {true, std::exchange(known->suppressed, 0)};
    }
    const auto room = std::min_element(group.begin(), group.end(), [](const Place& a, const Place& b) {
        return a.used != b.used ? !a.used : a.passed < b.passed;
    });
    *room = Place{client, kind, 0, now, true};
    return {true, 0};
}

} // namespace reverxy::observe
