// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy {

/// Host and port of an http URL as the Host field has them (RFC 9110 sections 4.2.3 and 7.2): an IPv6 address,
/// given without brackets, in brackets, and the default port left out.
inline std::string authorityOf(std::string_view host, uint16_t port) {
    std::string text = host.find(':') == std::string_view::npos ? std::string(host) : "[" + std::string(host) + "]";
    return port == 80 ? text : text + ":" + std::to_string(port);
}

} // namespace reverxy
