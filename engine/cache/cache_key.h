// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

// What a stored response is found by (RFC 9111 section 2). Two requests have the same key only when every byte that
// a backend could tell them apart by, apart from the request fields, is the same; so nothing is normalised. The
// method is not part of it: only responses to GET are stored, and they answer GET and HEAD.

namespace reverxy::cache {

/// What a key is made of. None of the texts may hold a NUL byte, which no target, field value or name does.
struct KeyParts {
    std::string_view forwardedProto;     ///< X-Forwarded-Proto as the backend gets it: "http", "https"
    std::string_view authority;          ///< as the client named it; empty in HTTP/1.0 without Host
    std::string_view pathAndQuery;       ///< RequestHead::pathAndQuery
    std::string_view pool;               ///< whose backends answer: after a reload the same URL may have another
    std::string_view stripPrefix = {};   ///< taken off the path before the backend sees it
    std::string_view forwardedHost = {}; ///< X-Forwarded-Host where it is not `authority`
};

/// How many bytes writeKey() writes.
size_t keySize(const KeyParts& parts);
/// Writes the key into memory of keySize() bytes; returns the end of what was written.
char* writeKey(const KeyParts& parts, char* out);

/// The URL at the beginning of a key, for people and for purging by prefix; a view of `key`.
std::string_view urlOf(std::string_view key);
/// The pool's name in a key; a view of it.
std::string_view poolOf(std::string_view key);

} // namespace reverxy::cache
