// SPDX-License-Identifier: MIT
#include "proxy/stored_answer.h"

#include "cache/conditional.h"
#include "cache/partial.h"
#include "cache/ranges.h"
#include "cache/validators.h"

#include <array>
#include <cstring>

namespace reverxy::proxy {

using http::BodyKind;

http::Framing framingOf(uint16_t status, std::optional<uint64_t> length) {
    if (status == 204)
        return {};
    return length ? http::Framing{BodyKind::Length, *length} : http::Framing{BodyKind::Chunked, 0};
}

namespace {

std::array<uint8_t, 16> boundaryFrom(const BoundarySource& source) {
    std::array<uint8_t, 16> boundary;
    for (size_t half = 0; half < 2; ++half) {
        const std::array<uint64_t, 2> text{source.id, half};
        const uint64_t hash = source.store.hashOf({reinterpret_cast<const char*>(text.data()), sizeof text});
        std::memcpy(boundary.data() + half * sizeof hash, &hash, sizeof hash);
    }
    return boundary;
}

/// Adds the stored fields without those that describe content that is not sent.
void addFieldsWithoutContent(const cache::StoredResponse& stored, bool hasEntityTag, http::FieldList& fields) {
    for (const http::Field& field : stored.fields()) {
        if (cache::belongsInNotModified(field, hasEntityTag))
            fields.add(field.name, field.value, field.id);
    }
}

template <typename Write>
void addContentRange(Write write, TextArena& arena, http::FieldList& fields) {
    std::array<char, cache::maxContentRangeSize> text;
    const char* const end = write(text.data());
    fields.add("Content-Range", arena.join({{text.data(), static_cast<size_t>(end - text.data())}}),
               http::FieldId::ContentRange);
}

/// 206 with several parts: its own Content-Type takes the place of theirs, and each has a Content-Range, which the
/// response itself must not have (RFC 9110 section 15.3.7.2). `from`: what is stored of the whole.
StoredAnswer answerInParts(const cache::StoredResponse& stored, const cache::ContentRange& from,
                           const cache::RangeSelection& selection, const BoundarySource& boundary,
                           http::FieldList& fields) {
    StoredAnswer answer;
    answer.status = 206;
    answer.parts = std::make_unique<cache::MultipartLayout>(
        selection.parts(), from.complete, stored.fields().find(http::FieldId::ContentType), boundaryFrom(boundary));
    answer.storedFirst = from.first;
    answer.framing = {BodyKind::Length, answer.parts->size()};
    for (const http::Field& field : stored.fields()) {
        if (field.id != http::FieldId::ContentType && field.id != http::FieldId::ContentRange)
            fields.add(field.name, field.value, field.id);
    }
    fields.add("Content-Type", answer.parts->contentType(), http::FieldId::ContentType);
    return answer;
}

} // namespace

StoredAnswer composeStoredAnswer(const http::RequestHead& request, const cache::StoredResponse& stored,
                                 WallTime now, const BoundarySource& boundary, TextArena& arena,
                                 http::FieldList& fields) {
    const cache::StoredFacts& facts = stored.facts();
    const auto part = cache::rangeOf(stored);
    const uint64_t length = part ? part->complete : stored.bodySize();
    const bool conditional = cache::hasCondition(request.fields);
    const bool ranged = (facts.status == 200 || part) && cache::asksForRange(request.method, request.fields);
    if (conditional || ranged) {
        const cache::Validators validators = cache::readValidators(stored.fields(), now);
        // A condition comes first (RFC 9110 section 14.2).
        if (conditional &&
            cache::isNotModified(request.fields, facts.status, validators, facts.responseTime, now)) {
            addFieldsWithoutContent(stored, validators.tag.present(), fields);
            return {304, {}, {}, 0, nullptr};
        }
        const cache::RangeSelection selection =
            ranged ? cache::selectRanges(request.fields, validators, length, now) : cache::RangeSelection();
        if (selection.outcome == cache::RangeOutcome::Unsatisfiable) {
            addFieldsWithoutContent(stored, validators.tag.present(), fields);
            addContentRange([&](char* out) { return cache::writeUnsatisfiedRange(length, out); }, arena, fields);
            return {416, {BodyKind::Length, 0}, {}, 0, nullptr};
        }
        if (selection.count > 1)
            return answerInParts(stored, part.value_or(cache::ContentRange{0, length - 1, length}), selection,
                                 boundary, fields);
        if (selection.count == 1) {
            const cache::ByteRange& range = selection.ranges[0];
            addContentRange([&](char* out) { return cache::writeContentRange(range, length, out); }, arena, fields);
            const http::Framing framing{BodyKind::Length, range.size()};
            if (!part)
                return {206, framing, stored.fields().lines(), range.first, nullptr};
            for (const http::Field& field : stored.fields()) {
                if (field.id != http::FieldId::ContentRange)
                    fields.add(field.name, field.value, field.id);
            }
            return {206, framing, {}, cache::withinPart(*part, range).first, nullptr};
        }
    }
    return {facts.status, framingOf(facts.status, length), stored.fields().lines(), 0, nullptr};
}

void sendStoredBody(const StoredAnswer& answer, const cache::StoredResponse& stored, ExchangePort& port) {
    const auto sendSlice = [&](uint64_t first, uint64_t size) {
        cache::BodySlices slices(stored, first, size);
        for (Piece piece; slices.next(piece);)
            port.sendResponseBody(piece);
    };
    if (!answer.parts) {
        sendSlice(answer.bodyFirst, answer.framing.length);
        return;
    }
    // The text between the parts goes into memory that lives until it is sent.
    const auto text = cache::BodyBlock::make(static_cast<uint32_t>(answer.parts->text().size()));
    text->append(answer.parts->text());
    size_t at = 0;
    for (const cache::MultipartLayout::Part& part : answer.parts->parts()) {
        port.sendResponseBody({text->bytes().substr(at, part.text.size()), nullptr, text.raw()});
        at += part.text.size();
        if (part.bodySize > 0)
            sendSlice(part.bodyFirst - answer.storedFirst, part.bodySize);
    }
}

} // namespace reverxy::proxy
