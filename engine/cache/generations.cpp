// SPDX-License-Identifier: MIT
#include "cache/generations.h"

#include <algorithm>

namespace reverxy::cache {

void Generations::invalidate(uint64_t hash) {
    Place& place = m_places[hash % places];
    std::lock_guard lock(place.mutex);
    const auto isKey = [key = keyOf(hash)](const Known& one) { return one.number != 0 && one.key == key; };
    auto found = std::find_if(place.keys.begin(), place.keys.end(), isKey);
    if (found == place.keys.end()) {
        found = std::min_element(place.keys.begin(), place.keys.end(),
                                 [](const Known& a, const Known& b) { return a.number < b.number; });
        place.others = found->number;
    }
    *found = {keyOf(hash), ++m_newest[hash % places]};
}

uint32_t Generations::numberOf(uint64_t hash) const {
    const Place& place = m_places[hash % places];
    std::lock_guard lock(place.mutex);
    for (const Known& one : place.keys) {
        if (one.number != 0 && one.key == keyOf(hash))
            return one.number;
    }
    return place.others;
}

} // namespace reverxy::cache
