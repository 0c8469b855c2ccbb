// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "http/head.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace reverxy::proxy {

/// The lines by which this hop tells a backend of a client that told nothing of the kind itself, serialized and
/// kept from one request to the next: they are the same as long as client, host and version are.
class ForwardingLines {
  public:
    /// What the lines depend on.
    struct Source {
        IpAddress peer;
        std::string_view authority;
        http::Version version = http::Version::Http11;
    };

    bool areOf(const Source& source) const {
        return !m_lines.empty() && source.version == m_version && source.authority == m_authority &&
               source.peer == m_peer;
    }

    /// Each with its end. Valid until keep().
    std::string_view view() const { return m_lines; }

    /// Keeps the fields from `first` on, unless the host's name is longer than names are.
    void keep(const Source& source, const http::FieldList& fields, size_t first);

  private:
    static constexpr size_t longestAuthority = 255 + 6; // RFC 1035 section 2.3.4, and a port

    IpAddress m_peer;
    std::string m_authority;
    http::Version m_version = http::Version::Http11;
    std::string m_lines; // empty: none are kept
};

} // namespace reverxy::proxy
