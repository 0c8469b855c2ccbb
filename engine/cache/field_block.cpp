// SPDX-License-Identifier: MIT
#include "cache/field_block.h"

#include <cstring>

namespace reverxy::cache {

void FieldBlock::Iterator::read() {
    m_size = 0;
    if (m_rest.empty())
        return;
    // Written by writeFieldLines(): a name holds no colon, a value no CR.
    const size_t colon = m_rest.find(':');
    const size_t end = m_rest.find('\r', colon);
    m_field.name = m_rest.substr(0, colon);
    m_field.value = m_rest.substr(colon + 2, end - colon - 2);
    m_field.id = http::fieldIdFromName(m_field.name);
    m_size = end + 2;
}

std::string_view FieldBlock::find(http::FieldId id) const {
    for (const http::Field& field : *this) {
        if (field.id == id)
            return field.value;
    }
    return {};
}

size_t fieldLinesSize(const http::FieldList& fields) {
    size_t size = 0;
    for (const http::Field& field : fields)
        size += field.name.size() + field.value.size() + 4;
    return size;
}

char* writeFieldLines(char* out, const http::FieldList& fields) {
    const auto put = [&out](std::string_view text) {
        if (!text.empty())
            std::memcpy(out, text.data(), text.size());
        out += text.size();
    };
    for (const http::Field& field : fields) {
        put(field.name);
        put(": ");
        put(field.value);
        put("\r\n");
    }
    return out;
}

} // namespace reverxy::cache
