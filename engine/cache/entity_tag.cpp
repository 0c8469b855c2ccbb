// SPDX-License-Identifier: MIT
#include "cache/entity_tag.h"

#include "http/list.h"

namespace reverxy::cache {

namespace {

bool takeWeakness(std::string_view& text) {
    if (!text.starts_with("W/"))
        return false;
    text.remove_prefix(2);
    return true;
}

} // namespace

EntityTag parseEntityTag(std::string_view value) {
    EntityTag tag;
    value = http::trimmed(value);
    tag.weak = takeWeakness(value);
    tag.opaque = value;
    return tag;
}

bool equalStrongly(const EntityTag& a, const EntityTag& b) {
    return !a.weak && !b.weak && equalWeakly(a, b);
}

bool equalWeakly(const EntityTag& a, const EntityTag& b) {
    return a.present() && a.opaque == b.opaque;
}

bool EntityTagReader::next(EntityTag& tag) {
    const size_t start = m_rest.find_first_not_of(" \t,");
    if (start == std::string_view::npos)
        return false;
    m_rest.remove_prefix(start);
    tag.weak = takeWeakness(m_rest);
    size_t end;
    if (m_rest.starts_with('"')) {
        const size_t quote = m_rest.find('"', 1);
        if (quote == std::string_view::npos) {
            m_rest = {};
            return false;
        }
        end = quote + 1;
    } else {
        end = m_rest.find_first_of(" \t,");
    }
    tag.opaque = m_rest.substr(0, end);
    m_rest.remove_prefix(tag.opaque.size());
    return true;
}

} // namespace reverxy::cache
