// SPDX-License-Identifier: MIT
#include "base/name_table.h"

namespace reverxy {

NameTable::NameTable() {
    m_names.emplace_back("-"); // id 0 is "none"
}

NameId NameTable::intern(std::string_view name) {
    const std::lock_guard lock(m_mutex);
    if (const auto known = m_ids.find(name); known != m_ids.end())
        return known->second;
    const auto id = static_cast<NameId>(m_names.size());
    const std::string& stored = m_names.emplace_back(name);
    m_ids.emplace(stored, id); // the key is a view of the stored string, which never moves
    return id;
}

std::string_view NameTable::name(NameId id) const {
    const std::lock_guard lock(m_mutex);
    return m_names[id < m_names.size() ? id : 0];
}

} // namespace reverxy
