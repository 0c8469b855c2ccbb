// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The directives of Cache-Control (RFC 9111 section 5.2) as values. Reading allocates nothing.

namespace reverxy::cache {

/// What every larger delta-seconds value means: for ever (RFC 9111 section 1.2.2).
constexpr uint32_t maxDeltaSeconds = 2147483648u;

/// `1*DIGIT`, saturated at maxDeltaSeconds; nothing for anything else.
std::optional<uint32_t> parseDeltaSeconds(std::string_view text);

/// A directive whose argument is a number of seconds.
struct SecondsDirective {
    bool present = false;
    bool valid = false;   ///< present, with an argument of digits, and not twice with different ones
    uint32_t seconds = 0; ///< 0 unless valid

    friend bool operator==(const SecondsDirective&, const SecondsDirective&) = default;
};

/// The field names in the arguments of no-cache="..." or private="..."; a view of the field's value.
class WithheldFields {
  public:
    /// False when `argument` is no list of field names or there is too much of it: the directive must then be taken
    /// as if it had no argument.
    bool add(std::string_view argument);
    bool contain(std::string_view name) const;

    bool empty() const { return m_count == 0; }

    void clear() { m_count = 0; }

  private:
    static constexpr size_t maxArguments = 4;
    static constexpr size_t maxNames = 32; // in one argument: each is looked for among all fields
    std::array<std::string_view, maxArguments> m_arguments;
    size_t m_count = 0;
};

/// RFC 9111 section 5.2.2, RFC 5861 and RFC 8246. Where the text is malformed, the restrictive reading is taken: a
/// directive that forbids something does so whatever argument it has, one that allows something must be
/// well-formed.
struct ResponseDirectives {
    bool noStore = false;
    bool noCache = false;   ///< unqualified
    bool isPrivate = false; ///< unqualified
    bool isPublic = false;
    bool mustRevalidate = false;
    bool proxyRevalidate = false;
    bool mustUnderstand = false;
    bool immutable = false;
    bool malformed = false; ///< some directive was; what it should have said is not known, so be careful
    SecondsDirective maxAge;
    SecondsDirective sMaxAge;
    SecondsDirective staleWhileRevalidate;
    SecondsDirective staleIfError;
    WithheldFields byNoCache; ///< no-cache="..."
    WithheldFields byPrivate; ///< private="..."

    /// Whether the field must neither be stored nor be sent again from the store (sections 5.2.2.4 and 5.2.2.7).
    bool withhold(std::string_view name) const { return byNoCache.contain(name) || byPrivate.contain(name); }
};

/// All Cache-Control lines of a response, into `out` as it is from the start. Views `fields`.
void readResponseDirectives(const http::FieldList& fields, ResponseDirectives& out);
ResponseDirectives readResponseDirectives(const http::FieldList& fields);

/// RFC 9111 section 5.2.1 and RFC 5861 section 4.
struct RequestDirectives {
    bool noCache = false; ///< also Pragma: no-cache, where there is no Cache-Control (section 5.4)
    bool noStore = false;
    bool onlyIfCached = false;
    bool maxStaleOfAnyAge = false; ///< max-stale without an argument
    std::optional<uint32_t> maxAge;
    std::optional<uint32_t> maxStale; ///< with an argument
    std::optional<uint32_t> minFresh;
    std::optional<uint32_t> staleIfError;

    friend bool operator==(const RequestDirectives&, const RequestDirectives&) = default;
};

/// All Cache-Control and Pragma lines of a request.
RequestDirectives readRequestDirectives(const http::FieldList& fields);

} // namespace reverxy::cache
