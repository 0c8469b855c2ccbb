// SPDX-License-Identifier: MIT
#include "cache/validation.h"

#include "cache/partial.h"
#include "http/list.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

constexpr size_t maskBits = 32;
/// Room for tags in If-None-Match; many backends take no more than 8 KiB of fields in all.
constexpr size_t longestCondition = 2048;

uint32_t bitOf(size_t index) {
    return uint32_t{1} << index;
}

/// Whether the text may stand in a list of tags: one without quotes must be as plain as a token.
bool isSendable(const EntityTag& tag) {
    const std::string_view text = tag.opaque;
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        return text.substr(1, text.size() - 2).find('"') == std::string_view::npos;
    return http::isToken(text);
}

DateSeconds dateOf(const Validators& validators, const StoredResponse& stored) {
    return validators.date.value_or(secondsOf(stored.facts().responseTime));
}

std::optional<uint64_t> contentLengthOf(const http::FieldList& fields) {
    const Field* field = fields.find(FieldId::ContentLength);
    if (!field)
        return std::nullopt;
    uint64_t length = 0;
    const char* const end = field->value.data() + field->value.size();
    const auto result = std::from_chars(field->value.data(), end, length);
    return result.ec == std::errc() && result.ptr == end ? std::optional(length) : std::nullopt;
}

} // namespace

bool replacedByConditions(FieldId id, bool ofPart) {
    switch (id) {
    case FieldId::IfNoneMatch:
    case FieldId::IfModifiedSince:
        return true;
    case FieldId::IfRange:
    case FieldId::Range:
        return !ofPart;
    default:
        return false;
    }
}

Nominated composeConditions(std::span<const StoredRef> stored, const StoredResponse* chosen, WallTime now,
                            TextArena& arena, http::FieldList& out) {
    Nominated nominated;
    std::string_view tags;
    std::string_view lastModified;
    const auto nominate = [&](size_t index) {
        const StoredResponse& response = *stored[index];
        // Unless the part itself answers the request, its tag would let the backend say that the whole is there.
        if (response.facts().partial && &response != chosen)
            return;
        const Validators validators = readValidators(response.fields(), now);
        const bool tagged = isSendable(validators.tag);
        if (tagged && tags.size() + validators.etag.size() + 2 > longestCondition)
            return;
        if (!tagged && !validators.lastModified)
            return;
        if (tagged)
            tags = tags.empty() ? validators.etag : arena.join({tags, ", ", validators.etag});
        lastModified = validators.lastModifiedText;
        nominated.mask |= bitOf(index);
        ++nominated.count;
    };

    const size_t count = std::min(stored.size(), maskBits);
    for (size_t i = 0; i < count; ++i) {
        if (stored[i].raw() == chosen)
            nominate(i);
    }
    for (size_t i = 0; i < count; ++i) {
        // A response without a tag can only be asked about alone, by its date.
        if (stored[i].raw() != chosen && (nominated.count == 0 ? !chosen : !tags.empty()) &&
            isSendable(readValidators(stored[i]->fields(), now).tag))
            nominate(i);
    }
    if (!tags.empty())
        out.add("If-None-Match", tags, FieldId::IfNoneMatch);
    if (nominated.count == 1 && !lastModified.empty())
        out.add("If-Modified-Since", lastModified, FieldId::IfModifiedSince);
    return nominated;
}

uint32_t freshenedBy(const http::FieldList& notModified, std::span<const StoredRef> stored,
                     const Nominated& nominated, WallTime now) {
    const Validators received = readValidators(notModified, now);
    if (!received.any())
        return nominated.count == 1 ? nominated.mask : 0;
    uint32_t strong = 0;
    std::optional<size_t> latest;
    DateSeconds latestDate = 0;
    for (size_t i = 0; i < std::min(stored.size(), maskBits); ++i) {
        if (!(nominated.mask & bitOf(i)))
            continue;
        const Validators candidate = readValidators(stored[i]->fields(), now);
        if (received.tag.present() && !received.tag.weak) {
            strong |= equalStrongly(received.tag, candidate.tag) ? bitOf(i) : 0;
            continue;
        }
        const bool matches = received.tag.present() ? equalWeakly(received.tag, candidate.tag)
                                                    : received.lastModified == candidate.lastModified;
        const DateSeconds date = dateOf(candidate, *stored[i]);
        if (matches && (!latest || date > latestDate)) {
            latest = i;
            latestDate = date;
        }
    }
    return latest ? bitOf(*latest) : strong;
}

HeadOutcome judgeHead(uint16_t status, const http::FieldList& head, const StoredResponse& stored, WallTime now) {
    if (status == 404 || status == 410)
        return status == stored.facts().status ? HeadOutcome::Nothing : HeadOutcome::MarkStale;
    if (status != 200)
        return HeadOutcome::Nothing;
    const auto part = rangeOf(stored);
    if (stored.facts().status != 200 && !part)
        return HeadOutcome::MarkStale;
    const uint64_t size = part ? part->complete : stored.bodySize();
    const Validators received = readValidators(head, now);
    const Validators known = readValidators(stored.fields(), now);
    const auto length = contentLengthOf(head);
    const bool same = (received.etag.empty() || received.etag == known.etag) &&
                      (!received.lastModified || received.lastModified == known.lastModified) &&
                      (!length || *length == size);
    return same ? HeadOutcome::Freshen : HeadOutcome::MarkStale;
}

} // namespace reverxy::cache
