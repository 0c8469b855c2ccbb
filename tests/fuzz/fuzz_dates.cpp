// SPDX-License-Identifier: MIT
// The input is a date as a peer writes one: Date, Expires, Last-Modified, If-Modified-Since, If-Range.
#include "cache/cache_date.h"
#include "fuzz/field_value.h"
#include "http/date.h"

#include <algorithm>
#include <array>
#include <chrono>

using namespace reverxy;
using namespace reverxy::fuzz;

namespace {

constexpr std::array years{1972, 1994, 2026, 2099};

WallTime beginningOf(int year) {
    return std::chrono::sys_days(std::chrono::year(year) / 1 / 1);
}

void check(std::string_view text, WallTime now) {
    const auto date = http::parseDate(text, now);
    const auto cached = cache::parseCacheDate(text, now);
    require(!date || cached == cache::secondsOf(*date), "a cache reads the same moment");
    std::string loud(text);
    std::transform(loud.begin(), loud.end(), loud.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    require(cache::parseCacheDate(loud, now) == cached, "to a cache all letters are equal");
    if (!date)
        return;
    std::array<char, http::dateSize> written;
    http::writeDate(written.data(), *date);
    const auto again = http::parseDate({written.data(), written.size()}, now);
    require(again && cache::secondsOf(*again) == cache::secondsOf(*date), "a date written anew is the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    for (const int year : years)
        check(value.view(), beginningOf(year));
    http::FieldList fields = fieldsWith("Expires", value.view());
    const cache::DateField once = cache::readDateField(fields, http::FieldId::Expires, beginningOf(1994));
    require(once.present && once.value == cache::parseCacheDate(value.view(), beginningOf(1994)),
            "a field says what its text does");
    fields.add("Expires", "Sun, 06 Nov 1994 08:49:37 GMT");
    const cache::DateField twice = cache::readDateField(fields, http::FieldId::Expires, beginningOf(1994));
    require(!twice.value || twice.value == once.value, "two different dates are none");
    return 0;
}
