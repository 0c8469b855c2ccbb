// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace reverxy::cache {

/// An entity tag (RFC 9110 section 8.8.3), its quotes included. Origins also send tags without quotes; these are
/// taken as they are, and never equal a quoted one.
struct EntityTag {
    std::string_view opaque;
    bool weak = false;

    bool present() const { return !opaque.empty(); }
};

/// `value` is a whole ETag field; without tag when it is empty.
EntityTag parseEntityTag(std::string_view value);

/// RFC 9110 section 8.8.3.2. Absent tags equal nothing.
bool equalStrongly(const EntityTag& a, const EntityTag& b);
bool equalWeakly(const EntityTag& a, const EntityTag& b);

/// Walks the tags of an If-None-Match line. Neither a comma nor a backslash within quotes means anything.
class EntityTagReader {
  public:
    explicit EntityTagReader(std::string_view value) : m_rest(value) {}

    /// False at the end, and at a quote that never ends.
    bool next(EntityTag& tag);

  private:
    std::string_view m_rest;
};

} // namespace reverxy::cache
