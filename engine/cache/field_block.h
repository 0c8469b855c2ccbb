// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"

#include <cstddef>
#include <string_view>

namespace reverxy::cache {

/// Fields as `name: value` CRLF lines in one piece of memory: as they go to a client, and still to be read one by
/// one. Only for text that writeFieldLines() wrote. A view: the memory is its owner's.
class FieldBlock {
  public:
    explicit FieldBlock(std::string_view lines = {}) : m_lines(lines) {}

    class Iterator {
      public:
        explicit Iterator(std::string_view rest) : m_rest(rest) { read(); }

        const http::Field& operator*() const { return m_field; }

        const http::Field* operator->() const { return &m_field; }

        Iterator& operator++() {
            m_rest.remove_prefix(m_size);
            read();
            return *this;
        }

        friend bool operator==(const Iterator& a, const Iterator& b) { return a.m_rest.size() == b.m_rest.size(); }

      private:
        void read();

        std::string_view m_rest;
        size_t m_size = 0; // of the line, its end included
        http::Field m_field;
    };

    Iterator begin() const { return Iterator(m_lines); }

    Iterator end() const { return Iterator(m_lines.substr(m_lines.size())); }

    std::string_view lines() const { return m_lines; }

    bool empty() const { return m_lines.empty(); }

    /// The value of the first field with this id, known ids only; a null view when there is none, which an empty
    /// value is not.
    std::string_view find(http::FieldId id) const;

  private:
    std::string_view m_lines;
};

/// The bytes that writeFieldLines() writes.
size_t fieldLinesSize(const http::FieldList& fields);
/// Writes one line a field; returns the end of what was written.
char* writeFieldLines(char* out, const http::FieldList& fields);

} // namespace reverxy::cache
