// SPDX-License-Identifier: MIT
// The input is the value of Range, of If-Range and of Content-Range.
#include "cache/content_range.h"
#include "cache/ranges.h"
#include "fuzz/field_value.h"

#include <array>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::fuzz;

namespace {

const WallTime now{std::chrono::seconds(784111777)};
constexpr std::array<uint64_t, 5> lengths{0, 1, 36, 1'000'000, UINT64_MAX};

void checkRange(std::string_view value, uint64_t length) {
    const http::FieldList request = fieldsWith("Range", value);
    const RangeSelection selection = selectRanges(request, {}, length, now);
    require((selection.outcome == RangeOutcome::Parts) == (selection.count > 0), "parts are some");
    require(selection.count <= RangeSelection::maxRanges, "parts are bounded");
    std::array<char, maxContentRangeSize> text;
    for (const ByteRange& part : selection.parts()) {
        require(part.first <= part.last && part.last < length, "a part lies within the content");
        const char* const end = writeContentRange(part, length, text.data());
        require(end <= text.data() + text.size(), "Content-Range fits");
        const auto read = parseContentRange({text.data(), static_cast<size_t>(end - text.data())});
        require(length == UINT64_MAX || (read && read->first == part.first && read->last == part.last),
                "Content-Range tells the part");
    }
    require(writeUnsatisfiedRange(length, text.data()) <= text.data() + text.size(), "Content-Range fits");
}

void checkContentRange(std::string_view value) {
    const auto range = parseContentRange(value);
    http::FieldList fields = fieldsWith("Content-Range", value);
    require(storableRangeOf(fields) == range, "one field tells the place");
    if (!range)
        return;
    require(range->first <= range->last && range->last < range->complete, "a part lies within the whole");
    std::array<char, maxContentRangeSize> text;
    const char* const end = writeContentRange({range->first, range->last}, range->complete, text.data());
    require(parseContentRange({text.data(), static_cast<size_t>(end - text.data())}) == range,
            "a range written anew is the same");
    fields.add("Content-Range", value);
    require(!storableRangeOf(fields), "two fields tell nothing");
}

void checkIfRange(std::string_view value) {
    const http::FieldList stored = fieldsWith("ETag", "\"a\"");
    const http::FieldList request = fieldsWith("If-Range", value);
    require(ifRangeHolds(request, readValidators(stored, now), now) == (value == "\"a\""),
            "only the very tag is the same version");
    const http::FieldList weak = fieldsWith("ETag", "W/\"a\"");
    require(!ifRangeHolds(request, readValidators(weak, now), now), "a weak tag tells nothing");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    for (const uint64_t length : lengths)
        checkRange(value.view(), length);
    checkContentRange(value.view());
    if (value.isOne())
        checkIfRange(value.view());
    return 0;
}
