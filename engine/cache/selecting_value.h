// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"

#include <string>
#include <string_view>

// The normal form of a request field's value, by which responses are chosen (RFC 9111 section 4.1); vary.h tells
// what it leaves out.

namespace reverxy::cache {

/// The lines of one field of a message, in their order. A view; absent by default.
class FieldLines {
  public:
    FieldLines() = default;
    FieldLines(const http::FieldList& fields, std::string_view name);

    bool present() const { return m_first != nullptr; }

    http::FieldId id() const { return m_id; }

    /// Calls `take` with each line's value.
    template <typename Take>
    void forEach(Take take) const {
        if (!m_first)
            return;
        const http::Field* const end = m_fields->end().operator->();
        for (const http::Field* field = m_first; field != end; ++field) {
            if (isOurs(*field))
                take(field->value);
        }
    }

  private:
    bool isOurs(const http::Field& field) const;

    const http::FieldList* m_fields = nullptr;
    std::string_view m_name;
    http::FieldId m_id = http::FieldId::Other;
    const http::Field* m_first = nullptr;
};

/// Appends the normal form of a field that is present.
void appendSelectingValue(const FieldLines& lines, std::string& out);
/// Whether `expected` is the normal form, without writing that down.
bool equalsSelectingValue(const FieldLines& lines, std::string_view expected);

} // namespace reverxy::cache
