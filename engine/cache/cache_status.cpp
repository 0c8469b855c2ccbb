// SPDX-License-Identifier: MIT
#include "cache/cache_status.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace reverxy::cache {

namespace {

constexpr int64_t largestInteger = 999'999'999'999'999; // RFC 8941 section 3.3.1
constexpr size_t longestKey = 256;                      // in the field, escapes included

char* put(char* out, std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

template <typename Number>
char* putNumber(char* out, Number number) {
    return std::to_chars(out, out + 20, number).ptr;
}

/// The token of RFC 9211 section 2.2; empty for what did not go forward.
std::string_view forwardReason(CacheVerdict verdict) {
    switch (verdict) {
    case CacheVerdict::Bypass:
        return "bypass";
    case CacheVerdict::Method:
        return "method";
    case CacheVerdict::UriMiss:
        return "uri-miss";
    case CacheVerdict::VaryMiss:
        return "vary-miss";
    case CacheVerdict::Request:
        return "request";
    case CacheVerdict::Stale:
    case CacheVerdict::StaleOnError: // went forward in vain
        return "stale";
    case CacheVerdict::Partial:
        return "partial";
    default:
        return {};
    }
}

/// What the registered parameters do not tell: why a stale response was used, or why a new one was not stored.
std::string_view detailOf(const CacheStatus& status) {
    switch (status.verdict) {
    case CacheVerdict::HitStaleWhileRevalidate:
        return "stale-while-revalidate";
    case CacheVerdict::HitMaxStale:
        return "max-stale";
    case CacheVerdict::HitWhileDown:
        return "backends-down";
    case CacheVerdict::StaleOnError:
        return "stale-on-error";
    default:
        break;
    }
    switch (status.store) {
    case StoreVerdict::None:
    case StoreVerdict::Stored:
    case StoreVerdict::Freshened:
        return {};
    default:
        return isHit(status.verdict) ? std::string_view() : infoOf(status.store).name;
    }
}

/// Whether every character stands in a String as it is (RFC 8941 section 3.3.3): printable, no quote, no backslash.
bool isPlain(std::string_view text) {
    // Eight at a time: a byte that is found has its top bit set.
    constexpr uint64_t ones = 0x0101010101010101;
    constexpr uint64_t tops = 0x8080808080808080;
    const auto has = [](uint64_t word, uint64_t byte) {
        const uint64_t difference = word ^ ones * byte;
        return (difference - ones) & ~difference;
    };
    uint64_t found = 0;
    while (text.size() >= 8) {
        uint64_t word;
        std::memcpy(&word, text.data(), 8);
        const uint64_t control = (word - ones * 0x20) & ~word;
        found |= word | control | has(word, 0x7f) | has(word, '"') | has(word, '\\');
        text.remove_prefix(8);
    }
    const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    return (found & tops) == 0 && std::all_of(text.begin(), text.end(), plain);
}

/// The text as a String (RFC 8941 section 4.1.6), or `out` itself where it is too long or no String can hold it.
char* putKey(char* const start, std::string_view key) {
    char* out = put(start, "; key=\"");
    char* const limit = out + longestKey - 1;
    if (key.size() + 1 < longestKey - 1 && isPlain(key))
        return put(put(out, key), "\"");
    for (const char c : key) {
        if (c < ' ' || c > '~' || out + 2 > limit)
            return start;
        if (c == '"' || c == '\\')
            *out++ = '\\';
        *out++ = c;
    }
    *out++ = '"';
    return out;
}

} // namespace

char* writeCacheStatus(const CacheStatus& status, char* out) {
    const bool hit = isHit(status.verdict);
    const std::string_view reason = forwardReason(status.verdict);
    if (!hit && reason.empty())
        return out;
    out = put(out, "reverxy");
    out = hit ? put(out, "; hit") : put(put(out, "; fwd="), reason);
    if (!hit && status.forwardStatus != 0)
        out = putNumber(put(out, "; fwd-status="), status.forwardStatus);
    if (!hit && status.store == StoreVerdict::Stored)
        out = put(out, "; stored");
    if (!hit && status.collapsed)
        out = put(out, "; collapsed");
    else if (!hit && status.collapseFailed)
        out = put(out, "; collapsed=?0");
    if (status.timeToLive)
        out = putNumber(put(out, "; ttl="), std::clamp(*status.timeToLive, -largestInteger, largestInteger));
    if (!status.key.empty())
        out = putKey(out, status.key);
    if (const std::string_view detail = detailOf(status); !detail.empty())
        out = put(put(out, "; detail="), detail);
    return out;
}

char* writeAge(uint32_t seconds, char* out) {
    return putNumber(out, seconds);
}

} // namespace reverxy::cache
