// SPDX-License-Identifier: MIT
// The input is a Dictionary structured field (RFC 8941), as CDN-Cache-Control is one.
#include "cache/caching_policy.h"
#include "fuzz/field_value.h"
#include "http/structured_dictionary.h"

#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::fuzz;
using http::DictionaryMember;
using http::StructuredType;

namespace {

struct Read {
    std::vector<DictionaryMember> members;
    bool failed = false;
};

Read readAll(std::string_view text) {
    Read read;
    http::DictionaryReader reader(text);
    DictionaryMember member;
    while (reader.next(member))
        read.members.push_back(member);
    read.failed = reader.failed();
    require(!reader.next(member), "after the end there is no member");
    return read;
}

std::string written(const DictionaryMember& member) {
    const std::string text(member.text);
    const std::string key = std::string(member.key) + "=";
    switch (member.type) {
    case StructuredType::Integer:
        return key + std::to_string(member.integer);
    case StructuredType::String:
        return key + "\"" + text + "\"";
    case StructuredType::ByteSequence:
        return key + ":" + text + ":";
    case StructuredType::Boolean:
        return key + (member.boolean ? "?1" : "?0");
    case StructuredType::Decimal:
    case StructuredType::Token:
    case StructuredType::InnerList:
        break;
    }
    return key + text;
}

bool same(const DictionaryMember& one, const DictionaryMember& other) {
    // A number may have had zeros in front, and a Boolean no text at all.
    const bool spoken = one.type != StructuredType::Integer && one.type != StructuredType::Boolean;
    return one.key == other.key && one.type == other.type && one.integer == other.integer &&
           one.boolean == other.boolean && (!spoken || one.text == other.text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    const Read read = readAll(value.view());
    for (const DictionaryMember& member : read.members) {
        require(!member.key.empty() && value.holds(member.key) && value.holds(member.text),
                "members lie within the field");
        require(member.integer > -1'000'000'000'000'000 && member.integer < 1'000'000'000'000'000,
                "an Integer has at most 15 digits");
    }
    const http::FieldList fields = fieldsWith("CDN-Cache-Control", value.view());
    const bool counts = cache::readCachingPolicy(fields).source == cache::PolicySource::CdnCacheControl;
    require(counts == (!read.failed && !read.members.empty()), "a field with an error counts as absent");
    if (read.failed)
        return 0;
    std::string anew;
    for (const DictionaryMember& member : read.members)
        anew += (anew.empty() ? "" : ", ") + written(member);
    const Read again = readAll(anew);
    require(!again.failed && again.members.size() == read.members.size(), "members written anew are as many");
    for (size_t i = 0; i < read.members.size(); ++i)
        require(same(read.members[i], again.members[i]), "a member written anew is the same");
    const std::string more = anew + (anew.empty() ? "last" : ",\t last");
    const Read longer = readAll(more);
    require(!longer.failed && longer.members.size() == read.members.size() + 1 &&
                longer.members.back().key == "last" && longer.members.back().boolean,
            "what is added is one more member");
    return 0;
}
