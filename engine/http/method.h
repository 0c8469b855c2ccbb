// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// The methods the proxy treats in some way of its own; every other token is Other and passes as it is.
enum class Method : uint8_t { Get, Head, Post, Put, Delete, Connect, Options, Trace, Patch, Other };

/// Methods are case-sensitive (RFC 9110 section 9.1).
Method methodFromToken(std::string_view token);
/// RFC 9110 section 9.2.1. Other is not known to be safe.
bool isSafe(Method method);
/// RFC 9110 section 9.2.2: GET, HEAD, PUT, DELETE, OPTIONS, TRACE.
bool isIdempotent(Method method);

} // namespace reverxy::http
