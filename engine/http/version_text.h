// SPDX-License-Identifier: MIT
#pragma once

#include "http/character_table.h"
#include "http/head.h"

#include <cstddef>
#include <cstring>
#include <string_view>

namespace reverxy::http {

/// The size of `HTTP/1.1` (RFC 9112 section 2.3).
constexpr size_t versionSize = 8;

/// Where `data` departs from an HTTP-version that begins at `begin`: past its versionSize bytes when it does not,
/// at data.size() when it ends within it.
inline size_t skipVersion(std::string_view data, size_t begin) {
    constexpr char pattern[] = "HTTP/1.1";
    if (data.size() - begin >= versionSize && std::memcmp(data.data() + begin, pattern, versionSize) == 0)
        return begin + versionSize;
    for (size_t i = 0; i < versionSize; ++i) {
        if (begin + i == data.size())
            return data.size();
        const char c = data[begin + i];
        if (i == 5 || i == 7 ? !isIn(c, DigitByte) : c != pattern[i])
            return begin + i;
    }
    return begin + versionSize;
}

/// Whether the major version of the HTTP-version at `begin` is 1.
inline bool hasMajorVersion1(std::string_view data, size_t begin) {
    return data[begin + 5] == '1';
}

/// The version at `begin`, its major version being 1.
inline Version versionAt(std::string_view data, size_t begin) {
    return data[begin + 7] == '0' ? Version::Http10 : Version::Http11;
}

} // namespace reverxy::http
