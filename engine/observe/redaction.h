// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::observe {

/// What must not get into logs, records and whatever shows them. Always secret: the fields Authorization,
/// Proxy-Authorization, Cookie and Set-Cookie, and the query parameters that by common names carry tokens,
/// passwords and signatures (RFC 6750 section 5.3 warns of them in logs). The names of `log.redact` are secret as
/// fields and as parameters. Immutable; any thread.
class Redaction {
  public:
    Redaction() = default;
    explicit Redaction(std::span<const std::string> names);

    bool hidesField(std::string_view name) const;
    /// `name` as it stands in the query, perhaps with percent-encoding.
    bool hidesParameter(std::string_view name) const;
    /// A request's target with the values of secret parameters replaced by `***`; nothing when there are none,
    /// which costs no memory.
    std::optional<std::string> redactedTarget(std::string_view target) const;

  private:
    std::vector<std::string> m_names; // in lower case
};

} // namespace reverxy::observe
