// SPDX-License-Identifier: MIT
#include "cache/cache_key.h"

#include <cstring>

namespace reverxy::cache {

// The layout is `scheme://authority/path?query`, NUL, pool, and, where one of them is not what it usually is, the
// rest with a NUL before each. A scheme other than http and https comes last and not first, since what a trusted
// peer forwards as one may be any text, "http://a" included, and must not pass for another authority.

namespace {

bool isUsual(std::string_view forwardedProto) {
    return forwardedProto == "http" || forwardedProto == "https";
}

/// Calls `put` with each piece in turn.
template <typename Put>
void assemble(const KeyParts& parts, Put put) {
    const bool usual = isUsual(parts.forwardedProto);
    put(usual ? parts.forwardedProto : std::string_view("http"));
    put("://");
    put(parts.authority);
    if (!parts.pathAndQuery.starts_with('/'))
        put("/"); // an absolute form may have a query and no path
    put(parts.pathAndQuery);
    constexpr std::string_view separator("\0", 1);
    put(separator);
    put(parts.pool);
    if (usual && parts.stripPrefix.empty() && parts.forwardedHost.empty())
        return;
    put(separator);
    put(parts.stripPrefix);
    put(separator);
    put(parts.forwardedHost);
    put(separator);
    put(usual ? std::string_view() : parts.forwardedProto);
}

} // namespace

size_t keySize(const KeyParts& parts) {
    size_t size = 0;
    assemble(parts, [&size](std::string_view piece) { size += piece.size(); });
    return size;
}

char* writeKey(const KeyParts& parts, char* out) {
    assemble(parts, [&out](std::string_view piece) {
        if (!piece.empty()) // an empty view may carry a null pointer, which memcpy must not be given
            std::memcpy(out, piece.data(), piece.size());
        out += piece.size();
    });
    return out;
}

std::string_view urlOf(std::string_view key) {
    return key.substr(0, key.find('\0'));
}

std::string_view poolOf(std::string_view key) {
    const size_t start = key.find('\0');
    if (start == std::string_view::npos)
        return {};
    key.remove_prefix(start + 1);
    return key.substr(0, key.find('\0'));
}

} // namespace reverxy::cache
