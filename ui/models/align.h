// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <vector>

namespace reverxy::ui {

/// Turns the list of rows `rows` into one with the keys of `wanted`, in that order, by removing, moving and
/// inserting single rows, so that what stays keeps its identity. `keyOf(row)` and `keyOf(item)` name them; of equal
/// keys the first that is left is taken. `Changes` does the work and announces it:
///   remove(int first, int last), move(int from, int to) with to < from, insert(int at, const Item&).
template <typename Rows, typename Items, typename KeyOf, typename Changes>
void align(const Rows& rows, const Items& wanted, KeyOf keyOf, Changes& changes) {
    const auto isWanted = [&](const auto& row) {
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const auto& item) { return keyOf(item) == keyOf(row); });
    };
    const auto count = [&rows] { return static_cast<int>(rows.size()); };
    const bool alike = rows.size() == wanted.size() &&
                       std::equal(rows.begin(), rows.end(), wanted.begin(),
                                  [&](const auto& row, const auto& item) { return keyOf(row) == keyOf(item); });
    if (alike)
        return;
    for (int last = count() - 1; last >= 0; --last) {
        if (isWanted(rows[static_cast<size_t>(last)]))
            continue;
        int first = last;
        while (first > 0 && !isWanted(rows[static_cast<size_t>(first - 1)]))
            --first;
        changes.remove(first, last);
        last = first;
    }
    int at = 0;
    for (const auto& item : wanted) {
        int found = at;
        while (found < count() && keyOf(rows[static_cast<size_t>(found)]) != keyOf(item))
            ++found;
        if (found == count()) {
            changes.insert(at, item);
        } else if (found != at) {
            changes.move(found, at);
        }
        ++at;
    }
    if (count() > at)
        changes.remove(at, count() - 1);
}

} // namespace reverxy::ui
