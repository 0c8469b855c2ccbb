// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"

#include <optional>
#include <string_view>

namespace reverxy::http {

/// The node of one hop as a forwarding field names it: an address, perhaps with a port; anything else (unknown,
/// _hidden, malformed) has no address.
std::optional<IpAddress> parseForwardedNode(std::string_view node);

/// Walks X-Forwarded-For elements or the `for` parameters of Forwarded (RFC 7239 section 4) from the right, the
/// nearest hop first. Bounded: at most 64 elements are looked at.
class ForwardedReader {
  public:
    enum class Syntax : unsigned char { XForwardedFor, Forwarded };

    ForwardedReader(std::string_view value, Syntax syntax) : m_rest(value), m_syntax(syntax) {}

    /// Puts the next node to the left into `node`: without its quotes (backslashes inside stay, so that such a node
    /// has no address; none needs them), empty when the element has no `for` or, in X-Forwarded-For, no text. False
    /// at the end, or when what is left is malformed, which malformed() then says (Forwarded only: of
    /// X-Forwarded-For anything is an element).
    bool next(std::string_view& node);

    bool malformed() const { return m_malformed; }

  private:
    bool nextPlain(std::string_view& node);
    bool nextElement(std::string_view& node);

    std::string_view m_rest;
    Syntax m_syntax;
    bool m_malformed = false;
    unsigned m_seen = 0;
};

} // namespace reverxy::http
