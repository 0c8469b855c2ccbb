// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"

#include <optional>
#include <string_view>

namespace reverxy::http {

/// The node of one hop as a forwarding field names it: an address, perhaps with a port; anything else (unknown, _hidden, malformed)
/// has no address.
std::optional<IpAddress> parseForwardedNode(std::string_view node);

/// Walks X-Forwarded-For elements or the `for` parameters of Forwarded (RFC 7239 section 4) from the right, the nearest hop first.
/// Bounded: at most 64 elements are looked at.
class ForwardedReader {
  public:
    enum class Syntax : unsigned char { XForwardedFor, Forwarded };
    ForwardedReader(std::string_view value, Syntax syntax) : m_rest(value), m_syntax(syntax) {}
    /// Puts the next node to the left into `node` (unquoted; empty when the element has no `for`); false at the end, or when
    /// what is left is malformed, which malformed() then says.
    bool next(std::string_view& node);
    bool malformed() const { return m_malformed; }

  private:
    std::string_view m_rest;
    Syntax m_syntax;
    bool m_malformed = false;
    unsigned m_seen = 0;
};

} // namespace reverxy::http
