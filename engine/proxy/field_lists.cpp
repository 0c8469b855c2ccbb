// SPDX-License-Identifier: MIT
#include "proxy/field_lists.h"

#include "http/list.h"

#include <string>

namespace reverxy::proxy {

std::string_view combinedLines(const http::FieldList& fields, http::FieldId id, TextArena& arena) {
    std::string_view first;
    std::string all; // grown in one go: joining line by line would copy a hostile head over and over
    for (const http::Field& field : fields) {
        if (field.id != id || field.value.empty())
            continue;
        if (first.empty()) {
            first = field.value;
            continue;
        }
        if (all.empty())
            all = first;
        all.append(", ").append(field.value);
    }
    return all.empty() ? first : arena.join({all});
}

void NamedFields::add(std::string_view options) {
    http::ListReader list(options);
    std::string_view option;
    while (m_count < m_names.size() && list.next(option)) {
        // They belong to the connection in any case, and so do not count against the parser's bound.
        if (!http::equalsIgnoringCase(option, "close") && !http::equalsIgnoringCase(option, "keep-alive") &&
            !http::equalsIgnoringCase(option, "upgrade"))
            m_names[m_count++] = {option.data(), option.size()};
    }
}

void NamedFields::addLines(const http::FieldList& fields) {
    for (const http::Field& field : fields) {
        if (field.id == http::FieldId::Connection)
            add(field.value);
    }
}

bool NamedFields::find(std::string_view name) const {
    for (size_t i = 0; i < m_count; ++i) {
        if (http::equalsIgnoringCase({m_names[i].text, m_names[i].size}, name))
            return true;
    }
    return false;
}

} // namespace reverxy::proxy
