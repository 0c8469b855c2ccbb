// SPDX-License-Identifier: MIT
#pragma once

#include "cache/fill.h"

#include <array>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace reverxy::cache {

/// The fills that others may follow, by what requests must have in common to do so. Thread-safe, in parts with a
/// leaf lock each.
class FillTable {
  public:
    struct Joined {
        std::shared_ptr<Fill> fill;
        bool leads = false; // it is new, and whoever asked fetches
    };

    /// The fill for `key`, joined at `place`, or a new one to lead with `patience` (see Fill). `generation`: of the
    /// key now; older fills are not joined, nor are those that have stalled.
    Joined joinOrLead(std::string_view key, uint64_t hash, uint32_t generation, Store& store, TimePoint now,
                      Duration patience, Fill::Place& place);
    /// Whether somebody fetches `key` now.
    bool contains(std::string_view key, uint64_t hash);
    /// Nobody joins it from now on. Does nothing where it is not in the table.
    void remove(const Fill& fill);

    size_t size() const;

  private:
    struct alignas(64) Part {
        mutable std::mutex mutex;
        std::vector<std::shared_ptr<Fill>> fills;
    };

    static constexpr size_t partCount = 64;

    static std::vector<std::shared_ptr<Fill>>::iterator findIn(Part& part, std::string_view key, uint64_t hash);

    Part& partOf(uint64_t hash) { return m_parts[hash >> 58]; }

    std::array<Part, partCount> m_parts;
};

} // namespace reverxy::cache
