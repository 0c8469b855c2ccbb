// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"
#include "base/clock.h"
#include "base/prefetch.h"
#include "base/shared_bytes.h"
#include "cache/body_block.h"
#include "cache/field_block.h"
#include "http/field.h"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace reverxy::cache {

class EntryIndex;
class EntryList;
class Shard;

/// What is decided about a response once, when it is stored or freshened. Times in seconds; 2^31 stands for "for
/// ever" (RFC 9111 section 1.2.2).
struct StoredFacts {
    WallTime responseTime{};           // when it was received, or last validated
    uint32_t initialAge = 0;           // corrected_initial_age (RFC 9111 section 4.2.3)
    uint32_t lifetime = 0;             // freshness_lifetime (RFC 9111 section 4.2.1)
    uint32_t staleWhileRevalidate = 0; // RFC 5861 section 3
    uint32_t staleIfError = 0;         // RFC 5861 section 4
    uint16_t status = 0;
    bool alwaysValidate : 1 = false;   // no-cache: never reused without successful validation
    bool neverStale : 1 = false;       // must-revalidate, proxy-revalidate, s-maxage
    bool heuristic : 1 = false;        // the lifetime is the cache's own guess
    bool immutable : 1 = false;        // fresh, it needs no validation on reload (RFC 8246)
    bool partial : 1 = false;          // a 206's part of the whole; Content-Range is among the fields
    bool staleIfErrorSaid : 1 = false; // the directive is there, perhaps with 0
};

/// What a stored response is made from. The views are copied.
struct StoredParts {
    std::string_view key;          // see cache_key; at most StoredResponse::textLimit bytes
    std::string_view selecting;    // the request fields that Vary names, as vary composes them; the same limit
    const http::FieldList& fields; // those to be stored: neither framing nor the connection's, no Age
    StoredFacts facts;
};

/// One stored response. What is kept beside the body, and a body of known small size too, lies in a single piece of
/// memory. Immutable once its body is set, and shared: whoever holds a reference may read it on any thread, whether
/// it is still in the store or not.
class StoredResponse final : public SharedBytes {
  public:
    static constexpr size_t textLimit = UINT16_MAX;

    /// With room for a body of `inlineBody` bytes in the same piece of memory.
    static SharedRef<StoredResponse> make(const StoredParts& parts, uint32_t inlineBody = 0);
    /// The same body under other selecting and stored fields and facts; a large body is shared, an inline one
    /// copied.
    static SharedRef<StoredResponse> makeFreshened(const StoredResponse& old, std::string_view selecting,
                                                   const http::FieldList& fields, const StoredFacts& facts);

    /// The same as `head` with a body of `size` bytes, copied from the blocks into one piece with it.
    static SharedRef<StoredResponse> makeCompact(const StoredResponse& head, const BodyBlock* first, uint32_t size);

    const StoredFacts& facts() const { return m_facts; }

    std::string_view key() const { return {text(), m_keySize}; }

    std::string_view selecting() const { return {text() + m_keySize, m_selectingSize}; }

    FieldBlock fields() const { return FieldBlock({text() + m_keySize + m_selectingSize, m_fieldsSize}); }

    /// Bytes of the body; known once it is set.
    uint64_t bodySize() const { return m_bodySize; }

    /// Somebody wants it validated before it is used again (soft purge).
    bool markedStale() const { return m_markedStale.load(std::memory_order_relaxed); }

    void markStale() const { m_markedStale.store(true, std::memory_order_relaxed); }

    /// How often it has answered a request.
    uint32_t hits() const { return m_hits.load(std::memory_order_relaxed); }

    void countHit() const { m_hits.fetch_add(1, std::memory_order_relaxed); }

    /// What it takes of memory, body included.
    uint64_t footprint() const { return m_footprint; }

    /// Has the processor fetch what a hit reads, all at once instead of one line after the other.
    void prefetch() const {
        constexpr size_t ordinary = 384; // the fields, and the beginning of the body; less where it is small
        reverxy::prefetch(this, ordinary);
    }

    // For whoever receives the body, before anybody else may read it.
    char* inlineBody() { return const_cast<char*>(inlineStart()); }

    void setInlineBody(uint32_t size) { m_bodySize = size; }

    /// `footprint`: of all blocks together.
    void setBody(SharedRef<BodyBlock> first, uint64_t size, uint64_t footprint);

    /// The bytes of an inline body; what was received of it so far, while it is being received.
    std::string_view inlineBytes(uint64_t first, uint64_t size) const { return {inlineStart() + first, size}; }

    const SharedRef<BodyBlock>& blocks() const { return m_blocks; }

  private:
    friend class EntryIndex;
    friend class EntryList;
    friend class Shard;

    explicit StoredResponse(const StoredFacts& facts) : m_facts(facts) {}

    ~StoredResponse() override = default;
    void destroy() const override;
    static StoredResponse* allocate(const StoredFacts& facts, size_t key, size_t selecting, size_t fields,
                                    uint32_t body);

    const char* text() const { return reinterpret_cast<const char*>(this + 1); }

    char* text() { return reinterpret_cast<char*>(this + 1); }

    const char* inlineStart() const { return text() + m_keySize + m_selectingSize + m_fieldsSize; }

    // Where it stands in the store: the store's own, guarded by the shard's lock.
    mutable bool m_linked = false;
    mutable std::atomic<bool> m_markedStale{false};
    uint16_t m_keySize = 0;
    mutable uint64_t m_hash = 0;
    mutable const StoredResponse* m_nextInBucket = nullptr;
    mutable const StoredResponse* m_newer = nullptr; // used more recently
    mutable const StoredResponse* m_older = nullptr;
    mutable uint32_t m_lastUsed = 0;

    mutable std::atomic<uint32_t> m_hits{0};
    uint16_t m_selectingSize = 0;
    uint32_t m_fieldsSize = 0;
    uint64_t m_bodySize = 0;
    uint64_t m_footprint = 0;
    SharedRef<BodyBlock> m_blocks; // null: the body is inline
    StoredFacts m_facts;
};

using StoredRef = SharedRef<const StoredResponse>;

/// A stored body, or a part of it, piece by piece.
class BodySlices {
  public:
    /// The bytes from `first` on, `size` of them; they must exist. `response` must stay alive.
    BodySlices(const StoredResponse& response, uint64_t first, uint64_t size);

    explicit BodySlices(const StoredResponse& response) : BodySlices(response, 0, response.bodySize()) {}

    /// False when there are no more. The piece refers to memory that the piece's owner keeps.
    bool next(Piece& piece);

  private:
    const StoredResponse& m_response;
    const BodyBlock* m_block;
    uint64_t m_offset; // in the block, or in the inline body
    uint64_t m_left;
};

} // namespace reverxy::cache
