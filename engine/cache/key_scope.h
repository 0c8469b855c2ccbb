// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reverxy::cache {

/// Which stored responses somebody means, by their keys. Texts are what people write: `http://` or `https://` may
/// be left out and then stands for both, case does not matter in the name of a host, and a host without a port
/// means every port.
class KeyScope {
  public:
    static KeyScope everything() { return {}; }

    /// Of one URL with its query, byte by byte behind the host. Nothing when `text` names no host.
    static std::optional<KeyScope> url(std::string_view text);
    /// Of all URLs of a host whose path and query begin so. Nothing when `text` names no host.
    static std::optional<KeyScope> prefix(std::string_view text);
    /// Of all URLs of a host. Nothing when `text` is none.
    static std::optional<KeyScope> host(std::string_view text);

    bool contains(std::string_view key) const;

  private:
    bool m_everything = true;
    bool m_exact = false;
    std::string m_scheme; // empty: both
    std::string m_host;
    std::string m_port; // empty: any
    std::string m_path; // with the query
};

} // namespace reverxy::cache
