// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace reverxy {

/// A name interned for the life of the process: a number that means the same before and after every reload. 0 is
/// "none".
using NameId = uint32_t;

/// Interns the names of routes, pools and backends, so that records carry numbers. Only grows; bounded by the names
/// that configurations ever had. Every call is thread-safe; never used on the path of a request except to print.
class NameTable {
  public:
    NameTable();
    NameId intern(std::string_view name);
    /// The name, valid for the table's life; "-" for 0 and for unknown ids.
    std::string_view name(NameId id) const;

  private:
    mutable std::mutex m_mutex;
    std::deque<std::string> m_names; // a deque keeps the strings where they are
    std::unordered_map<std::string_view, NameId> m_ids;
};

} // namespace reverxy
