// SPDX-License-Identifier: MIT
#include "cache/combining.h"

#include "cache/freshening.h"
#include "cache/partial.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace reverxy::cache {

namespace {

constexpr uint32_t inlineLimit = 16 * 1024;
constexpr uint64_t blockSize = 64 * 1024;

/// Writes a body of known size, in one piece with the rest of the response if it is small.
class BodyWriter {
  public:
    BodyWriter(StoredResponse& response, uint64_t size, bool isInline)
        : m_response(response), m_size(size), m_inline(isInline) {}

    void append(std::string_view bytes) {
        if (m_inline) {
            std::memcpy(m_response.inlineBody() + m_written, bytes.data(), bytes.size());
            m_written += bytes.size();
            return;
        }
        while (!bytes.empty()) {
            if (!m_last || m_last->room() == 0)
                addBlock();
            const uint32_t count = m_last->append(bytes);
            bytes.remove_prefix(count);
            m_written += count;
        }
    }

    void finish() {
        if (m_inline)
            m_response.setInlineBody(static_cast<uint32_t>(m_written));
        else
            m_response.setBody(std::move(m_first), m_written, m_footprint);
    }

  private:
    void addBlock() {
        auto block = BodyBlock::make(static_cast<uint32_t>(std::min(m_size - m_written, blockSize)));
        m_footprint += block->footprint();
        if (m_last)
            m_last->setNext(block);
        else
            m_first = block;
        m_last = std::move(block);
    }

    StoredResponse& m_response;
    const uint64_t m_size;
    const bool m_inline;
    uint64_t m_written = 0;
    uint64_t m_footprint = 0;
    SharedRef<BodyBlock> m_first;
    SharedRef<BodyBlock> m_last;
};

http::ResponseHead headOf(const StoredResponse& response) {
    http::ResponseHead head;
    head.status = response.facts().status;
    for (const http::Field& field : response.fields())
        head.fields.add(field.name, field.value, field.id);
    return head;
}

} // namespace

StoredRef combineParts(const StoredResponse& older, const StoredRef& newer, const RequestFacts& request,
                       const ExchangeTimes& times, const config::Cache& config) {
    const auto olderRange = rangeOf(older);
    const auto newerRange = rangeOf(*newer);
    if (!olderRange || !newerRange)
        return newer;
    const bool sameVersion = shareStrongValidator(readValidators(older.fields(), times.response),
                                                  readValidators(newer->fields(), times.response));
    switch (judgeParts(*olderRange, *newerRange, sameVersion)) {
    case PartUse::Replace:
        return newer;
    case PartUse::Keep:
        return {};
    case PartUse::Combine:
        break;
    }
    const Combination combination = *combine(*olderRange, *newerRange);
    const uint64_t size = combination.range.size();
    if (size > config.maxEntrySize)
        return {};

    // Each field of the newer part takes the place of the older's, as with a 304.
    DateText date;
    http::FieldList merged;
    const uint16_t status = combination.isWhole() ? 200 : 206;
    const Freshened fresh = freshen(older.fields(), status, headOf(*newer), request, times, config, date, merged);
    if (fresh.outcome != FreshenOutcome::Update || fresh.varyChanged)
        return newer;
    http::FieldList fields;
    for (const http::Field& field : merged) {
        if (field.id != http::FieldId::ContentRange)
            fields.add(field.name, field.value, field.id);
    }
    std::array<char, maxContentRangeSize> range;
    if (!combination.isWhole()) {
        const ContentRange& place = combination.range;
        const char* const end = writeContentRange({place.first, place.last}, place.complete, range.data());
        fields.add("Content-Range", {range.data(), static_cast<size_t>(end - range.data())},
                   http::FieldId::ContentRange);
    }
    StoredFacts facts = fresh.facts;
    facts.initialAge = newer->facts().initialAge; // Age is not among its fields any more

    const bool isInline = size <= inlineLimit;
    auto made = StoredResponse::make({older.key(), newer->selecting(), fields, facts},
                                     isInline ? static_cast<uint32_t>(size) : 0);
    BodyWriter body(*made, size, isInline);
    for (size_t i = 0; i < combination.count; ++i) {
        const CombinedPiece& from = combination.pieces[i];
        BodySlices slices(from.fromNewer ? *newer : older, from.first, from.size);
        for (Piece piece; slices.next(piece);)
            body.append(piece.bytes);
    }
    body.finish();
    return made;
}

StoredRef renewPart(const StoredResponse& part, std::string_view selecting, const http::FieldList& whole,
                    StoredFacts facts) {
    http::FieldList fields;
    for (const http::Field& field : whole) {
        if (field.id != http::FieldId::ContentRange) // means nothing in a 200
            fields.add(field.name, field.value, field.id);
    }
    fields.add("Content-Range", part.fields().find(http::FieldId::ContentRange), http::FieldId::ContentRange);
    facts.status = part.facts().status;
    facts.partial = true;
    return StoredResponse::makeFreshened(part, selecting, fields, facts);
}

} // namespace reverxy::cache
