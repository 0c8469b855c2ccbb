// SPDX-License-Identifier: MIT
#include "cache/stored_response.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace reverxy::cache {

namespace {

// What an allocator adds to a piece of memory, as far as it can be told from here.
constexpr size_t allocatorOverhead = 16;

char* put(char* out, std::string_view text) {
    if (!text.empty())
        std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

} // namespace

StoredResponse* StoredResponse::allocate(const StoredFacts& facts, size_t key, size_t selecting, size_t fields,
                                         uint32_t body) {
    const size_t size = sizeof(StoredResponse) + key + selecting + fields + body;
    auto* const made = new (::operator new(size)) StoredResponse(facts);
    made->m_keySize = static_cast<uint16_t>(key);
    made->m_selectingSize = static_cast<uint16_t>(selecting);
    made->m_fieldsSize = static_cast<uint32_t>(fields);
    made->m_footprint = size + allocatorOverhead;
    return made;
}

SharedRef<StoredResponse> StoredResponse::make(const StoredParts& parts, uint32_t inlineBody) {
    SharedRef<StoredResponse> made(
        allocate(parts.facts, parts.key.size(), parts.selecting.size(), fieldLinesSize(parts.fields), inlineBody));
    char* const out = put(put(made->text(), parts.key), parts.selecting);
    writeFieldLines(out, parts.fields);
    return made;
}

SharedRef<StoredResponse> StoredResponse::makeFreshened(const StoredResponse& old, std::string_view selecting,
                                                        const http::FieldList& fields, const StoredFacts& facts) {
    const auto inlineSize = old.m_blocks ? 0 : static_cast<uint32_t>(old.m_bodySize);
    SharedRef<StoredResponse> made(
        allocate(facts, old.m_keySize, selecting.size(), fieldLinesSize(fields), inlineSize));
    writeFieldLines(put(put(made->text(), old.key()), selecting), fields);
    if (old.m_blocks) {
        const uint64_t blocks = old.m_footprint - sizeof(StoredResponse) - allocatorOverhead - old.m_keySize -
                                old.m_selectingSize - old.m_fieldsSize;
        made->setBody(old.m_blocks, old.m_bodySize, blocks);
    } else {
        put(made->inlineBody(), old.inlineBytes(0, inlineSize));
        made->setInlineBody(inlineSize);
    }
    return made;
}

SharedRef<StoredResponse> StoredResponse::makeCompact(const StoredResponse& head, const BodyBlock* first,
                                                      uint32_t size) {
    SharedRef<StoredResponse> made(
        allocate(head.m_facts, head.m_keySize, head.m_selectingSize, head.m_fieldsSize, size));
    char* out = put(made->text(), {head.text(), size_t{head.m_keySize} + head.m_selectingSize + head.m_fieldsSize});
    for (const BodyBlock* block = first; block; block = block->next().raw())
        out = put(out, block->bytes());
    made->setInlineBody(size);
    return made;
}

void StoredResponse::setBody(SharedRef<BodyBlock> first, uint64_t size, uint64_t footprint) {
    m_blocks = std::move(first);
    m_bodySize = size;
    m_footprint += footprint;
}

void StoredResponse::destroy() const {
    auto* const self = const_cast<StoredResponse*>(this);
    self->~StoredResponse();
    ::operator delete(self);
}

BodySlices::BodySlices(const StoredResponse& response, uint64_t first, uint64_t size)
    : m_response(response), m_block(response.blocks().raw()), m_offset(first), m_left(size) {
    while (m_block && m_offset >= m_block->size() && m_block->next()) {
        m_offset -= m_block->size();
        m_block = m_block->next().raw();
    }
}

bool BodySlices::next(Piece& piece) {
    if (m_left == 0)
        return false;
    if (!m_block) {
        piece = {m_response.inlineBytes(m_offset, m_left), nullptr, &m_response};
        m_left = 0;
        return true;
    }
    const uint64_t count = std::min<uint64_t>(m_left, m_block->size() - m_offset);
    piece = {m_block->bytes().substr(m_offset, count), nullptr, m_block};
    m_left -= count;
    m_offset = 0;
    m_block = m_block->next().raw();
    return true;
}

} // namespace reverxy::cache
