// SPDX-License-Identifier: MIT
#include "cache/fill_table.h"

#include <algorithm>

namespace reverxy::cache {

std::vector<std::shared_ptr<Fill>>::iterator FillTable::findIn(Part& part, std::string_view key, uint64_t hash) {
    return std::find_if(part.fills.begin(), part.fills.end(),
                        [&](const auto& fill) { return fill->hash() == hash && fill->key() == key; });
}

bool FillTable::contains(std::string_view key, uint64_t hash) {
    Part& part = partOf(hash);
    std::lock_guard lock(part.mutex);
    return findIn(part, key, hash) != part.fills.end();
}

FillTable::Joined FillTable::joinOrLead(std::string_view key, uint64_t hash, uint32_t generation, Store& store,
                                        TimePoint now, Duration patience, Fill::Place& place) {
    Part& part = partOf(hash);
    for (;;) {
        std::shared_ptr<Fill> found;
        {
            std::lock_guard lock(part.mutex);
            const auto it = findIn(part, key, hash);
            if (it == part.fills.end()) {
                part.fills.push_back(
                    std::make_shared<Fill>(std::string(key), hash, generation, store, now, patience));
                return {part.fills.back(), true};
            }
            found = *it;
        }
        if (found->generation() == generation && now < found->stallsAt() && found->join(place))
            return {std::move(found), false};
        remove(*found);
    }
}

void FillTable::remove(const Fill& fill) {
    std::shared_ptr<Fill> gone; // freed without the lock
    Part& part = partOf(fill.hash());
    std::lock_guard lock(part.mutex);
    const auto it =
        std::find_if(part.fills.begin(), part.fills.end(), [&](const auto& held) { return held.get() == &fill; });
    if (it == part.fills.end())
        return;
    gone = std::move(*it);
    *it = std::move(part.fills.back());
    part.fills.pop_back();
}

size_t FillTable::size() const {
    size_t count = 0;
    for (const Part& part : m_parts) {
        std::lock_guard lock(part.mutex);
        count += part.fills.size();
    }
    return count;
}

} // namespace reverxy::cache
