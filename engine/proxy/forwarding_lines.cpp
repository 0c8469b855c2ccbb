// SPDX-License-Identifier: MIT
#include "proxy/forwarding_lines.h"

namespace reverxy::proxy {

void ForwardingLines::keep(const Source& source, const http::FieldList& fields, size_t first) {
    m_lines.clear();
    if (source.authority.size() > longestAuthority)
        return;
    m_peer = source.peer;
    m_authority = source.authority;
    m_version = source.version;
    for (size_t i = first; i < fields.size(); ++i)
        m_lines.append(fields[i].name).append(": ").append(fields[i].value).append("\r\n");
}

} // namespace reverxy::proxy
