// SPDX-License-Identifier: MIT
// The input is the value of Cache-Control, of a request and of a response.
#include "cache/cache_control.h"
#include "fuzz/field_value.h"

#include <algorithm>
#include <array>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::fuzz;

namespace {

constexpr std::array numbers{&ResponseDirectives::maxAge, &ResponseDirectives::sMaxAge,
                             &ResponseDirectives::staleWhileRevalidate, &ResponseDirectives::staleIfError};
constexpr std::array restrictions{&ResponseDirectives::noStore, &ResponseDirectives::noCache,
                                  &ResponseDirectives::isPrivate, &ResponseDirectives::mustRevalidate,
                                  &ResponseDirectives::proxyRevalidate};

http::FieldList linesOf(std::string_view name, std::initializer_list<std::string_view> values) {
    http::FieldList fields;
    for (const std::string_view value : values)
        fields.add(name, value);
    return fields;
}

void checkResponse(std::string_view value) {
    const http::FieldList fields = linesOf("Cache-Control", {value});
    const http::FieldList twiceFields = linesOf("Cache-Control", {value, value});
    const http::FieldList forbiddenFields = linesOf("Cache-Control", {value, "No-Store, private, NO-CACHE"});
    const ResponseDirectives read = readResponseDirectives(fields);
    const ResponseDirectives twice = readResponseDirectives(twiceFields);
    const ResponseDirectives forbidden = readResponseDirectives(forbiddenFields);
    for (const auto number : numbers) {
        const SecondsDirective& seconds = read.*number;
        require(!seconds.valid || seconds.present, "a valid directive is there");
        require(seconds.seconds <= maxDeltaSeconds && (seconds.valid || seconds.seconds == 0),
                "seconds are bounded");
        require(twice.*number == seconds, "saying it again changes nothing");
    }
    for (const auto restriction : restrictions) {
        require(!(read.*restriction) || twice.*restriction, "a restriction stays one");
        require(!(read.*restriction) || forbidden.*restriction, "no line takes another's restriction back");
    }
    require(forbidden.noStore && forbidden.isPrivate && forbidden.noCache,
            "nothing before a line keeps it from being read");
    read.withhold("Set-Cookie");
}

void checkRequest(std::string_view value) {
    const http::FieldList fields = linesOf("Cache-Control", {value});
    const http::FieldList twiceFields = linesOf("Cache-Control", {value, value});
    const RequestDirectives read = readRequestDirectives(fields);
    require(readRequestDirectives(twiceFields) == read, "saying it again changes nothing");
    for (const auto& seconds : {read.maxAge, read.maxStale, read.minFresh, read.staleIfError})
        require(!seconds || *seconds <= maxDeltaSeconds, "seconds are bounded");
    const http::FieldList pragma = linesOf("Pragma", {value});
    const RequestDirectives old = readRequestDirectives(pragma);
    require(!old.noStore && !old.maxAge && !old.onlyIfCached, "Pragma says no-cache or nothing");
}

/// `1*DIGIT`, as plainly as it can be said.
void checkSeconds(std::string_view text) {
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
    const auto seconds = parseDeltaSeconds(text);
    require(seconds.has_value() == digits, "digits and nothing else are a number of seconds");
    if (!digits)
        return;
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    const uint64_t expected = text.size() > 10 ? maxDeltaSeconds
                              : text.empty()   ? 0
                                             : std::min<uint64_t>(std::stoull(std::string(text)), maxDeltaSeconds);
    require(*seconds == expected, "what is too large is for ever");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    checkResponse(value.view());
    checkRequest(value.view());
    checkSeconds(value.view());
    return 0;
}
